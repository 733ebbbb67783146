//! What one commit waited for is told before what it made true itself.

use std::sync::Arc;

use futures_util::future::join_all;
use kernel::{ChatId, Event, MessageId, OrganisationId, PersonId, Result};
use parking_lot::Mutex;
use store::{Tx, args};
use testkit::{Ground, bedside_test};

const NEXT: &str = "UPDATE leases SET until_ms = until_ms + 1 WHERE name = $1 RETURNING until_ms";
const COMMITS: i64 = 300;

/// Takes the next place of a row that all others wait for, and leaves word of it.
async fn take(tx: &Tx) -> Result<i64> {
    let seq = tx.one(NEXT, &args!["places"], |row| row.get::<i64>(0)).await?.expect("the row");
    tx.emit(Event::MessagePosted {
        organisation: OrganisationId::from_bytes([1; 12]),
        chat: ChatId::from_bytes([2; 12]),
        message: MessageId::from_bytes([3; 12]),
        seq,
        author: PersonId::from_bytes([4; 12]),
    });
    Ok(seq)
}

#[bedside_test]
async fn places_that_were_taken_one_after_another_are_told_so_however_many_take_them(ground: Ground) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let ears = told.clone();
    ground.db.observe_in_order(move |events| {
        let seqs = events.iter().filter_map(|event| match event {
            Event::MessagePosted { seq, .. } => Some(*seq),
            _ => None,
        });
        ears.lock().extend(seqs);
    });
    let row = ground.db.write((), |tx, ()| Box::pin(async move { super::insert(tx, "places").await }));
    row.await.expect("a row of places");
    let takes = (0..COMMITS).map(|_| ground.db.write((), |tx, ()| Box::pin(take(tx))));
    let mut taken: Vec<i64> = join_all(takes).await.into_iter().map(|seq| seq.expect("a place")).collect();
    taken.sort_unstable();
    let all: Vec<i64> = (2..=COMMITS + 1).collect();
    assert_eq!(taken, all);
    assert_eq!(*told.lock(), all, "once all were answered, all were told, in their order");
}
