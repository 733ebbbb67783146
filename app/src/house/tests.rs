//! Opening a house: what it needs, what it makes, and what it says when it cannot.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use kernel::{Clock, Error, Rng};

use super::trial::Trial;
use super::*;

/// Why a house in this folder does not open.
async fn refusal(folder: &Path, change: impl FnOnce(&mut Config)) -> (&'static str, String) {
    let mut config = Config::default();
    config.store.data = folder.to_owned();
    config.keys.allow_beside_data = true;
    change(&mut config);
    let settings = settings(&config, "http://localhost:8080".to_owned(), false);
    match open(&config, settings, Clock::system(), Rng::system()).await {
        Err(Error::Precondition { why } | Error::Conflict { why }) => (why.code, why.sentence.to_string()),
        Err(other) => panic!("no words for the operator: {other:?}"),
        Ok(_) => panic!("it opened"),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

#[tokio::test]
async fn no_other_master_key_takes_the_place_of_one_that_is_lost() {
    let folder = Trial::open().await.close().await;
    let (key, kept) = (folder.path().join("master.key"), fs::read(folder.path().join("master.key")).unwrap());
    let id = vault::MasterKeys::from_file(&key).unwrap().unwrap().current_id().to_owned();
    fs::remove_file(&key).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let other = elsewhere.path().join("other.key");
    for (file, looked_in) in [(None, &key), (Some(other.clone()), &other)] {
        let (code, sentence) = refusal(folder.path(), |config| config.keys.master_key_file = file).await;
        assert_eq!(code, "master_key_missing");
        assert!(sentence.contains(&id) && sentence.contains(looked_in.to_str().unwrap()), "{sentence}");
        assert!(!looked_in.exists(), "no key was made");
    }
    let (code, _) = refusal(folder.path(), |config| config.keys.allow_beside_data = false).await;
    assert_eq!(code, "master_key_missing", "there was one, whether or not another may be made here");
    fs::write(&key, kept).unwrap();
    assert_eq!(refusal(folder.path(), |_| {}).await.0, "master_key_open_to_others", "as it was written here");
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    Trial::open_in(folder).await.close().await;
}

#[tokio::test]
async fn a_start_without_a_key_leaves_no_folder_behind() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let (code, _) = refusal(&data, |config| config.keys.allow_beside_data = false).await;
    assert_eq!(code, "master_key_beside_data");
    assert_eq!(names(place.path()), [""; 0]);
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_used_is_named_with_the_reason() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("a-file");
    fs::write(&file, "").unwrap();
    let elsewhere = place.path().join("master.key");
    for data in [file.clone(), file.join("below")] {
        let (code, sentence) =
            refusal(&data, |config| config.keys.master_key_file = Some(elsewhere.clone())).await;
        assert_eq!(code, "data_directory_unusable");
        assert!(sentence.contains(data.to_str().unwrap()) && sentence.contains("os error"), "{sentence}");
    }
    let trial = Trial::open().await;
    let (code, sentence) = refusal(trial.folder.path(), |_| {}).await;
    assert_eq!(code, "data_directory_in_use");
    assert!(sentence.contains(trial.folder.path().to_str().unwrap()), "{sentence}");
    trial.close().await;
}

#[tokio::test]
async fn a_database_that_is_damaged_or_none_is_named_plainly() {
    let folder = Trial::open().await.close().await;
    let path = database_file(folder.path());
    let whole = fs::read(&path).unwrap();
    let mut torn = whole.clone();
    torn[100..4_000].fill(0x5a);
    for damaged in [b"this is no database, but a text that somebody put here".repeat(100), torn] {
        fs::write(&path, damaged).unwrap();
        let (code, sentence) = refusal(folder.path(), |_| {}).await;
        assert_eq!(code, "database_damaged");
        assert!(sentence.contains(path.to_str().unwrap()), "{sentence}");
    }
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let (code, sentence) = refusal(folder.path(), |_| {}).await;
    assert_eq!(code, "database_unusable");
    assert!(sentence.contains(path.to_str().unwrap()), "{sentence}");
    fs::remove_dir(&path).unwrap();
    fs::write(&path, whole).unwrap();
    Trial::open_in(folder).await.close().await;
}

/// What below a folder is open to others than its owner; sockets and locks hold nothing.
fn open_to_others(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let (path, meta) = entry.map(|entry| (entry.path(), entry.metadata().unwrap())).unwrap();
        if meta.permissions().mode() & 0o077 != 0 {
            found.push(format!("{} {:o}", path.display(), meta.permissions().mode()));
        } else if meta.is_dir() {
            found.extend(open_to_others(&path));
        }
    }
    found
}

#[tokio::test]
async fn what_is_kept_is_open_to_nobody_else_also_in_a_folder_that_was_there_and_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let trial = Trial::open_in(folder).await;
    let mut file = trial.house.blobs.create("0123456789abcdef").await.unwrap();
    file.write(b"sealed").await.unwrap();
    file.finish().await.unwrap();
    assert!(names(trial.folder.path()).contains(&"bedside.db-wal".to_owned()));
    assert_eq!(open_to_others(trial.folder.path()), [""; 0]);

    let folder = trial.close().await;
    for name in ["bedside.db", "files"] {
        let mode = if name == "files" { 0o755 } else { 0o644 };
        fs::set_permissions(folder.path().join(name), Permissions::from_mode(mode)).unwrap();
    }
    let trial = Trial::open_in(folder).await;
    assert_eq!(open_to_others(trial.folder.path()), [""; 0], "what an older one left open is closed");
    trial.close().await;
}

#[tokio::test]
async fn a_house_has_files_checked_only_where_a_scanner_is_named() {
    for (address, has_checker) in [(None, false), (Some("unix:/nowhere/clamd.ctl"), true)] {
        let trial = Trial::open_with(|config| config.files.clamd = address.map(str::to_owned)).await;
        assert_eq!(trial.house.checker.is_some(), has_checker, "{address:?}");
        let waits = trial.house.db.read((), |tx, ()| {
            Box::pin(async move { Ok(tx.tool::<messaging::files::ChecksFiles>().is_ok()) })
        });
        assert_eq!(waits.await.unwrap(), has_checker, "new files wait for it");
        trial.close().await;
    }
}

#[tokio::test]
async fn a_house_that_falls_over_leaves_no_task_and_lets_go_of_its_database() {
    let Trial { house, mut background, folder: _folder } = Trial::open().await;
    background.begin();
    let kept = Arc::new(());
    let gone = Arc::downgrade(&kept);
    // The store has it for as long as anybody has the store.
    house.db.lend(kept);
    drop((house, background));
    let end = async {
        while gone.upgrade().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), end).await.expect("nobody has the store any more");
}
