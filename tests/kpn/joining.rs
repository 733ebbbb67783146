//! A client that repeats a request while the first is still at work gets the first one's answer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use testkit::bedside_test;

use super::clients::PIXEL;
use crate::cast::{Kpn, Ward};

/// How long the house is kept busy: long enough for two requests to arrive, short of what a transaction may take.
const BUSY: Duration = Duration::from_millis(25);
const ROUNDS: usize = 8;

/// Keeps everybody who wants to write to this chat waiting for a while.
async fn keep_busy(ward: &Ward, chat_rows: &'static str, started: Arc<AtomicBool>) {
    let body = ward.house.db.write((chat_rows, started), |tx, (sql, started)| {
        Box::pin(async move {
            tx.run(sql, &[]).await?;
            started.store(true, Ordering::SeqCst);
            let (_open, gate) = mpsc::channel::<()>();
            // Whoever holds a transaction holds its thread, as a slow disk would.
            let _ = gate.recv_timeout(BUSY);
            Ok(())
        })
    });
    body.await.expect("a slow transaction");
}

async fn post_both(ward: &Ward, one: &Kpn, other: &Kpn, chat: &str, texts: [&str; 2]) -> BTreeSet<String> {
    let started = Arc::new(AtomicBool::new(false));
    let path = format!("{chat}/messages");
    let posts = async {
        while !started.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        tokio::join!(
            one.post(&path, json!({ "body": texts[0] })),
            other.post(&path, json!({ "body": texts[1] })),
        )
    };
    let busy = keep_busy(ward, "UPDATE chats SET legal_hold = legal_hold", started.clone());
    let ((one, other), ()) = tokio::join!(posts, busy);
    ward.pass_a_second();
    [one.created(), other.created()].into()
}

#[bedside_test]
async fn the_same_request_under_several_base_paths_is_answered_with_the_links_of_each(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (client, patient) = (anna.kpn().await, bram.kpn().await);
    patient.upload_as("avatar", "me/avatar", None, &[("ik.png", "image/png", PIXEL)]).await.ok();
    ward.settle().await;
    for _ in 0..ROUNDS {
        ward.pass_a_second();
        let ask = async |base: &'static str| {
            let found = client.under(base).post("me/contacts/search", json!({ "name": "Bram" })).await.ok();
            let link = found[0]["avatar"].as_str().expect("a link");
            link.split('?').next().map(str::to_owned).unwrap_or_default()
        };
        let [one, two, three] = ::kpn::BASE_PATHS;
        let links: [String; 3] = tokio::join!(ask(one), ask(two), ask(three)).into();
        let link = |base| format!("{}{base}/users/{}/avatar", ward.url, bram.uuid());
        assert_eq!(links, ::kpn::BASE_PATHS.map(link));
    }
}

#[bedside_test]
async fn the_same_post_twice_at_once_is_one_message(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (client, chat) = (anna.kpn().await, format!("conversations/{}", bram.uuid()));
    client.say(&chat, "Begin").await;
    let mut made = 0;
    for _ in 0..ROUNDS {
        let ids = post_both(&ward, &client, &client, &chat, ["Ja", "Ja"]).await;
        made += ids.len();
        let texts = client.texts(&chat).await;
        assert_eq!(texts.len(), made + 1, "each message has one id, and each id one message");
    }
    assert!(made < 2 * ROUNDS, "not one of {ROUNDS} repetitions was joined");
    let later = [client.say(&chat, "Ja").await, client.say(&chat, "Ja").await];
    assert_ne!(later[0], later[1], "once it is done, saying the same again is a new message");
}

#[bedside_test]
async fn what_differs_in_anything_is_not_joined(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (client, again) = (anna.kpn().await, anna.kpn().await);
    let chat = format!("conversations/{}", bram.uuid());
    client.say(&chat, "Begin").await;
    let other_text = post_both(&ward, &client, &client, &chat, ["Ja", "Nee"]).await;
    let other_token = post_both(&ward, &client, &again, &chat, ["Ja", "Ja"]).await;
    for ids in [other_text, other_token] {
        assert_eq!(ids.len(), 2);
    }
    assert_eq!(client.texts(&chat).await.len(), 5);
}

#[bedside_test]
async fn who_changes_what_they_read_does_not_share_the_answer_of_who_changes_anything(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
    let group = format!("groupchats/{}", client.post("groupchats", new).await.created());
    for round in 0..ROUNDS {
        ward.pass_a_second();
        let started = Arc::new(AtomicBool::new(false));
        let body = || Some(json!({ "subject": format!("Wondzorg {round}") }));
        let puts = async {
            while !started.load(Ordering::SeqCst) {
                tokio::task::yield_now().await;
            }
            tokio::join!(
                client.send_with(Method::PUT, &group, &[("If-Match", "\"oud\"")], body()),
                client.send_with(Method::PUT, &group, &[], body()),
            )
        };
        let busy = keep_busy(&ward, "UPDATE chats SET legal_hold = legal_hold", started.clone());
        let ((stale, any), ()) = tokio::join!(puts, busy);
        assert_eq!((stale.status, any.status), (412, 200));
    }
}
