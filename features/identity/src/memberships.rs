//! What a person is in an organisation, and since when.

use kernel::{Error, Event, Kind, MembershipId, OrganisationId, PersonId, Result, Role};
use store::{Row, Tx, args};

use crate::log::{self, By};
use crate::rows::memberships as rows;
use crate::{names, policies, standing};

/// Which role speaks when somebody has several in one organisation: that of a clinician first, since an
/// administrator reads no conversations, and staff before those who receive care. Administration is then
/// reached by its scope, which everybody has who is an administrator too (see [`crate::scopes::grantable`]). Lists of
/// people name their roles in this order, too.
pub const RANK: [Role; 11] = [
    Role::Doctor,
    Role::Nurse,
    Role::Therapist,
    Role::Assistant,
    Role::Interpreter,
    Role::Administrator,
    Role::Auditor,
    Role::Scheduler,
    Role::Partner,
    Role::Patient,
    Role::Guest,
];

/// A role in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Which.
    pub id: MembershipId,
    /// Where.
    pub organisation: OrganisationId,
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: Role,
    /// Their function in their own words, such as "cardiologist"; may be empty.
    pub position: String,
}

/// The role that speaks for somebody with all of these.
#[must_use]
pub fn leading(roles: &[Role]) -> Option<Role> {
    RANK.into_iter().find(|role| roles.contains(role))
}

/// Makes somebody a member. The same role twice is a conflict.
pub async fn add(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    person: PersonId,
    role: Role,
    position: &str,
) -> Result<MembershipId> {
    add_since(tx, by, organisation, person, role, position, tx.now_ms()).await
}

/// As [`add`], since an earlier instant. Who signs in for the first time acts where they have been the longest. Whoever
/// is asked for two factors by it signs in anew, where one was enough so far.
pub async fn add_since(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    person: PersonId,
    role: Role,
    position: &str,
    start_ms: i64,
) -> Result<MembershipId> {
    if position.chars().count() > 200 {
        return Err(Error::too_large("position", 200));
    }
    standing::hold(tx, person).await?;
    let patient = patient(tx, organisation, person).await?;
    let id = tx.new_id();
    let values = args![&id, &organisation, &person, role.name(), position, start_ms];
    if tx.run(rows::INSERT, &values).await? == 0 {
        return Err(Error::conflict("member_already", "This person has this role here already."));
    }
    tx.emit(Event::PersonChanged { person });
    let what = format!("membership added: {}", role.name());
    log::named(tx, by, organisation, (person, patient), what).await?;
    policies::settle(tx, person).await?;
    Ok(id)
}

/// Ends a membership of this organisation now, and with it what acts in the name of the person there, for good: it was
/// allowed with everything that they were, and would have it back if they came back. Who is something else there, too,
/// signs in anew.
pub async fn end(tx: &Tx, by: By<'_>, organisation: OrganisationId, id: MembershipId) -> Result<()> {
    let read = |row: &Row<'_>| Ok((row.get::<PersonId>(0)?, rows::role(&row.get::<String>(1)?)?));
    let ended = tx.one(rows::END, &args![&organisation, &id, tx.now_ms()], read).await?;
    let (person, role) = ended.ok_or(Error::not_found(Kind::Person))?;
    // Who was a patient by the very role that ended reads so among the lines about them, too.
    let patient = match role {
        Role::Patient => Some(person),
        _ => patient(tx, organisation, person).await?,
    };
    standing::end_in(tx, organisation, &[person]).await?;
    // Who is something else there is found again once the words are written anew.
    names::forget_in(tx, organisation, &[person]).await?;
    let what = format!("membership ended: {}", role.name());
    log::named(tx, by, organisation, (person, patient), what).await
}

/// Every membership of a person that stands now, the oldest first.
pub async fn of_person(tx: &Tx, person: PersonId) -> Result<Vec<Membership>> {
    tx.all(rows::OF_PERSON, &args![&person, tx.now_ms()], rows::membership).await
}

/// What a person is in an organisation now.
pub async fn roles(tx: &Tx, organisation: OrganisationId, person: PersonId) -> Result<Vec<Role>> {
    let all = of_person(tx, person).await?;
    Ok(all.into_iter().filter(|one| one.organisation == organisation).map(|one| one.role).collect())
}

/// The person, when they are a patient of an organisation now, whatever else they are there.
pub(crate) async fn patient(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Option<PersonId>> {
    let roles = roles(tx, organisation, person).await?;
    Ok(roles.contains(&Role::Patient).then_some(person))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clinician_speaks_before_an_administrator_and_every_role_has_its_rank() {
        assert_eq!(leading(&[Role::Patient, Role::Administrator, Role::Nurse]), Some(Role::Nurse));
        assert_eq!(leading(&[Role::Patient, Role::Administrator]), Some(Role::Administrator));
        assert_eq!(leading(&[]), None);
        assert!(Role::ALL.iter().all(|role| RANK.contains(role)));
    }
}
