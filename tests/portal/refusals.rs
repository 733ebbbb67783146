//! Every code of the contract, and that nothing changes where one is told.

use booking::Detail;
use identity::details::{Details, Gender};
use identity::mandates::{self, MandateKind, NewMandate};
use identity::{By, memberships};
use jiff::SignedDuration;
use kernel::Role;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::bedside_test;

use super::practice::{ALL, CHOSEN, Practice, like, made, refused};
use crate::cast::{Somebody, Ward};

#[bedside_test]
async fn of_two_who_want_a_time_one_has_it_and_the_old_appointment_of_the_other_stands(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let ((_, anne), (_, bob)) = (practice.patient("Anne").await, practice.patient("Bob").await);
    let bobs = bob.books(CHOSEN, "2026-03-12").await;
    let before = bob.get(&format!("/appointments/{bobs}")).await.ok();
    let (offer, _) = bob.offered(CHOSEN, "2026-03-10").await.swap_remove(0);
    anne.books(CHOSEN, "2026-03-10").await;
    let taken = bob.post("/booking", json!({ "availability_id": offer })).await;
    assert_eq!(refused(&taken), (409, "availability_taken"));
    let here = format!("/appointments/{bobs}/reschedule");
    assert_eq!(
        refused(&bob.post(&here, json!({ "availability_id": offer })).await),
        (409, "availability_taken")
    );
    assert_eq!(bob.get(&format!("/appointments/{bobs}")).await.ok(), before, "the old one stands");
    ward.settle().await;
}

#[bedside_test]
async fn an_id_that_is_old_changed_foreign_or_for_something_else_books_nothing(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let ((_, anne), (_, bob)) = (practice.patient("Anne").await, practice.patient("Bob").await);
    let elsewhere = Practice::open(&ward, "blue").await;
    let (_, carl) = elsewhere.patient("Carl").await;
    let one = anne.books(CHOSEN, "2026-03-12").await;
    let other = anne.books(CHOSEN, "2026-03-13").await;
    let (offer, _) = anne.offered(CHOSEN, "2026-03-10").await.swap_remove(0);
    let (old, _) = anne.offered(CHOSEN, "2026-03-11").await.swap_remove(0);
    let to_move = anne.get(&format!("/appointments/{one}/availabilities?date=2026-03-10")).await.ok();
    let to_move = to_move["data"][0]["id"].as_str().unwrap().to_owned();
    let before = anne.get("/appointments").await.ok();
    let book = async |portal: &super::practice::Portal, id: &str| {
        let answer = portal.post("/booking", json!({ "availability_id": id })).await;
        let (status, code) = refused(&answer);
        (status, code.to_owned())
    };
    let invalid = (422, "availability_invalid".to_owned());
    let mut changed = offer.clone().into_bytes();
    let last = changed.len() - 2;
    changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).unwrap();
    for odd in [changed.as_str(), &offer[..40], "", "a1.", "nonsense", "AAAA--AAAA--AAAA", &"a".repeat(2_000)]
    {
        assert_eq!(book(&anne, odd).await, invalid, "{odd}");
    }
    assert_eq!(book(&bob, &offer).await, invalid, "it was offered to somebody else");
    assert_eq!(book(&carl, &offer).await, invalid, "of another practice");
    assert_eq!(book(&anne, &to_move).await, invalid, "it moves an appointment, and books none");
    let wrong =
        anne.post(&format!("/appointments/{other}/reschedule"), json!({ "availability_id": to_move })).await;
    assert_eq!(refused(&wrong), (422, "availability_invalid"), "it moves another appointment");
    let without = anne.post("/booking", json!({})).await;
    assert_eq!(refused(&without), (422, "availability_invalid"));
    ward.clock.pass(SignedDuration::from_mins(31));
    assert_eq!(book(&anne, &old).await, (410, "availability_expired".to_owned()));
    for old in [&old, &to_move] {
        let late =
            anne.post(&format!("/appointments/{one}/reschedule"), json!({ "availability_id": old })).await;
        assert_eq!(refused(&late), (410, "availability_expired"));
    }
    assert_eq!(anne.get("/appointments").await.ok(), before);
    ward.settle().await;
}

#[bedside_test]
async fn who_is_blocked_or_not_insured_for_it_is_told_so(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (somebody, anne) = practice.patient("Anne").await;
    let other = CHOSEN.replace("136", "140");
    let answer = anne.get(&format!("/availabilities?{other}")).await;
    assert_eq!(refused(&answer), (403, "insurance_not_accepted"));
    let answer = anne.get("/appointment_types?appointment_category_id=53&insurance_id=140").await;
    assert_eq!(refused(&answer), (403, "insurance_not_accepted"));
    assert_eq!(
        anne.get("/appointment_categories?insurance_id=140").await.ok(),
        json!({ "scope": "limited", "data": [] })
    );
    let (offer, _) = anne.offered(CHOSEN, "2026-03-10").await.swap_remove(0);
    practice.block(&somebody).await;
    assert_eq!(
        refused(&anne.post("/booking", json!({ "availability_id": offer })).await),
        (403, "patient_blocked")
    );
    ward.settle().await;
}

#[bedside_test]
async fn who_works_there_books_only_when_they_are_a_patient_as_well(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let doctor = practice.organisation.doctor("Green").await.with_password(crate::oauth::app::PASSWORD).await;
    let portal = practice.portal_of(&doctor, ALL).await;
    for listing in ["availabilities", "available_days"] {
        let answer = portal.get(&format!("/{listing}?{CHOSEN}")).await;
        assert_eq!(refused(&answer), (403, "not_a_patient"), "{listing}: nothing is shown that is not sold");
    }
    let (tim, _) = practice.patient("Tim").await;
    mandate(&practice, &tim, &doctor, true).await;
    let tims = portal.offered(&format!("{CHOSEN}&relative_id={}", tim.uuid()), "2026-03-09").await;
    let body = json!({ "availability_id": tims[0].0, "relative_id": tim.uuid() });
    portal.post("/booking", body).await.ok();
    practice.organisation.member(&doctor, Role::Patient).await;
    let id = portal.books(CHOSEN, "2026-03-10").await;
    let (offer, _) = portal.offered(CHOSEN, "2026-03-11").await.swap_remove(0);
    is_no_patient(&practice, &doctor).await;
    let portal = practice.portal_of(&doctor, ALL).await;
    for listing in ["availabilities", "available_days"] {
        let answer = portal.get(&format!("/{listing}?{CHOSEN}")).await;
        assert_eq!(refused(&answer), (403, "not_a_patient"), "{listing}");
    }
    let answer = portal.post("/booking", json!({ "availability_id": offer })).await;
    assert_eq!(refused(&answer), (403, "not_a_patient"));
    let to_move = portal.get(&format!("/appointments/{id}/availabilities")).await.ok();
    let body = json!({ "availability_id": to_move["data"][0]["id"] });
    let moved = portal.post(&format!("/appointments/{id}/reschedule"), body).await.ok();
    assert_eq!(made(&moved), id, "what somebody has they can move");
    ward.settle().await;
}

/// Somebody receives no care there any more.
async fn is_no_patient(practice: &Practice, somebody: &Somebody) {
    let ended = practice.ward().house.db.write((practice.organisation.id, somebody.id), |tx, (here, id)| {
        Box::pin(async move {
            for one in memberships::of_person(tx, *id).await? {
                if one.role == Role::Patient {
                    memberships::end(tx, By::Operator, *here, one.id).await?;
                }
            }
            Ok(())
        })
    });
    ended.await.expect("no patient");
}

#[bedside_test]
async fn windows_close_and_what_is_cancelled_stays_so(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let soon = anne.books(CHOSEN, "2026-03-03").await;
    let later = anne.books(CHOSEN, "2026-03-20").await;
    ward.clock.pass(SignedDuration::from_hours(12));
    let before = anne.get(&format!("/appointments/{soon}")).await.ok();
    assert_eq!(before["data"]["is_cancellable"], false);
    let (offer, _) = anne.offered(CHOSEN, "2026-03-10").await.swap_remove(0);
    let cancel = anne.post(&format!("/appointments/{soon}/cancel"), json!({})).await;
    assert_eq!(refused(&cancel), (422, "cancellation_window_passed"));
    let moved =
        anne.post(&format!("/appointments/{soon}/reschedule"), json!({ "availability_id": offer })).await;
    assert_eq!(refused(&moved), (422, "reschedule_window_passed"));
    let times = anne.get(&format!("/appointments/{soon}/availabilities")).await;
    assert_eq!(refused(&times), (422, "reschedule_window_passed"));
    assert_eq!(anne.get(&format!("/appointments/{soon}")).await.ok(), before);
    anne.post(&format!("/appointments/{later}/cancel"), json!({ "reason": "I feel better." })).await.ok();
    let moved =
        anne.post(&format!("/appointments/{later}/reschedule"), json!({ "availability_id": offer })).await;
    assert_eq!(refused(&moved), (422, "already_cancelled"));
    ward.settle().await;
}

#[bedside_test]
async fn a_waiting_list_is_where_there_is_one(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let video = anne.books(&CHOSEN.replace("198", "199"), "2026-03-10").await;
    let put =
        anne.put(&format!("/appointments/{video}/asap_list"), json!({ "email": "anne@example.org" })).await;
    assert_eq!(refused(&put), (422, "asap_not_enabled"));
    let (offer, _) = anne.offered(&CHOSEN.replace("198", "199"), "2026-03-11").await.swap_remove(0);
    let booked = anne.post("/booking", json!({ "availability_id": offer, "asap_list_opt_in": true })).await;
    assert_eq!(refused(&booked), (422, "asap_not_enabled"));
    let first = anne.books(CHOSEN, "2026-03-12").await;
    for odd in [json!({}), json!({ "email": "nobody" }), json!({ "email": "" })] {
        let put = anne.put(&format!("/appointments/{first}/asap_list"), odd).await;
        assert_eq!(refused(&put).0, 422, "{}", put.text);
        assert!(put.json["invalid_fields"][0]["email"].is_string(), "{}", put.text);
    }
    let earlier = anne.get(&format!("/appointments/{first}/earlier_availability")).await;
    assert_eq!(refused(&earlier), (422, "asap_not_subscribed"));
    let (offer, _) = anne.offered(CHOSEN, "2026-03-13").await.swap_remove(0);
    let body = json!({ "availability_id": offer, "asap_list_opt_in": true, "email": "no address" });
    assert_eq!(refused(&anne.post("/booking", body).await).0, 422);
    assert_eq!(anne.get("/appointments").await.ok()["total"], 2, "nothing was booked");
    ward.settle().await;
}

#[bedside_test]
async fn what_the_practice_asks_for_must_be_there_and_fit(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (somebody, anne) = practice.patient("Anne").await;
    practice.require(vec![Detail::BornOn, Detail::Address, Detail::InsuranceNumber]).await;
    let (offer, _) = anne.offered(CHOSEN, "2026-03-10").await.swap_remove(0);
    let missing = anne.post("/booking", json!({ "availability_id": offer })).await;
    assert_eq!(refused(&missing), (422, "required_profile_fields_missing"));
    let fields: Vec<&String> = missing.json["invalid_fields"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one.as_object().unwrap().keys())
        .collect();
    assert_eq!(fields, ["born_on", "address", "insurance_number"]);
    let shown = anne.get("/institutions/1").await.ok();
    like("institution", &shown);
    assert_eq!(shown["data"]["required_patient_fields"], json!(["born_on", "address", "insurance_number"]));
    practice.describe(&somebody, known()).await;
    made(&anne.post("/booking", json!({ "availability_id": offer })).await.ok());
    let (offer, _) = anne.offered(&CHOSEN.replace("198", "200"), "2026-03-11").await.swap_remove(0);
    for (answers, name) in [
        (json!([]), "Since when?"),
        (json!([["Since when?", "yesterday"], ["My password", "hush"]]), "structured_comment"),
    ] {
        let body = json!({ "availability_id": offer, "structured_comment": answers });
        let unfit = anne.post("/booking", body).await;
        assert_eq!(refused(&unfit), (422, "comment_form_invalid"));
        assert!(unfit.json["invalid_fields"][0][name].is_string(), "{}", unfit.text);
        assert!(!unfit.text.contains("password"), "{}", unfit.text);
    }
    let fields = [("availability_id", offer.as_str()), ("structured_comment[Since when?]", "yesterday")];
    made(&anne.post_form("/booking", &fields).await.ok());
    ward.settle().await;
}

/// What is known of Anne.
pub fn known() -> Details {
    let text = |text: &str| Some(text.to_owned());
    Details {
        gender: Some(Gender::Female),
        born_on: Some("1980-02-03".parse().unwrap()),
        phone: text("+49 30 123"),
        street: text("Hauptstraße 1"),
        zip: text("10115"),
        city: text("Berlin"),
        country: text("DE"),
    }
}

async fn mandate(practice: &Practice, patient: &Somebody, proxy: &Somebody, may_book: bool) {
    let new = NewMandate {
        organisation: practice.organisation.id,
        patient: patient.id,
        proxy: proxy.id,
        kind: MandateKind::Parent,
        may_write: true,
        may_book,
        given_by: patient.id,
        end_ms: None,
    };
    let given =
        practice.ward().house.db.write(new, |tx, new| Box::pin(mandates::give(tx, By::Operator, new)));
    given.await.expect("a mandate");
}

#[bedside_test]
async fn a_relative_is_booked_for_by_who_may(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (anne, portal) = practice.patient("Anne").await;
    let (tim, tims) = practice.patient("Tim").await;
    let (ida, _) = practice.patient("Ida").await;
    let (stranger, _) = practice.patient("Bob").await;
    mandate(&practice, &tim, &anne, true).await;
    mandate(&practice, &ida, &anne, false).await;
    let relatives = portal.get("/profile/relatives").await.ok();
    like("relatives", &relatives);
    assert_eq!(relatives["data"].as_array().unwrap().len(), 2);
    let of = |who: &Somebody| format!("{CHOSEN}&relative_id={}", who.uuid());
    let (offer, _) = portal.offered(&of(&tim), "2026-03-10").await.swap_remove(0);
    let body = json!({ "availability_id": offer, "relative_id": tim.uuid() });
    assert_eq!(
        refused(&portal.post("/booking", json!({ "availability_id": offer })).await),
        (422, "availability_invalid")
    );
    let id = made(&portal.post("/booking", body).await.ok());
    assert_eq!(tims.get(&format!("/appointments/{id}")).await.ok()["data"]["id"], id, "it is Tim's");
    assert_eq!(refused(&portal.get(&format!("/appointments/{id}")).await), (404, "not_found"));
    portal.get(&format!("/appointments/{id}?relative_id={}", tim.uuid())).await.ok();
    assert_eq!(
        portal.get(&format!("/profile?relative_id={}", tim.uuid())).await.ok()["data"]["first_name"],
        "Tim"
    );
    let (offer, _) = portal.offered(&of(&ida), "2026-03-11").await.swap_remove(0);
    let body = json!({ "availability_id": offer, "relative_id": ida.uuid() });
    assert_eq!(refused(&portal.post("/booking", body).await), (403, "mandate_without_booking"));
    for nobody in [stranger.uuid(), "nobody".to_owned()] {
        let answer = portal.get(&format!("/profile?relative_id={nobody}")).await;
        assert_eq!(refused(&answer), (404, "not_found"));
    }
    ward.settle().await;
}

#[bedside_test]
async fn a_request_under_a_key_is_done_once_and_another_under_it_is_refused(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let offers = anne.offered(CHOSEN, "2026-03-10").await;
    let book = async |key: &str, offer: &str| {
        let body = json!({ "availability_id": offer });
        anne.send(Method::POST, "/booking", |request| request.header("Idempotency-Key", key).json(&body))
            .await
    };
    let first = made(&book("\"one\"", &offers[0].0).await.ok());
    ward.clock.pass(SignedDuration::from_hours(1));
    assert_eq!(made(&book("one", &offers[0].0).await.ok()), first, "also once the offer has expired");
    assert_eq!(refused(&book("one", &offers[5].0).await).0, 422);
    assert_eq!(refused(&book("", &offers[5].0).await), (400, "idempotency_key_bad"));
    assert_eq!(anne.get("/appointments").await.ok()["total"], 1);
    ward.settle().await;
}

#[bedside_test]
async fn of_two_applications_of_a_patient_each_has_its_own_offers_and_its_own_keys(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (somebody, anne) = practice.patient("Anne").await;
    let other = practice.with_another_app().await.portal_of(&somebody, super::practice::ALL).await;
    let (offers, others) =
        (anne.offered(CHOSEN, "2026-03-10").await, other.offered(CHOSEN, "2026-03-11").await);
    let foreign = other.post("/booking", json!({ "availability_id": offers[0].0 })).await;
    assert_eq!(refused(&foreign), (422, "availability_invalid"), "it was offered to another application");
    let mut made_by = Vec::new();
    for (portal, offer) in [(&anne, &offers[0].0), (&other, &others[0].0)] {
        let body = json!({ "availability_id": offer });
        for _ in 0..2 {
            let named = portal.send(Method::POST, "/booking", |request| {
                request.header("Idempotency-Key", "one").json(&body)
            });
            made_by.push(made(&named.await.ok()));
        }
    }
    assert_eq!((&made_by[0], &made_by[2]), (&made_by[1], &made_by[3]), "each repetition is the same");
    assert_ne!(made_by[0], made_by[2], "the same key of another application is another request");
    assert_eq!(anne.get("/appointments").await.ok()["total"], 2);
    ward.settle().await;
}

#[bedside_test]
async fn too_many_calls_in_a_second_are_told_when_to_come_back_and_paper_is_no_fault(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    ward.pass_a_second();
    for _ in 0..30 {
        anne.send_at_once(Method::GET, "/insurances", |request| request).await.ok();
    }
    let answer = anne.send_at_once(Method::GET, "/insurances", |request| request).await;
    assert_eq!((refused(&answer), answer.header("retry-after")), ((429, "rate_limited"), "1"));
    let id = anne.books(CHOSEN, "2026-03-10").await;
    let (offer, _) = anne.offered(CHOSEN, "2026-03-11").await.swap_remove(0);
    practice.work_on_paper(true).await;
    let body: Value = json!({ "availability_id": offer });
    for (path, body) in [
        ("/booking".to_owned(), body.clone()),
        (format!("/appointments/{id}/reschedule"), body.clone()),
        (format!("/appointments/{id}/cancel"), json!({})),
    ] {
        let answer = anne.post(&path, body).await;
        let told = (refused(&answer), answer.header("retry-after"));
        assert_eq!(told, ((503, "downtime"), "600"), "{path}");
    }
    anne.get(&format!("/appointments/{id}")).await.ok();
    practice.work_on_paper(false).await;
    made(&anne.post("/booking", body).await.ok());
    ward.settle().await;
}

#[bedside_test]
async fn a_refusal_speaks_the_language_of_the_patient(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (somebody, anne) = practice.patient("Anne").await;
    let said = anne.get("/appointments/none").await;
    assert_eq!(
        (said.json["message"].as_str(), said.header("content-language")),
        (Some("There is no such thing here."), "en")
    );
    practice.speaks(&somebody, identity::Language::De).await;
    let said = anne.get("/appointments/none").await;
    assert_eq!(
        (said.json["message"].as_str(), said.header("content-language")),
        (Some("Dies ist hier nicht zu finden."), "de")
    );
    let nobody = super::practice::Portal::new(&ward, "");
    let said =
        nobody.send(Method::GET, "/profile", |request| request.header("accept-language", "fr-CA")).await;
    assert_eq!(said.header("content-language"), "fr");
}
