use kernel::{ClientId, OrganisationId, Role, Scopes};
use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::authorize::{Decision, SignIn, Unverified, Visitor, authorize, deny};
use super::credentials::{self, Credentials, Proof};
use super::form::{Form, Repeated, decode, encode};
use super::grant;
use super::redirect::{Answer, Mode, may_register, origin, sector};
use super::token::{self, Code, CodeRequest, Refusal};
use super::{pkce, redirect};
use crate::{Algorithm, Client, Dialect, GrantType, Method, Methods};

pub(super) const ISSUER: &str = "https://bedside.example";
pub(super) const HOME: &str = "https://app.example/callback";
pub(super) const NOW: i64 = 1_000_000;
/// The pair of RFC 7636 appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(super) fn client() -> Client {
    Client {
        id: ClientId::from_bytes([7; 12]),
        organisation: OrganisationId::from_bytes([1; 12]),
        organisation_name: "De Linde".into(),
        sandbox: true,
        name: "Messenger".into(),
        dialect: Dialect::Kpn,
        public: false,
        redirect_uris: vec![HOME.into()],
        scopes: Scopes::messenger(),
        token_life_ms: 1,
        code_life_ms: 1,
        trusted: false,
        jwks: None,
        grant_types: vec![GrantType::AuthorizationCode],
        refresh_life_ms: 1,
        pairwise: false,
        id_token_alg: Algorithm::Rs256,
        post_logout_uris: Vec::new(),
        account: None,
        pending: false,
        vetted: true,
    }
}

pub(super) fn patient() -> Visitor {
    Visitor {
        roles: vec![Role::Patient],
        signed_in_ms: NOW - 10_000,
        methods: Methods::of(Method::Password),
        is_another: false,
    }
}

fn scopes(list: &str) -> Scopes {
    Scopes::parse(list).0
}

fn request(more: &str) -> Form {
    let id = client().client_id();
    Form::parse(&format!("response_type=code&client_id={id}{more}")).expect("UTF-8")
}

fn decide(more: &str) -> Decision {
    authorize(&request(more), Some(&client()), Some(&patient()), Some(scopes("read write")), NOW)
}

fn fault_of(decision: Decision) -> &'static str {
    match decision {
        Decision::Redirect(answer, fault) => {
            assert_eq!(answer.redirect_uri, HOME);
            fault.error
        }
        other => panic!("no redirect with an error: {other:?}"),
    }
}

#[test]
fn a_request_as_kpn_documents_it_gets_its_code() {
    let uri = encode(HOME);
    let Decision::IssueCode(answer, order) = decide(&format!("&state=12345&scope=read&redirect_uri={uri}"))
    else {
        panic!("no code");
    };
    assert_eq!((order.scopes, order.redirect_named, order.challenge), (scopes("read"), true, None));
    let location = answer.with_code("abc", "http://localhost:8080");
    assert_eq!(location, format!("{HOME}?code=abc&state=12345&iss=http%3A%2F%2Flocalhost%3A8080"));
}

#[test]
fn nobody_is_sent_to_an_address_that_is_not_registered_letter_for_letter() {
    for uri in [
        "https://evil.example/",
        "https://app.example/callback/",
        "https://app.example/callback?x=1",
        "HTTPS://app.example/callback",
        "https://app.example@evil.example/callback",
        "//app.example/callback",
    ] {
        let decision = decide(&format!("&redirect_uri={}", encode(uri)));
        assert_eq!(decision, Decision::ShowError(Unverified::Redirect), "{uri}");
    }
    assert_eq!(decide("&client_id=other"), Decision::ShowError(Unverified::ClientTwice));
    assert_eq!(decide("&redirect_uri=a&redirect_uri=b"), Decision::ShowError(Unverified::Redirect));
    let nobody = authorize(&request(""), None, Some(&patient()), None, NOW);
    assert_eq!(nobody, Decision::ShowError(Unverified::Client));
    assert_eq!(deny(&request("&redirect_uri=x"), Some(&client())), Decision::ShowError(Unverified::Redirect));
}

#[test]
fn an_address_left_out_is_the_registered_one_when_there_is_exactly_one() {
    assert!(matches!(decide(""), Decision::IssueCode(..)));
    let two = Client { redirect_uris: vec![HOME.into(), "https://b.example/".into()], ..client() };
    let decision = authorize(&request(""), Some(&two), Some(&patient()), None, NOW);
    assert_eq!(decision, Decision::ShowError(Unverified::NoRedirect));
}

#[test]
fn faults_have_the_names_that_the_standards_give_them() {
    assert_eq!(fault_of(decide("&state=a&state=b")), "invalid_request");
    assert_eq!(fault_of(decide("&scope=read&scope=read")), "invalid_request");
    assert_eq!(fault_of(decide("&scope=read%20everything")), "invalid_scope");
    assert_eq!(fault_of(decide("&scope=%20")), "invalid_scope");
    assert_eq!(fault_of(decide("&request=x")), "request_not_supported");
    assert_eq!(fault_of(decide("&response_mode=fragment")), "invalid_request");
    assert_eq!(fault_of(decide("&request_uri=x")), "request_uri_not_supported");
    assert_eq!(fault_of(decide("&registration=x")), "registration_not_supported");
    assert_eq!(fault_of(decide("&claims=x")), "invalid_request");
    assert_eq!(fault_of(decide("&prompt=none%20login")), "invalid_request");
    assert_eq!(fault_of(decide("&prompt=create")), "invalid_request");
    assert_eq!(fault_of(decide("&max_age=soon")), "invalid_request");
    assert_eq!(fault_of(decide("&scope=admin")), "access_denied");
    let form = |text: &str| Form::parse(&text.replace("ID", &client().client_id())).expect("UTF-8");
    let ask = |form: &Form| authorize(form, Some(&client()), None, None, NOW);
    assert_eq!(fault_of(ask(&form("client_id=ID&response_type=token"))), "unsupported_response_type");
    assert_eq!(fault_of(ask(&form("client_id=ID&response_type="))), "invalid_request");
    assert_eq!(fault_of(ask(&form("client_id=ID&response_type=code&prompt=none"))), "login_required");
    assert_eq!(fault_of(deny(&request(""), Some(&client()))), "access_denied");
}

#[test]
fn a_public_client_must_bring_a_challenge_of_s256() {
    let public = Client { public: true, ..client() };
    let ask = |more: &str| {
        authorize(&request(more), Some(&public), Some(&patient()), Some(scopes("read write")), NOW)
    };
    assert_eq!(fault_of(ask("")), "invalid_request");
    assert_eq!(fault_of(ask(&format!("&code_challenge={CHALLENGE}"))), "invalid_request");
    assert_eq!(
        fault_of(ask(&format!("&code_challenge={CHALLENGE}&code_challenge_method=plain"))),
        "invalid_request"
    );
    assert_eq!(fault_of(ask("&code_challenge=short&code_challenge_method=S256")), "invalid_request");
    assert_eq!(fault_of(decide("&code_challenge_method=S256")), "invalid_request");
    let good = ask(&format!("&code_challenge={CHALLENGE}&code_challenge_method=S256"));
    assert!(matches!(good, Decision::IssueCode(_, order) if order.challenge.as_deref() == Some(CHALLENGE)));
}

#[test]
fn somebody_signs_in_again_when_it_was_too_long_ago_or_they_belong_elsewhere() {
    let ask =
        |more: &str, visitor: &Visitor| authorize(&request(more), Some(&client()), Some(visitor), None, NOW);
    assert_eq!(ask("&prompt=login", &patient()), Decision::NeedSignIn(SignIn::Again));
    assert_eq!(ask("&max_age=9", &patient()), Decision::NeedSignIn(SignIn::Again));
    assert!(matches!(ask("&max_age=10", &patient()), Decision::NeedConsent(_)));
    let stranger = Visitor { roles: vec![], ..patient() };
    assert_eq!(ask("", &stranger), Decision::NeedSignIn(SignIn::Stranger));
    assert_eq!(
        authorize(&request(""), Some(&client()), None, None, NOW),
        Decision::NeedSignIn(SignIn::Nobody)
    );
}

#[test]
fn consent_is_remembered_for_what_was_allowed_and_asked_anew_for_more() {
    let ask =
        |more: &str, granted| authorize(&request(more), Some(&client()), Some(&patient()), granted, NOW);
    assert!(matches!(ask("&scope=read", Some(scopes("read write"))), Decision::IssueCode(..)));
    assert_eq!(ask("&scope=read%20write", Some(scopes("read"))), Decision::NeedConsent(scopes("read write")));
    assert_eq!(
        ask("&scope=read&prompt=consent", Some(scopes("read"))),
        Decision::NeedConsent(scopes("read"))
    );
    assert_eq!(fault_of(ask("&scope=read&prompt=none", None)), "consent_required");
}

#[test]
fn only_an_administrator_can_allow_administration() {
    let wish = request("&scope=read%20admin");
    let asked = authorize(&wish, Some(&client()), Some(&patient()), None, NOW);
    assert_eq!(asked, Decision::NeedConsent(scopes("read")), "the page asks only for what they can allow");
    let both = Visitor { roles: vec![Role::Doctor, Role::Administrator], ..patient() };
    let asked = authorize(&wish, Some(&client()), Some(&both), None, NOW);
    assert_eq!(asked, Decision::NeedConsent(scopes("read admin")));
}

fn code() -> Code {
    Code {
        client: client().id,
        grant: kernel::GrantId::from_bytes([2; 12]),
        redirect_uri: HOME.into(),
        redirect_named: true,
        scopes: scopes("read"),
        challenge: Some(CHALLENGE.into()),
        ends_ms: NOW + 1,
    }
}

fn code_request() -> CodeRequest {
    CodeRequest { code: "c".into(), redirect_uri: Some(HOME.into()), verifier: Some(VERIFIER.into()) }
}

#[test]
fn a_code_is_bound_to_client_address_challenge_and_time() {
    let refused = |code: &Code, request: &CodeRequest, now| {
        matches!(token::may_redeem(code, &client(), request, now), Err(Refusal::InvalidGrant(_)))
    };
    assert_eq!(token::may_redeem(&code(), &client(), &code_request(), NOW), Ok(()));
    assert!(refused(&code(), &code_request(), NOW + 1), "expired");
    assert!(refused(&Code { client: ClientId::from_bytes([9; 12]), ..code() }, &code_request(), NOW));
    assert!(refused(&code(), &CodeRequest { redirect_uri: None, ..code_request() }, NOW));
    assert!(refused(
        &code(),
        &CodeRequest { redirect_uri: Some("https://x.example".into()), ..code_request() },
        NOW
    ));
    assert!(refused(&code(), &CodeRequest { verifier: None, ..code_request() }, NOW));
    assert!(refused(&code(), &CodeRequest { verifier: Some("a".repeat(43).into()), ..code_request() }, NOW));
    assert!(refused(&Code { challenge: None, ..code() }, &code_request(), NOW), "a stripped challenge");
    let unnamed = Code { redirect_named: false, ..code() };
    assert_eq!(
        token::may_redeem(&unnamed, &client(), &CodeRequest { redirect_uri: None, ..code_request() }, NOW),
        Ok(())
    );
}

#[test]
fn a_client_says_who_it_is_in_one_way_only() {
    let form = |text: &str| Form::parse(text).expect("UTF-8");
    let basic = "Basic YWJjOnMlM0F4"; // abc:s%3Ax
    let secret = |who: &Credentials| match &who.proof {
        Proof::Secret(secret) => secret.expose_secret().to_owned(),
        other => panic!("{other:?}"),
    };
    let posted = credentials::read(&form("client_id=abc&client_secret=s"), None).expect("credentials");
    assert_eq!((posted.client_id.as_str(), secret(&posted).as_str()), ("abc", "s"));
    let header = credentials::read(&form("client_id=abc"), Some(basic)).expect("credentials");
    assert_eq!(secret(&header), "s:x");
    let refusal = |text: &str, header| credentials::read(&form(text), header).map(drop).expect_err("refused");
    assert!(matches!(refusal("client_id=abc&client_secret=s", Some(basic)), Refusal::InvalidRequest(_)));
    assert!(matches!(refusal("client_id=other", Some(basic)), Refusal::InvalidRequest(_)));
    assert!(matches!(refusal("client_id=a&client_id=a", None), Refusal::InvalidRequest(_)));
    assert_eq!(refusal("", None), Refusal::InvalidClient);
    assert_eq!(refusal("", Some("Bearer x")), Refusal::InvalidClient);
    assert_eq!(refusal("", Some("Basic ????")), Refusal::InvalidClient);
    let read = |text: &str| grant::read(&form(text), ISSUER).map(drop);
    assert_eq!(read("grant_type=password&username=a"), Err(Refusal::UnsupportedGrantType));
    assert!(matches!(read("code=x"), Err(Refusal::InvalidRequest(_))));
    assert!(matches!(read("grant_type=authorization_code"), Err(Refusal::InvalidRequest(_))));
}

#[test]
fn addresses_that_could_run_or_leak_something_cannot_be_registered() {
    for good in [
        "https://a.example/cb?x=1",
        "http://127.0.0.1:9/callback",
        "http://localhost/",
        "http://[::1]:80/",
        "nl.linde.app:/cb",
    ] {
        assert!(may_register(good), "{good}");
    }
    for bad in [
        "",
        "/cb",
        "http://a.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "https://a@b.example/",
        "https://a.example/#x",
        "https://a.example/ x",
        "https://a.example;script-src/",
        "https://a.example:99999/",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "file:///etc/passwd",
        "https:/a.example",
    ] {
        assert!(!may_register(bad), "{bad}");
    }
    assert_eq!(origin("http://127.0.0.1:9/callback").as_deref(), Some("http://127.0.0.1:9"));
    assert_eq!(origin("https://a.example?x").as_deref(), Some("https://a.example"));
}

#[test]
fn the_challenge_is_the_one_of_the_standard() {
    assert_eq!(pkce::challenge_of(VERIFIER), CHALLENGE);
    assert!(pkce::is_challenge(CHALLENGE) && pkce::is_verifier(VERIFIER));
}

#[test]
fn forms_are_read_strictly() {
    assert_eq!(Form::parse("a=%FF"), None);
    let form = Form::parse("a=1&b=&a=2&c=x+y%2B%zz").expect("UTF-8");
    assert_eq!(form.one("a"), Err(Repeated));
    assert_eq!(form.one("b"), Ok(None));
    assert_eq!(form.one("c"), Ok(Some("x y+%zz")));
}

proptest! {
    #[test]
    fn a_state_comes_back_untouched(state in ".{1,200}") {
        let answer = Answer { redirect_uri: HOME.into(), state: Some(state.clone()), mode: Mode::Query };
        let location = answer.with_code("c", "i");
        let form = Form::parse(location.split_once('?').expect("a query").1).expect("UTF-8");
        prop_assert_eq!(form.one("state"), Ok(Some(state.as_str())));
        prop_assert_eq!(decode(&encode(&state)), Some(state));
    }

    #[test]
    fn no_text_is_too_odd_to_be_refused(text in ".{0,300}") {
        let _ = (may_register(&text), origin(&text), redirect::is_loopback(&text));
        let form = Form::parse(&text).unwrap_or_default();
        let _ = (credentials::read(&form, Some(&text)), grant::read(&form, &text), pkce::fits(Some(&text), Some(&text)));
    }
}

#[test]
fn what_is_printed_of_a_form_or_a_request_tells_no_secret() {
    let text = "grant_type=authorization_code&code=geheim-1&code_verifier=geheim-2&password=geheim-3";
    let form = Form::parse(text).expect("UTF-8");
    let request = grant::read(&form, ISSUER).expect("a request");
    let printed = format!("{form:?} {request:?}");
    assert!(!printed.contains("geheim"), "{printed}");
}

#[test]
fn what_is_too_long_is_refused_and_not_returned() {
    let long = "a".repeat(10_000);
    let Decision::Redirect(answer, fault) = decide(&format!("&state={long}")) else { panic!("no redirect") };
    assert_eq!((answer.state, fault.error), (None, "invalid_request"));
    assert_eq!(fault_of(decide(&format!("&nonce={long}"))), "invalid_request");
}

#[test]
fn a_client_that_waits_for_approval_or_may_ask_nobody_gets_no_code() {
    let ask = |client: &Client| authorize(&request(""), Some(client), Some(&patient()), None, NOW);
    assert_eq!(ask(&Client { pending: true, ..client() }), Decision::ShowError(Unverified::Pending));
    let program = Client { grant_types: vec![GrantType::ClientCredentials], ..client() };
    assert_eq!(fault_of(ask(&program)), "unauthorized_client");
}

#[test]
fn who_is_not_the_one_that_is_meant_signs_in_again_but_not_for_ever() {
    let other = Visitor { is_another: true, ..patient() };
    let ask = |more: &str| authorize(&request(more), Some(&client()), Some(&other), None, NOW);
    assert_eq!(ask(""), Decision::NeedSignIn(SignIn::Again));
    assert_eq!(fault_of(ask("&prompt=none")), "login_required");
    assert_eq!(fault_of(ask("&bedside_signed_in=1")), "login_required");
}

#[test]
fn a_second_proof_is_asked_for_when_it_is_wished_and_missed_only_when_it_is_essential() {
    let two = Visitor { methods: Methods::of(Method::Password).and(Method::Totp), ..patient() };
    let all = Some(scopes("read write"));
    let ask = |more: &str, who: &Visitor| authorize(&request(more), Some(&client()), Some(who), all, NOW);
    let essential = format!("&claims={}", encode(r#"{"id_token":{"acr":{"essential":true,"value":"2"}}}"#));
    let is_code = |decision| matches!(decision, Decision::IssueCode(..));
    for wish in ["&acr_values=2", essential.as_str()] {
        assert_eq!(ask(wish, &patient()), Decision::NeedSignIn(SignIn::StepUp));
        assert!(is_code(ask(wish, &two)));
    }
    assert!(is_code(ask("&acr_values=2&prompt=none", &patient())), "nobody may be asked");
    let silent = format!("{essential}&prompt=none");
    assert_eq!(fault_of(ask(&silent, &patient())), "unmet_authentication_requirements");
}

#[test]
fn no_mark_of_ours_that_anybody_can_write_into_an_address_spares_a_question() {
    let all = Some(scopes("read write"));
    let decide = |more: &str, visitor: Option<&Visitor>, granted| {
        authorize(&request(more), Some(&client()), visitor, granted, NOW)
    };
    let essential = format!("&claims={}", encode(r#"{"id_token":{"acr":{"essential":true,"value":"2"}}}"#));
    let stranger = Visitor { roles: vec![], ..patient() };
    for (wish, visitor, granted) in [
        ("", None, all),
        ("", Some(&stranger), all),
        ("", Some(&patient()), None),
        ("&prompt=login", Some(&patient()), all),
        ("&prompt=consent", Some(&patient()), all),
        ("&max_age=1", Some(&patient()), all),
        ("&acr_values=2", Some(&patient()), all),
        (essential.as_str(), Some(&patient()), all),
    ] {
        let plain = decide(wish, visitor, granted);
        assert!(matches!(plain, Decision::NeedSignIn(_) | Decision::NeedConsent(_)), "{wish}");
        for mark in ["bedside_signed_in", "bedside_denied"] {
            assert_eq!(decide(&format!("{wish}&{mark}=1"), visitor, granted), plain, "{wish} {mark}");
        }
    }
}

#[test]
fn rfc_9700_4_11_2_a_mistake_leads_nobody_unknown_to_an_address_that_nobody_looked_at() {
    let unvetted = Client { vetted: false, ..client() };
    let ask = |more: &str, client: &Client, visitor: Option<&Visitor>| {
        authorize(&request(more), Some(client), visitor, None, NOW)
    };
    for mistake in
        ["&scope=nonsense", "&state=a&state=b", "&request=x", "&max_age=soon", "&prompt=a&prompt=none"]
    {
        assert_eq!(ask(mistake, &unvetted, None), Decision::NeedSignIn(SignIn::Nobody), "{mistake}");
        assert!(matches!(ask(mistake, &unvetted, Some(&patient())), Decision::Redirect(..)), "{mistake}");
        assert!(matches!(ask(mistake, &client(), None), Decision::Redirect(..)), "{mistake}");
    }
    assert_eq!(
        fault_of(ask("&prompt=none", &unvetted, None)),
        "login_required",
        "it is answered in any case"
    );
}

#[test]
fn a_postal_address_is_asked_for_as_anything_else() {
    let with_address = Client { scopes: scopes("read address"), ..client() };
    let ask = |more: &str| authorize(&request(more), Some(&with_address), Some(&patient()), None, NOW);
    for (more, granted) in
        [("&scope=read%20address", "read address"), ("", "read address"), ("&scope=address", "address")]
    {
        assert_eq!(ask(more), Decision::NeedConsent(scopes(granted)), "{more}");
    }
    assert_eq!(fault_of(decide("&scope=read%20address")), "invalid_scope", "of who is not registered for it");
}

#[test]
fn the_portals_applications_are_told_of_a_no_in_the_words_that_they_know() {
    let portal = Client { dialect: Dialect::Portal, ..client() };
    let Decision::Redirect(answer, fault) = deny(&request("&state=1"), Some(&portal)) else {
        panic!("no answer")
    };
    let location = answer.with_error(fault.error, fault.description, "i");
    let told = "The+resource+owner+or+authorization+server+denied+the+request.";
    assert_eq!(location, format!("{HOME}?error=access_denied&error_description={told}&state=1&iss=i"));
}

#[test]
fn what_goes_on_without_somebody_is_theirs_to_allow_whoever_vouches() {
    let refreshing = vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    let list = "openid offline_access";
    let trusted = Client { trusted: true, scopes: scopes(list), grant_types: refreshing, ..client() };
    let ask = |client: &Client| {
        authorize(&request("&scope=openid%20offline_access"), Some(client), Some(&patient()), None, NOW)
    };
    assert_eq!(ask(&trusted), Decision::NeedConsent(scopes(list)));
    let plain = Client { grant_types: vec![GrantType::AuthorizationCode], ..trusted };
    assert!(matches!(ask(&plain), Decision::IssueCode(_, order) if order.scopes == scopes("openid")));
}

#[test]
fn a_sector_is_a_host_whatever_its_port() {
    assert_eq!(sector("https://a.example:8443/cb?x"), Some("a.example"));
    assert_eq!(sector("http://[::1]:9/cb"), Some("[::1]"));
    assert_eq!(sector("nl.linde.app:/cb"), Some("nl.linde.app"));
    assert_eq!(sector("https:/a"), None);
}
