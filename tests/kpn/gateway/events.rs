//! What happens in a chat, however it was done, is told to those who are in it.

use insta::{allow_duplicates, assert_snapshot};
use kernel::Role;
use serde_json::json;
use testkit::bedside_test;

use super::{Scene, subscribe};
use crate::cast::{Somebody, Ward};

#[bedside_test]
async fn a_group_that_begins_is_told_to_everybody_in_it(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let [mut bot, mut patient, mut other] =
        [scene.anna.adapter().await, scene.bram.adapter().await, scene.chris.adapter().await];
    let new = json!({ "subject": "Medicatie", "members": [scene.bram.uuid()] });
    let group = scene.rest.post("groupchats", new).await.created();
    for adapter in [&mut bot, &mut patient] {
        let text = scene.shown(&adapter.next().await, &[("new", &group)]);
        allow_duplicates!(
            assert_snapshot!(text, @r#"{"event":"new_groupchat","data":{"groupchat_id":"<new>"}}"#)
        );
    }
    other.has_heard_nothing().await;
}

#[bedside_test]
async fn who_comes_and_who_goes_is_told_to_those_who_were_there_and_to_them(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let eva = scene.linde.doctor("Eva").await;
    let [mut bot, mut patient, mut colleague] =
        [scene.anna.adapter().await, scene.bram.adapter().await, eva.adapter().await];
    let members = format!("{}/members", scene.group_path());
    scene.rest.put(&members, json!({ "members": [eva.uuid()] })).await.ok();
    let eva_id = eva.uuid();
    for adapter in [&mut bot, &mut patient] {
        let text = scene.shown(&adapter.next().await, &[("eva", &eva_id)]);
        allow_duplicates!(
            assert_snapshot!(text, @r#"{"event":"groupchat_members_added","data":{"groupchat_id":"<group>","user_id":"<anna>","users":[{"id":"<eva>","type":"user","first_name":"Eva","last_name":"de Vries","company_name":"Praktijk linde","company_id":"<linde>","position":"","avatar":null,"active":true,"private_user":false}]}}"#)
        );
    }
    assert_eq!(colleague.next_is("new_groupchat").await, scene.group_data());
    subscribe(&mut colleague, &scene.group).await;

    scene.rest.delete(&members, json!({ "members": [eva.uuid(), scene.chris.uuid()] })).await.ok();
    assert_eq!(colleague.next_is("groupchat_removed").await, scene.group_data());
    for adapter in [&mut bot, &mut patient] {
        let gone = adapter.next_is("groupchat_members_removed").await;
        assert_eq!(
            (&gone["groupchat_id"], &gone["user_id"]),
            (&json!(scene.group), &json!(scene.anna.uuid()))
        );
        let mut ids: Vec<&str> =
            gone["users"].as_array().unwrap().iter().filter_map(|user| user["id"].as_str()).collect();
        let mut expected = [eva.uuid(), scene.chris.uuid()];
        ids.sort_unstable();
        expected.sort_unstable();
        assert_eq!(ids, expected);
    }
    // Who was removed hears no more of it, and comes back without their subscription.
    scene.rest.say(&scene.group_path(), "Nu zonder haar").await;
    patient.next_is("groupchat_new_message").await;
    colleague.has_heard_nothing().await;
    assert_eq!(colleague.refused("groupchat_subscribe", scene.group_data()).await.0, 404);
    scene.rest.put(&members, json!({ "members": [eva.uuid()] })).await.ok();
    colleague.next_is("new_groupchat").await;
    scene.rest.say(&scene.group_path(), "Weer met haar").await;
    assert!(colleague.next_is("groupchat_new_message").await.get("body").is_none());
}

#[bedside_test]
async fn a_bot_that_leaves_a_group_hears_that_it_is_out_of_it(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let [mut bot, mut patient] = [scene.anna.adapter().await, scene.bram.adapter().await];
    let me = json!({ "members": [scene.anna.uuid()] });
    scene.rest.delete(&format!("{}/members", scene.group_path()), me).await.ok();
    assert_eq!(bot.next_is("groupchat_removed").await, scene.group_data());
    assert_eq!(patient.next_is("groupchat_members_removed").await["user_id"], scene.anna.uuid());
    bot.has_heard_nothing().await;
}

#[bedside_test]
async fn a_closed_group_and_a_deleted_message_are_told(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let [mut bot, mut patient] = [scene.anna.adapter().await, scene.bram.adapter().await];
    let (group, direct) = (scene.group_path(), format!("conversations/{}", scene.bram.uuid()));
    let in_group = scene.rest.say(&group, "Te veel").await;
    let in_direct = scene.rest.say(&direct, "Te veel").await;
    for _ in 0..3 {
        bot.next().await;
        patient.next().await;
    }
    scene.rest.delete(&format!("{group}/messages/{in_group}"), json!({})).await.ok();
    for adapter in [&mut bot, &mut patient] {
        let text = scene.shown(&adapter.next().await, &[("message", &in_group)]);
        allow_duplicates!(
            assert_snapshot!(text, @r#"{"event":"groupchat_message_deleted","data":{"groupchat_id":"<group>","message_id":"<message>","user_id":"<anna>"}}"#)
        );
    }
    scene.rest.delete(&format!("{direct}/messages/{in_direct}"), json!({})).await.ok();
    let text = scene.shown(&patient.next().await, &[("message", &in_direct)]);
    allow_duplicates!(
        assert_snapshot!(text, @r#"{"event":"conversation_message_deleted","data":{"conversation_id":"<anna>","message_id":"<message>","user_id":"<anna>"}}"#)
    );
    assert_eq!(bot.next_is("conversation_message_deleted").await["conversation_id"], scene.bram.uuid());
    scene.rest.delete(&group, json!({})).await.ok();
    for adapter in [&mut bot, &mut patient] {
        assert_eq!(adapter.next_is("groupchat_closed").await, scene.group_data());
    }
    scene.rest.delete(&direct, json!({})).await.ok();
    patient.has_heard_nothing().await;
}

#[bedside_test]
async fn a_stranger_and_another_organisation_hear_nothing(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let beuk = ward.organisation("beuk").await;
    let (eva, colleague) = (beuk.doctor("Eva").await, scene.linde.doctor("Daan").await);
    // Anna works at both, and here she is there.
    beuk.member(&scene.anna, Role::Doctor).await;
    let anna_there = Somebody { organisation: beuk.clone(), ..scene.anna.clone() };
    let mut others = [
        eva.adapter().await,
        colleague.adapter().await,
        anna_there.adapter().await,
        scene.bram.adapter().await,
    ];
    let mut bot = scene.anna.adapter().await;
    let new = json!({ "subject": "Onder ons", "members": [scene.chris.uuid()] });
    let between = scene.rest.post("groupchats", new).await.created();
    bot.next_is("new_groupchat").await;
    subscribe(&mut bot, &between).await;
    let path = format!("groupchats/{between}");
    let id = scene.rest.say(&path, "Onder ons").await;
    // Of a message that is deleted before anybody was told of it, only that is told.
    bot.next_is("groupchat_new_message").await;
    scene.rest.delete(&format!("{path}/messages/{id}"), json!({})).await.ok();
    bot.say("typing", json!({ "groupchat_id": between })).await;
    scene.rest.delete(&format!("{path}/members"), json!({ "members": [scene.chris.uuid()] })).await.ok();
    scene.rest.delete(&path, json!({})).await.ok();
    for event in ["groupchat_message_deleted", "groupchat_members_removed", "groupchat_closed"] {
        bot.next_is(event).await;
    }
    for other in &mut others {
        other.has_heard_nothing().await;
    }
}
