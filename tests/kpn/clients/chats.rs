//! The clients' calls around chats: each one that this wire has, by both clients, under every base path.

use serde_json::{Value, json};
use testkit::bedside_test;

use super::vendor::{Kind, Vendor};
use crate::cast::{Somebody, Ward};
use crate::kpn::guests::guest_of;

/// Who plays, and the clients that act for Anna.
pub async fn stage(ward: &Ward) -> (Vec<Vendor>, Somebody, Somebody, Somebody) {
    let linde = ward.organisation("linde").await;
    let (anna, bram, eva) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.doctor("Eva").await);
    let token = anna.token("read write").await;
    let clients = [Kind::Sdk, Kind::Framework]
        .into_iter()
        .flat_map(|kind| ::kpn::BASE_PATHS.map(|base| Vendor::new(kind, base, ward, token.clone())))
        .collect();
    (clients, anna, bram, eva)
}

fn ids(users: &Value) -> Vec<&str> {
    users.as_array().expect("a bare array").iter().map(|user| user["id"].as_str().expect("an id")).collect()
}

#[bedside_test]
async fn people_are_found_as_the_clients_look_for_them(ward: Ward) {
    let (clients, anna, bram, eva) = stage(&ward).await;
    for client in clients {
        let me = client.get("me").await;
        assert_eq!((&me["id"], &me["type"]), (&json!(anna.uuid()), &json!("user")));
        let user = client.get(&format!("users/{}", bram.uuid())).await;
        assert_eq!(user["private_user"], true, "a client asks whether it is === false");
        assert_eq!(client.get(&format!("users/{}", eva.uuid())).await["private_user"], false);
        let contacts = client.get("me/contacts?page=0&amount=20").await;
        let mut found = ids(&contacts);
        found.sort_unstable();
        let mut expected = [bram.uuid(), eva.uuid()];
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}

#[bedside_test]
async fn a_coworker_is_who_has_the_company_of_the_bot_and_nobody_else_has_it(ward: Ward) {
    let (clients, anna, bram, eva) = stage(&ward).await;
    let new = json!({ "email": "fysio@example.test", "last_name": "Smit", "send_email": false });
    let contact = anna.kpn().await.post("users/invite/contact", new).await.created();
    let guest = guest_of(&ward, &anna).await.uuid();
    for client in clients {
        let company = client.get("me").await["company_id"].clone();
        assert!(company.is_string(), "{company}");
        // The SDK takes for a coworker who has the company of the bot, and the framework for a business user whose
        // `private_user` is strictly false.
        for (id, is_coworker, is_private) in [
            (eva.uuid(), true, false),
            (bram.uuid(), false, true),
            (contact.clone(), false, false),
            (guest.clone(), false, true),
        ] {
            let user = client.get(&format!("users/{id}")).await;
            assert_eq!(user["private_user"], is_private, "{user}");
            let expected = if is_coworker { company.clone() } else { Value::Null };
            assert_eq!(user.get("company_id"), Some(&expected), "{user}");
            assert_eq!(user["company_name"].is_null(), !is_coworker, "{user}");
        }
        let text = format!("[mention=@all] [mention={}]", eva.uuid());
        let new = json!({ "subject": "Overleg", "members": [eva.uuid(), bram.uuid(), contact] }).to_string();
        let made = client.send("POST", "groupchats", &new).await;
        let group = format!("groupchats/{}", made["id"].as_str().expect("an id"));
        let body = json!({ "body": text }).to_string();
        let sent = client.send("POST", &format!("{group}/messages"), &body).await;
        let message = client.get(&format!("{group}/messages/{}", sent["id"].as_str().expect("an id"))).await;
        let companies = message["mentions"].as_array().expect("an array").iter();
        let companies: Vec<&Value> = companies.map(|user| &user["company_id"]).collect();
        assert_eq!(companies, [&Value::Null, &company], "everybody is no coworker");
        let members = client.get(&format!("{group}/members")).await;
        let coworkers = members.as_array().expect("an array").iter();
        let coworkers = coworkers.filter(|member| member["company_id"] == company).count();
        assert_eq!(coworkers, 2, "Anna and Eva: {members}");
    }
    ward.settle().await;
}

#[bedside_test]
async fn messages_are_sent_and_fetched_as_the_clients_do_it(ward: Ward) {
    let (clients, anna, bram, _) = stage(&ward).await;
    let chat = format!("conversations/{}", bram.uuid());
    for client in clients {
        let sent = client.send("POST", &format!("{chat}/messages"), r#"{"body":"Goedemorgen ☀"}"#).await;
        let id = sent["id"].as_str().expect("the id of the message");
        let message = client.get(&format!("{chat}/messages/{id}")).await;
        assert_eq!(message["body"], "Goedemorgen ☀");
        assert_eq!(message["user"]["id"], anna.uuid());
        assert_eq!(message["attachments"], json!([]));
        let shown = client.get(&chat).await;
        assert_eq!((&shown["id"], &shown["closed"]), (&json!(bram.uuid()), &json!(false)));
        assert_eq!(client.get("conversations?page=0&amount=20").await[0]["id"], bram.uuid());
        let listed = client.get(&format!("{chat}/messages?page=0&amount=1")).await;
        assert_eq!(ids(&listed), [id]);
    }
}

#[bedside_test]
async fn a_group_lives_as_the_clients_let_it(ward: Ward) {
    let (clients, anna, bram, eva) = stage(&ward).await;
    let (anna, bram, eva) = (anna.uuid(), bram.uuid(), eva.uuid());
    for client in clients {
        // The SDK's own order of fields, with its defaults.
        let body = format!(
            r#"{{"invite_users":[],"members":["{bram}"],"settings":{{"allow_contacts":true,"auto_close_after":0,"auto_expire_after":0,"hybrid_messaging":false,"members_can_invite":true}},"subject":"Wondzorg"}}"#
        );
        let made = client.send("POST", "groupchats", &body).await;
        let group = format!("groupchats/{}", made["id"].as_str().expect("the id of the group"));
        let shown = client.get(&group).await;
        assert_eq!((&shown["subject"], &shown["closed"]), (&json!("Wondzorg"), &json!(false)));
        assert_eq!(ids(&shown["members"]).len(), 2);

        client.send("PUT", &group, r#"{"subject":"Wondzorg thuis"}"#).await;
        client.send("PUT", &format!("{group}/settings"), r#"{"auto_close_after":30}"#).await;
        let settings = client.get(&group).await["settings"].clone();
        assert_eq!(
            (&settings["auto_close_after"], &settings["members_can_invite"]),
            (&json!(30), &json!(true))
        );

        let members = format!("{group}/members");
        // The framework says on every change that these are no auxiliary ids.
        let added = format!(r#"{{"members":["{eva}"],"aux_members":false}}"#);
        client.send("PUT", &members, &added).await;
        assert_eq!(ids(&client.get(&members).await).len(), 3);
        client.send("PUT", &format!("{group}/admins"), &format!(r#"{{"admins":["{eva}"]}}"#)).await;
        let standing = |all: &Value, id: &str| {
            let all = all.as_array().unwrap().iter().find(|user| user["id"] == id).unwrap().clone();
            (all["owner"].as_bool().unwrap(), all["admin"].as_bool().unwrap())
        };
        assert_eq!(standing(&client.get(&members).await, &eva), (false, true));
        client.send("DELETE", &format!("{group}/admins"), &format!(r#"{{"admins":["{eva}"]}}"#)).await;
        assert_eq!(standing(&client.get(&members).await, &eva), (false, false));
        client.send("PUT", &format!("{group}/owner"), &format!(r#"{{"user_id":"{eva}"}}"#)).await;
        assert_eq!(standing(&client.get(&members).await, &eva), (true, true));
        assert_eq!(standing(&client.get(&members).await, &anna), (false, true));

        let removed = format!(r#"{{"members":["{bram}"],"aux_members":false}}"#);
        client.send("DELETE", &members, &removed).await;
        assert_eq!(ids(&client.get(&members).await).len(), 2);
        client.send("DELETE", &group, r#"{"send_email":false}"#).await;
        assert_eq!(client.get(&group).await["closed"], true);
    }
}

#[bedside_test]
async fn a_bot_leaves_by_removing_itself(ward: Ward) {
    let (clients, anna, bram, _) = stage(&ward).await;
    for client in clients {
        let body = json!({ "subject": "Vragenlijst", "members": [bram.uuid()] });
        let made = client.send("POST", "groupchats", &body.to_string()).await;
        let group = format!("groupchats/{}", made["id"].as_str().unwrap());
        let me = json!({ "members": [anna.uuid()], "aux_members": false });
        client.send("DELETE", &format!("{group}/members"), &me.to_string()).await;
        let reply = client.call("GET", &group, None).await;
        assert_eq!((reply.status, reply.json()["error"].clone()), (404, json!("groupchat_not_found")));
    }
}
