//! Who may ask what: every operation with every set of scopes, and for nobody and others.

use jiff::SignedDuration;
use portal::BASE_PATHS;
use portal::table::{CALENDAR_SUFFIX, ROWS, Row, Verb};
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

async fn ask(portal: &Portal, row: &Row, path: &str) -> Answer {
    portal
        .send(method(row), path, |request| match row.method {
            Verb::Get => request,
            _ => request.json(&json!({})),
        })
        .await
}

/// Every address of every row: below each base path, and a calendar also by the name of a file.
fn addresses(row: &Row) -> Vec<String> {
    let mut paths = vec![row.path.to_owned()];
    if row.path.ends_with("/calendar") {
        paths.push(format!("{}{CALENDAR_SUFFIX}", row.path));
    }
    paths.iter().flat_map(|path| BASE_PATHS.map(|base| format!("{base}{path}"))).collect()
}

#[bedside_test]
async fn with_every_set_of_scopes_a_row_answers_who_has_all_of_its_own_and_refuses_who_lacks_one(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (anne, full) = practice.patient("Anne").await;
    let id = full.books(CHOSEN, "2026-03-10").await;
    let tried = full.books(CHOSEN, "2026-03-11").await;
    let before = full.get(&format!("/appointments/{id}")).await.ok();
    for set in 0..8_usize {
        let given: Vec<&str> = (0..3).filter(|at| set & 1 << at != 0).map(|at| SCOPES[at]).collect();
        let asked = format!("openid {}", given.join(" "));
        let portal = practice.portal_of(&anne, asked.trim()).await.at(&ward.url);
        for (row, path) in ROWS.iter().flat_map(|row| addresses(row).into_iter().map(move |path| (row, path)))
        {
            let names: Vec<&str> = row.scopes.iter().map(|scope| scope.name()).collect();
            if names.iter().all(|name| given.contains(name)) {
                let there: &str = if path.contains("/institutions") { "1" } else { &tried };
                let answer = ask(&portal, row, &path.replace("{id}", there)).await;
                let is_covered = ![401, 403, 404, 405, 500, 503].contains(&answer.status);
                assert!(is_covered, "{given:?} {path}: {} {}", answer.status, answer.text);
                continue;
            }
            let answer = ask(&portal, row, &path.replace("{id}", &id)).await;
            assert_eq!(refused(&answer), (403, "insufficient_scope"), "{given:?} {path}");
            let challenge = answer.header("www-authenticate");
            assert!(challenge.contains(&format!("scope=\"{}\"", names.join(" "))), "{challenge}");
            assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
        }
    }
    assert_eq!(full.get(&format!("/appointments/{id}")).await.ok(), before, "nothing was done");
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
        let path = row.path.replace("{id}", &id);
        let answer = ask(&nobody, row, &path).await;
        assert_eq!(refused(&answer), (401, "invalid_token"), "{row:?}");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"portal\"");
        let answer = ask(&unknown, row, &path).await;
        assert_eq!(refused(&answer), (401, "invalid_token"), "{row:?}");
        assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""));
        if row.path.starts_with("/appointments/{id}") && !row.path.ends_with("/reschedule") {
            for other in [&bob, &carl, &doctor] {
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
