//! A time that is kept for somebody for a few minutes while they choose, or while an offer to them stands.

use kernel::{Actor, HoldId, OfferId, OrganisationId, PersonId, Result};
use store::Tx;

use crate::calendar::Slot;
use crate::facts::Question;

/// Minutes that a hold lasts.
pub const MINUTES: i64 = 5;
/// Holds of one patient at a time.
pub const PER_PATIENT_MAX: i64 = 3;

/// Keeps a time for the patient whom the actor speaks of, for five minutes.
///
/// # Errors
/// As [`crate::appointments::book`]; [`kernel::Error::LimitReached`] for a fourth.
pub async fn hold(tx: &Tx, actor: &Actor, question: &Question, start_ms: i64) -> Result<(HoldId, Slot)> {
    todo!()
}

/// Keeps a time for whom it is offered to.
///
/// # Errors
/// As [`hold`].
pub async fn hold_for_offer(
    tx: &Tx,
    organisation: OrganisationId,
    patient: PersonId,
    offer: OfferId,
    question: &Question,
    start_ms: i64,
    until_ms: i64,
) -> Result<HoldId> {
    todo!()
}

/// Gives a hold up.
///
/// # Errors
/// The store's.
pub async fn release(tx: &Tx, organisation: OrganisationId, id: HoldId) -> Result<()> {
    todo!()
}

/// Gives up holds that have expired, some at a time, and notes what they free. Says how many.
///
/// # Errors
/// The store's.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    todo!()
}
