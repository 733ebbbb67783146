//! What is refused is said in words that fit what was tried.

use axum::http::StatusCode;
use door::pages::Language;
use kernel::Error;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;

#[bedside_test]
async fn a_subject_for_a_closed_group_is_refused_in_words_about_groups_and_in_each_language(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let (about, close) = (format!("{group}/about"), format!("{group}/close"));
    for _ in 0..2 {
        let closed = eva.submit(&about, &close, &[]).await;
        assert_eq!(closed.status, StatusCode::SEE_OTHER, "pressed twice it is closed: {}", closed.body);
    }
    let refused = eva.submit("/chats/new-group", &format!("{group}/subject"), &[("subject", "Hip")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Nothing in it can be changed."), "{}", refused.body);
    assert!(!refused.body.contains("Your message was not sent"), "{}", refused.body);
    for language in ["nl", "de", "fr"] {
        let path = format!("{about}?lang={language}");
        assert!(refused.body.contains(&format!("href=\"{path}\"")), "{path}: {}", refused.body);
        assert_eq!(eva.get(&path).await.status, StatusCode::OK);
    }
}

#[bedside_test]
async fn who_picks_a_contact_for_a_group_that_takes_none_keeps_the_form(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    clinic.operate("UPDATE memberships SET role = 'guest' WHERE role = 'nurse'").await;
    clinic.operate("UPDATE chats SET allow_contacts = FALSE").await;
    let (add, nora) = (format!("{group}/add"), clinic.id("nora"));
    let refused = eva.submit(&add, &add, &[("member", &nora)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("People from outside may not be in this group. Choose"),
        "{}",
        refused.body
    );
    assert!(refused.body.contains(&format!("value=\"{nora}\" checked")), "{}", refused.body);
}

#[bedside_test]
async fn a_conversation_is_saved_between_days_and_what_is_no_day_is_said(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.browser("anna").await;
    let place = clinic.with("eva");
    anna.send(&place, "Good morning").await;
    let page = anna.get(&place).await.body;
    assert!(page.contains(&format!("action=\"{place}/pdf\"")), "{page}");
    assert!(page.contains(&format!("formaction=\"{place}/export\"")) && page.contains("type=\"date\""));
    for query in ["", "?from=&until=", "?from=2026-03-01", "?from=2026-03-01&until=2026-03-02"] {
        let (status, kind) = anna.fetch(&format!("{place}/export{query}")).await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/zip"), "{query}");
    }
    for (query, says) in [
        ("from=2026-02-30", "This day cannot be read."),
        ("until=tomorrow", "This day cannot be read."),
        ("from=2026-02-02&until=2026-02-01", "The first day is after the last."),
    ] {
        for kind in ["pdf", "export"] {
            let refused = anna.get(&format!("{place}/{kind}?{query}")).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{kind} {query}");
            assert!(refused.body.contains(says), "{}", refused.body);
        }
    }
}

#[test]
fn a_document_that_is_too_long_is_no_message_to_send_in_parts() {
    let said =
        |language| crate::words::trouble(language).page_for(&Error::too_large("document_pages", 1_000)).1;
    for (language, says) in [
        (Language::Nl, "te lang voor één pdf"),
        (Language::En, "too long for one PDF"),
        (Language::De, "zu lang für ein PDF"),
        (Language::Fr, "trop longue pour un seul PDF"),
    ] {
        assert!(said(language).contains(says), "{}", said(language));
    }
}
