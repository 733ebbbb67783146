//! Who is there is told to those who share a chat with them, and to nobody else.

use serde_json::json;
use testkit::bedside_test;

use super::Scene;
use crate::cast::{Adapter, Somebody, Ward};

fn word(person: &Somebody, status: &str) -> (String, String) {
    (person.uuid(), status.to_owned())
}

#[bedside_test]
async fn who_comes_is_told_to_those_who_are_there_and_is_told_who_that_is(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut bot = scene.anna.adapter().await;
    let mut patient = scene.bram.adapter().await;
    assert_eq!(bot.presence().await, word(&scene.bram, "online"));
    assert_eq!(patient.presence().await, word(&scene.anna, "online"));
    for status in ["busy", "away", "online", "away"] {
        patient.say("presence_update", json!({ "status": status })).await;
        assert_eq!(bot.presence().await, word(&scene.bram, status));
    }
    let mut other = scene.chris.adapter().await;
    let mut met = [other.presence().await, other.presence().await];
    let mut there = [word(&scene.anna, "online"), word(&scene.bram, "away")];
    met.sort();
    there.sort();
    assert_eq!(met, there);
    assert_eq!(patient.presence().await, word(&scene.chris, "online"));
    assert_eq!(bot.presence().await, word(&scene.chris, "online"));
}

#[bedside_test]
async fn somebody_is_gone_with_the_last_of_their_sessions_however_it_ends(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut bot = scene.anna.adapter().await;
    let (first, second) = (scene.bram.adapter().await, scene.bram.adapter().await);
    assert_eq!(bot.presence().await, word(&scene.bram, "online"));
    first.drop_line();
    let third = scene.bram.adapter().await;
    second.leave().await;
    third.drop_line();
    assert_eq!(bot.presence().await, word(&scene.bram, "offline"));
    let mut hidden = scene.bram.adapter().await;
    assert_eq!(bot.presence().await, word(&scene.bram, "online"));
    hidden.say("presence_update", json!({ "status": "offline" })).await;
    assert_eq!(bot.presence().await, word(&scene.bram, "offline"));
    let mut other = scene.chris.adapter().await;
    assert_eq!(other.presence().await, word(&scene.anna, "online"));
    assert_eq!(bot.presence().await, word(&scene.chris, "online"));
    other.has_heard_of_nobody().await;
}

#[bedside_test]
async fn nobody_hears_of_people_with_whom_they_share_no_chat_there(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let stranger = scene.linde.doctor("Daan").await;
    let beuk = ward.organisation("beuk").await;
    beuk.member(&scene.anna, kernel::Role::Doctor).await;
    let anna_there = Somebody { organisation: beuk.clone(), ..scene.anna.clone() };
    let [mut other, mut elsewhere] = [stranger.adapter().await, anna_there.adapter().await];
    let mut bot = scene.anna.adapter().await;
    let mut patient = scene.bram.adapter().await;
    assert_eq!(bot.presence().await, word(&scene.bram, "online"));
    patient.say("presence_update", json!({ "status": "busy" })).await;
    assert_eq!(bot.presence().await, word(&scene.bram, "busy"));
    for adapter in [&mut other, &mut elsewhere] {
        adapter.has_heard_of_nobody().await;
    }
}

#[bedside_test]
async fn a_status_that_there_is_not_is_refused(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut adapter: Adapter = scene.bram.adapter().await;
    for data in [json!({ "status": "asleep" }), json!({ "status": 1 }), json!({}), json!("away")] {
        let (code, error, _) = adapter.refused("presence_update", data).await;
        assert_eq!((code, error.as_str()), (400, "wrong_type"));
    }
    adapter.has_heard_of_nobody().await;
}
