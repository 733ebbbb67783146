//! The walkthrough: from the choice of an insurance to one appointment, moved, waited for, and cancelled.

use serde_json::json;
use testkit::bedside_test;

use super::practice::{CHOSEN, Practice, like, made, refused, times};
use crate::cast::Ward;

#[bedside_test]
async fn a_patient_books_moves_waits_and_cancels_with_a_token_of_the_real_flow(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let insurances = anne.get("/insurances").await.ok();
    like("insurances", &insurances);
    assert_eq!(insurances["data"][0], json!({ "id": 136, "name": "AOK Nordost", "kind": "statutory" }));
    let categories = anne.get("/appointment_categories?insurance_id=136").await.ok();
    like("appointment_categories", &categories);
    let types = anne.get("/appointment_types?appointment_category_id=53&insurance_id=136").await.ok();
    like("appointment_types", &types);
    let list = anne.get(&format!("/availabilities?{CHOSEN}&from=2026-03-10&to=2026-03-12")).await.ok();
    like("availabilities", &list);
    let offered = times(&list);
    assert_eq!(offered.len(), 3 * 24, "three days of eight hours");
    assert_eq!(offered[0].1, "2026-03-10T09:00:00+01:00");
    assert!(offered.iter().all(|(id, _)| id.starts_with("a1.") && id.len() < 1_024));

    let body = json!({ "availability_id": offered[3].0, "asap_list_opt_in": true, "comments": "I cannot climb stairs." });
    let answer = anne.post("/booking", body.clone()).await.ok();
    like("done", &answer);
    let id = made(&answer);
    assert!(id.len() == 28 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
    assert_eq!(
        made(&anne.post("/booking", body).await.ok()),
        id,
        "the same offer again is the same appointment"
    );
    let here = format!("/appointments/{id}");
    let shown = anne.get(&here).await.ok();
    like("appointment", &shown);
    assert_eq!(shown["data"]["starts_at"], "2026-03-10T10:00:00+01:00");
    assert_eq!(shown["data"]["asap_list"]["subscribed"], true);
    assert_eq!(shown["data"]["cancelable_until"], "2026-03-09T10:00:00+01:00");

    let earlier = anne.get(&format!("{here}/earlier_availability")).await.ok();
    assert_eq!(earlier["data"]["appointment"]["id"], id);
    assert_eq!(earlier["data"]["availability"]["starts_at"].as_str().map(|at| &at[..10]), Some("2026-03-02"));
    let moves = times(&anne.get(&format!("{here}/availabilities?date=2026-03-11")).await.ok());
    let moved = anne.post(&format!("{here}/reschedule"), json!({ "availability_id": moves[0].0 })).await.ok();
    assert_eq!(made(&moved), id, "the id stays");
    assert_eq!(anne.get(&here).await.ok()["data"]["starts_at"], "2026-03-11T09:00:00+01:00");
    // An id of a listing for booking moves it as well.
    let again =
        anne.post_form(&format!("{here}/reschedule"), &[("availability_id", offered[50].0.as_str())]).await;
    assert_eq!(made(&again.ok()), id);

    assert_eq!(made(&anne.delete(&format!("{here}/asap_list")).await.ok()), id);
    assert_eq!(
        refused(&anne.get(&format!("{here}/earlier_availability")).await),
        (422, "asap_not_subscribed")
    );
    let list = format!("{here}/asap_list");
    for _ in 0..2 {
        let put = anne.put(&list, json!({ "email": "anne@elsewhere.example" })).await.ok();
        assert_eq!(made(&put), id);
    }
    let days = anne.get(&format!("/available_days?{CHOSEN}&from=2026-03-10&to=2026-03-12")).await.ok();
    like("available_days", &days);

    let listed = anne.get("/appointments?status=upcoming&per_page=5").await.ok();
    assert_eq!((&listed["total"], &listed["data"][0]["id"]), (&json!(1), &json!(id)));
    for _ in 0..2 {
        assert_eq!(
            made(&anne.post(&format!("{here}/cancel"), json!({})).await.ok()),
            id,
            "cancelling is idempotent"
        );
    }
    let listed = anne.get("/appointments?status=cancelled").await.ok();
    assert_eq!(listed["data"][0]["status"], "cancelled");
    assert_eq!(anne.get("/appointments?status=upcoming").await.ok()["total"], 0);
    ward.settle().await;
}

#[bedside_test]
async fn an_appointment_comes_as_a_file_for_calendars_that_says_nothing_of_what_it_is_for(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let id = anne.books(CHOSEN, "2026-03-10").await;
    for path in [format!("/appointments/{id}/calendar"), format!("/appointments/{id}/calendar.ics")] {
        let file = anne.get(&path).await;
        assert_eq!(
            (file.status, file.header("content-type")),
            (200, "text/calendar; charset=utf-8; method=PUBLISH")
        );
        for line in [
            "METHOD:PUBLISH",
            "SEQUENCE:0",
            "DTSTART:20260310T080000Z",
            "CLASS:PRIVATE",
            "SUMMARY:Appointment",
        ] {
            assert!(file.text.contains(&format!("{line}\r\n")), "{line}: {}", file.text);
        }
        assert!(file.text.contains(&format!("UID:{id}@localhost")), "{}", file.text);
        assert!(!file.text.contains("consultation"), "{}", file.text);
    }
    assert_eq!(refused(&anne.get("/appointments.ics").await).0, 404);
    ward.settle().await;
}
