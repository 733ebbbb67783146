//! The clients' calls that bring people in and ask them, by both clients under every base path.

use kernel::Role;
use serde_json::{Value, json};
use testkit::bedside_test;

use super::chats::stage;
use super::files::PIXEL;
use super::vendor::{Kind, Vendor};
use crate::cast::{Ward, encoded};

/// The clients, acting for an administrator.
async fn clients_of_the_boss(ward: &Ward) -> Vec<Vendor> {
    let linde = ward.organisation("linde").await;
    let boss = linde.somebody("Femke", "Beheer", Role::Administrator).await;
    let token = boss.token("read write admin").await;
    let kinds = [Kind::Sdk, Kind::Framework].into_iter();
    kinds
        .flat_map(|kind| ::kpn::BASE_PATHS.map(|base| Vendor::new(kind, base, ward, token.clone())))
        .collect()
}

fn id(made: &Value) -> String {
    made["id"].as_str().expect("an id").to_owned()
}

#[bedside_test]
async fn people_of_every_kind_are_invited(ward: Ward) {
    for (number, client) in clients_of_the_boss(&ward).await.into_iter().enumerate() {
        for (kind, is_private) in [("private", true), ("coworker", false), ("contact", false)] {
            let aux_id = format!("{kind}/{number}");
            let body = format!(
                r#"{{"send_email":false,"email":"{kind}{number}@example.test","first_name":"Bram","last_name":"Jansen","aux_id":"{aux_id}"}}"#
            );
            let invited = id(&client.send("POST", &format!("users/invite/{kind}"), &body).await);
            let user = client.get(&format!("aux/users/{}", encoded(&aux_id))).await;
            assert_eq!((&user["id"], &user["last_name"]), (&json!(invited), &json!("Jansen")));
            assert_eq!(
                (&user["active"], &user["private_user"]),
                (&json!(false), &json!(is_private)),
                "{kind}"
            );
        }
    }
    ward.settle().await;
}

#[bedside_test]
async fn lists_of_coworkers_are_imported(ward: Ward) {
    let mut lists = Vec::new();
    for (number, client) in clients_of_the_boss(&ward).await.into_iter().enumerate() {
        let body = format!(
            r#"{{"send_email":false,"users":[{{"email":"m{number}@example.test","first_name":"Eva","last_name":"Smit","saml_username":"saml{number}","username":"naam{number}"}}]}}"#
        );
        let taken = client.send("POST", "company/import", &body).await;
        assert_eq!((&taken["state"], &taken["total"]), (&json!("working"), &json!(1)));
        lists.push((client, id(&taken)));
    }
    ward.settle().await;
    for (client, list) in lists {
        let report = client.get(&format!("company/import/{list}?page=0&amount=20")).await;
        assert_eq!((&report["state"], &report["made"]), (&json!("done"), &json!(1)), "{report}");
    }
}

#[bedside_test]
async fn groups_begin_with_people_who_are_invited_into_them(ward: Ward) {
    let (clients, _, bram, _) = stage(&ward).await;
    for (number, client) in clients.into_iter().enumerate() {
        // The SDK's own order of fields, with its defaults.
        let body = format!(
            r#"{{"invite_users":[{{"create_conversation":false,"email":"p{number}@example.test","first_name":"Daan","invite_text":"","invite_type":"private_user","last_name":"Smit"}}],"members":["{}"],"send_email":false,"settings":{{"allow_contacts":true,"auto_close_after":0,"auto_expire_after":0,"hybrid_messaging":false,"members_can_invite":true}},"subject":"Thuiszorg"}}"#,
            bram.uuid()
        );
        let group = format!("groupchats/{}", id(&client.send("POST", "groupchats", &body).await));
        let members = client.get(&format!("{group}/members")).await;
        assert_eq!(members.as_array().map(Vec::len), Some(3), "{members}");

        // As the framework writes it unless it is told otherwise: the members by our ids, and with mail.
        let case = format!("zaak/{number}");
        let body = format!(
            r#"{{"invite_users":[],"members":["{}"],"subject":"Vragenlijst","send_email":true,"aux_id":"{case}","aux_members":false}}"#,
            bram.uuid()
        );
        let made = id(&client.send("POST", "aux/groupchats", &body).await);
        let shown = client.get(&format!("aux/groupchats/{}", encoded(&case))).await;
        assert_eq!((&shown["id"], &shown["aux_id"]), (&json!(made), &json!(case)));
        assert_eq!(shown["members"].as_array().map(Vec::len), Some(2), "{shown}");

        // Who is invited has an auxiliary id, so that those of the members are, too, of whom there are none.
        let (case, patient) = (format!("intake/{number}"), format!("patient/{number}"));
        let body = format!(
            r#"{{"invite_users":[{{"email":"q{number}@example.test","aux_id":"{patient}","invite_type":"private_user"}}],"members":[],"subject":"Intake","send_email":false,"aux_id":"{case}","aux_members":true}}"#
        );
        client.send("POST", "aux/groupchats", &body).await;
        let user = client.get(&format!("aux/users/{}", encoded(&patient))).await;
        let members = client.get(&format!("aux/groupchats/{}/members", encoded(&case))).await;
        let members = members.as_array().expect("a bare array");
        assert!(members.len() == 2 && members.iter().any(|one| one["id"] == user["id"]), "{members:?}");
    }
    ward.settle().await;
}

#[bedside_test]
async fn in_a_group_people_are_asked_and_then_it_is_deleted(ward: Ward) {
    let (clients, _, bram, _) = stage(&ward).await;
    for (number, client) in clients.into_iter().enumerate() {
        let (case, patient) = (format!("zaak/{number}"), format!("patient/{number}"));
        let name = json!({ "aux_id": patient }).to_string();
        client.send("PUT", &format!("users/{}/aux", bram.uuid()), &name).await;
        let new = json!({ "aux_id": case, "members": [bram.uuid()], "subject": "Vragenlijst" }).to_string();
        let group = format!("groupchats/{}", id(&client.send("POST", "aux/groupchats", &new).await));
        let by_aux = format!("aux/groupchats/{}", encoded(&case));
        let aux_direct = format!("aux/conversations/{}", encoded(&patient));

        let body = format!(r#"{{"user_id":"{}","provider_id":"sandbox"}}"#, bram.uuid());
        for chat in [&group, &by_aux, &aux_direct] {
            let asked = id(&client.send("POST", &format!("{chat}/verification"), &body).await);
            let message = client.get(&format!("{chat}/messages/{asked}")).await;
            assert_eq!(message["payload"]["type"], "verification_request");
            assert_eq!(message["payload"]["user_id"], bram.uuid());
        }
        let question = format!(
            r#"{{"body":"Heeft u pijn?","question":{{"multi_answer":true,"style":"horizontal","users":["{}"],"options":[{{"name":"ja","label":"Ja","style":"green"}}]}}}}"#,
            bram.uuid()
        );
        for chat in [&group, &by_aux] {
            let asked = id(&client.send("POST", &format!("{chat}/messages"), &question).await);
            let payload = client.get(&format!("{chat}/messages/{asked}")).await["payload"].clone();
            assert_eq!((&payload["type"], &payload["users"]), (&json!("question"), &json!([bram.uuid()])));
        }
        let answer = client.upload_avatar(&format!("{by_aux}/avatar"), "groep.png", "image/png", PIXEL).await;
        assert_eq!(client.get(&group).await["avatar"], answer["avatar"]);

        client.send("DELETE", &group, r#"{"send_email":false,"remove":true}"#).await;
        for chat in [&group, &by_aux] {
            let gone = client.call("GET", chat, None).await;
            assert_eq!((gone.status, gone.json()["error"].clone()), (404, json!("groupchat_not_found")));
        }
    }
    ward.settle().await;
}
