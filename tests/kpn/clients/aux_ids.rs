//! The clients' calls by auxiliary ids: whole ids percent-encoded as `encodeURIComponent` does it, and as they are in the
//! two calls in which the SDK forgets to.

use serde_json::{Value, json};
use testkit::bedside_test;

use super::files::PIXEL;
use super::vendor::{Kind, Vendor};
use crate::cast::{Somebody, Ward, encoded};

async fn stage(ward: &Ward) -> (Vec<Vendor>, Somebody, Somebody, Somebody) {
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

/// Calls somebody so, as the wire lets it.
async fn name(client: &Vendor, person: &Somebody, aux_id: &str) {
    let path = format!("users/{}/aux", person.uuid());
    client.send("PUT", &path, &json!({ "aux_id": aux_id }).to_string()).await;
}

fn ids(users: &Value) -> Vec<&str> {
    users.as_array().expect("a bare array").iter().map(|user| user["id"].as_str().expect("an id")).collect()
}

#[bedside_test]
async fn people_are_found_and_written_to_by_what_the_application_calls_them(ward: Ward) {
    let (clients, anna, bram, _) = stage(&ward).await;
    for (number, client) in clients.into_iter().enumerate() {
        let odd = format!("patiënt 00/42 %2F?#&+{number}");
        name(&client, &bram, &odd).await;
        let user = client.get(&format!("aux/users/{}", encoded(&odd))).await;
        assert_eq!(
            (&user["id"], &user["private_user"], &user["aux_id"]),
            (&json!(bram.uuid()), &json!(true), &json!(odd))
        );
        let chat = format!("aux/conversations/{}", encoded(&odd));
        let sent = client.send("POST", &format!("{chat}/messages"), r#"{"body":"Goedemorgen"}"#).await;
        let id = sent["id"].as_str().expect("the id of the message");
        let message = client.get(&format!("{chat}/messages/{id}")).await;
        assert_eq!((&message["body"], &message["user"]["id"]), (&json!("Goedemorgen"), &json!(anna.uuid())));
        let shown = client.get(&chat).await;
        assert_eq!((&shown["id"], &shown["aux_id"]), (&json!(bram.uuid()), &json!(odd)), "by its id of ours");
        let listed = client.get("aux/conversations?page=0&amount=20").await;
        assert_eq!(ids(&listed), [bram.uuid()]);
    }
}

#[bedside_test]
async fn a_group_lives_by_its_auxiliary_id_as_the_clients_let_it(ward: Ward) {
    let (clients, anna, bram, eva) = stage(&ward).await;
    for (number, client) in clients.into_iter().enumerate() {
        let (case, patient) = (format!("zaak/12 Ü{number}"), format!("p {number}/1"));
        name(&client, &bram, &patient).await;
        // The SDK's own order of fields.
        let body = json!({ "aux_id": case, "aux_members": true, "invite_users": [], "members": [patient],
            "settings": { "allow_contacts": true, "auto_close_after": 0 }, "subject": "Wondzorg" });
        let made = client.send("POST", "aux/groupchats", &body.to_string()).await;
        let group = format!("aux/groupchats/{}", encoded(&case));
        let shown = client.get(&group).await;
        assert_eq!((&shown["id"], &shown["aux_id"]), (&made["id"], &json!(case)));
        assert_eq!(ids(&shown["members"]).len(), 2);

        client.send("PUT", &group, r#"{"subject":"Wondzorg thuis"}"#).await;
        client.send("PUT", &format!("{group}/settings"), r#"{"auto_close_after":30}"#).await;
        let shown = client.get(&group).await;
        assert_eq!(
            (&shown["subject"], &shown["settings"]["auto_close_after"]),
            (&json!("Wondzorg thuis"), &json!(30))
        );

        // The framework says on every change that these are no auxiliary ids.
        let members = format!("{group}/members");
        let ours = json!({ "members": [eva.uuid()], "aux_members": false }).to_string();
        client.send("PUT", &members, &ours).await;
        assert_eq!(ids(&client.get(&members).await).len(), 3);
        let admins = json!({ "admins": [eva.uuid()] }).to_string();
        client.send("PUT", &format!("{group}/admins"), &admins).await;
        client.send("DELETE", &format!("{group}/admins"), &admins).await;
        client.send("PUT", &format!("{group}/owner"), &json!({ "user_id": eva.uuid() }).to_string()).await;
        client
            .send("DELETE", &members, &json!({ "members": [patient], "aux_members": true }).to_string())
            .await;
        let left = client.get(&members).await;
        let mut left = ids(&left);
        left.sort_unstable();
        let mut expected = [anna.uuid(), eva.uuid()];
        expected.sort_unstable();
        assert_eq!(left, expected);

        client.send("DELETE", &group, r#"{"send_email":false}"#).await;
        assert_eq!(client.get(&group).await["closed"], true);
    }
}

#[bedside_test]
async fn files_travel_by_auxiliary_ids_and_their_links_do_not_name_them(ward: Ward) {
    let (clients, _, bram, _) = stage(&ward).await;
    for (number, client) in clients.into_iter().enumerate() {
        let patient = format!("patient {number}/7");
        name(&client, &bram, &patient).await;
        let body = json!({ "aux_id": patient, "members": [bram.uuid()], "subject": "Foto's" }).to_string();
        client.send("POST", "aux/groupchats", &body).await;
        for kind in ["conversations", "groupchats"] {
            let chat = format!("aux/{kind}/{}", encoded(&patient));
            let made = client
                .upload(&format!("{chat}/attachments"), "De wond", &[("w.png", "image/png", PIXEL)])
                .await;
            let message =
                client.get(&format!("{chat}/messages/{}", made["id"].as_str().expect("an id"))).await;
            let file = format!("{chat}/attachments/{}", message["attachments"][0]["id"].as_str().unwrap());
            let (link, cookies) = client.link(&format!("{file}?headers=false")).await;
            assert!(
                link.contains(&format!("{}/{kind}/", client.base)) && !link.contains("patient"),
                "{link}"
            );
            let reply = client.download(&link, "image/png", Some(&cookies)).await;
            assert!(reply.status == 200 && reply.body == PIXEL);
            let content = client.call("GET", &format!("{file}/content"), None).await;
            assert!(content.status == 200 && content.body == PIXEL);
        }
    }
}

#[bedside_test]
async fn ids_that_are_left_as_they_are_name_the_same(ward: Ward) {
    let (clients, _, bram, _) = stage(&ward).await;
    for (number, client) in clients.into_iter().enumerate() {
        // What a path can hold as it is.
        let plain = format!("zaak:{number}+a@b,c;d=e!~*'()$&");
        name(&client, &bram, &plain).await;
        let sent =
            client.send("POST", &format!("aux/conversations/{plain}/messages"), r#"{"body":"Hallo"}"#).await;
        let path = format!("aux/conversations/{}/messages/{}", encoded(&plain), sent["id"].as_str().unwrap());
        assert_eq!(client.get(&path).await["body"], "Hallo");
    }
}
