//! What clinicians see of a practice's appointments: those that they have a ground for, and of the others that the time is
//! taken.

use booking::setup::Author;
use booking::setup::resources;
use jiff::SignedDuration;
use kernel::PersonId;
use serde_json::json;
use testkit::bedside_test;

use super::practice::{Desk, Practice, problem, visit};
use crate::cast::Ward;

/// The calendar of Dr. de Vries is that of a person from now on.
async fn whose_calendar(practice: &Practice, person: PersonId) {
    let input = (practice.linde.id, practice.doctor, person);
    let changed = practice.ward.house.db.write(input, |tx, (here, doctor, person)| {
        Box::pin(async move {
            let name = "Dr. de Vries";
            resources::change(tx, Author::Operator, *here, *doctor, name, Some(*person)).await
        })
    });
    changed.await.expect("a calendar of hers");
}

#[bedside_test]
async fn a_clinician_sees_their_own_calendar_and_patients_who_come_soon(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let linde = &practice.linde;
    let (anna, bram) = (linde.patient("Anna").await, linde.patient("Bram").await);
    let (eva, joost) = (linde.doctor("Eva").await, linde.doctor("Joost").await);
    whose_calendar(&practice, eva.id).await;
    let soon = practice.booked(&anna, "2026-03-10T10:00:00+01:00").await;
    let mut far = visit(&bram, "2026-06-02T10:00:00+02:00");
    far["comments"] = json!("Tells nobody.");
    let far = practice.desk.post("/appointments", far).await.json;
    let place = |booked: &serde_json::Value| format!("/appointments/{}", booked["id"].as_str().unwrap());
    let (own, other) = (Desk::of(&eva).await, Desk::of(&joost).await);
    for (desk, booked, ground) in [
        (&own, &soon, "own calendar"),
        (&own, &far, "own calendar"),
        (&other, &soon, "appointment within 30 days"),
        (&practice.desk, &far, "desk"),
    ] {
        assert_eq!(&desk.get(&place(booked)).await.json, booked);
        assert!(practice.lines("appointment_read", ground).await > 0, "{ground}");
    }
    assert_eq!(problem(&other.get(&place(&far)).await), (403, "no_treatment_relation"));
    for (verb, body) in [
        ("move", json!({ "start": "2026-06-02T11:00:00+02:00" })),
        ("cancel", json!({})),
        ("confirm", json!({})),
    ] {
        let answer = other.post(&format!("{}/{verb}", place(&far)), body).await;
        assert_eq!(problem(&answer), (403, "no_treatment_relation"), "{verb}");
    }
    let day = "/days/2026-06-02?institution=1";
    assert_eq!(own.get(day).await.json["appointments"][0], far);
    let hidden = other.get(day).await;
    let entry = &hidden.json["appointments"][0];
    assert_eq!((&entry["patient"], &entry["comments"]), (&json!(null), &json!(null)), "{entry}");
    assert_eq!(entry["starts_at"], far["starts_at"], "that the time is taken is told");
    assert!(!hidden.text.contains("Bram") && !hidden.text.contains(&bram.uuid()));
    let (_, html) = other.download("/days/2026-06-02/list.html?institution=1").await;
    let html = String::from_utf8(html).expect("text");
    assert!(html.contains("taken") && !html.contains("Bram") && !html.contains("Tells nobody"), "{html}");
    let theirs = format!("/patients/{}/appointments", bram.uuid());
    assert_eq!(problem(&other.get(&theirs).await), (403, "no_treatment_relation"));
    assert_eq!(own.get(&theirs).await.json.as_array().map(Vec::len), Some(1));
    // When the day comes near, there is a ground.
    practice.closes().await;
    ward.clock.pass(SignedDuration::from_hours(24 * 65));
    let joost = Desk::of(&joost).await;
    assert_eq!(joost.get(&place(&far)).await.status, 200);
    practice.closes().await;
}
