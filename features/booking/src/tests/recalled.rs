//! Who lists reads what others have read before them; who books reads the rows. Both always see the same.

use jiff::civil::{Date, date};
use kernel::{AppointmentId, AppointmentTypeId};
use store::{Statement, args};
use testkit::{Ground, bedside_test};

use super::clinic::{Clinic, at};
use crate::calendar::Span;
use crate::facts::{self, Found};

const MONDAY: Date = date(2026, 3, 2);
const TUESDAY: Date = date(2026, 3, 3);
const FRIDAY: Date = date(2026, 3, 6);

impl Clinic {
    /// What appointments take of Dr. de Vries and of Jansen on these days, as it is listed, in whichever of the three ways
    /// there are to read. It is as whoever books reads it.
    async fn shows(&self, kind: AppointmentTypeId, days: (Date, Date)) -> [Vec<Span>; 2] {
        let (ground, asked) = (&self.ground, (self.here, self.asks(&self.anna, kind, days.0, days.1)));
        let of_each = |found: Found| {
            [self.calendars.devries, self.calendars.jansen].map(|whose| {
                let is_asked_for = found.facts.booked.contains_key(&whose);
                if is_asked_for { found.booked(whose, days) } else { Vec::new() }
            })
        };
        let listed = of_each(
            ground
                .db
                .read(asked.clone(), |tx, (here, asked)| Box::pin(facts::load(tx, *here, asked)))
                .await
                .expect("what is listed"),
        );
        let at_length = of_each(
            ground
                .db
                .read_long(asked.clone(), |tx, (here, asked)| Box::pin(facts::load(tx, *here, asked)))
                .await
                .expect("what is listed"),
        );
        let booked = of_each(
            ground
                .db
                .write(asked, |tx, (here, asked)| Box::pin(facts::load(tx, *here, asked)))
                .await
                .expect("what whoever books reads"),
        );
        assert_eq!((&listed, &at_length), (&booked, &booked), "{days:?}");
        booked
    }

    async fn does(&self, sql: &'static str, id: AppointmentId) {
        self.ground.db.run_alone(Statement::new(sql, &args![&id])).await.expect("a statement");
    }
}

fn hour(day: Date, hour: i8) -> (jiff::civil::DateTime, jiff::civil::DateTime) {
    (day.at(hour, 0, 0, 0), day.at(hour, 30, 0, 0))
}

#[bedside_test]
async fn whoever_changes_a_calendar_and_how_it_is_seen_by_the_next_who_lists(ground: Ground) {
    const SHIFT: &str =
        "UPDATE occupancy SET from_ms = from_ms + 60000, until_ms = until_ms + 60000 WHERE id = $1";
    const PUT_BESIDE: &str = "UPDATE occupancy SET lane = lane + 1 WHERE id = $1";
    const REMOVE: &str = "DELETE FROM occupancy WHERE id = $1";
    let clinic = Clinic::open(ground).await;
    let (of, week) = (clinic.calendars, (TUESDAY, FRIDAY));
    assert_eq!(clinic.shows(of.treatment, week).await, [[], []]);
    let first = clinic.takes(*of.devries.as_bytes(), hour(TUESDAY, 9)).await;
    assert_eq!(clinic.shows(of.treatment, week).await.map(|all| all.len()), [1, 0]);
    clinic.takes(*of.jansen.as_bytes(), hour(TUESDAY, 9)).await;
    clinic.takes(*of.devries.as_bytes(), hour(FRIDAY, 9)).await;
    assert_eq!(clinic.shows(of.treatment, week).await.map(|all| all.len()), [2, 1]);
    clinic.does(SHIFT, first).await;
    assert_eq!(clinic.shows(of.treatment, week).await[0][0].from_ms, at(TUESDAY.at(9, 1, 0, 0)));
    clinic.does(PUT_BESIDE, first).await;
    clinic.shows(of.treatment, week).await;
    clinic.does(REMOVE, first).await;
    assert_eq!(clinic.shows(of.treatment, week).await.map(|all| all.len()), [1, 1]);
}

#[bedside_test]
async fn nothing_but_the_days_that_are_asked_about_is_told_of_what_others_asked(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    for day in [MONDAY, TUESDAY, FRIDAY] {
        clinic.takes(*of.devries.as_bytes(), hour(day, 9)).await;
    }
    let years = (FRIDAY, date(2027, 3, 1));
    for (days, count) in [
        ((TUESDAY, FRIDAY), 2),
        ((TUESDAY, TUESDAY), 1),
        ((MONDAY, FRIDAY), 3),
        (years, 1),
        ((MONDAY, MONDAY), 1),
    ] {
        assert_eq!(clinic.shows(of.consultation, days).await[0].len(), count, "{days:?}");
    }
    // What is taken later lies among what was read of days that somebody else asked about.
    clinic.takes(*of.devries.as_bytes(), hour(FRIDAY, 10)).await;
    assert_eq!(clinic.shows(of.consultation, (FRIDAY, FRIDAY)).await[0].len(), 2);
    assert_eq!(clinic.shows(of.consultation, (MONDAY, TUESDAY)).await[0].len(), 2);
}

#[bedside_test]
async fn what_was_written_and_never_came_to_be_is_recalled_by_nobody(ground: Ground) {
    const TAKE: &str = "
        INSERT INTO occupancy (id, organisation, taken, lane, from_ms, until_ms, appointment)
        VALUES ($1, $2, $3, 0, $4, $5, $1)";
    let clinic = Clinic::open(ground).await;
    let (of, days) = (clinic.calendars, (TUESDAY, TUESDAY));
    clinic.takes(*of.devries.as_bytes(), hour(TUESDAY, 9)).await;
    clinic.shows(of.consultation, days).await;
    let question = clinic.asks(&clinic.anna, of.consultation, TUESDAY, TUESDAY);
    let from_ms = at(TUESDAY.at(10, 0, 0, 0));
    let failing =
        clinic.ground.db.write((clinic.here, of.devries, question), move |tx, (here, whom, asked)| {
            Box::pin(async move {
                let id: AppointmentId = tx.new_id();
                tx.run(TAKE, &args![&id, here, whom, from_ms, from_ms + 1]).await?;
                let found = facts::load(tx, *here, asked).await?;
                assert_eq!(found.facts.booked[whom].len(), 2, "it sees what it wrote");
                Err::<(), _>(kernel::Error::conflict("changed_their_mind", "They changed their mind."))
            })
        });
    failing.await.expect_err("they changed their mind");
    assert_eq!(clinic.shows(of.consultation, days).await[0].len(), 1);
    // The next change has the number that this one would have had.
    clinic.takes(*of.devries.as_bytes(), hour(TUESDAY, 11)).await;
    assert_eq!(clinic.shows(of.consultation, days).await[0][1].from_ms, at(TUESDAY.at(11, 0, 0, 0)));
}
