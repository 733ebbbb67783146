//! Commands on teams.

use audit::Deed;
use clap::{Args, Subcommand};
use flows::House;
use identity::By;
use identity::memberships;
use identity::teams::{self, Team};
use kernel::{Error, Kind, OrganisationId, PersonId, Result, TeamId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::Tx;

use super::answers::{Of, note, organisation, organisation_id, person_id};

/// Commands on teams.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum TeamCommand {
    /// Add a team: a ward, a desk, a queue
    Add(Add),
    /// List the teams of an organisation, with the ids of who is on them
    List(Of),
    /// Put a doctor, nurse or therapist on a team
    Join(Seat),
    /// Take somebody off a team, at once
    Leave(Seat),
}

impl TeamCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add(house, what).await,
            Self::List(what) => list(house, what).await,
            Self::Join(what) => join(house, what).await,
            Self::Leave(what) => leave(house, what).await,
        }
    }
}

/// A team to add.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Add {
    /// What it is called
    pub name: String,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
}

/// Somebody's place on a team.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Seat {
    /// E-mail address or id
    pub person: String,
    /// The team, by its name
    #[arg(long)]
    pub team: String,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
}

async fn add(house: &House, add: Add) -> Result<Value> {
    let id = house
        .db
        .write(add, |tx, add| {
            Box::pin(async move {
                let organisation = organisation(tx, &add.organisation).await?.id;
                teams::add(tx, By::Operator, organisation, &add.name).await
            })
        })
        .await?;
    Ok(json!({ "id": id.uuid() }))
}

async fn list(house: &House, of: Of) -> Result<Value> {
    let organisation = organisation_id(house, &of.organisation).await?;
    let all = house.db.read(organisation, |tx, organisation| Box::pin(teams::rosters(tx, *organisation)));
    let all = all.await?;
    note(house, organisation, Deed::Administration, "teams listed").await?;
    Ok(all.iter().map(shown).collect())
}

fn shown(team: &Team) -> Value {
    let people: Vec<_> = team.people.iter().map(|person| person.uuid()).collect();
    json!({ "id": team.id.uuid(), "name": team.name, "people": people })
}

async fn join(house: &House, seat: Seat) -> Result<Value> {
    let person = person_id(house, &seat.person).await?;
    let join = house.db.write((seat, person), |tx, (seat, person)| {
        Box::pin(async move {
            let (organisation, team) = team(tx, seat).await?;
            must_be_clinician(tx, organisation, *person).await?;
            teams::add_member(tx, By::Operator, organisation, team, *person).await
        })
    });
    join.await?;
    Ok(json!({ "joined": true }))
}

async fn leave(house: &House, seat: Seat) -> Result<Value> {
    let person = person_id(house, &seat.person).await?;
    let leave = house.db.write((seat, person), |tx, (seat, person)| {
        Box::pin(async move {
            let (organisation, team) = team(tx, seat).await?;
            teams::remove_member(tx, By::Operator, organisation, team, *person).await
        })
    });
    leave.await?;
    Ok(json!({ "left": true }))
}

/// A place on a team opens what is assigned to it to clinicians alone, so that nobody else is given one.
async fn must_be_clinician(tx: &Tx, organisation: OrganisationId, person: PersonId) -> Result<()> {
    let roles = memberships::roles(tx, organisation, person).await?;
    let role = memberships::leading(&roles).ok_or(Error::not_found(Kind::Person))?;
    if role.is_clinician() {
        return Ok(());
    }
    let why = "Only doctors, nurses and therapists have a place on a team.";
    Err(Error::precondition("not_a_clinician", why))
}

/// The organisation and the team that the operator named.
async fn team(tx: &Tx, seat: &Seat) -> Result<(OrganisationId, TeamId)> {
    let organisation = organisation(tx, &seat.organisation).await?.id;
    let all = teams::list(tx, organisation).await?;
    let team = all.into_iter().find(|(_, name)| *name == seat.team);
    Ok((organisation, team.ok_or(Error::not_found(Kind::Team))?.0))
}
