//! Who may ask what: every operation with every set of scopes, and for nobody and others.

use jiff::SignedDuration;
use portal::table::{ROWS, Row, Verb};
use reqwest::Method;
use serde_json::json;
use testkit::bedside_test;

use super::practice::{ALL, CHOSEN, Portal, Practice, refused};
use crate::cast::{Answer, Ward};

const SCOPES: [&str; 3] = ["profile_read", "appointment_read", "appointment_write"];

fn method(row: &Row) -> Method {
    match row.method {
        Verb::Get => Method::GET,
        Verb::Post => Method::POST,
        Verb::Put => Method::PUT,
        Verb::Delete => Method::DELETE,
    }
}

async fn ask(portal: &Portal, row: &Row, id: &str) -> Answer {
    let path = row.path.replace("{id}", id);
    portal
        .send(method(row), &path, |request| match row.method {
            Verb::Get => request,
            _ => request.json(&json!({})),
        })
        .await
}

#[bedside_test]
async fn a_token_that_lacks_any_scope_of_a_row_is_refused_there_whatever_else_it_has(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (anne, full) = practice.patient("Anne").await;
    let id = full.books(CHOSEN, "2026-03-10").await;
    let before = full.get(&format!("/appointments/{id}")).await.ok();
    for set in 0..8_usize {
        let given: Vec<&str> = (0..3).filter(|at| set & 1 << at != 0).map(|at| SCOPES[at]).collect();
        let asked = format!("openid {}", given.join(" "));
        let portal = practice.portal_of(&anne, asked.trim()).await;
        for row in &ROWS {
            let names: Vec<&str> = row.scopes.iter().map(|scope| scope.name()).collect();
            if names.iter().all(|name| given.contains(name)) {
                continue;
            }
            let answer = ask(&portal, row, &id).await;
            assert_eq!(refused(&answer), (403, "insufficient_scope"), "{given:?} {row:?}");
            let challenge = answer.header("www-authenticate");
            assert!(challenge.contains(&format!("scope=\"{}\"", names.join(" "))), "{challenge}");
            assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
        }
    }
    assert_eq!(full.get(&format!("/appointments/{id}")).await.ok(), before, "nothing was done");
    ward.settle().await;
}

#[bedside_test]
async fn what_a_token_covers_is_not_refused_for_its_scopes(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (anne, full) = practice.patient("Anne").await;
    let id = full.books(CHOSEN, "2026-03-10").await;
    for row in &ROWS {
        let names: Vec<&str> = row.scopes.iter().map(|scope| scope.name()).collect();
        let portal = practice.portal_of(&anne, &names.join(" ")).await;
        let answer = ask(&portal, row, if row.path.starts_with("/institutions") { "1" } else { &id }).await;
        assert!(
            ![401, 403, 404, 405, 500, 503].contains(&answer.status),
            "{row:?}: {} {}",
            answer.status,
            answer.text
        );
    }
    ward.settle().await;
}

#[bedside_test]
async fn nobody_and_others_get_nothing_of_an_appointment(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let (_, bob) = practice.patient("Bob").await;
    let elsewhere = Practice::open(&ward, "blue").await;
    let (_, carl) = elsewhere.patient("Carl").await;
    let doctor = practice.organisation.doctor("Green").await.with_password(crate::oauth::app::PASSWORD).await;
    let doctor = practice.portal_of(&doctor, ALL).await;
    let id = anne.books(CHOSEN, "2026-03-10").await;
    let here = format!("/appointments/{id}");
    let before = anne.get(&here).await.ok();
    let nobody = Portal::new(&ward, "");
    let unknown = Portal::new(&ward, "nonsense");
    for row in &ROWS {
        let answer = ask(&nobody, row, &id).await;
        assert_eq!(refused(&answer), (401, "invalid_token"), "{row:?}");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"portal\"");
        let answer = ask(&unknown, row, &id).await;
        assert_eq!(refused(&answer), (401, "invalid_token"), "{row:?}");
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
        if row.path.starts_with("/appointments/{id}") && !row.path.ends_with("/reschedule") {
            for other in [&bob, &carl, &doctor] {
                let path = row.path.replace("{id}", &id);
                let answer = other
                    .send(method(row), &path, |request| request.json(&json!({ "email": "x@example.org" })))
                    .await;
                assert_eq!(refused(&answer), (404, "not_found"), "{row:?}");
            }
        }
    }
    // To move somebody else's, with a time of one's own.
    for (other, day) in [(&bob, "2026-03-11"), (&carl, "2026-03-11")] {
        let (offer, _) = other.offered(CHOSEN, day).await.swap_remove(0);
        let answer = other.post(&format!("{here}/reschedule"), json!({ "availability_id": offer })).await;
        assert_eq!(refused(&answer), (404, "not_found"));
    }
    assert_eq!(anne.get(&here).await.ok(), before);
    ward.clock.pass(SignedDuration::from_secs(1));
    ward.settle().await;
}
