//! An administrator and what the practice is called, speaks and asks of people.

use identity::policies;
use kernel::Role;
use serde_json::{Value, json};
use testkit::bedside_test;

use super::desk::{Desk, femke, problem};
use crate::cast::Ward;
use crate::oauth::app::{PASSWORD, browser, sign_in};
use crate::secrecy::access_log::lines;

const HERE: &str = "/organisation";

#[bedside_test]
async fn femke_changes_what_her_practice_is_called_and_speaks_and_another_practice_stays(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let boss = femke(&linde).await;
    let (desk, other) = (Desk::of(&boss).await, Desk::of(&femke(&eik).await).await);
    let before = other.get(HERE).await.ok();
    let shown = desk.get(HERE).await.ok();
    assert_eq!((&shown["slug"], &shown["name"]), (&json!("linde"), &json!("Praktijk linde")));
    assert_eq!((&shown["session_idle_minutes"], &shown["session_life_hours"]), (&json!(30), &json!(12)));
    let change = json!({ "name": "De Linde", "languages": ["fr", "nl"], "session_idle_minutes": 10 });
    let changed = desk.put(HERE, change).await.ok();
    assert_eq!((&changed["name"], &changed["languages"]), (&json!("De Linde"), &json!(["fr", "nl"])));
    assert_eq!(changed["time_zone"], "Europe/Amsterdam", "what is left out stays");
    assert_eq!((&changed["session_idle_minutes"], &changed["session_life_hours"]), (&json!(10), &json!(12)));
    assert_eq!(desk.get(HERE).await.ok(), changed);
    assert_eq!(other.get(HERE).await.ok(), before);
    let told = lines(&ward).await;
    let what = Some("organisation changed: idle 10 minutes, life 12 hours");
    let mine: Vec<_> = told.iter().filter(|line| line.reason.as_deref() == what).collect();
    assert_eq!(mine.len(), 1);
    assert_eq!((mine[0].organisation, mine[0].person), (linde.id, Some(boss.id)));
}

#[bedside_test]
async fn what_does_not_fit_changes_nothing_of_the_organisation(ward: Ward) {
    let desk = Desk::of(&femke(&ward.organisation("linde").await).await).await;
    let before = desk.get(HERE).await.ok();
    let with = |name: &str, value: Value| {
        let mut all = json!({ "name": "Other", "time_zone": "Europe/Brussels" });
        all[name] = value;
        all
    };
    for (name, value, code) in [
        ("name", json!(" "), "name_length"),
        ("name", json!("x".repeat(201)), "name_length"),
        ("name", json!("De\u{202e}Linde"), "name_unfit"),
        ("time_zone", json!("Europe/Nowhere"), "time_zone_unknown"),
        ("languages", json!([]), "languages_missing"),
        ("languages", json!(["nl", "klingon"]), "language_unknown"),
        ("session_idle_minutes", json!(4), "session_idle_unfit"),
        ("session_idle_minutes", json!(721), "session_idle_unfit"),
        ("session_life_hours", json!(0), "session_life_unfit"),
        ("session_life_hours", json!(721), "session_life_unfit"),
        ("slug", json!("eik"), "wrong_type"),
        ("sandbox", json!(false), "wrong_type"),
    ] {
        ward.pass_a_second();
        assert_eq!(problem(&desk.put(HERE, with(name, value.clone())).await), (422, code), "{name} {value}");
    }
    assert_eq!(desk.get(HERE).await.ok(), before);
}

#[bedside_test]
async fn a_session_that_begins_afterwards_lives_by_the_new_limit(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let desk = Desk::of(&femke(&linde).await).await;
    desk.put(HERE, json!({ "session_idle_minutes": 5 })).await.ok();
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let mut visit = browser(&ward);
    let page = visit.open("/login").await;
    assert_eq!(sign_in(&mut visit, &page, &bram).await.status, 200);
    ward.clock.pass(jiff::SignedDuration::from_mins(4));
    assert_eq!(visit.open("/account").await.status, 200);
    ward.clock.pass(jiff::SignedDuration::from_mins(7));
    assert!(visit.open("/account").await.path.starts_with("/login"));
}

#[bedside_test]
async fn femke_chooses_of_whom_two_factors_are_asked(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let desk = Desk::of(&femke(&linde).await).await;
    let choose =
        async |roles: Value| desk.put("/organisation/second-factor", json!({ "roles": roles })).await;
    let asked = async || {
        let read = ward.house.db.read(linde.id, |tx, id| Box::pin(policies::second_factor_roles(tx, *id)));
        read.await.unwrap()
    };
    assert_eq!(desk.get(HERE).await.ok()["second_factor_roles"], json!([]), "a sandbox asks nobody");
    let chosen = choose(json!(["doctor", "nurse"])).await.ok();
    assert_eq!(chosen["second_factor_roles"], json!(["doctor", "nurse"]));
    for (roles, code) in
        [(json!(["king"]), "role_unknown"), (json!(["partner"]), "role_unfit"), (json!(5), "wrong_type")]
    {
        assert_eq!(problem(&choose(roles).await), (422, code));
    }
    assert_eq!(asked().await, [Role::Doctor, Role::Nurse]);
    choose(json!([])).await.ok();
    assert!(asked().await.is_empty());
    let told = lines(&ward).await;
    for what in ["second factor policy set: doctor nurse", "second factor policy set: nobody"] {
        let count = told.iter().filter(|line| line.reason.as_deref() == Some(what)).count();
        assert_eq!(count, 1, "{what}");
    }
}

#[bedside_test]
async fn an_administrator_of_one_practice_chooses_nothing_for_another_where_they_work_too(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let boss = femke(&linde).await;
    eik.member(&boss, Role::Doctor).await;
    Desk::of(&boss).await.put("/organisation/second-factor", json!({ "roles": ["doctor"] })).await.ok();
    let there = ward.house.db.read(eik.id, |tx, id| Box::pin(policies::second_factor_roles(tx, *id)));
    assert!(there.await.unwrap().is_empty());
}
