//! What is gone is gone from the disk: sizes of the database and of the folder of files, before and after.

use std::path::Path;
use std::process::Command;

use jiff::SignedDuration;
use serde_json::json;
use store::Place;
use testkit::bedside_test;

use crate::cast::{Kpn, Ward};

/// Bytes of the database, and of the files beside it.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    database: u64,
    files: u64,
}

impl Sizes {
    /// After the engine has given back what it can: SQLite as the house does it each hour, PostgreSQL as its autovacuum.
    async fn of(ward: &Ward) -> Self {
        let data = ward.site.folder.join("data");
        let database = match &ward.site.place {
            Place::File(_) => {
                while ward.house.db.give_back().await.expect("room is given back") {}
                std::fs::metadata(data.join("bedside.db")).expect("the database").len()
            }
            Place::Url(url) => {
                ask(url, "VACUUM");
                ask(url, "SELECT pg_database_size(current_database())").parse().expect("bytes")
            }
        };
        Self { database, files: bytes_below(&data.join("files")) }
    }
}

fn ask(url: &str, sql: &str) -> String {
    let answer = Command::new("psql").args([url, "-Atc", sql]).output().expect("psql");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    String::from_utf8_lossy(&answer.stdout).trim().to_owned()
}

fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let bytes = |path: &Path| {
        if path.is_dir() { bytes_below(path) } else { path.metadata().map_or(0, |file| file.len()) }
    };
    entries.filter_map(Result::ok).map(|entry| bytes(&entry.path())).sum()
}

/// Some eight megabytes of text, and one of files.
async fn fill(ward: &Ward, client: &Kpn, group: &str) {
    let text = "\u{1f9e1}".repeat(40_000);
    for _ in 0..50 {
        ward.pass_a_second();
        client.say(group, &text).await;
    }
    let file = b"dag drie ".repeat(60_000);
    for _ in 0..2 {
        ward.pass_a_second();
        let files: [(&str, &str, &[u8]); 1] = [("dagboek.txt", "text/plain", &file)];
        client.upload(&format!("{group}/attachments"), None, &files).await.created();
    }
}

#[bedside_test]
async fn what_expired_and_what_was_deleted_no_longer_takes_room(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let client = anna.kpn().await;
    let day = 86_400;
    for ends_by in ["time", "hand"] {
        let empty = Sizes::of(&ward).await;
        let new = json!({ "subject": "Dagboek", "members": [bram.uuid()], "settings": { "auto_expire_after": day } });
        let group = format!("groupchats/{}", client.post("groupchats", new).await.created());
        fill(&ward, &client, &group).await;
        let full = Sizes::of(&ward).await;
        assert!(full.database > empty.database + 5_000_000, "{empty:?} {full:?}");
        assert!(full.files > empty.files + 1_000_000, "{empty:?} {full:?}");
        if ends_by == "time" {
            ward.clock.pass(SignedDuration::from_secs(day));
        } else {
            client.delete(&group, json!({ "remove": true })).await.ok();
        }
        ward.settle().await;
        let after = Sizes::of(&ward).await;
        eprintln!("{ends_by}: {empty:?}, then {full:?}, then {after:?}");
        // SQLite keeps up to two megabytes for what is written next.
        assert!(after.database < empty.database + 2_500_000, "{ends_by}: {empty:?} {full:?} {after:?}");
        assert_eq!(after.files, empty.files, "{ends_by}");
    }
}
