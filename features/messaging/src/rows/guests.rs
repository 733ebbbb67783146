//! Rows of `guest_links`.

/// Whoever made a link still manages the group.
macro_rules! maker_manages {
    () => {
        "EXISTS (SELECT 1 FROM chat_members m
             WHERE m.organisation = guest_links.organisation AND m.chat = guest_links.chat
                 AND m.person = guest_links.made_by AND m.left_ms IS NULL AND m.standing <> 'member')"
    };
}

/// Into an open group that takes contacts.
pub(crate) const PUT: &str = "
    INSERT INTO guest_links (chat, organisation, code_hash, code, made_by, made_ms, ends_ms, came)
    SELECT c.id, c.organisation, $3, $4, $5, $6, $7, 0 FROM chats c
    WHERE c.organisation = $1 AND c.id = $2 AND c.kind = 'group' AND c.allow_contacts
        AND c.closed_ms IS NULL AND c.removed_ms IS NULL
    ON CONFLICT (chat) DO UPDATE SET code_hash = excluded.code_hash, code = excluded.code,
        made_by = excluded.made_by, made_ms = excluded.made_ms, ends_ms = excluded.ends_ms, came = excluded.came";

/// The link that opens.
pub(crate) const GET: &str = concat!(
    "SELECT code, ends_ms, made_by FROM guest_links WHERE organisation = $1 AND chat = $2 AND ends_ms > $3
        AND EXISTS (SELECT 1 FROM chats c WHERE c.organisation = $1 AND c.id = $2 AND c.allow_contacts)
        AND ",
    maker_manages!()
);

pub(crate) const ENDS_OF_CHAT: &str = "SELECT ends_ms FROM guest_links WHERE organisation = $1 AND chat = $2";

pub(crate) const DELETE: &str = "DELETE FROM guest_links WHERE organisation = $1 AND chat = $2";

/// What a code leads to: whose organisation is not known yet, the code is. And whether it brings in anybody more.
pub(crate) const FIND: &str = concat!(
    "SELECT guest_links.organisation, guest_links.chat, guest_links.ends_ms, guest_links.made_by,
        CASE WHEN guest_links.came < $3 AND ",
    maker_manages!(),
    " THEN TRUE ELSE FALSE END
    FROM guest_links JOIN chats c ON c.organisation = guest_links.organisation AND c.id = guest_links.chat
    WHERE guest_links.code_hash = $1 AND guest_links.ends_ms > $2
        AND c.allow_contacts AND c.closed_ms IS NULL AND c.removed_ms IS NULL"
);

/// Takes a place among the guests of a link, as long as it opens.
pub(crate) const TAKE_PLACE: &str = concat!(
    "UPDATE guest_links SET came = came + 1
    WHERE organisation = $1 AND chat = $2 AND code_hash = $3 AND ends_ms > $4 AND came < $5
        AND EXISTS (SELECT 1 FROM chats c WHERE c.organisation = $1 AND c.id = $2
            AND c.allow_contacts AND c.closed_ms IS NULL AND c.removed_ms IS NULL)
        AND ",
    maker_manages!()
);

/// Whom the chat is with or about, and whether it is there.
pub(crate) const PATIENTS_OF: &str = "
    SELECT patient, more_patients FROM chats WHERE organisation = $1 AND id = $2 AND removed_ms IS NULL";

pub(crate) const MARK: &str =
    "UPDATE chat_members SET guest = TRUE WHERE organisation = $1 AND chat = $2 AND person = $3";

pub(crate) const IS_IN: &str = "
    SELECT person FROM chat_members WHERE organisation = $1 AND chat = $2 AND person = $3 AND left_ms IS NULL";

/// Those who are in it as guests, who came first first.
pub(crate) const THERE: &str = "
    SELECT person FROM chat_members WHERE organisation = $1 AND chat = $2 AND guest AND left_ms IS NULL
    ORDER BY joined_ms, person";

pub(crate) const SEALED_OF_CHAT: &str = "SELECT code FROM guest_links WHERE organisation = $1 AND chat = $2";

/// Only while the code is the one that was looked at.
pub(crate) const RESEAL: &str = "
    UPDATE guest_links SET code = $3 WHERE organisation = $1 AND chat = $2 AND code = $4";

/// Codes in a stretch of chats that one key sealed, whose id stands behind their version.
pub(crate) const COUNT_SEALED_BY: &str = "
    SELECT COUNT(*) FROM guest_links
    WHERE organisation = $1 AND chat > $3 AND chat <= $4 AND substr(code, 2, 12) = $2";

pub(crate) const ALL_SQL: &[&str] = &[
    PUT,
    GET,
    ENDS_OF_CHAT,
    DELETE,
    FIND,
    TAKE_PLACE,
    PATIENTS_OF,
    MARK,
    IS_IN,
    THERE,
    SEALED_OF_CHAT,
    RESEAL,
    COUNT_SEALED_BY,
];
