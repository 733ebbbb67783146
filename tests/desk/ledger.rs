//! Every operation of the API, asked by those who are refused.

use kernel::Role;
use reqwest::Method;
use serde_json::json;
use testkit::bedside_test;

use super::program::Program;
use crate::admin::desk::{femke, problem};
use crate::cast::Ward;

/// Verb, path with its parameters in braces.
fn operations() -> Vec<(Method, String)> {
    let document = serde_json::to_value(::desk::document()).expect("a document");
    let mut all = Vec::new();
    for (path, verbs) in document["paths"].as_object().expect("paths") {
        for verb in verbs.as_object().expect("verbs").keys() {
            all.push((verb.to_uppercase().parse().unwrap(), path.clone()));
        }
    }
    assert!(all.len() > 30, "the document is not empty");
    all
}

/// What names nothing.
fn nothing(path: &str) -> String {
    let mut path = match path {
        "/waiting-list/figures" => format!("{path}?from=2026-12-01&to=2026-12-24"),
        "/appointments" => format!("{path}?status=pending"),
        path if path.starts_with("/days/") => path.replace("{date}", "2026-12-24") + "?institution=9",
        path => path.replace("{day}", "2026-12-24"),
    };
    while let Some((before, rest)) = path.split_once('{') {
        let after = rest.split_once('}').expect("a brace").1;
        path = format!("{before}00000000-0000-0000-0000-000000000000{after}");
    }
    path
}

/// Whether it is for who works at the desk, and not for who administers.
fn is_of_patients(path: &str) -> bool {
    let parts = ["/appointments", "/holds", "/days/", "/patients/"];
    parts.iter().any(|part| path.contains(part))
}

#[bedside_test]
async fn nobody_and_nobody_without_the_scope_is_let_in_anywhere(ward: Ward) {
    let boss = femke(&ward.organisation("linde").await).await;
    let admin = boss.token("read write admin").await;
    let before = ward.inventory().await;
    for (token, status, code, challenge) in [
        ("", 401, "unauthorized", "Bearer realm=\"desk\""),
        ("nobody", 401, "unauthorized", "Bearer error=\"invalid_token\""),
        (admin.as_str(), 403, "insufficient_scope", "Bearer error=\"insufficient_scope\", scope=\"desk\""),
    ] {
        let program = Program::with(&ward, token);
        for (method, path) in operations() {
            ward.pass_a_second();
            let answer = program.send(method.clone(), &path, Some(json!({}))).await;
            assert_eq!(problem(&answer), (status, code), "{method} {path}");
            assert_eq!(answer.header("www-authenticate"), challenge, "{method} {path}");
        }
    }
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn what_is_not_there_is_a_problem_and_so_is_what_cannot_be_read(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let program = Program::of(&femke(&linde).await).await;
    let sanne = Program::of(&linde.somebody("Sanne", "Assistent", Role::Assistant).await).await;
    for (method, path) in operations() {
        let program = if is_of_patients(&path) { &sanne } else { &program };
        let answer = program.send(method.clone(), &nothing(&path), Some(json!({ "hush": 1 }))).await;
        if path.contains('{') || method != Method::GET {
            let (status, code) = problem(&answer);
            let is_right = status == 404 || (status, code) == (422, "wrong_type");
            assert!(is_right, "{method} {path}: {}", answer.text);
            assert!(!answer.text.contains("hush"));
        } else {
            assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text);
        }
    }
    assert_eq!(problem(&program.get("/nowhere").await), (404, "not_found"));
    assert_eq!(problem(&program.delete("/settings").await), (405, "method_not_allowed"));
    assert_eq!(problem(&program.get("/resources/x").await), (404, "resource_not_found"));
    assert_eq!(problem(&program.get("/absences?from=yesterday").await), (422, "day_unfit"));
    let big = json!({ "name": "x".repeat(70_000), "time_zone": "Europe/Amsterdam" });
    assert_eq!(problem(&program.post("/institutions", big).await), (413, "too_large"));
}
