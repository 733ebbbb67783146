//! What somebody filled in who was signed out meanwhile is not lost, and is nobody else's.

use axum::http::StatusCode;
use serde_json::Value;
use testkit::{Ground, bedside_test};

use super::clinic::{Answer, Clinic};

const WORDS: &str = "It <hurts> more than yesterday";
const SHOWN: &str = "It &#60;hurts&#62; more than yesterday</textarea>";

/// What the form of a page says in a hidden field.
fn hidden<'a>(page: &'a Answer, name: &str) -> &'a str {
    let field = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1);
    field.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("no {name}: {}", page.body))
}

/// The cookie for forms that a page gave.
fn form_cookie(page: &Answer) -> String {
    let cookie = page.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    assert!(cookie.starts_with("bedside-form="), "{cookie}");
    cookie
}

#[bedside_test]
async fn a_message_of_who_was_signed_out_waits_on_its_page_and_is_sent_once(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (place, anna) = (clinic.with("eva"), clinic.browser("anna").await);
    let shown = anna.get(&place).await;
    let form = format!("{place}?once={}", anna.numbered(&place).await.0);
    let (token, me) = (hidden(&shown, "form_token"), hidden(&shown, "writer"));
    assert_eq!(me, clinic.id("anna"));
    anna.sign_out().await;

    let said = [("form_token", token), ("writer", me), ("text", WORDS)];
    let held = anna.send_parts(&form, &said, &[]).await;
    assert_eq!(held.status, StatusCode::UNAUTHORIZED, "{}", held.body);
    assert!(held.body.contains(SHOWN) && held.body.contains(&format!("action=\"{form}\"")), "{}", held.body);
    assert!(
        held.body.contains("has not been sent yet") && !held.body.contains("Your files"),
        "{}",
        held.body
    );
    let sign_in = format!("href=\"/login?return={}\" target=\"_blank\"", place.replace('/', "%2F"));
    assert!(held.body.contains(&sign_in), "{}", held.body);

    // Nobody has signed in yet.
    let cookie = form_cookie(&held);
    let said = [("form_token", hidden(&held, "form_token")), ("writer", me), ("text", WORDS)];
    let again = clinic.nobody().send_parts(&form, &said, &[("cookie", &cookie)]).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED, "{}", again.body);
    assert!(again.body.contains(SHOWN), "{}", again.body);

    let (eva, anna) = (clinic.browser("eva").await, clinic.browser("anna").await);
    let other = eva.send_parts(&form, &said, &[("cookie", &cookie)]).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN, "another who signed in there");
    assert!(!other.body.contains("hurts"), "{}", other.body);
    let elsewhere = anna.send_parts(&form, &said, &[]).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN, "another browser");
    let from_elsewhere = [("cookie", &*cookie), ("sec-fetch-site", "cross-site")];
    let forged = anna.send_parts(&form, &said, &from_elsewhere).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "another page");
    for _ in 0..2 {
        let sent = anna.send_parts(&form, &said, &[("cookie", &cookie)]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    }
    assert_eq!(anna.get(&place).await.body.matches("It &#60;hurts&#62;").count(), 1);
}

#[bedside_test]
async fn words_are_shown_again_only_to_who_sent_them_from_a_page_of_ours(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (place, nobody, me) = (clinic.with("eva"), clinic.nobody(), clinic.id("anna"));
    let said = [("form_token", "of a session whose cookie is gone"), ("writer", &*me), ("text", WORDS)];
    for (says, status) in [
        (vec![], StatusCode::FORBIDDEN),
        (vec![("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        (vec![("sec-fetch-site", "same-site")], StatusCode::FORBIDDEN),
        (vec![("sec-fetch-site", "same-origin")], StatusCode::UNAUTHORIZED),
    ] {
        let answer = nobody.send_parts(&place, &said, &says).await;
        assert_eq!(answer.status, status, "{says:?}");
        assert_eq!(answer.body.contains(SHOWN), status == StatusCode::UNAUTHORIZED, "{}", answer.body);
    }
    let (shown, anna) = (clinic.browser("anna").await, clinic.browser("anna").await);
    let token = anna.token(&place).await;
    anna.sign_out().await;
    let file = ("files", "One a day.\n");
    let said = [("form_token", &*token), ("writer", &*me), ("text", WORDS), file];
    let held = anna.send_parts(&place, &said, &[]).await;
    assert!(held.body.contains(SHOWN) && held.body.contains("Your files were not sent."), "{}", held.body);
    let said = [("form_token", &*token), ("writer", &*me), ("text", " "), file];
    let led = anna.send_parts(&place, &said, &[]).await;
    let sign_in = format!("/login?return={}&unsent=1", place.replace('/', "%2F"));
    assert_eq!((led.status, led.header("location")), (StatusCode::SEE_OTHER, &*sign_in));
    let long = "x".repeat((1 << 20) + 1);
    let refused = anna.send_with(&place, &token, &long, None).await;
    assert!(refused.status.is_client_error() && !refused.body.contains("xxx"), "{}", refused.status);
    assert!(shown.get(&place).await.body.contains("Nothing here yet"));
    assert_eq!(clinic.blobs(), 0, "nothing is kept of who is nobody");
}

#[bedside_test]
async fn what_is_held_is_good_for_that_one_form_of_that_one_person(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (with_eva, with_nora, me) = (clinic.with("eva"), clinic.with("nora"), clinic.id("anna"));
    let from_here = [("sec-fetch-site", "same-origin")];
    let said = [("writer", &*me), ("text", WORDS)];
    let held = clinic.nobody().send_parts(&with_eva, &said, &from_here).await;
    let (cookie, token) = (form_cookie(&held), hidden(&held, "form_token").to_owned());
    let action = held.body.split("method=\"post\" action=\"").nth(1).and_then(|rest| rest.split('"').next());
    let form = action.expect("a form").to_owned();
    assert!(form.len() > format!("{with_eva}?once=").len(), "a form without a number gets one: {form}");

    let anna = clinic.browser("anna").await;
    let said = [("form_token", &*token), ("writer", &*me), ("text", WORDS)];
    let (number, _) = anna.numbered(&with_eva).await;
    let nora = form.replace(&with_eva, &with_nora);
    for other in [nora, format!("{with_eva}?once={number}"), with_eva.clone()] {
        let refused = anna.send_parts(&other, &said, &[("cookie", &cookie)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{other} is another form");
    }
    let sent = anna.send_parts(&form, &said, &[("cookie", &cookie)]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    for writer in ["", "anna"] {
        let said = [("writer", writer), ("text", WORDS)];
        let refused = clinic.nobody().send_parts(&with_eva, &said, &from_here).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "nobody could ever send it: {writer}");
    }
}

#[bedside_test]
async fn of_who_is_nobody_little_is_read_and_only_now_and_then(ground: Ground) {
    let clinic = Clinic::with_rate(ground, 2).await;
    let (place, nobody, me) = (clinic.with("eva"), clinic.nobody(), clinic.id("anna"));
    let anna = clinic.browser("anna").await;
    let token = anna.token(&place).await;
    anna.sign_out().await;
    let said = [("text", WORDS), ("form_token", &*token), ("writer", &*me)];
    let foreign = anna.send_parts(&place, &said, &[]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "no word is read before the form is known to be ours");
    let from_here = [("sec-fetch-site", "same-origin")];
    for behind in ["text", "more"] {
        let said = [("writer", &*me), ("text", WORDS), (behind, "more"), ("text", "again")];
        let held = nobody.send_parts(&place, &said, &from_here).await;
        assert_eq!(held.status, StatusCode::UNAUTHORIZED, "{behind}");
        assert!(held.body.contains(SHOWN), "what comes behind the words is not read: {}", held.body);
    }
    let said = [("writer", &*me), ("text", WORDS)];
    assert_eq!(nobody.send_parts(&place, &said, &from_here).await.status, StatusCode::UNAUTHORIZED);
    let too_often = nobody.send_parts(&place, &said, &from_here).await;
    assert_eq!(
        too_often.status,
        StatusCode::TOO_MANY_REQUESTS,
        "as often as who has signed in, and not more"
    );
    assert_eq!(nobody.get("/login").await.status, StatusCode::NOT_FOUND, "other requests are counted apart");
}

#[bedside_test]
async fn who_was_signed_out_over_another_form_hears_so_and_comes_back_to_its_page(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let (group, anna) = (eva.group("Knee", &[clinic.id("anna")], &[]).await, clinic.with("anna"));
    eva.send(&anna, "Take one a day").await;
    let page = eva.get(&anna).await.body;
    let message = page.split("id=\"m-").nth(1).and_then(|rest| rest.split('"').next()).expect("a message");
    let about = [
        "subject",
        "team",
        "times",
        "remove",
        "leave",
        "guests",
        "end-guests",
        "admins",
        "owner",
        "openness",
    ];
    let about = about.map(|last| (format!("{group}/{last}"), format!("{group}/about")));
    let itself = ["/chats/new-group", "/chats/new", "/people/invite", "/search"].map(str::to_owned);
    let itself = itself.into_iter().chain([format!("{group}/add"), format!("{group}/ask")]);
    let forms = [
        (format!("{group}/remove-picture"), format!("{group}/change-picture")),
        (format!("{group}/close"), group.clone()),
        (format!("{anna}/messages/{message}/like"), anna.clone()),
        (format!("{anna}/messages/{message}/delete"), format!("{anna}/messages/{message}/delete")),
    ];
    let all = forms.into_iter().chain(about).chain(itself.map(|path| (path.clone(), path)));
    for (path, stood) in all {
        let answer = clinic.nobody().post_form(&path, "subject=Hip").await;
        let sign_in = format!("/login?return={}&unsent=1", stood.replace('/', "%2F"));
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, &*sign_in), "{path}");
        assert_eq!(eva.get(&stood).await.status, StatusCode::OK, "{stood} is a page");
    }
}

#[bedside_test]
async fn a_page_learns_whose_forms_may_go_and_by_what(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let standing = "/chats/standing";
    assert_eq!(clinic.nobody().get(standing).await.status, StatusCode::UNAUTHORIZED);
    let (anna, place) = (clinic.browser("anna").await, clinic.with("eva"));
    let page = anna.get(&place).await;
    assert!(page.body.contains(&format!("data-me=\"{}\"", clinic.id("anna"))), "{}", page.body);
    // She signs in again in another window of the same browser.
    let again = clinic.browser("anna").await;
    let answer = again.get(standing).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    let told: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(told["person"], *clinic.id("anna"));
    let token = told["token"].as_str().expect("a token");
    assert_ne!(token, hidden(&page, "form_token"));
    assert_eq!(again.send_with(&place, token, "Here again", None).await.status, StatusCode::SEE_OTHER);
}

#[bedside_test]
async fn a_form_that_is_shown_again_says_so_and_where_its_page_is(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let group = eva.group("Hip", &[clinic.id("anna")], &[]).await;
    let about = format!("{group}/about");
    let page = eva.get(&about).await;
    let here = format!("data-here=\"{about}\"");
    assert!(page.body.contains(&here) && !page.body.contains("data-shown-again"), "{}", page.body);
    let again = eva.submit(&about, &format!("{group}/subject"), &[("subject", "")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.body);
    assert!(again.body.contains(&format!("{here} data-shown-again")), "{}", again.body);
    assert!(again.body.contains(&format!("href=\"{about}?lang=de\"")), "{}", again.body);
}
