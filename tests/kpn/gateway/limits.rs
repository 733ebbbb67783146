//! How much a token and a person may.

use jiff::SignedDuration;
use kernel::limits::{GATEWAY_FRAME_BYTES_MAX, GATEWAY_PIECE_BYTES_MAX, MESSAGE_CHARS_MAX};
use serde_json::json;
use testkit::bedside_test;
use tokio_tungstenite::tungstenite::Message;

use super::{Scene, subscribe};
use crate::cast::{Adapter, Ward};

#[bedside_test]
async fn the_251st_event_of_a_minute_ends_the_session_and_counts_for_the_token(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let client = scene.bram.kpn().await;
    let [mut one, mut other] =
        [Adapter::of_client(&client, &ward.url).await, Adapter::of_client(&client, &ward.url).await];
    let mut apart = scene.bram.adapter().await;
    for number in 0..250 {
        let adapter = if number % 2 == 0 { &mut one } else { &mut other };
        // What is refused counts, too.
        assert_eq!(adapter.refused("nonsense", json!({})).await.1, "unknown_event", "{number}");
    }
    for adapter in [&mut one, &mut other] {
        adapter.say("presence_update", json!({ "status": "busy" })).await;
        assert_eq!(adapter.end_by_error().await, ((429, "too_many_requests".to_owned()), 1008));
    }
    assert_eq!(apart.refused("nonsense", json!({})).await.1, "unknown_event", "another token");
    ward.clock.pass(SignedDuration::from_secs(60));
    let mut again = Adapter::of_client(&client, &ward.url).await;
    assert_eq!(again.refused("nonsense", json!({})).await.1, "unknown_event");
}

#[bedside_test]
async fn the_101st_message_of_a_minute_ends_the_session_and_is_not_posted(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let client = scene.bram.kpn().await;
    let mut bot = Adapter::of_client(&client, &ward.url).await;
    for number in 0..100 {
        let said = json!({ "groupchat_id": scene.group, "body": format!("Bericht {number}") });
        bot.say("groupchat_new_message", said).await;
        bot.next_is("groupchat_new_message").await;
    }
    bot.refused("nonsense", json!({})).await;
    bot.say("groupchat_new_message", json!({ "groupchat_id": scene.group, "body": "Te veel" })).await;
    assert_eq!(bot.end_by_error().await, ((429, "too_many_requests".to_owned()), 1008));
    assert_eq!(ward.inventory().await.rows[2], 100);
}

#[bedside_test]
async fn who_did_something_hears_what_became_of_it_before_their_session_ends(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let say = |number: usize| {
        let data = json!({ "groupchat_id": scene.group, "body": format!("Bericht {number}") });
        Message::text(json!({ "event": "groupchat_new_message", "data": data }).to_string())
    };
    let handshake = || json!({ "event": "handshake", "data": { "token": scene.rest.token } });
    for (messages, last, close) in [
        (100, say(101), 1008),
        (10, Message::text(handshake().to_string()), 1008),
        (10, Message::binary(b"{}".to_vec()), 1003),
        (10, Message::text("a".repeat(GATEWAY_FRAME_BYTES_MAX + 1)), 1009),
    ] {
        let mut bot = scene.anna.adapter().await;
        for number in 0..messages {
            bot.send(say(number)).await;
        }
        bot.send(last).await;
        let (frames, code) = bot.end().await;
        let echoes = frames.iter().filter(|frame| frame["event"] == "groupchat_new_message");
        assert_eq!((echoes.count(), frames.len(), code), (messages, messages + 1, close));
        assert_eq!(frames[messages]["event"], "error");
    }
}

#[bedside_test]
async fn who_does_not_read_is_let_go_and_misses_nothing_before_that(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut bot = scene.anna.adapter().await;
    let mut slow = Adapter::with_little_room(&scene.bram.kpn().await, &ward.url).await;
    assert_eq!(bot.presence().await, (scene.bram.uuid(), "online".to_owned()));
    subscribe(&mut slow, &scene.group).await;
    let (path, long) = (format!("{}/messages", scene.group_path()), "\u{20ac}".repeat(50_000));
    let mut said = Vec::new();
    for _ in 0..60 {
        ward.pass_a_second();
        said.push(scene.rest.post(&path, json!({ "body": long })).await.created());
    }
    // Nobody says that they are gone while their session stands.
    assert_eq!(bot.presence().await, (scene.bram.uuid(), "offline".to_owned()));
    let (frames, code) = slow.whatever_still_comes().await;
    assert!([0, 1013].contains(&code), "{code}");
    let messages = frames.iter().filter(|frame| frame["event"] == "groupchat_new_message");
    let heard: Vec<&str> = messages.map(|frame| frame["data"]["message_id"].as_str().unwrap()).collect();
    assert!(heard.len() < said.len(), "it was let go");
    assert_eq!(heard, said[..heard.len()]);
}

#[bedside_test]
async fn a_long_message_comes_in_small_frames(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut patient = scene.bram.adapter().await;
    subscribe(&mut patient, &scene.group).await;
    patient.has_heard_nothing().await;
    let long = "\u{20ac}".repeat(MESSAGE_CHARS_MAX);
    scene.rest.say(&scene.group_path(), &long).await;
    let (frames, said) = patient.next_in_frames().await;
    assert!(said["data"]["body"] == long.as_str(), "it is whole");
    let kinds: Vec<u8> = frames.iter().map(|(kind, _)| *kind).collect();
    assert!(kinds[0] == 1 && kinds.len() > 1 && kinds[1..].iter().all(|kind| *kind == 0), "{kinds:?}");
    assert!(frames.iter().all(|(_, length)| *length <= GATEWAY_PIECE_BYTES_MAX), "{frames:?}");
    scene.rest.say(&scene.group_path(), "Kort").await;
    let (frames, said) = patient.next_in_frames().await;
    assert_eq!((frames[0].0, frames.len(), &said["data"]["body"]), (1, 1, &json!("Kort")));
}

#[bedside_test]
async fn there_are_so_many_sessions_and_no_more(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let few = ward
        .restarted_with(|settings| {
            (settings.gateway_sessions_max, settings.gateway_sessions_per_person_max) = (3, 2);
        })
        .await;
    let (doctor, patient, other) = (&scene.rest, scene.bram.kpn().await, scene.chris.kpn().await);
    let first = Adapter::of_client(doctor, &few.url).await;
    let _second = Adapter::of_client(doctor, &few.url).await;
    let mut third = Adapter::connect_to(&few.url, "/v1").await;
    third.say("handshake", json!({ "token": doctor.token })).await;
    let over = ((429, "too_many_requests".to_owned()), 1013);
    assert_eq!(third.end_by_error().await, over, "she has as many as one person may");
    let _patients = Adapter::of_client(&patient, &few.url).await;
    let mut fourth = Adapter::connect_to(&few.url, "/v1").await;
    fourth.say("handshake", json!({ "token": other.token })).await;
    assert_eq!(fourth.end_by_error().await, over, "there are as many as there may be");
    first.leave().await;
    for _ in 0..400 {
        let mut again = Adapter::connect_to(&few.url, "/v1").await;
        if again.shake_hands(&other.token).await["event"] == "authenticated" {
            return few.close().await;
        }
    }
    panic!("a place that was left is not given to others");
}
