//! Nobody is asked for, and nobody grants, more than there is to grant.

use kernel::{Role, Scope};
use testkit::bedside_test;

use super::app::{App, PASSWORD, answer_of, browser, error_of};
use crate::cast::Ward;

#[bedside_test]
async fn unknown_scopes_and_those_that_the_application_is_not_registered_for_are_refused(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let app = App::of(&linde, |_| {}).await;
    let mut browser = browser(&ward);
    for scope in
        ["superuser", "read superuser", "READ", "read,write", "admin", "read admin", " ", "read\u{a0}write"]
    {
        assert_eq!(
            error_of(&browser.open(&app.request(&[("scope", scope)])).await),
            "invalid_scope",
            "{scope:?}"
        );
    }
}

#[bedside_test]
async fn only_an_administrator_can_allow_administration(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let all = |new: &mut identity::clients::NewClient| new.scopes = Scope::ALL.into_iter().collect();
    let app = App::of(&linde, all).await;
    let eva = linde.doctor("Eva").await.with_password(PASSWORD).await;
    let admin_alone = app.allowed(&eva, &mut browser(&ward), &[("scope", "admin")]).await;
    assert_eq!(error_of(&admin_alone), "access_denied");

    let mut visit = browser(&ward);
    let page = visit.open(&app.request(&[("scope", "read admin")])).await;
    let consent = super::app::sign_in(&mut visit, &page, &eva).await;
    assert_eq!(consent.form().value("scopes"), "read", "she is not asked for what is not hers to give");
    // A form that claims more than was shown gives no more.
    let outward = visit.submit(&consent, &[("answer", "allow"), ("scopes", "read write admin")]).await;
    let code = answer_of(&outward)["code"].clone();
    let token = app.redeem(&app.token_form(&code, &[])).await.ok();
    assert_eq!(token["scope"], "read", "the answer says what was granted");

    let beheer = linde.somebody("Beheer", "de Wit", Role::Administrator).await.with_password(PASSWORD).await;
    let code = app.code(&beheer, &[("scope", "read admin")]).await;
    let token = app.redeem(&app.token_form(&code, &[])).await.ok();
    assert_eq!(token["scope"], "read admin");
}

#[bedside_test]
async fn a_request_that_names_no_scope_asks_for_all_that_the_application_is_registered_for(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let code = app.code(&anna, &[("scope", "")]).await;
    let token = app.redeem(&app.token_form(&code, &[])).await.ok();
    assert_eq!(token["scope"], "read write");
}

#[bedside_test]
async fn a_token_does_what_it_was_granted_and_nothing_else(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let eva = linde.doctor("Eva").await;
    let app = App::of(&linde, |_| {}).await;
    let token = app.token(&app.code(&anna, &[("scope", "read")]).await).await;
    let client = crate::cast::Kpn::new(&ward, token);
    let chat = format!("conversations/{}", eva.uuid());
    assert_eq!(client.get(&format!("{chat}/messages")).await.status, 200);
    let refused = client.post(&format!("{chat}/messages"), serde_json::json!({ "body": "no" })).await;
    assert_eq!(refused.refused(), (403, "insufficient_scope"));
    assert_eq!(refused.header("www-authenticate"), "Bearer error=\"insufficient_scope\"");
}
