//! Files with their messages, from the stream to the disk and back.

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use kernel::{Error, FileId, Kind, Result};
use store::jobs::Worker;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;
use crate::files::{FileDraft, NewFile, REMOVE_BLOBS, receive, remove_blobs, send};
use crate::{Draft, FileRow, file, unnamed_blobs};

pub async fn upload(
    clinic: &Clinic,
    name: &str,
    mime: Option<&str>,
    chunks: Vec<Result<Bytes>>,
) -> Result<NewFile> {
    let draft = FileDraft { name: name.to_owned(), mime: mime.map(str::to_owned) };
    let tools = (&clinic.ground.clock, &clinic.ground.rng);
    receive(&clinic.blobs, &clinic.ring, tools, &draft, stream::iter(chunks)).await
}

fn in_chunks(bytes: &[u8]) -> Vec<Result<Bytes>> {
    bytes.chunks(10_000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect()
}

async fn download(clinic: &Clinic, row: &FileRow) -> Vec<u8> {
    let chunks = send(&clinic.blobs, &clinic.ring, row).await.expect("its bytes").collect::<Vec<_>>().await;
    chunks.into_iter().flat_map(|chunk| chunk.expect("whole bytes")).collect()
}

/// Removes what deleted messages left, as the house's worker does.
pub async fn settle(clinic: &Clinic) -> usize {
    let worker = Worker::new(clinic.ground.db.clone(), clinic.blobs.clone());
    let worker = worker.on(REMOVE_BLOBS, jiff::SignedDuration::from_hours(1), |blobs, payload| {
        Box::pin(
            async move { remove_blobs(&blobs, &serde_json::from_value(payload).map_err(Error::bug)?).await },
        )
    });
    worker.do_due().await.expect("jobs")
}

pub async fn objects(clinic: &Clinic) -> Vec<String> {
    let mut found = Vec::new();
    for shelf in clinic.blobs.shelves().await.expect("a listing") {
        found.extend(clinic.blobs.older_than(&shelf, i64::MAX / 2).await.expect("a listing"));
    }
    found
}

#[bedside_test]
async fn a_file_comes_back_as_it_was_and_lies_sealed(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let photo = [b"\xff\xd8\xff\xe0\0\x10JFIF\0".as_slice(), &b"wound, day 3 ".repeat(20_000)].concat();
    let photo =
        upload(&clinic, "a/b/wound.jpg", Some("image/jpeg"), in_chunks(&photo)).await.map(|f| (f, photo));
    let (photo, bytes) = photo.expect("a photo");
    let note = upload(&clinic, "note.bat", None, in_chunks(b"twice a day")).await.expect("a note");
    let files = vec![photo, note];
    clinic
        .send(&clinic.anna, chat, Draft { text: String::new(), files, ..Draft::default() })
        .await
        .expect("posted");

    let seen = clinic.read(&clinic.devries, chat).await.expect("messages").remove(0);
    let shown: Vec<_> = seen.files.iter().map(|f| (f.name.as_str(), f.mime.as_str(), f.size)).collect();
    let expected = [("wound.jpg", "image/jpeg", bytes.len() as u64), ("note.bat.txt", "text/plain", 11)];
    let mut both = [expected, shown.try_into().expect("two files")];
    both.iter_mut().for_each(|pair| pair.sort_unstable());
    assert_eq!(both[0], both[1]);
    let id = seen.files.iter().find(|f| f.name == "wound.jpg").expect("the photo").id;
    let row = clinic
        .looking(&clinic.devries, chat, move |tx, chat| Box::pin(file(tx, chat, id)))
        .await
        .expect("a file");
    assert_eq!(download(&clinic, &row).await, bytes);

    let key = row.blob_key.clone();
    let stored =
        std::fs::read(clinic.ground.folder.join("blobs").join(&key[..2]).join(&key)).expect("an object");
    assert!(!stored.windows(5).any(|window| window == b"wound"));
    let sealed = clinic.ground.db.read((), |tx, ()| {
        Box::pin(async move { tx.all("SELECT name FROM files", &[], |row| row.get::<Vec<u8>>(0)).await })
    });
    assert!(
        sealed.await.expect("names").iter().all(|name| !name.windows(5).any(|window| window == b"wound"))
    );
}

#[bedside_test]
async fn a_file_is_read_in_its_own_chat_only(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let other = clinic.direct(&clinic.devries, &clinic.bram).await;
    let note = upload(&clinic, "note.txt", None, in_chunks(b"for anna")).await.expect("a note");
    let id: FileId = note.id();
    clinic
        .send(&clinic.devries, chat, Draft { text: "See.".to_owned(), files: vec![note], ..Draft::default() })
        .await
        .expect("posted");
    let foreign = clinic.looking(&clinic.bram, other, move |tx, chat| Box::pin(file(tx, chat, id))).await;
    assert!(matches!(foreign, Err(Error::NotFound { what: Kind::File })), "{foreign:?}");
    assert!(clinic.looking(&clinic.bram, chat, move |tx, chat| Box::pin(file(tx, chat, id))).await.is_err());
}

#[bedside_test]
async fn a_deleted_message_takes_its_files_off_the_disk(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let note = upload(&clinic, "note.txt", None, in_chunks(b"never mind")).await.expect("a note");
    let id = note.id();
    let posted = clinic
        .send(&clinic.anna, chat, Draft { text: "See.".to_owned(), files: vec![note], ..Draft::default() })
        .await
        .expect("posted");
    assert_eq!(objects(&clinic).await.len(), 1);
    clinic.delete(&clinic.anna, chat, posted.id).await.expect("deleted");
    let read = clinic.looking(&clinic.anna, chat, move |tx, chat| Box::pin(file(tx, chat, id))).await;
    assert!(matches!(read, Err(Error::NotFound { what: Kind::File })), "{read:?}");
    assert_eq!(settle(&clinic).await, 1);
    assert_eq!(objects(&clinic).await, Vec::<String>::new());
}

#[bedside_test]
async fn what_is_refused_or_cut_off_on_its_way_leaves_nothing(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let lie = upload(&clinic, "x.png", Some("image/png"), in_chunks(b"no picture")).await;
    assert!(matches!(lie, Err(Error::Unsupported { .. })), "{lie:?}");
    let half = vec![Ok(Bytes::from_static(b"half a")), Err(Error::unavailable("the sender hung up"))];
    assert!(upload(&clinic, "x.txt", None, half).await.is_err());
    assert!(upload(&clinic, "x.txt", None, Vec::new()).await.is_err());
    assert_eq!(objects(&clinic).await, Vec::<String>::new());
}

#[bedside_test]
async fn the_sweep_is_told_which_objects_no_message_names(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let kept = upload(&clinic, "kept.txt", None, in_chunks(b"kept")).await.expect("a note");
    let kept_key = kept.blob_key.clone();
    upload(&clinic, "never.txt", None, in_chunks(b"never posted")).await.expect("a note");
    clinic
        .send(&clinic.anna, chat, Draft { text: String::new(), files: vec![kept], ..Draft::default() })
        .await
        .expect("posted");
    let keys = objects(&clinic).await;
    assert_eq!(keys.len(), 2);
    let unnamed =
        clinic.ground.db.read(keys, |tx, keys| Box::pin(unnamed_blobs(tx, keys))).await.expect("an answer");
    assert!(unnamed.len() == 1 && unnamed[0] != kept_key);
}
