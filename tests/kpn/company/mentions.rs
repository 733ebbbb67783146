//! Texts that speak to thousands whom nobody knows.

use kernel::PersonId;
use serde_json::{Value, json};
use testkit::bedside_test;

use super::accounts::{accept, signed_in};
use super::{known, newest_link};
use crate::cast::papers::data_of;
use crate::cast::{Kpn, Ward};
use crate::oauth::app::PASSWORD;

/// As many as fit into one text.
const MENTIONS: usize = 1_085;
const MESSAGES: usize = 14;

/// A text that speaks to people whom its author made up.
fn noise(ward: &Ward) -> String {
    let nobody = || format!("[mention={}]", PersonId::new(&ward.clock, &ward.site.rng).uuid());
    format!("Ruis{}", std::iter::repeat_with(nobody).take(MENTIONS).collect::<String>())
}

async fn found(client: &Kpn, query: &str) -> Vec<Value> {
    let found = client.post("me/search", json!({ "query": query })).await.ok();
    found["messages"].as_array().expect("messages").clone()
}

#[bedside_test]
async fn a_chat_in_which_thousands_are_made_up_is_read_found_and_saved_and_who_waited_is_named(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let (anna, chris) = (linde.doctor("Anna").await, linde.patient("Chris").await);
    let bram = eik.patient("Bram").await.with_password(PASSWORD).await;
    let (client, noisy) = (anna.kpn().await, chris.kpn().await);
    let waited = client.post("users/invite/private", json!({ "email": bram.email })).await.created();
    let new = json!({ "subject": "Wondzorg", "members": [waited, chris.uuid()] });
    let id = client.post("groupchats", new).await.created();
    let group = format!("groupchats/{id}");
    client.say(&group, &format!("Morgen, [mention={waited}]?")).await;
    accept(&ward, &bram, &newest_link(&ward).await).await;
    for _ in 0..MESSAGES {
        noisy.say(&group, &noise(&ward)).await;
        ward.pass_a_second();
    }
    ward.settle().await;

    let there = known(&linde, &bram.uuid(), &bram.email).kpn().await;
    let spoken_to = format!("Morgen, [mention={}]?", bram.uuid());
    let read = there.texts(&group).await;
    assert_eq!((read.len(), read.last()), (MESSAGES + 1, Some(&spoken_to)));
    assert_eq!(found(&there, "ruis").await.len(), MESSAGES);
    assert_eq!(found(&there, "morgen").await[0]["body"], spoken_to);
    let (status, _, archive) = there.fetch(&format!("{group}/export/content")).await;
    assert_eq!(status, 200);
    assert!(data_of(&archive).to_string().contains(&spoken_to));
    let page = signed_in(&ward, &bram).await.open(&format!("/chats/{id}")).await;
    assert!(page.status == 200 && page.text.contains("@Bram de Boer"), "{}", page.status);
}
