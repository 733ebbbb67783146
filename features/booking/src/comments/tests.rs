//! Which forms are forms, and which answers fit them.

use kernel::Error;
use proptest::prelude::*;

use super::{Question, faults, form};

const ALL: &str = r#"[
    {"name": "Reason", "required": true, "type": "text"},
    {"name": "More", "type": "textarea", "config": {}},
    {"name": "Ear", "type": "select", "config": {"options": ["left", "right", "both"]}},
    {"name": "I read the leaflet", "required": true, "type": "checkbox", "config": null},
    {"name": "Needs an interpreter", "type": "checkbox"},
    {"name": "Since", "type": "date"},
    {"name": "Weight", "type": "number"}
]"#;

fn answers(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())).collect()
}

/// The faults in answers, beside the two that must be given.
fn faults_in(given: &[(&str, &str)]) -> Vec<(String, &'static str)> {
    let needed = [("Reason", "My ear hurts"), ("I read the leaflet", "true")];
    let rest = needed.iter().filter(|(name, _)| !given.iter().any(|(other, _)| other == name));
    let all: Vec<_> = rest.chain(given).copied().collect();
    faults(&form(ALL).unwrap(), &answers(&all))
}

#[test]
fn a_form_keeps_its_questions_in_order() {
    let names: Vec<String> = form(ALL).unwrap().into_iter().map(|question| question.name).collect();
    assert_eq!(
        names,
        ["Reason", "More", "Ear", "I read the leaflet", "Needs an interpreter", "Since", "Weight"]
    );
    assert!(form("[]").unwrap().is_empty());
}

#[test]
fn what_is_no_form_is_refused() {
    let long = format!(r#"[{{"name": "{}", "type": "text"}}]"#, "a".repeat(201));
    let many: Vec<String> = (0..51).map(|at| format!(r#"{{"name": "{at}", "type": "text"}}"#)).collect();
    let many = format!("[{}]", many.join(","));
    for wrong in [
        "",
        "null",
        "{}",
        "[1]",
        r#"[{"type": "text"}]"#,
        r#"[{"name": "Reason"}]"#,
        r#"[{"name": " ", "type": "text"}]"#,
        r#"[{"name": "Reason", "type": "file"}]"#,
        r#"[{"name": "Reason", "type": "text"}, {"name": "Reason", "type": "date"}]"#,
        r#"[{"name": "Ear", "type": "select"}]"#,
        r#"[{"name": "Ear", "type": "select", "config": {"options": []}}]"#,
        r#"[{"name": "Ear", "type": "select", "config": {"options": ["left", "left"]}}]"#,
        r#"[{"name": "Ear", "type": "select", "config": {"options": ["left", 2]}}]"#,
        r#"[{"name": "Ear", "type": "select", "config": {"options": [""]}}]"#,
        &long,
        &many,
    ] {
        let answer = form(wrong);
        assert!(matches!(&answer, Err(Error::Invalid { field: "comment_form", .. })), "{wrong}: {answer:?}");
    }
}

#[test]
fn answers_that_fit_are_taken() {
    assert!(faults_in(&[]).is_empty());
    let all = [
        ("More", "since\nMonday"),
        ("Ear", "left"),
        ("Needs an interpreter", "false"),
        ("Since", "2026-02-28"),
        ("Weight", "-70,5"),
    ];
    assert!(faults_in(&all).is_empty());
    assert!(faults_in(&[("Ear", ""), ("Since", "  "), ("Weight", "")]).is_empty(), "blank is no answer");
}

#[test]
fn each_answer_that_does_not_fit_is_named_with_its_reason() {
    let long = "a".repeat(2_001);
    for (name, answer, why) in [
        ("Reason", " ", "must be answered"),
        ("Reason", "two\nlines", "has more than one line"),
        ("More", long.as_str(), "is too long"),
        ("Ear", "nose", "is none of the options"),
        ("I read the leaflet", "false", "must be ticked"),
        ("I read the leaflet", "", "must be answered"),
        ("Needs an interpreter", "yes", "is neither true nor false"),
        ("Since", "2026-02-30", "is no date like 2026-12-31"),
        ("Since", "28.2.2026", "is no date like 2026-12-31"),
        ("Since", "2026-02-28T10:00", "is no date like 2026-12-31"),
        ("Weight", "seventy", "is no number"),
        ("Weight", "1e3", "is no number"),
        ("Weight", ".", "is no number"),
        ("Shoe size", "42", "was not asked"),
    ] {
        assert_eq!(faults_in(&[(name, answer)]), [(name.to_owned(), why)], "{answer:?}");
    }
}

#[test]
fn a_question_is_answered_once() {
    let twice = faults_in(&[("Ear", "left"), ("Ear", "right")]);
    assert_eq!(twice, [("Ear".to_owned(), "is answered twice")]);
}

#[test]
fn where_nothing_is_asked_nothing_is_answered() {
    assert!(faults(&[], &[]).is_empty());
    assert_eq!(faults(&[], &answers(&[("Reason", "pain")])).len(), 1);
}

proptest! {
    #[test]
    fn no_form_and_no_answer_is_a_panic(json in ".{0,80}", kind in "text|select|date|number|checkbox|[a-z]{3}", answer in ".{0,40}") {
        let _ = form(&json);
        let config = serde_json::from_str(&json).unwrap_or_default();
        let question = Question { name: "Q".to_owned(), required: true, kind, config };
        let _ = faults(&[question], &answers(&[("Q", &answer)]));
    }
}
