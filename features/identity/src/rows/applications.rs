//! Applications as those see them who register, approve and look after them.

use kernel::{ClientId, OrganisationId, PersonId, Result};
use store::Row;

use crate::applications::{Declined, SecretAge, Wish};

/// The statements of this list.
pub(crate) const ALL_SQL: &[&str] = &[
    FACTS,
    SECRETS,
    RENAME,
    SET_POST_LOGOUT,
    SET_KEYS,
    END_SECRETS,
    APPROVE,
    DECLINE,
    DECLINE_WISH,
    WISHED_FOR,
    IS_TEST_PERSON,
    REGISTERED,
    PLACES,
    COUNT_REGISTERED,
    WISH,
    GRANT_WISH,
    WAITING,
    ADMINISTRATORS,
    TEST_PEOPLE,
    ADD_TEST_PERSON,
];

/// What is known of the applications of an organisation besides how they behave.
pub(crate) const FACTS: &str = "SELECT id, made_ms, registered_by, wished_ms, wished_for, declined_ms,
        declined_because
    FROM clients
    WHERE organisation = $1 AND removed_ms IS NULL ORDER BY id";
/// Secrets that stand, the oldest first.
pub(crate) const SECRETS: &str = "SELECT s.client, s.made_ms, s.ends_ms
    FROM client_secrets s JOIN clients c ON c.id = s.client
    WHERE c.organisation = $1 AND c.removed_ms IS NULL AND (s.ends_ms IS NULL OR s.ends_ms > $2)
    ORDER BY s.client, s.made_ms, s.ends_ms NULLS LAST";
pub(crate) const RENAME: &str = "UPDATE clients SET name = $3 WHERE organisation = $1 AND id = $2";
pub(crate) const SET_POST_LOGOUT: &str =
    "UPDATE clients SET post_logout_uris = $3 WHERE organisation = $1 AND id = $2";
pub(crate) const SET_KEYS: &str = "UPDATE clients SET jwks = $3 WHERE organisation = $1 AND id = $2";
pub(crate) const END_SECRETS: &str =
    "UPDATE client_secrets SET ends_ms = $2 WHERE client = $1 AND (ends_ms IS NULL OR ends_ms > $2)";
pub(crate) const APPROVE: &str =
    "UPDATE clients SET pending = FALSE, declined_ms = NULL, declined_because = NULL
    WHERE organisation = $1 AND id = $2 AND pending";
/// One that waits.
pub(crate) const DECLINE: &str = "UPDATE clients SET declined_ms = $3, declined_because = $4
    WHERE organisation = $1 AND id = $2 AND pending AND declined_ms IS NULL AND removed_ms IS NULL";
/// One that its developer wishes to go into production.
pub(crate) const DECLINE_WISH: &str = "UPDATE clients
    SET declined_ms = $3, declined_because = $4, wished_ms = NULL, wished_for = NULL
    WHERE organisation = $1 AND id = $2 AND NOT pending AND wished_ms IS NOT NULL AND removed_ms IS NULL";
/// Where there is something that is wished for in this organisation.
pub(crate) const WISHED_FOR: &str = "SELECT DISTINCT organisation FROM clients
    WHERE wished_for = $1 AND wished_ms IS NOT NULL AND removed_ms IS NULL ORDER BY organisation";
pub(crate) const REGISTERED: &str =
    "UPDATE clients SET registered_by = $3 WHERE organisation = $1 AND id = $2";
/// Where somebody registered applications.
pub(crate) const PLACES: &str = "SELECT DISTINCT organisation FROM clients
    WHERE registered_by = $1 AND removed_ms IS NULL ORDER BY organisation";
pub(crate) const COUNT_REGISTERED: &str =
    "SELECT COUNT(*) FROM clients WHERE registered_by = $1 AND removed_ms IS NULL";
pub(crate) const WISH: &str = "UPDATE clients
    SET wished_ms = $3, wished_for = $4, declined_ms = NULL, declined_because = NULL
    WHERE organisation = $1 AND id = $2 AND wished_ms IS NULL AND NOT pending";
pub(crate) const GRANT_WISH: &str =
    "UPDATE clients SET wished_ms = NULL, wished_for = NULL, declined_ms = NULL, declined_because = NULL
    WHERE organisation = $1 AND id = $2";
/// Whose applications wait for somebody, for approval or for production.
pub(crate) const WAITING: &str = "SELECT DISTINCT organisation FROM clients
    WHERE (pending AND declined_ms IS NULL OR wished_ms IS NOT NULL) AND removed_ms IS NULL ORDER BY organisation";
pub(crate) const ADMINISTRATORS: &str = "SELECT m.person
    FROM memberships m JOIN persons p ON p.id = m.person
    WHERE m.organisation = $1 AND m.role = 'administrator' AND NOT m.pending AND p.disabled_ms IS NULL
        AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2)
    ORDER BY m.start_ms, m.id LIMIT $3";
pub(crate) const TEST_PEOPLE: &str =
    "SELECT person FROM test_people WHERE developer = $1 AND organisation = $2 ORDER BY person";
pub(crate) const IS_TEST_PERSON: &str =
    "SELECT person FROM test_people WHERE organisation = $1 AND person = $2";
pub(crate) const ADD_TEST_PERSON: &str =
    "INSERT INTO test_people (developer, person, organisation, made_ms) VALUES ($1, $2, $3, $4)";

/// What is known of one application.
pub(crate) struct Facts {
    pub id: ClientId,
    pub made_ms: i64,
    pub registered_by: Option<PersonId>,
    pub wish: Option<Wish>,
    pub declined: Option<Declined>,
}

pub(crate) fn facts(row: &Row<'_>) -> Result<Facts> {
    let wish = row.get::<Option<i64>>(3)?.zip(row.get::<Option<OrganisationId>>(4)?);
    let wish = wish.map(|(since_ms, organisation)| Wish { since_ms, organisation });
    let declined = row.get::<Option<i64>>(5)?.zip(row.get::<Option<String>>(6)?);
    let declined = declined.map(|(since_ms, because)| Declined { since_ms, because });
    Ok(Facts { id: row.get(0)?, made_ms: row.get(1)?, registered_by: row.get(2)?, wish, declined })
}

pub(crate) fn secret(row: &Row<'_>) -> Result<(ClientId, SecretAge)> {
    Ok((row.get(0)?, SecretAge { made_ms: row.get(1)?, ends_ms: row.get(2)? }))
}
