//! Asking people in.

use clap::Args;
use flows::House;
use flows::invitations::{self, Invite as Wish};
use identity::invitations::Address;
use identity::memberships;
use kernel::{Actor, Error, Kind, OrganisationId, Origin, PersonId, RequestId, Result, Scopes};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::role;
use crate::admin::answers::{organisation_id, person_id};

/// Somebody to ask in.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Invite {
    /// E-mail address or mobile number
    pub address: String,
    /// Where, by the organisation's short word
    #[arg(long)]
    pub organisation: String,
    /// Who asks them in: e-mail address or id of somebody who works there; the letter and the log name them
    #[arg(long, value_name = "PERSON")]
    pub by: String,
    /// As what: patient, guest or assistant
    #[arg(long)]
    pub role: String,
    /// Given name, until they say theirs
    #[arg(long, default_value = "")]
    pub first_name: String,
    /// Family name, until they say theirs
    #[arg(long, default_value = "")]
    pub last_name: String,
}

pub(super) async fn invite(house: &House, invite: Invite) -> Result<Value> {
    let role = role(&invite.role)?;
    if !identity::invitations::ROLES.contains(&role) {
        let why = "People are asked in as patient, guest or assistant; other roles are given once they came.";
        return Err(Error::invalid("role", "role_not_invited", why));
    }
    let organisation = organisation_id(house, &invite.organisation).await?;
    let actor = inviter(house, organisation, person_id(house, &invite.by).await?).await?;
    house.vault.ring_of(&house.db, organisation).await?;
    let wish = Wish {
        address: Address::written(&invite.address)?,
        role,
        first_name: invite.first_name,
        last_name: invite.last_name,
        begins_conversation: false,
        text: String::new(),
        writes: true,
        aux_id: None,
    };
    let person = invitations::invite(house, &actor, &wish).await?;
    Ok(json!({ "id": person.uuid() }))
}

/// Somebody who works there, as who asks somebody else in.
async fn inviter(house: &House, organisation: OrganisationId, person: PersonId) -> Result<Actor> {
    let roles = house.db.read((organisation, person), |tx, (organisation, person)| {
        Box::pin(memberships::roles(tx, *organisation, *person))
    });
    let role = memberships::leading(&roles.await?).ok_or(Error::not_found(Kind::Person))?;
    Ok(Actor {
        person,
        acting_for: None,
        role,
        organisation,
        client: None,
        scopes: Scopes::ALL,
        teams: [].into(),
        origin: Origin { request: RequestId::new(&house.clock, &house.rng), address: None, once: None },
    })
}
