//! Whether an address is theirs: asked by a letter to it, before anything else goes there.

use kernel::{AppointmentId, Error, LetterId, OrganisationId, Origin, Result, SubscriptionId};
use serde::{Deserialize, Serialize};
use store::jobs::{self, NewJob};
use store::{Tx, args};

use super::{Subscription, endings, find_in_turn, subscription};
use crate::access::OpenAppointment;
use crate::line::ByLetter;
use crate::rows::asap as rows;

/// The job that asks by letter whether an address is the patient's.
pub const CONFIRM: &str = "booking.confirm";
/// Such letters of one patient in a day.
const ASKED_PER_DAY_MAX: i64 = 5;
const DAY_MS: i64 = 24 * 3_600_000;
/// Confirmed addresses of one appointment that are looked at, the newest.
const CONFIRMED_MAX: i64 = 50;

/// What the job [`CONFIRM`] needs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Confirming {
    /// Whose.
    pub organisation: OrganisationId,
    /// Which.
    pub subscription: SubscriptionId,
}

/// An address that was confirmed for an appointment.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// By whom it was named, and where it is.
    pub subscription: Subscription,
    /// Whether letters came back from there, or who named it in the patient's stead may not act for them any more.
    pub is_lost: bool,
}

/// The letter that asks has the bytes of its subscription, so that one leads to the other.
#[must_use]
pub fn asking_letter_of(subscription: SubscriptionId) -> LetterId {
    LetterId::from_bytes(*subscription.as_bytes())
}

/// The subscription of such a letter.
#[must_use]
pub fn asked_by(letter: LetterId) -> SubscriptionId {
    SubscriptionId::from_bytes(*letter.as_bytes())
}

/// The addresses that were confirmed for an appointment, the newest first, also of who has left the list.
///
/// # Errors
/// The store's.
pub async fn confirmed_of(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: AppointmentId,
) -> Result<Vec<Confirmed>> {
    let asked = args![&organisation, &appointment, CONFIRMED_MAX];
    let confirmed = tx.all(rows::CONFIRMED_OF, &asked, |row| {
        Ok(Confirmed { subscription: subscription(row)?, is_lost: row.get(6)? })
    });
    confirmed.await
}

/// Leaves the job that asks by letter.
pub(super) async fn leave_job(
    tx: &Tx,
    organisation: OrganisationId,
    subscription: SubscriptionId,
) -> Result<()> {
    let payload = serde_json::to_value(Confirming { organisation, subscription }).map_err(Error::bug)?;
    let dedupe = Some(subscription.hex());
    jobs::enqueue(tx, &NewJob { name: CONFIRM, dedupe, payload, due_ms: tx.now_ms() }).await
}

/// An address that has become known meanwhile need not be asked any more.
pub(super) async fn confirm_known(
    tx: &Tx,
    open: &OpenAppointment,
    old: Subscription,
    is_known: bool,
) -> Result<Subscription> {
    if !is_known || old.confirmed_ms.is_some() {
        return Ok(old);
    }
    tx.run(rows::CONFIRM_KNOWN, &args![&open.actor.organisation, &old.id, tx.now_ms()]).await?;
    endings::line_of(tx, open, "address confirmed").await?;
    Ok(Subscription { confirmed_ms: Some(tx.now_ms()), ..old })
}

/// Letters to addresses that a patient names are not sent without end: they go to whomever was named.
pub(super) async fn must_not_ask_too_often(tx: &Tx, open: &OpenAppointment) -> Result<()> {
    let asked = args![&open.actor.organisation, &open.appointment().patient, tx.now_ms() - DAY_MS];
    let asked = tx.one(rows::ASKED_SINCE, &asked, |row| row.get::<i64>(0)).await?.unwrap_or_default();
    if asked < ASKED_PER_DAY_MAX {
        return Ok(());
    }
    let limit = kernel::limits::Limit::new("addresses_per_day", ASKED_PER_DAY_MAX.unsigned_abs());
    Err(Error::LimitReached { limit, retry_after: Some(std::time::Duration::from_secs(3_600)) })
}

/// Notes the hash of the link that goes out in this transaction to ask whether an address is theirs: no older one confirms
/// it any more. Says whether it is still to be asked.
///
/// # Errors
/// The store's.
pub async fn ask_to_confirm(
    tx: &Tx,
    organisation: OrganisationId,
    id: SubscriptionId,
    hash: &[u8; 32],
) -> Result<bool> {
    Ok(tx.run(rows::ASK_TO_CONFIRM, &args![&organisation, &id, hash]).await? > 0)
}

/// Somebody came with the link of this hash: the address is theirs. Says whether it is confirmed now, or was before.
///
/// # Errors
/// As [`find_in_turn`].
pub async fn confirm(
    tx: &Tx,
    organisation: OrganisationId,
    id: SubscriptionId,
    hash: &[u8; 32],
    origin: Origin,
) -> Result<bool> {
    let (found, ended_ms, patient) = find_in_turn(tx, organisation, id).await?;
    if ended_ms.is_some() || found.confirmed_ms.is_some() {
        return Ok(ended_ms.is_none());
    }
    if tx.run(rows::CONFIRM, &args![&organisation, &id, hash, tx.now_ms()]).await? == 0 {
        return Ok(false);
    }
    let by = ByLetter { organisation, patient, proxy: found.proxy, origin };
    endings::line_by_letter(tx, by, found.appointment, "address confirmed by letter").await?;
    Ok(true)
}
