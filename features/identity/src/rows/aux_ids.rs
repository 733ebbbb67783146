//! Auxiliary ids of people, and requests that their clients named.

use store::in_list;

/// Whoever else had it under the same application loses it.
pub(crate) const TAKE: &str = "DELETE FROM user_aux_ids
    WHERE client = $1 AND organisation = $2 AND aux_hash = $3 AND person <> $4";
pub(crate) const GIVE: &str = "INSERT INTO user_aux_ids (client, organisation, person, aux_hash, value)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (client, organisation, person) DO UPDATE SET aux_hash = excluded.aux_hash, value = excluded.value";
/// Of a person, whichever it is when `$5`.
pub(crate) const REMOVE: &str = "DELETE FROM user_aux_ids
    WHERE client = $1 AND organisation = $2 AND person = $3 AND (aux_hash = $4 OR $5)";
pub(crate) const FIND: &str = "SELECT person FROM user_aux_ids
    WHERE client = $1 AND organisation = $2 AND aux_hash = $3";
pub(crate) const OF_PERSON: &str = "SELECT value FROM user_aux_ids
    WHERE client = $1 AND organisation = $2 AND person = $3";
pub(crate) const NAMED: &str = concat!(
    "SELECT person FROM user_aux_ids WHERE client = $65 AND organisation = $66 AND person IN ",
    in_list!()
);

/// What somebody who waited is called in an organisation, and how it goes over to the one whom they turned out to be: what
/// that one was called before makes room, and nothing stays behind.
pub(crate) const WAITING: &str =
    "SELECT client, aux_hash, value FROM user_aux_ids WHERE organisation = $1 AND person = $2";
pub(crate) const HAND_OVER: &str = "UPDATE user_aux_ids SET person = $4, value = $5
    WHERE client = $1 AND organisation = $2 AND person = $3 AND aux_hash = $6";
pub(crate) const IS_NAMED: &str =
    "SELECT client FROM user_aux_ids WHERE organisation = $1 AND person = $2 LIMIT 1";

/// What is sealed of people, for re-sealing, which asks for all of the installation.
pub(crate) const SEALED: &str =
    concat!("SELECT client, organisation, person, value FROM user_aux_ids WHERE person IN ", in_list!());
/// Only while the value is the one that was looked at.
pub(crate) const RESEAL: &str = "UPDATE user_aux_ids SET value = $4
    WHERE client = $1 AND organisation = $2 AND person = $3 AND value = $5";

/// What a request of this name made, unless that is too long ago.
pub(crate) const FIND_DONE: &str =
    "SELECT request_hash, made FROM done_requests WHERE key_hash = $1 AND done_ms > $2";
/// Nothing when another of this name was done since `$5`.
pub(crate) const NOTE_DONE: &str = "INSERT INTO done_requests (key_hash, request_hash, made, done_ms)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (key_hash) DO UPDATE
        SET request_hash = excluded.request_hash, made = excluded.made, done_ms = excluded.done_ms
        WHERE done_requests.done_ms <= $5";
pub(crate) const SWEEP_DONE: &str = "DELETE FROM done_requests WHERE key_hash IN
    (SELECT key_hash FROM done_requests WHERE done_ms <= $1 ORDER BY done_ms LIMIT $2)";
