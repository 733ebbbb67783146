//! The real program prints the longest conversation, and its memory stays small.

use futures_util::{StreamExt as _, stream};
use reqwest::Client;
use reqwest::multipart::{Form, Part};
use serde_json::json;
use testkit::{Site, bedside_test};

use super::practice::{Person, Practice};
use crate::cast::papers::{data_of, picture, words_of};
use crate::cast::{Installation, Server};

const MESSAGES: usize = 10_000;
const PICTURES: usize = 10;
/// What the program may hold while it prints such a conversation and archives it.
const MEMORY_BYTES_MAX: u64 = 200 << 20;
/// What it may hold while it prints as many as it ever does at once.
const MEMORY_BYTES_MAX_AT_ONCE: u64 = 256 << 20;

/// What the released program holds with nothing to do. One that is built for tests holds more than twice that, most of it its
/// own code, which says nothing of documents.
const IDLE_BYTES: u64 = 40 << 20;

/// Writes the conversation: every so many messages one has a photo of twelve million dots.
async fn talk(server: &Server, practice: &Practice) {
    let http = Client::builder().build().expect("a client");
    let chat = format!("{}/v1/conversations/{}", server.url, practice.doctor.id);
    let token = &practice.patients[0].token;
    let write = async |number: usize| {
        let text = format!("Bericht nummer-{number} 🙂 over de wond, die al beter geneest dan vorige week.");
        let answer = if number.is_multiple_of(MESSAGES / PICTURES) {
            let side = 4_000 + u32::try_from(number * PICTURES / MESSAGES).expect("few") * 10;
            let part =
                Part::bytes(picture(side)).file_name("wond.jpg").mime_str("image/jpeg").expect("a type");
            let form = Form::new().text("message", text).part("files", part);
            http.post(format!("{chat}/attachments")).multipart(form)
        } else {
            http.post(format!("{chat}/messages")).json(&json!({ "body": text }))
        };
        let answer = answer.bearer_auth(token).send().await.expect("an answer");
        assert_eq!(answer.status(), 201);
    };
    stream::iter(0..MESSAGES).for_each_concurrent(32, write).await;
}

/// What one of two takes along of their conversation.
async fn taken(server: &Server, [one, other]: [&Person; 2], what: &str) -> Vec<u8> {
    let url = format!("{}/v1/conversations/{}/{what}/content", server.url, other.id);
    let answer = Client::builder()
        .build()
        .expect("a client")
        .get(url)
        .bearer_auth(&one.token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.bytes().await.expect("a whole body").to_vec()
}

#[bedside_test]
async fn a_conversation_of_10_000_messages_is_printed_and_archived_in_200_megabytes(site: Site) {
    let installation = Installation::on(&site);
    let practice = Practice::open(&installation, 1).await;
    let server = installation.start().await;
    talk(&server, &practice).await;
    // What was needed to take the photos in is given back.
    server.stop().await;
    let server = installation.start().await;
    let idle = server.peak_bytes();
    let (doctor, patient) = (&practice.doctor, &practice.patients[0]);
    let one = taken(&server, [doctor, patient], "pdf").await;
    let printed = server.peak_bytes();
    let archive = taken(&server, [patient, doctor], "export").await;
    let archived = server.peak_bytes();
    // As many as are printed at once, each person one.
    let (again, other) =
        tokio::join!(taken(&server, [doctor, patient], "pdf"), taken(&server, [patient, doctor], "pdf"));
    let (Some(idle), Some(alone), Some(peak)) = (idle, archived, server.peak_bytes()) else {
        return testkit::not_run("the system tells no peak of memory");
    };
    eprintln!("{idle} idle, {printed:?} once printed, {alone} once archived, {peak} with two at once");
    assert!(IDLE_BYTES + (alone - idle) <= MEMORY_BYTES_MAX, "one after the other");
    assert!(IDLE_BYTES + (peak - idle) <= MEMORY_BYTES_MAX_AT_ONCE, "at once");
    assert_eq!(data_of(&archive)["messages"].as_array().expect("messages").len(), MESSAGES);
    assert!([again, other].iter().all(|copy| copy.len().abs_diff(one.len()) < 1_000));
    if let Some(words) = words_of(&one) {
        let missing = (0..MESSAGES).filter(|number| !words.contains(&format!("nummer-{number} "))).count();
        assert_eq!(missing, 0);
    }
}
