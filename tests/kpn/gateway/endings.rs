//! What ends is told to every session of those who were in it: by somebody, or when its time is over.

use jiff::SignedDuration;
use serde_json::json;
use testkit::bedside_test;

use super::{Scene, subscribe};
use crate::cast::{Adapter, Ward};

/// Sessions of everybody in the group. Who was silent for longer is let go, so that they come when its time is over.
async fn all_here(scene: &Scene) -> [Adapter; 3] {
    [scene.anna.adapter().await, scene.bram.adapter().await, scene.chris.adapter().await]
}

#[bedside_test]
async fn a_deleted_group_is_told_to_everybody_and_nothing_of_it_afterwards(ward: Ward) {
    let scene = Scene::of(&ward).await;
    scene.rest.say(&scene.group_path(), "Tot ziens").await;
    let mut all = all_here(&scene).await;
    subscribe(&mut all[0], &scene.group).await;
    let stranger = scene.linde.doctor("Eva").await;
    let mut stranger = stranger.adapter().await;
    scene.rest.delete(&scene.group_path(), json!({ "send_email": false, "remove": true })).await.ok();
    for adapter in &mut all {
        assert_eq!(adapter.next_is("groupchat_removed").await, scene.group_data());
    }
    // What was in it goes afterwards, and is nobody's news.
    ward.settle().await;
    for adapter in &mut all {
        adapter.has_heard_nothing().await;
        let refused = adapter.refused("groupchat_subscribe", scene.group_data()).await;
        assert_eq!((refused.0, refused.1.as_str()), (404, "groupchat_not_found"));
    }
    stranger.has_heard_nothing().await;
}

#[bedside_test]
async fn a_message_whose_time_is_over_is_told_as_deleted_by_nobody(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let settings = json!({ "auto_expire_after": 60 });
    scene.rest.put(&format!("{}/settings", scene.group_path()), settings).await.ok();
    let message = scene.rest.say(&scene.group_path(), "Voor even").await;
    ward.clock.pass(SignedDuration::from_secs(60));
    let mut all = all_here(&scene).await;
    ward.settle().await;
    for adapter in &mut all {
        let told = adapter.next_is("groupchat_message_deleted").await;
        assert_eq!(told, json!({ "groupchat_id": scene.group, "message_id": message }), "no user_id");
        adapter.has_heard_nothing().await;
    }
}

#[bedside_test]
async fn a_group_that_closes_by_itself_is_told_as_closed(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let settings = json!({ "auto_close_after": 1 });
    scene.rest.put(&format!("{}/settings", scene.group_path()), settings).await.ok();
    scene.rest.say(&scene.group_path(), "Nog iemand?").await;
    ward.clock.pass(SignedDuration::from_hours(24));
    let mut all = all_here(&scene).await;
    ward.settle().await;
    for adapter in &mut all {
        assert_eq!(adapter.next_is("groupchat_closed").await, scene.group_data());
        adapter.has_heard_nothing().await;
    }
}
