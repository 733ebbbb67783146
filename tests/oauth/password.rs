//! People change their own password, and who has only found their open page does not.

use jiff::SignedDuration;
use testkit::bedside_test;

use super::app::{App, PASSWORD, browser, sign_in};
use crate::cast::{Browser, Page, Somebody, Ward};
use crate::secrecy::access_log::lines;

const NEW: &str = "another linden tea";

async fn scene(ward: &Ward) -> (Somebody, App) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    (anna, App::of(&linde, |_| {}).await)
}

async fn signed_in(ward: &Ward, person: &Somebody) -> Browser {
    let mut visit = browser(ward);
    let page = visit.open("/login").await;
    assert_eq!(sign_in(&mut visit, &page, person).await.path, "/chats");
    visit
}

async fn change(visit: &mut Browser, [old, new, again]: [&str; 3]) -> Page {
    let page = visit.open("/account/password").await;
    visit.submit(&page, &[("old", old), ("new", new), ("again", again)]).await
}

#[bedside_test]
async fn a_person_changes_their_password_and_all_that_came_of_the_old_one_ends(ward: Ward) {
    let (anna, app) = scene(&ward).await;
    let token = app.token(&app.code(&anna, &[]).await).await;
    let open_code = app.code(&anna, &[]).await;
    let (mut here, mut elsewhere) = (signed_in(&ward, &anna).await, signed_in(&ward, &anna).await);
    let mut copied = here.clone();
    assert_eq!(app.try_token(&token).await, 200);

    let changed = change(&mut here, [PASSWORD, NEW, NEW]).await;
    assert_eq!((changed.status, changed.path.as_str()), (200, "/account?password_changed=1"));
    assert!(changed.text.contains("Your password has been changed."), "{}", changed.text);
    assert_eq!(app.try_token(&token).await, 401);
    let late = app.redeem(&app.token_form(&open_code, &[])).await;
    assert_eq!((late.status, &late.json["error"]), (400, &"invalid_grant".into()));
    assert_eq!(here.open("/account").await.path, "/account", "she goes on where she is");
    for visit in [&mut elsewhere, &mut copied] {
        let page = visit.open("/account").await;
        assert!(page.path.starts_with("/login"), "also whoever has a copy of what her browser kept");
        assert_eq!(sign_in(visit, &page, &anna).await.status, 422, "the old password");
    }
    let page = elsewhere.open("/login").await;
    let entered = elsewhere.submit(&page, &[("email", &anna.email), ("password", NEW)]).await;
    assert_eq!(entered.path, "/chats");

    let lines = lines(&ward).await;
    let about = |kind: &str, reason: Option<&str>| {
        let fits = |line: &&crate::secrecy::access_log::Line| {
            line.kind == kind && line.reason.as_deref() == reason && line.person == Some(anna.id)
        };
        lines.iter().filter(fits).cloned().collect::<Vec<_>>()
    };
    let set = about("administration", Some("password set"));
    assert_eq!(set.len(), 1);
    assert_eq!((set[0].outcome.as_str(), set[0].patient), ("done", Some(anna.id)), "she sees it");
}

#[bedside_test]
async fn a_password_that_does_not_fit_is_refused_beside_its_field_and_changes_nothing(ward: Ward) {
    let (anna, app) = scene(&ward).await;
    let token = app.token(&app.code(&anna, &[]).await).await;
    let mut visit = signed_in(&ward, &anna).await;
    let long = "x".repeat(1_001);
    for (fields, at) in [
        (["", NEW, NEW], "old-error"),
        ([PASSWORD, "", ""], "new-error"),
        ([PASSWORD, "eleven sign", "eleven sign"], "new-error"),
        ([PASSWORD, &long, &long], "new-error"),
        ([PASSWORD, PASSWORD, PASSWORD], "new-error"),
        ([PASSWORD, NEW, "another linden tee"], "again-error"),
        ([PASSWORD, NEW, ""], "again-error"),
        (["a guess", NEW, NEW], "old-error"),
    ] {
        let page = change(&mut visit, fields).await;
        assert_eq!(page.status, 422, "{fields:?}");
        assert_eq!(page.text.matches("role=\"alert\"").count(), 1, "{fields:?}");
        assert!(page.text.contains(&format!("aria-invalid=\"true\" aria-describedby=\"{at}")), "{fields:?}");
        assert!(!page.text.contains(NEW) && !page.text.contains(PASSWORD), "what was typed is not sent back");
    }
    assert_eq!(app.try_token(&token).await, 200);
    signed_in(&ward, &anna).await;
    let nobody = browser(&ward).open("/account/password").await;
    assert!(nobody.path.starts_with("/login?return="), "{}", nobody.path);
    assert_eq!(visit.open("/.well-known/change-password").await.path, "/account/password");
    let lines = lines(&ward).await;
    let refused = lines.iter().filter(|line| {
        line.reason.as_deref() == Some("password set")
            && line.outcome == "refused"
            && line.person == Some(anna.id)
    });
    assert_eq!(refused.count(), 1, "the guess");
}

#[bedside_test]
async fn who_found_an_open_page_and_guesses_the_password_must_wait_as_at_the_sign_in(ward: Ward) {
    let (anna, _) = scene(&ward).await;
    let mut visit = signed_in(&ward, &anna).await;
    for _ in 0..6 {
        assert_eq!(change(&mut visit, ["a guess", NEW, NEW]).await.status, 422);
    }
    let waits = change(&mut visit, [PASSWORD, NEW, NEW]).await;
    assert_eq!((waits.status, waits.header("retry-after")), (429, "1"), "the right one waits, too");
    assert!(waits.text.contains("Try again in a second."), "{}", waits.text);
    let mut signing_in = visit.clone();
    signing_in.cookies.remove("bedside");
    let page = signing_in.open("/login").await;
    assert_eq!(sign_in(&mut signing_in, &page, &anna).await.status, 429, "one count for both doors");
    ward.clock.pass(SignedDuration::from_secs(1));
    assert_eq!(change(&mut visit, [PASSWORD, NEW, NEW]).await.path, "/account?password_changed=1");
    let mut known = visit.clone();
    known.cookies.remove("bedside");
    let page = known.open("/login").await;
    let entered = known.submit(&page, &[("email", &anna.email), ("password", NEW)]).await;
    assert_eq!(entered.path, "/chats", "the browser stays known");
    ward.settle().await;
}
