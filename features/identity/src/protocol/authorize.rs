//! The authorization request (RFC 6749 section 4.1.1): what it says, and what becomes of it.

use kernel::{Role, Scopes};

use super::form::{Form, Repeated};
use super::redirect::{self, Answer, Mode};
use super::wish::{Outcome, Wish};
use crate::{Client, Dialect, Methods};

/// Bytes of a state that is returned. Some applications keep all that they know in it; a longer one would not fit into
/// every server's first line.
pub(super) const STATE_BYTES_MAX: usize = 8 << 10;
/// What `prompt` may say (OpenID Connect core, section 3.1.2.1).
pub const PROMPTS: [&str; 4] = ["none", "login", "consent", "select_account"];
/// Tells the authorize page that somebody has just signed in for this request, so that whoever is not the one that it
/// means is not asked to do so for ever. Anybody can write it into an address, so that it never spares anybody a question:
/// all that it does is have the application told that it was somebody else.
pub const SIGNED_IN: &str = "bedside_signed_in";

/// Somebody who has signed in, as far as this decision needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// What they are in the client's organisation; nothing when they do not belong to it.
    pub roles: Vec<Role>,
    /// When they signed in.
    pub signed_in_ms: i64,
    /// How they proved who they are.
    pub methods: Methods,
    /// Whether the request means somebody else (`id_token_hint`).
    pub is_another: bool,
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
    /// An operator has yet to approve of the client.
    Pending,
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
    /// The client wants a second proof of who they are (`acr_values`).
    StepUp,
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

pub(super) const fn fault(error: &'static str, description: &'static str) -> Fault {
    Fault { error, description }
}

/// The person said no. The portal's applications are told so in the words that they know (portal-booking.md 1.2).
const fn denied(dialect: Dialect) -> Fault {
    match dialect {
        Dialect::Portal => {
            fault("access_denied", "The resource owner or authorization server denied the request.")
        }
        Dialect::Kpn | Dialect::Fhir | Dialect::Own => {
            fault("access_denied", "The person did not allow this.")
        }
    }
}

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
        // Anybody can send somebody a link with a mistake in it. Where nobody has looked at the address that this would
        // lead to, whoever follows it sees first whose application it is (RFC 9700 section 4.11.2).
        Err(_) if visitor.is_none() && !client.vetted && !is_silent(form) => {
            Decision::NeedSignIn(SignIn::Nobody)
        }
        Err(fault) => Decision::Redirect(answer, fault),
    }
}

/// What becomes of a request that the person said no to.
#[must_use]
pub fn deny(form: &Form, client: Option<&Client>) -> Decision {
    match verify(form, client) {
        Ok((client, answer)) => Decision::Redirect(answer, denied(client.dialect)),
        Err(why) => Decision::ShowError(why),
    }
}

/// Whether a request says that nobody is to be shown a page; it is answered in any case.
fn is_silent(form: &Form) -> bool {
    let prompt = form.one("prompt").ok().flatten().unwrap_or_default();
    prompt.split_ascii_whitespace().any(|word| word == "none")
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
    if client.pending {
        return Err(Unverified::Pending);
    }
    // A state that stands twice or is too long is not returned; the request is refused for it.
    let state = form.one("state").ok().flatten().filter(|state| state.len() <= STATE_BYTES_MAX);
    let mode = form.one("response_mode").ok().flatten().and_then(Mode::named).unwrap_or_default();
    Ok((client, Answer { redirect_uri: redirect_uri.to_owned(), state: state.map(str::to_owned), mode }))
}
