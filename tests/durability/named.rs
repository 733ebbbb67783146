//! SIGKILL between a message and its answer: who named the request sends it again, and it is there once.

use std::collections::BTreeMap;

use kernel::Rng;
use reqwest::Client;
use serde_json::{Value, json};
use testkit::{Site, bedside_test};

use super::kill::while_they_work;
use super::practice::Practice;
use crate::cast::Installation;

const ROUNDS: usize = 6;
const HANDS: usize = 6;
const SEED: u64 = 20_261_121;

/// A client that names what it sends.
#[derive(Clone)]
struct Hand {
    http: Client,
    url: String,
    token: String,
}

impl Hand {
    /// The id of the message of this text; nothing without an answer.
    async fn send(&self, text: &str) -> Option<String> {
        let request = self
            .http
            .post(&self.url)
            .bearer_auth(&self.token)
            .header("idempotency-key", text.replace(' ', "-"));
        let response = request.json(&json!({ "body": text })).send().await.ok()?;
        let status = response.status().as_u16();
        let json: Value = response.json().await.ok()?;
        match status {
            201 => Some(json["id"].as_str().expect("an id").to_owned()),
            503 => None,
            _ => panic!("{status} {json}"),
        }
    }

    /// Sends until nobody answers: what was acknowledged, and what was not.
    async fn work(self, name: String) -> (Vec<(String, String)>, String) {
        let mut acknowledged = Vec::new();
        for number in 0_u32.. {
            let text = format!("{name} message {number}");
            match self.send(&text).await {
                Some(id) => acknowledged.push((text, id)),
                None => return (acknowledged, text),
            }
        }
        unreachable!("somebody stops it")
    }
}

#[bedside_test]
async fn killed_under_load_what_is_sent_again_under_its_name_is_there_once(site: Site) {
    let installation = Installation::on(&site);
    let practice = Practice::open(&installation, 1).await;
    let (doctor, patient) = (&practice.doctor, &practice.patients[0]);
    let place = |url: &str| format!("{url}/v1/conversations/{}/messages", patient.id);
    let http = Client::builder().build().expect("a client");
    let hand = |url: &str| Hand { http: http.clone(), url: place(url), token: doctor.token.clone() };
    let (rng, mut ids) = (Rng::seeded(SEED), BTreeMap::<String, String>::new());
    let mut unanswered = Vec::<String>::new();
    let mut sent_again = 0;
    for round in 0..=ROUNDS {
        let server = installation.start().await;
        for text in unanswered.drain(..) {
            let id = hand(&server.url).send(&text).await.expect("an answer to what is sent again");
            assert_eq!(ids.insert(text, id), None);
            sent_again += 1;
        }
        if round == ROUNDS {
            compare(&hand(&server.url), &ids).await;
            server.kill().await;
            break;
        }
        let work = |number| tokio::spawn(hand(&server.url).work(format!("round {round} hand {number}")));
        let hands: Vec<_> = (0..HANDS).map(work).collect();
        while_they_work(&rng).await;
        server.kill().await;
        for hand in hands {
            let (acknowledged, last) = hand.await.expect("a client that works");
            ids.extend(acknowledged);
            unanswered.push(last);
        }
    }
    assert_eq!(sent_again, ROUNDS * HANDS);
}

/// Every message is there once, under the id that was told.
async fn compare(hand: &Hand, ids: &BTreeMap<String, String>) {
    let (mut there, mut before) = (BTreeMap::new(), String::new());
    loop {
        let request = hand.http.get(format!("{}?amount=100{before}", hand.url)).bearer_auth(&hand.token);
        let page: Vec<Value> = request.send().await.expect("an answer").json().await.expect("a list");
        let Some(last) = page.last() else { break };
        before = format!("&before={}", last["id"].as_str().expect("an id"));
        for message in &page {
            let text = |field: &str| message[field].as_str().expect("a text").to_owned();
            assert_eq!(there.insert(text("body"), text("id")), None, "it stands twice: {message}");
        }
    }
    assert!(there == *ids, "{} there, {} told", there.len(), ids.len());
}
