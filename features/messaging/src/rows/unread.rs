//! Statements on what waits unread.

/// The message that lies `$3` behind the first one made from `$1` on, before `$2`: all organisations are looked at by
/// one walk.
pub(crate) const NTH_MADE: &str = "
    SELECT id FROM messages WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 1 OFFSET $3";

/// Whom the messages made from `$1` on and before `$2` wait for.
pub(crate) const FRESH: &str = "
    SELECT x.organisation, m.person, MIN(x.posted_ms)
    FROM messages x JOIN chat_members m ON m.organisation = x.organisation AND m.chat = x.chat
    WHERE x.id >= $1 AND x.id < $2 AND x.deleted_ms IS NULL
        AND m.left_ms IS NULL AND m.person <> x.author AND m.read_seq < x.seq
    GROUP BY x.organisation, m.person";

/// Of a chat the newest 1,000 only, as lists count them. `$1` is the reader, `$2` the organisation.
pub(crate) const OLDEST_UNREAD: &str = "
    SELECT MIN((SELECT MIN(newest.posted_ms) FROM (SELECT author, deleted_ms, posted_ms FROM messages
            WHERE organisation = $2 AND chat = c.id AND seq > m.read_seq
            ORDER BY seq DESC LIMIT 1000) newest
        WHERE newest.author <> $1 AND newest.deleted_ms IS NULL AND newest.posted_ms >= $3))
    FROM chat_members m JOIN chats c ON c.organisation = m.organisation AND c.id = m.chat
    WHERE m.person = $1 AND m.left_ms IS NULL AND m.organisation = $2 AND c.last_seq > m.read_seq";

pub(crate) const HAS_READ_SINCE: &str = "
    SELECT person FROM chat_members WHERE organisation = $1 AND person = $2 AND left_ms IS NULL AND read_ms >= $3 LIMIT 1";

pub(crate) const MEMBERS_AFTER: &str = "
    SELECT person FROM chat_members
    WHERE organisation = $1 AND chat = $2 AND left_ms IS NULL AND person > $3 ORDER BY person LIMIT $4";

pub(crate) const ALL_SQL: &[&str] = &[NTH_MADE, FRESH, OLDEST_UNREAD, HAS_READ_SINCE, MEMBERS_AFTER];
