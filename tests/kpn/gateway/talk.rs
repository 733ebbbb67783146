//! Clients write, type and subscribe, as the adapter does it.

use insta::{allow_duplicates, assert_snapshot};
use serde_json::json;
use testkit::bedside_test;

use super::{Scene, subscribe};
use crate::cast::{Adapter, Kpn, Ward};

#[bedside_test]
async fn a_message_of_a_conversation_is_heard_whole_by_both_in_all_their_sessions(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let [mut bot, mut other_bot, mut patient] =
        [scene.anna.adapter().await, scene.anna.adapter().await, scene.bram.adapter().await];
    let said = json!({ "conversation_id": scene.bram.uuid(), "body": "Goedemorgen 👋" });
    bot.say("conversation_new_message", said).await;
    let began = patient.next().await;
    allow_duplicates!(
        assert_snapshot!(scene.shown(&began, &[]), @r#"{"event":"new_conversation","data":{"conversation_id":"<anna>","user_id":"<anna>"}}"#)
    );
    let heard = patient.next().await;
    let id = heard["data"]["message_id"].as_str().expect("an id").to_owned();
    let text = scene.shown(&heard, &[("message", &id)]);
    allow_duplicates!(
        assert_snapshot!(text, @r#"{"event":"conversation_new_message","data":{"conversation_id":"<anna>","message_id":"<message>","user_id":"<anna>","body":"Goedemorgen 👋","attachments":[],"mentions":[]}}"#)
    );
    for echo in [&mut bot, &mut other_bot] {
        let began = echo.next_is("new_conversation").await;
        assert_eq!(began, json!({ "conversation_id": scene.bram.uuid(), "user_id": scene.anna.uuid() }));
        let echoed = echo.next_is("conversation_new_message").await;
        assert_eq!(echoed["conversation_id"], scene.bram.uuid());
        assert_eq!((&echoed["user_id"], &echoed["message_id"]), (&json!(scene.anna.uuid()), &json!(id)));
    }
    let chat = format!("conversations/{}", scene.anna.uuid());
    let rest = scene.bram.kpn().await;
    let file = [("uitslag.txt", "text/plain", "Eén per dag".as_bytes())];
    let sent = rest.upload(&format!("{chat}/attachments"), Some("Zie de bijlage"), &file).await.created();
    let heard = bot.next_is("conversation_new_message").await;
    let word = rest.get(&format!("{chat}/messages/{sent}")).await.ok();
    assert_eq!(heard["conversation_id"], scene.bram.uuid());
    assert_eq!((&heard["body"], &heard["message_id"]), (&word["body"], &json!(sent)));
    assert_eq!(heard["attachments"], word["attachments"], "as the REST API has it");
    assert_eq!(heard["attachments"][0]["name"], "uitslag.txt");
}

#[bedside_test]
async fn a_message_of_a_group_has_its_body_in_sessions_that_subscribed(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let [mut bot, mut same_bot, mut patient] =
        [scene.anna.adapter().await, scene.anna.adapter().await, scene.bram.adapter().await];
    subscribe(&mut bot, &scene.group).await;
    patient
        .say("groupchat_new_message", json!({ "groupchat_id": scene.group, "body": "Het bloedt weer" }))
        .await;
    let whole = bot.next().await;
    let id = whole["data"]["message_id"].as_str().expect("an id").to_owned();
    let text = scene.shown(&whole, &[("message", &id)]);
    allow_duplicates!(
        assert_snapshot!(text, @r#"{"event":"groupchat_new_message","data":{"groupchat_id":"<group>","message_id":"<message>","user_id":"<bram>","body":"Het bloedt weer","attachments":[],"mentions":[]}}"#)
    );
    for unsubscribed in [&mut same_bot, &mut patient] {
        let notice = unsubscribed.next().await;
        let text = scene.shown(&notice, &[("message", &id)]);
        allow_duplicates!(
            assert_snapshot!(text, @r#"{"event":"groupchat_new_message","data":{"groupchat_id":"<group>","message_id":"<message>","user_id":"<bram>","attachments":[],"mentions":[]}}"#)
        );
    }
    let fetched = scene.rest.get(&format!("{}/messages/{id}", scene.group_path())).await.ok();
    assert_eq!(fetched["body"], "Het bloedt weer", "what the adapter then asks for");

    bot.say("groupchat_unsubscribe", scene.group_data()).await;
    assert_eq!(bot.next_is("groupchat_unsubscribed").await, scene.group_data());
    scene.rest.say(&scene.group_path(), "Ik kom eraan").await;
    assert!(bot.next_is("groupchat_new_message").await.get("body").is_none());
}

#[bedside_test]
async fn who_is_spoken_to_is_in_the_frame_as_the_rest_api_has_them_and_everybody_is_not(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let eva = scene.linde.doctor("Eva").await;
    let text = format!("[mention=@all] [mention={}] en [mention={}]", scene.bram.uuid(), eva.uuid());
    let [mut bot, mut patient] = [scene.anna.adapter().await, scene.bram.adapter().await];
    subscribe(&mut bot, &scene.group).await;
    let id = scene.rest.say(&scene.group_path(), &text).await;
    let bram = scene.rest.get(&format!("users/{}", scene.bram.uuid())).await.ok();
    assert_eq!(bram["first_name"], "Bram");
    let mut whole = json!({ "groupchat_id": scene.group, "message_id": id, "user_id": scene.anna.uuid(),
        "body": text, "attachments": [], "mentions": [bram] });
    assert_eq!(bot.next_is("groupchat_new_message").await, whole);
    whole.as_object_mut().expect("an object").remove("body");
    assert_eq!(patient.next_is("groupchat_new_message").await, whole, "the notice");

    let id = scene.rest.say(&format!("conversations/{}", scene.bram.uuid()), &text).await;
    patient.next_is("new_conversation").await;
    let said = json!({ "conversation_id": scene.anna.uuid(), "message_id": id, "user_id": scene.anna.uuid(),
        "body": text, "attachments": [], "mentions": [bram] });
    assert_eq!(patient.next_is("conversation_new_message").await, said);
}

#[bedside_test]
async fn under_every_base_path_a_session_subscribes_and_hears_bodies(ward: Ward) {
    let scene = Scene::of(&ward).await;
    for base in ::kpn::BASE_PATHS {
        let mut bot = Adapter::connect(&ward, base).await;
        let welcome = bot.shake_hands(&scene.rest.token).await;
        assert_eq!(welcome["event"], "authenticated", "{base}: {welcome}");
        subscribe(&mut bot, &scene.group).await;
        bot.say("groupchat_new_message", json!({ "groupchat_id": scene.group, "body": base })).await;
        let heard = bot.next_is("groupchat_new_message").await;
        assert_eq!((&heard["body"], &heard["user_id"]), (&json!(base), &json!(scene.anna.uuid())));
        let id = scene.rest.under(base).say(&scene.group_path(), "Via REST").await;
        let heard = bot.next_is("groupchat_new_message").await;
        assert_eq!((&heard["body"], &heard["message_id"]), (&json!("Via REST"), &json!(id)));
        bot.leave().await;
    }
}

#[bedside_test]
async fn typing_is_told_to_the_others_and_of_a_group_to_sessions_that_subscribed(ward: Ward) {
    let scene = Scene::of(&ward).await;
    scene.rest.say(&format!("conversations/{}", scene.bram.uuid()), "Goedemorgen").await;
    let [mut bot, mut patient, mut other] =
        [scene.anna.adapter().await, scene.bram.adapter().await, scene.chris.adapter().await];
    subscribe(&mut patient, &scene.group).await;
    let before = ward.inventory().await;
    for event in ["typing", "stop_typing"] {
        bot.say(event, json!({ "conversation_id": scene.bram.uuid() })).await;
        let heard = json!({ "conversation_id": scene.anna.uuid(), "user_id": scene.anna.uuid() });
        assert_eq!(patient.next_is(event).await, heard);
        bot.say(event, scene.group_data()).await;
        let heard = json!({ "groupchat_id": scene.group, "user_id": scene.anna.uuid() });
        assert_eq!(patient.next_is(event).await, heard);
    }
    bot.say("typing", json!({ "conversation_id": scene.chris.uuid() })).await;
    bot.has_heard_nothing().await;
    other.has_heard_nothing().await;
    assert_eq!(ward.inventory().await, before, "it is stored nowhere");
}

#[bedside_test]
async fn what_a_client_may_not_is_told_it_as_the_rest_api_would_and_the_session_goes_on(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let new = json!({ "subject": "Zonder Bram", "members": [scene.chris.uuid()] });
    let theirs = scene.rest.post("groupchats", new).await.created();
    let beuk = ward.organisation("beuk").await.doctor("Eva").await.uuid();
    let mut patient = scene.bram.adapter().await;
    for event in
        ["groupchat_new_message", "typing", "stop_typing", "groupchat_subscribe", "groupchat_unsubscribe"]
    {
        for id in [theirs.as_str(), "nobody", ""] {
            let (code, error, data) =
                patient.refused(event, json!({ "groupchat_id": id, "body": "Hallo" })).await;
            assert_eq!((code, error.as_str()), (404, "groupchat_not_found"), "{event}");
            assert_eq!(data["groupchat_id"], id);
        }
    }
    for event in ["conversation_new_message", "typing"] {
        for id in [beuk.as_str(), &scene.bram.uuid(), "nobody"] {
            let (code, error, data) =
                patient.refused(event, json!({ "conversation_id": id, "body": "Hallo" })).await;
            assert_eq!((code, error.as_str()), (404, "conversation_not_found"), "{event}");
            assert_eq!(data["conversation_id"], id);
        }
    }
    scene.rest.delete(&scene.group_path(), json!({})).await.ok();
    patient.next_is("groupchat_closed").await;
    for event in ["groupchat_new_message", "typing"] {
        let (code, error, data) =
            patient.refused(event, json!({ "groupchat_id": scene.group, "body": "Hallo" })).await;
        assert_eq!((code, error.as_str()), (304, "groupchat_is_closed"));
        assert_eq!(data["groupchat_id"], scene.group);
    }
    let mut reader = Adapter::of(&ward, &scene.bram.token("read").await).await;
    for event in ["conversation_new_message", "typing"] {
        let (code, error, _) =
            reader.refused(event, json!({ "conversation_id": scene.anna.uuid(), "body": "Hallo" })).await;
        assert_eq!((code, error.as_str()), (412, "insufficient_scope"));
    }
    assert!(scene.rest.texts(&scene.group_path()).await.is_empty());

    let direct = format!("conversations/{}", scene.bram.uuid());
    scene.rest.say(&direct, "Tot slot").await;
    patient.next_is("new_conversation").await;
    patient.next_is("conversation_new_message").await;
    scene.rest.delete(&direct, json!({})).await.ok();
    let said = json!({ "conversation_id": scene.anna.uuid(), "body": "Hallo" });
    let (code, error, data) = patient.refused("conversation_new_message", said).await;
    assert_eq!((code, error.as_str()), (304, "conversation_is_closed"));
    assert_eq!(data["conversation_id"], scene.anna.uuid());
    assert_eq!(scene.rest.texts(&direct).await, ["Tot slot"]);
}

#[bedside_test]
async fn a_body_that_reached_a_session_counts_as_delivered_and_a_notice_does_not(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let [mut patient, mut other] = [scene.bram.adapter().await, scene.chris.adapter().await];
    subscribe(&mut patient, &scene.group).await;
    let id = scene.rest.say(&scene.group_path(), "Goedemorgen").await;
    patient.next_is("groupchat_new_message").await;
    other.next_is("groupchat_new_message").await;
    let word = until_delivered(&ward, &scene.rest, &format!("{}/messages/{id}", scene.group_path())).await;
    assert_eq!((&word["delivered_to"], &word["read_by"]), (&json!([scene.bram.uuid()]), &json!([])));
    ward.settle().await;
    let actor = scene.bram.actor(kernel::Role::Patient, &[]);
    let part = audit::Part { whose: audit::Whose::Own, edge: audit::Edge::Newest, most: 50 };
    let lines =
        ward.house.read(actor, move |tx, actor| Box::pin(audit::lines_about(tx, actor, actor.person, part)));
    let opened = lines.await.expect("his lines").into_iter().filter(|line| {
        matches!(line.deed, Some(audit::Deed::MessageRead)) && line.person == Some(scene.bram.id)
    });
    assert_eq!(opened.count(), 0, "what is pushed was not read");
}

/// The message, once it was noted that somebody has it, which is done once a second.
async fn until_delivered(ward: &Ward, client: &Kpn, path: &str) -> serde_json::Value {
    for _ in 0..400 {
        ward.pass_a_second();
        let word = client.get(path).await.ok();
        if word["delivered_to"] != json!([]) {
            return word;
        }
        drop(tokio::time::timeout(std::time::Duration::from_millis(25), std::future::pending::<()>()).await);
    }
    panic!("nobody has it");
}
