//! Memberships, teams and mandates.

use kernel::{Error, PersonId, Result, Role, TeamId};
use store::Row;

use crate::mandates::{Mandate, MandateKind};
use crate::memberships::Membership;

pub(crate) const INSERT: &str = "INSERT INTO memberships (id, organisation, person, role, position, start_ms, pending)
    VALUES ($1, $2, $3, $4, $5, $6, FALSE) ON CONFLICT (organisation, person, role) WHERE end_ms IS NULL DO NOTHING";
pub(crate) const END: &str = "UPDATE memberships SET end_ms = $3
    WHERE organisation = $1 AND id = $2 AND end_ms IS NULL RETURNING person, role";
pub(crate) const OF_PERSON: &str = "SELECT m.id, m.organisation, m.person, m.role, m.position
    FROM memberships m JOIN organisations o ON o.id = m.organisation
    WHERE m.person = $1 AND m.start_ms <= $2 AND (m.end_ms IS NULL OR m.end_ms > $2) AND o.closed_ms IS NULL
    ORDER BY m.start_ms, m.id";

pub(crate) const INSERT_TEAM: &str = "INSERT INTO teams (id, organisation, name, made_ms)
    VALUES ($1, $2, $3, $4) ON CONFLICT (organisation, name) DO NOTHING";
pub(crate) const TEAMS: &str = "SELECT id, name FROM teams WHERE organisation = $1 ORDER BY name";
pub(crate) const ROSTERS: &str = "SELECT t.id, t.name, tm.person
    FROM teams t LEFT JOIN team_members tm ON tm.team = t.id
    WHERE t.organisation = $1 ORDER BY t.name, tm.person";
/// Only a team and a member of the same organisation come together.
pub(crate) const INSERT_TEAM_MEMBER: &str = "INSERT INTO team_members (team, person)
    SELECT t.id, p.id FROM teams t, persons p
    WHERE t.id = $1 AND t.organisation = $3 AND p.id = $2
        AND EXISTS (SELECT m.id FROM memberships m
            WHERE m.organisation = t.organisation AND m.person = p.id AND m.end_ms IS NULL)
    ON CONFLICT (team, person) DO NOTHING";
pub(crate) const IS_TEAM_MEMBER: &str = "SELECT tm.person FROM team_members tm JOIN teams t ON t.id = tm.team
    WHERE tm.team = $1 AND tm.person = $2 AND t.organisation = $3";
pub(crate) const REMOVE_TEAM_MEMBER: &str = "DELETE FROM team_members WHERE team = $1 AND person = $2
    AND team IN (SELECT id FROM teams WHERE organisation = $3)";
pub(crate) const TEAMS_OF_PERSON: &str = "SELECT t.id FROM team_members tm JOIN teams t ON t.id = tm.team
    WHERE tm.person = $1 AND t.organisation = $2 ORDER BY t.id";

pub(crate) const INSERT_MANDATE: &str =
    "INSERT INTO mandates (id, organisation, patient, proxy, kind, may_write,
        may_book, given_by, start_ms, end_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
pub(crate) const END_MANDATE: &str = "UPDATE mandates SET end_ms = $3
    WHERE organisation = $1 AND id = $2 AND (end_ms IS NULL OR end_ms > $3) RETURNING proxy, patient";
pub(crate) const MANDATES_OF_PROXY: &str = "SELECT id, patient, proxy, kind, may_write, may_book, start_ms, end_ms
    FROM mandates
    WHERE organisation = $1 AND proxy = $2 AND start_ms <= $3 AND (end_ms IS NULL OR end_ms > $3) ORDER BY id";

/// The newest first.
pub(crate) const MANDATES_OF_PATIENT: &str =
    "SELECT id, patient, proxy, kind, may_write, may_book, start_ms, end_ms
    FROM mandates
    WHERE organisation = $1 AND patient = $2 AND start_ms <= $3 AND (end_ms IS NULL OR end_ms > $3)
    ORDER BY id DESC";
/// Whether somebody gave it, or has it.
pub(crate) const IS_MANDATE_OF: &str = "SELECT id FROM mandates
    WHERE organisation = $1 AND id = $2 AND (patient = $3 OR proxy = $3)";

pub(crate) fn role(name: &str) -> Result<Role> {
    Role::named(name).ok_or_else(|| Error::bug("a role"))
}

/// A team with its name, and somebody who is on it, if anybody is.
pub(crate) fn place(row: &Row<'_>) -> Result<(TeamId, String, Option<PersonId>)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

pub(crate) fn membership(row: &Row<'_>) -> Result<Membership> {
    Ok(Membership {
        id: row.get(0)?,
        organisation: row.get(1)?,
        person: row.get(2)?,
        role: role(&row.get::<String>(3)?)?,
        position: row.get(4)?,
    })
}

pub(crate) fn mandate(row: &Row<'_>) -> Result<Mandate> {
    let kind = row.get::<String>(3)?;
    Ok(Mandate {
        id: row.get(0)?,
        patient: row.get(1)?,
        proxy: row.get(2)?,
        kind: MandateKind::named(&kind).ok_or_else(|| Error::bug("a kind of mandate"))?,
        may_write: row.get(4)?,
        may_book: row.get(5)?,
        start_ms: row.get(6)?,
        end_ms: row.get(7)?,
    })
}
