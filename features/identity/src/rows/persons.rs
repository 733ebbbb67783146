//! People, their identifiers and passwords.

use store::in_list;

use super::programs::is_no_program;

pub(crate) const INSERT: &str = "INSERT INTO persons (id, first_name, last_name, language, made_ms)
    VALUES ($1, $2, $3, $4, $5)";
pub(crate) const INSERT_IDENTIFIER: &str =
    "INSERT INTO person_identifiers (system, value_hash, person, value,
        verified_ms, sandbox)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (system, value_hash) DO NOTHING";
pub(crate) const FIND_BY_IDENTIFIER: &str =
    "SELECT person FROM person_identifiers WHERE system = $1 AND value_hash = $2";
/// As [`FIND_BY_IDENTIFIER`], by what counts in this organisation.
pub(crate) const FIND_KNOWN_IN: &str = "SELECT i.person
    FROM person_identifiers i JOIN organisations o ON o.id = $3
    WHERE i.system = $1 AND i.value_hash = $2 AND (o.sandbox OR NOT i.sandbox)";
/// What was proved in a sandbox alone.
pub(crate) const MAKE_ROOM: &str =
    "DELETE FROM person_identifiers WHERE system = $1 AND value_hash = $2 AND sandbox";
pub(crate) const DISABLE: &str = "UPDATE persons SET disabled_ms = $2 WHERE id = $1 AND disabled_ms IS NULL";
pub(crate) const ENABLE: &str = "UPDATE persons SET disabled_ms = NULL WHERE id = $1";
pub(crate) const SET_PASSWORD: &str = "INSERT INTO credentials (person, kind, secret, made_ms)
    VALUES ($1, 'password', $2, $3)
    ON CONFLICT (person, kind) DO UPDATE SET secret = excluded.secret, made_ms = excluded.made_ms";
/// Only while the password is still the one that was proven, and may still be signed in with.
pub(crate) const CHANGE_PASSWORD: &str = "UPDATE credentials SET secret = $2, made_ms = $3
    WHERE person = $1 AND kind = 'password' AND secret = $4
        AND EXISTS (SELECT p.id FROM persons p WHERE p.id = $1 AND p.disabled_ms IS NULL)";
/// People in the order of their ids, with what of them is sealed: re-sealing asks for all of the installation.
pub(crate) const SEALED_AFTER: &str = "SELECT p.id, p.first_name, p.last_name, f.picture
    FROM persons p LEFT JOIN person_pictures f ON f.person = p.id
    WHERE p.id > $1 ORDER BY p.id LIMIT $2";
pub(crate) const SEALED_IDENTIFIERS: &str =
    concat!("SELECT person, system, value_hash, value FROM person_identifiers WHERE person IN ", in_list!());
/// What somebody is reached by; what a sandbox alone proved is not verified to anybody else.
pub(crate) const REACHED_BY: &str = "SELECT value_hash, value, verified_ms IS NOT NULL AND NOT sandbox
    FROM person_identifiers WHERE person = $1 AND system = $2 ORDER BY verified_ms DESC NULLS LAST LIMIT 1";
/// Each only while the value is the one that was looked at.
pub(crate) const RESEAL_FIRST_NAME: &str =
    "UPDATE persons SET first_name = $2 WHERE id = $1 AND first_name = $3";
pub(crate) const RESEAL_LAST_NAME: &str =
    "UPDATE persons SET last_name = $2 WHERE id = $1 AND last_name = $3";
pub(crate) const RESEAL_IDENTIFIER: &str =
    "UPDATE person_identifiers SET value = $3 WHERE system = $1 AND value_hash = $2 AND value = $4";
/// Values that one key sealed, whose id stands behind their version.
pub(crate) const COUNT_SEALED_BY: &str = "SELECT
    (SELECT COUNT(*) FROM persons WHERE substr(first_name, 2, 12) = $1)
    + (SELECT COUNT(*) FROM persons WHERE substr(last_name, 2, 12) = $1)
    + (SELECT COUNT(*) FROM person_identifiers WHERE substr(value, 2, 12) = $1)
    + (SELECT COUNT(*) FROM verifications WHERE substr(attributes, 2, 12) = $1)
    + (SELECT COUNT(*) FROM user_aux_ids WHERE substr(value, 2, 12) = $1)
    + (SELECT COUNT(*) FROM person_pictures WHERE substr(picture, 2, 12) = $1)";
/// An account that has a password and is not disabled, by an address of either kind, whose keyed hashes differ. Whether
/// it has a place to go shows once somebody is in.
pub(crate) const FIND_ACCOUNT: &str = "SELECT c.person, c.secret
    FROM person_identifiers i
    JOIN credentials c ON c.person = i.person
    JOIN persons p ON p.id = i.person
    WHERE i.system IN ('email', 'mobile') AND i.value_hash = $1 AND c.kind = 'password' AND p.disabled_ms IS NULL";
/// Whether an account that was found so is still what it was.
pub(crate) const IS_PASSWORD: &str = "SELECT c.person FROM credentials c JOIN persons p ON p.id = c.person
    WHERE c.person = $1 AND c.kind = 'password' AND c.secret = $2 AND p.disabled_ms IS NULL";
/// One row a role; the identifier comes along when there is an e-mail address, and so does what `$67` calls them.
pub(crate) const FIND_PEOPLE: &str = concat!(
    "SELECT p.id, p.first_name, p.last_name, p.language, p.disabled_ms,
        m.role, m.position, m.end_ms, o.id, o.name, i.value_hash, i.value, x.value, p.picture_mark, m.pending,
        m.role = 'guest' AND EXISTS (SELECT g.person FROM guests g WHERE g.person = p.id)
    FROM memberships m
    JOIN persons p ON p.id = m.person
    JOIN organisations o ON o.id = m.organisation
    LEFT JOIN person_identifiers i ON i.person = p.id AND i.system = 'email'
    LEFT JOIN user_aux_ids x ON x.client = $67 AND x.organisation = m.organisation AND x.person = p.id
    WHERE m.organisation = $65 AND m.start_ms <= $66 AND m.person IN ",
    in_list!()
);

/// Who is there now but for `$3`, and for guests of a group, who are known in that group alone: clinicians, with `$4` the other staff, and with `$5` all others. `$6` leaves those who
/// are patients and nothing more.
macro_rules! contacts {
    ($columns:literal, $page:literal) => {
        contacts!($columns, "", $page)
    };
    ($columns:literal, $more:expr, $page:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM memberships m JOIN persons p ON p.id = m.person
            WHERE m.organisation = $1 AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2)
                AND p.disabled_ms IS NULL AND m.person <> $3
                AND (m.role IN ('doctor', 'nurse', 'therapist')
                    OR ($4 AND m.role NOT IN ('patient', 'guest', 'partner'))
                    OR ($5 AND m.role IN ('patient', 'guest', 'partner')))
                AND (m.role <> 'guest' OR NOT EXISTS (SELECT g.person FROM guests g WHERE g.person = m.person))
                AND (NOT $6 OR (m.role = 'patient' AND NOT EXISTS
                    (SELECT other.id FROM memberships other
                    WHERE other.organisation = $1 AND other.person = m.person
                        AND other.role NOT IN ('patient', 'guest') AND other.start_ms <= $2
                        AND (other.end_ms IS NULL OR other.end_ms > $2))))",
            is_no_program!(),
            $more,
            " ORDER BY m.person LIMIT $7",
            $page
        )
    };
}

/// Whether there are more than `$8` rows of [`NAMES`], asked without a name.
pub(crate) const IS_LONGER: &str = contacts!("m.person", " OFFSET $8");
/// With their sealed names; one row a role.
pub(crate) const NAMES: &str = contacts!("m.person, p.first_name, p.last_name", "");

macro_rules! is_called {
    ($beginning:literal) => {
        concat!(
            " AND EXISTS (SELECT 1 FROM search_tokens t WHERE t.organisation = $1 AND t.place = $1
                AND t.object = m.person AND t.token_hmac = ",
            $beginning,
            ")"
        )
    };
}

/// As [`NAMES`], of those whose names begin as eight hashes say, some of which may be the same.
pub(crate) const NAMES_FOUND: &str = contacts!(
    "m.person, p.first_name, p.last_name",
    concat!(
        " AND m.person IN (SELECT t.object FROM search_tokens t WHERE t.organisation = $1 AND t.place = $1
            AND t.token_hmac = $8)",
        is_called!("$9"),
        is_called!("$10"),
        is_called!("$11"),
        is_called!("$12"),
        is_called!("$13"),
        is_called!("$14"),
        is_called!("$15")
    ),
    ""
);
/// Each once.
pub(crate) const IDS: &str = contacts!("DISTINCT m.person", " OFFSET $8");
/// Who has a place, whether or not they are disabled.
pub(crate) const ROSTER: &str = concat!(
    "SELECT DISTINCT m.person FROM memberships m
    WHERE m.organisation = $1 AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2)",
    is_no_program!(),
    " ORDER BY m.person LIMIT $3 OFFSET $4"
);
/// Who is there at all but guests of a group, who are in that group alone.
macro_rules! there {
    ($more:literal) => {
        concat!(
            "SELECT m.person, m.role
            FROM memberships m JOIN persons p ON p.id = m.person
            WHERE m.organisation = $65 AND m.start_ms <= $66 AND (m.end_ms IS NULL OR m.end_ms > $66)
                AND p.disabled_ms IS NULL
                AND (m.role <> 'guest' OR NOT EXISTS (SELECT g.person FROM guests g WHERE g.person = m.person))",
            is_no_program!(),
            $more,
            " AND m.person IN ",
            in_list!()
        )
    };
}

/// Whom one may write to.
pub(crate) const PARTIES: &str = there!("");
/// Those of them who have come, if they were asked in.
pub(crate) const PRESENT: &str = there!(" AND NOT m.pending");
