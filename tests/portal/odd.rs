//! Input that does not fit: an answer in the words of this API, and never a fault of ours.

use booking::setup::Author;
use booking::setup::types::{self, NewType};
use reqwest::Method;
use serde_json::json;
use testkit::bedside_test;

use super::practice::{CHOSEN, Portal, Practice, made, refused, times};
use crate::cast::Ward;

#[bedside_test]
async fn days_are_local_days_or_times_with_their_offset_and_no_more_than_a_year(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let ask = async |days: &str| anne.get(&format!("/availabilities?{CHOSEN}&{days}")).await;
    for (days, code) in [
        ("from=2026-03-10T09:00:00", "time_without_offset"),
        ("to=2026-03-10T09:00", "time_without_offset"),
        ("from=2026-03-12&to=2026-03-10", "range_reversed"),
        ("from=2026-03-10&to=2036-03-10", "range_too_long"),
        ("from=10.03.2026", "parameter_unfit"),
        ("date=2026-02-30", "parameter_unfit"),
        ("from=2026-03-10&limit=0", "parameter_unfit"),
        ("from=2026-03-10&limit=many", "parameter_unfit"),
    ] {
        assert_eq!(refused(&ask(days).await), (400, code), "{days}");
    }
    let days = ask("from=2026-03-10T23:00:00%2B01:00&to=2026-03-10T23:30:00+01:00").await.ok();
    assert_eq!(days["data"].as_array().unwrap().len(), 24);
    assert_eq!(ask("").await.ok()["data"].as_array().unwrap().len(), 200, "the next 28 days, 200 at most");
    let none = ask("date=2026-03-01").await.ok();
    assert_eq!((&none["data"], &none["next_available_on"]), (&json!([]), &json!("2026-03-02")), "it is over");
    let beyond = ask("date=2026-07-01").await.ok();
    assert_eq!((&beyond["data"], &beyond["next_available_on"]), (&json!([]), &json!(null)));
    let early = ask("from=2026-03-09T23:30:00Z&to=2026-03-10T22:59:59Z").await.ok();
    let starts = |list| times(list).into_iter().map(|(_, start)| start).collect::<Vec<_>>();
    assert_eq!(starts(&early), starts(&days), "the day that it is in Berlin then");
    for edge in [
        "from=9998-01-01&to=9998-02-01",
        "date=9999-12-30",
        "date=9999-12-31",
        "date=0000-01-01",
        "to=0000-01-01",
    ] {
        let listed = ask(edge).await.ok();
        assert_eq!(listed["data"], json!([]), "{edge}");
        let days = anne.get(&format!("/available_days?{CHOSEN}&{edge}")).await.ok();
        let days = days["data"].as_array().unwrap();
        assert!(!days.is_empty() && days.iter().all(|day| day["available"] == false), "{edge}");
    }
    // Across the change to summer time, the wall clock stays.
    let summer = ask("from=2026-03-28&to=2026-03-29&limit=25").await.ok();
    assert_eq!(summer["data"][0]["starts_at"], "2026-03-28T09:00:00+01:00");
    assert_eq!(summer["data"][24]["starts_at"], "2026-03-29T09:00:00+02:00");
}

#[bedside_test]
async fn an_appointment_of_the_year_after_next_can_still_come_earlier(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let horizon = ward.house.db.write(practice.organisation.id, |tx, here| {
        Box::pin(async move {
            let known = types::find_numbered(tx, *here, 198).await?.expect("the type");
            let named = NewType::named(known.category, &known.name, 20, known.parts.concat());
            let new = NewType { horizon: 730, asap: known.asap, ..named };
            types::change(tx, Author::Operator, *here, known.id, &new).await
        })
    });
    horizon.await.expect("a longer horizon");
    let (_, anne) = practice.patient("Anne").await;
    let id = anne.books(CHOSEN, "2027-10-05").await;
    let list = format!("/appointments/{id}/asap_list");
    anne.put(&list, json!({ "email": "anne@example.org" })).await.ok();
    let earlier = anne.get(&format!("/appointments/{id}/earlier_availability")).await.ok();
    assert!(
        earlier["data"]["availability"]["starts_at"].as_str().unwrap().starts_with("2026-03-0"),
        "{earlier}"
    );
    ward.settle().await;
}

#[bedside_test]
async fn a_key_is_for_one_request_its_query_included(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let offers = anne.offered(CHOSEN, "2026-03-10").await;
    let book = async |offer: &str| {
        let path = format!("/booking?availability_id={offer}");
        anne.send(Method::POST, &path, |request| request.header("Idempotency-Key", "k1")).await
    };
    let first = made(&book(&offers[0].0).await.ok());
    assert_eq!(made(&book(&offers[0].0).await.ok()), first);
    assert_eq!(refused(&book(&offers[1].0).await), (422, "idempotency_key_reused"));
    // Only booking makes something: elsewhere a key says nothing, and can be no fault.
    let cancelled = format!("/appointments/{first}/cancel");
    let cancelled =
        anne.send(Method::POST, &cancelled, |request| request.header("Idempotency-Key", "")).await;
    cancelled.ok();
    ward.settle().await;
}

#[bedside_test]
async fn what_there_is_not_is_404_and_what_is_missing_is_400(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let of = |category: &str, kind: &str, insurance: &str| {
        format!(
            "/availabilities?appointment_category_id={category}&appointment_type_id={kind}&insurance_id={insurance}"
        )
    };
    for path in [
        of("54", "198", "136"),
        of("53", "1", "136"),
        of("53", "198", "999"),
        "/appointment_categories?insurance_id=999".to_owned(),
        "/appointment_types?appointment_category_id=9".to_owned(),
        "/appointment_types?appointment_category_id=53&insurance_id=9".to_owned(),
        "/institutions/2".to_owned(),
        "/institutions/one".to_owned(),
        "/institutions/%FF".to_owned(),
        format!("/appointments/{}", "0".repeat(28)),
        "/appointments/1".to_owned(),
        "/appointments/%00".to_owned(),
        "/nowhere".to_owned(),
        "/".to_owned(),
    ] {
        assert_eq!(refused(&anne.get(&path).await), (404, "not_found"), "{path}");
    }
    for path in ["/availabilities", "/available_days?appointment_category_id=53", "/appointment_types"] {
        let answer = anne.get(path).await;
        assert_eq!(refused(&answer), (400, "parameter_missing"), "{path}");
        assert_eq!(answer.json["invalid_fields"].as_array().map(Vec::len), Some(1));
    }
    for path in [
        of("x", "198", "136"),
        "/appointments?status=soon".to_owned(),
        "/appointments?page=0".to_owned(),
        "/appointments?per_page=-1".to_owned(),
        "/appointment_categories?born_on=1.1.2000".to_owned(),
    ] {
        assert_eq!(refused(&anne.get(&path).await), (400, "parameter_unfit"), "{path}");
    }
    assert_eq!(anne.get("/appointments?per_page=5000").await.ok()["per_page"], 100);
    let aliases = "event_category_id=53&event_type_id=198&insurance_company_id=136";
    anne.get(&format!("/availabilities?{aliases}&date=2026-03-10")).await.ok();
    let aged = anne.get("/appointment_categories?born_on=2000-01-01").await.ok();
    assert_eq!((&aged["scope"], &aged["data"][0]["id"]), (&json!("limited"), &json!(53)));
}

#[bedside_test]
async fn wrong_verbs_and_bodies_that_cannot_be_read_are_told_so(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    for (method, path) in [
        (Method::POST, "/insurances"),
        (Method::GET, "/booking"),
        (Method::PATCH, "/profile"),
        (Method::DELETE, "/appointments"),
        (Method::PUT, "/appointments/x/cancel"),
    ] {
        let answer = anne.send(method.clone(), path, |request| request).await;
        assert_eq!(refused(&answer), (405, "method_not_allowed"), "{method} {path}");
    }
    for (kind, body) in [
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/json; charset=utf-8", "\"x\""),
        ("application/x-www-form-urlencoded", "a=%FF%FE"),
        ("text/plain", "availability_id=x"),
        ("multipart/form-data; boundary=x", "--x"),
    ] {
        let answer = anne
            .send(Method::POST, "/booking", |request| request.header("content-type", kind).body(body))
            .await;
        assert_eq!(refused(&answer), (400, "body_unreadable"), "{kind} {body}");
    }
    let flag = anne.post("/booking", json!({ "availability_id": "x", "asap_list_opt_in": "perhaps" })).await;
    assert_eq!(refused(&flag), (400, "parameter_unfit"));
    let (offer, _) = anne.offered(CHOSEN, "2026-03-10").await.swap_remove(0);
    let long =
        anne.post("/booking", json!({ "availability_id": offer, "comments": "x".repeat(30_000) })).await;
    assert_eq!(refused(&long), (422, "too_large"));
    let huge =
        anne.post("/booking", json!({ "availability_id": offer, "comments": "x".repeat(70_000) })).await;
    assert_eq!(refused(&huge), (413, "too_large"));
    let unknown = anne.post("/booking", json!({ "availability_id": offer, "colour": { "deep": [1] } })).await;
    made(&unknown.ok());
    ward.settle().await;
}

#[bedside_test]
async fn the_vendors_look_survives_a_form_that_turns_plus_into_a_blank(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let vendor =
        ward.restarted_with(|settings| settings.availability_ids = flows::AvailabilityIds::Vendor).await;
    let there: Portal = anne.at(&format!("{}/api/v1", vendor.url));
    let offers = there.offered(CHOSEN, "2026-03-10").await;
    assert!(offers.iter().all(|(id, _)| id.split("--").count() == 3), "{}", offers[0].0);
    let (offer, _) = offers.iter().find(|(id, _)| id.contains('+')).expect("one of 24 has a plus");
    // As a client that does not encode what it sends.
    let raw = format!("availability_id={offer}&asap_list_opt_in=0");
    let form = "application/x-www-form-urlencoded";
    let answer =
        there.send(Method::POST, "/booking", |request| request.header("content-type", form).body(raw)).await;
    let id = made(&answer.ok());
    // The other look is read by either server.
    let again = anne.post("/booking", json!({ "availability_id": offer })).await;
    assert_eq!(made(&again.ok()), id);
    ward.settle().await;
    vendor.close().await;
}
