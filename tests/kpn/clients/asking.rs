//! Questions and verifications as the clients ask them, and what they read of the answers.

use serde_json::json;
use testkit::bedside_test;

use super::chats::stage;
use super::vendor::Kind;
use crate::cast::Ward;

#[bedside_test]
async fn a_question_is_asked_with_buttons_as_the_clients_make_them(ward: Ward) {
    let (clients, anna, bram, _) = stage(&ward).await;
    let chat = format!("conversations/{}", bram.uuid());
    let patient = bram.kpn().await;
    for client in clients {
        // The framework names everybody who is asked, nobody as an empty list, and leaves a style out; the SDK leaves
        // out the list.
        let users = match client.kind {
            Kind::Sdk => String::new(),
            Kind::Framework => format!(r#""users":["{}"],"#, bram.uuid()),
        };
        let options = r#"[{"name":"ja","label":"Ja","style":"green"},{"name":"nee","label":"Nee"}]"#;
        let question = format!(r#"{{"multi_answer":false,"style":"horizontal",{users}"options":{options}}}"#);
        let body = format!(r#"{{"body":"Heeft u pijn?","question":{question}}}"#);
        let sent = client.send("POST", &format!("{chat}/messages"), &body).await;
        let id = sent["id"].as_str().expect("the id by which the answer is waited for");
        let answer = format!("conversations/{}/messages/{id}/answer", anna.uuid());
        patient.post(&answer, json!({ "options": ["nee"] })).await.ok();
        let message = client.get(&format!("{chat}/messages/{id}")).await;
        assert_eq!(message["body"], "Heeft u pijn?");
        assert_eq!(
            (&message["payload"]["type"], &message["payload"]["multi_answer"]),
            (&json!("question"), &json!(false))
        );
        assert_eq!(message["payload"]["answers"][0]["options"], json!(["nee"]), "names of options");
    }
}

#[bedside_test]
async fn a_provider_is_chosen_by_its_name_and_asked_by_its_id(ward: Ward) {
    let (clients, _, bram, _) = stage(&ward).await;
    let user = format!("users/{}", bram.uuid());
    for client in clients {
        let providers = client.get(&format!("{user}/providers")).await;
        let providers = providers.as_array().expect("a bare array");
        let found = providers.iter().find(|one| one["name"] == "Bedside sandbox").expect("by its name");
        let provider = found["provider_id"].as_str().expect("an id");
        let body = format!(r#"{{"user_id":"{}","provider_id":"{provider}"}}"#, bram.uuid());
        let path = format!("conversations/{}/verification", bram.uuid());
        let asked = client.send("POST", &path, &body).await;
        let id = asked["id"].as_str().expect("the id of the message that asks");
        let message = client.get(&format!("conversations/{}/messages/{id}", bram.uuid())).await;
        assert_eq!(message["payload"]["type"], "verification_request");
        let done = client.get(&format!("{user}/verifications")).await;
        assert_eq!(done["user"], json!([]), "an array, of whose members the name is read");
    }
}

#[bedside_test]
async fn a_mention_is_a_user_and_everybody_an_id_that_is_known(ward: Ward) {
    let (clients, _, bram, _) = stage(&ward).await;
    let chat = format!("conversations/{}", bram.uuid());
    for client in clients {
        let body = format!(r#"{{"body":"[mention=@all] [mention={}] start"}}"#, bram.uuid());
        let sent = client.send("POST", &format!("{chat}/messages"), &body).await;
        let message = client.get(&format!("{chat}/messages/{}", sent["id"].as_str().unwrap())).await;
        let mentions = message["mentions"].as_array().expect("an array");
        assert_eq!(mentions[0]["id"].as_str().map(str::to_uppercase).as_deref(), Some("@ALL"));
        assert_eq!((&mentions[1]["id"], &mentions[1]["first_name"]), (&json!(bram.uuid()), &json!("Bram")));
    }
}
