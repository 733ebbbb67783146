//! Rows of `chat_pictures`.

pub(crate) const PUT: &str = "
    INSERT INTO chat_pictures (chat, organisation, picture, made_ms, legal_hold) VALUES ($1, $2, $3, $4, FALSE)
    ON CONFLICT (chat) DO UPDATE SET picture = excluded.picture, made_ms = excluded.made_ms
        WHERE NOT chat_pictures.legal_hold";

pub(crate) const MARK: &str = "UPDATE chats SET picture_mark = $3 WHERE organisation = $1 AND id = $2";

pub(crate) const UNMARK: &str = "UPDATE chats SET picture_mark = NULL WHERE organisation = $1 AND id = $2";

pub(crate) const MARK_OF: &str = "SELECT picture_mark FROM chats WHERE organisation = $1 AND id = $2";

pub(crate) const GET: &str = "
    SELECT c.picture_mark, p.picture FROM chats c JOIN chat_pictures p ON p.organisation = c.organisation AND p.chat = c.id
    WHERE c.organisation = $1 AND c.id = $2 AND c.picture_mark IS NOT NULL";

pub(crate) const DELETE: &str =
    "DELETE FROM chat_pictures WHERE organisation = $1 AND chat = $2 AND NOT legal_hold";

/// Only while the picture is the one that was looked at.
pub(crate) const RESEAL: &str = "
    UPDATE chat_pictures SET picture = $3 WHERE organisation = $1 AND chat = $2 AND picture = $4";

/// Pictures in a stretch of chats that one key sealed, whose id stands behind their version.
pub(crate) const COUNT_SEALED_BY: &str = "
    SELECT COUNT(*) FROM chat_pictures
    WHERE organisation = $1 AND chat > $3 AND chat <= $4 AND substr(picture, 2, 12) = $2";

pub(crate) const ALL_SQL: &[&str] = &[PUT, MARK, UNMARK, MARK_OF, GET, DELETE, RESEAL, COUNT_SEALED_BY];
