//! Auxiliary ids of group chats. The lists of chats that have one stand with the others in [`super::chats`].

use store::in_list;

pub(crate) const ASSIGN: &str = "
    INSERT INTO chat_aux_ids (client, organisation, chat, aux_hash, value) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (client, organisation, chat) DO UPDATE SET aux_hash = excluded.aux_hash, value = excluded.value";

/// Whichever it is when `$5`.
pub(crate) const REMOVE: &str = "
    DELETE FROM chat_aux_ids WHERE client = $1 AND organisation = $2 AND chat = $3 AND (aux_hash = $4 OR $5)";

/// The chats of this name, the newest first, each with its team and whether the reader is in it.
pub(crate) const NAMED: &str = "
    SELECT a.chat, c.team, m.person FROM chat_aux_ids a
    JOIN chats c ON c.organisation = a.organisation AND c.id = a.chat
    LEFT JOIN chat_members m ON m.organisation = a.organisation AND m.chat = a.chat AND m.person = $4
        AND m.left_ms IS NULL
    WHERE a.client = $1 AND a.organisation = $2 AND a.aux_hash = $3
    ORDER BY a.chat DESC LIMIT $5";

pub(crate) const OF_CHATS: &str = concat!(
    "SELECT chat, value FROM chat_aux_ids WHERE client = $65 AND organisation = $66 AND chat IN ",
    in_list!()
);

/// What is sealed of one chat, by whichever application.
pub(crate) const SEALED_OF_CHAT: &str = "
    SELECT client, value FROM chat_aux_ids WHERE organisation = $1 AND chat = $2";

/// Only while the value is the one that was looked at.
pub(crate) const RESEAL: &str = "
    UPDATE chat_aux_ids SET value = $4 WHERE organisation = $1 AND chat = $2 AND client = $3 AND value = $5";

/// Values of a stretch of chats that one key sealed, whose id stands behind their version.
pub(crate) const COUNT_SEALED_BY: &str = "
    SELECT COUNT(*) FROM chat_aux_ids
    WHERE organisation = $1 AND chat > $3 AND chat <= $4 AND substr(value, 2, 12) = $2";

pub(crate) const ALL_SQL: &[&str] = &[
    ASSIGN,
    REMOVE,
    NAMED,
    OF_CHATS,
    // For re-sealing.
    SEALED_OF_CHAT,
    RESEAL,
    COUNT_SEALED_BY,
];
