//! What is there when the organisation's key is replaced, and what happens while it is sealed anew.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use jiff::SignedDuration;
use kernel::{ChatId, OrganisationId};
use store::Statement;
use testkit::{Ground, bedside_test};
use vault::{DataKeyId, KeyRing, Vault};

use super::clinic::Clinic;
use super::uploads::{objects, settle, upload};
use crate::files::send;
use crate::reseal::{
    Found, Reached, ResealFile, copy_contents, count_sealed_by, reseal_some, stale_contents, swap_contents,
};
use crate::{Draft, NewFile, SealedSubject, file, rename};

/// Replaces the key, and gives the old one's id and the new ring.
pub(super) async fn rotate(clinic: &Clinic) -> (DataKeyId, Arc<KeyRing>) {
    let (db, organisation) = (&clinic.ground.db, clinic.anna.organisation);
    let rotation = db.write(organisation, |tx, organisation| {
        Box::pin(async move {
            let vault = tx.tool::<Vault>()?;
            vault.rotate(tx, Some(*organisation)).await?;
            Ok(vault.clone())
        })
    });
    let vault = rotation.await.expect("a new key");
    (clinic.ring.current_key(), vault.reload(db, Some(organisation)).await.expect("its ring"))
}

async fn look(clinic: &Clinic, organisation: OrganisationId, ring: &Arc<KeyRing>, from: Reached) -> Found {
    let looking = clinic.ground.db.read_long((organisation, ring.clone(), from), |tx, (id, ring, from)| {
        Box::pin(reseal_some(tx, *id, ring, *from))
    });
    looking.await.expect("a look")
}

/// Makes the changes of a look and says how many values it changed.
async fn apply(clinic: &Clinic, updates: &[Statement]) -> u64 {
    let applying = clinic.ground.db.write(updates.to_vec(), |tx, updates| {
        Box::pin(async move {
            let mut changed = 0;
            for update in updates {
                changed += tx.run_made(update).await?;
            }
            Ok(changed)
        })
    });
    applying.await.expect("changes")
}

async fn left(clinic: &Clinic, key: DataKeyId) -> i64 {
    let (mut count, mut reached) = (0, Some(ChatId::from_bytes([0; 12])));
    while let Some(after) = reached {
        let input = (clinic.anna.organisation, key, after);
        let counting = clinic.ground.db.read(input, |tx, (organisation, key, after)| {
            Box::pin(count_sealed_by(tx, *organisation, *key, *after))
        });
        let (in_some, last) = counting.await.expect("a count");
        (count, reached) = (count + in_some, last);
    }
    count
}

/// Copies a file's contents, when they are under an older key, and says where both lie.
async fn copied(clinic: &Clinic, ring: &Arc<KeyRing>, job: ResealFile) -> Option<(String, String)> {
    let input = (job, ring.current_key());
    let stale =
        clinic.ground.db.read(input, |tx, (job, current)| Box::pin(stale_contents(tx, *job, *current)));
    let old = stale.await.expect("an answer")?;
    let tools = (&clinic.ground.clock, &clinic.ground.rng);
    let new = copy_contents(&clinic.blobs, ring, tools, &old).await.expect("a copy");
    Some((old, new))
}

async fn swap(clinic: &Clinic, ring: &Arc<KeyRing>, job: ResealFile, (old, new): (String, String)) {
    let input = (job, old, new, ring.current_key());
    let swapping = clinic
        .ground
        .db
        .write(input, |tx, (job, old, new, current)| Box::pin(swap_contents(tx, *job, (old, new), *current)));
    swapping.await.expect("an answer");
}

async fn note(clinic: &Clinic, bytes: &[u8]) -> NewFile {
    let chunks = bytes.chunks(50_000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    upload(clinic, "note.txt", None, chunks).await.expect("a note")
}

async fn share(clinic: &Clinic, chat: ChatId, note: NewFile) -> (kernel::MessageId, ResealFile) {
    let job = ResealFile { organisation: clinic.anna.organisation, file: note.id() };
    let draft = Draft { text: "See.".to_owned(), files: vec![note], ..Draft::default() };
    (clinic.send(&clinic.anna, chat, draft).await.expect("posted").id, job)
}

#[bedside_test]
async fn a_walk_in_pieces_seals_everything_of_its_organisation_anew(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut chats = Vec::new();
    for number in 0..105 {
        let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
        clinic.say(&clinic.devries, chat, &format!("Message {number}.")).await.expect("posted");
        chats.push(chat);
    }
    for number in 0..120 {
        clinic.say(&clinic.devries, chats[7], &format!("And {number}.")).await.expect("posted");
    }
    let gone = clinic.say(&clinic.devries, chats[3], "Never mind.").await.expect("posted");
    clinic.delete(&clinic.devries, chats[3], gone.id).await.expect("deleted");
    let before = clinic.texts(&clinic.anna, chats[7]).await;
    let (old, ring) = rotate(&clinic).await;
    assert_eq!(left(&clinic, old).await, 105 + 105 + 120, "counted in pieces, each once");

    let theirs = look(&clinic, clinic.stranger.organisation, &ring, Reached::NOTHING).await;
    assert!(
        theirs.updates.is_empty() && theirs.reached.is_none(),
        "another organisation's walk sees none of it"
    );

    let (mut at, mut looks) = (Some(Reached::NOTHING), 0);
    while let Some(from) = at {
        let found = look(&clinic, clinic.anna.organisation, &ring, from).await;
        assert_eq!(found.values, found.updates.len(), "everything opened");
        for some in found.updates.chunks(150) {
            assert_eq!(apply(&clinic, some).await, some.len() as u64);
        }
        (at, looks) = (found.reached, looks + 1);
    }
    assert!(looks > 2, "in pieces: {looks}");
    assert_eq!(left(&clinic, old).await, 0);
    assert_eq!(clinic.texts(&clinic.anna, chats[7]).await, before);
    assert_eq!(clinic.details(&clinic.anna, chats[44]).await.subject.as_deref(), Some("Dressing change"));
}

#[bedside_test]
async fn what_changes_meanwhile_stays_as_it_was_changed(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let first = clinic.say(&clinic.devries, chat, "Take two.").await.expect("posted");
    clinic.say(&clinic.devries, chat, "Take three.").await.expect("posted");
    let (_, ring) = rotate(&clinic).await;
    let found = look(&clinic, clinic.anna.organisation, &ring, Reached::NOTHING).await;
    assert_eq!(found.updates.len(), 3);

    clinic.delete(&clinic.devries, chat, first.id).await.expect("deleted");
    let subject = SealedSubject::seal(&ring, chat, "Bandage").expect("a subject");
    let renaming =
        clinic.ground.db.write((clinic.devries.clone(), chat, subject), |tx, (who, chat, subject)| {
            Box::pin(async move {
                let chat = crate::open(tx, who, *chat, crate::Right::Manage).await?;
                rename(tx, &chat, subject).await
            })
        });
    renaming.await.expect("renamed");
    clinic.say(&clinic.anna, chat, "Thanks.").await.expect("posted");

    assert_eq!(apply(&clinic, &found.updates).await, 1, "only what is as it was looked at");
    assert_eq!(apply(&clinic, &found.updates).await, 0, "and only once");
    assert_eq!(clinic.texts(&clinic.anna, chat).await, ["Thanks.", "Take three."]);
    assert_eq!(clinic.details(&clinic.anna, chat).await.subject.as_deref(), Some("Bandage"));
}

#[bedside_test]
async fn the_bytes_of_a_file_are_copied_under_the_new_key_and_the_old_ones_stay_a_day(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let mut jobs = Vec::new();
    for length in [1, (64 << 10) - 1, 64 << 10, (64 << 10) + 1, 300_000] {
        let bytes = b"day 3, ".iter().copied().cycle().take(length).collect::<Vec<u8>>();
        let (_, job) = share(&clinic, chat, note(&clinic, &bytes).await).await;
        jobs.push((job, bytes));
    }
    let (old, ring) = rotate(&clinic).await;
    let found = look(&clinic, clinic.anna.organisation, &ring, Reached::NOTHING).await;
    assert_eq!(found.files.len(), jobs.len());
    apply(&clinic, &found.updates).await;
    assert_eq!(left(&clinic, old).await, jobs.len() as i64, "the contents alone");

    let (before, day) = (objects(&clinic).await, SignedDuration::from_hours(24));
    let a_day_ago = || (clinic.ground.clock.now() - day).as_millisecond();
    for key in &before {
        clinic.blobs.touch(key, a_day_ago() - 1).await.expect("older than a day");
    }
    for (job, _) in [&jobs[..], &jobs[..2]].concat() {
        if let Some(both) = copied(&clinic, &ring, job).await {
            swap(&clinic, &ring, job, both).await;
        }
    }
    assert_eq!(left(&clinic, old).await, 0);
    assert_eq!(objects(&clinic).await.len(), 2 * jobs.len(), "who has the row can still open the old bytes");
    for key in &before {
        assert!(
            !clinic.blobs.sweep(key, a_day_ago()).await.expect("a sweep"),
            "not even if it was listed before"
        );
    }
    clinic.ground.clock.pass(day + SignedDuration::from_millis(1));
    for key in &before {
        assert!(clinic.blobs.sweep(key, a_day_ago()).await.expect("a sweep"), "a day later");
    }
    assert!(objects(&clinic).await.iter().all(|key| !before.contains(key)));
    for (job, bytes) in jobs {
        let id = job.file;
        let row = clinic.looking(&clinic.devries, chat, move |tx, chat| Box::pin(file(tx, chat, id))).await;
        let chunks = send(&clinic.blobs, &ring, &row.expect("a file")).await.expect("its bytes");
        let chunks = chunks.map(|chunk| chunk.expect("whole bytes")).collect::<Vec<_>>().await;
        assert!(chunks.concat() == bytes, "{} bytes came back otherwise", bytes.len());
    }
}

#[bedside_test]
async fn a_file_deleted_while_it_is_copied_leaves_nothing(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let (message, job) = share(&clinic, chat, note(&clinic, b"never mind").await).await;
    let (_, ring) = rotate(&clinic).await;
    let (old, new) = copied(&clinic, &ring, job).await.expect("a copy");
    clinic.delete(&clinic.anna, chat, message).await.expect("deleted");
    swap(&clinic, &ring, job, (old, new)).await;
    assert_eq!(settle(&clinic).await, 2);
    assert_eq!(objects(&clinic).await, Vec::<String>::new());
    assert!(copied(&clinic, &ring, job).await.is_none(), "nothing to do any more");
}
