//! The query of an authorization request. The first byte says who asks and who has signed in.

use kernel::{Role, Scope, Scopes};

use super::{ISSUER, NOW_MS, UNREAD, client};
use crate::protocol::authorize::{CodeOrder, Decision, Visitor, authorize, deny};
use crate::protocol::form::Form;
use crate::protocol::pkce;
use crate::protocol::redirect::Answer;
use crate::{Client, Method, Methods, scopes};

/// Who asks, and what is known, by the bits of a byte.
struct Case {
    client: Option<Client>,
    visitor: Option<Visitor>,
    granted: Option<Scopes>,
}

impl Case {
    fn of(bits: u8) -> Self {
        let is = |bit: u8| bits & (1 << bit) != 0;
        let role = if is(4) { Role::Administrator } else { Role::Patient };
        let methods = Methods::of(if is(6) { Method::Password } else { Method::Passkey });
        let visitor =
            || Visitor { roles: vec![role], signed_in_ms: NOW_MS - 10_000, methods, is_another: is(7) };
        Self {
            client: is(0).then(|| Client { public: is(1), trusted: is(2), ..client() }),
            visitor: is(3).then(visitor),
            granted: is(5).then_some(Scopes::ALL),
        }
    }
}

/// Takes a byte and a query.
pub fn target(data: &[u8]) -> &'static str {
    let Some((&bits, text)) = data.split_first() else { return UNREAD };
    let Some(form) = std::str::from_utf8(text).ok().and_then(Form::parse) else { return UNREAD };
    let case = Case::of(bits);
    let Case { client, visitor, granted } = &case;
    let decision = authorize(&form, client.as_ref(), visitor.as_ref(), *granted, NOW_MS);
    match deny(&form, client.as_ref()) {
        Decision::Redirect(answer, fault) => {
            assert_eq!(fault.error, "access_denied");
            leads_home(&answer.with_error(fault.error, fault.description, ISSUER), &answer, &form, client);
        }
        Decision::ShowError(why) => assert_eq!(decision, Decision::ShowError(why), "nobody is sent anywhere"),
        other => panic!("who says no is not asked again: {other:?}"),
    }
    match decision {
        Decision::ShowError(_) => "page",
        Decision::NeedSignIn(_) => "sign_in",
        Decision::NeedConsent(scopes) => {
            assert!(!case.is_known(scopes) || says_consent(&form), "who has allowed this is not asked again");
            case.may_allow(scopes);
            "consent"
        }
        Decision::Redirect(answer, fault) => {
            leads_home(&answer.with_error(fault.error, fault.description, ISSUER), &answer, &form, client);
            "fault"
        }
        Decision::IssueCode(answer, order) => {
            case.may_have(&form, &order);
            leads_home(&answer.with_code("c0de", ISSUER), &answer, &form, client);
            "code"
        }
    }
}

fn says_consent(form: &Form) -> bool {
    form.all("prompt").any(|prompt| prompt.split_ascii_whitespace().any(|word| word == "consent"))
}

impl Case {
    fn is_known(&self, scopes: Scopes) -> bool {
        let is_trusted = self.client.as_ref().is_some_and(|client| client.trusted);
        // What goes on while somebody is away is asked of everybody once.
        (is_trusted && !scopes.has(Scope::OfflineAccess))
            || self.granted.is_some_and(|granted| granted.cover(scopes))
    }

    /// Somebody who is there, for something that the client asks for and that is theirs to give.
    fn may_allow(&self, scopes: Scopes) {
        let (client, visitor) = (self.client.as_ref().expect("a client"), self.visitor.as_ref());
        let visitor = visitor.expect("nobody is asked, and no code is given, before somebody has signed in");
        assert!(!scopes.is_empty() && client.scopes.cover(scopes));
        assert!(scopes::grantable(&visitor.roles).cover(scopes), "nobody allows more than they may");
    }

    fn may_have(&self, form: &Form, order: &CodeOrder) {
        self.may_allow(order.scopes);
        assert!(self.is_known(order.scopes) && !says_consent(form), "nobody has allowed this");
        let is_public = self.client.as_ref().is_some_and(|client| client.public);
        assert!(!is_public || order.challenge.is_some(), "a public client without a challenge");
        assert!(order.challenge.as_deref().is_none_or(pkce::is_challenge));
        assert_eq!(order.challenge.as_deref(), form.first("code_challenge").filter(|text| !text.is_empty()));
        assert_eq!(order.nonce.as_deref(), form.first("nonce").filter(|text| !text.is_empty()));
    }
}

/// An answer goes to a registered address, letter for letter, and brings back what the request said.
fn leads_home(location: &str, answer: &Answer, form: &Form, client: &Option<Client>) {
    let client = client.as_ref().expect("nobody is sent anywhere for an unknown client");
    let uri = client.redirect_uris.iter().find(|uri| **uri == answer.redirect_uri);
    let uri = uri.expect("an address that is registered");
    if let Ok(Some(named)) = form.one("redirect_uri") {
        assert_eq!(named, uri, "another address than the one that was named");
    }
    let joint = if uri.contains('?') { "&" } else { "?" };
    let query = location.strip_prefix(uri.as_str()).and_then(|rest| rest.strip_prefix(joint));
    let query = Form::parse(query.expect("the address, and what is said there")).expect("UTF-8");
    assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
    assert_eq!(query.one("iss"), Ok(Some(ISSUER)));
    assert_eq!(query.one("state"), Ok(form.one("state").ok().flatten()), "the state comes back untouched");
    assert!(matches!(
        (query.one("code"), query.one("error")),
        (Ok(Some(_)), Ok(None)) | (Ok(None), Ok(Some(_)))
    ));
}
