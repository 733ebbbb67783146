//! Wards, practice desks and queues: whom a conversation may be assigned to.

use kernel::{Error, Event, Kind, OrganisationId, PersonId, Result, TeamId};
use store::{Tx, args};

use crate::log::{self, By};
use crate::rows::memberships as rows;

/// A team, and who is on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Which.
    pub id: TeamId,
    /// What it is called.
    pub name: String,
    /// Who is on it.
    pub people: Vec<PersonId>,
}

/// Adds a team to an organisation.
pub async fn add(tx: &Tx, by: By<'_>, organisation: OrganisationId, name: &str) -> Result<TeamId> {
    if name.trim().is_empty() || name.chars().count() > 200 {
        return Err(Error::invalid("name", "name_length", "A team's name has 1 to 200 characters."));
    }
    let id = tx.new_id();
    if tx.run(rows::INSERT_TEAM, &args![&id, &organisation, name, tx.now_ms()]).await? == 0 {
        return Err(Error::conflict("team_exists", "There is a team of this name already."));
    }
    log::administration(tx, by, organisation, id.as_bytes(), "team added").await?;
    Ok(id)
}

/// Puts a member of the organisation on a team; a second time changes nothing.
pub async fn add_member(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    team: TeamId,
    person: PersonId,
) -> Result<()> {
    let values = args![&team, &person, &organisation];
    if tx.run(rows::INSERT_TEAM_MEMBER, &values).await? == 0 {
        let known = tx.one(rows::IS_TEAM_MEMBER, &values, |row| row.get::<PersonId>(0)).await?;
        return known.map(drop).ok_or(Error::not_found(Kind::Team));
    }
    tx.emit(Event::PersonChanged { person });
    log::administration(tx, by, organisation, team.as_bytes(), "team member added").await
}

/// Takes somebody off a team.
pub async fn remove_member(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    team: TeamId,
    person: PersonId,
) -> Result<()> {
    if tx.run(rows::REMOVE_TEAM_MEMBER, &args![&team, &person, &organisation]).await? == 0 {
        return Err(Error::not_found(Kind::Team));
    }
    tx.emit(Event::PersonChanged { person });
    log::administration(tx, by, organisation, team.as_bytes(), "team member removed").await
}

/// The teams of an organisation by name.
pub async fn list(tx: &Tx, organisation: OrganisationId) -> Result<Vec<(TeamId, String)>> {
    tx.all(rows::TEAMS, &args![&organisation], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// The teams of an organisation by name, each with who is on it.
pub async fn rosters(tx: &Tx, organisation: OrganisationId) -> Result<Vec<Team>> {
    let mut teams: Vec<Team> = Vec::new();
    for (id, name, person) in tx.all(rows::ROSTERS, &args![&organisation], rows::place).await? {
        if teams.last().is_none_or(|last| last.id != id) {
            teams.push(Team { id, name, people: Vec::new() });
        }
        if let Some(team) = teams.last_mut() {
            team.people.extend(person);
        }
    }
    Ok(teams)
}

/// Passes for a team of the organisation; another does not exist.
pub async fn must_be_of(tx: &Tx, organisation: OrganisationId, team: TeamId) -> Result<()> {
    let ours = list(tx, organisation).await?;
    if ours.iter().any(|(id, _)| *id == team) { Ok(()) } else { Err(Error::not_found(Kind::Team)) }
}

/// The teams of an organisation that somebody is on.
pub async fn of_person(tx: &Tx, organisation: OrganisationId, person: PersonId) -> Result<Vec<TeamId>> {
    tx.all(rows::TEAMS_OF_PERSON, &args![&person, &organisation], |row| row.get(0)).await
}
