//! Auxiliary ids: private to an application in an organisation, and no right to anything.

use serde_json::{Value, json};
use testkit::bedside_test;

use crate::cast::{Kpn, Organisation, Somebody, Ward, encoded};

struct Scene {
    linde: Organisation,
    anna: Somebody,
    bram: Somebody,
    client: Kpn,
}

impl Scene {
    async fn of(ward: &Ward) -> Self {
        let linde = ward.organisation("linde").await;
        let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
        let client = anna.kpn().await;
        Self { linde, anna, bram, client }
    }
}

async fn name(client: &Kpn, person: &Somebody, aux_id: &str) {
    client.put(&format!("users/{}/aux", person.uuid()), json!({ "aux_id": aux_id })).await.ok();
}

async fn begin(ward: &Ward, client: &Kpn, aux_id: &str, members: &[&Somebody]) -> String {
    ward.pass_a_second();
    let members: Vec<String> = members.iter().map(|one| one.uuid()).collect();
    let new = json!({ "subject": "Wondzorg", "aux_id": aux_id, "members": members });
    client.post("aux/groupchats", new).await.created()
}

async fn found(client: &Kpn, aux_id: &str) -> Option<String> {
    let answer = client.get(&format!("aux/users/{}", encoded(aux_id))).await;
    if answer.status == 200 {
        return answer.json["id"].as_str().map(str::to_owned);
    }
    assert_eq!(answer.refused(), (404, "user_not_found"));
    None
}

#[bedside_test]
async fn another_application_and_another_organisation_find_nothing_of_it(ward: Ward) {
    let scene = Scene::of(&ward).await;
    name(&scene.client, &scene.bram, "42").await;
    let group = begin(&ward, &scene.client, "42", &[&scene.bram]).await;
    let other = scene.anna.through(&scene.linde.with_another_client().await).kpn().await;
    let eva = ward.organisation("eik").await.doctor("Eva").await.kpn().await;
    for stranger in [&other, &eva] {
        for (path, error) in [
            ("aux/users/42", "user_not_found"),
            ("aux/conversations/42", "conversation_not_found"),
            ("aux/conversations/42/messages", "conversation_not_found"),
            ("aux/groupchats/42", "groupchat_not_found"),
            ("aux/groupchats/42/members", "groupchat_not_found"),
        ] {
            assert_eq!(stranger.get(path).await.refused(), (404, error), "{path}");
        }
        for path in
            ["aux/groupchats", "aux/groupchats?aux_id=42", "aux/conversations", "aux/conversations?aux_id=42"]
        {
            assert_eq!(stranger.get(path).await.ok(), json!([]), "{path}");
        }
        ward.pass_a_second();
    }
    let shown = other.get(&format!("groupchats/{group}")).await.ok();
    assert!(shown["aux_id"].is_null() && !shown.to_string().contains("aux_id"), "{shown}");

    // The other application's own names of the same people are its own affair.
    name(&other, &scene.anna, "42").await;
    assert_eq!(found(&other, "42").await, Some(scene.anna.uuid()));
    assert_eq!(found(&scene.client, "42").await, Some(scene.bram.uuid()));
}

#[bedside_test]
async fn a_name_that_is_in_use_goes_over_to_the_new_holder_whose_earlier_one_is_replaced(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let (client, chris) = (&scene.client, scene.linde.patient("Chris").await);
    name(client, &scene.bram, "1").await;
    name(client, &chris, "2").await;
    name(client, &chris, "1").await;
    assert_eq!(found(client, "1").await, Some(chris.uuid()));
    assert_eq!(found(client, "2").await, None, "replaced");
    let bram = client.get(&format!("users/{}", scene.bram.uuid())).await.ok();
    assert!(bram["aux_id"].is_null(), "who lost it has none: {bram}");
    ward.pass_a_second();
    let path = format!("users/{}/aux", chris.uuid());
    client.delete(&path, json!({ "aux_id": "2" })).await.ok();
    assert_eq!(found(client, "1").await, Some(chris.uuid()), "another one was to go");
    client.delete(&path, json!({ "aux_id": "1" })).await.ok();
    assert_eq!(found(client, "1").await, None);
    client.delete(&path, json!({})).await.ok();
    name(client, &scene.bram, "1").await;
    name(client, &scene.bram, "1").await;
    client.delete(&format!("users/{}/aux", scene.bram.uuid()), json!({})).await.ok();
    assert_eq!(found(client, "1").await, None, "whichever it was");
}

#[bedside_test]
async fn ids_are_opaque_to_the_last_byte(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut people = Vec::new();
    let odd = ["a", "A", " a", "a ", "a/b", "a%2Fb", "ä", "a\u{308}", "..", "%", "\u{0}", "💉"];
    for (number, aux_id) in odd.into_iter().enumerate() {
        let person = scene.linde.patient(&format!("Chris{number}")).await;
        name(&scene.client, &person, aux_id).await;
        people.push(person);
    }
    for (person, aux_id) in people.iter().zip(odd) {
        ward.pass_a_second();
        if aux_id == ".." {
            // A client of the tests would walk up; the vendor's send it as it is.
            continue;
        }
        assert_eq!(found(&scene.client, aux_id).await, Some(person.uuid()), "{aux_id:?}");
    }
}

#[bedside_test]
async fn one_name_may_be_several_groups_of_which_the_newest_answers_and_all_are_listed(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let client = &scene.client;
    let first = begin(&ward, client, "zaak", &[&scene.bram]).await;
    let second = begin(&ward, client, "zaak", &[]).await;
    let third = begin(&ward, client, "andere", &[]).await;
    let ids = |list: Value| -> Vec<String> {
        let mut ids: Vec<String> =
            list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        ids.sort_unstable();
        ids
    };
    let sorted = |mut ids: Vec<String>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(client.get("aux/groupchats/zaak").await.ok()["id"], second);
    let listed = client.get("aux/groupchats?aux_id=zaak").await.ok();
    assert_eq!(ids(listed), sorted(vec![first.clone(), second.clone()]));
    assert_eq!(ids(client.get("aux/groupchats").await.ok()).len(), 3);
    assert_eq!(client.get("aux/groupchats?amount=1&page=1").await.ok().as_array().unwrap().len(), 1);
    ward.pass_a_second();

    // Dana is in the first alone: for her it is the newest of this name.
    let dana = scene.linde.doctor("Dana").await;
    client.put(&format!("groupchats/{first}/members"), json!({ "members": [dana.uuid()] })).await.ok();
    ward.pass_a_second();
    let dana = dana.kpn().await;
    assert_eq!(dana.get("aux/groupchats/zaak").await.ok()["id"], first);
    assert_eq!(dana.get("aux/groupchats/andere").await.refused(), (404, "groupchat_not_found"));

    // Bram is in it, too, and cannot try what it is called.
    let bram = scene.bram.kpn().await;
    let shown = bram.get(&format!("groupchats/{first}")).await.ok();
    assert!(!shown.to_string().contains("aux_id"), "patients are not told what anybody is called");
    assert_eq!(bram.get("aux/groupchats/zaak").await.refused(), (404, "groupchat_not_found"));
    for list in ["aux/groupchats", "aux/groupchats?aux_id=zaak", "aux/conversations"] {
        assert_eq!(bram.get(list).await.ok(), json!([]), "{list}");
    }

    // A name is added to a group that is there, taken away, and replaced.
    let plain = client.post("groupchats", json!({ "subject": "Later" })).await.created();
    client.put(&format!("groupchats/{plain}/aux"), json!({ "aux_id": "later" })).await.ok();
    assert_eq!(client.get("aux/groupchats/later").await.ok()["id"], plain);
    client.put(&format!("groupchats/{third}/aux"), json!({ "aux_id": "later" })).await.ok();
    assert_eq!(client.get("aux/groupchats/andere").await.refused(), (404, "groupchat_not_found"));
    ward.pass_a_second();
    client.delete(&format!("groupchats/{plain}/aux"), json!({ "aux_id": "later" })).await.ok();
    assert_eq!(client.get("aux/groupchats/later").await.ok()["id"], third);
    client.delete(&format!("groupchats/{third}/aux"), json!({})).await.ok();
    assert_eq!(client.get("aux/groupchats/later").await.refused(), (404, "groupchat_not_found"));
}

#[bedside_test]
async fn a_conversation_begins_with_the_first_message_to_a_name(ward: Ward) {
    let scene = Scene::of(&ward).await;
    name(&scene.client, &scene.bram, "p/1").await;
    let before = ward.inventory().await;
    let unbegun = scene.client.get("aux/conversations/p%2F1").await.ok();
    assert_eq!((&unbegun["id"], &unbegun["aux_id"]), (&json!(scene.bram.uuid()), &json!("p/1")));
    assert_eq!(scene.client.texts("aux/conversations/p%2F1").await, Vec::<String>::new());
    assert_eq!(scene.client.get("aux/conversations").await.ok(), json!([]));
    assert_eq!(ward.inventory().await, before);
    scene.client.say("aux/conversations/p%2F1", "Goedemorgen").await;
    let (bram, to_anna) = (scene.bram.kpn().await, format!("conversations/{}", scene.anna.uuid()));
    assert_eq!(bram.texts(&to_anna).await, ["Goedemorgen"]);
    scene.client.put("aux/conversations/p%2F1/read", json!({})).await.ok();
    assert_eq!(scene.client.get("aux/conversations?aux_id=p%2F1").await.ok()[0]["id"], scene.bram.uuid());
    assert_eq!(scene.client.get("aux/conversations?aux_id=p").await.ok(), json!([]));
}

#[bedside_test]
async fn names_are_given_by_staff_alone_since_messages_follow_them(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let group = begin(&ward, &scene.client, "zaak", &[&scene.bram]).await;
    let bram = scene.bram.kpn().await;
    let before = ward.inventory().await;
    let new = json!({ "subject": "Van Bram", "aux_id": "zaak", "members": [scene.anna.uuid()] });
    for answer in [
        bram.put(&format!("users/{}/aux", scene.bram.uuid()), json!({ "aux_id": "dokter" })).await,
        bram.delete(&format!("users/{}/aux", scene.anna.uuid()), json!({})).await,
        bram.put(&format!("groupchats/{group}/aux"), json!({ "aux_id": "b" })).await,
        bram.post("aux/groupchats", new.clone()).await,
        bram.post("groupchats", new).await,
    ] {
        assert_eq!(answer.refused(), (403, "not_staff"));
    }
    assert_eq!(ward.inventory().await, before);
    assert_eq!(found(&scene.client, "dokter").await, None);
}

#[bedside_test]
async fn names_that_do_not_fit_or_name_nobody_change_nothing(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let (client, eva) = (&scene.client, ward.organisation("eik").await.doctor("Eva").await);
    name(client, &scene.bram, "p").await;
    let group = begin(&ward, client, "zaak", &[&scene.bram]).await;
    let before = ward.inventory().await;
    let (user, chat) = (format!("users/{}/aux", scene.bram.uuid()), format!("groupchats/{group}/aux"));
    for (body, error) in [
        (json!({}), "wrong_type"),
        (json!({ "aux_id": null }), "wrong_type"),
        (json!({ "aux_id": 5 }), "wrong_type"),
        (json!({ "aux_id": ["a"] }), "wrong_type"),
        (json!({ "aux_id": "" }), "aux_id_is_empty"),
        (json!({ "aux_id": "a".repeat(256) }), "too_large"),
    ] {
        ward.pass_a_second();
        for path in [&user, &chat] {
            assert_eq!(client.put(path, body.clone()).await.refused(), (400, error), "{path} {body:.40}");
        }
    }
    ward.pass_a_second();
    let members = "aux/groupchats/zaak/members";
    let many: Vec<String> = std::iter::repeat_n("p".to_owned(), 501).collect();
    for (answer, error) in [
        (client.post("aux/groupchats", json!({ "subject": "a" })).await, "aux_id_is_empty"),
        (client.post("aux/groupchats", json!({ "subject": "a", "aux_id": "" })).await, "aux_id_is_empty"),
        (client.post("aux/groupchats", json!({ "subject": "", "aux_id": "a" })).await, "subject_is_empty"),
        (client.put(members, json!({ "members": ["q"], "aux_members": true })).await, "user_not_found"),
        (client.put(members, json!({ "members": ["p"], "aux_members": false })).await, "user_not_found"),
        (
            client.delete(members, json!({ "members": ["p", "q"], "aux_members": true })).await,
            "user_not_found",
        ),
        (client.put(members, json!({ "members": many, "aux_members": true })).await, "too_large"),
        (client.put(members, json!({ "members": ["p"], "aux_members": "yes" })).await, "wrong_type"),
    ] {
        assert_eq!(answer.refused(), (400, error));
    }
    ward.pass_a_second();
    let name = json!({ "aux_id": "a" });
    for path in [
        format!("users/{}/aux", eva.uuid()),
        format!("users/{group}/aux"),
        "users/nobody/aux".to_owned(),
        format!("groupchats/{}/aux", scene.bram.uuid()),
        "groupchats/nobody/aux".to_owned(),
    ] {
        assert_eq!(client.put(&path, name.clone()).await.refused().0, 404, "{path}");
        assert_eq!(client.delete(&path, json!({})).await.refused().0, 404, "{path}");
    }
    assert_eq!(ward.inventory().await, before);
    assert_eq!(found(client, "p").await, Some(scene.bram.uuid()));
    assert_eq!(client.get(members).await.ok().as_array().unwrap().len(), 2);
}
