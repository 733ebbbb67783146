//! What an application is told of a person: what identity knows of them, and what their practice knows of who pays.

use booking::setup::{insurances, patients};
use booking::{Insurance, Number};
use identity::claims::{self, Claims};
use identity::details::{self, Details};
use identity::{Person, find_people, mandates};
use kernel::{Actor, Error, Kind, OrganisationId, PersonId, Result, Scope};
use store::Tx;
use vault::Vault;

/// What is told by the userinfo endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What identity knows.
    pub claims: Claims,
    /// The number of who pays, for [`Scope::ProfileRead`].
    pub insurance: Option<Number>,
    /// Their number there.
    pub insurance_number: Option<String>,
}

/// What the application may be told through which the actor acts.
///
/// # Errors
/// As [`claims::told`].
pub async fn told(tx: &Tx, actor: &Actor) -> Result<Told> {
    let claims = claims::told(tx, actor).await?;
    if !actor.scopes.has(Scope::ProfileRead) {
        return Ok(Told { claims, ..Told::default() });
    }
    let (insurance, insurance_number) = paid_by(tx, actor.organisation, actor.person).await?;
    Ok(Told { claims, insurance: insurance.map(|one| one.number), insurance_number })
}

/// A patient, as they or who acts for them reads it.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Their names and e-mail address.
    pub person: Person,
    /// What practices ask for.
    pub details: Details,
    /// Their mobile number.
    pub mobile: Option<String>,
    /// Who pays.
    pub insurance: Option<Number>,
    /// Their number there.
    pub insurance_number: Option<String>,
}

/// The profile of whom the actor speaks of: themselves, or whom they act for. It leaves a line in the access log.
///
/// # Errors
/// [`Error::NotFound`] for who is not there any more.
pub async fn profile(tx: &Tx, actor: &Actor) -> Result<Profile> {
    let whose = booking::access::patient_of(actor);
    let person = find_people(tx, actor, &[whose]).await?.pop().ok_or(Error::not_found(Kind::Person))?;
    let (insurance, insurance_number) = paid_by(tx, actor.organisation, whose).await?;
    Ok(Profile {
        person,
        details: details::of(tx, whose).await?,
        mobile: claims::mobile_of(tx, whose).await?,
        insurance: insurance.map(|one| one.number),
        insurance_number,
    })
}

/// Those in whose stead the actor may act, by name, with what is known of each. It leaves a line about each.
///
/// # Errors
/// The store's.
pub async fn relatives(tx: &Tx, actor: &Actor) -> Result<Vec<(Person, Details)>> {
    let mandates = mandates::of_proxy(tx, actor.organisation, actor.person).await?;
    let ids: Vec<PersonId> = mandates.iter().map(|mandate| mandate.patient).collect();
    let mut people = find_people(tx, actor, &ids).await?;
    people.sort_by_cached_key(|person| {
        (person.last_name.to_lowercase(), person.first_name.to_lowercase(), person.id)
    });
    let mut known = details::of_all(tx, &ids).await?;
    Ok(people
        .into_iter()
        .map(|person| {
            let details = known.remove(&person.id).unwrap_or_default();
            (person, details)
        })
        .collect())
}

async fn paid_by(
    tx: &Tx,
    organisation: OrganisationId,
    patient: PersonId,
) -> Result<(Option<Insurance>, Option<String>)> {
    let ring = tx.tool::<Vault>()?.ring_at_hand(organisation)?;
    let note = patients::of(tx, &ring, organisation, patient).await?;
    let insurance = match note.insurance {
        Some(id) => insurances::find(tx, organisation, id).await?,
        None => None,
    };
    Ok((insurance, note.insurance_number))
}
