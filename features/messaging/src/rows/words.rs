//! Words of messages and subjects among the rows of `search_tokens`.

use store::{in_list, union_list};

/// Chats of an organisation in the order of their ids: how far each is, and how far its words are written.
pub(crate) const PROGRESS: &str = "
    SELECT c.id, c.last_seq, COALESCE(m.seq, 0), c.subject IS NOT NULL AND s.object IS NULL
    FROM chats c
    LEFT JOIN search_progress m ON m.organisation = c.organisation AND m.kind = 'message' AND m.object = c.id
    LEFT JOIN search_progress s ON s.organisation = c.organisation AND s.kind = 'subject' AND s.object = c.id
    WHERE c.organisation = $1 AND c.id > $2 AND c.removed_ms IS NULL ORDER BY c.id LIMIT $3";

/// One of these chats, with its subject when its words are not written.
pub(crate) const PROGRESS_OF: &str = "
    SELECT c.last_seq, COALESCE(m.seq, 0), CASE WHEN s.object IS NULL THEN c.subject END
    FROM chats c
    LEFT JOIN search_progress m ON m.organisation = c.organisation AND m.kind = 'message' AND m.object = c.id
    LEFT JOIN search_progress s ON s.organisation = c.organisation AND s.kind = 'subject' AND s.object = c.id
    WHERE c.organisation = $1 AND c.id = $2 AND c.removed_ms IS NULL";

/// The names of the files of the messages in a stretch of a chat, both ends included.
pub(crate) const FILE_NAMES: &str = "
    SELECT f.message, f.id, f.name
    FROM messages m JOIN files f ON f.organisation = m.organisation AND f.message = m.id
    WHERE m.organisation = $1 AND m.chat = $2 AND m.seq >= $3 AND m.seq <= $4 ORDER BY f.id";

macro_rules! insert {
    ($columns:literal, $rest:literal) => {
        concat!(
            "INSERT INTO search_tokens (organisation, kind, place, token_hmac, object) SELECT ",
            $columns,
            " FROM (SELECT token_hmac FROM search_tokens WHERE FALSE ",
            union_list!(),
            ") new_ones, ",
            $rest,
            " ON CONFLICT (place, token_hmac, object) DO NOTHING"
        )
    };
}

/// Of a message, unless it was deleted meanwhile.
pub(crate) const INSERT_OF_MESSAGE: &str = insert!(
    "m.organisation, 'message', m.chat, new_ones.token_hmac, m.id",
    "messages m WHERE m.organisation = $65 AND m.id = $66 AND m.deleted_ms IS NULL"
);

/// Of a subject, while it is the one that was looked at.
pub(crate) const INSERT_OF_SUBJECT: &str = insert!(
    "c.organisation, 'subject', c.id, new_ones.token_hmac, c.id",
    "chats c WHERE c.organisation = $65 AND c.id = $66 AND c.subject = $67"
);

/// Notes that a subject has its words, while it is the one that was looked at.
pub(crate) const REACH_SUBJECT: &str = "
    INSERT INTO search_progress (organisation, kind, object, seq)
    SELECT organisation, 'subject', id, 0 FROM chats WHERE organisation = $1 AND id = $2 AND subject = $3
    ON CONFLICT (organisation, kind, object) DO NOTHING";

macro_rules! and_has {
    ($word:literal) => {
        concat!(
            " AND EXISTS (SELECT 1 FROM search_tokens o WHERE o.organisation = $1 AND o.place = t.place
                 AND o.object = t.object AND o.token_hmac = ",
            $word,
            ")"
        )
    };
}

/// What has all of eight words, some of which may be the same, in the chats that a person is in; the newest first.
macro_rules! found {
    ($kind:literal) => {
        concat!(
            "SELECT t.object, t.place FROM chat_members mine
             JOIN search_tokens t ON t.organisation = mine.organisation AND t.place = mine.chat
                 AND t.token_hmac = $3 AND t.kind = ",
            $kind,
            " WHERE mine.organisation = $1 AND mine.person = $2 AND mine.left_ms IS NULL AND t.object < $11",
            and_has!("$4"),
            and_has!("$5"),
            and_has!("$6"),
            and_has!("$7"),
            and_has!("$8"),
            and_has!("$9"),
            and_has!("$10"),
            " ORDER BY t.object DESC LIMIT $12"
        )
    };
}

pub(crate) const FIND_MESSAGES: &str = found!("'message'");
pub(crate) const FIND_SUBJECTS: &str = found!("'subject'");

/// Subjects of chats that were found.
pub(crate) const SUBJECTS: &str = concat!(
    "SELECT id, subject FROM chats WHERE organisation = $65 AND subject IS NOT NULL AND id IN ",
    in_list!()
);

pub(crate) const ALL_SQL: &[&str] = &[
    PROGRESS,
    PROGRESS_OF,
    FILE_NAMES,
    INSERT_OF_MESSAGE,
    INSERT_OF_SUBJECT,
    REACH_SUBJECT,
    FIND_MESSAGES,
    FIND_SUBJECTS,
    SUBJECTS,
];
