//! The authorization request (RFC 6749 section 4.1.1): what it says, and what becomes of it.

use kernel::{Role, Scopes};

use super::form::{Form, Repeated};
use super::pkce;
use super::redirect::{self, Answer};
use crate::{Client, scopes};

/// The names that may stand once; any other parameter is ignored (RFC 6749 section 3.1).
const NAMES: [&str; 12] = [
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "request",
];

/// Somebody who has signed in, as far as this decision needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// What they are in the client's organisation; nothing when they do not belong to it.
    pub roles: Vec<Role>,
    /// When they signed in.
    pub signed_in_ms: i64,
}

/// What becomes of an authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The client or the address is not verified: say so on a page of ours and send nobody anywhere.
    ShowError(Unverified),
    /// Back to the client with an error.
    Redirect(Answer, Fault),
    /// Somebody must sign in first.
    NeedSignIn(SignIn),
    /// They must be asked about these scopes.
    NeedConsent(Scopes),
    /// Back to the client with a code.
    IssueCode(Answer, CodeOrder),
}

/// Why nobody is sent anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unverified {
    /// No such client.
    Client,
    /// The client's id stands more than once.
    ClientTwice,
    /// The client has not registered this address, or it stands twice.
    Redirect,
    /// No address stands, and the client has not registered a single one.
    NoRedirect,
}

/// Why somebody must sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// Nobody has.
    Nobody,
    /// The client wants it done again.
    Again,
    /// Who has signed in does not belong to the client's organisation.
    Stranger,
}

/// What a code shall stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeOrder {
    /// What is granted.
    pub scopes: Scopes,
    /// Whether the request named the address; then the token request must too (RFC 6749 section 4.1.3).
    pub redirect_named: bool,
    /// The S256 challenge.
    pub challenge: Option<String>,
    /// What is to be told back in the ID token.
    pub nonce: Option<String>,
}

/// An error that goes back to the client, as RFC 6749 section 4.1.2.1 and OpenID Connect core 3.1.2.6 name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The name of the error.
    pub error: &'static str,
    /// A sentence for the client's developer.
    pub description: &'static str,
}

const fn fault(error: &'static str, description: &'static str) -> Fault {
    Fault { error, description }
}

/// The person said no.
pub const DENIED: Fault = fault("access_denied", "The person did not allow this.");

/// Decides what becomes of a request, given who asks, who has signed in and what they allowed this client before.
#[must_use]
pub fn authorize(
    form: &Form,
    client: Option<&Client>,
    visitor: Option<&Visitor>,
    granted: Option<Scopes>,
    now_ms: i64,
) -> Decision {
    let (client, answer) = match verify(form, client) {
        Ok(verified) => verified,
        Err(why) => return Decision::ShowError(why),
    };
    let outcome = Wish::read(form, client).and_then(|wish| wish.weigh(client, visitor, granted, now_ms));
    match outcome {
        Ok(Outcome::NeedSignIn(why)) => Decision::NeedSignIn(why),
        Ok(Outcome::NeedConsent(scopes)) => Decision::NeedConsent(scopes),
        Ok(Outcome::IssueCode(order)) => Decision::IssueCode(answer, order),
        Err(fault) => Decision::Redirect(answer, fault),
    }
}

/// What becomes of a request that the person said no to.
#[must_use]
pub fn deny(form: &Form, client: Option<&Client>) -> Decision {
    match verify(form, client) {
        Ok((_, answer)) => Decision::Redirect(answer, DENIED),
        Err(why) => Decision::ShowError(why),
    }
}

/// The client that a request names, before anything is known of it.
#[must_use]
pub fn client_named(form: &Form) -> Option<&str> {
    form.one("client_id").ok().flatten()
}

fn verify<'c>(form: &Form, client: Option<&'c Client>) -> Result<(&'c Client, Answer), Unverified> {
    form.one("client_id").map_err(|Repeated| Unverified::ClientTwice)?;
    let client = client.ok_or(Unverified::Client)?;
    if client_named(form) != Some(client.client_id().as_str()) {
        return Err(Unverified::Client);
    }
    let named = form.one("redirect_uri").map_err(|Repeated| Unverified::Redirect)?;
    let redirect_uri = redirect::choose(client, named).ok_or(match named {
        Some(_) => Unverified::Redirect,
        None => Unverified::NoRedirect,
    })?;
    // A state that stands twice is not returned; the request is refused for it below.
    let state = form.one("state").ok().flatten().map(str::to_owned);
    Ok((client, Answer { redirect_uri: redirect_uri.to_owned(), state }))
}

enum Outcome {
    NeedSignIn(SignIn),
    NeedConsent(Scopes),
    IssueCode(CodeOrder),
}

/// What a well-formed request asks for.
struct Wish {
    scopes: Scopes,
    challenge: Option<String>,
    redirect_named: bool,
    nonce: Option<String>,
    prompt: Prompt,
    max_age_ms: Option<i64>,
}

#[derive(Default)]
struct Prompt {
    none: bool,
    login: bool,
    consent: bool,
}

impl Wish {
    fn read(form: &Form, client: &Client) -> Result<Self, Fault> {
        if NAMES.iter().any(|name| form.one(name) == Err(Repeated)) {
            return Err(fault("invalid_request", "A parameter stands more than once."));
        }
        let value = |name| form.one(name).ok().flatten();
        if value("request").is_some() {
            return Err(fault("request_not_supported", "Request objects are not supported."));
        }
        match value("response_type") {
            Some("code") => {}
            Some(_) => {
                return Err(fault("unsupported_response_type", "Only response_type=code is supported."));
            }
            None => return Err(fault("invalid_request", "response_type is missing.")),
        }
        if value("response_mode").is_some_and(|mode| mode != "query") {
            return Err(fault("invalid_request", "Only response_mode=query is supported."));
        }
        Ok(Self {
            scopes: read_scopes(value("scope"), client)?,
            challenge: read_challenge(value("code_challenge"), value("code_challenge_method"), client)?,
            redirect_named: value("redirect_uri").is_some(),
            nonce: value("nonce").map(str::to_owned),
            prompt: Prompt::read(value("prompt").unwrap_or_default())?,
            max_age_ms: value("max_age").map(read_max_age_ms).transpose()?,
        })
    }

    fn weigh(
        self,
        client: &Client,
        visitor: Option<&Visitor>,
        granted: Option<Scopes>,
        now_ms: i64,
    ) -> Result<Outcome, Fault> {
        let visitor = match self.who_signed_in(visitor, now_ms) {
            Ok(visitor) => visitor,
            Err(_) if self.prompt.none => return Err(fault("login_required", "Nobody has signed in.")),
            Err(why) => return Ok(Outcome::NeedSignIn(why)),
        };
        // Nobody can allow more than they may do themselves (docs/access.md, rule 8); the token says what was granted.
        let scopes = self.scopes.and(scopes::grantable(&visitor.roles));
        if scopes.is_empty() {
            return Err(fault("access_denied", "This person cannot allow any of these scopes."));
        }
        let known = client.trusted || granted.is_some_and(|granted| granted.cover(scopes));
        if known && !self.prompt.consent {
            let Self { challenge, redirect_named, nonce, .. } = self;
            return Ok(Outcome::IssueCode(CodeOrder { scopes, redirect_named, challenge, nonce }));
        }
        if self.prompt.none {
            return Err(fault("consent_required", "The person has not allowed this yet."));
        }
        Ok(Outcome::NeedConsent(scopes))
    }

    fn who_signed_in<'v>(&self, visitor: Option<&'v Visitor>, now_ms: i64) -> Result<&'v Visitor, SignIn> {
        let visitor = visitor.ok_or(SignIn::Nobody)?;
        let too_old = |age_ms: i64| now_ms.saturating_sub(visitor.signed_in_ms) > age_ms;
        if self.prompt.login || self.max_age_ms.is_some_and(too_old) {
            return Err(SignIn::Again);
        }
        if visitor.roles.is_empty() { Err(SignIn::Stranger) } else { Ok(visitor) }
    }
}

impl Prompt {
    fn read(list: &str) -> Result<Self, Fault> {
        let words = || list.split_ascii_whitespace();
        let none = words().any(|word| word == "none");
        if none && words().count() > 1 {
            return Err(fault("invalid_request", "prompt=none stands alone."));
        }
        let login = words().any(|word| matches!(word, "login" | "select_account"));
        Ok(Self { none, login, consent: words().any(|word| word == "consent") })
    }
}

/// The scopes asked for; all that the client is registered for when the request names none (RFC 6749 section 3.3).
fn read_scopes(list: Option<&str>, client: &Client) -> Result<Scopes, Fault> {
    let Some(list) = list else { return Ok(client.scopes) };
    let (scopes, unknown) = Scopes::parse(list);
    if unknown.is_some() || scopes.is_empty() {
        return Err(fault("invalid_scope", "A scope is not known here."));
    }
    if !client.scopes.cover(scopes) {
        return Err(fault("invalid_scope", "The application is not registered for one of the scopes."));
    }
    Ok(scopes)
}

fn read_challenge(
    challenge: Option<&str>,
    method: Option<&str>,
    client: &Client,
) -> Result<Option<String>, Fault> {
    match (challenge, method) {
        (None, None) if client.public => {
            Err(fault("invalid_request", "This client must send a code_challenge."))
        }
        (None, None) => Ok(None),
        (Some(challenge), Some("S256")) if pkce::is_challenge(challenge) => Ok(Some(challenge.to_owned())),
        (Some(_), Some("S256")) => Err(fault("invalid_request", "The code_challenge is malformed.")),
        (Some(_), _) => Err(fault("invalid_request", "Only code_challenge_method=S256 is supported.")),
        (None, Some(_)) => Err(fault("invalid_request", "code_challenge is missing.")),
    }
}

fn read_max_age_ms(seconds: &str) -> Result<i64, Fault> {
    let seconds =
        seconds.parse::<u32>().map_err(|_| fault("invalid_request", "max_age is no number of seconds."))?;
    Ok(i64::from(seconds) * 1_000)
}
