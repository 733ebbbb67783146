//! The waiting list: who would rather come earlier, and what they were told.

use kernel::{AppointmentId, Clock, OrganisationId, Result, Rng, SubscriptionId};
use store::Tx;
use vault::KeyRing;

use crate::access::OpenAppointment;

/// Somebody's wish to come earlier, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Which.
    pub id: SubscriptionId,
    /// For which appointment.
    pub appointment: AppointmentId,
    /// Where letters go, sealed; see [`Subscription::email`].
    pub sealed_email: Vec<u8>,
    /// When they consented.
    pub consented_ms: i64,
    /// When the address was confirmed to be theirs.
    pub confirmed_ms: Option<i64>,
}

impl Subscription {
    /// Where letters go.
    ///
    /// # Errors
    /// As [`KeyRing::open`].
    pub fn email(&self, ring: &KeyRing) -> Result<String> {
        todo!()
    }
}

/// An address of somebody who would come earlier, sealed for a subscription that is to be made.
#[derive(Clone, Debug)]
pub struct SealedEmail {
    pub(crate) subscription: SubscriptionId,
    pub(crate) email: Vec<u8>,
    /// Whether it is known to be theirs.
    pub(crate) is_known: bool,
}

/// Seals an address, outside any transaction. `is_known` says whether it is the verified one of their account.
///
/// # Errors
/// [`kernel::Error::Invalid`] of the field `email` for what is no address.
pub fn seal_email(
    ring: &KeyRing,
    clock: &Clock,
    rng: &Rng,
    email: &str,
    is_known: bool,
) -> Result<SealedEmail> {
    todo!()
}

/// Puts an appointment on the list, or changes the address. The same address again changes nothing.
///
/// # Errors
/// [`kernel::Error::Precondition`] with `asap_not_enabled` when its type has no list, or with `not_upcoming` when it is over
/// or cancelled.
pub async fn subscribe(tx: &Tx, open: &OpenAppointment, email: &SealedEmail) -> Result<Subscription> {
    todo!()
}

/// Takes an appointment off the list; one that is not on it stays so.
///
/// # Errors
/// The store's.
pub async fn leave(tx: &Tx, open: &OpenAppointment) -> Result<()> {
    todo!()
}

/// Who of these is on the list.
///
/// # Errors
/// The store's.
pub async fn of(
    tx: &Tx,
    organisation: OrganisationId,
    appointments: &[AppointmentId],
) -> Result<Vec<Subscription>> {
    todo!()
}

/// Ends the subscription of an appointment that was cancelled, in its transaction.
pub(crate) async fn end_with(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
) -> Result<()> {
    todo!()
}

/// Does what follows for the waiting list when an appointment was moved, in its transaction: one that does not stay on
/// ends, and older offers are no longer open.
pub(crate) async fn after_move(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
    stays: bool,
) -> Result<()> {
    todo!()
}
