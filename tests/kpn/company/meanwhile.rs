//! What others do with somebody who waits, just while they come or are forgotten.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use flows::ChatRef;
use futures_util::future::BoxFuture;
use identity::invitations::{self, Joining, Link, Open};
use jiff::SignedDuration;
use kernel::{Actor, ChatId, Error, PersonId, Result, Role};
use messaging::{GroupDraft, Right};
use serde_json::json;
use store::{Tx, args};
use testkit::bedside_test;
use tokio::task::JoinHandle;

use super::newest_link;
use crate::cast::{Kpn, Organisation, Somebody, Ward};

/// How long a slow transaction keeps what it holds: long enough for another one to do all that it does.
const BUSY: Duration = Duration::from_millis(150);

/// Somebody who has an account elsewhere, and waits here.
struct Waiting {
    actor: Actor,
    waited: PersonId,
    open: Open,
}

impl Waiting {
    async fn of(ward: &Ward, client: &Kpn, linde: &Organisation, person: &Somebody) -> Self {
        ward.pass_a_second();
        let new = json!({ "email": person.email, "aux_id": "zaak/12" });
        let waited = client.post("users/invite/private", new).await.created();
        let waited = PersonId::from_uuid(&waited).expect("an id");
        let link = newest_link(ward).await;
        let hash = vault::token_hash(link.split_once("code=").expect("a code").1);
        let opened = ward.house.db.read(hash, |tx, hash| Box::pin(invitations::open_link(tx, hash))).await;
        let Ok(Link::Open(open)) = opened else { panic!("a link that opens: {opened:?}") };
        let actor = Actor { organisation: linde.id, ..person.actor(Role::Patient, &[]) };
        Self { actor, waited, open: *open }
    }

    async fn prepare(&self, ward: &Ward) -> (Actor, Joining) {
        let input = (self.actor.clone(), self.open.clone());
        let prepared = ward
            .house
            .db
            .read(input, |tx, (actor, open)| Box::pin(invitations::prepare_joining(tx, actor, open)));
        (self.actor.clone(), prepared.await.expect("prepared"))
    }

    /// They come.
    async fn come(&self, ward: &Ward) -> Result<()> {
        let prepared = self.prepare(ward).await;
        ward.house.db.write(prepared, come).await
    }

    /// In how many chats there is a place for them, under the id that they had and the one that they have.
    async fn places(&self, ward: &Ward) -> [i64; 2] {
        let mut places = [0; 2];
        for (count, person) in places.iter_mut().zip([self.waited, self.actor.person]) {
            let read = ward.house.db.read(person, |tx, person| {
                let sql = "SELECT COUNT(*) FROM chat_members WHERE person = $1";
                Box::pin(async move { tx.one(sql, &args![person], |row| row.get::<i64>(0)).await })
            });
            *count = read.await.expect("a count").expect("a count");
        }
        places
    }
}

fn come<'c>(tx: &'c Tx, (actor, joining): &'c (Actor, Joining)) -> BoxFuture<'c, Result<()>> {
    Box::pin(async move {
        let joined = invitations::join(tx, actor, joining).await?;
        messaging::hand_over(tx, actor, joined.waited).await
    })
}

type Asked = (Actor, Option<ChatId>, PersonId);
type Doing<I> = for<'c> fn(&'c Tx, &'c I) -> BoxFuture<'c, Result<()>>;

/// Somebody writes to them first.
fn write<'c>(tx: &'c Tx, (actor, _, waited): &'c Asked) -> BoxFuture<'c, Result<()>> {
    Box::pin(async move {
        flows::chats::open_or_begin(tx, actor, ChatRef::Direct(*waited), Right::Post).await.map(drop)
    })
}

/// Somebody adds them to a group.
fn add<'c>(tx: &'c Tx, (actor, group, waited): &'c Asked) -> BoxFuture<'c, Result<()>> {
    let group = ChatRef::Group(group.expect("a group"));
    Box::pin(async move { flows::chats::add_members(tx, actor, group, &[*waited]).await })
}

/// Does something in a transaction that goes on for a while after it did so, as on a slow disk; comes back when it is done
/// and nothing of it is kept yet.
async fn slowly<I: Send + Sync + 'static>(ward: &Ward, input: I, doing: Doing<I>) -> JoinHandle<Result<()>> {
    let is_done = Arc::new(AtomicBool::new(false));
    let (db, input) = (ward.house.db.clone(), (input, is_done.clone()));
    let slow = tokio::spawn(async move {
        let body = db.write(input, move |tx, (input, is_done)| {
            Box::pin(async move {
                doing(tx, input).await?;
                is_done.store(true, Ordering::SeqCst);
                let (_open, gate) = mpsc::channel::<()>();
                let _ = gate.recv_timeout(BUSY);
                Ok(())
            })
        });
        body.await
    });
    while !is_done.load(Ordering::SeqCst) && !slow.is_finished() {
        tokio::task::yield_now().await;
    }
    slow
}

#[bedside_test]
async fn who_is_first_written_to_or_added_just_while_they_come_has_the_chat(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.doctor("Anna").await;
    let (client, doctor) = (anna.kpn().await, anna.actor(Role::Doctor, &[]));
    let group = client.post("groupchats", json!({ "subject": "Wondzorg" })).await.created();
    let group = ChatId::from_uuid(&group).expect("an id");
    let doings: [(&str, Doing<Asked>); 2] = [("Bram", write), ("Chris", add)];
    for (name, doing) in doings {
        let waiting = Waiting::of(&ward, &client, &linde, &eik.patient(name).await).await;
        let writing = slowly(&ward, (doctor.clone(), Some(group), waiting.waited), doing).await;
        waiting.come(&ward).await.expect("came");
        writing.await.expect("a task").expect("written");
        assert_eq!(waiting.places(&ward).await, [0, 1], "{name}");
    }
    ward.settle().await;
}

#[bedside_test]
async fn a_group_that_was_made_ready_with_who_waited_begins_with_who_came(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.doctor("Anna").await;
    let (client, doctor) = (anna.kpn().await, anna.actor(Role::Doctor, &[]));
    for (name, about) in [("Bram", false), ("Chris", true)] {
        let waiting = Waiting::of(&ward, &client, &linde, &eik.patient(name).await).await;
        let coming = slowly(&ward, waiting.prepare(&ward).await, come).await;
        let about = about.then_some(waiting.waited);
        let members = if about.is_some() { Vec::new() } else { vec![waiting.waited] };
        let draft = GroupDraft { subject: "Wondzorg".to_owned(), about, ..GroupDraft::default() };
        let begun = flows::chats::begin_group(&ward.house, &doctor, draft, members).await.expect("a group");
        coming.await.expect("a task").expect("came");
        assert_eq!(waiting.places(&ward).await, [0, i64::from(about.is_none())], "{name}");
        let read = ward.house.db.read(begun, |tx, chat| {
            let sql = "SELECT patient FROM chats WHERE id = $1";
            Box::pin(async move { tx.one(sql, &args![chat], |row| row.get::<PersonId>(0)).await })
        });
        assert_eq!(read.await.expect("a row"), Some(waiting.actor.person), "{name}");
    }
    ward.settle().await;
}

#[bedside_test]
async fn nobody_is_forgotten_to_whom_somebody_just_begins_to_write(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let anna = linde.doctor("Anna").await;
    let (client, doctor) = (anna.kpn().await, anna.actor(Role::Doctor, &[]));
    let waiting = Waiting::of(&ward, &client, &linde, &eik.patient("Bram").await).await;
    ward.clock.pass(SignedDuration::from_hours(24 * 71));
    let writing = slowly(&ward, (doctor, None, waiting.waited), write).await;
    let forgotten = flows::forgetting::forget_unanswered(&ward.house).await.expect("forgotten");
    writing.await.expect("a task").expect("written");
    assert_eq!((forgotten, waiting.places(&ward).await), (0, [1, 0]));
    ward.settle().await;
}

#[bedside_test]
async fn who_was_called_something_else_while_they_came_is_called_so_and_keeps_no_older_name(ward: Ward) {
    let (linde, eik) = (ward.organisation("linde").await, ward.organisation("eik").await);
    let client = linde.doctor("Anna").await.kpn().await;
    let waiting = Waiting::of(&ward, &client, &linde, &eik.patient("Bram").await).await;
    let path = format!("users/{}/aux", waiting.waited.uuid());
    let other = linde.with_another_client().await;
    let other = linde.doctor("Eva").await.through(&other).kpn().await;
    for (by, name) in [(&client, "zaak/13"), (&other, "0042")] {
        let prepared = waiting.prepare(&ward).await;
        by.put(&path, json!({ "aux_id": name })).await.ok();
        let late = ward.house.db.write(prepared, come).await;
        assert!(matches!(late, Err(Error::Unavailable { .. })), "{name}: {late:?}");
    }
    let prepared = waiting.prepare(&ward).await;
    client.delete(&path, json!({})).await.ok();
    let late = ward.house.db.write(prepared, come).await;
    assert!(matches!(late, Err(Error::Unavailable { .. })), "taken away: {late:?}");
    client.put(&path, json!({ "aux_id": "zaak/14" })).await.ok();
    waiting.come(&ward).await.expect("came");
    let came = waiting.actor.person.uuid();
    for (by, name) in [(&client, "zaak%2F14"), (&other, "0042")] {
        assert_eq!(by.get(&format!("aux/users/{name}")).await.ok()["id"], came.as_str());
    }
    ward.settle().await;
}
