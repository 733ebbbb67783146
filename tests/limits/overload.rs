//! More work than the store can take: 503 with a time to come back, in the words of each wire, and nothing done.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use bedside::config::Config;
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::FuturesUnordered;
use kernel::{Error, Result};
use parking_lot::Mutex;
use serde_json::json;
use store::{Place, scratch};
use testkit::{Engine, Site};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::cast::{Answer, Browser, Node, Ward};
use crate::oauth::app::{App, PASSWORD, browser, sign_in};

/// More bodies than may wait for the writer.
const CROWD: usize = 4_200;

/// Holds the store's writer until a word is sent.
async fn hold(ward: &Ward) -> (Sender<()>, JoinHandle<Result<()>>) {
    let ((open, gate), (tell, entered)) = (channel::<()>(), oneshot::channel::<()>());
    let doors = Arc::new(Mutex::new((Some(tell), gate)));
    let db = ward.house.db.clone();
    let holding = tokio::spawn(async move {
        let hold = db.write(doors, |_, doors| {
            Box::pin(async move {
                let mut doors = doors.lock();
                if let Some(tell) = doors.0.take() {
                    tell.send(()).map_err(Error::bug)?;
                }
                doors.1.recv().map_err(Error::bug)
            })
        });
        hold.await
    });
    entered.await.expect("the writer is held");
    (open, holding)
}

/// PostgreSQL has no queue of ours: there, writers wait for connections and locks.
#[test]
fn a_full_queue_is_503_in_the_words_of_each_wire_and_leaves_nothing_behind() {
    testkit::run(Engine::Sqlite, fill_the_queue);
}

async fn fill_the_queue(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await.with_password(PASSWORD).await;
    let eva = linde.patient("Eva").await.with_password(PASSWORD).await;
    let (client, app) = (anna.kpn().await, App::of(&linde, |_| {}).await);
    let code = app.code(&eva, &[]).await;
    let mut visit = browser(&ward);
    let page = visit.open("/login").await;
    sign_in(&mut visit, &page, &anna).await;
    let page = visit.open("/chats/new-group").await;
    let mut stranger = browser(&ward);
    let login = stranger.open("/login").await;

    let (open, holding) = hold(&ward).await;
    let db = &ward.house.db;
    let mut crowd: FuturesUnordered<_> =
        (0..CROWD).map(|_| db.write((), |_, ()| Box::pin(async { Ok(()) }))).collect();
    let first = crowd.next().await.expect("somebody is answered");
    assert!(matches!(first, Err(Error::Unavailable { .. })), "{first:?}");

    let chat = format!("conversations/{}/messages", eva.uuid());
    let (wrong, member) = ([("email", eva.email.as_str()), ("password", "a guess")], eva.uuid());
    let group = [("subject", "Te druk"), ("member", member.as_str())];
    let (posted, redeemed, tried, begun) = tokio::join!(
        client.post(&chat, json!({ "body": "Te druk" })),
        async { app.redeem(&app.token_form(&code, &[])).await },
        stranger.submit(&login, &wrong),
        visit.submit(&page, &group),
    );
    assert_eq!((posted.refused(), posted.header("retry-after")), ((503, "service_unavailable"), "1"));
    assert_eq!((redeemed.status, redeemed.header("retry-after")), (503, "1"));
    assert_eq!(redeemed.json["error"], "temporarily_unavailable");
    for page in [tried, begun] {
        assert_eq!((page.status, page.header("retry-after")), (503, "1"), "{}", page.path);
        assert!(page.is_html() && page.text.contains("very busy"), "{}", page.text);
    }
    assert_eq!(client.get("me").await.status, 200, "who only reads does not wait for writers");

    open.send(()).expect("it is held");
    holding.await.unwrap().expect("what was accepted is done");
    while crowd.next().await.is_some() {}
    assert!(client.texts(&format!("conversations/{}", eva.uuid())).await.is_empty());
    assert!(client.get("groupchats").await.ok().as_array().expect("an array").is_empty());
    assert_eq!(app.redeem(&app.token_form(&code, &[])).await.status, 200, "the code was not used up");
    assert_eq!(client.post(&chat, json!({ "body": "Het lukt weer" })).await.status, 201);
    ward.settle().await;
}

/// More writers than PostgreSQL has connections for.
const WRITERS: usize = 40;

/// A second house on the ward's database, whose writers wait only this long for what another holds.
async fn impatient(ward: &Ward, url: &str) -> Node {
    let place = Place::Url(format!("{url}?options=-c%20lock_timeout%3D200ms"));
    let site = Site { place, ..ward.site.clone() };
    let change = |config: &mut Config| config.limits.messenger_calls_per_second = 0;
    Node::open_with(&site, "second", Some(&ward.url), change).await
}

/// Reading goes on while every connection for writing waits; who waited in vain hears when to come back, in the words
/// of each wire, and who is still waiting when there is room again is served.
#[test]
fn writers_whom_postgres_keeps_waiting_are_503_and_leave_nothing_behind() {
    testkit::run(Engine::Postgres, keep_writers_waiting);
}

async fn keep_writers_waiting(ward: Ward) {
    let Place::Url(url) = &ward.site.place else { unreachable!("PostgreSQL was asked for") };
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await.with_password(PASSWORD).await;
    let eva = linde.patient("Eva").await.with_password(PASSWORD).await;
    let (client, app) = (anna.kpn().await, App::of(&linde, |_| {}).await);
    let code = app.code(&eva, &[]).await;
    let node = impatient(&ward, url).await;
    let mut visit = Browser::at(&ward.http, &node.url);
    let login = visit.open("/login").await;
    sign_in(&mut visit, &login, &anna).await;
    let page = visit.open("/chats/new-group").await;
    let mut stranger = Browser::at(&ward.http, &node.url);
    let login = stranger.open("/login").await;
    let chat = format!("conversations/{}", eva.uuid());
    client.say(&chat, "Voor de drukte").await;

    let hold = scratch::Hold::of(url).await.expect("every table is held");
    let post = async |text: String| {
        let request = ward.http.post(format!("{}/v1/{chat}/messages", node.url)).bearer_auth(&client.token);
        Answer::of(request.json(&json!({ "body": text })).send().await.expect("an answer")).await
    };
    let redeem = async {
        let request = ward.http.post(format!("{}/oauth/token", node.url)).form(&app.token_form(&code, &[]));
        Answer::of(request.send().await.expect("an answer")).await
    };
    let (wrong, member) = ([("email", eva.email.as_str()), ("password", "a guess")], eva.uuid());
    let group = [("subject", "Te druk"), ("member", member.as_str())];
    let (posted, redeemed, tried, begun) = tokio::join!(
        join_all((0..WRITERS).map(|number| post(format!("Te druk {number}")))),
        redeem,
        stranger.submit(&login, &wrong),
        visit.submit(&page, &group),
    );
    for posted in &posted {
        assert_eq!((posted.refused(), posted.header("retry-after")), ((503, "service_unavailable"), "1"));
    }
    assert_eq!((redeemed.status, redeemed.header("retry-after")), (503, "1"), "{}", redeemed.text);
    for page in [tried, begun] {
        assert_eq!((page.status, page.header("retry-after")), (503, "1"), "{}", page.path);
        assert!(page.is_html() && page.text.contains("very busy"), "{}", page.text);
    }
    assert_eq!(client.get("me").await.status, 200, "who only reads does not wait for writers");

    // The ward's own house waits longer, and is let through.
    let patient = tokio::spawn({
        let (client, chat) = (client.clone(), chat.clone());
        async move { client.say(&chat, "Wie wacht, wordt geholpen").await }
    });
    while hold.waiting().await.expect("a count") == 0 {
        tokio::task::yield_now().await;
    }
    hold.release().await;
    patient.await.expect("what was accepted is done");
    assert_eq!(client.texts(&chat).await, ["Wie wacht, wordt geholpen", "Voor de drukte"]);
    assert!(client.get("groupchats").await.ok().as_array().expect("an array").is_empty());
    assert_eq!(app.redeem(&app.token_form(&code, &[])).await.status, 200, "the code was not used up");
    assert_eq!(post("Het lukt weer".to_owned()).await.status, 201);
    node.close().await;
    ward.settle().await;
}
