//! One person in the place of another. Nothing here goes through the chats of an organisation: all of it begins at the
//! places of who waited, or at the index of whom chats are about.

use kernel::Result;
use store::{Row, in_list};

/// In which chats somebody has, or had, a place, and whether it stands. `$1` is the organisation, `$2` who.
pub(crate) const PLACES: &str = "
    SELECT chat, TRUE FROM chat_members WHERE organisation = $1 AND person = $2 AND left_ms IS NULL
    UNION ALL
    SELECT chat, FALSE FROM chat_members WHERE organisation = $1 AND person = $2 AND left_ms IS NOT NULL";

/// The same, of one person in some chats.
pub(crate) const PLACES_IN: &str = concat!(
    "SELECT chat, left_ms IS NULL FROM chat_members WHERE organisation = $65 AND person = $66 AND chat IN ",
    in_list!()
);

/// A chat of two who turned out to be one is a closed group of that one. `$2` and `$3` are its two, the smaller id first.
pub(crate) const ALONE: &str = "
    UPDATE chats SET kind = 'group', one = NULL, other = NULL, closed_ms = COALESCE(closed_ms, $4)
    WHERE organisation = $1 AND kind = 'direct' AND one = $2 AND other = $3";

/// Which of these chats of two of who waited (`$66`) who came (`$67`) has with the same person, too, and which that is.
pub(crate) const DOUBLED: &str = concat!(
    "SELECT w.id, h.id
     FROM (SELECT id, organisation, CASE WHEN one = $66 THEN other ELSE one END AS peer FROM chats
           WHERE organisation = $65 AND kind = 'direct' AND id IN ",
    in_list!(),
    ") w JOIN chats h ON h.organisation = w.organisation AND h.kind = 'direct'
         AND h.one = CASE WHEN w.peer < $67 THEN w.peer ELSE $67 END
         AND h.other = CASE WHEN w.peer < $67 THEN $67 ELSE w.peer END"
);

/// One of two doubled chats, and whether the other person (neither `$3` nor `$4`) is in it as a patient.
pub(crate) const LOOK: &str = "
    SELECT c.last_seq, c.made_ms, c.active_ms, c.closed_ms IS NOT NULL, c.legal_hold, EXISTS (
        SELECT 1 FROM chat_members p WHERE p.organisation = c.organisation AND p.chat = c.id
            AND p.person <> $3 AND p.person <> $4 AND p.as_patient)
    FROM chats c WHERE c.organisation = $1 AND c.id = $2";

/// What [`LOOK`] finds.
pub(crate) struct Double {
    pub last_seq: i64,
    pub made_ms: i64,
    pub active_ms: i64,
    pub is_closed: bool,
    pub is_held: bool,
    pub is_with_a_patient: bool,
}

impl Double {
    pub fn of(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            last_seq: row.get(0)?,
            made_ms: row.get(1)?,
            active_ms: row.get(2)?,
            is_closed: row.get(3)?,
            is_held: row.get(4)?,
            is_with_a_patient: row.get(5)?,
        })
    }
}

/// What one of two doubled chats (`$2`) becomes when the other is appended to it.
pub(crate) const TAKE_IN: &str = "
    UPDATE chats SET last_seq = $3, active_ms = $4, closed_ms = CASE WHEN $5 THEN NULL ELSE closed_ms END,
        legal_hold = $6, mixes_times = mixes_times OR $7
    WHERE organisation = $1 AND id = $2";
/// What is written stays bound to its own row. Its words are written anew where it stands now, and go where it stood with
/// the chat.
pub(crate) const MOVE_MESSAGES: &str = "
    UPDATE messages SET chat = $3, seq = seq + $4 WHERE organisation = $1 AND chat = $2";
pub(crate) const MOVE_FILES: &str = "
    UPDATE files SET chat = $3 WHERE organisation = $1 AND chat = $2";
/// Who came (`$3`) is a patient of one chat (`$2`) when who waited (`$5`) was one of the other (`$4`).
pub(crate) const TAKE_IN_AS_PATIENT: &str = "
    UPDATE chat_members SET as_patient = TRUE
    WHERE organisation = $1 AND chat = $2 AND person = $3 AND EXISTS (
        SELECT 1 FROM chat_members w
        WHERE w.organisation = $1 AND w.chat = $4 AND w.person = $5 AND w.as_patient)";
/// The chat that nothing is left in is between nobody, and about to be removed; what held it holds the other.
pub(crate) const EMPTY: &str = "
    UPDATE chats SET kind = 'group', one = NULL, other = NULL, closed_ms = COALESCE(closed_ms, $3), removed_ms = $3,
        last_seq = 0, legal_hold = FALSE
    WHERE organisation = $1 AND id = $2";

/// In chats that both have a place in, who came (`$67`) is there when either was, with the higher standing of those who
/// were, and as a patient when either was.
pub(crate) const FOLD_IN: &str = concat!(
    "UPDATE chat_members SET
         as_patient = chat_members.as_patient OR w.as_patient,
         standing = CASE
             WHEN w.left_ms IS NOT NULL THEN chat_members.standing
             WHEN chat_members.left_ms IS NOT NULL OR w.standing = 'owner' THEN w.standing
             WHEN w.standing = 'admin' AND chat_members.standing = 'member' THEN w.standing
             ELSE chat_members.standing END,
         joined_ms = CASE WHEN chat_members.left_ms IS NOT NULL AND w.left_ms IS NULL
             THEN w.joined_ms ELSE chat_members.joined_ms END,
         left_ms = CASE WHEN w.left_ms IS NULL THEN NULL ELSE chat_members.left_ms END
     FROM chat_members w
     WHERE w.organisation = $65 AND w.person = $66 AND w.chat = chat_members.chat
         AND chat_members.organisation = $65 AND chat_members.person = $67 AND chat_members.chat IN ",
    in_list!(),
    " RETURNING chat_members.chat"
);
/// Nothing is left of a place that was folded into another.
pub(crate) const GIVE_UP: &str = concat!(
    "DELETE FROM chat_members WHERE organisation = $65 AND person = $66 AND chat IN ",
    in_list!(),
    " RETURNING chat"
);
/// Past places too: what was written with a patient stays about them.
pub(crate) const TAKE_PLACES: &str = concat!(
    "UPDATE chat_members SET person = $67 WHERE organisation = $65 AND person = $66 AND chat IN ",
    in_list!(),
    " RETURNING chat"
);
/// The smaller id of the two stands first.
pub(crate) const RENAME_PEERS: &str = concat!(
    "UPDATE chats SET
         one = CASE WHEN (CASE WHEN one = $66 THEN other ELSE one END) < $67
             THEN (CASE WHEN one = $66 THEN other ELSE one END) ELSE $67 END,
         other = CASE WHEN (CASE WHEN one = $66 THEN other ELSE one END) < $67
             THEN $67 ELSE (CASE WHEN one = $66 THEN other ELSE one END) END
     WHERE organisation = $65 AND kind = 'direct' AND id IN ",
    in_list!(),
    " RETURNING id"
);

/// Wherever it is about who waited (`$2`), it is about who came (`$3`).
pub(crate) const NAME_PATIENT: &str = "
    UPDATE chats SET patient = $3 WHERE organisation = $1 AND patient = $2";
/// Who came is named, or is one of several, where they are in it as a patient.
pub(crate) const NAME_AS_PATIENT: &str = concat!(
    "UPDATE chats SET patient = COALESCE(patient, $66),
         more_patients = more_patients OR COALESCE(patient <> $66, FALSE)
     WHERE organisation = $65 AND EXISTS (
         SELECT 1 FROM chat_members m
         WHERE m.organisation = $65 AND m.chat = chats.id AND m.person = $66 AND m.as_patient)
         AND id IN ",
    in_list!(),
    " RETURNING id"
);

/// Who is in these chats, and who is, or was, a patient of them.
pub(crate) const AUDIENCES: &str = concat!(
    "SELECT c.id, c.kind, c.patient, m.person, m.left_ms IS NULL, m.as_patient
     FROM chats c JOIN chat_members m ON m.organisation = c.organisation AND m.chat = c.id
     WHERE c.organisation = $65 AND (m.left_ms IS NULL OR m.as_patient) AND c.id IN ",
    in_list!(),
    " ORDER BY c.id, m.person"
);

pub(crate) const ALL_SQL: &[&str] = &[
    PLACES,
    PLACES_IN,
    ALONE,
    DOUBLED,
    LOOK,
    TAKE_IN,
    MOVE_MESSAGES,
    MOVE_FILES,
    TAKE_IN_AS_PATIENT,
    EMPTY,
    FOLD_IN,
    GIVE_UP,
    TAKE_PLACES,
    RENAME_PEERS,
    NAME_PATIENT,
    NAME_AS_PATIENT,
    AUDIENCES,
];
