//! Rows of `chat_members`.

use kernel::Result;
use store::Row;

use crate::chat::Standing;
use crate::members::Member;

/// Nothing is read yet when somebody comes. Who comes back finds their place in the chat as they left it.
pub(crate) const JOIN: &str = "
    INSERT INTO chat_members (chat, person, standing, joined_ms, delivered_seq, read_seq, as_patient)
    VALUES ($1, $2, $3, $4, 0, 0, $5)
    ON CONFLICT (chat, person) DO UPDATE
        SET standing = excluded.standing, joined_ms = excluded.joined_ms, left_ms = excluded.left_ms,
            as_patient = excluded.as_patient
        WHERE chat_members.left_ms IS NOT NULL";

pub(crate) const LEAVE: &str = "
    UPDATE chat_members SET left_ms = $3, standing = 'member' WHERE chat = $1 AND person = $2 AND left_ms IS NULL";

/// As [`LEAVE`], by somebody else: nobody removes the owner.
pub(crate) const REMOVE: &str = "
    UPDATE chat_members SET left_ms = $3, standing = 'member'
    WHERE chat = $1 AND person = $2 AND left_ms IS NULL AND standing <> 'owner'";

pub(crate) const MEMBERS: &str = "
    SELECT person, standing, joined_ms, delivered_seq, read_seq FROM chat_members
    WHERE chat = $1 AND left_ms IS NULL ORDER BY joined_ms, person";

pub(crate) const AUDIENCE: &str = "SELECT person FROM chat_members WHERE chat = $1 AND left_ms IS NULL";

pub(crate) const COUNT: &str = "SELECT COUNT(*) FROM chat_members WHERE chat = $1 AND left_ms IS NULL";

/// Those who are, or were, in the chat as patients; a second one is enough to know.
pub(crate) const PATIENTS: &str = "SELECT person FROM chat_members WHERE chat = $1 AND as_patient LIMIT 2";

/// The owner of a group; when they left, the admin who is in it longest, else the member who is.
pub(crate) const OWNER_OR_HEIR: &str = "
    SELECT person, standing, joined_ms, delivered_seq, read_seq FROM chat_members WHERE chat = $1 AND left_ms IS NULL
    ORDER BY CASE standing WHEN 'owner' THEN 0 WHEN 'admin' THEN 1 ELSE 2 END, joined_ms, person LIMIT 1";

pub(crate) const SET_STANDING: &str = "
    UPDATE chat_members SET standing = $3 WHERE chat = $1 AND person = $2 AND left_ms IS NULL";

/// Makes an admin of a member, or a member of an admin; an owner stays one.
pub(crate) const SET_STANDING_FROM: &str = "
    UPDATE chat_members SET standing = $3 WHERE chat = $1 AND person = $2 AND left_ms IS NULL AND standing = $4";

/// A watermark only rises.
pub(crate) const MARK_DELIVERED: &str = "
    UPDATE chat_members SET delivered_seq = $3
    WHERE chat = $1 AND person = $2 AND left_ms IS NULL AND delivered_seq < $3";

/// What was read has also arrived.
pub(crate) const MARK_READ: &str = "
    UPDATE chat_members SET read_seq = $3, delivered_seq = CASE WHEN delivered_seq < $3 THEN $3 ELSE delivered_seq END
    WHERE chat = $1 AND person = $2 AND left_ms IS NULL AND read_seq < $3";

pub(crate) const ALL_SQL: &[&str] = &[
    JOIN,
    LEAVE,
    REMOVE,
    MEMBERS,
    AUDIENCE,
    COUNT,
    PATIENTS,
    OWNER_OR_HEIR,
    SET_STANDING,
    SET_STANDING_FROM,
    MARK_DELIVERED,
    MARK_READ,
];

pub(crate) fn member(row: &Row<'_>) -> Result<Member> {
    Ok(Member {
        person: row.get(0)?,
        standing: Standing::named(&row.get::<String>(1)?)?,
        joined_ms: row.get(2)?,
        delivered_seq: row.get(3)?,
        read_seq: row.get(4)?,
    })
}
