//! Rows of `chat_members`.

use kernel::Result;
use store::{Row, in_list, union_list};

use crate::chat::Standing;
use crate::members::Member;

/// Only into a chat of the organisation. Nothing is read yet when somebody comes; who comes back finds their place in
/// the chat as they left it, and who was a patient in it stays one to the access log.
macro_rules! join {
    ($new:literal, $($from:expr),+) => {
        concat!(
            "INSERT INTO chat_members
                 (organisation, chat, person, standing, joined_ms, delivered_seq, read_seq, as_patient)
             SELECT c.organisation, c.id, ",
            $new,
            $($from,)+
            " ON CONFLICT (chat, person) DO UPDATE
                 SET standing = excluded.standing, joined_ms = excluded.joined_ms, left_ms = excluded.left_ms,
                     as_patient = chat_members.as_patient OR excluded.as_patient
                 WHERE chat_members.left_ms IS NOT NULL
             RETURNING person"
        )
    };
}

/// One person, of any standing.
pub(crate) const JOIN: &str =
    join!("$3, $4, $5, 0, 0, $6", " FROM chats c WHERE c.organisation = $1 AND c.id = $2");

/// Many at once, as members; says who was not in it.
pub(crate) const JOIN_TOGETHER: &str = join!(
    "new_ones.person, 'member', $67, 0, 0, $68",
    " FROM chats c, (SELECT person FROM chat_members WHERE FALSE ",
    union_list!(),
    ") new_ones WHERE c.organisation = $65 AND c.id = $66"
);

pub(crate) const LEAVE: &str = "
    UPDATE chat_members SET left_ms = $4, standing = 'member'
    WHERE organisation = $1 AND chat = $2 AND person = $3 AND left_ms IS NULL";

/// As [`LEAVE`], of many and by somebody else: nobody removes the owner.
pub(crate) const REMOVE: &str = concat!(
    "UPDATE chat_members SET left_ms = $67, standing = 'member'
     WHERE organisation = $65 AND chat = $66 AND left_ms IS NULL AND standing <> 'owner' AND person IN ",
    in_list!(),
    " RETURNING person"
);

pub(crate) const MEMBERS: &str = "
    SELECT person, standing, joined_ms, delivered_seq, read_seq FROM chat_members
    WHERE organisation = $1 AND chat = $2 AND left_ms IS NULL ORDER BY joined_ms, person";

/// Owner and admins.
pub(crate) const MANAGERS: &str = "
    SELECT person FROM chat_members
    WHERE organisation = $1 AND chat = $2 AND left_ms IS NULL AND standing <> 'member' ORDER BY joined_ms, person";

/// The members of those of the chats that the reader is in.
pub(crate) const MEMBERS_OF_CHATS: &str = concat!(
    "SELECT m.person, m.standing, m.joined_ms, m.delivered_seq, m.read_seq, m.chat
     FROM chat_members mine JOIN chat_members m ON m.organisation = mine.organisation AND m.chat = mine.chat
     WHERE mine.organisation = $65 AND mine.person = $66 AND mine.left_ms IS NULL AND m.left_ms IS NULL
         AND mine.chat IN ",
    in_list!(),
    " ORDER BY m.joined_ms, m.person"
);

pub(crate) const AUDIENCE: &str = "
    SELECT person FROM chat_members WHERE organisation = $1 AND chat = $2 AND left_ms IS NULL";

/// Those who are in a chat with somebody.
pub(crate) const ACQUAINTANCES: &str = "
    SELECT DISTINCT theirs.person
    FROM chat_members mine JOIN chat_members theirs ON theirs.organisation = mine.organisation AND theirs.chat = mine.chat
    WHERE mine.organisation = $1 AND mine.person = $2 AND mine.left_ms IS NULL
        AND theirs.left_ms IS NULL AND theirs.person <> mine.person
    LIMIT $3";

/// How many are in it, and how many are, or were, in it as patients.
pub(crate) const COUNT: &str = "
    SELECT COUNT(CASE WHEN left_ms IS NULL THEN 1 END), COUNT(CASE WHEN as_patient THEN 1 END)
    FROM chat_members WHERE organisation = $1 AND chat = $2";

/// Those who are, or were, in the chat as patients.
pub(crate) const PATIENTS: &str = "
    SELECT person FROM chat_members WHERE organisation = $1 AND chat = $2 AND as_patient ORDER BY person";

/// Who could own a group when its owner left: guests never do. Patients stand after all others, and of each who is in it
/// longest stands first.
pub(crate) const HEIRS: &str = "
    SELECT person, standing, joined_ms, delivered_seq, read_seq FROM chat_members
    WHERE organisation = $1 AND chat = $2 AND left_ms IS NULL AND NOT guest
    ORDER BY CASE WHEN as_patient THEN 1 ELSE 0 END, joined_ms, person";

pub(crate) const SET_STANDING: &str = "
    UPDATE chat_members SET standing = $4
    WHERE organisation = $1 AND chat = $2 AND person = $3 AND left_ms IS NULL AND NOT guest";

/// As [`SET_STANDING`], of who has another one now.
pub(crate) const SET_STANDING_FROM: &str = "
    UPDATE chat_members SET standing = $4
    WHERE organisation = $1 AND chat = $2 AND person = $3 AND left_ms IS NULL AND standing = $5";

/// Makes admins of members, or members of admins; an owner stays one.
pub(crate) const SET_STANDINGS: &str = concat!(
    "UPDATE chat_members SET standing = $67
     WHERE organisation = $65 AND chat = $66 AND left_ms IS NULL AND standing = $68 AND NOT guest AND person IN ",
    in_list!(),
    " RETURNING person"
);

/// A chat that both are in.
pub(crate) const SHARED: &str = "
    SELECT mine.chat FROM chat_members mine JOIN chat_members theirs
        ON theirs.organisation = mine.organisation AND theirs.chat = mine.chat
    WHERE mine.organisation = $1 AND mine.person = $2 AND mine.left_ms IS NULL
        AND theirs.person = $3 AND theirs.left_ms IS NULL LIMIT 1";

/// Any chat that they are in.
pub(crate) const IN_A_CHAT: &str =
    "SELECT chat FROM chat_members WHERE organisation = $1 AND person = $2 AND left_ms IS NULL LIMIT 1";

/// Everybody who is, or was, in the chat.
pub(crate) const DELETE_ALL: &str = "DELETE FROM chat_members WHERE organisation = $1 AND chat = $2";

/// A watermark only rises.
pub(crate) const MARK_DELIVERED: &str = "
    UPDATE chat_members SET delivered_seq = $4
    WHERE organisation = $1 AND chat = $2 AND person = $3 AND left_ms IS NULL AND delivered_seq < $4";

/// What was read has also arrived.
pub(crate) const MARK_READ: &str = "
    UPDATE chat_members SET read_seq = $4, read_ms = $5, delivered_seq = CASE WHEN delivered_seq < $4 THEN $4 ELSE delivered_seq END
    WHERE organisation = $1 AND chat = $2 AND person = $3 AND left_ms IS NULL AND read_seq < $4";

pub(crate) const ALL_SQL: &[&str] = &[
    IN_A_CHAT,
    JOIN,
    JOIN_TOGETHER,
    LEAVE,
    REMOVE,
    MEMBERS,
    MANAGERS,
    MEMBERS_OF_CHATS,
    AUDIENCE,
    ACQUAINTANCES,
    COUNT,
    PATIENTS,
    HEIRS,
    SET_STANDING,
    SET_STANDING_FROM,
    SET_STANDINGS,
    SHARED,
    DELETE_ALL,
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
