//! More writers than the queue holds: whoever finds no room is told to come back, and those who have some are served.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use kernel::{Clock, Error, Rng};
use parking_lot::Mutex;
use store::{Db, Options, Place, args};

use super::{COUNT_ALL, insert};

/// One body at work and as many as may wait for it.
const ROOM: usize = 1 + 4_096;

#[tokio::test(start_paused = true)]
async fn who_finds_the_queue_full_is_asked_to_come_back_and_what_was_accepted_is_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Place::File(folder.path().join("bedside.db"));
    let options = Options { place, database_ca_file: None, clock: Clock::system(), rng: Rng::system() };
    let db = Db::open(options).await.expect("a store");
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let (tell, entered) = std::sync::mpsc::channel::<()>();
    let doors = Arc::new(Mutex::new((gate, tell)));
    let holder = tokio::spawn({
        let db = db.clone();
        async move {
            let hold = db.write(doors, |tx, doors| {
                Box::pin(async move {
                    {
                        let (gate, tell) = &*doors.lock();
                        tell.send(()).map_err(Error::bug)?;
                        gate.recv().map_err(Error::bug)?;
                    }
                    insert(tx, "holder").await
                })
            });
            hold.await
        }
    });
    tokio::task::yield_now().await;
    entered.recv().expect("the writer is at work");

    let write = |number: usize| {
        db.write(format!("name {number}"), |tx, name| {
            Box::pin(async move { insert(tx, name).await.map(drop) })
        })
    };
    let mut writes: FuturesUnordered<_> = (0..ROOM + 9).map(write).collect();
    for _ in 0..10 {
        let refused = writes.next().await.expect("somebody is answered");
        assert!(matches!(refused, Err(Error::Unavailable { .. })), "{refused:?}");
    }
    open.send(()).expect("the holder waits");
    holder.await.expect("it ends").expect("the first body is kept");
    while let Some(written) = writes.next().await {
        written.expect("what had room is done");
    }
    let count =
        db.read((), |tx, ()| Box::pin(async move { tx.one(COUNT_ALL, &args![], |row| row.get(0)).await }));
    let count: Option<i64> = count.await.expect("a count");
    assert_eq!(count, i64::try_from(ROOM).ok(), "and nothing of who had none");
}
