//! Rows of `files`.

use kernel::{Error, FileId, Result};
use store::{Row, in_list};
use vault::KeyRing;

use crate::files::{FileRow, FileState, name_place};

pub(crate) const INSERT: &str = "
    INSERT INTO files (id, organisation, chat, message, blob_key, data_key, name, mime_type, size_bytes, state,
        made_ms, legal_hold)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, FALSE)";

macro_rules! shown {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, f.message, f.blob_key, f.name, f.mime_type, f.size_bytes, f.made_ms, f.state
             FROM messages m JOIN files f ON f.organisation = m.organisation AND f.message = m.id
             WHERE m.organisation = $1 AND m.chat = $2 AND ",
            $rest
        )
    };
}

pub(crate) const ONE: &str = shown!("f.id = $3");

pub(crate) const OF_MESSAGE: &str = shown!("m.id = $3 ORDER BY f.id");

/// The files of the messages in a stretch of a chat, both ends included.
pub(crate) const OF_STRETCH: &str = shown!("m.seq >= $3 AND m.seq <= $4 ORDER BY f.id");

pub(crate) const DELETE_OF_MESSAGES: &str =
    concat!("DELETE FROM files WHERE organisation = $65 AND message IN ", in_list!(), " RETURNING blob_key");

/// Whose a blob is does not matter to the sweep: one that any file names stays.
pub(crate) const NAMED: &str = "SELECT blob_key FROM files WHERE blob_key = $1";

/// The files of the messages in a stretch of a chat, both ends included, with what of them is sealed. An infected one
/// has its name alone, unless a legal hold keeps its bytes.
pub(crate) const SEALED_OF_STRETCH: &str = "
    SELECT f.id, f.name, CASE WHEN f.state <> 'infected' OR f.legal_hold THEN f.data_key END
    FROM messages m JOIN files f ON f.organisation = m.organisation AND f.message = m.id
    WHERE m.organisation = $1 AND m.chat = $2 AND m.seq >= $3 AND m.seq <= $4 ORDER BY f.id";

/// Only while the name is the one that was looked at.
pub(crate) const RESEAL_NAME: &str = "
    UPDATE files SET name = $3 WHERE organisation = $1 AND id = $2 AND name = $4";

/// Where the bytes of a file lie, and which key sealed them.
pub(crate) const BLOB: &str = "
    SELECT blob_key, data_key FROM files
    WHERE organisation = $1 AND id = $2 AND (state <> 'infected' OR legal_hold)";

/// Only while the bytes are the ones that were copied, and are to stay.
pub(crate) const SWAP_BLOB: &str = "
    UPDATE files SET blob_key = $3, data_key = $4
    WHERE organisation = $1 AND id = $2 AND blob_key = $5 AND (state <> 'infected' OR legal_hold)";

/// Files of an organisation that wait to be checked, behind this one.
pub(crate) const WAITING: &str = "
    SELECT id, blob_key FROM files WHERE organisation = $1 AND state = 'waiting' AND id > $2 ORDER BY id LIMIT $3";

/// What the check of one that waits came to, and whether its bytes are held.
pub(crate) const SETTLE: &str = "
    UPDATE files SET state = $3 WHERE organisation = $1 AND id = $2 AND state = 'waiting'
    RETURNING chat, message, blob_key, legal_hold";

/// Who wrote a message, and the patient whom its chat is with or about.
pub(crate) const WHOSE: &str = "
    SELECT m.author, c.patient, c.more_patients
    FROM messages m JOIN chats c ON c.organisation = m.organisation AND c.id = m.chat
    WHERE m.organisation = $1 AND m.chat = $2 AND m.id = $3";

/// Names and contents in a stretch of chats that one key sealed; the key's id stands behind the version of a name.
pub(crate) const COUNT_SEALED_BY: &str = "
    SELECT (SELECT COUNT(*) FROM files
            WHERE organisation = $1 AND chat > $3 AND chat <= $4 AND substr(name, 2, 12) = $2)
        + (SELECT COUNT(*) FROM files WHERE organisation = $1 AND chat > $3 AND chat <= $4 AND data_key = $2
            AND (state <> 'infected' OR legal_hold))";

pub(crate) const ALL_SQL: &[&str] = &[
    INSERT,
    ONE,
    OF_MESSAGE,
    OF_STRETCH,
    DELETE_OF_MESSAGES,
    NAMED,
    SEALED_OF_STRETCH,
    RESEAL_NAME,
    BLOB,
    SWAP_BLOB,
    WAITING,
    SETTLE,
    WHOSE,
    COUNT_SEALED_BY,
];

/// A file, its name opened.
pub(crate) fn file(row: &Row<'_>, ring: &KeyRing) -> Result<FileRow> {
    let id: FileId = row.get(0)?;
    let size: i64 = row.get(5)?;
    Ok(FileRow {
        id,
        message: row.get(1)?,
        blob_key: row.get(2)?,
        name: ring.open_text(name_place(&id), &row.get::<Vec<u8>>(3)?)?,
        mime: row.get(4)?,
        size: u64::try_from(size).map_err(Error::bug)?,
        made_ms: row.get(6)?,
        state: FileState::named(&row.get::<String>(7)?)?,
    })
}
