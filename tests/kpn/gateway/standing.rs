//! A session lasts as long as its token, its client's line and the server.

use identity::protocol::credentials::{Credentials, Proof};
use identity::{By, tokens::GivenBack};
use jiff::SignedDuration;
use kernel::{Event, Origin, RequestId};
use secrecy::SecretString;
use serde_json::json;
use testkit::bedside_test;
use tokio_tungstenite::tungstenite::Message;

use super::{Scene, subscribe};
use crate::cast::{Adapter, Come, Kpn, Ward};

const OVER: ((u64, &str), u16) = ((403, "unauthorized"), 1008);

async fn ends_as_over(adapter: &mut Adapter) {
    let ((code, error), close) = adapter.end_by_error().await;
    assert_eq!(((code, error.as_str()), close), OVER);
}

#[bedside_test]
async fn a_token_that_expires_ends_its_session_when_it_speaks_and_in_silence(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let (mut silent, mut speaking) = (scene.bram.adapter().await, scene.bram.adapter().await);
    ward.clock.pass(SignedDuration::from_hours(3 * 24));
    let late = json!({ "event": "groupchat_new_message",
        "data": { "groupchat_id": scene.group, "body": "Te laat" } });
    speaking.try_to_send(Message::text(late.to_string())).await;
    ends_as_over(&mut speaking).await;
    ends_as_over(&mut silent).await;
    assert!(scene.anna.kpn().await.texts(&scene.group_path()).await.is_empty());
}

async fn revoke(ward: &Ward, scene: &Scene, token: &str) {
    let who = Credentials {
        client_id: scene.linde.client.hex(),
        proof: Proof::Secret(SecretString::from(scene.linde.secret.clone())),
    };
    let origin = Origin { request: RequestId::new(&ward.clock, &ward.house.rng), address: None, once: None };
    let input = (who, token.to_owned(), origin);
    let revoked = ward
        .house
        .db
        .write(input, |tx, (who, token, origin)| Box::pin(identity::tokens::revoke(tx, who, token, *origin)));
    assert_eq!(revoked.await.expect("an answer"), GivenBack::Ended);
}

#[bedside_test]
async fn a_revoked_token_ends_its_sessions_at_once_and_no_others(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let token = scene.bram.token("read write").await;
    let mut both = [Adapter::of(&ward, &token).await, Adapter::of(&ward, &token).await];
    let mut other = scene.bram.adapter().await;
    revoke(&ward, &scene, &token).await;
    for adapter in &mut both {
        ends_as_over(adapter).await;
    }
    scene.rest.say(&scene.group_path(), "Goedemorgen").await;
    other.next_is("groupchat_new_message").await;
}

#[bedside_test]
async fn who_is_disabled_is_told_nothing_more(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let (mut adapter, mut other) = (scene.bram.adapter().await, scene.chris.adapter().await);
    let disabled = ward.house.db.write((scene.linde.id, scene.bram.id), |tx, (organisation, person)| {
        Box::pin(identity::persons::disable(tx, By::Operator, *organisation, *person))
    });
    disabled.await.expect("disabled");
    ends_as_over(&mut adapter).await;
    scene.rest.say(&scene.group_path(), "Goedemorgen").await;
    other.next_is("groupchat_new_message").await;
}

#[bedside_test]
async fn while_a_token_cannot_be_looked_up_nothing_is_sent_and_the_client_comes_again(ward: Ward) {
    const BREAK: &str = "ALTER TABLE tokens RENAME TO tokens_elsewhere";
    const MEND: &str = "ALTER TABLE tokens_elsewhere RENAME TO tokens";
    let scene = Scene::of(&ward).await;
    let mut patient = scene.bram.adapter().await;
    subscribe(&mut patient, &scene.group).await;
    // Something of his may have changed, and nobody can say what.
    let run = |sql: &'static str| {
        ward.house.db.write((sql, scene.bram.id), |tx, (sql, bram)| {
            Box::pin(async move {
                tx.run(sql, &[]).await?;
                tx.emit(Event::PersonChanged { person: *bram });
                Ok(())
            })
        })
    };
    scene.rest.say(&scene.group_path(), "Goedemorgen").await;
    assert_eq!(patient.next_is("groupchat_new_message").await["body"], "Goedemorgen");
    run(BREAK).await.expect("broken");
    // Who the doctor is was asked a moment ago.
    scene.rest.say(&scene.group_path(), "Misschien niet voor hem").await;
    assert_eq!(patient.end_by_error().await, ((503, "service_unavailable".to_owned()), 1013));
    run(MEND).await.expect("mended");
    scene.bram.adapter().await.leave().await;
}

#[bedside_test]
async fn who_is_silent_is_asked_and_let_go_when_nothing_comes(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let (mut silent, mut alive) = (scene.bram.adapter().await, scene.anna.adapter().await);
    assert_eq!(alive.presence().await.1, "online");
    ward.clock.pass(SignedDuration::from_secs(50));
    while !matches!(alive.come().await, Come::Ping) {}
    // That it was answered is known once an answer to something later has come.
    alive.has_heard_nothing().await;
    ward.clock.pass(SignedDuration::from_secs(50));
    assert_eq!(alive.presence().await, (scene.bram.uuid(), "offline".to_owned()));
    let (frames, code) = silent.end().await;
    assert_eq!((frames.len(), code), (0, 1008));
}

#[bedside_test]
async fn at_the_word_to_stop_every_session_is_told_that_the_server_goes(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let server = ward.restarted().await;
    let mut session = Adapter::of_client(&scene.rest, &server.url).await;
    let mut nobody = Adapter::connect_to(&server.url, "/v1").await;
    let closing = tokio::spawn(server.close());
    for adapter in [&mut session, &mut nobody] {
        let (frames, code) = adapter.end().await;
        assert_eq!((frames.len(), code), (0, 1001));
    }
    closing.await.expect("the server ends");
    let id = scene.rest.say(&scene.group_path(), "Goedemorgen").await;
    assert_eq!(scene.rest.get(&format!("{}/messages/{id}", scene.group_path())).await.ok()["id"], id);
}

#[bedside_test]
async fn who_reads_slowly_gets_nothing_that_was_posted_after_their_token_ended(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let token = scene.bram.token("read write").await;
    let mut slow = Adapter::with_little_room(&Kpn::new(&ward, token.clone()), &ward.url).await;
    let mut other = scene.chris.adapter().await;
    subscribe(&mut slow, &scene.group).await;
    let long = "\u{20ac}".repeat(50_000);
    // More than the sockets between them hold, and less than may wait.
    for _ in 0..40 {
        ward.pass_a_second();
        scene.rest.say(&scene.group_path(), &long).await;
        other.next_is("groupchat_new_message").await;
    }
    revoke(&ward, &scene, &token).await;
    for _ in 0..3 {
        scene.rest.say(&scene.group_path(), "Na het einde").await;
        other.next_is("groupchat_new_message").await;
    }
    let (frames, _) = slow.whatever_still_comes().await;
    assert!(frames.iter().all(|frame| frame["data"]["body"] != "Na het einde"));
}

#[bedside_test]
async fn what_waits_is_sent_and_noted_as_delivered_before_the_server_goes(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let server = ward.restarted().await;
    let mut session = Adapter::of_client(&scene.bram.kpn().await, &server.url).await;
    subscribe(&mut session, &scene.group).await;
    let id = scene.rest.say(&scene.group_path(), "Goedemorgen").await;
    let (heard, ()) = tokio::join!(session.end(), server.close());
    assert_eq!((heard.0.len(), heard.1), (1, 1001));
    assert_eq!(heard.0[0]["data"]["message_id"], id.as_str());
    let message = scene.rest.get(&format!("{}/messages/{id}", scene.group_path())).await.ok();
    assert_eq!(message["delivered_to"], json!([scene.bram.uuid()]));
}

#[bedside_test]
async fn another_server_goes_on_telling_for_a_second_at_the_most(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let Some(there) = ward.elsewhere().await else { return };
    let (token, rest) = (scene.bram.token("read write").await, scene.rest.on(&there.url));
    let [mut bram, mut revoked, mut chris] = [
        Adapter::of_client(&scene.bram.kpn().await, &there.url).await,
        Adapter::of_client(&Kpn::new(&ward, token.clone()), &there.url).await,
        Adapter::of_client(&scene.chris.kpn().await, &there.url).await,
    ];
    for adapter in [&mut bram, &mut revoked, &mut chris] {
        subscribe(adapter, &scene.group).await;
    }
    rest.say(&scene.group_path(), "Goedemorgen").await;
    for adapter in [&mut bram, &mut revoked, &mut chris] {
        assert_eq!(adapter.next_is("groupchat_new_message").await["body"], "Goedemorgen");
    }
    // Each of these is done by the first server, and not by the one that they are connected to.
    revoke(&ward, &scene, &token).await;
    ward.pass_a_second();
    rest.say(&scene.group_path(), "Nog een").await;
    ends_as_over(&mut revoked).await;
    for adapter in [&mut bram, &mut chris] {
        assert_eq!(adapter.next_is("groupchat_new_message").await["body"], "Nog een");
    }
    // What a request of the token is answered out of what is remembered does not make it stand for longer.
    let other = scene.chris.token("read write").await;
    let client = Kpn::new(&ward, other.clone()).on(&there.url);
    let mut revoked = Adapter::of_client(&client, &there.url).await;
    subscribe(&mut revoked, &scene.group).await;
    ward.pass_a_second();
    client.get(&scene.group_path()).await.ok();
    ward.clock.pass(SignedDuration::from_millis(900));
    rest.say(&scene.group_path(), "En nog een").await;
    for adapter in [&mut bram, &mut chris, &mut revoked] {
        assert_eq!(adapter.next_is("groupchat_new_message").await["body"], "En nog een");
    }
    revoke(&ward, &scene, &other).await;
    ward.clock.pass(SignedDuration::from_millis(900));
    rest.say(&scene.group_path(), "Niet voor allen").await;
    ends_as_over(&mut revoked).await;
    for adapter in [&mut bram, &mut chris] {
        assert_eq!(adapter.next_is("groupchat_new_message").await["body"], "Niet voor allen");
    }
    let members = json!({ "members": [scene.bram.uuid()] });
    scene.rest.delete(&format!("{}/members", scene.group_path()), members).await.ok();
    ward.pass_a_second();
    rest.say(&scene.group_path(), "Zonder hem").await;
    assert_eq!(chris.next_is("groupchat_new_message").await["body"], "Zonder hem");
    bram.has_heard_nothing().await;
    there.close().await;
}
