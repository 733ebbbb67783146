//! Who asks at an endpoint for applications, and how they prove it (RFC 6749 section 2.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};

use super::assertion::{self, Signed};
use super::form::{Form, decode};
use super::token::Refusal;

/// The one type of assertion that is known (RFC 7523 section 2.2).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a client brings as proof of who it is.
#[derive(Clone, Debug)]
pub enum Proof {
    /// Nothing, as a public client does.
    Nothing,
    /// Its secret: `client_secret_post` or `client_secret_basic`.
    Secret(SecretString),
    /// A JWT that nobody has looked at: `private_key_jwt`.
    Assertion(SecretString),
    /// The same, which one of the client's keys signed for this server, and which may have been used before.
    Signed(Signed),
}

/// What a client says of itself, not yet believed.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Who it says it is.
    pub client_id: String,
    /// What it brings as proof.
    pub proof: Proof,
}

impl Credentials {
    /// Whether it brings any proof, be it good or not.
    #[must_use]
    pub const fn has_proof(&self) -> bool {
        !matches!(self.proof, Proof::Nothing)
    }
}

/// Reads who asks: `client_secret_post`, `client_secret_basic` or `private_key_jwt`, and never two of them.
pub fn read(form: &Form, authorization: Option<&str>) -> Result<Credentials, Refusal> {
    let (id, secret) = (form.one("client_id")?, form.one("client_secret")?);
    let assertion = assertion_of(form)?;
    let ways = [authorization.is_some(), secret.is_some(), assertion.is_some()];
    if ways.into_iter().filter(|way| *way).count() > 1 {
        return Err(Refusal::InvalidRequest("Two ways of client authentication in one request."));
    }
    match (authorization, assertion) {
        (Some(authorization), _) => by_basic(id, authorization),
        (None, Some(assertion)) => by_assertion(id, assertion),
        (None, None) => {
            let client_id = id.ok_or(Refusal::InvalidClient)?.to_owned();
            Ok(Credentials {
                client_id,
                proof: secret.map_or(Proof::Nothing, |secret| Proof::Secret(secret.into())),
            })
        }
    }
}

fn assertion_of(form: &Form) -> Result<Option<SecretString>, Refusal> {
    match (form.one("client_assertion_type")?, form.one("client_assertion")?) {
        (None, None) => Ok(None),
        (Some(JWT_BEARER), Some(assertion)) => Ok(Some(assertion.into())),
        // Another kind of assertion proves nothing here (RFC 7521 section 4.2.1).
        (Some(_), Some(_)) => Err(Refusal::InvalidClient),
        _ => Err(Refusal::InvalidRequest("client_assertion and client_assertion_type go together.")),
    }
}

fn by_basic(id: Option<&str>, authorization: &str) -> Result<Credentials, Refusal> {
    let (client_id, password) = basic(authorization).ok_or(Refusal::InvalidClient)?;
    if id.is_some_and(|id| id != client_id) {
        return Err(Refusal::InvalidRequest("client_id differs from the Authorization header."));
    }
    Ok(Credentials { client_id, proof: Proof::Secret(password.into()) })
}

/// The client need not say who it is beside the assertion, and must not say otherwise (RFC 7521 section 4.2).
fn by_assertion(id: Option<&str>, assertion: SecretString) -> Result<Credentials, Refusal> {
    let client_id = assertion::subject(assertion.expose_secret()).ok_or(Refusal::InvalidClient)?;
    if id.is_some_and(|id| id != client_id) {
        return Err(Refusal::InvalidClient);
    }
    Ok(Credentials { client_id, proof: Proof::Assertion(assertion) })
}

fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, encoded) = authorization.split_once(' ')?;
    let plain = STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let plain = String::from_utf8(plain).ok()?;
    let (id, password) = plain.split_once(':')?;
    Some((decode(id)?, decode(password)?))
}
