//! An administrator and the people of the practice.

use kernel::Role;
use serde_json::{Value, json};
use testkit::bedside_test;

use super::desk::{Desk, femke, problem};
use crate::cast::{Somebody, Ward};
use crate::oauth::app::{PASSWORD, browser, sign_in, try_token};

async fn signed_in(ward: &Ward, somebody: Somebody) -> (Somebody, crate::cast::Browser) {
    let somebody = somebody.with_password(PASSWORD).await;
    let mut visit = browser(ward);
    let page = visit.open("/login").await;
    assert_eq!(sign_in(&mut visit, &page, &somebody).await.status, 200);
    (somebody, visit)
}

#[bedside_test]
async fn femke_finds_people_asks_somebody_in_and_gives_and_takes_roles(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let boss = femke(&linde).await;
    let anna = linde.doctor("Anna").await;
    linde.patient("Bram").await;
    let desk = Desk::of(&boss).await;
    let all = desk.get("/people?amount=2&page=0").await.ok();
    assert_eq!(all.as_array().unwrap().len(), 2);
    ward.settle().await;
    let found = desk.get("/people?name=ann").await.ok();
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(found[0]["id"], anna.uuid());
    assert_eq!(desk.get(&format!("/people/{}", anna.uuid())).await.ok()["role"], "doctor");

    let eva =
        desk.post("/people", json!({ "email": "eva@example.test", "role": "assistant" })).await.created();
    assert_eq!(desk.get(&format!("/people/{eva}")).await.ok()["status"], "invited");
    let again =
        desk.post("/people", json!({ "email": "Eva@example.test", "role": "assistant" })).await.created();
    assert_eq!(again, eva, "the same person");
    for (email, role, code) in
        [("eva", "assistant", "email_unfit"), ("x@example.test", "doctor", "role_not_invited")]
    {
        let refused = desk.post("/people", json!({ "email": email, "role": role })).await;
        assert_eq!(problem(&refused), (422, code));
    }

    let roles = format!("/people/{}/roles", anna.uuid());
    let token = anna.token("read").await;
    assert_eq!(desk.post(&roles, json!({ "role": "auditor" })).await.status, 204);
    assert_eq!(problem(&desk.post(&roles, json!({ "role": "auditor" })).await), (409, "member_already"));
    assert_eq!(problem(&desk.post(&roles, json!({ "role": "partner" })).await), (422, "role_not_given"));
    assert_eq!(try_token(&ward, &ward.url, &token).await, 200);
    assert_eq!(desk.delete(&format!("{roles}/auditor")).await.status, 204);
    ward.pass_a_second();
    assert_eq!(try_token(&ward, &ward.url, &token).await, 401, "it was allowed with everything that she was");
    assert_eq!(problem(&desk.delete(&format!("{roles}/auditor")).await).0, 404);
    let own = format!("/people/{}/roles/administrator", boss.uuid());
    assert_eq!(problem(&desk.delete(&own).await), (409, "oneself"));
    let own = format!("/people/{}/roles", boss.uuid());
    assert_eq!(problem(&desk.post(&own, json!({ "role": "doctor" })).await), (409, "oneself"));
    ward.settle().await;
}

#[bedside_test]
async fn who_is_shut_out_comes_in_again_only_when_they_are_let_in(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let boss = femke(&linde).await;
    let desk = Desk::of(&boss).await;
    let (anna, chris) = (linde.doctor("Anna").await, linde.doctor("Chris").await);
    eik.member(&chris, Role::Doctor).await;
    let token = anna.token("read").await;
    let act = |who: &Somebody, act: &str| format!("/people/{}/{act}", who.uuid());
    assert_eq!(desk.post(&act(&anna, "disable"), json!({})).await.status, 204);
    ward.pass_a_second();
    assert_eq!(try_token(&ward, &ward.url, &token).await, 401);
    let listed = desk.get("/people").await.ok();
    let of_anna = listed.as_array().unwrap().iter().find(|one| one["id"] == anna.uuid()).unwrap();
    assert_eq!(of_anna["status"], "ended");
    assert_eq!(desk.post(&act(&anna, "enable"), json!({})).await.status, 204);
    anna.token("read").await;
    for (who, code) in [(&chris, "belongs_elsewhere"), (&boss, "oneself")] {
        assert_eq!(problem(&desk.post(&act(who, "disable"), json!({})).await), (409, code));
    }
    assert_eq!(desk.get("/people").await.status, 200, "and she is still there");
}

#[bedside_test]
async fn femke_signs_somebody_out_and_takes_back_what_they_allowed(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let desk = Desk::of(&femke(&linde).await).await;
    let (bram, mut visit) = signed_in(&ward, linde.patient("Bram").await).await;
    let other = Desk::of(&femke(&eik).await).await;
    let of = format!("/people/{}", bram.uuid());
    let sessions = desk.get(&format!("{of}/sessions")).await.ok();
    assert_eq!(sessions.as_array().unwrap().len(), 1);
    let one = format!("{of}/sessions/{}", sessions[0]["id"].as_str().unwrap());
    assert_eq!(problem(&other.delete(&one).await).0, 404);
    assert_eq!(visit.open("/account").await.status, 200);
    assert_eq!(desk.delete(&one).await.status, 204);
    assert!(visit.open("/account").await.path.starts_with("/login"));
    assert_eq!(problem(&desk.delete(&one).await).0, 404, "it has ended");

    let (_, mut visit) = signed_in(&ward, bram.clone()).await;
    assert_eq!(desk.delete(&format!("{of}/sessions")).await.status, 204);
    assert!(visit.open("/account").await.path.starts_with("/login"));

    let token = bram.token("read").await;
    let grants = desk.get(&format!("{of}/grants")).await.ok();
    assert_eq!(grants[0]["client_id"], linde.client.hex());
    let grant = format!("{of}/grants/{}", grants[0]["id"].as_str().unwrap());
    assert_eq!(problem(&other.delete(&grant).await).0, 404);
    assert_eq!(try_token(&ward, &ward.url, &token).await, 200);
    assert_eq!(desk.delete(&grant).await.status, 204);
    ward.pass_a_second();
    assert_eq!(try_token(&ward, &ward.url, &token).await, 401);
    assert_eq!(desk.get(&format!("{of}/grants")).await.ok(), json!([]));
}

#[bedside_test]
async fn who_is_no_administrator_any_more_is_refused_with_a_token_of_before(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (boss, noor) = (femke(&linde).await, linde.somebody("Noor", "Bos", Role::Administrator).await);
    linde.member(&noor, Role::Doctor).await;
    let (first, second) = (Desk::of(&boss).await, Desk::of(&noor).await);
    assert_eq!(second.get("/clients").await.status, 200);
    let role = format!("/people/{}/roles/administrator", noor.uuid());
    assert_eq!(first.delete(&role).await.status, 204);
    ward.pass_a_second();
    assert_eq!(problem(&second.get("/clients").await), (401, "unauthorized"));
}

#[bedside_test]
async fn an_administrator_notes_and_reads_what_practices_ask_for(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (bram, desk) = (linde.patient("Bram").await, Desk::of(&femke(&linde).await).await);
    let here = format!("/people/{}/details", bram.uuid());
    assert_eq!(desk.get(&here).await.ok()["born_on"], Value::Null);
    let noted = desk
        .put(
            &here,
            json!({ "gender": "male", "born_on": "1980-02-03", "country": "nl", "phone": " 030 123 " }),
        )
        .await;
    assert_eq!((noted.status, noted.text.as_str()), (204, ""));
    let known = desk.get(&here).await.ok();
    assert_eq!(
        (&known["country"], &known["phone"], &known["city"]),
        (&json!("NL"), &json!("030 123"), &Value::Null)
    );
    for (unfit, code) in [
        (json!({ "gender": "unknown" }), "gender_unknown"),
        (json!({ "born_on": "1980-02-30" }), "born_on_unfit"),
        (json!({ "born_on": "2099-01-01" }), "born_on_unfit"),
        (json!({ "country": "Holland" }), "country_unfit"),
        (json!({ "phone": "call me" }), "phone_unfit"),
        (json!({ "city": "x".repeat(300) }), "name_length"),
        (json!({ "colour": "blue" }), "wrong_type"),
    ] {
        assert_eq!(problem(&desk.put(&here, unfit).await), (422, code));
    }
    assert_eq!(desk.get(&here).await.ok(), known, "nothing of it was noted");
    desk.put(&here, json!({})).await;
    assert_eq!(desk.get(&here).await.ok()["country"], Value::Null);
}
