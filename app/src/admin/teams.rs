//! Commands on teams.

use clap::Args;
use flows::House;
use identity::By;
use identity::teams;
use kernel::{Error, Kind, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::{organisation, person_id};

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

pub(super) async fn add(house: &House, add: Add) -> Result<Value> {
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

pub(super) async fn join(house: &House, join: Join) -> Result<Value> {
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
