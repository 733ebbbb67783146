//! Appointments of patients as the desk goes through them: those that wait for a yes, and those of somebody at the telephone.

use booking::desk::{self, DayEntry};
use kernel::{Actor, Page, PersonId, Result};

use super::dressing::{Dressing, Shown, dress_entries};
use super::of_staff;
use crate::House;

/// The appointments ahead that wait for a yes, by start.
///
/// # Errors
/// As [`desk::waiting`].
pub async fn waiting(house: &House, actor: &Actor, page: Page) -> Result<Vec<Shown>> {
    let read = house.read((actor.clone(), page), |tx, (actor, page)| {
        Box::pin(async move {
            let entries = desk::waiting(tx, actor, *page).await?;
            let dressing = dress_entries(tx, actor, &entries).await?;
            Ok((entries, dressing))
        })
    });
    shown(house, actor, read.await?).await
}

/// The appointments of a patient that are not over, by start.
///
/// # Errors
/// As [`desk::of_patient`]; [`kernel::Error::NotFound`] for who is no patient here.
pub async fn of_patient(house: &House, actor: &Actor, id: PersonId, page: Page) -> Result<Vec<Shown>> {
    let read = house.read((actor.clone(), id, page), |tx, (actor, id, page)| {
        Box::pin(async move {
            let patient = of_staff(tx, actor, *id).await?;
            let entries = desk::of_patient(tx, actor, patient, *page).await?;
            let dressing = dress_entries(tx, actor, &entries).await?;
            Ok((entries, dressing))
        })
    });
    shown(house, actor, read.await?).await
}

async fn shown(
    house: &House,
    actor: &Actor,
    (entries, dressing): (Vec<DayEntry>, Dressing),
) -> Result<Vec<Shown>> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    entries.into_iter().map(|entry| dressing.show_entry(&ring, entry)).collect()
}
