//! Browsers that come to the pages: who is let in, what is shown to whom, and what a form may do.

mod asking;
mod choosing;
mod clinic;
mod deleting;
mod groups;
mod guests;
mod inviting;
mod keeping;
mod living;
mod looking;
mod once;
mod questions;
mod refusing;
mod rooms;
mod teams;
mod times;

use axum::http::StatusCode;
use jiff::SignedDuration;
use testkit::{Ground, bedside_test};

use clinic::Clinic;

#[bedside_test]
async fn nobody_is_led_to_sign_in_and_back_to_the_page_they_wanted(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    for path in ["/chats", "/chats/new", "/chats/new-group"] {
        let answer = clinic.nobody().get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.header("location"), format!("/login?return={}", path.replace('/', "%2F")));
    }
    let with_eva = clinic.with("eva");
    for path in [format!("{with_eva}/live"), format!("{with_eva}?fragment=1")] {
        assert_eq!(
            clinic.nobody().get(&path).await.status,
            StatusCode::UNAUTHORIZED,
            "no script is redirected"
        );
    }
    assert_eq!(clinic.nobody().get("/").await.status, StatusCode::OK);
    assert_eq!(clinic.nobody().get("/api-docs").await.status, StatusCode::OK);
}

#[bedside_test]
async fn two_people_read_what_they_wrote_and_nobody_else_does(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let sent = anna.send(&clinic.with("eva"), "It <b>hurts</b>.\r\nA lot.").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let page = eva.get(&clinic.with("anna")).await;
    assert!(page.body.contains("It &#60;b&#62;hurts&#60;/b&#62;.\nA lot."), "{}", page.body);
    let seen = anna.get(&clinic.with("eva")).await;
    assert!(seen.body.contains(">Read</p>"), "{}", seen.body);
    let stranger = clinic.browser("stranger").await;
    let missing = stranger.get(&clinic.with("nobody")).await;
    let token = stranger.token("/chats/new-group").await;
    for name in ["anna", "eva"] {
        let theirs = stranger.get(&clinic.with(name)).await;
        assert_eq!(
            (theirs.status, without_token(&theirs.body)),
            (StatusCode::NOT_FOUND, without_token(&missing.body))
        );
        let sent = stranger.send_with(&clinic.with(name), &token, "Hello", None).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND);
    }
}

/// A page without what is drawn anew for each.
fn without_token(page: &str) -> String {
    let (before, rest) = page.split_once("name=\"form_token\" value=\"").unwrap_or((page, ""));
    format!("{before}{}", rest.split_once('"').map_or("", |(_, after)| after))
}

#[bedside_test]
async fn a_form_is_believed_only_with_the_token_of_its_own_browser(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let place = clinic.with("eva");
    let theirs = eva.token(&clinic.with("anna")).await;
    for token in [theirs.as_str(), "", "0"] {
        assert_eq!(anna.send_with(&place, token, "Forged", None).await.status, StatusCode::FORBIDDEN);
        let close = anna.post_form(&format!("{place}/close"), &format!("form_token={token}")).await;
        assert_eq!(close.status, StatusCode::FORBIDDEN);
    }
    assert!(!anna.get(&place).await.body.contains("Forged"));
}

#[bedside_test]
async fn what_cannot_be_sent_is_said_and_leaves_nothing_behind(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.browser("anna").await;
    let place = clinic.with("eva");
    let token = anna.token(&place).await;
    let long = "x".repeat(50_001);
    for (text, file, says) in [
        (" \r\n ", None, "Write a message"),
        (long.as_str(), None, "more than 50,000"),
        ("See here", Some(("setup.exe", "MZ\0\u{1}")), "setup.exe cannot be sent"),
        ("See here", Some(("photo.txt", "")), "photo.txt is empty"),
    ] {
        let answer = anna.send_with(&place, &token, text, file).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(answer.body.contains(says), "{says}: {}", answer.body);
        assert!(answer.body.contains(text.trim()), "what was typed is kept");
    }
    assert!(anna.get(&place).await.body.contains("Nothing here yet"));
    assert_eq!(clinic.blobs(), 0, "refused files are not kept");
}

#[bedside_test]
async fn a_file_is_a_download_for_members_alone(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let place = clinic.with("eva");
    let token = anna.token(&place).await;
    let sent = anna.send_with(&place, &token, "", Some(("note.txt", "Take one a day.\n"))).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let page = anna.get(&place).await.body;
    let path = page.split("<a href=\"").find(|part| part.contains("/files/")).expect("a link");
    let path = path.split('"').next().expect("an address");
    let file = anna.get(path).await;
    assert_eq!(file.body, "Take one a day.\n");
    assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''note.txt");
    assert_eq!(file.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    let for_eva = path.replace(&clinic.id("eva"), &clinic.id("anna"));
    assert_eq!(eva.get(&for_eva).await.status, StatusCode::OK);
    for name in ["stranger", "chris"] {
        let other = clinic.browser(name).await;
        assert_eq!(other.get(path).await.status, StatusCode::NOT_FOUND, "{name}");
        assert_eq!(other.get(&for_eva).await.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[bedside_test]
async fn an_open_page_hears_of_a_message_and_ends_with_its_session(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let mut words = eva.listen(&format!("{}/live", clinic.with("anna"))).await;
    anna.send(&clinic.with("eva"), "Good morning").await;
    words.wait_for("event: changed\ndata: 1").await;
    let fragment = eva.get(&format!("{}?fragment=1&after=0", clinic.with("anna"))).await;
    assert!(fragment.body.contains("Good morning") && !fragment.body.contains("<html"));
    eva.sign_out().await;
    words.wait_for("event: ended").await;
    assert!(words.is_over().await, "nothing is told to who has signed out");
}

#[bedside_test]
async fn a_page_speaks_the_language_that_was_chosen_and_allows_only_scripts_of_ours(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.browser("anna").await;
    let place = clinic.with("eva");
    for (language, word) in [("nl", "Versturen"), ("en", "Send"), ("de", "Senden"), ("fr", "Envoyer")] {
        let page = anna.get(&format!("{place}?lang={language}")).await;
        assert!(page.body.contains(&format!("<html lang=\"{language}\">")));
        assert!(page.body.contains(&format!("<button>{word}</button>")), "{language}");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    }
    for path in ["/", "/chats", "/chats/new", "/api-docs"] {
        let page = anna.get(path).await;
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(!page.body.contains(" style=") && !page.body.contains(" onclick="), "{path}");
    }
}

#[bedside_test]
async fn an_account_that_does_too_much_waits_with_nothing_done_and_others_go_on(ground: Ground) {
    let clinic = Clinic::with_rate(ground.clone(), 20).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let place = clinic.with("eva");
    let token = anna.token(&place).await;
    for _ in 0..4 {
        assert_eq!(anna.send_with(&place, &token, "Hello", None).await.status, StatusCode::SEE_OTHER);
    }
    let over = anna.send_with(&place, &token, "One too many", None).await;
    assert_eq!((over.status, over.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "10"));
    assert!(over.body.contains("<html lang=\"en\">") && over.body.contains("It is very busy now"));
    assert_eq!(eva.send(&clinic.with("anna"), "Hello to you").await.status, StatusCode::SEE_OTHER);
    let page = anna.get(&place).await;
    assert_eq!(page.status, StatusCode::OK, "she may still read");
    assert!(!page.body.contains("One too many"));
    for _ in 0..20 {
        anna.get("/chats").await;
    }
    assert_eq!(anna.get("/chats").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(eva.get("/chats").await.status, StatusCode::OK);
    ground.clock.pass(SignedDuration::from_secs(10));
    assert_eq!(anna.send_with(&place, &token, "Later", None).await.status, StatusCode::SEE_OTHER);
}

#[bedside_test]
async fn a_second_upload_too_soon_leaves_no_file_behind(ground: Ground) {
    let clinic = Clinic::with_rate(ground.clone(), 20).await;
    let anna = clinic.browser("anna").await;
    let place = clinic.with("eva");
    let token = anna.token(&place).await;
    let file = Some(("note.txt", "Take one a day.\n"));
    assert_eq!(anna.send_with(&place, &token, "First", file).await.status, StatusCode::SEE_OTHER);
    let over = anna.send_with(&place, &token, "Second", file).await;
    assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(clinic.blobs(), 1);
    assert!(!anna.get(&place).await.body.contains("Second"));
}
