//! Video visits: a link for each time that somebody wants to come in, for the browser that uses it first.

use audit::{Deed, Line};
use kernel::{AppointmentId, Error, OrganisationId, Origin, PersonId, Result};
use store::{Row, Tx, args};

use crate::access::{self, OpenAppointment};
use crate::model::{Appointment, AppointmentType, Institution, State};

const MINUTE_MS: i64 = 60_000;

/// One for each who comes: the newest takes the place of the one before.
const INSERT: &str =
    "INSERT INTO video_links (secret_hash, organisation, appointment, sequence, person, valid_from_ms,
        valid_until_ms, used_ms, browser_hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL)
    ON CONFLICT (appointment, person) DO UPDATE SET secret_hash = excluded.secret_hash,
        sequence = excluded.sequence, valid_from_ms = excluded.valid_from_ms,
        valid_until_ms = excluded.valid_until_ms, used_ms = NULL, browser_hash = NULL";
/// Whoever has the link is known by nothing else.
const FIND: &str =
    "SELECT organisation, appointment, sequence, valid_from_ms, valid_until_ms, person, browser_hash
    FROM video_links WHERE secret_hash = $1";
/// The first who uses it.
const USE: &str =
    "UPDATE video_links SET used_ms = $2, browser_hash = $3 WHERE secret_hash = $1 AND used_ms IS NULL";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT, FIND, USE];

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

/// Makes a link, whose secret the caller has, when the visit can be joined now. The one that they made before opens nothing
/// any more. It leaves a line in the access log.
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

/// A visit that a link leads to.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Where.
    pub organisation: OrganisationId,
    /// The appointment.
    pub appointment: Appointment,
    /// When it can be joined.
    pub window: Window,
    /// Who made the link.
    pub person: PersonId,
    /// Which browser used it, and no other does; `None` as long as nobody has.
    pub browser: Option<Vec<u8>>,
}

/// What the link with this secret leads to, as long as it leads anywhere: not once the appointment was moved or cancelled,
/// or its time is over, or its maker made another.
///
/// # Errors
/// The store's.
pub async fn find(tx: &Tx, secret_hash: &[u8; 32]) -> Result<Option<Visit>> {
    let read = |row: &Row<'_>| {
        let window = Window { from_ms: row.get(3)?, until_ms: row.get(4)? };
        let of = (row.get::<OrganisationId>(0)?, row.get::<AppointmentId>(1)?, row.get::<i64>(2)?);
        Ok((of, window, row.get::<PersonId>(5)?, row.get::<Option<Vec<u8>>>(6)?))
    };
    let found = tx.one(FIND, &args![secret_hash], read).await?;
    let Some(((organisation, id, sequence), window, person, browser)) = found else { return Ok(None) };
    let found = access::find(tx, organisation, id).await?;
    let stands = tx.now_ms() < window.until_ms;
    let appointment = found.filter(|one| stands && one.sequence == sequence && one.state == State::Booked);
    Ok(appointment.map(|appointment| Visit { organisation, appointment, window, person, browser }))
}

/// Uses a link in this browser. Says whether it is this browser's now, or was before.
///
/// # Errors
/// The store's.
pub async fn join(
    tx: &Tx,
    visit: &Visit,
    (secret_hash, browser): (&[u8; 32], &[u8; 32]),
    origin: Origin,
) -> Result<bool> {
    if tx.run(USE, &args![secret_hash, tx.now_ms(), browser]).await? == 0 {
        let now = find(tx, secret_hash).await?;
        return Ok(now.is_some_and(|visit| visit.browser.as_deref() == Some(&browser[..])));
    }
    let by = Some(visit.person);
    visit.leave_line(tx, (Deed::VideoVisitOpened, "joined by a link"), by, origin).await?;
    Ok(true)
}

impl Visit {
    /// Leaves the line of who was shown the appointment by a link. Who looks at one that nobody has used is named by nothing:
    /// mostly it is a guard of a mail program, and not who made it.
    ///
    /// # Errors
    /// As [`audit::write`].
    pub async fn seen(&self, tx: &Tx, origin: Origin) -> Result<()> {
        let by = self.browser.as_ref().map(|_| self.person);
        self.leave_line(tx, (Deed::AppointmentRead, "by a link to a video visit"), by, origin).await
    }

    async fn leave_line(
        &self,
        tx: &Tx,
        (deed, why): (Deed, &'static str),
        by: Option<PersonId>,
        origin: Origin,
    ) -> Result<()> {
        let patient = self.appointment.patient;
        let acting_for = by.filter(|by| *by != patient).map(|_| patient);
        let line = Line::without_actor(self.organisation, deed).from(origin).by(by);
        let line = line.acting_for(acting_for).about(Some(patient)).object(self.appointment.id.as_bytes());
        audit::write(tx, line.because(why)).await
    }
}
