//! What clinicians see of a practice's appointments: those that they have a ground for, and of the others that the time is
//! taken.

use ::booking::appointments::Details;
use ::booking::setup::{Author, absences, resources};
use flows::booking::{self, Request, Wanted};
use jiff::SignedDuration;
use kernel::{PersonId, Role};
use serde_json::{Value, json};
use testkit::bedside_test;

use super::practice::{Desk, ON_ASKING, Practice, problem, visit};
use crate::admin::desk::femke;
use crate::cast::Ward;
use crate::secrecy::access_log::{Line, lines};

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

/// A path of an appointment.
fn place(booked: &Value) -> String {
    format!("/appointments/{}", booked["id"].as_str().expect("an id"))
}

#[bedside_test]
async fn who_could_cancel_it_is_answered_the_same_when_it_is_cancelled(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let linde = &practice.linde;
    let (anna, bram) = (linde.patient("Anna").await, linde.patient("Bram").await);
    let (eva, joost) = (linde.doctor("Eva").await, linde.doctor("Joost").await);
    whose_calendar(&practice, eva.id).await;
    let (eva, joost) = (Desk::of(&eva).await, Desk::of(&joost).await);
    let far = practice.booked(&anna, "2026-06-02T10:00:00+02:00").await;
    let soon = practice.booked(&bram, "2026-03-10T10:00:00+01:00").await;
    let later = practice.booked(&bram, "2026-06-02T11:00:00+02:00").await;
    for (desk, booked, ground) in
        [(&eva, &far, "own calendar"), (&joost, &soon, "appointment within 30 days")]
    {
        for _ in 0..2 {
            let answer = desk.post(&format!("{}/cancel", place(booked)), json!({})).await;
            assert_eq!(
                (answer.status, &answer.json["status"]),
                (200, &json!("cancelled")),
                "{}",
                answer.text
            );
        }
        assert_eq!(desk.get(&place(booked)).await.json["status"], "cancelled", "{ground}");
        assert_eq!(practice.lines("appointment_cancelled", ground).await, 1);
    }
    for other in [&far, &later] {
        let refused = joost.get(&place(other)).await;
        assert_eq!(problem(&refused), (403, "no_treatment_relation"), "what is cancelled opens no other");
    }
    practice.closes().await;
}

#[bedside_test]
async fn who_books_sees_what_they_booked_and_nothing_else_of_the_patient(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let linde = &practice.linde;
    let (anna, bram) = (linde.patient("Anna").await, linde.patient("Bram").await);
    let (eva, joost) = (linde.doctor("Eva").await, linde.doctor("Joost").await);
    let (eva, joost) = (Desk::of(&eva).await, Desk::of(&joost).await);
    let of_others = practice.booked(&bram, "2026-06-02T10:00:00+02:00").await;
    let far = visit(&bram, "2026-06-02T11:00:00+02:00");
    let made = joost.post_named("k", "/appointments", far.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let again = joost.post_named("k", "/appointments", far).await;
    assert_eq!((again.status, &again.json), (201, &made.json), "{}", again.text);
    assert_eq!(practice.lines("appointment_booked", "booked by them").await, 1);
    assert_eq!(practice.lines("appointment_read", "booked by them").await, 1);
    let of_eva = eva.post_named("k", "/appointments", visit(&anna, "2026-06-02T12:00:00+02:00")).await;
    assert_eq!(of_eva.status, 201, "a name is its giver's alone: {}", of_eva.text);
    assert_eq!(problem(&eva.get(&place(&made.json)).await), (403, "no_treatment_relation"));
    let soon = joost.post("/appointments", visit(&bram, "2026-03-10T10:00:00+01:00")).await;
    assert_eq!(soon.status, 201, "{}", soon.text);
    assert_eq!(problem(&joost.get(&place(&of_others)).await), (403, "no_treatment_relation"));
    let theirs = joost.get(&format!("/patients/{}/appointments", bram.uuid())).await.json;
    let theirs: Vec<_> = theirs.as_array().expect("a list").iter().map(|one| &one["id"]).collect();
    assert_eq!(theirs, [&soon.json["id"], &made.json["id"]]);
    assert_eq!(eva.get(&place(&of_others)).await.status, 200, "to her it was booked by somebody else");
    let to = json!({ "start": "2026-06-03T11:00:00+02:00" });
    assert_eq!(joost.post(&format!("{}/move", place(&made.json)), to).await.status, 200);
    let moved = "booked by them, from 2026-06-02T09:00:00Z to 2026-06-03T09:00:00Z";
    assert_eq!(practice.lines("appointment_moved", moved).await, 1);
    practice.closes().await;
}

#[bedside_test]
async fn a_list_tells_a_clinician_without_a_ground_that_the_time_is_taken(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (house, linde) = (&ward.house, &practice.linde);
    let (anna, joost) = (linde.patient("Anna").await, linde.doctor("Joost").await);
    let joost = Desk::of(&joost).await;
    let day = "2026-04-21".parse().expect("a day");
    let wanted = Wanted { category: 1, kind: ON_ASKING, insurance: 136, days: (day..=day).into(), limit: 1 };
    let actor = anna.actor(Role::Patient, &[]);
    let mut offering = booking::availabilities(house, &actor, &wanted).await.expect("times");
    let proof = offering.times.pop().expect("a time").proof;
    let request = Request { proof, details: Details::default(), asap: false };
    booking::book(house, &actor, request).await.expect("asked for");
    let away = ("2026-04-21T00:00".parse().unwrap(), "2026-04-22T00:00".parse().unwrap());
    let input = (linde.id, practice.doctor, away);
    let added = house.db.write(input, |tx, (here, doctor, (from, until))| {
        Box::pin(absences::add(tx, Author::Operator, *here, *doctor, *from, *until))
    });
    let displaced = format!("/absences/{}/appointments", added.await.expect("an absence").uuid());
    let (waiting, displaced) = ("/appointments?status=pending", &*displaced);
    let [seen, hidden] = [practice.desk.get(waiting).await.json, joost.get(waiting).await.json];
    assert_eq!(seen[0]["patient"]["name"], "Anna de Boer", "{seen}");
    assert_eq!((hidden.as_array().map(Vec::len), &hidden[0]["patient"]), (Some(1), &json!(null)), "{hidden}");
    let [seen, hidden] = [practice.desk.get(displaced).await.json, joost.get(displaced).await.json];
    assert_eq!(seen[0]["next_times"].as_array().map(Vec::len), Some(3), "{seen}");
    let entry = &hidden[0];
    assert_eq!(
        (&entry["appointment"]["patient"], &entry["next_times"]),
        (&json!(null), &json!([])),
        "{hidden}"
    );
    practice.closes().await;
}

#[bedside_test]
async fn what_the_desk_passes_over_is_in_the_log(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, bram) = (practice.linde.patient("Anna").await, practice.linde.patient("Bram").await);
    let soon = practice.booked(&anna, "2026-03-02T11:00:00+01:00").await;
    let mut beside = visit(&bram, "2026-03-02T11:00:00+01:00");
    beside["overbook"] = json!(true);
    let beside = practice.desk.post("/appointments", beside).await;
    assert_eq!(beside.status, 201, "{}", beside.text);
    assert_eq!(practice.lines("appointment_booked", "desk, overbooked").await, 1);
    let gone = practice.desk.post(&format!("{}/cancel", place(&soon)), json!({})).await;
    assert_eq!(gone.status, 200, "{}", gone.text);
    assert_eq!(practice.lines("appointment_cancelled", "desk, past the window").await, 1);
    practice.closes().await;
}

#[bedside_test]
async fn a_clinician_keeps_a_time_for_anybody_and_knows_what_is_noted_of_their_patients(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, joost) = (practice.linde.patient("Anna").await, practice.linde.doctor("Joost").await);
    let joost = Desk::of(&joost).await;
    let notes = format!("/patients/{}", anna.uuid());
    let keeps = async |start: &str, ground: &'static str| {
        let kept = joost.post("/holds", visit(&anna, start)).await;
        assert_eq!(kept.status, 201, "{}", kept.text);
        let kept = format!("/holds/{}", kept.json["id"].as_str().expect("an id"));
        assert_eq!(joost.delete(&kept).await.status, 204);
        for deed in ["time_kept", "time_given_up"] {
            assert_eq!(practice.lines(deed, ground).await, 1, "{deed}");
        }
    };
    keeps("2026-04-21T10:00:00+02:00", "booked by them").await;
    let insured = json!({ "insurance": 136, "number": "1234" });
    let asked = [
        joost.get(&notes).await,
        joost.put(&format!("{notes}/insurance"), insured.clone()).await,
        joost.post(&format!("{notes}/block"), json!({})).await,
        joost.post(&format!("{notes}/unblock"), json!({})).await,
    ];
    for refused in asked {
        assert_eq!(problem(&refused), (403, "no_treatment_relation"));
    }
    assert!(practice.desk.get(&notes).await.json["insurance_number"].is_null());
    practice.booked(&anna, "2026-03-10T10:00:00+01:00").await;
    keeps("2026-04-21T11:00:00+02:00", "appointment within 30 days").await;
    assert_eq!(joost.put(&format!("{notes}/insurance"), insured).await.status, 204);
    assert_eq!(joost.get(&notes).await.json["insurance_number"], "1234");
    practice.closes().await;
}

#[bedside_test]
async fn who_is_refused_what_is_known_of_a_patient_stays_in_the_log(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let bram = practice.linde.patient("Bram").await;
    let (joost, femke) = (practice.linde.doctor("Joost").await, femke(&practice.linde).await);
    for (who, why) in [(&joost, "no_treatment_relation"), (&femke, "not_at_the_desk")] {
        let desk = Desk::of(who).await;
        let place = format!("/patients/{}", bram.uuid());
        for answer in [
            desk.get(&place).await,
            desk.get(&format!("{place}/appointments")).await,
            desk.put(&format!("{place}/insurance"), json!({ "insurance": 136 })).await,
            desk.post(&format!("{place}/block"), json!({})).await,
        ] {
            assert_eq!(problem(&answer), (403, why));
        }
        let is_theirs = |line: &Line| (line.person, line.patient) == (Some(who.id), Some(bram.id));
        let tried =
            lines(&ward).await.into_iter().filter(|line| is_theirs(line) && line.outcome == "refused");
        let tried: Vec<_> = tried.map(|line| (line.kind, line.reason)).collect();
        let deeds = ["person_read", "appointments_listed", "administration", "administration"];
        assert_eq!(tried, deeds.map(|deed| (deed.to_owned(), Some(why.to_owned()))));
    }
    practice.closes().await;
}
