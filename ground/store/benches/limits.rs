//! What the disk and SQLite themselves allow, on the folder named by the first argument: the yardsticks that
//! `cargo xtask bench` holds the server against. Prints one line of JSON.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kernel::{Clock, Rng};
use store::{Db, Options, Place, args};

const TIME: Duration = Duration::from_secs(3);
const ROWS_PER_BATCH: i64 = 64;
const TASKS: usize = 64;
/// The work that one message of text asks of the database, as `messaging::post` does it: a look at the member, a
/// place, the message, the line of the log.
const TABLES: &str = "
    CREATE TABLE places (id INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;
    CREATE TABLE rows (id BLOB PRIMARY KEY, place INTEGER NOT NULL, n INTEGER NOT NULL, body BLOB NOT NULL,
        UNIQUE (place, n)) STRICT;
    CREATE TABLE lines (id BLOB PRIMARY KEY, place INTEGER NOT NULL, at INTEGER NOT NULL, mac BLOB NOT NULL) STRICT;
    INSERT INTO places VALUES (1, 0);";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).filter(|argument| !argument.starts_with("--"));
    let folder = folder.map_or_else(std::env::temp_dir, PathBuf::from).join("bedside-limits");
    std::fs::create_dir_all(&folder)?;
    let one_row = raw(&folder.join("one.db"), 1)?;
    let batched = raw(&folder.join("batch.db"), ROWS_PER_BATCH)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let many = runtime.block_on(seam(folder.join("many.db"), TASKS));
    let alone = runtime.block_on(seam(folder.join("alone.db"), 1));
    std::fs::remove_dir_all(&folder)?;
    println!(
        "{{\"raw_one_row_commits\":{one_row:.0},\"raw_rows_in_batches_of_64\":{batched:.0},\
         \"seam_bodies_64_tasks\":{many:.0},\"seam_bodies_1_task\":{alone:.0}}}"
    );
    Ok(())
}

/// Bodies a second of SQLite itself, on one thread, with so many bodies in each commit.
fn raw(path: &Path, per_commit: i64) -> rusqlite::Result<f64> {
    let connection = rusqlite::Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    connection.execute_batch(TABLES)?;
    let started = Instant::now();
    let mut done = 0_i64;
    while started.elapsed() < TIME {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..per_commit {
            done += 1;
            let id = done.to_be_bytes();
            connection.prepare_cached("SELECT last FROM places WHERE id = 1")?.query_row([], |_| Ok(()))?;
            let take = "UPDATE places SET last = last + 1 WHERE id = 1 RETURNING last";
            let n: i64 = connection.prepare_cached(take)?.query_row([], |row| row.get(0))?;
            let insert = "INSERT INTO rows (id, place, n, body) VALUES (?1, 1, ?2, ?3)";
            connection.prepare_cached(insert)?.execute((id, n, [7_u8; 240]))?;
            let line = "INSERT INTO lines (id, place, at, mac) VALUES (?1, 1, ?2, ?3)";
            connection.prepare_cached(line)?.execute((id, n, [9_u8; 32]))?;
        }
        connection.execute_batch("COMMIT")?;
    }
    Ok(rate(done, started))
}

/// The same through the store, with so many tasks at once.
async fn seam(path: PathBuf, tasks: usize) -> f64 {
    let options = Options {
        place: Place::File(path.clone()),
        database_ca_file: None,
        clock: Clock::system(),
        rng: Rng::system(),
    };
    let db = Db::open(options).await.expect("a store");
    rusqlite::Connection::open(&path).and_then(|c| c.execute_batch(TABLES)).expect("tables");
    let started = Instant::now();
    let counts = join_all((0..tasks).map(|_| write_for_a_while(db.clone(), started))).await;
    rate(counts.iter().sum(), started)
}

async fn write_for_a_while(db: Db, started: Instant) -> i64 {
    const LOOK: &str = "SELECT last FROM places WHERE id = 1";
    const TAKE: &str = "UPDATE places SET last = last + 1 WHERE id = 1 RETURNING last";
    const INSERT: &str = "INSERT INTO rows (id, place, n, body) VALUES ($1, 1, $2, $3)";
    const LINE: &str = "INSERT INTO lines (id, place, at, mac) VALUES ($1, 1, $2, $3)";
    let mut done = 0;
    while started.elapsed() < TIME {
        let body = db.write((), |tx, ()| {
            Box::pin(async move {
                tx.one(LOOK, &[], |row| row.get::<i64>(0)).await?;
                let n = tx.one(TAKE, &[], |row| row.get::<i64>(0)).await?.unwrap_or_default();
                let id: kernel::MessageId = tx.new_id();
                tx.run(INSERT, &args![&id, n, &[7_u8; 240]]).await?;
                tx.run(LINE, &args![&id, n, &[9_u8; 32]]).await
            })
        });
        body.await.expect("stored");
        done += 1;
    }
    done
}

fn rate(count: i64, started: Instant) -> f64 {
    count as f64 / started.elapsed().as_secs_f64()
}
