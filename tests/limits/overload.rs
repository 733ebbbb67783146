//! More work than the store can take: 503 with a time to come back, in the words of each wire, and nothing done.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use kernel::{Error, Result};
use parking_lot::Mutex;
use serde_json::json;
use store::Place;
use testkit::bedside_test;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::cast::Ward;
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

#[bedside_test]
async fn a_full_queue_is_503_in_the_words_of_each_wire_and_leaves_nothing_behind(ward: Ward) {
    if matches!(ward.site.place, Place::Url(_)) {
        // PostgreSQL has no queue of ours: who finds no free connection waits for one, and hears the same.
        return;
    }
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
