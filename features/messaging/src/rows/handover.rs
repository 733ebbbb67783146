//! One person in the place of another. `$1` is the organisation, `$2` who waited, `$3` who came.

/// Chats of two of who waited, with the one that who came has with the same person.
pub(crate) const DOUBLED: &str = "
    SELECT w.id, h.id FROM chats w JOIN chats h ON h.organisation = w.organisation AND h.kind = 'direct'
        AND ((h.one = $3 AND h.other = CASE WHEN w.one = $2 THEN w.other ELSE w.one END)
            OR (h.other = $3 AND h.one = CASE WHEN w.one = $2 THEN w.other ELSE w.one END))
    WHERE w.organisation = $1 AND w.kind = 'direct' AND (w.one = $2 OR w.other = $2)";

/// The places of one chat (`$3`) behind those of another (`$2`), which is open from now on; says how many there were.
pub(crate) const MAKE_ROOM: &str = "
    UPDATE chats SET closed_ms = NULL,
        last_seq = last_seq + (SELECT w.last_seq FROM chats w WHERE w.organisation = $1 AND w.id = $3),
        active_ms = (SELECT w.active_ms FROM chats w WHERE w.organisation = $1 AND w.id = $3)
    WHERE organisation = $1 AND id = $2
    RETURNING last_seq - (SELECT w.last_seq FROM chats w WHERE w.organisation = $1 AND w.id = $3)";
/// What is written stays bound to its own row.
pub(crate) const MOVE_MESSAGES: &str = "
    UPDATE messages SET chat = $3, seq = seq + $4 WHERE organisation = $1 AND chat = $2";
pub(crate) const MOVE_FILES: &str = "
    UPDATE files SET chat = $3 WHERE organisation = $1 AND chat = $2";
/// The chat that nothing is left in is between nobody any more, so that neither of its two finds it.
pub(crate) const EMPTY: &str = "
    UPDATE chats SET kind = 'group', one = NULL, other = NULL, closed_ms = $3, last_seq = 0
    WHERE organisation = $1 AND id = $2";
pub(crate) const LEAVE_EMPTY: &str = "
    UPDATE chat_members SET left_ms = $3 WHERE organisation = $1 AND chat = $2 AND left_ms IS NULL";

/// The smaller id of the two stands first.
pub(crate) const RENAME_PEERS: &str = "
    UPDATE chats SET
        one = CASE WHEN (CASE WHEN one = $2 THEN other ELSE one END) < $3
            THEN (CASE WHEN one = $2 THEN other ELSE one END) ELSE $3 END,
        other = CASE WHEN (CASE WHEN one = $2 THEN other ELSE one END) < $3
            THEN $3 ELSE (CASE WHEN one = $2 THEN other ELSE one END) END
    WHERE organisation = $1 AND kind = 'direct' AND (one = $2 OR other = $2)";
pub(crate) const NAME_PATIENT: &str = "
    UPDATE chats SET patient = $3 WHERE organisation = $1 AND patient = $2";
/// Who came and had left a group in which they waited is in it again.
pub(crate) const COME_BACK: &str = "
    UPDATE chat_members SET left_ms = NULL
    WHERE organisation = $1 AND person = $3 AND left_ms IS NOT NULL AND chat IN
        (SELECT w.chat FROM chat_members w WHERE w.organisation = $1 AND w.person = $2 AND w.left_ms IS NULL)";
pub(crate) const TAKE_PLACES: &str = "
    UPDATE chat_members SET person = $3
    WHERE organisation = $1 AND person = $2
        AND NOT EXISTS (SELECT h.chat FROM chat_members h
            WHERE h.organisation = $1 AND h.chat = chat_members.chat AND h.person = $3)
        AND left_ms IS NULL";
pub(crate) const LEAVE: &str = "
    UPDATE chat_members SET left_ms = $3 WHERE organisation = $1 AND person = $2 AND left_ms IS NULL";

/// Who is in the chats of who came.
pub(crate) const AUDIENCES: &str = "
    SELECT c.id, c.kind, m.person FROM chat_members mine
    JOIN chats c ON c.organisation = mine.organisation AND c.id = mine.chat
    JOIN chat_members m ON m.organisation = mine.organisation AND m.chat = mine.chat
    WHERE mine.organisation = $1 AND mine.person = $2 AND mine.left_ms IS NULL AND m.left_ms IS NULL
    ORDER BY c.id, m.person";

pub(crate) const ALL_SQL: &[&str] = &[
    DOUBLED,
    MAKE_ROOM,
    MOVE_MESSAGES,
    MOVE_FILES,
    EMPTY,
    LEAVE_EMPTY,
    RENAME_PEERS,
    NAME_PATIENT,
    COME_BACK,
    TAKE_PLACES,
    LEAVE,
    AUDIENCES,
];
