//! Who is there is told to those who share a chat with them, and to nobody else.

use std::sync::{Arc, Mutex, mpsc};

use serde_json::json;
use testkit::{Engine, bedside_test};

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

#[bedside_test]
async fn what_somebody_said_of_themselves_stands_when_another_session_comes(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut bot = scene.anna.adapter().await;
    let mut first = scene.bram.adapter().await;
    assert_eq!(bot.presence().await, word(&scene.bram, "online"));
    for status in ["busy", "offline"] {
        first.say("presence_update", json!({ "status": status })).await;
        assert_eq!(bot.presence().await, word(&scene.bram, status));
        let second = scene.bram.adapter().await;
        second.leave().await;
    }
    first.leave().await;
    // Who was hidden does not go either.
    let _again = scene.bram.adapter().await;
    assert_eq!(bot.presence().await, word(&scene.bram, "online"));
}

/// The next presence that is not told again: who comes at the moment at which a chat begins is told of twice.
async fn news(adapter: &mut Adapter, known: &(String, String)) -> (String, String) {
    loop {
        let word = adapter.presence().await;
        if word != *known {
            return word;
        }
    }
}

#[bedside_test]
async fn who_comes_to_share_a_first_chat_hears_who_is_there(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let daan = scene.linde.doctor("Daan").await;
    let [mut bot, mut doctor] = [scene.anna.adapter().await, daan.adapter().await];
    doctor.has_heard_of_nobody().await;
    scene.rest.say(&format!("conversations/{}", daan.uuid()), "Goedemorgen").await;
    let [anna, daan_there, bram] = [&scene.anna, &daan, &scene.bram].map(|who| word(who, "online"));
    assert_eq!(bot.presence().await, daan_there);
    assert_eq!(doctor.presence().await, anna);
    let mut patient = scene.bram.adapter().await;
    assert_eq!(news(&mut bot, &daan_there).await, bram);
    assert_eq!(patient.presence().await, anna);
    let members = json!({ "members": [daan.uuid()] });
    scene.rest.put(&format!("{}/members", scene.group_path()), members).await.ok();
    assert_eq!(news(&mut patient, &anna).await, daan_there);
    assert_eq!(news(&mut doctor, &anna).await, bram);
}

#[test]
fn presence_that_takes_long_to_find_out_holds_up_no_message() {
    // On SQLite two may read for long at once; PostgreSQL has more room than a test can fill.
    testkit::run(Engine::Sqlite, hold_up_presence);
}

async fn hold_up_presence(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let mut bot = scene.anna.adapter().await;
    let (open, gate) = mpsc::channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let (began, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let mut readings = Vec::new();
    for _ in 0..2 {
        let (db, gate, began) = (ward.house.db.clone(), gate.clone(), began.clone());
        readings.push(tokio::spawn(async move {
            let long = db.read_long((gate, began), |_, (gate, began)| {
                began.send(()).expect("somebody waits");
                // Whoever holds the gate closes it by hanging up.
                let _ = gate.lock().expect("the gate").recv();
                Box::pin(async { Ok(()) })
            });
            long.await
        }));
        begun.recv().await.expect("a reading");
    }
    let mut sessions = Vec::new();
    for name in ["Pim", "Rik", "Sam", "Tom", "Ugo", "Vik", "Wim", "Xam"] {
        sessions.push(scene.linde.patient(name).await.adapter().await);
    }
    scene.rest.say(&scene.group_path(), "Goedemorgen").await;
    bot.next_is("groupchat_new_message").await;
    drop(open);
    for reading in readings {
        reading.await.expect("no panic").expect("it was read");
    }
}
