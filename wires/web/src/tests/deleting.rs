//! Messages that are taken out.

use axum::http::StatusCode;
use testkit::{Ground, bedside_test};

use super::clinic::{Browser, Clinic};

/// Where the first message of a page is deleted, whether or not the page offers it.
async fn deletion(browser: &Browser, place: &str) -> String {
    let page = browser.get(place).await.body;
    let id = page.split("id=\"m-").nth(1).and_then(|rest| rest.split('"').next()).expect("a message");
    format!("{place}/messages/{id}/delete")
}

#[bedside_test]
async fn a_message_is_deleted_by_its_author_after_one_more_question(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let place = clinic.with("eva");
    anna.send(&place, "Wrong patient").await;
    let delete = deletion(&anna, &place).await;
    assert!(anna.get(&place).await.body.contains(&delete), "the page leads there");
    let asked = anna.get(&delete).await;
    assert!(asked.body.contains("Wrong patient") && asked.body.contains("Yes, delete it"), "{}", asked.body);
    assert!(eva.get(&clinic.with("anna")).await.body.contains("Wrong patient"), "asking deletes nothing");
    let mut words = eva.listen(&format!("{}/live", clinic.with("anna"))).await;
    assert_eq!(anna.submit(&delete, &delete, &[]).await.status, StatusCode::SEE_OTHER);
    words.wait_for("event: gone").await;
    for (browser, with) in [(&anna, &place), (&eva, &clinic.with("anna"))] {
        let page = browser.get(with).await.body;
        assert!(!page.contains("Wrong patient"));
        assert!(page.contains("This message was deleted."), "who read it sees that it went: {page}");
    }
    assert_eq!(anna.get(&delete).await.status, StatusCode::NOT_FOUND);
    assert_eq!(anna.submit(&place, &delete, &[]).await.status, StatusCode::NOT_FOUND);
}

#[bedside_test]
async fn what_is_not_there_in_a_conversation_leads_back_to_it_while_it_can_be_opened(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let place = clinic.with("eva");
    anna.send(&place, "Wrong patient").await;
    let delete = deletion(&anna, &place).await;
    anna.submit(&place, &delete, &[]).await;
    let back = |chat: &str| format!("<a class=\"button\" href=\"{chat}\">Back to the conversation</a>");
    let all = "<a class=\"button second\" href=\"/chats\">Go to my conversations</a>";
    let gone = anna.get(&delete).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(gone.body.contains(&back(&place)) && gone.body.contains(all), "{}", gone.body);

    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let reversed = format!("{group}/pdf?from=2026-02-02&until=2026-02-01");
    let refused = anna.get(&reversed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains(&back(&group)), "{}", refused.body);
    let forged = anna.post_form(&group, "text=x").await;
    assert!(forged.body.contains(&back(&group)), "{}", forged.body);
    let about = format!("{group}/about");
    eva.submit(&about, &format!("{group}/remove"), &[("person", &clinic.id("anna"))]).await;
    for (browser, place) in [(&anna, &about), (&anna, &group), (&clinic.browser("stranger").await, &about)] {
        let missing = browser.get(place).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert!(!missing.body.contains("Back to the conversation"), "{place}: {}", missing.body);
    }
}

#[bedside_test]
async fn nobody_deletes_what_another_wrote_but_who_manages_the_group(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let direct = clinic.with("eva");
    anna.send(&direct, "From Anna").await;
    let theirs = deletion(&anna, &direct).await.replace(&clinic.id("eva"), &clinic.id("anna"));
    assert!(!eva.get(&clinic.with("anna")).await.body.contains("/delete"), "nothing of hers is there");
    let asked = eva.get(&theirs).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(asked.body.contains("Only who wrote this message can delete it"), "{}", asked.body);
    assert_eq!(eva.submit(&clinic.with("anna"), &theirs, &[]).await.status, StatusCode::FORBIDDEN);

    let group = eva.group("Knee", &[clinic.id("anna"), clinic.id("chris")], &[]).await;
    anna.send(&group, "In the group").await;
    let delete = deletion(&anna, &group).await;
    let (chris, stranger) = (clinic.browser("chris").await, clinic.browser("stranger").await);
    assert_eq!(chris.submit(&group, &delete, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(stranger.get(&delete).await.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.submit("/chats/new-group", &delete, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(anna.post_form(&delete, "").await.status, StatusCode::FORBIDDEN, "no token");
    assert!(anna.get(&group).await.body.contains("In the group"), "all of it was refused");
    assert_eq!(eva.submit(&delete, &delete, &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!anna.get(&group).await.body.contains("In the group"));
}

#[bedside_test]
async fn a_message_that_must_be_kept_says_so_in_the_readers_language(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.browser("anna").await;
    let place = clinic.with("eva");
    anna.send(&place, "As agreed").await;
    let delete = deletion(&anna, &place).await;
    clinic.operate("UPDATE messages SET legal_hold = TRUE").await;
    for (language, says) in [
        ("nl", "moet wettelijk bewaard blijven"),
        ("en", "The law requires this to be kept"),
        ("de", "muss vorerst gesetzlich aufbewahrt werden"),
        ("fr", "La loi impose de le conserver"),
    ] {
        let held = anna.submit(&delete, &format!("{delete}?lang={language}"), &[]).await;
        assert_eq!(held.status, StatusCode::CONFLICT);
        assert!(held.body.contains(says), "{language}: {}", held.body);
    }
    assert!(anna.get(&place).await.body.contains("As agreed"));
}

#[bedside_test]
async fn no_mark_runs_ahead_of_the_messages_that_a_page_catches_up_with(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let (place, evas) = (clinic.with("eva"), clinic.with("anna"));
    let token = anna.token(&place).await;
    for number in 1..=102 {
        let (form, text) = (format!("{place}?once={number}"), format!("No. {number}."));
        assert_eq!(anna.send_with(&form, &token, &text, None).await.status, StatusCode::SEE_OTHER);
    }
    let newest = anna.get(&format!("{place}?fragment=1&after=101")).await.body;
    let id = newest.split("id=\"m-").nth(1).and_then(|rest| rest.split('"').next()).expect("the newest");
    let delete = format!("{place}/messages/{id}/delete");
    assert_eq!(anna.submit(&place, &delete, &[]).await.status, StatusCode::SEE_OTHER);
    let first = eva.get(&format!("{evas}?fragment=1&after=0")).await.body;
    assert!(first.contains("data-seq=\"100\"") && !first.contains("data-seq=\"102\""), "{first}");
    let rest = eva.get(&format!("{evas}?fragment=1&after=100")).await.body;
    assert!(
        rest.contains("No. 101.") && rest.contains("data-seq=\"102\"") && !rest.contains("No. 102."),
        "{rest}"
    );
}
