//! Video visits: a link for each time that somebody wants to come in.

use audit::{Deed, Line};
use kernel::{AppointmentId, Error, OrganisationId, Result};
use store::{Row, Tx, args};

use crate::access::{self, OpenAppointment};
use crate::model::{Appointment, AppointmentType, Institution, State};

const MINUTE_MS: i64 = 60_000;

const INSERT: &str =
    "INSERT INTO video_links (secret_hash, organisation, appointment, sequence, person, valid_from_ms,
        valid_until_ms, used_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
/// Whoever has the link is known by nothing else.
const FIND: &str = "SELECT organisation, appointment, sequence, valid_from_ms, valid_until_ms
    FROM video_links WHERE secret_hash = $1 AND used_ms IS NULL";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT, FIND];

/// When a visit can be joined, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From then.
    pub from_ms: i64,
    /// Until then.
    pub until_ms: i64,
}

impl Window {
    /// That of an appointment at this place.
    #[must_use]
    pub const fn of(appointment: &Appointment, institution: &Institution) -> Self {
        let (opens, closes) = institution.video_minutes;
        Self {
            from_ms: appointment.start_ms - opens * MINUTE_MS,
            until_ms: appointment.end_ms + closes * MINUTE_MS,
        }
    }
}

/// Makes a link, whose secret the caller has, when the visit can be joined now. It leaves a line in the access log.
///
/// # Errors
/// [`Error::Precondition`] with `not_a_video_visit`, `not_upcoming` for one that does not count, or `video_not_open`.
pub async fn make_link(
    tx: &Tx,
    open: &OpenAppointment,
    (kind, institution): (&AppointmentType, &Institution),
    secret_hash: &[u8; 32],
) -> Result<Window> {
    let appointment = &open.appointment;
    if !kind.is_video {
        return Err(Error::precondition("not_a_video_visit", "This appointment is no video visit."));
    }
    if appointment.state != State::Booked {
        return Err(Error::precondition("not_upcoming", "This appointment does not count."));
    }
    let (window, now) = (Window::of(appointment, institution), tx.now_ms());
    if now < window.from_ms || window.until_ms <= now {
        return Err(Error::precondition("video_not_open", "The video visit cannot be joined now."));
    }
    let actor = &open.actor;
    let values = args![
        secret_hash,
        &actor.organisation,
        &appointment.id,
        appointment.sequence,
        &actor.person,
        window.from_ms,
        window.until_ms
    ];
    tx.run(INSERT, &values).await?;
    let line = Line::of(actor, Deed::VideoVisitOpened).about(Some(appointment.patient));
    audit::write(tx, line.object(appointment.id.as_bytes())).await?;
    Ok(window)
}

/// What the link with this secret leads to, as long as it leads anywhere: not once the appointment was moved or cancelled,
/// or its time is over.
///
/// # Errors
/// The store's.
pub async fn find(tx: &Tx, secret_hash: &[u8; 32]) -> Result<Option<(OrganisationId, Appointment, Window)>> {
    let read = |row: &Row<'_>| {
        let window = Window { from_ms: row.get(3)?, until_ms: row.get(4)? };
        Ok((row.get::<OrganisationId>(0)?, row.get::<AppointmentId>(1)?, row.get::<i64>(2)?, window))
    };
    let Some((organisation, id, sequence, window)) = tx.one(FIND, &args![secret_hash], read).await? else {
        return Ok(None);
    };
    let appointment = access::find(tx, organisation, id).await?;
    let is_same = |one: &Appointment| one.sequence == sequence && one.state == State::Booked;
    let stands = tx.now_ms() < window.until_ms;
    Ok(appointment.filter(|one| stands && is_same(one)).map(|one| (organisation, one, window)))
}
