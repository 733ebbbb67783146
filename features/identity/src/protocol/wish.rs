//! What a well-formed authorization request asks for (RFC 6749 section 4.1.1, OpenID Connect core section 3.1.2.1), and
//! what comes of it for who has signed in.

use kernel::limits::FIELD_CHARS_MAX;
use kernel::{Scope, Scopes};

use super::acr::{self, Level};
use super::authorize::{CodeOrder, Fault, PROMPTS, SIGNED_IN, STATE_BYTES_MAX, SignIn, Visitor, fault};
use super::form::{Form, Repeated};
use super::pkce;
use super::redirect::Mode;
use crate::{Client, GrantType, scopes};

/// The names that may stand once; any other parameter is ignored (RFC 6749 section 3.1).
const NAMES: [&str; 21] = [
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
    "display",
    "ui_locales",
    "claims_locales",
    "id_token_hint",
    "login_hint",
    "acr_values",
    "claims",
    "request",
    "request_uri",
    "registration",
];
/// What is known and not supported, by the names of OpenID Connect core, section 3.1.2.6.
const NOT_SUPPORTED: [(&str, Fault); 3] = [
    ("request", fault("request_not_supported", "Request objects are not supported.")),
    ("request_uri", fault("request_uri_not_supported", "Request objects are not supported.")),
    ("registration", fault("registration_not_supported", "Clients do not register themselves.")),
];

/// What becomes of a well-formed request.
pub(super) enum Outcome {
    NeedSignIn(SignIn),
    NeedConsent(Scopes),
    IssueCode(CodeOrder),
}

/// What it asks for.
pub(super) struct Wish {
    scopes: Scopes,
    challenge: Option<String>,
    redirect_named: bool,
    nonce: Option<String>,
    prompt: Prompt,
    max_age_ms: Option<i64>,
    level: Level,
    /// Whether somebody has just signed in for it.
    is_after_sign_in: bool,
}

#[derive(Default)]
struct Prompt {
    none: bool,
    login: bool,
    consent: bool,
}

/// Why nobody's sign-in will do.
enum Miss {
    /// They may sign in.
    SignIn(SignIn),
    /// That would not help.
    Fault(Fault),
}

impl Wish {
    pub fn read(form: &Form, client: &Client) -> Result<Self, Fault> {
        if NAMES.iter().any(|name| form.one(name) == Err(Repeated)) {
            return Err(fault("invalid_request", "A parameter stands more than once."));
        }
        let value = |name| form.one(name).ok().flatten();
        if let Some((_, why)) = NOT_SUPPORTED.into_iter().find(|(name, _)| value(name).is_some()) {
            return Err(why);
        }
        read_response(value("response_type"), value("response_mode"))?;
        if !client.may(GrantType::AuthorizationCode) {
            return Err(fault("unauthorized_client", "This client may not ask people for access."));
        }
        must_fit(value("state"), STATE_BYTES_MAX, "The state is too long.")?;
        must_fit(value("nonce"), FIELD_CHARS_MAX, "The nonce is too long.")?;
        Ok(Self {
            scopes: read_scopes(value("scope"), client)?,
            challenge: read_challenge(value("code_challenge"), value("code_challenge_method"), client)?,
            redirect_named: value("redirect_uri").is_some(),
            nonce: value("nonce").map(str::to_owned),
            prompt: Prompt::read(value("prompt").unwrap_or_default())?,
            max_age_ms: value("max_age").map(read_max_age_ms).transpose()?,
            level: acr::read(value("acr_values"), value("claims"))?,
            is_after_sign_in: form.first(SIGNED_IN).is_some(),
        })
    }

    pub fn weigh(
        self,
        client: &Client,
        visitor: Option<&Visitor>,
        granted: Option<Scopes>,
        now_ms: i64,
    ) -> Result<Outcome, Fault> {
        let visitor = match self.who_signed_in(visitor, now_ms) {
            Ok(visitor) => visitor,
            Err(Miss::Fault(why)) => return Err(why),
            Err(_) if self.prompt.none => {
                return Err(fault("login_required", "Nobody has signed in as this is asked for."));
            }
            Err(Miss::SignIn(why)) => return Ok(Outcome::NeedSignIn(why)),
        };
        // Nobody can allow more than they may do themselves (docs/access.md, rule 8); the token says what was granted.
        let scopes = self.scopes.and(scopes::grantable(&visitor.roles));
        if scopes.is_empty() {
            return Err(fault("access_denied", "This person cannot allow any of these scopes."));
        }
        // What goes on while somebody is away is theirs to allow, whoever vouches for the client.
        let vouched = client.trusted && !scopes.has(Scope::OfflineAccess);
        let known = vouched || granted.is_some_and(|granted| granted.cover(scopes));
        if known && !self.prompt.consent {
            let Self { challenge, redirect_named, nonce, .. } = self;
            return Ok(Outcome::IssueCode(CodeOrder { scopes, redirect_named, challenge, nonce }));
        }
        if self.prompt.none {
            return Err(fault("consent_required", "The person has not allowed this yet."));
        }
        Ok(Outcome::NeedConsent(scopes))
    }

    fn who_signed_in<'v>(&self, visitor: Option<&'v Visitor>, now_ms: i64) -> Result<&'v Visitor, Miss> {
        let visitor = visitor.ok_or(Miss::SignIn(SignIn::Nobody))?;
        let too_old = |age_ms: i64| now_ms.saturating_sub(visitor.signed_in_ms) > age_ms;
        if self.prompt.login || self.max_age_ms.is_some_and(too_old) {
            return Err(Miss::SignIn(SignIn::Again));
        }
        if visitor.roles.is_empty() {
            return Err(Miss::SignIn(SignIn::Stranger));
        }
        if visitor.is_another {
            let other = fault("login_required", "Somebody else has signed in than the hint names.");
            return Err(if self.is_after_sign_in { Miss::Fault(other) } else { Miss::SignIn(SignIn::Again) });
        }
        match self.level {
            _ if visitor.methods.are_two() => Ok(visitor),
            Level::Preferred | Level::Required if !self.prompt.none => Err(Miss::SignIn(SignIn::StepUp)),
            Level::Required => Err(Miss::Fault(acr::UNMET)),
            Level::Any | Level::Preferred => Ok(visitor),
        }
    }
}

impl Prompt {
    fn read(list: &str) -> Result<Self, Fault> {
        let words = || list.split_ascii_whitespace();
        if words().any(|word| !PROMPTS.contains(&word)) {
            return Err(fault("invalid_request", "prompt says what is not supported."));
        }
        let none = words().any(|word| word == "none");
        if none && words().count() > 1 {
            return Err(fault("invalid_request", "prompt=none stands alone."));
        }
        let login = words().any(|word| matches!(word, "login" | "select_account"));
        Ok(Self { none, login, consent: words().any(|word| word == "consent") })
    }
}

fn must_fit(value: Option<&str>, most: usize, why: &'static str) -> Result<(), Fault> {
    if value.is_some_and(|value| value.len() > most) { Err(fault("invalid_request", why)) } else { Ok(()) }
}

fn read_response(kind: Option<&str>, mode: Option<&str>) -> Result<(), Fault> {
    match kind {
        Some("code") => {}
        Some(_) => return Err(fault("unsupported_response_type", "Only response_type=code is supported.")),
        None => return Err(fault("invalid_request", "response_type is missing.")),
    }
    if mode.is_some_and(|mode| Mode::named(mode).is_none()) {
        return Err(fault("invalid_request", "Only the response modes query and form_post are supported."));
    }
    Ok(())
}

/// The scopes asked for; all that the client is registered for when the request names none (RFC 6749 section 3.3). Who
/// may not refresh has no use of going on while somebody is away (OpenID Connect core, section 11).
fn read_scopes(list: Option<&str>, client: &Client) -> Result<Scopes, Fault> {
    let Some(list) = list else { return Ok(useful(client.scopes, client)) };
    let (scopes, unknown) = Scopes::parse(list);
    if unknown.is_some() || scopes.is_empty() {
        return Err(fault("invalid_scope", "A scope is not known here."));
    }
    if !client.scopes.cover(scopes) {
        return Err(fault("invalid_scope", "The application is not registered for one of the scopes."));
    }
    Ok(useful(scopes, client))
}

fn useful(scopes: Scopes, client: &Client) -> Scopes {
    if client.may(GrantType::RefreshToken) {
        return scopes;
    }
    scopes.without(Scopes::from_iter([Scope::OfflineAccess]))
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
