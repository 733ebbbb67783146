//! Every operation of the API, asked by those who are refused.

use reqwest::Method;
use serde_json::json;
use testkit::bedside_test;

use super::desk::{Desk, femke, problem};
use crate::cast::Ward;

/// Verb, path with its parameters in braces, and what is sent.
fn operations() -> Vec<(Method, String)> {
    let document = serde_json::to_value(administration::document()).expect("a document");
    let mut all = Vec::new();
    for (path, verbs) in document["paths"].as_object().expect("paths") {
        for verb in verbs.as_object().expect("verbs").keys() {
            all.push((verb.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    assert_eq!(all.len(), 35, "the document is not empty");
    all
}

#[bedside_test]
async fn nobody_and_nobody_without_the_scope_is_let_in_anywhere(ward: Ward) {
    let boss = femke(&ward.organisation("linde").await).await;
    let half = boss.token("read write").await;
    let colleagues = boss.organisation.doctor("Anna").await.token("read write").await;
    let before = ward.inventory().await;
    for (token, status, code, challenge) in [
        ("", 401, "unauthorized", "Bearer realm=\"admin\""),
        ("nobody", 401, "unauthorized", "Bearer error=\"invalid_token\""),
        (half.as_str(), 403, "insufficient_scope", "Bearer error=\"insufficient_scope\", scope=\"admin\""),
        (
            colleagues.as_str(),
            403,
            "insufficient_scope",
            "Bearer error=\"insufficient_scope\", scope=\"admin\"",
        ),
    ] {
        let desk = Desk::with(&ward, token);
        for (method, path) in operations() {
            ward.pass_a_second();
            ward.pass_a_second();
            let answer = desk.send(method.clone(), &path, Some(json!({}))).await;
            assert_eq!(problem(&answer), (status, code), "{method} {path}");
            assert_eq!(answer.header("www-authenticate"), challenge, "{method} {path}");
        }
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn what_is_another_organisations_does_not_exist_for_an_administrator(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let desk = Desk::of(&femke(&eik).await).await;
    let id = "0".repeat(8) + "-0000-0000-0000-" + &"0".repeat(12);
    let before = ward.inventory().await;
    for (method, path) in operations().into_iter().filter(|(_, path)| path.contains('{')) {
        ward.pass_a_second();
        let real = path
            .replace("{client_id}", &linde.client.hex())
            .replace("{person_id}", &anna.uuid())
            .replace("{session_id}", &id)
            .replace("{grant_id}", &id)
            .replace("{token_id}", &id)
            .replace("{role}", "doctor");
        let body = match path.as_str() {
            "/clients/{client_id}/approve" => json!({ "redirect_uris": [] }),
            path if path.ends_with("/decline") => json!({ "reason": "No." }),
            "/people/{person_id}/roles" => json!({ "role": "nurse" }),
            "/people/{person_id}/merge" | "/people/{person_id}/unmerge" => json!({ "gone": bram.uuid() }),
            _ => json!({}),
        };
        let answer = desk.send(method.clone(), &real, Some(body)).await;
        assert_eq!(problem(&answer).0, 404, "{method} {path}: {}", answer.text);
    }
    assert_eq!(ward.inventory().await, before);
    let own = desk.get("/clients").await.ok();
    assert_eq!(own.as_array().unwrap().len(), 1, "its own alone: {own}");
    assert!(!desk.get("/people").await.text.contains(&anna.uuid()));
}

#[bedside_test]
async fn odd_paths_verbs_and_bodies_are_problems_and_no_faults(ward: Ward) {
    let desk = Desk::of(&femke(&ward.organisation("linde").await).await).await;
    let client = |body: serde_json::Value| body;
    assert_eq!(problem(&desk.get("/nowhere").await), (404, "not_found"));
    assert_eq!(problem(&desk.put("/clients", json!({})).await), (405, "method_not_allowed"));
    assert_eq!(problem(&desk.get("/clients/x").await), (404, "client_not_found"));
    assert_eq!(problem(&desk.get("/people/%FF").await), (404, "not_found"));
    assert_eq!(problem(&desk.get("/people?page=-1").await), (422, "out_of_range"));
    assert_eq!(problem(&desk.get("/people?amount=0").await), (422, "out_of_range"));
    for body in [json!([]), json!({ "name": 5 }), json!({ "name": "x", "hush": 1 })] {
        ward.pass_a_second();
        let answer = desk.post("/clients", client(body)).await;
        assert_eq!(problem(&answer), (422, "wrong_type"), "{}", answer.text);
        assert!(!answer.text.contains("hush"));
    }
    let big = json!({ "name": "x".repeat(70_000) });
    assert_eq!(problem(&desk.post("/clients", big).await), (413, "too_large"));
}
