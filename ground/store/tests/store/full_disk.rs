//! A disk that fills up in the middle of a batch: nothing acknowledged is lost, nothing refused is kept, and the
//! store works again once there is room.

use std::path::{Path, PathBuf};
use std::process::Command;

use futures_util::future::join_all;
use kernel::{Clock, Error, Rng};
use store::{Db, Options, Place, args};

const INSERT: &str = "INSERT INTO jobs (id, name, payload, state, due_ms, attempts, lane)
    VALUES ($1, $2, $3, 'parked', 0, 0, 'inward')";
const NAMES: &str = "SELECT name FROM jobs";

const TEST: &str = "full_disk::a_full_disk_loses_nothing_acknowledged_and_keeps_nothing_refused";
const IN_NAMESPACE: &str = "BEDSIDE_TEST_IN_NAMESPACE";

/// A file system of sixteen megabytes, gone when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` where the test may not mount one.
    fn mount(at: &Path) -> Option<Self> {
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "bedside-test"]).arg(at).status();
        mount.is_ok_and(|status| status.success()).then(|| Self(at.to_owned()))
    }
}

/// Runs this test again as the root of a namespace of its own, who may mount there; `false` where the system gives
/// nobody else one. Beyond that it must pass.
fn passes_as_root_of_a_namespace() -> bool {
    let is_there_already = std::env::var_os(IN_NAMESPACE).is_some();
    let may = Command::new("unshare").args(["--map-root-user", "--mount", "true"]).output();
    if is_there_already || !may.is_ok_and(|done| done.status.success()) {
        return false;
    }
    let again = Command::new("unshare")
        .args(["--map-root-user", "--mount"])
        .arg(std::env::current_exe().expect("this test's program"))
        .args(["--exact", TEST, "--nocapture"])
        .env(IN_NAMESPACE, "1")
        .status();
    assert!(again.is_ok_and(|status| status.success()), "the test fails in a namespace of its own");
    true
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

async fn insert(db: &Db, name: String) -> Result<(), Error> {
    let row = (name, "x".repeat(50_000));
    db.write(row, |tx, (name, payload)| {
        Box::pin(async move {
            let id: kernel::JobId = tx.new_id();
            tx.run(INSERT, &args![&id, name, payload]).await.map(drop)
        })
    })
    .await
}

async fn names(db: &Db) -> Vec<String> {
    let read = db.read((), |tx, ()| Box::pin(async move { tx.all(NAMES, &[], |row| row.get(0)).await }));
    let mut names: Vec<String> = read.await.expect("reading works on a full disk");
    names.sort();
    names
}

/// Writes until the disk refuses, and checks that what is there is what was acknowledged.
async fn fill(db: &Db, acknowledged: &mut Vec<String>, round: usize) {
    let mut refused = 0;
    for batch in 0.. {
        let inserts = (0..16).map(|n| format!("{round}-{batch}-{n}"));
        let inserts = inserts.map(|name| async { (insert(db, name.clone()).await, name) });
        for (answer, name) in join_all(inserts).await {
            match answer {
                Ok(()) => acknowledged.push(name),
                Err(Error::Unavailable { .. }) => refused += 1,
                Err(other) => panic!("a full disk is worth trying again, not {other:?}"),
            }
        }
        if refused > 0 {
            break;
        }
    }
    acknowledged.sort();
    assert_eq!(&names(db).await, acknowledged);
    assert!(matches!(db.is_ready().await, Err(Error::Unavailable { .. })), "a full disk is not ready");
}

#[test]
fn a_full_disk_loses_nothing_acknowledged_and_keeps_nothing_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = SmallDisk::mount(folder.path()) else {
        if passes_as_root_of_a_namespace() {
            return;
        }
        return testkit::not_run("a small disk cannot be mounted, neither by root nor in a namespace");
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let ballast = folder.path().join("ballast");
        std::fs::write(&ballast, vec![0; 8 << 20]).expect("room for ballast");
        let place = Place::File(folder.path().join("bedside.db"));
        let options = Options { place, database_ca_file: None, clock: Clock::system(), rng: Rng::system() };
        let db = Db::open(options).await.expect("a store");
        let mut acknowledged = Vec::new();
        fill(&db, &mut acknowledged, 1).await;
        std::fs::remove_file(&ballast).expect("removed");
        db.is_ready().await.expect("there is room again");
        fill(&db, &mut acknowledged, 2).await;
        assert!(acknowledged.iter().any(|name| name.starts_with("2-")), "it writes again");
    });
    drop(disk);
}
