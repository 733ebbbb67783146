//! Commands on teams.

use clap::{Args, Subcommand};
use flows::House;
use identity::By;
use identity::teams;
use kernel::{Error, Kind, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::{organisation, person_id};

/// Commands on teams.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum TeamCommand {
    /// Add a team: a ward, a desk, a queue
    Add(Add),
    /// Put somebody on a team
    Join(Join),
}

impl TeamCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add(house, what).await,
            Self::Join(what) => join(house, what).await,
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

/// Somebody to put on a team.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Join {
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

async fn join(house: &House, join: Join) -> Result<Value> {
    let person = person_id(house, &join.person).await?;
    house
        .db
        .write((join, person), |tx, (join, person)| {
            Box::pin(async move {
                let organisation = organisation(tx, &join.organisation).await?.id;
                let all = teams::list(tx, organisation).await?;
                let team = all.iter().find(|(_, name)| *name == join.team).map(|(id, _)| *id);
                let team = team.ok_or(Error::not_found(Kind::Team))?;
                teams::add_member(tx, By::Operator, organisation, team, *person).await
            })
        })
        .await?;
    Ok(json!({ "joined": true }))
}
