//! Both ways to the writing connection: through its thread, and on the caller's own.

use std::sync::Arc;
use std::time::Duration;

use kernel::{Clock, Error, Event, PersonId, Result, Rng};
use parking_lot::Mutex;
use tempfile::TempDir;

use crate::{Db, Options, Place, args};

const INSERT: &str = "INSERT INTO leases (name, holder, until_ms) VALUES ($1, $2, $3)";
const COUNT: &str = "SELECT COUNT(*) FROM leases";
/// No commit is quick, and every one.
const WAYS: [(Duration, bool); 2] = [(Duration::ZERO, false), (Duration::MAX, true)];

struct Trial {
    db: Db,
    folder: TempDir,
}

impl Trial {
    /// A store whose writer has written once, and knows its disk.
    async fn open(quick_commit: Duration) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::File(folder.path().join("bedside.db"));
        let options = Options { place, database_ca_file: None, clock: Clock::system(), rng: Rng::system() };
        let db = Db::open_with(options, quick_commit).await.expect("a store");
        let trial = Self { db, folder };
        trial.insert("first").await.expect("stored");
        trial
    }

    /// Stores a row and names the thread on which that was done.
    async fn insert(&self, name: &str) -> Result<String> {
        let body = self.db.write(name.to_owned(), |tx, name| {
            Box::pin(async move {
                tx.run(INSERT, &args![name, b"holder", 1_i64]).await?;
                tx.emit(Event::PersonChanged { person: PersonId::new(tx.clock(), tx.rng()) });
                if name.starts_with("refused") {
                    return Err(Error::conflict("no", "the body says no"));
                }
                Ok(std::thread::current().name().unwrap_or_default().to_owned())
            })
        });
        body.await
    }

    async fn rows(&self) -> i64 {
        let count = self
            .db
            .read((), |tx, ()| Box::pin(async move { tx.one(COUNT, &[], |row| row.get::<i64>(0)).await }));
        count.await.expect("a count").unwrap_or_default()
    }
}

#[tokio::test]
async fn a_body_alone_is_carried_out_where_it_stands_when_the_disk_is_quick() {
    for (quick, is_here) in WAYS {
        let trial = Trial::open(quick).await;
        // The thread may still hold the connection when its first answer is heard.
        let mut here = 0;
        for n in 0..100 {
            let thread = trial.insert(&format!("row {n}")).await.expect("stored");
            here += usize::from(thread != "bedside-writer");
        }
        assert_eq!(here > 0, is_here, "{here} of 100 were carried out here");
        assert_eq!(trial.rows().await, 101);
    }
}

#[tokio::test]
async fn what_a_body_alone_refuses_is_absent_and_tells_nobody() {
    for (quick, _) in WAYS {
        let trial = Trial::open(quick).await;
        let told = Arc::new(Mutex::new(0));
        let ears = told.clone();
        trial.db.observe(move |events| *ears.lock() += events.len());
        assert!(matches!(trial.insert("refused").await, Err(Error::Conflict { .. })));
        assert!(trial.insert("first").await.is_err(), "the name is a primary key");
        assert_eq!(trial.rows().await, 1);
        assert_eq!(*told.lock(), 0);
        trial.insert("second").await.expect("a refusal leaves the connection free");
        assert_eq!(*told.lock(), 1, "told before it is answered");
        assert_eq!(trial.rows().await, 2);
    }
}

#[tokio::test]
async fn a_slow_disk_is_not_forgotten_for_a_transaction_that_changed_nothing() {
    let trial = Trial::open(Duration::ZERO).await;
    let nothing = trial
        .db
        .write((), |tx, ()| Box::pin(async move { tx.one(COUNT, &[], |row| row.get::<i64>(0)).await }));
    nothing.await.expect("read");
    assert_eq!(trial.insert("second").await.expect("stored"), "bedside-writer");
}

#[tokio::test]
async fn the_log_is_copied_back_for_bodies_alone_too() {
    let trial = Trial::open(Duration::MAX).await;
    for n in 0..6_000 {
        trial.insert(&format!("row {n}")).await.expect("stored");
    }
    let size = |name: &str| std::fs::metadata(trial.folder.path().join(name)).expect("a file").len();
    assert!(size("bedside.db") > 200_000, "the rows are in the database: {}", size("bedside.db"));
    assert!(size("bedside.db-wal") < 8 << 20, "the log begins anew: {}", size("bedside.db-wal"));
    drop(trial.db);
    assert!(!trial.folder.path().join("bedside.db-wal").exists(), "and the log is gone with the store");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn bodies_of_many_callers_are_all_there_whichever_way_they_came() {
    for (quick, _) in WAYS {
        let trial = Arc::new(Trial::open(quick).await);
        let callers = (0..8).map(|caller| {
            let trial = trial.clone();
            tokio::spawn(async move {
                for n in 0..100 {
                    let refused = trial.insert(&format!("refused {caller} {n}")).await;
                    assert!(matches!(refused, Err(Error::Conflict { .. })));
                    trial.insert(&format!("row {caller} {n}")).await.expect("stored");
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.expect("no panic");
        }
        assert_eq!(trial.rows().await, 801);
    }
}

#[tokio::test]
async fn a_file_that_cannot_give_room_back_is_not_asked_without_end() {
    let Trial { db, folder } = Trial::open(Duration::MAX).await;
    drop(db);
    // As the tools of SQLite restore a dump.
    let restored = rusqlite::Connection::open(folder.path().join("bedside.db")).expect("a file");
    let ballast = "PRAGMA auto_vacuum = NONE; VACUUM; CREATE TABLE ballast (bytes BLOB);
                   INSERT INTO ballast VALUES (zeroblob(8000000)); DROP TABLE ballast;";
    restored.execute_batch(ballast).expect("emptied");
    let empty: i64 = restored.query_row("PRAGMA freelist_count", [], |row| row.get(0)).expect("a number");
    assert!(empty > 1_500, "{empty} pages are empty");
    drop(restored);
    let place = Place::File(folder.path().join("bedside.db"));
    let options = Options { place, database_ca_file: None, clock: Clock::system(), rng: Rng::system() };
    let db = Db::open(options).await.expect("a store");
    assert!(!db.give_back().await.expect("asked"), "there is more, but none of it comes");
}
