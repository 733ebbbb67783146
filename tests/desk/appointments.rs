use ::booking::appointments::Details;
use flows::booking::{self, Request, Wanted};
use jiff::SignedDuration;
use kernel::Role;
use serde_json::json;
use testkit::bedside_test;

use super::practice::{Desk, ON_ASKING, Practice, VISIT, WITH_ANYBODY, problem, visit, with_desk};
use crate::cast::Ward;

const TEN: &str = "2026-03-03T10:00:00+01:00";
const ELEVEN: &str = "2026-03-03T11:00:00+01:00";

#[bedside_test]
async fn the_desk_books_moves_and_cancels_and_the_id_stays(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (desk, anna) = (&practice.desk, practice.linde.patient("Anna").await);
    let order = json!({
        "type": VISIT, "patient": anna.uuid(), "start": TEN, "insurance": 136,
        "resources": [practice.doctor.uuid()], "comments": "Comes in a wheelchair",
    });
    let booked = desk.post("/appointments", order).await;
    assert_eq!(booked.status, 201, "{}", booked.text);
    let known = &booked.json;
    assert_eq!((&known["status"], &known["starts_at"]), (&json!("booked"), &json!(TEN)));
    assert_eq!(known["ends_at"], "2026-03-03T10:30:00+01:00");
    assert_eq!(known["patient"]["name"], "Anna de Boer");
    assert_eq!(known["type"], json!({ "number": VISIT, "name": "Visit" }));
    assert_eq!(known["insurance"]["number"], 136);
    assert_eq!(known["resources"][0]["name"], "Dr. de Vries");
    assert_eq!(known["comments"], "Comes in a wheelchair");
    let place = format!("/appointments/{}", known["id"].as_str().unwrap());
    assert_eq!(desk.get(&place).await.json, *known, "as it is read again");
    let moved = desk.post(&format!("{place}/move"), json!({ "start": ELEVEN })).await;
    assert_eq!((moved.status, &moved.json["id"]), (200, &known["id"]), "{}", moved.text);
    assert_eq!((&moved.json["starts_at"], &moved.json["sequence"]), (&json!(ELEVEN), &json!(1)));
    assert_eq!(moved.json["comments"], "Comes in a wheelchair");
    for _ in 0..2 {
        let gone = desk.post(&format!("{place}/cancel"), json!({ "reason": "She rang" })).await;
        assert_eq!((gone.status, &gone.json["status"]), (200, &json!("cancelled")), "{}", gone.text);
        assert_eq!(gone.json["sequence"], 2, "once");
    }
    let late = desk.post(&format!("{place}/move"), json!({ "start": TEN })).await;
    assert_eq!(problem(&late), (409, "already_cancelled"));
    practice.closes().await;
}

#[bedside_test]
async fn what_is_taken_is_refused_until_it_is_overbooked_knowing(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (desk, linde) = (&practice.desk, &practice.linde);
    let (anna, bram) = (linde.patient("Anna").await, linde.patient("Bram").await);
    practice.booked(&anna, TEN).await;
    for start in [TEN, "2026-03-03T09:45:00+01:00", "2026-03-03T10:29:00+01:00"] {
        let refused = desk.post("/appointments", visit(&bram, start)).await;
        assert_eq!(problem(&refused), (409, "availability_taken"), "{start}");
    }
    let mut beside = visit(&bram, TEN);
    beside["overbook"] = json!(true);
    let beside = desk.post("/appointments", beside).await;
    assert_eq!((beside.status, &beside.json["overbooked"]), (201, &json!(true)), "{}", beside.text);
    let after = practice.booked(&bram, "2026-03-03T10:30:00+01:00").await;
    assert_eq!(after["overbooked"], false, "what touches is beside nothing");
    let place = format!("/appointments/{}", after["id"].as_str().unwrap());
    let refused = desk.post(&format!("{place}/move"), json!({ "start": TEN })).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert_eq!(desk.get(&place).await.json, after, "the old one stands as it was");
    let free = json!({ "type": WITH_ANYBODY, "patient": anna.uuid(), "start": ELEVEN });
    let mut with = Vec::new();
    for name in ["Chris", "Daan"] {
        let mut free = free.clone();
        free["patient"] = json!(linde.patient(name).await.uuid());
        let given = desk.post("/appointments", free).await;
        with.push(given.json["resources"][0]["name"].as_str().expect("somebody").to_owned());
    }
    with.sort();
    assert_eq!(with, ["Dr. de Vries", "Nurse Jansen"], "whoever is free");
    assert_eq!(problem(&desk.post("/appointments", free).await), (409, "availability_taken"));
    practice.closes().await;
}

#[bedside_test]
async fn an_appointment_that_waits_is_confirmed_once(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (desk, anna) = (&practice.desk, practice.linde.patient("Anna").await);
    // What the desk books itself waits for nobody.
    let own = json!({ "type": ON_ASKING, "patient": anna.uuid(), "start": TEN });
    let own = desk.post("/appointments", own).await.json;
    assert_eq!(own["status"], "booked");
    let place = format!("/appointments/{}/confirm", own["id"].as_str().unwrap());
    assert_eq!(problem(&desk.post(&place, json!({})).await), (409, "not_pending"));
    // What a patient books does.
    let house = &practice.ward.house;
    let actor = anna.actor(Role::Patient, &[]);
    let day = "2026-03-05".parse().expect("a day");
    let wanted = Wanted { category: 1, kind: ON_ASKING, insurance: 136, days: (day..=day).into(), limit: 1 };
    let mut offering = booking::availabilities(house, &actor, &wanted).await.expect("times");
    let proof = offering.times.pop().expect("a time").proof;
    let request = Request { proof, details: Details::default(), asap: false };
    let asked = booking::book(house, &actor, request).await.expect("asked for");
    let waiting = desk.get("/appointments?status=pending").await.json;
    assert_eq!(waiting.as_array().map(Vec::len), Some(1), "{waiting}");
    assert_eq!((&waiting[0]["id"], &waiting[0]["status"]), (&json!(asked.uuid()), &json!("pending")));
    let place = format!("/appointments/{}/confirm", asked.uuid());
    let confirmed = desk.post(&place, json!({})).await;
    assert_eq!((confirmed.status, &confirmed.json["status"]), (200, &json!("booked")), "{}", confirmed.text);
    assert_eq!(problem(&desk.post(&place, json!({})).await), (409, "not_pending"));
    assert_eq!(desk.get("/appointments?status=pending").await.json, json!([]));
    assert_eq!(problem(&desk.get("/appointments").await), (422, "status_unfit"));
    let theirs = desk.get(&format!("/patients/{}/appointments", anna.uuid())).await.json;
    let theirs: Vec<_> = theirs.as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!(theirs, [own["id"].clone(), json!(asked.uuid())]);
    practice.closes().await;
}

#[bedside_test]
async fn a_request_with_a_name_is_done_once(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (desk, anna) = (&practice.desk, practice.linde.patient("Anna").await);
    practice.booked(&practice.linde.patient("Bram").await, TEN).await;
    let mut beside = visit(&anna, TEN);
    beside["overbook"] = json!(true);
    let made = desk.post_named("k1", "/appointments", beside.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let again = desk.post_named("k1", "/appointments", beside.clone()).await;
    assert_eq!((again.status, &again.json), (201, &made.json));
    let theirs = format!("/patients/{}/appointments", anna.uuid());
    assert_eq!(desk.get(&theirs).await.json.as_array().map(Vec::len), Some(1));
    let other = desk.post_named("k1", "/appointments", visit(&anna, ELEVEN)).await;
    assert_eq!(problem(&other), (422, "idempotency_key_reused"));
    let bad = desk.post_named("", "/appointments", visit(&anna, ELEVEN)).await;
    assert_eq!(problem(&bad), (422, "idempotency_key_bad"));
    let held = desk.post_named("k2", "/holds", visit(&anna, ELEVEN)).await;
    assert_eq!(held.status, 201, "{}", held.text);
    assert_eq!(desk.post_named("k2", "/holds", visit(&anna, ELEVEN)).await.json, held.json);
    let hold = format!("/holds/{}", held.json["id"].as_str().unwrap());
    assert_eq!(desk.delete(&hold).await.status, 204);
    let gone = desk.post_named("k2", "/holds", visit(&anna, ELEVEN)).await;
    assert_eq!(problem(&gone), (404, "availability_not_found"), "it is kept no longer");
    for deed in ["time_kept", "time_given_up"] {
        assert_eq!(practice.lines(deed, "desk").await, 1, "{deed}");
    }
    let kept = desk.post_named("k3", "/holds", visit(&anna, ELEVEN)).await;
    assert_eq!(kept.status, 201, "{}", kept.text);
    practice.ward.clock.pass(SignedDuration::from_mins(5));
    let over = desk.post_named("k3", "/holds", visit(&anna, ELEVEN)).await;
    assert_eq!(problem(&over), (404, "availability_not_found"), "its minutes are over");
    practice.closes().await;
}

#[bedside_test]
async fn who_does_not_work_at_the_desk_finds_no_appointment(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let linde = &practice.linde;
    let anna = linde.patient("Anna").await;
    let booked = practice.booked(&anna, TEN).await;
    let place = format!("/appointments/{}", booked["id"].as_str().unwrap());
    let boss = Desk::of(&linde.somebody("Femke", "Beheer", Role::Administrator).await).await;
    let eik = with_desk(ward.organisation("eik").await).await;
    let elsewhere = Desk::of(&eik.doctor("Eva").await).await;
    let before = ward.inventory().await;
    for stranger in [&boss, &elsewhere] {
        assert_eq!(problem(&stranger.get(&place).await), (404, "appointment_not_found"));
        for (verb, body) in
            [("move", json!({ "start": ELEVEN })), ("cancel", json!({})), ("confirm", json!({}))]
        {
            let answer = stranger.post(&format!("{place}/{verb}"), body).await;
            assert_eq!(problem(&answer), (404, "appointment_not_found"), "{verb}");
        }
    }
    let patient = format!("/patients/{}", anna.uuid());
    for path in ["/days/2026-03-03?institution=1", patient.as_str()] {
        assert_eq!(boss.get(path).await.status, 403, "{path}");
    }
    assert_eq!(problem(&boss.post("/appointments", visit(&anna, ELEVEN)).await).0, 403);
    assert_eq!(problem(&elsewhere.post("/appointments", visit(&anna, ELEVEN)).await).0, 404);
    assert_eq!(problem(&elsewhere.get(&patient).await), (404, "user_not_found"));
    assert_eq!(ward.inventory().await, before);
    practice.closes().await;
}

#[bedside_test]
async fn bad_input_is_a_problem_and_changes_nothing(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (desk, anna) = (&practice.desk, practice.linde.patient("Anna").await);
    let booked = practice.booked(&anna, TEN).await;
    let place = format!("/appointments/{}", booked["id"].as_str().unwrap());
    let doctor = practice.linde.doctor("Eva").await.uuid();
    let before = ward.inventory().await;
    let with = |name: &str, value: serde_json::Value| {
        let mut order = visit(&anna, ELEVEN);
        order[name] = value;
        order
    };
    for (order, refused) in [
        (with("start", json!("2026-03-03T11:00:00")), (422, "time_unreadable")),
        (with("start", json!("tomorrow")), (422, "time_unreadable")),
        (with("start", json!("9999-12-30T10:00:00Z")), (422, "start_too_far")),
        (with("start", json!("2031-12-01T10:00:00Z")), (422, "start_too_far")),
        (with("start", json!("-000001-01-01T10:00:00Z")), (422, "start_passed")),
        (with("start", json!("2026-03-03T11:00:30+01:00")), (422, "no_whole_minute")),
        (with("type", json!(7)), (404, "appointment_type_not_found")),
        (with("insurance", json!(7)), (404, "insurance_not_found")),
        (with("patient", json!("me")), (422, "id_unfit")),
        (with("patient", json!(doctor)), (404, "user_not_found")),
        (with("resources", json!(["x"])), (422, "id_unfit")),
        (with("hush", json!(1)), (422, "wrong_type")),
    ] {
        let answer = desk.post("/appointments", order.clone()).await;
        assert_eq!(problem(&answer), refused, "{order}");
        if refused.1.starts_with("start") || refused.1 == "no_whole_minute" {
            assert_eq!(problem(&desk.post("/holds", order.clone()).await), refused, "held: {order}");
        }
    }
    let over = desk.post("/appointments", with("start", json!("2026-03-01T11:00:00+01:00"))).await;
    assert_eq!(over.status, 422, "{}", over.text);
    assert_eq!(problem(&desk.post(&format!("{place}/move"), json!({})).await), (422, "wrong_type"));
    assert_eq!(problem(&desk.get("/appointments/1").await), (404, "appointment_not_found"));
    let long = json!({ "reason": "x".repeat(3_000) });
    assert_eq!(problem(&desk.post(&format!("{place}/cancel"), long).await).0, 413);
    assert_eq!(ward.inventory().await, before);
    assert_eq!(desk.get(&place).await.json, booked);
    practice.closes().await;
}

#[bedside_test]
async fn a_time_is_kept_for_who_holds_it_and_for_nobody_else(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (desk, linde) = (&practice.desk, &practice.linde);
    let (anna, bram) = (linde.patient("Anna").await, linde.patient("Bram").await);
    let held = desk.post("/holds", visit(&anna, TEN)).await;
    assert_eq!((held.status, &held.json["starts_at"]), (201, &json!(TEN)), "{}", held.text);
    let hold = held.json["id"].as_str().unwrap();
    assert_eq!(problem(&desk.post("/appointments", visit(&bram, TEN)).await), (409, "availability_taken"));
    let mut stolen = visit(&bram, TEN);
    stolen["hold"] = json!(hold);
    assert_eq!(problem(&desk.post("/appointments", stolen).await), (422, "hold_of_another"));
    let mut own = visit(&anna, TEN);
    own["hold"] = json!(hold);
    assert_eq!(desk.post("/appointments", own).await.status, 201);
    let place = format!("/holds/{hold}");
    assert_eq!(problem(&desk.delete(&place).await), (404, "availability_not_found"), "it was given up");
    let other = desk.post("/holds", visit(&bram, ELEVEN)).await.json;
    let place = format!("/holds/{}", other["id"].as_str().unwrap());
    assert_eq!(desk.delete(&place).await.status, 204);
    practice.booked(&anna, ELEVEN).await;
    practice.closes().await;
}

#[bedside_test]
async fn the_desk_notes_who_pays_and_keeps_somebody_from_booking(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (desk, anna) = (&practice.desk, practice.linde.patient("Anna").await);
    let place = format!("/patients/{}", anna.uuid());
    let new = json!({
        "id": anna.uuid(), "insurance": null, "insurance_number": null, "blocked_since": null,
    });
    assert_eq!(desk.get(&place).await.json, new);
    let insured = json!({ "insurance": 136, "number": " 1234 " });
    assert_eq!(desk.put(&format!("{place}/insurance"), insured).await.status, 204);
    assert_eq!(desk.post(&format!("{place}/block"), json!({})).await.status, 204);
    let known = desk.get(&place).await.json;
    assert_eq!((&known["insurance"]["name"], &known["insurance_number"]), (&json!("By law"), &json!("1234")));
    assert!(known["blocked_since"].is_string(), "{known}");
    practice.booked(&anna, TEN).await;
    assert_eq!(desk.post(&format!("{place}/unblock"), json!({})).await.status, 204);
    assert!(desk.get(&place).await.json["blocked_since"].is_null());
    for (body, code) in [
        (json!({ "insurance": 7 }), (404, "insurance_not_found")),
        (json!({ "insurance": 136, "number": "9".repeat(65) }), (422, "too_long")),
    ] {
        assert_eq!(problem(&desk.put(&format!("{place}/insurance"), body).await), code);
    }
    practice.closes().await;
}
