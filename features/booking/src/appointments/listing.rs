//! The appointments of a patient.

use kernel::{Actor, Error, Kind, Result};
use store::{Tx, args};

use crate::access::{OpenAppointment, patient_of};
use crate::line;
use crate::model::Appointment;
use crate::rows::appointments as rows;

/// Which appointments of a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All, the newest start first.
    All,
    /// Those that count and lie ahead, the nearest first.
    Upcoming,
    /// Those that lie behind and were not cancelled, the newest first.
    Past,
    /// Those that were cancelled, the newest first.
    Cancelled,
}

/// Appointments of the patient whom the actor speaks of, with the sealed details of each; page 1 is the first. How many
/// there are in all comes with them.
///
/// # Errors
/// The store's.
pub async fn list(
    tx: &Tx,
    actor: &Actor,
    filter: Filter,
    page: u32,
    per_page: u32,
) -> Result<(Vec<(Appointment, Vec<u8>)>, i64)> {
    let (patient, now) = (patient_of(actor), tx.now_ms());
    let (sql, count, bound) = match filter {
        Filter::All => (rows::ALL, rows::COUNT_ALL, 0),
        Filter::Upcoming => (rows::UPCOMING, rows::COUNT_UPCOMING, now),
        Filter::Past => (rows::PAST, rows::COUNT_PAST, now),
        Filter::Cancelled => (rows::CANCELLED, rows::COUNT_CANCELLED, 0),
    };
    let before = i64::from(page.saturating_sub(1)) * i64::from(per_page);
    let (organisation, per_page) = (&actor.organisation, i64::from(per_page));
    let wanted = args![organisation, &patient, bound, per_page, before];
    let found = tx.all(sql, &wanted, |row| Ok((rows::appointment(row)?, row.get::<Vec<u8>>(rows::COLUMNS)?)));
    let found = found.await?;
    let counted = tx.one(count, &args![organisation, &patient, bound], |row| row.get::<i64>(0)).await?;
    line::listed(tx, actor, patient).await?;
    Ok((found, counted.unwrap_or_default()))
}

/// The sealed details of an appointment that was opened.
///
/// # Errors
/// The store's.
pub async fn details(tx: &Tx, open: &OpenAppointment) -> Result<Vec<u8>> {
    let wanted = args![&open.actor.organisation, &open.appointment.id];
    let found = tx.one(rows::DETAILS, &wanted, |row| row.get(0)).await?;
    found.ok_or(Error::not_found(Kind::Appointment))
}
