//! Rows of `messages`.

use kernel::{ChatId, MessageId, Result};
use store::{Row, in_list};
use vault::KeyRing;

use crate::draft::body_place;
use crate::endings::Seen;
use crate::messages::Message;
use crate::request::Request;

pub(crate) const INSERT: &str = "
    INSERT INTO messages (id, organisation, chat, seq, author, acting_for, client, posted_ms, body, payload, legal_hold)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, FALSE)";

macro_rules! shown {
    ($rest:literal) => {
        concat!(
            "SELECT id, seq, author, acting_for, client, posted_ms, body, payload FROM messages
             WHERE organisation = $1 AND chat = $2 AND deleted_ms IS NULL AND ",
            $rest
        )
    };
}

pub(crate) const ONE: &str = shown!("id = $3");

pub(crate) const BEFORE: &str = shown!("seq < $3 ORDER BY seq DESC LIMIT $4");

pub(crate) const AFTER: &str = shown!("seq > $3 ORDER BY seq LIMIT $4");

pub(crate) const BETWEEN: &str = shown!("seq >= $3 AND seq < $4 ORDER BY seq DESC LIMIT $5");

/// As [`BETWEEN`], in a chat whose places are not in the order of time: by the instants themselves.
pub(crate) const BETWEEN_TIMES: &str =
    shown!("seq < $3 AND posted_ms >= $4 AND posted_ms <= $5 ORDER BY seq DESC LIMIT $6 OFFSET $7");

/// The first and the last place whose messages were posted between two instants, deleted ones too; of such a chat.
pub(crate) const PLACES_BETWEEN_TIMES: &str = "
    SELECT MIN(seq), MAX(seq) FROM messages
    WHERE organisation = $1 AND chat = $2 AND posted_ms >= $3 AND posted_ms <= $4";

/// When the message of a place was posted, also of one that was deleted since.
pub(crate) const POSTED_AT: &str =
    "SELECT posted_ms FROM messages WHERE organisation = $1 AND chat = $2 AND seq = $3";

/// The place of a message, also of one that was deleted since.
pub(crate) const PLACE: &str = "SELECT seq FROM messages WHERE organisation = $1 AND chat = $2 AND id = $3";

/// Places below `$3` that hold no message any more, the newest first. Whose the chat is, is asked of the chat, so that
/// the places come from an index of their own and no message is read.
pub(crate) const GONE_BEFORE: &str = "
    SELECT seq FROM messages
    WHERE chat = (SELECT id FROM chats WHERE organisation = $1 AND id = $2) AND seq < $3 AND deleted_ms IS NOT NULL
    ORDER BY seq DESC LIMIT $4";

/// What stood at places from `$3` to below `$4` and was deleted, the newest first; found as in [`GONE_BEFORE`].
pub(crate) const GONE_BETWEEN: &str = "
    SELECT id, seq, author, posted_ms FROM messages
    WHERE chat = (SELECT id FROM chats WHERE organisation = $1 AND id = $2) AND seq >= $3 AND seq < $4
        AND deleted_ms IS NOT NULL
    ORDER BY seq DESC LIMIT $5";

/// The text goes with what it asked for, the place stays.
pub(crate) const DELETE: &str = "
    UPDATE messages SET body = $4, payload = NULL, deleted_ms = $5, deleted_by = $6
    WHERE organisation = $1 AND chat = $2 AND id = $3 AND deleted_ms IS NULL AND NOT legal_hold";

/// Who wrote a message that is still there, and whether a legal hold on it, its chat, a file of it or an answer to it
/// keeps it there. The two that follow ask the same but of the chat.
pub(crate) const AUTHOR_AND_HOLD: &str = "
    SELECT m.author, m.legal_hold OR c.legal_hold OR EXISTS (
        SELECT 1 FROM files f WHERE f.organisation = m.organisation AND f.message = m.id AND f.legal_hold)
        OR EXISTS (
        SELECT 1 FROM answers a
        WHERE a.organisation = m.organisation AND a.chat = m.chat AND a.seq = m.seq AND a.legal_hold)
    FROM messages m JOIN chats c ON c.organisation = m.organisation AND c.id = m.chat
    WHERE m.organisation = $1 AND m.chat = $2 AND m.id = $3 AND m.deleted_ms IS NULL";

/// Messages of a chat behind a place, as far as is asked of what ends by itself.
pub(crate) const LASTING_AFTER: &str = "
    SELECT m.seq, m.id, m.posted_ms, m.deleted_ms IS NOT NULL, m.legal_hold OR EXISTS (
        SELECT 1 FROM files f WHERE f.organisation = m.organisation AND f.message = m.id AND f.legal_hold)
        OR EXISTS (
        SELECT 1 FROM answers a
        WHERE a.organisation = m.organisation AND a.chat = m.chat AND a.seq = m.seq AND a.legal_hold)
    FROM messages m WHERE m.organisation = $1 AND m.chat = $2 AND m.seq > $3 ORDER BY m.seq LIMIT $4";

/// As [`DELETE`], of many, when nobody does it; what is held by now stays. It does not name the chat, or SQLite would
/// walk all places of it.
pub(crate) const EXPIRE: &str = concat!(
    "UPDATE messages SET body = $66, payload = NULL, deleted_ms = $67
     WHERE organisation = $65 AND deleted_ms IS NULL AND NOT legal_hold
         AND NOT EXISTS (SELECT 1 FROM files f
             WHERE f.organisation = messages.organisation AND f.message = messages.id AND f.legal_hold)
         AND NOT EXISTS (SELECT 1 FROM answers a
             WHERE a.organisation = messages.organisation AND a.chat = messages.chat AND a.seq = messages.seq
                 AND a.legal_hold)
         AND id IN ",
    in_list!(),
    " RETURNING id"
);

/// The first messages of a chat, deleted ones too.
pub(crate) const FIRST: &str = "
    SELECT id FROM messages WHERE organisation = $1 AND chat = $2 ORDER BY seq LIMIT $3";

/// Places and all, of a chat that is removed.
pub(crate) const DELETE_ROWS: &str =
    concat!("DELETE FROM messages WHERE organisation = $65 AND id IN ", in_list!());

/// Messages of a chat behind a place, deleted ones too, with what of them is sealed.
pub(crate) const SEALED_AFTER: &str = "
    SELECT seq, id, body, payload FROM messages
    WHERE organisation = $1 AND chat = $2 AND seq > $3 ORDER BY seq LIMIT $4";

/// Only while the text is the one that was looked at.
pub(crate) const RESEAL_BODY: &str = "
    UPDATE messages SET body = $3 WHERE organisation = $1 AND id = $2 AND body = $4";

/// Only while what it asks for is what was looked at.
pub(crate) const RESEAL_PAYLOAD: &str = "
    UPDATE messages SET payload = $3 WHERE organisation = $1 AND id = $2 AND payload = $4";

/// Texts, and what they ask for, in a stretch of chats that one key sealed, whose id stands behind their version.
pub(crate) const COUNT_SEALED_BY: &str = "
    SELECT COUNT(CASE WHEN substr(body, 2, 12) = $2 THEN 1 END)
        + COUNT(CASE WHEN substr(payload, 2, 12) = $2 THEN 1 END)
    FROM messages WHERE organisation = $1 AND chat > $3 AND chat <= $4";

pub(crate) const ALL_SQL: &[&str] = &[
    INSERT,
    ONE,
    BEFORE,
    AFTER,
    BETWEEN,
    BETWEEN_TIMES,
    PLACES_BETWEEN_TIMES,
    POSTED_AT,
    PLACE,
    GONE_BEFORE,
    GONE_BETWEEN,
    DELETE,
    AUTHOR_AND_HOLD,
    LASTING_AFTER,
    EXPIRE,
    FIRST,
    DELETE_ROWS,
    SEALED_AFTER,
    RESEAL_BODY,
    RESEAL_PAYLOAD,
    COUNT_SEALED_BY,
];

/// A message, its text opened, without its files and without what others did with it.
pub(crate) fn message(row: &Row<'_>, chat: ChatId, ring: &KeyRing) -> Result<Message> {
    let id: MessageId = row.get(0)?;
    let payload: Option<Vec<u8>> = row.get(7)?;
    Ok(Message {
        id,
        chat,
        seq: row.get(1)?,
        author: row.get(2)?,
        acting_for: row.get(3)?,
        client: row.get(4)?,
        posted_ms: row.get(5)?,
        text: ring.open_text(body_place(&id), &row.get::<Vec<u8>>(6)?)?,
        files: Vec::new(),
        request: payload.map(|sealed| Request::open(ring, &id, &sealed)).transpose()?,
        answers: Vec::new(),
        likes: Vec::new(),
    })
}

/// A place, as [`LASTING_AFTER`] finds it.
pub(crate) fn seen(row: &Row<'_>) -> Result<Seen> {
    Ok(Seen {
        seq: row.get(0)?,
        id: row.get(1)?,
        posted_ms: row.get(2)?,
        is_gone: row.get(3)?,
        is_held: row.get(4)?,
    })
}
