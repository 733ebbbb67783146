//! What a patient is told of their appointment: read by a job, once it has happened.

use audit::{Deed, Line};
use kernel::{AppointmentId, Error, OrganisationId, PersonId, Result};
use store::{Tx, args};

use crate::access;
use crate::appointments::Telling;
use crate::model::Appointment;

const CHANGE: &str = "
    SELECT what FROM appointment_changes WHERE organisation = $1 AND appointment = $2 AND sequence = $3";

/// The start before that.
const BEFORE: &str = "
    SELECT start_ms FROM appointment_changes WHERE organisation = $1 AND appointment = $2 AND sequence < $3
    ORDER BY sequence DESC LIMIT 1";

const DETAILS: &str = "SELECT details FROM appointments WHERE organisation = $1 AND id = $2";

/// Who had to do with it, the first before the others: it is the first whose calendar holds it.
const WHO_ACTED: &str = "
    SELECT did.person FROM (
        SELECT c.by_person AS person, c.at_ms AS at_ms FROM appointment_changes c
        WHERE c.organisation = $1 AND c.appointment = $2 AND c.by_person IS NOT NULL
        UNION ALL SELECT s.proxy AS person, s.consented_ms AS at_ms FROM asap_subscriptions s
        WHERE s.organisation = $1 AND s.appointment = $2 AND s.proxy IS NOT NULL) AS did
    GROUP BY did.person ORDER BY MIN(did.at_ms), did.person LIMIT $3";

/// So many of them are looked at.
const ACTED_MAX: i64 = 30;

const NOTE_TOLD: &str = "
    UPDATE appointment_changes SET told = $4 WHERE organisation = $1 AND appointment = $2 AND sequence = $3";

/// Of earlier changes.
const WHO_WAS_TOLD: &str = "
    SELECT DISTINCT told FROM appointment_changes
    WHERE organisation = $1 AND appointment = $2 AND sequence < $3 AND told IS NOT NULL ORDER BY told";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[CHANGE, BEFORE, DETAILS, WHO_ACTED, NOTE_TOLD, WHO_WAS_TOLD];

/// What became of an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It was booked, or asked for.
    Booked,
    /// The staff said yes.
    Confirmed,
    /// It was moved.
    Moved,
    /// It was cancelled.
    Cancelled,
    /// The rules of its zone changed, and with them its instant.
    Resettled,
}

impl News {
    fn named(name: &str) -> Result<Self> {
        Ok(match name {
            "booked" => Self::Booked,
            "confirmed" => Self::Confirmed,
            "moved" => Self::Moved,
            "cancelled" => Self::Cancelled,
            "resettled" => Self::Resettled,
            _ => return Err(Error::bug("a change of an appointment")),
        })
    }
}

/// What is to be told.
#[derive(Clone, Debug)]
pub struct Told {
    /// The appointment as it is now.
    pub appointment: Appointment,
    /// What the patient said, sealed.
    pub details: Vec<u8>,
    /// What happened.
    pub news: News,
    /// When it began before that.
    pub before_ms: Option<i64>,
}

/// What is to be told; `None` when something newer happened, which is told instead. That it leaves the house stands in the
/// access log.
///
/// # Errors
/// The store's.
pub async fn read(tx: &Tx, telling: &Telling) -> Result<Option<Told>> {
    let Telling { organisation, appointment: id, sequence } = *telling;
    let found = access::find(tx, organisation, id).await?;
    let Some(appointment) = found.filter(|found| found.sequence == sequence) else { return Ok(None) };
    let asked = args![&organisation, &id, sequence];
    let change = tx.one(CHANGE, &asked, |row| News::named(&row.get::<String>(0)?));
    let details = tx.one(DETAILS, &args![&organisation, &id], |row| row.get::<Vec<u8>>(0)).await?;
    let (Some(news), Some(details)) = (change.await?, details) else { return Ok(None) };
    let before_ms = tx.one(BEFORE, &asked, |row| row.get(0)).await?;
    let line = Line::without_actor(organisation, Deed::AppointmentRead).about(Some(appointment.patient));
    audit::write(tx, line.object(id.as_bytes()).because("to tell the patient")).await?;
    Ok(Some(Told { appointment, details, news, before_ms }))
}

/// Who booked, changed or put an appointment on the waiting list, the first before the others.
///
/// # Errors
/// The store's.
pub async fn who_acted(tx: &Tx, organisation: OrganisationId, id: AppointmentId) -> Result<Vec<PersonId>> {
    tx.all(WHO_ACTED, &args![&organisation, &id, ACTED_MAX], |row| row.get(0)).await
}

/// Notes whose account is written to of a change: their calendar holds the appointment from then on.
///
/// # Errors
/// The store's.
pub async fn note_told(tx: &Tx, telling: &Telling, person: PersonId) -> Result<()> {
    let Telling { organisation, appointment, sequence } = telling;
    tx.run(NOTE_TOLD, &args![organisation, appointment, *sequence, &person]).await.map(drop)
}

/// Whose accounts were written to of earlier changes.
///
/// # Errors
/// The store's.
pub async fn who_was_told(tx: &Tx, telling: &Telling) -> Result<Vec<PersonId>> {
    let Telling { organisation, appointment, sequence } = telling;
    tx.all(WHO_WAS_TOLD, &args![organisation, appointment, *sequence], |row| row.get(0)).await
}
