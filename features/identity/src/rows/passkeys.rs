//! Rows of `passkeys` and `passkey_questions`.

use store::in_list;

pub(crate) const ASK: &str = "INSERT INTO passkey_questions (question_hash, purpose, person, state, ends_ms)
    VALUES ($1, $2, $3, $4, $5)";
/// A question is gone once it is answered, whatever the answer.
pub(crate) const TAKE: &str = "DELETE FROM passkey_questions
    WHERE question_hash = $1 AND purpose = $2 AND ends_ms > $3 RETURNING state, person";
pub(crate) const SWEEP_QUESTIONS: &str = "DELETE FROM passkey_questions WHERE question_hash IN
    (SELECT question_hash FROM passkey_questions WHERE ends_ms < $1 ORDER BY ends_ms LIMIT $2)";

pub(crate) const INSERT: &str =
    "INSERT INTO passkeys (id, person, credential_hash, credential, name, counter, made_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (credential_hash) DO NOTHING";
/// Of whoever may sign in; the passkey itself says who that is.
pub(crate) const FIND: &str = "SELECT k.id, k.person, k.credential, k.counter
    FROM passkeys k JOIN persons p ON p.id = k.person
    WHERE k.credential_hash = $1 AND p.disabled_ms IS NULL";
/// Only while it is what it was when its answer was checked.
pub(crate) const USE: &str = "UPDATE passkeys SET credential = $3, counter = $4, used_ms = $5
    WHERE id = $1 AND counter = $2
        AND EXISTS (SELECT p.id FROM persons p WHERE p.id = passkeys.person AND p.disabled_ms IS NULL)";
pub(crate) const LIST: &str =
    "SELECT id, name, made_ms, used_ms FROM passkeys WHERE person = $1 ORDER BY id DESC";
pub(crate) const COUNT: &str = "SELECT COUNT(*) FROM passkeys WHERE person = $1";
pub(crate) const CREDENTIALS: &str = "SELECT credential FROM passkeys WHERE person = $1 ORDER BY id";
pub(crate) const RENAME: &str = "UPDATE passkeys SET name = $3 WHERE person = $1 AND id = $2";
pub(crate) const REMOVE: &str = "DELETE FROM passkeys WHERE person = $1 AND id = $2";
pub(crate) const REMOVE_ALL: &str = "DELETE FROM passkeys WHERE person = $1";
/// The ways in that somebody has: a password, how many passkeys, and an address that letters reach.
pub(crate) const WAYS: &str = "SELECT
    (SELECT COUNT(*) FROM credentials WHERE person = $1 AND kind = 'password'),
    (SELECT COUNT(*) FROM passkeys WHERE person = $1),
    (SELECT COUNT(*) FROM person_identifiers
        WHERE person = $1 AND system = 'email' AND verified_ms IS NOT NULL AND undeliverable_ms IS NULL)";
pub(crate) const REMOVE_PASSWORD: &str = "DELETE FROM credentials WHERE person = $1 AND kind = 'password'";
/// For who has none yet, and while they may be signed in.
pub(crate) const FIRST_PASSWORD: &str = "INSERT INTO credentials (person, kind, secret, made_ms)
    SELECT p.id, 'password', $2, $3 FROM persons p WHERE p.id = $1 AND p.disabled_ms IS NULL
    ON CONFLICT (person, kind) DO NOTHING";

pub(crate) const SEALED: &str = concat!("SELECT person, id, name FROM passkeys WHERE person IN ", in_list!());
/// Only while the name is the one that was looked at.
pub(crate) const RESEAL: &str = "UPDATE passkeys SET name = $3 WHERE person = $1 AND id = $2 AND name = $4";
pub(crate) const COUNT_SEALED_BY: &str = "SELECT COUNT(*) FROM passkeys WHERE substr(name, 2, 12) = $1";

pub(crate) const ALL_SQL: &[&str] = &[
    ASK,
    TAKE,
    SWEEP_QUESTIONS,
    INSERT,
    FIND,
    USE,
    LIST,
    COUNT,
    CREDENTIALS,
    RENAME,
    REMOVE,
    REMOVE_ALL,
    WAYS,
    REMOVE_PASSWORD,
    FIRST_PASSWORD,
    SEALED,
    RESEAL,
    COUNT_SEALED_BY,
];
