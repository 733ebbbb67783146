//! What was said to who waited, asked of them and made of them is so of the one whom they turned out to be.

use kernel::{PersonId, Role};
use serde_json::{Value, json};
use testkit::bedside_test;

use super::accounts::accept;
use super::{known, newest_link, sign_up};
use crate::cast::{Kpn, Somebody, Ward};
use crate::oauth::app::PASSWORD;

/// Of how many words an id is found.
async fn count_words_of(ward: &Ward, person: PersonId) -> i64 {
    let read = ward.house.db.read(person, |tx, person| {
        Box::pin(async move {
            let sql = "SELECT COUNT(*) FROM search_tokens WHERE object = $1";
            tx.one(sql, &store::args![person], |row| row.get::<i64>(0)).await
        })
    });
    read.await.expect("a count").expect("a count")
}

async fn called(client: &Kpn, name: &str) -> Vec<String> {
    let found = client.post("me/contacts/search", json!({ "name": name })).await.ok();
    let found = found.as_array().expect("people").iter();
    found.map(|user| user["id"].as_str().expect("an id").to_owned()).collect()
}

/// Bram, who has an account elsewhere, and the id under which he waits here.
async fn invited(ward: &Ward, client: &Kpn, new: Value) -> (Somebody, String, String) {
    let bram = ward.organisation("eik").await.patient("Bram").await.with_password(PASSWORD).await;
    let mut new = new;
    new["email"] = json!(bram.email);
    let waited = client.post("users/invite/private", new).await.created();
    let link = newest_link(ward).await;
    (bram, waited, link)
}

#[bedside_test]
async fn who_names_themselves_is_found_by_that_name(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let client = linde.doctor("Anna").await.kpn().await;
    let new = json!({ "email": "daan@example.test" });
    let daan = client.post("users/invite/private", new).await.created();
    ward.settle().await;
    assert_eq!(called(&client, "smit").await, Vec::<String>::new());
    let link = newest_link(&ward).await;
    sign_up(&ward, &link, &[("first_name", "Daan"), ("last_name", "Smit")]).await;
    ward.settle().await;
    assert_eq!(called(&client, "smit").await, [daan]);
}

#[bedside_test]
async fn nothing_is_left_of_the_names_of_who_turned_out_to_be_somebody_else(ward: Ward) {
    let client = ward.organisation("linde").await.doctor("Anna").await.kpn().await;
    let named = json!({ "first_name": "Abraham", "last_name": "Boer" });
    let (bram, waited, link) = invited(&ward, &client, named).await;
    let id = PersonId::from_uuid(&waited).expect("an id");
    ward.settle().await;
    assert_eq!(called(&client, "abraham").await, [waited]);
    assert!(count_words_of(&ward, id).await > 0);
    accept(&ward, &bram, &link).await;
    assert_eq!(count_words_of(&ward, id).await, 0);
    ward.settle().await;
    assert_eq!(count_words_of(&ward, id).await, 0);
    assert_eq!(called(&client, "abraham").await, Vec::<String>::new());
    assert_eq!(called(&client, "bram").await, [bram.uuid()]);
}

#[bedside_test]
async fn all_that_who_waited_was_made_they_are(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let client = linde.doctor("Anna").await.kpn().await;
    let (bram, waited, link) = invited(&ward, &client, json!({ "last_name": "B." })).await;
    let waited = PersonId::from_uuid(&waited).expect("an id");
    let added = ward.house.db.write((linde.id, waited), |tx, (organisation, waited)| {
        Box::pin(identity::memberships::add(
            tx,
            identity::By::Operator,
            *organisation,
            *waited,
            Role::Interpreter,
            "tolk Turks",
        ))
    });
    added.await.expect("a second role");
    accept(&ward, &bram, &link).await;
    let all = ward
        .house
        .db
        .read(bram.id, |tx, person| Box::pin(identity::memberships::of_person(tx, *person)))
        .await
        .expect("roles");
    let here = all.iter().filter(|one| one.organisation == linde.id);
    let mut here: Vec<_> = here.map(|one| (one.role.name(), one.position.as_str())).collect();
    here.sort_unstable();
    assert_eq!(here, [("interpreter", "tolk Turks"), ("patient", "")]);
    ward.settle().await;
}

#[bedside_test]
async fn what_was_asked_of_who_waited_they_answer_and_whom_it_spoke_to_they_are(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let client = anna.kpn().await;
    let (bram, waited, link) =
        invited(&ward, &client, json!({ "last_name": "B.", "invite_text": "Dag" })).await;
    let chat = format!("conversations/{waited}");
    let options = json!([{ "name": "ja", "label": "Ja" }, { "name": "nee", "label": "Nee" }]);
    let body = format!("Komt u, [mention={waited}]?");
    let question = json!({ "users": [waited], "options": options });
    let asked = client.post(&format!("{chat}/messages"), json!({ "body": body, "question": question })).await;
    let asked = asked.created();
    ward.pass_a_second();
    let who = json!({ "user_id": waited, "provider_id": "sandbox" });
    let proof = client.post(&format!("{chat}/verification"), who).await.created();
    let inside = accept(&ward, &bram, &link).await;
    assert!(inside.text.contains("@Bram de Boer") && inside.text.contains("Nee"), "{}", inside.text);
    assert!(inside.text.contains(&format!("/messages/{asked}/answer")), "its buttons: {}", inside.text);
    assert!(inside.text.contains(&format!("/verify/with/{}/{proof}", anna.uuid())), "{}", inside.text);

    let there = known(&linde, &bram.uuid(), &bram.email).kpn().await;
    let message = format!("conversations/{}/messages/{asked}", anna.uuid());
    let shown = there.get(&message).await.ok();
    assert_eq!(shown["payload"]["users"], json!([bram.uuid()]));
    assert_eq!(shown["body"], format!("Komt u, [mention={}]?", bram.uuid()));
    assert_eq!(shown["mentions"][0]["id"], json!(bram.uuid()));
    let own = client.post(&format!("{chat}/messages/{asked}/answer"), json!({ "options": ["nee"] })).await;
    assert_eq!(own.refused(), (403, "not_asked"));
    there.post(&format!("{message}/answer"), json!({ "options": ["ja"] })).await.ok();
    let answers = client.get(&format!("{chat}/messages/{asked}")).await.ok()["payload"]["answers"].clone();
    assert_eq!(answers[0]["user_id"], json!(bram.uuid()));

    let mut visit = super::accounts::signed_in(&ward, &bram).await;
    let page = visit.open(&format!("/verify/with/{}/{proof}", anna.uuid())).await;
    visit.submit(&page, &[("answer", "accept")]).await;
    let payload = client.get(&format!("{chat}/messages/{proof}")).await.ok()["payload"].clone();
    assert_eq!((&payload["status"], &payload["user_id"]), (&json!("accepted"), &json!(bram.uuid())));
    ward.settle().await;
}
