//! `Idempotency-Key`: a request that its client named is done once, however often it comes within 24 hours.

use jiff::SignedDuration;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use testkit::bedside_test;

use super::clients::PIXEL;
use crate::cast::{Answer, Kpn, Somebody, Ward};

async fn named(client: &Kpn, key: &str, path: &str, body: Value) -> Answer {
    client.send_with(Method::POST, path, &[("Idempotency-Key", key)], Some(body)).await
}

async fn two(ward: &Ward) -> (Somebody, Somebody, Kpn, String) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let (client, chat) = (anna.kpn().await, format!("conversations/{}", bram.uuid()));
    (anna, bram, client, chat)
}

#[bedside_test]
async fn a_named_request_is_done_once_and_answered_the_same_for_a_day(ward: Ward) {
    let (anna, _, client, chat) = two(&ward).await;
    let path = format!("{chat}/messages");
    let body = json!({ "body": "Goedemorgen" });
    let first = named(&client, "a-1", &path, body.clone()).await.created();
    for base in ::kpn::BASE_PATHS {
        ward.pass_a_second();
        assert_eq!(
            named(&client.under(base), "\"a-1\"", &path, body.clone()).await.created(),
            first,
            "{base}"
        );
    }
    // Another token of the same person and application says the same name.
    assert_eq!(named(&anna.kpn().await, "a-1", &path, body.clone()).await.created(), first);
    ward.clock.pass(SignedDuration::from_hours(23));
    let client = anna.kpn().await;
    assert_eq!(named(&client, "a-1", &path, body.clone()).await.created(), first);
    assert_eq!(client.texts(&chat).await, ["Goedemorgen"]);
    ward.clock.pass(SignedDuration::from_hours(2));
    let client = anna.kpn().await;
    assert_ne!(named(&client, "a-1", &path, body.clone()).await.created(), first, "a day is over");
    ward.pass_a_second();
    assert_ne!(named(&client, "a-2", &path, body.clone()).await.created(), first, "another name");
    client.post(&path, body).await.created();
    assert_eq!(client.texts(&chat).await.len(), 4, "without a name each is a new one");
}

#[bedside_test]
async fn a_restarted_server_knows_what_was_done(ward: Ward) {
    let (_, _, client, chat) = two(&ward).await;
    let (path, body) = (format!("{chat}/messages"), json!({ "body": "Goedemorgen" }));
    let first = named(&client, "key", &path, body.clone()).await.created();
    let restarted = ward.restarted().await;
    let request = ward.http.post(format!("{}/v1/{path}", restarted.url)).bearer_auth(&client.token);
    let again = Answer::of(request.header("idempotency-key", "key").json(&body).send().await.unwrap()).await;
    assert_eq!(again.created(), first);
    restarted.close().await;
    assert_eq!(client.texts(&chat).await.len(), 1);
}

#[bedside_test]
async fn a_name_that_was_used_for_something_else_is_412(ward: Ward) {
    let (_, bram, client, chat) = two(&ward).await;
    let path = format!("{chat}/messages");
    named(&client, "key", &path, json!({ "body": "Ja" })).await.created();
    let before = ward.inventory().await;
    for (path, body) in [
        (path.as_str(), json!({ "body": "Nee" })),
        ("groupchats", json!({ "subject": "Ja", "members": [bram.uuid()] })),
    ] {
        assert_eq!(
            named(&client, "key", path, body).await.refused(),
            (412, "idempotency_key_used"),
            "{path}"
        );
    }
    let files: [(&str, &str); 1] = [("a.txt", "een bestand")];
    assert_eq!(upload(&ward, &client, "key", &chat, &files).await.refused(), (412, "idempotency_key_used"));
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn names_are_a_persons_own_in_an_application(ward: Ward) {
    let (anna, bram, client, chat) = two(&ward).await;
    let new = json!({ "subject": "Wondzorg", "members": [] });
    let first = named(&client, "key", "groupchats", new.clone()).await.created();
    let others = anna.through(&anna.organisation.with_another_client().await).kpn().await;
    for other in [others, bram.kpn().await] {
        assert_ne!(named(&other, "key", "groupchats", new.clone()).await.created(), first);
    }
    assert_eq!(named(&client, "key", "groupchats", new).await.created(), first);
    assert_eq!(client.get(&chat).await.status, 200);
}

#[bedside_test]
async fn what_was_refused_under_a_name_may_be_tried_again_under_it(ward: Ward) {
    let (_, _, client, chat) = two(&ward).await;
    let path = format!("{chat}/messages");
    assert_eq!(named(&client, "key", &path, json!({ "body": "" })).await.refused(), (400, "body_is_empty"));
    named(&client, "key", &path, json!({ "body": "Ja" })).await.created();
    let long = "a".repeat(256);
    for bad in ["", "\"\"", &long] {
        ward.pass_a_second();
        let refused = named(&client, bad, &path, json!({ "body": "Ja" })).await;
        assert_eq!(refused.refused(), (400, "idempotency_key_bad"), "{bad:.20}");
    }
    assert_eq!(client.texts(&chat).await, ["Ja"]);
    // What makes nothing new needs no name, and does not mind one.
    let headers = [("Idempotency-Key", long.as_str())];
    client.send_with(Method::PUT, &format!("{chat}/read"), &headers, Some(json!({}))).await.ok();
}

#[bedside_test]
async fn what_makes_nothing_is_success_under_a_key_however_often_it_comes(ward: Ward) {
    let (anna, bram, client, chat) = two(&ward).await;
    let (patient, theirs) = (bram.kpn().await, format!("conversations/{}/messages", anna.uuid()));
    let options = json!([{ "name": "goed", "label": "Goed" }, { "name": "slecht", "label": "Slecht" }]);
    let asking = json!({ "body": "Hoe gaat het?", "question": { "options": options } });
    let question = client.post(&format!("{chat}/messages"), asking).await.created();
    for (path, body) in [
        (format!("{theirs}/{question}/like"), json!({})),
        (format!("{theirs}/{question}/answer"), json!({ "options": ["goed"] })),
        ("me/search".to_owned(), json!({ "query": "gaat" })),
    ] {
        ward.pass_a_second();
        let ask = async || named(&patient, &path, &path, body.clone()).await;
        let (one, two) = tokio::join!(ask(), ask());
        for answer in [one, two, ask().await] {
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        }
    }
    let picture = async || {
        let part = Part::bytes(PIXEL).file_name("ik.png").mime_str("image/png").unwrap();
        let request = ward.http.post(format!("{}/v1/me/avatar", ward.url)).bearer_auth(&patient.token);
        let request = request.header("idempotency-key", "foto").multipart(Form::new().part("avatar", part));
        Answer::of(request.send().await.expect("an answer")).await
    };
    ward.pass_a_second();
    let (one, two) = tokio::join!(picture(), picture());
    for answer in [one, two, picture().await] {
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    let shown = client.get(&format!("{chat}/messages/{question}")).await.ok();
    assert_eq!(shown["liked_by"], json!([bram.uuid()]));
}

async fn upload(ward: &Ward, client: &Kpn, key: &str, chat: &str, files: &[(&str, &str)]) -> Answer {
    ward.pass_a_second();
    let mut form = Form::new().text("message", "Foto");
    for (name, text) in files {
        let part = Part::text((*text).to_owned()).file_name((*name).to_owned());
        form = form.part("files", part.mime_str("text/plain").unwrap());
    }
    let request = ward.http.post(format!("{}/v1/{chat}/attachments", ward.url)).bearer_auth(&client.token);
    let request = request.header("idempotency-key", key).multipart(form);
    Answer::of(request.send().await.expect("an answer")).await
}

#[bedside_test]
async fn an_upload_that_was_named_is_kept_once(ward: Ward) {
    let (_, _, client, chat) = two(&ward).await;
    let letter = "Beste Bram. ".repeat(100_000);
    let files = [("brief.txt", letter.as_str())];
    let first = upload(&ward, &client, "key", &chat, &files).await.created();
    let before = ward.inventory().await;
    for _ in 0..3 {
        assert_eq!(upload(&ward, &client, "key", &chat, &files).await.created(), first);
    }
    assert_eq!(ward.inventory().await, before, "nothing more on the disk");
    let other = [("brief.txt", "Beste Bram.")];
    assert_eq!(upload(&ward, &client, "key", &chat, &other).await.refused(), (412, "idempotency_key_used"));
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn named_requests_that_come_at_once_are_one(ward: Ward) {
    let (_, _, client, chat) = two(&ward).await;
    let (path, letter) = (format!("{chat}/messages"), "Beste Bram. ".repeat(10_000));
    let text = async || named(&client, "text", &path, json!({ "body": "Tegelijk" })).await;
    let (one, two, three) = tokio::join!(text(), text(), text());
    let id = one.created();
    assert_eq!([two.created(), three.created()], [id.clone(), id]);
    let files = [("brief.txt", letter.as_str())];
    let file = async || upload(&ward, &client, "file", &chat, &files).await;
    let (one, two, three) = tokio::join!(file(), file(), file());
    let id = one.created();
    assert_eq!([two.created(), three.created()], [id.clone(), id]);
    // Two servers of one database do not see each other's work; the first to commit is the one.
    let restarted = ward.restarted().await;
    let urls = [ward.url.clone(), restarted.url.clone()];
    for round in 0..20 {
        ward.pass_a_second();
        let ask = async |url: &str| {
            let request = ward.http.post(format!("{url}/v1/{path}")).bearer_auth(&client.token);
            let request = request.header("idempotency-key", format!("round-{round}"));
            Answer::of(request.json(&json!({ "body": "Twee" })).send().await.expect("an answer")).await
        };
        let (one, two) = tokio::join!(ask(&urls[0]), ask(&urls[1]));
        assert_eq!(one.created(), two.created());
    }
    restarted.close().await;
    let all = client.get(&format!("{path}?amount=100")).await.ok();
    assert_eq!(all.as_array().unwrap().len(), 22);
}

#[bedside_test]
async fn what_was_done_is_forgotten_a_day_later(ward: Ward) {
    let (_, _, client, chat) = two(&ward).await;
    named(&client, "key", &format!("{chat}/messages"), json!({ "body": "Ja" })).await.created();
    let count = async || {
        let count = ward.house.db.read((), |tx, ()| {
            Box::pin(tx.one("SELECT COUNT(*) FROM done_requests", &[], |row| row.get::<i64>(0)))
        });
        count.await.expect("a count").unwrap()
    };
    bedside::house::tidy_up(&ward.house).await.expect("tidied up");
    assert_eq!(count().await, 1);
    ward.clock.pass(SignedDuration::from_hours(25));
    bedside::house::tidy_up(&ward.house).await.expect("tidied up");
    assert_eq!(count().await, 0);
}

#[bedside_test]
async fn an_upload_under_a_key_says_its_length_by_which_it_is_told_from_others(ward: Ward) {
    let (_, _, client, chat) = two(&ward).await;
    let before = ward.inventory().await;
    let text = "Beste Bram. ".repeat(1_000);
    let stream = futures_util::stream::iter([Ok::<_, std::io::Error>(text.into_bytes())]);
    let part = Part::stream(reqwest::Body::wrap_stream(stream)).file_name("brief.txt");
    let form = Form::new().part("files", part.mime_str("text/plain").unwrap());
    let request = ward.http.post(format!("{}/v1/{chat}/attachments", ward.url)).bearer_auth(&client.token);
    let request = request.header("idempotency-key", "key").multipart(form);
    let refused = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!(refused.refused(), (400, "length_missing"));
    assert_eq!(ward.inventory().await, before);
}

#[bedside_test]
async fn a_list_that_comes_again_is_answered_as_the_first_time(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let boss = linde.somebody("Eva", "de Boer", kernel::Role::Administrator).await;
    let client = boss.kpn_with("read write admin").await;
    let list = json!({ "send_email": false, "users": [{ "email": "a@linde.example" }, { "email": "b@linde.example" }] });
    let first = named(&client, "lijst", "company/import", list.clone()).await;
    assert_eq!(
        (first.status, &first.json["total"], &first.json["state"]),
        (201, &json!(2), &json!("working"))
    );
    let again = named(&client, "lijst", "company/import", list.clone()).await;
    assert_eq!((again.status, &again.json), (201, &first.json));
    ward.settle().await;
    let late = named(&client, "lijst", "company/import", list).await;
    assert_eq!(
        (late.status, &late.json["id"], &late.json["state"]),
        (201, &first.json["id"], &json!("done"))
    );
    assert_eq!(late.json["total"], 2);
}
