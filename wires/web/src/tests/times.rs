//! How long things stay in a group, and its removal.

use axum::http::StatusCode;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;

fn chosen(value: &str) -> String {
    format!("<option value=\"{value}\" selected>")
}

#[bedside_test]
async fn an_owner_chooses_how_long_things_stay(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Knee", &[clinic.id("anna")], &[]).await;
    let (about, times) = (format!("{group}/about"), format!("{group}/times"));
    let page = eva.get(&about).await.body;
    assert_eq!(page.matches(&chosen("0")).count(), 2, "never, at first: {page}");
    let fields = [("expire", "604800"), ("close", "30")];
    let changed = eva.submit(&about, &times, &fields).await;
    assert_eq!((changed.status, changed.header("location")), (StatusCode::SEE_OTHER, &*about));
    let page = eva.get(&about).await.body;
    assert!(page.contains(&format!("{}7 days", chosen("604800"))), "{page}");
    assert!(page.contains(&format!("{}30 days", chosen("30"))), "{page}");

    // What an application chose is offered too, so that saving the other leaves it as it is.
    eva.submit(&about, &times, &[("expire", "5400")]).await;
    let page = eva.get(&about).await.body;
    assert!(page.contains(&format!("{}90 min", chosen("5400"))), "{page}");
    assert!(page.contains(&chosen("30")), "what is not in the form stays");

    for (name, value) in
        [("expire", "soon"), ("close", "-1"), ("close", "99999999999999999999"), ("expire", "1.5")]
    {
        let refused = eva.submit(&about, &times, &[(name, value)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}={value}");
    }
    let page = eva.get(&about).await.body;
    assert!(page.contains(&chosen("5400")) && page.contains(&chosen("30")), "{page}");
    assert!(
        !anna.get(&about).await.body.contains("name=\"expire\""),
        "who manages nothing is offered nothing"
    );
}

#[bedside_test]
async fn a_patient_who_owns_a_group_is_offered_what_a_patient_may_choose(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let anna = clinic.browser("anna").await;
    let group = anna.group("Sunday walk", &[clinic.id("chris")], &[]).await;
    let (about, times) = (format!("{group}/about"), format!("{group}/times"));
    let page = anna.get(&about).await.body;
    assert!(page.contains("name=\"close\"") && !page.contains("name=\"expire\""), "{page}");
    assert_eq!(anna.submit(&about, &times, &[("close", "30")]).await.status, StatusCode::SEE_OTHER);
    assert!(anna.get(&about).await.body.contains(&chosen("30")));
    let refused = anna.submit(&about, &times, &[("expire", "604800")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("Only people who work here can do that."), "{}", refused.body);
    clinic.operate("DELETE FROM jobs").await;
}

#[bedside_test]
async fn a_group_is_removed_for_everybody_after_one_more_question(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, eva) = (clinic.browser("anna").await, clinic.browser("eva").await);
    let group = eva.group("Left <knee>", &[clinic.id("anna")], &[]).await;
    let (about, delete) = (format!("{group}/about"), format!("{group}/delete"));
    assert!(eva.get(&about).await.body.contains(&format!("href=\"{delete}\"")));
    assert_eq!(anna.get(&delete).await.status, StatusCode::FORBIDDEN);
    let question = eva.get(&delete).await;
    assert_eq!(question.status, StatusCode::OK);
    assert!(question.body.contains("Left &#60;knee&#62;"), "{}", question.body);
    assert_eq!(anna.get(&about).await.status, StatusCode::OK, "to be asked changes nothing");
    let direct = format!("{}/delete", clinic.with("anna"));
    assert_eq!(eva.get(&direct).await.status, StatusCode::NOT_FOUND, "a chat of two has no such page");

    let removed = eva.submit(&delete, &delete, &[]).await;
    assert_eq!((removed.status, removed.header("location")), (StatusCode::SEE_OTHER, "/chats"));
    for browser in [&anna, &eva] {
        assert_eq!(browser.get(&group).await.status, StatusCode::NOT_FOUND);
        assert!(!browser.get("/chats").await.body.contains("knee"));
    }
    // That a job takes its messages away afterwards is not for the pages to show.
    clinic.operate("DELETE FROM jobs").await;
}
