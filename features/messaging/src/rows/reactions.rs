//! Rows of `likes` and `answers`: what is done with a message that is there.

use kernel::{MessageId, PersonId, Result};
use store::{Row, in_list};
use vault::KeyRing;

use crate::request::{Answer, Reply, answer_row};

/// The place of a message that is still there. It changes nothing, but whoever would take the message out waits until this
/// transaction has ended, and this one for them: nothing is said of a message that is gone.
pub(crate) const HOLD_THERE: &str = "
    UPDATE messages SET legal_hold = legal_hold
    WHERE organisation = $1 AND chat = $2 AND id = $3 AND deleted_ms IS NULL RETURNING seq";

/// A message that is still there, and what it asks for.
pub(crate) const REQUEST: &str = "
    SELECT seq, author, payload FROM messages
    WHERE organisation = $1 AND chat = $2 AND id = $3 AND deleted_ms IS NULL";

pub(crate) const INSERT_LIKE: &str = "
    INSERT INTO likes (organisation, chat, seq, person, made_ms) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (chat, seq, person) DO NOTHING";

pub(crate) const DELETE_LIKE: &str =
    "DELETE FROM likes WHERE organisation = $1 AND chat = $2 AND seq = $3 AND person = $4";

/// Who likes the messages in a stretch of a chat, both ends included; who liked one first comes first.
pub(crate) const LIKES_OF_STRETCH: &str = "
    SELECT seq, person FROM likes WHERE organisation = $1 AND chat = $2 AND seq >= $3 AND seq <= $4
    ORDER BY seq, made_ms, person";

pub(crate) const INSERT_ANSWER: &str = "
    INSERT INTO answers (organisation, chat, seq, person, content, made_ms, legal_hold)
    VALUES ($1, $2, $3, $4, $5, $6, FALSE) ON CONFLICT (chat, seq, person) DO NOTHING";

/// What somebody replied to a message.
pub(crate) const ANSWER: &str = "
    SELECT a.seq, a.person, a.content, a.made_ms
    FROM messages m JOIN answers a ON a.organisation = m.organisation AND a.chat = m.chat AND a.seq = m.seq
    WHERE m.organisation = $1 AND m.chat = $2 AND m.id = $3 AND a.person = $4";

/// The answers to the messages in a stretch of a chat, both ends included, the earliest of each first.
pub(crate) const ANSWERS_OF_STRETCH: &str = "
    SELECT a.seq, a.person, a.content, a.made_ms, m.id
    FROM answers a JOIN messages m ON m.organisation = a.organisation AND m.chat = a.chat AND m.seq = a.seq
    WHERE a.organisation = $1 AND a.chat = $2 AND a.seq >= $3 AND a.seq <= $4
    ORDER BY a.seq, a.made_ms, a.person";

/// Both go with their messages.
pub(crate) const DELETE_LIKES: &str = concat!(
    "DELETE FROM likes WHERE organisation = $65
         AND (chat, seq) IN (SELECT chat, seq FROM messages WHERE organisation = $65 AND id IN ",
    in_list!(),
    ")"
);
pub(crate) const DELETE_ANSWERS: &str = concat!(
    "DELETE FROM answers WHERE organisation = $65
         AND (chat, seq) IN (SELECT chat, seq FROM messages WHERE organisation = $65 AND id IN ",
    in_list!(),
    ")"
);

/// Only while the answer is the one that was looked at.
pub(crate) const RESEAL_ANSWER: &str = "
    UPDATE answers SET content = $5
    WHERE organisation = $1 AND chat = $2 AND seq = $3 AND person = $4 AND content = $6";

/// Answers in a stretch of chats that one key sealed, whose id stands behind their version.
pub(crate) const COUNT_SEALED_BY: &str = "
    SELECT COUNT(*) FROM answers
    WHERE organisation = $1 AND chat > $3 AND chat <= $4 AND substr(content, 2, 12) = $2";

pub(crate) const ALL_SQL: &[&str] = &[
    HOLD_THERE,
    REQUEST,
    INSERT_LIKE,
    DELETE_LIKE,
    LIKES_OF_STRETCH,
    INSERT_ANSWER,
    ANSWER,
    ANSWERS_OF_STRETCH,
    DELETE_LIKES,
    DELETE_ANSWERS,
    RESEAL_ANSWER,
    COUNT_SEALED_BY,
];

/// An answer to a message, opened, and the place of the message.
pub(crate) fn answer(row: &Row<'_>, message: MessageId, ring: &KeyRing) -> Result<(i64, Answer)> {
    let person: PersonId = row.get(1)?;
    let reply = Reply::open(ring, &answer_row(message, person), &row.get::<Vec<u8>>(2)?)?;
    Ok((row.get(0)?, Answer { person, reply, given_ms: row.get(3)? }))
}
