//! Appointments, and each time that they had.

use kernel::{Error, Result};
use store::{Row, in_list};

use crate::civil::wall_of;
use crate::model::{Appointment, State};

/// What an [`Appointment`] is read from, in the order of [`appointment`].
macro_rules! columns {
    () => {
        "SELECT a.id, a.institution, a.category, a.type, a.insurance, a.patient, a.state, a.start_ms, a.end_ms,
             a.start_local_minute, a.time_zone, a.buffer_before_minutes, a.buffer_after_minutes, a.cancel_minutes,
             a.reschedule_minutes, a.reschedules_left, a.gathering, a.is_overbooked, a.sequence, a.made_ms, a.client,
             a.updated_ms, a.cancelled_ms"
    };
}

macro_rules! one {
    ($condition:literal) => {
        concat!(columns!(), " FROM appointments a WHERE a.organisation = $1 AND ", $condition)
    };
}

macro_rules! list {
    ($condition:literal, $order:literal) => {
        concat!(
            columns!(),
            ", a.details FROM appointments a WHERE a.organisation = $1 AND a.patient = $2",
            $condition,
            " ORDER BY ",
            $order,
            " LIMIT $4 OFFSET $5"
        )
    };
}

macro_rules! count {
    ($condition:literal) => {
        concat!(
            "SELECT COUNT(*) FROM appointments a WHERE a.organisation = $1 AND a.patient = $2",
            $condition
        )
    };
}

macro_rules! of_desk {
    ($condition:literal) => {
        of_desk!($condition, "")
    };
    ($condition:literal, $page:literal) => {
        concat!(
            columns!(),
            ", t.name, a.details FROM appointments a
             JOIN appointment_types t ON t.organisation = a.organisation AND t.id = a.type
             WHERE a.organisation = $1 AND a.state <> 'cancelled' AND ",
            $condition,
            " ORDER BY a.start_ms, a.id",
            $page
        )
    };
}

pub(crate) const FIND: &str = one!("a.id = $2");
/// Those of these ids, in any order.
pub(crate) const ALL_OF: &str =
    concat!(columns!(), " FROM appointments a WHERE a.organisation = $65 AND a.id IN ", in_list!());
pub(crate) const BOOKED_WITH: &str = one!("a.patient = $2 AND a.jti = $3");
pub(crate) const DETAILS: &str = "SELECT details FROM appointments WHERE organisation = $1 AND id = $2";

pub(crate) const INSERT: &str = "
    INSERT INTO appointments (id, organisation, institution, category, type, insurance, patient, state, start_ms,
        end_ms, start_local_minute, time_zone, buffer_before_minutes, buffer_after_minutes, cancel_minutes,
        reschedule_minutes, reschedules_left, gathering, is_overbooked, sequence, jti, details, made_by, made_ms,
        client, updated_ms, legal_hold)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, $20, $21, $22,
        $23, $24, $23, FALSE)";
/// Each change asks for the sequence that it was decided by: who is second changes nothing.
pub(crate) const MOVE: &str = "
    UPDATE appointments SET start_ms = $4, end_ms = $5, start_local_minute = $6, time_zone = $7,
        buffer_before_minutes = $8, buffer_after_minutes = $9, reschedules_left = $10, gathering = $11,
        is_overbooked = $12, updated_ms = $13, state = $14, sequence = sequence + 1
    WHERE organisation = $1 AND id = $2 AND sequence = $3 AND state <> 'cancelled'";
pub(crate) const CANCEL: &str = "
    UPDATE appointments SET state = 'cancelled', cancelled_ms = $4, updated_ms = $4, cancel_reason = $5,
        was_with = $6, gathering = NULL, sequence = sequence + 1
    WHERE organisation = $1 AND id = $2 AND sequence = $3 AND state <> 'cancelled'";
/// With whom and what one was that is cancelled.
pub(crate) const WAS_WITH: &str = "SELECT was_with FROM appointments
    WHERE organisation = $1 AND id = $2 AND was_with IS NOT NULL";
pub(crate) const CONFIRM: &str = "
    UPDATE appointments SET state = 'booked', updated_ms = $4, sequence = sequence + 1
    WHERE organisation = $1 AND id = $2 AND sequence = $3 AND state = 'pending'";
pub(crate) const INSERT_CHANGE: &str = "
    INSERT INTO appointment_changes (organisation, appointment, sequence, what, start_ms, by_person, client, at_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// `$3` is now where it is about what lies ahead or behind, else 0, here and in those that follow.
pub(crate) const ALL: &str = list!(" AND a.sequence >= $3", "a.start_ms DESC, a.id DESC");
pub(crate) const UPCOMING: &str =
    list!(" AND a.state <> 'cancelled' AND a.start_ms > $3", "a.start_ms, a.id");
pub(crate) const PAST: &str =
    list!(" AND a.state <> 'cancelled' AND a.start_ms <= $3", "a.start_ms DESC, a.id DESC");
pub(crate) const CANCELLED: &str =
    list!(" AND a.state = 'cancelled' AND a.sequence >= $3", "a.start_ms DESC, a.id DESC");
pub(crate) const COUNT_ALL: &str = count!(" AND a.sequence >= $3");
pub(crate) const COUNT_UPCOMING: &str = count!(" AND a.state <> 'cancelled' AND a.start_ms > $3");
pub(crate) const COUNT_PAST: &str = count!(" AND a.state <> 'cancelled' AND a.start_ms <= $3");
pub(crate) const COUNT_CANCELLED: &str = count!(" AND a.state = 'cancelled' AND a.sequence >= $3");

/// Those that begin at an institution in a stretch of time.
pub(crate) const OF_DAY: &str = of_desk!("a.institution = $2 AND a.start_ms >= $3 AND a.start_ms < $4");
/// Those that take a resource in a stretch of time and lie ahead, behind the one of the start `$7` and the id `$8`. `$5` is
/// the earliest that may reach into it.
pub(crate) const INTO: &str = of_desk!(
    "a.start_ms > $6 AND (a.start_ms > $7 OR (a.start_ms = $7 AND a.id > $8))
         AND EXISTS (SELECT o.id FROM occupancy o WHERE o.organisation = $1
         AND o.taken = $2 AND o.from_ms > $5 AND o.from_ms < $4 AND o.until_ms > $3
         AND (o.appointment = a.id OR o.gathering = a.gathering))",
    " LIMIT $9"
);
/// Those ahead that wait for a yes.
pub(crate) const WAITING: &str = of_desk!("a.state = 'pending' AND a.start_ms > $2", " LIMIT $3 OFFSET $4");
/// Those of a patient that end later than `$3`.
pub(crate) const OF_PATIENT: &str = of_desk!("a.patient = $2 AND a.end_ms > $3", " LIMIT $4 OFFSET $5");
/// When those that lie ahead are, and were told to be.
pub(crate) const TOLD: &str = "SELECT id, start_ms, start_local_minute, time_zone FROM appointments
    WHERE organisation = $1 AND state <> 'cancelled' AND start_ms > $2 ORDER BY start_ms, id";
/// The zone of a type.
pub(crate) const ZONE_OF_TYPE: &str = "SELECT i.time_zone FROM appointment_types t
    JOIN appointment_categories c ON c.organisation = t.organisation AND c.id = t.category
    JOIN institutions i ON i.organisation = t.organisation AND i.id = c.institution
    WHERE t.organisation = $1 AND t.id = $2";

pub(crate) const SEALED_AFTER: &str = "SELECT id, details, cancel_reason FROM appointments
    WHERE organisation = $1 AND id > $2 ORDER BY id LIMIT $3";
pub(crate) const RESEAL_DETAILS: &str =
    "UPDATE appointments SET details = $3 WHERE organisation = $1 AND id = $2 AND details = $4";
pub(crate) const RESEAL_REASON: &str =
    "UPDATE appointments SET cancel_reason = $3 WHERE organisation = $1 AND id = $2 AND cancel_reason = $4";

/// Every statement of these.
pub const ALL_SQL: &[&str] = &[
    FIND,
    ALL_OF,
    BOOKED_WITH,
    DETAILS,
    INSERT,
    MOVE,
    CANCEL,
    WAS_WITH,
    CONFIRM,
    INSERT_CHANGE,
    ALL,
    UPCOMING,
    PAST,
    CANCELLED,
    COUNT_ALL,
    COUNT_UPCOMING,
    COUNT_PAST,
    COUNT_CANCELLED,
    OF_DAY,
    INTO,
    WAITING,
    OF_PATIENT,
    TOLD,
    ZONE_OF_TYPE,
    SEALED_AFTER,
    RESEAL_DETAILS,
    RESEAL_REASON,
];

/// Columns that [`appointment`] reads; what a statement adds follows.
pub(crate) const COLUMNS: usize = 23;

/// An appointment of a row.
pub(crate) fn appointment(row: &Row<'_>) -> Result<Appointment> {
    let state: String = row.get(6)?;
    Ok(Appointment {
        id: row.get(0)?,
        institution: row.get(1)?,
        category: row.get(2)?,
        kind: row.get(3)?,
        insurance: row.get(4)?,
        patient: row.get(5)?,
        state: State::named(&state).ok_or_else(|| Error::bug("a state of an appointment"))?,
        start_ms: row.get(7)?,
        end_ms: row.get(8)?,
        start_local: wall_of(row.get(9)?)?,
        time_zone: row.get(10)?,
        buffers: (row.get(11)?, row.get(12)?),
        cancel: row.get(13)?,
        reschedule: row.get(14)?,
        reschedules_left: row.get(15)?,
        gathering: row.get(16)?,
        is_overbooked: row.get(17)?,
        sequence: row.get(18)?,
        made_ms: row.get(19)?,
        client: row.get(20)?,
        updated_ms: row.get(21)?,
        cancelled_ms: row.get(22)?,
    })
}
