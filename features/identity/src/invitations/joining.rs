//! Somebody who has an account already takes the place of the one who waited under the inviter's names.

use std::collections::HashMap;

use kernel::{Actor, Error, Event, Kind, MembershipId, OrganisationId, PersonId, Result};
use store::{Row, Tx, args};
use vault::Vault;

use super::arriving::use_up;
use super::{NoNames, Open, take_turns};
use crate::aux_ids::{self, SealedAuxId};
use crate::log::{self, By};
use crate::names;
use crate::persons::{identifier_place, identifier_row};
use crate::policies;
use crate::rows::invitations as rows;
use crate::rows::memberships;
use crate::standing;

/// What was sealed for it before its transaction begins.
#[derive(Clone, Debug)]
pub struct Joining {
    open: Open,
    names: NoNames,
    /// System, hash and value of what they were known by besides, for the one whom they turned out to be.
    identifiers: Vec<(String, [u8; 32], Vec<u8>)>,
    /// What applications call them.
    aux_ids: Vec<SealedAuxId>,
}

/// Who waited, and who came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Where.
    pub organisation: OrganisationId,
    /// Who waited.
    pub waited: PersonId,
    /// Who came.
    pub came: PersonId,
}

/// Seals what the transaction of [`join`] writes.
///
/// # Errors
/// [`Error::NotAllowed`] when the invitation went to another address than any that is verified to be the actor's.
pub async fn prepare_joining(tx: &Tx, actor: &Actor, open: &Open) -> Result<Joining> {
    if open.account != Some(actor.person) {
        return Err(Error::not_allowed("invitation_of_another", "This invitation is for somebody else."));
    }
    let ring = tx.tool::<Vault>()?.house();
    let read = |row: &Row<'_>| Ok((row.get::<String>(0)?, row.get::<[u8; 32]>(1)?, row.get::<Vec<u8>>(2)?));
    let found = tx.all(rows::IDENTIFIERS, &args![&open.person], read).await?;
    let mut identifiers = Vec::new();
    for (system, hash, sealed) in found {
        let text = ring.open_text(identifier_place(&identifier_row(open.person, &hash)), &sealed)?;
        let sealed = ring.seal(identifier_place(&identifier_row(actor.person, &hash)), text.as_bytes());
        identifiers.push((system, hash, sealed));
    }
    let names = NoNames::of(tx.tool::<Vault>()?, open.person);
    let aux_ids = aux_ids::prepare_hand_over(tx, open.organisation, open.person, actor.person).await?;
    Ok(Joining { open: open.clone(), names, identifiers, aux_ids })
}

/// Makes the actor a member in the place of who waited, of whom nothing is left but an id that leads to the actor.
/// The chats that waited are handed over by the caller, in this transaction.
///
/// # Errors
/// [`Error::Gone`] when the link was used meanwhile or is too late; [`Error::Unavailable`] when what was prepared is
/// not what is so by now.
pub async fn join(tx: &Tx, actor: &Actor, joining: &Joining) -> Result<Joined> {
    let (open, now) = (&joining.open, tx.now_ms());
    let (organisation, waited, came) = (&open.organisation, &open.person, &actor.person);
    if waited == came {
        return Err(Error::Gone { what: Kind::Invitation });
    }
    take_turns(tx, *organisation).await?;
    standing::hold(tx, *came).await?;
    use_up(tx, open, *came).await?;
    take_roles(tx, open, *came).await?;
    for sql in [rows::TAKE_TEAMS, rows::TAKE_MANDATES_OVER, rows::TAKE_MANDATES] {
        tx.run(sql, &args![organisation, waited, came]).await?;
    }
    tx.run(rows::LEAVE_TEAMS, &args![organisation, waited]).await?;
    take_identifiers(tx, *waited, *came, &joining.identifiers).await?;
    aux_ids::hand_over(tx, *organisation, *waited, &joining.aux_ids).await?;
    let NoNames { first, last } = &joining.names;
    tx.run(rows::ERASE, &args![waited, first, last, now]).await?;
    names::forget_in(tx, *organisation, &[*waited]).await?;
    for person in [*waited, *came] {
        tx.emit(Event::PersonChanged { person });
    }
    log::invitation_accepted(tx, *organisation, (*came, open.role), actor.origin).await?;
    log::administration(tx, By::Actor(actor), *organisation, waited.as_bytes(), "came with an account")
        .await?;
    policies::settle(tx, *came).await?;
    Ok(Joined { organisation: *organisation, waited: *waited, came: *came })
}

/// Everything that who waited was made there, who came is from now on; what they are already they stay, as they are.
async fn take_roles(tx: &Tx, open: &Open, came: PersonId) -> Result<()> {
    let (organisation, now) = (&open.organisation, tx.now_ms());
    let read = |row: &Row<'_>| Ok((row.get::<String>(0)?, row.get::<String>(1)?));
    let roles = tx.all(rows::LEAVE, &args![organisation, &open.person, now], read).await?;
    if roles.is_empty() {
        return Err(Error::Gone { what: Kind::Invitation });
    }
    for (role, position) in &roles {
        let membership: MembershipId = tx.new_id();
        let values = args![&membership, organisation, &came, role.as_str(), position.as_str(), now];
        tx.run(memberships::INSERT, &values).await?;
    }
    Ok(())
}

/// What they were known by besides; another try seals anew what came to it, or went, since it was prepared.
async fn take_identifiers(
    tx: &Tx,
    waited: PersonId,
    came: PersonId,
    identifiers: &[(String, [u8; 32], Vec<u8>)],
) -> Result<()> {
    let mut taken = 0;
    for (system, hash, sealed) in identifiers {
        taken += tx.run(rows::TAKE_IDENTIFIER, &args![system, hash, &waited, &came, sealed]).await?;
    }
    let left = tx.one(rows::IDENTIFIERS, &args![&waited], |row| row.get::<String>(0)).await?;
    if left.is_some() || taken < identifiers.len() as u64 {
        return Err(Error::unavailable("who waited came to be known by something else in this moment"));
    }
    Ok(())
}

/// The ids by which somebody is, or was, known in an organisation: their own, and those under which they waited.
///
/// # Errors
/// The store's.
pub async fn known_as(tx: &Tx, organisation: OrganisationId, person: PersonId) -> Result<Vec<PersonId>> {
    let mut ids = tx.all(rows::PREDECESSORS, &args![&organisation, &person], |row| row.get(0)).await?;
    ids.push(person);
    Ok(ids)
}

/// The same people, by the ids that they have now: who waited under one of these and turned out to be somebody with
/// an account is named by that one's.
///
/// # Errors
/// The store's.
pub async fn now_known_as(
    tx: &Tx,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<Vec<PersonId>> {
    let read = |row: &Row<'_>| Ok((row.get::<PersonId>(0)?, row.get::<PersonId>(1)?));
    let found = tx.all_of(rows::SUCCESSORS, people, &args![&organisation], read).await?;
    let successors: HashMap<PersonId, PersonId> = found.into_iter().collect();
    Ok(people.iter().map(|person| successors.get(person).copied().unwrap_or(*person)).collect())
}

/// Under which other ids these people waited, and whom each leads to.
///
/// # Errors
/// The store's.
pub async fn waited_as(
    tx: &Tx,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<HashMap<PersonId, PersonId>> {
    let read = |row: &Row<'_>| Ok((row.get::<PersonId>(0)?, row.get::<PersonId>(1)?));
    Ok(tx.all_of(rows::WAITED_AS, people, &args![&organisation], read).await?.into_iter().collect())
}
