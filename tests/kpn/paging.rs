//! Lists in pieces: by page and amount, before a message while others come in, and by date.

use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::bedside_test;

use crate::cast::{Kpn, Ward};

async fn bodies(client: &Kpn, path: &str) -> Vec<String> {
    let list = client.get(path).await.ok();
    list.as_array().unwrap().iter().map(|message| message["body"].as_str().unwrap().to_owned()).collect()
}

/// A conversation with the messages 1 to `count`, one a minute.
async fn talk(ward: &Ward, count: usize) -> (Kpn, String) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (client, chat) = (anna.kpn().await, format!("conversations/{}", bram.uuid()));
    for number in 1..=count {
        client.say(&chat, &number.to_string()).await;
        ward.clock.pass(SignedDuration::from_mins(1));
    }
    (client, chat)
}

#[bedside_test]
async fn pages_are_counted_from_the_newest_and_leave_nothing_out(ward: Ward) {
    let (client, chat) = talk(&ward, 25).await;
    let messages = format!("{chat}/messages");
    assert_eq!(bodies(&client, &messages).await.len(), 20, "twenty unless said");
    assert_eq!(bodies(&client, &format!("{messages}?page=0&amount=3")).await, ["25", "24", "23"]);
    assert_eq!(bodies(&client, &format!("{messages}?page=2&amount=10")).await, ["5", "4", "3", "2", "1"]);
    assert_eq!(bodies(&client, &format!("{messages}?page=1")).await.len(), 5);
    assert_eq!(bodies(&client, &format!("{messages}?amount=5000")).await.len(), 25);
    for far in ["page=3&amount=10", "page=4294967295&amount=100"] {
        assert_eq!(bodies(&client, &format!("{messages}?{far}")).await, [""; 0], "{far}");
    }
}

#[bedside_test]
async fn reading_on_before_a_message_repeats_nothing_while_others_come_in(ward: Ward) {
    let (client, chat) = talk(&ward, 9).await;
    let messages = format!("{chat}/messages");
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{messages}?amount=4{before}")).await.ok();
        let Some(oldest) = page.as_array().unwrap().last().map(|message| message["id"].clone()) else {
            break;
        };
        seen.extend(page.as_array().unwrap().iter().map(|message| message["body"].clone()));
        before = format!("&before={}", oldest.as_str().unwrap());
        client.say(&chat, "nieuw").await;
        ward.pass_a_second();
    }
    assert_eq!(seen, (1..=9).rev().map(|number| Value::from(number.to_string())).collect::<Vec<_>>());
}

#[bedside_test]
async fn reading_on_goes_on_where_a_message_was_that_is_deleted_by_now(ward: Ward) {
    let (client, chat) = talk(&ward, 6).await;
    let messages = format!("{chat}/messages");
    let page = client.get(&format!("{messages}?amount=3")).await.ok();
    let last = page[2]["id"].as_str().unwrap().to_owned();
    client.delete(&format!("{messages}/{last}"), json!({})).await.ok();
    assert_eq!(bodies(&client, &format!("{messages}?amount=2&before={last}")).await, ["3", "2"]);
    let elsewhere = ward.organisation("beuk").await;
    let (eva, chris) = (elsewhere.doctor("Eva").await, elsewhere.patient("Chris").await);
    let (eva, theirs) = (eva.kpn().await, format!("conversations/{}", chris.uuid()));
    let foreign = eva.say(&theirs, "Elders").await;
    let refused = client.get(&format!("{messages}?before={foreign}")).await;
    assert_eq!(refused.refused(), (404, "message_not_found"), "a message of another chat has no place here");
}

#[bedside_test]
async fn reading_on_stays_within_the_stretch_of_time_that_was_asked_for(ward: Ward) {
    let (client, chat) = talk(&ward, 9).await;
    let messages = format!("{chat}/messages");
    let all = client.get(&messages).await.ok();
    let id = |body: usize| all[9 - body]["id"].as_str().unwrap().to_owned();
    // The third came at 08:02, the sixth at 08:05.
    let time = "start_date=2026-03-02T08:02:00Z&end_date=2026-03-02T08:05:00Z";
    for (before, amount, found) in [
        (6, 2, vec!["5", "4"]),
        (4, 2, vec!["3"]),
        (3, 2, vec![]),
        (9, 3, vec!["6", "5", "4"]),
        (1, 3, vec![]),
    ] {
        let query = format!("{time}&amount={amount}&page=1&before={}", id(before));
        assert_eq!(bodies(&client, &format!("{messages}?{query}")).await, found, "before {before}");
    }
    let since = format!("{messages}?start_date=2026-03-02T08:04:00Z&before={}", id(8));
    assert_eq!(bodies(&client, &since).await, ["7", "6", "5"]);
}

#[bedside_test]
async fn a_page_holds_what_is_still_there(ward: Ward) {
    let (client, chat) = talk(&ward, 8).await;
    let all = client.get(&format!("{chat}/messages")).await.ok();
    for at in [0, 3, 4] {
        let id = all[at]["id"].as_str().unwrap();
        client.delete(&format!("{chat}/messages/{id}"), json!({})).await.ok();
    }
    assert_eq!(bodies(&client, &format!("{chat}/messages?page=0&amount=3")).await, ["7", "6", "3"]);
    assert_eq!(bodies(&client, &format!("{chat}/messages?page=1&amount=3")).await, ["2", "1"]);
}

#[bedside_test]
async fn a_stretch_of_time_is_asked_for_in_the_clients_own_spelling(ward: Ward) {
    let (client, chat) = talk(&ward, 6).await;
    let messages = format!("{chat}/messages");
    // The first came at 08:00 UTC, one each minute from there.
    for (query, found) in [
        ("start_date=2026-03-02T08%3A04%3A00Z%2B00%3A00", vec!["6", "5"]),
        ("end_date=2026-03-02T08%3A01%3A00Z%2B00%3A00", vec!["2", "1"]),
        ("start_date=2026-03-02T08%3A01%3A30Z%2B00%3A00&end_date=2026-03-02T08%3A03%3A00Z", vec!["4", "3"]),
        ("start_date=2026-03-02T08:04:00", vec!["6", "5"]),
        ("start_date=2026-03-02T09%3A04%3A00%2B01%3A00", vec!["6", "5"]),
        ("start_date=2026-03-02T08:00:00Z&page=1&amount=4", vec!["2", "1"]),
        ("start_date=2027-01-01T00:00:00Z", vec![]),
    ] {
        assert_eq!(bodies(&client, &format!("{messages}?{query}")).await, found, "{query}");
    }
    for query in ["start_date=gisteren", "end_date=", "start_date=2026-13-01T00:00:00Z", "start_date=%00"] {
        let refused = client.get(&format!("{messages}?{query}")).await;
        assert_eq!(refused.refused(), (400, "bad_date"), "{query}");
    }
}

#[bedside_test]
async fn chats_and_people_come_in_pages_too(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let client = anna.kpn().await;
    for name in ["Bram", "Chris", "Eva"] {
        let patient = linde.patient(name).await;
        client.say(&format!("conversations/{}", patient.uuid()), "Welkom").await;
        client.post("groupchats", json!({ "subject": format!("Groep van {name}") })).await.created();
        ward.pass_a_second();
    }
    let subject = |list: &Value, at: usize| list[at]["subject"].as_str().unwrap().to_owned();
    let first = client.get("groupchats?page=0&amount=2").await.ok();
    assert_eq!(
        (subject(&first, 0), subject(&first, 1)),
        ("Groep van Eva".to_owned(), "Groep van Chris".to_owned())
    );
    let last = client.get("groupchats?page=1&amount=2").await.ok();
    assert_eq!((last.as_array().unwrap().len(), subject(&last, 0)), (1, "Groep van Bram".to_owned()));
    for path in ["conversations", "me/contacts"] {
        let mut seen = Vec::new();
        for page in 0..2 {
            let list = client.get(&format!("{path}?page={page}&amount=2")).await.ok();
            seen.extend(list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        }
        let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len()), (3, 3), "{path}");
    }
}
