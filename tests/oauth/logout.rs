//! Signing out by an application's wish.

use jiff::SignedDuration;
use testkit::bedside_test;

use super::app::{PASSWORD, browser, fields};
use super::party::{AFTER, party, signed_in};
use crate::cast::{Browser, Ward};

const OPENID: [(&str, &str); 1] = [("scope", "openid")];

fn path(parameters: &[(&str, &str)]) -> String {
    let url = reqwest::Url::parse_with_params("http://x/oauth/logout", parameters).unwrap();
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

async fn is_signed_in(visit: &mut Browser) -> bool {
    visit.open("/account").await.path.starts_with("/account")
}

#[bedside_test]
async fn an_application_that_shows_whom_it_means_signs_them_out_and_gets_them_back(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let (mut visit, token) = signed_in(&ward, &app, &anna, &OPENID).await;
    let wish = [("id_token_hint", &*token), ("post_logout_redirect_uri", AFTER), ("state", "a&b=c#d é")];
    let outward = visit.open(&path(&wish)).await;
    assert_eq!(outward.location(), Some(&*format!("{AFTER}&state=a%26b%3Dc%23d%20%C3%A9")));
    assert!(!is_signed_in(&mut visit).await);
    let again = visit.open(&path(&wish)).await;
    assert!(again.location().is_some_and(|to| to.starts_with(AFTER)), "who is out already goes on, too");
}

#[bedside_test]
async fn an_expired_hint_will_do_and_so_will_one_of_a_key_that_has_retired(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let (_, token) = signed_in(&ward, &app, &anna, &OPENID).await;
    flows::signing::rotate(&ward.house).await.expect("a rotation");
    ward.clock.pass(SignedDuration::from_hours(30));
    let (mut visit, _) = signed_in(&ward, &app, &anna, &OPENID).await;
    let page = visit.open(&path(&[("id_token_hint", &token)])).await;
    assert!(page.path.starts_with("/login"), "{page:?}");
    assert!(!is_signed_in(&mut visit).await);
}

#[bedside_test]
async fn without_such_a_proof_the_person_is_asked(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let (mut visit, _) = signed_in(&ward, &app, &anna, &OPENID).await;
    let (_, of_bram) = signed_in(&ward, &app, &bram, &OPENID).await;
    let wishes: [&[(&str, &str)]; 3] = [
        &[],
        &[("client_id", &app.client_id), ("post_logout_redirect_uri", AFTER)],
        &[("id_token_hint", &of_bram), ("post_logout_redirect_uri", AFTER), ("state", "s")],
    ];
    for wish in wishes {
        let page = visit.open(&path(wish)).await;
        assert_eq!((page.status, page.forms().len()), (200, 1), "{}", page.text);
        assert!(is_signed_in(&mut visit).await, "nothing happens until she says so");
    }
    let page = visit.open(&path(wishes[2])).await;
    assert!(page.header("content-security-policy").contains("form-action 'self' http://127.0.0.1:9;"));
    let outward = visit.submit(&page, &[]).await;
    assert_eq!(outward.location(), Some(&*format!("{AFTER}&state=s")));
    assert!(!is_signed_in(&mut visit).await);
}

#[bedside_test]
async fn nobody_is_sent_to_an_address_that_is_not_registered_for_this(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let other = party(&linde, |_| {}).await;
    let (mut visit, token) = signed_in(&ward, &app, &anna, &OPENID).await;
    let hint = ("id_token_hint", token.as_str());
    let long = "s".repeat(10_000);
    let wishes: [&[(&str, &str)]; 10] = [
        &[hint, ("post_logout_redirect_uri", "https://evil.example/")],
        &[hint, ("post_logout_redirect_uri", "http://127.0.0.1:9/bye")],
        &[hint, ("post_logout_redirect_uri", super::app::CALLBACK)],
        &[hint, ("post_logout_redirect_uri", AFTER), ("post_logout_redirect_uri", "https://evil.example/")],
        &[hint, ("client_id", &other.client_id)],
        &[hint, ("post_logout_redirect_uri", AFTER), ("state", &long)],
        &[("post_logout_redirect_uri", AFTER)],
        &[("client_id", "nobody"), ("post_logout_redirect_uri", AFTER)],
        &[("id_token_hint", "nonsense"), ("post_logout_redirect_uri", AFTER)],
        &[("id_token_hint", "eyJhbGciOiJub25lIn0.e30."), ("post_logout_redirect_uri", AFTER)],
    ];
    for wish in wishes {
        let page = visit.open(&path(wish)).await;
        assert_eq!((page.status, page.location()), (400, None), "{wish:?}");
        assert!(is_signed_in(&mut visit).await, "{wish:?}");
    }
}

#[bedside_test]
async fn a_post_of_an_application_is_the_same_by_get_and_a_forged_form_does_nothing(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = party(&linde, |_| {}).await;
    let (mut visit, token) = signed_in(&ward, &app, &anna, &OPENID).await;
    let from = [("sec-fetch-site", "cross-site"), ("origin", "https://app.example")];
    let forged = fields(&[("form_token", "forged"), ("id_token_hint", &token)]);
    assert_eq!(visit.post("/oauth/logout", &forged, &from).await.status, 403);
    assert!(is_signed_in(&mut visit).await);
    let wish = fields(&[("id_token_hint", &token), ("post_logout_redirect_uri", AFTER)]);
    let answer = browser(&ward).post("/oauth/logout", &wish, &from).await;
    assert_eq!(answer.status, 303);
    let outward = visit.open(answer.location().expect("an address")).await;
    assert_eq!(outward.location(), Some(AFTER));
    assert!(!is_signed_in(&mut visit).await);
}
