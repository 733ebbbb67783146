//! On what ground staff see the appointments of a patient (docs/access.md, rule 15): who keeps the desk sees all of the
//! practice, and who cares for patients those in their own calendars and of patients who have been there or will be soon.

use std::collections::BTreeSet;

use kernel::{Actor, Error, PersonId, ResourceId, Result};
use store::{Tx, args, in_list};

use crate::access::{Ground, must_work_at_the_desk};

/// An appointment so many days from now, before or after, makes its patient one whom the practice's clinicians treat.
const DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 3_600 * 1_000;

const CALENDARS: &str = "SELECT id FROM resources WHERE organisation = $1 AND person = $2";
const NEAR: &str = concat!(
    "SELECT DISTINCT patient FROM appointments WHERE organisation = $65 AND state <> 'cancelled'
     AND start_ms >= $66 AND start_ms <= $67 AND patient IN ",
    in_list!()
);

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[CALENDARS, NEAR];

/// What somebody of the staff has by which they see appointments.
#[derive(Debug)]
pub(crate) struct Grounds {
    is_desk: bool,
    calendars: BTreeSet<ResourceId>,
    near: BTreeSet<PersonId>,
}

impl Grounds {
    /// Those that count for these patients.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for who neither works at the desk nor cares for patients.
    pub async fn of(tx: &Tx, actor: &Actor, patients: &[PersonId]) -> Result<Self> {
        must_work_at_the_desk(actor)?;
        if !actor.is_clinician() {
            return Ok(Self { is_desk: true, calendars: BTreeSet::new(), near: BTreeSet::new() });
        }
        let here = &actor.organisation;
        let calendars = tx.all(CALENDARS, &args![here, &actor.person], |row| row.get(0)).await?;
        let patients: Vec<PersonId> = patients.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let now = tx.now_ms();
        let within = args![here, now - DAYS * DAY_MS, now + DAYS * DAY_MS];
        let near = tx.all_of(NEAR, &patients, &within, |row| row.get(0)).await?;
        let (calendars, near) = (calendars.into_iter().collect(), near.into_iter().collect());
        Ok(Self { is_desk: false, calendars, near })
    }

    /// The one on which they see an appointment of this patient with these.
    pub fn find(&self, patient: PersonId, resources: &[ResourceId]) -> Option<Ground> {
        if self.is_desk {
            return Some(Ground::Desk);
        }
        if resources.iter().any(|resource| self.calendars.contains(resource)) {
            return Some(Ground::Calendar);
        }
        self.near.contains(&patient).then_some(Ground::Near)
    }
}

/// Who cares for patients, and not for this one.
pub(crate) fn none() -> Error {
    let why =
        "You see appointments in your own calendars, and those of patients who have one within 30 days.";
    Error::not_allowed("no_treatment_relation", why)
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::*;

    #[test]
    fn ones_own_calendar_goes_before_a_visit_that_is_near_and_nothing_is_no_ground() {
        let [mine, other] = [1, 2].map(|number| ResourceId::from_bytes([number; 12]));
        let [anna, bram] = [3, 4].map(|number| Id::from_bytes([number; 12]));
        let doctor = Grounds { is_desk: false, calendars: [mine].into(), near: [anna].into() };
        for (patient, with, ground) in [
            (anna, mine, Some(Ground::Calendar)),
            (anna, other, Some(Ground::Near)),
            (bram, mine, Some(Ground::Calendar)),
            (bram, other, None),
        ] {
            assert_eq!(doctor.find(patient, &[with]), ground);
        }
        let desk = Grounds { is_desk: true, calendars: BTreeSet::new(), near: BTreeSet::new() };
        assert_eq!(desk.find(bram, &[]), Some(Ground::Desk));
    }
}
