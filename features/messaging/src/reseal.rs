//! Subjects, auxiliary ids, links for guests, pictures, texts, what they ask for and what was replied, file names and file contents sealed
//! anew after a rotation of their organisation's key.

use std::sync::Arc;

use kernel::{ChatId, ClientId, Clock, FileId, MessageId, OrganisationId, PersonId, Result, Rng};
use serde::{Deserialize, Serialize};
use store::blobs::Blobs;
use store::jobs::{self, NewJob};
use store::{Statement, Tx, args};
use vault::{DataKeyId, KeyRing, Resealing};

use crate::aux_ids;
use crate::draft::body_place;
use crate::files::{copy, leave_removals, name_place};
use crate::group::subject_place;
use crate::guests;
use crate::pictures::picture_place;
use crate::request::{answer_place, answer_row, payload_place};
use crate::rows::{aux_ids as aux_rows, chats, files, guests as guest_rows, messages, pictures, reactions};

/// The job that seals the contents of one file anew; its payload is a [`ResealFile`].
pub const RESEAL_FILE: &str = "messaging.reseal_file";

/// Steps of one call of [`reseal_some`], each to the next messages or to the next chat; it costs three statements at
/// most.
const STEPS_PER_LOOK: usize = 40;
/// Messages that one statement reads; the longest text has 200 kB.
const MESSAGES_PER_READ: i64 = 50;
/// Sealed bytes after which a look ends.
const BYTES_PER_LOOK: usize = 4 << 20;
/// Chats in which one statement counts, so that none takes long however much an organisation has.
const CHATS_PER_COUNT: i64 = 100;

/// How far a walk through an organisation's chats has come: of the chats in the order of their ids up to this one,
/// and of its messages up to this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    chat: ChatId,
    seq: i64,
}

impl Reached {
    /// Nothing yet.
    pub const NOTHING: Self = Self { chat: ChatId::from_bytes([0; 12]), seq: 0 };
}

/// What a look at some chats found.
#[derive(Debug)]
pub struct Found {
    /// The changes that seal anew, each only while its value is the one that was looked at.
    pub updates: Vec<Statement>,
    /// Values under an older key, those included that do not open and stay.
    pub values: usize,
    /// Files whose contents an older key sealed.
    pub files: Vec<FileId>,
    /// Where the next look begins; none when no chat is left.
    pub reached: Option<Reached>,
}

/// Which file [`RESEAL_FILE`] seals anew.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ResealFile {
    /// Whose it is.
    pub organisation: OrganisationId,
    /// Which.
    pub file: FileId,
}

struct Look<'r> {
    organisation: OrganisationId,
    current: DataKeyId,
    resealing: Resealing<'r>,
    files: Vec<FileId>,
    bytes: usize,
}

/// Looks at the chats of an organisation from where a walk has come to, and seals anew what an older key sealed. It
/// only reads; its changes are for a transaction that follows.
///
/// # Errors
/// As [`Tx::all`].
pub async fn reseal_some(
    tx: &Tx,
    organisation: OrganisationId,
    ring: &KeyRing,
    from: Reached,
) -> Result<Found> {
    let (resealing, current) = (Resealing::new(ring), ring.current_key());
    let mut look = Look { organisation, current, resealing, files: Vec::new(), bytes: 0 };
    let mut reached = Some(from);
    for _ in 0..STEPS_PER_LOOK {
        let Some(at) = reached.filter(|_| look.bytes < BYTES_PER_LOOK) else { break };
        reached = match look.at_messages(tx, at).await? {
            Some(further) => Some(further),
            None => look.at_next_chat(tx, at.chat).await?,
        };
    }
    let (updates, values) = look.resealing.finish();
    Ok(Found { updates, values, files: look.files, reached })
}

impl Look<'_> {
    /// Looks at the next messages of the chat, with their files, and says how far it came; nothing at its end.
    async fn at_messages(&mut self, tx: &Tx, at: Reached) -> Result<Option<Reached>> {
        let organisation = self.organisation;
        let place = args![&organisation, &at.chat, at.seq, MESSAGES_PER_READ];
        let found = tx.all(messages::SEALED_AFTER, &place, |row| {
            let payload: Option<Vec<u8>> = row.get(3)?;
            Ok((row.get::<i64>(0)?, row.get::<MessageId>(1)?, row.get::<Vec<u8>>(2)?, payload))
        });
        let found = found.await?;
        let (Some((first, ..)), Some((last, ..))) = (found.first(), found.last()) else { return Ok(None) };
        // A deleted message has no text.
        for (_, id, old, _) in found.iter().filter(|(_, _, body, _)| !body.is_empty()) {
            self.bytes += old.len();
            self.resealing.look(body_place(id), old, |new| {
                Statement::new(messages::RESEAL_BODY, &args![&organisation, id, new, old])
            });
        }
        for (_, id, _, payload) in &found {
            let Some(old) = payload else { continue };
            self.bytes += old.len();
            self.resealing.look(payload_place(id), old, |new| {
                Statement::new(messages::RESEAL_PAYLOAD, &args![&organisation, id, new, old])
            });
        }
        self.at_files(tx, at.chat, (*first, *last)).await?;
        if found.iter().any(|(.., payload)| payload.is_some()) {
            self.at_answers(tx, at.chat, (*first, *last)).await?;
        }
        Ok(Some(Reached { chat: at.chat, seq: *last }))
    }

    async fn at_answers(&mut self, tx: &Tx, chat: ChatId, (first, last): (i64, i64)) -> Result<()> {
        let organisation = self.organisation;
        let stretch = args![&organisation, &chat, first, last];
        let found = tx.all(reactions::ANSWERS_OF_STRETCH, &stretch, |row| {
            let place = (row.get::<i64>(0)?, row.get::<MessageId>(4)?);
            Ok((place, row.get::<PersonId>(1)?, row.get::<Vec<u8>>(2)?))
        });
        for ((seq, message), person, old) in &found.await? {
            self.bytes += old.len();
            self.resealing.look(answer_place(&answer_row(*message, *person)), old, |new| {
                let row = args![&organisation, &chat, *seq, person, new, old];
                Statement::new(reactions::RESEAL_ANSWER, &row)
            });
        }
        Ok(())
    }

    async fn at_files(&mut self, tx: &Tx, chat: ChatId, (first, last): (i64, i64)) -> Result<()> {
        let organisation = self.organisation;
        let stretch = args![&organisation, &chat, first, last];
        let found = tx.all(files::SEALED_OF_STRETCH, &stretch, |row| {
            Ok((row.get::<FileId>(0)?, row.get::<Vec<u8>>(1)?, row.get::<Option<DataKeyId>>(2)?))
        });
        for (id, old, data_key) in &found.await? {
            self.bytes += old.len();
            self.resealing.look(name_place(id), old, |new| {
                Statement::new(files::RESEAL_NAME, &args![&organisation, id, new, old])
            });
            if data_key.is_some_and(|key| key != self.current) {
                self.files.push(*id);
            }
        }
        Ok(())
    }

    /// Looks at subject and picture of the chat behind this one, and says which that is.
    async fn at_next_chat(&mut self, tx: &Tx, after: ChatId) -> Result<Option<Reached>> {
        let organisation = self.organisation;
        let place = args![&organisation, &after];
        let next = tx.one(chats::NEXT_SEALED, &place, |row| {
            Ok((row.get::<ChatId>(0)?, row.get::<Option<Vec<u8>>>(1)?, row.get::<Option<Vec<u8>>>(2)?))
        });
        let Some((chat, subject, picture)) = next.await? else { return Ok(None) };
        self.at_aux_ids(tx, chat).await?;
        self.at_guest_link(tx, chat).await?;
        if let Some(old) = &subject {
            self.resealing.look(subject_place(&chat), old, |new| {
                Statement::new(chats::RESEAL_SUBJECT, &args![&organisation, &chat, new, old])
            });
        }
        if let Some(old) = &picture {
            self.bytes += old.len();
            self.resealing.look(picture_place(&chat), old, |new| {
                Statement::new(pictures::RESEAL, &args![&organisation, &chat, new, old])
            });
        }
        Ok(Some(Reached { chat, seq: 0 }))
    }

    async fn at_aux_ids(&mut self, tx: &Tx, chat: ChatId) -> Result<()> {
        let organisation = self.organisation;
        let place = args![&organisation, &chat];
        let found = tx.all(aux_rows::SEALED_OF_CHAT, &place, |row| {
            Ok((row.get::<ClientId>(0)?, row.get::<Vec<u8>>(1)?))
        });
        for (client, old) in &found.await? {
            let row = aux_ids::row_of(*client, chat);
            self.resealing.look(aux_ids::place(&row), old, |new| {
                Statement::new(aux_rows::RESEAL, &args![&organisation, &chat, client, new, old])
            });
        }
        Ok(())
    }

    async fn at_guest_link(&mut self, tx: &Tx, chat: ChatId) -> Result<()> {
        let organisation = self.organisation;
        let place = args![&organisation, &chat];
        let Some(old) = tx.one(guest_rows::SEALED_OF_CHAT, &place, |row| row.get::<Vec<u8>>(0)).await? else {
            return Ok(());
        };
        self.resealing.look(guests::code_place(&chat), &old, |new| {
            Statement::new(guest_rows::RESEAL, &args![&organisation, &chat, new, &old])
        });
        Ok(())
    }
}

/// Leaves a job that seals a file's contents anew.
///
/// # Errors
/// As [`jobs::enqueue`].
pub async fn leave_file(tx: &Tx, job: ResealFile) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(kernel::Error::bug)?;
    let dedupe = Some(job.file.hex());
    jobs::enqueue(tx, &NewJob { name: RESEAL_FILE, dedupe, payload, due_ms: tx.now_ms() }).await
}

/// Where the contents of a file lie, unless the current key sealed them or the file is no more.
///
/// # Errors
/// As [`Tx::one`].
pub async fn stale_contents(tx: &Tx, job: ResealFile, current: DataKeyId) -> Result<Option<String>> {
    let row = args![&job.organisation, &job.file];
    let found = tx.one(files::BLOB, &row, |row| Ok((row.get::<String>(0)?, row.get::<DataKeyId>(1)?)));
    Ok(found.await?.filter(|(_, key)| *key != current).map(|(blob_key, _)| blob_key))
}

/// Copies contents, sealed by the current key, and says where the copy lies. Until a row names it, it may be swept.
/// The older bytes count as if they had just come, so that the sweep leaves them for who has read the row and has yet
/// to open them.
///
/// # Errors
/// As [`crate::files::send`].
pub async fn copy_contents(
    blobs: &Blobs,
    ring: &Arc<KeyRing>,
    (clock, rng): (&Clock, &Rng),
    from: &str,
) -> Result<String> {
    let to = kernel::id::hex(&rng.bytes::<16>());
    copy(blobs, ring, from, &to).await?;
    blobs.touch(from, clock.now_ms()).await?;
    Ok(to)
}

/// Has the file's row name the copy. The sweep removes the older bytes once they have lain unnamed for long enough.
///
/// # Errors
/// As [`Tx::run`].
pub async fn swap_contents(tx: &Tx, job: ResealFile, (old, new): (&str, &str), key: DataKeyId) -> Result<()> {
    let row = args![&job.organisation, &job.file, new, &key, old];
    if tx.run(files::SWAP_BLOB, &row).await? == 0 {
        // The file was deleted, or sealed anew, while it was copied.
        leave_removals(tx, &[new.to_owned()]).await?;
    }
    Ok(())
}

/// How many values this key sealed in the next chats of the organisation behind this one, contents of files included,
/// and the last of these chats; none when no chat is left.
///
/// # Errors
/// As [`Tx::one`].
pub async fn count_sealed_by(
    tx: &Tx,
    organisation: OrganisationId,
    key: DataKeyId,
    after: ChatId,
) -> Result<(i64, Option<ChatId>)> {
    let stretch = args![&organisation, &after, CHATS_PER_COUNT];
    let some = tx.all(chats::NEXT, &stretch, |row| row.get::<ChatId>(0)).await?;
    let Some(last) = some.last() else { return Ok((0, None)) };
    let (place, mut count) = (args![&organisation, &key, &after, last], 0);
    for sql in [
        chats::COUNT_SEALED_BY,
        messages::COUNT_SEALED_BY,
        files::COUNT_SEALED_BY,
        reactions::COUNT_SEALED_BY,
        aux_rows::COUNT_SEALED_BY,
        pictures::COUNT_SEALED_BY,
        guest_rows::COUNT_SEALED_BY,
    ] {
        count += tx.one(sql, &place, |row| row.get::<i64>(0)).await?.unwrap_or_default();
    }
    Ok((count, Some(*last)))
}
