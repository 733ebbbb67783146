//! Words are written after the fact, and never for what is gone.

use kernel::{MessageId, Result};
use search::{Of, Wanted};
use testkit::{Ground, bedside_test};
use vault::Vault;

use super::asking::{ask, question};
use super::clinic::Clinic;
use super::reseal::rotate;
use crate::{Draft, Found, find, indexing};

async fn look(clinic: &Clinic, chat: kernel::ChatId) -> Option<indexing::Unwritten> {
    let input = (clinic.anna.organisation, chat);
    let look = clinic
        .ground
        .db
        .read_long(input, |tx, (organisation, chat)| Box::pin(indexing::look(tx, *organisation, *chat)));
    look.await.expect("a look")
}

async fn vault(clinic: &Clinic) -> Vault {
    let vault = clinic.ground.db.read((), |tx, ()| Box::pin(async move { tx.tool::<Vault>().cloned() }));
    vault.await.expect("a vault")
}

async fn write(clinic: &Clinic, unwritten: &indexing::Unwritten) {
    let key = vault(clinic).await.search_key_of(clinic.anna.organisation);
    for batch in unwritten.batches(&clinic.ring, &key).expect("hashes") {
        let written = clinic.ground.db.write(batch, |tx, batch| Box::pin(indexing::write(tx, batch)));
        written.await.expect("written");
    }
}

/// Writes all words of a chat.
pub async fn write_all(clinic: &Clinic, chat: kernel::ChatId) {
    while let Some(unwritten) = look(clinic, chat).await {
        write(clinic, &unwritten).await;
    }
}

async fn find_it(clinic: &Clinic, typed: &str) -> Result<Found> {
    let key = vault(clinic).await.search_key_of(clinic.anna.organisation);
    let tokens = Wanted::read(typed)?.tokens(&key, Of::Message);
    let input = (clinic.anna.clone(), tokens);
    let found = clinic.ground.db.read(input, |tx, (anna, tokens)| Box::pin(find(tx, anna, tokens, None, 20)));
    found.await
}

pub async fn ids(clinic: &Clinic, typed: &str) -> Vec<MessageId> {
    find_it(clinic, typed).await.expect("found").hits.into_iter().map(|hit| hit.message.id).collect()
}

#[bedside_test]
async fn what_is_deleted_between_reading_and_writing_its_words_gets_none(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let gone = clinic.say(&clinic.devries, chat, "A secret word").await.expect("posted").id;
    let stays = clinic.say(&clinic.devries, chat, "Another word").await.expect("posted").id;
    let read = look(&clinic, chat).await.expect("something to write");
    clinic.delete(&clinic.devries, chat, gone).await.expect("deleted");
    write(&clinic, &read).await;
    assert_eq!(ids(&clinic, "word").await, [stays]);
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM search_tokens").await, [2]);
    assert!(look(&clinic, chat).await.is_none(), "all is written");
    write(&clinic, &read).await;
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM search_tokens").await, [2], "twice is once");
}

#[bedside_test]
async fn a_subject_that_changes_between_reading_and_writing_its_words_is_written_as_it_is_then(
    ground: Ground,
) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let read = look(&clinic, chat).await.expect("a subject");
    let renamed = crate::SealedSubject::seal(&clinic.ring, chat, "Stitches").expect("a subject");
    let input = (clinic.devries.clone(), chat, renamed);
    let rename = clinic.ground.db.write(input, |tx, (who, chat, subject)| {
        Box::pin(async move {
            let chat = crate::open(tx, who, *chat, crate::Right::Manage).await?;
            crate::manage::rename(tx, &chat, subject).await
        })
    });
    rename.await.expect("renamed");
    write(&clinic, &read).await;
    assert!(find_it(&clinic, "dressing").await.expect("found").groups.is_empty());
    write(&clinic, &look(&clinic, chat).await.expect("the new one")).await;
    assert_eq!(find_it(&clinic, "stitches").await.expect("found").groups, [chat]);
}

#[bedside_test]
async fn the_longest_message_fits_one_batch_and_the_words_beyond_its_limit_are_not_found(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    // Short words, so that as many as can be are in it.
    let text: Vec<String> = (0..9_000).map(|number| format!("{number:x}")).collect();
    let mut text = text.join(" ");
    text.truncate(50_000);
    let id = clinic.send(&clinic.devries, chat, Draft::text(text)).await.expect("posted").id;
    for _ in 0..3 {
        clinic.say(&clinic.devries, chat, "short").await.expect("posted");
    }
    write_all(&clinic, chat).await;
    assert_eq!(ids(&clinic, "1a").await, [id]);
    assert_eq!(ids(&clinic, "short").await.len(), 3);
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM search_tokens").await, [4_003]);
}

#[bedside_test]
async fn a_question_is_found_by_its_choices_until_it_is_deleted(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let question = ask(&clinic, chat, question(&["Paracetamol", "Ibuprofen"], &[])).await;
    clinic.say(&clinic.devries, chat, "How are you today?").await.expect("posted");
    write_all(&clinic, chat).await;
    for typed in ["paracetamol", "IBUPROFEN", "how ibuprofen"] {
        assert_eq!(ids(&clinic, typed).await, [question], "{typed}");
    }
    assert_eq!(ids(&clinic, "today ibuprofen").await, []);
    clinic.delete(&clinic.devries, chat, question).await.expect("deleted");
    assert_eq!(ids(&clinic, "paracetamol").await, []);
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM search_tokens").await, [4], "of the other message");
}

#[bedside_test]
async fn choices_that_were_sealed_with_an_earlier_key_are_found(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let question = ask(&clinic, chat, question(&["Paracetamol"], &[])).await;
    let (_, ring) = rotate(&clinic).await;
    let key = vault(&clinic).await.search_key_of(clinic.anna.organisation);
    for batch in look(&clinic, chat).await.expect("a question").batches(&ring, &key).expect("hashes") {
        let written = clinic.ground.db.write(batch, |tx, batch| Box::pin(indexing::write(tx, batch)));
        written.await.expect("written");
    }
    assert_eq!(ids(&clinic, "paracetamol").await, [question]);
}
