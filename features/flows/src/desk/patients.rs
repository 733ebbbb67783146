//! What the desk knows of a patient who books.

use audit::Deed;
use booking::Number;
use booking::access::must_treat;
use booking::labels::{self, Label};
use booking::setup::{Author, patients};
use kernel::{Actor, Error, PersonId, Result};
use store::Tx;

use super::{insurance, of_staff};
use crate::House;

/// Characters of a number at an insurance.
const NUMBER_CHARS_MAX: usize = 64;

/// What is known of a patient here.
#[derive(Clone, Debug)]
pub struct Note {
    /// Who.
    pub patient: PersonId,
    /// Who pays.
    pub insurance: Option<Label>,
    /// Their number there.
    pub insurance_number: Option<String>,
    /// Since when they book nothing by themselves.
    pub blocked_ms: Option<i64>,
}

/// What is known of a patient; nothing of who is new.
///
/// # Errors
/// [`Error::NotAllowed`] for who does not work at the desk, with `no_treatment_relation` for a clinician who does not care
/// for them; [`Error::NotFound`] for who is no patient here.
pub async fn note(house: &House, actor: &Actor, id: PersonId) -> Result<Note> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let known = house.read((actor.clone(), id, ring), |tx, (actor, id, ring)| {
        Box::pin(async move {
            let patient = treated(tx, actor, Deed::PersonRead, *id).await?;
            let known = patients::of(tx, ring, actor.organisation, patient).await?;
            let labels = labels::of(tx, actor.organisation).await?;
            let insurance = known.insurance.map(|id| labels.insurances.get(&id).cloned().unwrap_or_default());
            let (insurance_number, blocked_ms) = (known.insurance_number, known.blocked_ms);
            Ok(Note { patient, insurance, insurance_number, blocked_ms })
        })
    });
    known.await
}

/// A patient of whom the actor may know what is noted. That anybody else tried to do this stays in the log.
async fn treated(tx: &Tx, actor: &Actor, deed: Deed, id: PersonId) -> Result<PersonId> {
    let patient = of_staff(tx, actor, id).await?;
    must_treat(tx, actor, deed, patient).await?;
    Ok(patient)
}

/// Notes who pays for a patient's care, by the number of the insurance.
///
/// # Errors
/// As [`note`]; [`Error::NotFound`] for an unknown insurance; [`Error::Invalid`] for a number that is too long.
pub async fn set_insurance(
    house: &House,
    actor: &Actor,
    id: PersonId,
    insured: Option<Number>,
    number: Option<&str>,
) -> Result<()> {
    let number = number.map(str::trim).filter(|number| !number.is_empty());
    if number.is_some_and(|number| number.chars().count() > NUMBER_CHARS_MAX) {
        return Err(Error::invalid("number", "too_long", "A number has 64 characters at most."));
    }
    // Sealed for the person whom the id leads to, outside of the transaction that writes it.
    let found = house
        .read((actor.clone(), id), |tx, (actor, id)| Box::pin(treated(tx, actor, Deed::Administration, *id)));
    let patient = found.await?;
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let sealed = number.map(|number| patients::seal_number(&ring, actor.organisation, patient, number));
    let input = (actor.clone(), patient, insured, sealed);
    let set = house.db.write(input, |tx, (actor, patient, insured, sealed)| {
        Box::pin(async move {
            let here = actor.organisation;
            let insured = insurance(tx, here, *insured).await?;
            patients::set_insurance(tx, Author::Staff(actor), here, *patient, insured, sealed.as_ref()).await
        })
    });
    set.await
}

/// Keeps a patient from booking by themselves, or lets them again.
///
/// # Errors
/// As [`note`].
pub async fn block(house: &House, actor: &Actor, id: PersonId, is_blocked: bool) -> Result<()> {
    let done = house.db.write((actor.clone(), id, is_blocked), |tx, (actor, id, is_blocked)| {
        Box::pin(async move {
            let patient = treated(tx, actor, Deed::Administration, *id).await?;
            patients::block(tx, Author::Staff(actor), actor.organisation, patient, *is_blocked).await
        })
    });
    done.await
}
