//! Groups that begin with invitations, and who may be in a group.

use kernel::Role;
use kernel::limits::INVITES_PER_GROUP_MAX;
use serde_json::json;
use testkit::bedside_test;

use super::{PERSONS, count, known, names, newest_link, sign_up};
use crate::cast::Ward;
use crate::kpn::clients::{Kind, Vendor};

#[bedside_test]
async fn a_group_begins_with_those_whom_it_invites(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, eva) = (linde.doctor("Anna").await, linde.doctor("Eva").await);
    for kind in [Kind::Sdk, Kind::Framework] {
        let client = Vendor::new(kind, "/v1", &ward, anna.token("read write").await);
        let email = format!("{kind:?}@example.test").to_lowercase();
        let body = format!(
            r#"{{"invite_users":[{{"create_conversation":true,"email":"{email}","first_name":"Bram","invite_text":"Alleen voor u","invite_type":"private_user","last_name":"Smit"}},{{"create_conversation":false,"email":"c-{email}","first_name":"Chris","invite_text":"","invite_type":"contact","last_name":"Bakker"}}],"members":["{}"],"settings":{{"allow_contacts":true,"auto_close_after":0,"auto_expire_after":0,"hybrid_messaging":false,"members_can_invite":true}},"subject":"Thuiszorg"}}"#,
            eva.uuid()
        );
        let made = client.send("POST", "groupchats", &body).await;
        let group = format!("groupchats/{}", made["id"].as_str().expect("an id"));
        client.send("POST", &format!("{group}/messages"), r#"{"body":"Welkom allemaal"}"#).await;
        let members = client.get(&format!("{group}/members")).await;
        let members = members.as_array().expect("a bare array");
        assert_eq!(members.len(), 4);
        let invited = |last: &str| members.iter().find(|one| one["last_name"] == last).expect(last).clone();
        let bram = invited("Smit");
        assert_eq!((names(&bram), &bram["active"]), (("Bram", "Smit"), &json!(false)));
        let chat = format!("conversations/{}/messages", bram["id"].as_str().expect("an id"));
        assert_eq!(client.get(&chat).await[0]["body"], "Alleen voor u");
        assert_eq!(invited("Bakker")["private_user"], false, "a contact is a professional");

        let letters = ward.letters().await;
        let link = letters.iter().find(|letter| letter.to == email).expect("a letter").link(&ward);
        sign_up(&ward, &link, &[]).await;
        let own = known(&linde, bram["id"].as_str().unwrap(), &email).kpn().await;
        assert_eq!(own.texts(&group).await, ["Welkom allemaal"]);
    }
    ward.settle().await;
}

#[bedside_test]
async fn a_group_without_contacts_takes_none_and_then_nobody_is_invited_either(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await.kpn().await, linde.patient("Bram").await);
    let contact = anna.post("users/invite/contact", json!({ "email": "c@example.test" })).await.created();
    sign_up(&ward, &newest_link(&ward).await, &[("last_name", "Bakker")]).await;
    let closed = json!({ "allow_contacts": false });
    let group = json!({ "subject": "Intern", "members": [bram.uuid()], "settings": closed });
    let group = format!("groupchats/{}", anna.post("groupchats", group).await.created());
    let before = (ward.inventory().await, count(&ward, PERSONS).await, ward.letters().await.len());
    let invited = json!([{ "email": "d@example.test", "invite_type": "contact" }]);
    for answer in [
        anna.put(&format!("{group}/members"), json!({ "members": [contact] })).await,
        anna.post("groupchats", json!({ "subject": "a", "members": [contact], "settings": closed })).await,
        anna.post("groupchats", json!({ "subject": "a", "invite_users": invited, "settings": closed })).await,
    ] {
        assert_eq!(answer.refused(), (403, "contacts_not_allowed"));
    }
    assert_eq!((ward.inventory().await, count(&ward, PERSONS).await, ward.letters().await.len()), before);
    anna.put(&format!("{group}/settings"), json!({ "allow_contacts": true })).await.ok();
    anna.put(&format!("{group}/members"), json!({ "members": [contact] })).await.ok();
    ward.settle().await;
}

#[bedside_test]
async fn a_group_may_invite_without_letters(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await.kpn().await;
    let invited = json!([{ "email": "d@example.test", "invite_type": "private_user" }]);
    let new = json!({ "subject": "Later", "invite_users": invited, "send_email": false });
    anna.post("groupchats", new).await.created();
    assert!(ward.letters().await.is_empty());
    ward.settle().await;
}

#[bedside_test]
async fn a_group_invites_as_many_as_one_request_may_bring_each_with_a_conversation(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let boss = linde.somebody("Femke", "Beheer", Role::Administrator).await.kpn().await;
    let invite = |number: usize| {
        let kind = ["coworker", "private_user"][number % 2];
        json!({ "email": format!("{number}@example.test"), "invite_type": kind, "create_conversation": true,
            "invite_text": "Welkom" })
    };
    let invited: Vec<_> = (0..INVITES_PER_GROUP_MAX).map(invite).collect();
    let made =
        boss.post("groupchats", json!({ "subject": "Allen", "invite_users": invited })).await.created();
    let members = boss.get(&format!("groupchats/{made}/members")).await.ok();
    assert_eq!(members.as_array().map(Vec::len), Some(INVITES_PER_GROUP_MAX + 1));
    assert_eq!(boss.get("conversations").await.ok().as_array().map(Vec::len), Some(INVITES_PER_GROUP_MAX));
    assert_eq!(ward.letters().await.len(), INVITES_PER_GROUP_MAX);
    ward.settle().await;
}
