//! On what ground staff see the appointments of a patient (docs/access.md, rule 15): who keeps the desk sees all of the
//! practice, and who cares for patients those in their own calendars, those that they booked, and those of patients whom
//! others have booked in of late or for soon: nobody makes a treatment by booking it.

use std::collections::BTreeSet;

use kernel::{Actor, AppointmentId, Error, PersonId, ResourceId, Result};
use store::{Tx, args, in_list};

use crate::access::{Ground, must_work_at_the_desk};
use crate::model::{Appointment, State};

/// An appointment so far from now, before or after, makes its patient one whom the practice's clinicians treat.
const NEAR_MS: i64 = 30 * 24 * 3_600 * 1_000;

const CALENDARS: &str = "SELECT id FROM resources WHERE organisation = $1 AND person = $2";
const NEAR: &str = concat!(
    "SELECT DISTINCT patient FROM appointments WHERE organisation = $65 AND state <> 'cancelled'
     AND start_ms >= $66 AND start_ms <= $67 AND COALESCE(made_by <> $68, TRUE) AND patient IN ",
    in_list!()
);

const MADE: &str =
    concat!("SELECT id FROM appointments WHERE organisation = $65 AND made_by = $66 AND id IN ", in_list!());

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[CALENDARS, NEAR, MADE];

/// What somebody of the staff has by which they see appointments.
#[derive(Debug, Default)]
pub(crate) struct Grounds {
    is_desk: bool,
    calendars: BTreeSet<ResourceId>,
    near: BTreeSet<PersonId>,
    made: BTreeSet<AppointmentId>,
    now_ms: i64,
}

impl Grounds {
    /// Those that count for these patients and appointments.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for who neither works at the desk nor cares for patients.
    pub async fn of(
        tx: &Tx,
        actor: &Actor,
        patients: &[PersonId],
        appointments: &[AppointmentId],
    ) -> Result<Self> {
        must_work_at_the_desk(actor)?;
        let now_ms = tx.now_ms();
        let mut found = Self { is_desk: !actor.is_clinician(), now_ms, ..Self::default() };
        if found.is_desk {
            return Ok(found);
        }
        let here = &actor.organisation;
        let by = args![here, &actor.person];
        found.calendars.extend(tx.all(CALENDARS, &by, |row| row.get::<ResourceId>(0)).await?);
        found.made.extend(tx.all_of(MADE, appointments, &by, |row| row.get::<AppointmentId>(0)).await?);
        let patients: Vec<PersonId> = patients.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let within = args![here, now_ms - NEAR_MS, now_ms + NEAR_MS, &actor.person];
        found.near.extend(tx.all_of(NEAR, &patients, &within, |row| row.get::<PersonId>(0)).await?);
        Ok(found)
    }

    /// The one on which they may know of this patient, whichever appointment it is about.
    pub fn of_patient(&self, patient: PersonId) -> Option<Ground> {
        if self.is_desk {
            return Some(Ground::Desk);
        }
        self.near.contains(&patient).then_some(Ground::Near)
    }

    /// The one on which they see an appointment with these.
    pub fn find(&self, appointment: &Appointment, resources: &[ResourceId]) -> Option<Ground> {
        if self.is_desk {
            return Some(Ground::Desk);
        }
        if resources.iter().any(|resource| self.calendars.contains(resource)) {
            return Some(Ground::Calendar);
        }
        if self.made.contains(&appointment.id) {
            return Some(Ground::Maker);
        }
        // One that is cancelled opens no other, and stays to be seen by whom it was open to.
        let was_near =
            appointment.state == State::Cancelled && (appointment.start_ms - self.now_ms).abs() <= NEAR_MS;
        (was_near || self.near.contains(&appointment.patient)).then_some(Ground::Near)
    }
}

/// Who cares for patients, and not for this one.
pub(crate) fn none() -> Error {
    let why = "You see appointments in your own calendars, those that you booked, and those of patients whom others have booked in within 30 days.";
    Error::not_allowed("no_treatment_relation", why)
}
