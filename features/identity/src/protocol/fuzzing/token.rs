//! A token request: a byte whose lowest bit says whether there is an `Authorization` header, that header up to the end of
//! the line, and the form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::{GrantId, Scope, Scopes};
use secrecy::ExposeSecret as _;

use super::{ISSUER, NOW_MS, REDIRECT_URIS, UNREAD, client};
use crate::protocol::credentials::{self, Credentials, JWT_BEARER, Proof};
use crate::protocol::form::{Form, decode};
use crate::protocol::grant::{self, TokenRequest};
use crate::protocol::pkce;
use crate::protocol::token::{self, Code, CodeRequest, Refusal};

/// The challenge of RFC 7636 appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// What RFC 6749 section 5.2 and RFC 8693 section 2.2.2 name.
const ERRORS: [&str; 7] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_target",
];

/// Takes a byte, a header and a form.
pub fn target(data: &[u8]) -> &'static str {
    let Some((&bits, text)) = data.split_first() else { return UNREAD };
    let Some((header, text)) = std::str::from_utf8(text).ok().and_then(|text| text.split_once('\n')) else {
        return UNREAD;
    };
    let Some(form) = Form::parse(text) else { return UNREAD };
    let header = (bits & 1 != 0).then_some(header);
    match credentials::read(&form, header) {
        Ok(who) => is_said(&who, &form, header),
        Err(refusal) => return refused(refusal),
    }
    let request = match grant::read(&form, ISSUER) {
        Ok(request) => request,
        Err(refusal) => return refused(refusal),
    };
    assert_eq!(form.one("grant_type"), Ok(Some(request.grant_type().name())));
    match request {
        TokenRequest::Code(request) => redeem(&form, &request),
        TokenRequest::Refresh(request) => {
            assert_eq!(form.one("refresh_token"), Ok(Some(request.token.expose_secret())));
            "refresh"
        }
        TokenRequest::Program(asked) => match grant::for_program(&client(), asked) {
            Ok(scopes) => {
                assert!(
                    client().scopes.cover(scopes) && !scopes.has(Scope::Read) && !scopes.has(Scope::Admin)
                );
                "program"
            }
            Err(refusal) => refused(refusal),
        },
        TokenRequest::Exchange(request) => {
            assert_eq!(form.one("subject_token"), Ok(Some(request.subject.expose_secret())));
            "exchange"
        }
    }
}

fn redeem(form: &Form, request: &CodeRequest) -> &'static str {
    assert_eq!(form.one("code"), Ok(Some(request.code.expose_secret())));
    match token::may_redeem(&code(), &client(), request, NOW_MS) {
        Ok(()) => {
            let verifier =
                request.verifier.as_ref().map(|verifier| pkce::challenge_of(verifier.expose_secret()));
            assert_eq!(verifier.as_deref(), Some(CHALLENGE), "a code that was stolen on its way");
            assert_eq!(request.redirect_uri.as_deref(), Some(REDIRECT_URIS[0]));
            "redeemed"
        }
        Err(refusal) => refused(refusal),
    }
}

/// A code that was bound to an address and a challenge.
fn code() -> Code {
    Code {
        client: client().id,
        grant: GrantId::from_bytes([2; 12]),
        redirect_uri: REDIRECT_URIS[0].to_owned(),
        redirect_named: true,
        scopes: Scopes::messenger(),
        challenge: Some(CHALLENGE.to_owned()),
        ends_ms: NOW_MS + 1,
    }
}

/// Whoever is believed to ask has said so, in one way alone.
fn is_said(who: &Credentials, form: &Form, header: Option<&str>) {
    let said = form.one("client_id");
    assert!(matches!(said, Ok(id) if id.is_none_or(|id| id == who.client_id)), "two names");
    let (posted, assertion) = (form.one("client_secret"), form.one("client_assertion"));
    match (&who.proof, header) {
        (Proof::Secret(secret), Some(header)) => {
            assert_eq!((posted, assertion), (Ok(None), Ok(None)), "two ways of client authentication");
            let pair = header.split_once(' ').and_then(|(_, pair)| STANDARD.decode(pair.trim()).ok());
            let pair = String::from_utf8(pair.expect("base64")).expect("UTF-8");
            let (id, password) = pair.split_once(':').expect("a pair");
            let secret = secret.expose_secret().to_owned();
            assert_eq!((decode(id), decode(password)), (Some(who.client_id.clone()), Some(secret)));
        }
        (Proof::Secret(secret), None) => {
            assert_eq!((posted, assertion), (Ok(Some(secret.expose_secret())), Ok(None)));
            assert_eq!(said, Ok(Some(who.client_id.as_str())));
        }
        (Proof::Assertion(jwt), None) => {
            assert_eq!((posted, assertion), (Ok(None), Ok(Some(jwt.expose_secret()))));
            assert_eq!(form.one("client_assertion_type"), Ok(Some(JWT_BEARER)));
        }
        (Proof::Nothing, None) => {
            assert_eq!((posted, assertion), (Ok(None), Ok(None)));
            assert_eq!(said, Ok(Some(who.client_id.as_str())));
        }
        (proof, _) => panic!("nobody has looked at this, or nobody has brought it: {proof:?}"),
    }
}

fn refused(refusal: Refusal) -> &'static str {
    let name = ERRORS.into_iter().find(|name| *name == refusal.error());
    let sentence = refusal.description();
    assert!(
        sentence.bytes().all(|byte| matches!(byte, b' '..=b'~') && !b"\"\\".contains(&byte)),
        "{sentence}"
    );
    name.expect("an error that the standard names")
}
