//! Organisations and what others know them by.

use kernel::Result;
use store::Row;

use crate::{Language, Organisation};

pub(crate) const INSERT: &str = "INSERT INTO organisations (id, slug, name, time_zone, languages, sandbox,
        session_idle_ms, session_life_ms, made_ms, patients_see_patients, staff_invite_coworkers)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (slug) DO NOTHING";
pub(crate) const INSERT_IDENTIFIER: &str =
    "INSERT INTO organisation_identifiers (system, value, organisation)
    VALUES ($1, $2, $3) ON CONFLICT (system, value) DO NOTHING";
pub(crate) const FIND: &str = "SELECT id, slug, name, time_zone, languages, sandbox, session_idle_ms,
        session_life_ms FROM organisations WHERE id = $1 AND closed_ms IS NULL";
pub(crate) const FIND_BY_SLUG: &str = "SELECT id, slug, name, time_zone, languages, sandbox, session_idle_ms,
        session_life_ms FROM organisations WHERE slug = $1 AND closed_ms IS NULL";
pub(crate) const PATIENTS_SEE_PATIENTS: &str =
    "SELECT patients_see_patients FROM organisations WHERE id = $1";
pub(crate) const STAFF_INVITE_COWORKERS: &str =
    "SELECT staff_invite_coworkers FROM organisations WHERE id = $1";
pub(crate) const LIST: &str = "SELECT id, slug, name, time_zone, languages, sandbox, session_idle_ms,
        session_life_ms FROM organisations WHERE closed_ms IS NULL ORDER BY id";

pub(crate) fn organisation(row: &Row<'_>) -> Result<Organisation> {
    Ok(Organisation {
        id: row.get(0)?,
        slug: row.get(1)?,
        name: row.get(2)?,
        time_zone: row.get(3)?,
        languages: row.get::<String>(4)?.split(' ').filter_map(Language::of_tag).collect(),
        sandbox: row.get(5)?,
        session_idle_ms: row.get(6)?,
        session_life_ms: row.get(7)?,
    })
}
