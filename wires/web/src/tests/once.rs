//! Forms that are sent again, as browsers do and impatient hands.

use axum::http::StatusCode;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;

#[bedside_test]
async fn a_message_that_comes_again_stands_there_once_also_after_a_restart(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let place = clinic.with("eva");
    let form = format!("{place}?once=the-form-that-was-shown");
    let (text, file) = ("Take this along", Some(("list.txt", "One a day.\n")));
    let anna = clinic.browser("anna").await;
    let token = anna.token(&place).await;
    for _ in 0..2 {
        let sent = anna.send_with(&form, &token, text, file).await;
        assert_eq!(
            (sent.status, sent.header("location")),
            (StatusCode::SEE_OTHER, &*format!("{place}#write"))
        );
    }
    let clinic = clinic.restarted();
    let anna = clinic.browser("anna").await;
    let token = anna.token(&place).await;
    assert_eq!(anna.send_with(&form, &token, text, file).await.status, StatusCode::SEE_OTHER);
    let page = anna.get(&place).await.body;
    assert_eq!((page.matches(text).count(), clinic.blobs()), (1, 1), "{page}");

    // Who goes a step back in the browser and writes something else has not said it yet.
    assert_eq!(anna.send_with(&form, &token, "Not that one", None).await.status, StatusCode::SEE_OTHER);
    // Of the same length, and another file all the same.
    let other = Some(("list.txt", "Two a day.\n"));
    assert_eq!(anna.send_with(&form, &token, text, other).await.status, StatusCode::SEE_OTHER);
    let page = anna.get(&place).await.body;
    assert_eq!((page.matches(text).count(), page.matches("Not that one").count()), (2, 1), "{page}");
    assert_eq!(clinic.blobs(), 2);
}

#[bedside_test]
async fn of_two_forms_at_the_same_moment_the_same_is_said_once_and_other_words_are_said_too(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (place, anna) = (clinic.with("eva"), clinic.browser("anna").await);
    let (number, token) = anna.numbered(&place).await;
    let form = format!("{place}?once={number}");
    let file = Some(("list.txt", "One a day.\n"));
    let send = |text: &'static str| anna.send_with(&form, &token, text, file);
    let (one, same, mended) = tokio::join!(send("Half a pill"), send("Half a pill"), send("A whole pill"));
    for sent in [one, same, mended] {
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    }
    let page = anna.get(&place).await.body;
    assert_eq!((page.matches("Half a pill").count(), page.matches("A whole pill").count()), (1, 1), "{page}");
    assert_eq!(clinic.blobs(), 2, "nothing is left of what was not posted");
}

#[bedside_test]
async fn a_double_click_does_everything_once(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let eva = clinic.browser("eva").await;
    let (anna, group) = (clinic.id("anna"), eva.group("Knee", &[clinic.id("anna")], &[]).await);
    let (ask, prove) = (format!("{group}/ask"), format!("{group}/prove"));
    let forms: [(&str, &[(&str, &str)]); 4] = [
        ("/chats/new-group", &[("subject", "Ward round"), ("member", &anna)]),
        ("/people/invite", &[("who", "patient"), ("address", "willem@example.test")]),
        (&ask, &[("question", "How is the knee?"), ("options", "Better\nWorse")]),
        (&prove, &[("person", &anna)]),
    ];
    for (page, fields) in forms {
        let [one, other] = eva.double_click(page, fields).await;
        assert_eq!(one, other, "{page}");
    }
    assert_eq!(eva.get("/chats").await.body.matches("Ward round").count(), 1);
    let page = eva.get(&group).await.body;
    assert_eq!(page.matches("<p class=\"text\" dir=\"auto\">How is the knee?").count(), 1, "{page}");
    clinic.operate("DELETE FROM jobs").await;
}

#[bedside_test]
async fn a_group_begins_once_however_often_its_form_comes(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (place, nora) = ("/chats/new-group", clinic.id("nora"));
    let eva = clinic.browser("eva").await;
    let (number, _) = eva.numbered(place).await;
    let turned = eva.submit(place, place, &[("once", &number), ("turn", "staff.0")]).await.body;
    assert!(turned.contains(&format!("name=\"once\" value=\"{number}\"")), "it goes along: {turned}");
    let fields = [("once", &*number), ("subject", "Ward round"), ("member", &*nora)];
    let begun = eva.submit(place, place, &fields).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
    let again = eva.submit(place, place, &fields).await;
    assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, begun.header("location")));
    let clinic = clinic.restarted();
    let eva = clinic.browser("eva").await;
    assert_eq!(eva.submit(place, place, &fields).await.header("location"), begun.header("location"));
    assert_eq!(eva.get("/chats").await.body.matches("Ward round").count(), 1);
    let other = [("once", &*number), ("subject", "Ward round on Tuesday"), ("member", &*nora)];
    assert_ne!(eva.submit(place, place, &other).await.header("location"), begun.header("location"));
}
