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
    let other = Some(("list.txt", "Two a day, with water.\n"));
    assert_eq!(anna.send_with(&form, &token, text, other).await.status, StatusCode::SEE_OTHER);
    let page = anna.get(&place).await.body;
    assert_eq!((page.matches(text).count(), page.matches("Not that one").count()), (2, 1), "{page}");
    assert_eq!(clinic.blobs(), 2);
}

#[bedside_test]
async fn a_group_begins_once_however_often_its_form_comes(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (place, nora) = ("/chats/new-group", clinic.id("nora"));
    let eva = clinic.browser("eva").await;
    let page = eva.get(place).await.body;
    let number = page.split("name=\"once\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let number = number.expect("a number").to_owned();
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
