//! One person who is a patient of two practices, neither of which knows of the other's calendar.

use kernel::{Actor, PersonId};
use store::args;
use testkit::{Ground, bedside_test};

use super::booking::TUESDAY;
use super::clinic::{Clinic, at};
use super::visits::Row;
use crate::appointments;
use crate::desk::DeskOrder;
use crate::merging::{self, Pair};

impl Clinic {
    /// Somebody of another practice who comes here as well.
    fn also(&self, who: &Actor) -> Actor {
        Actor { organisation: self.here, ..who.clone() }
    }

    /// What takes somebody here.
    async fn takes_here(&self, who: PersonId) -> Vec<Row> {
        const ROWS: &str = "SELECT lane, from_ms, until_ms FROM occupancy
            WHERE organisation = $1 AND taken = $2 ORDER BY from_ms, lane";
        let reading = self.ground.db.read((self.here, who), |tx, (here, who)| {
            Box::pin(async move {
                tx.all(ROWS, &args![here, who], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
            })
        });
        reading.await.expect("rows")
    }
}

#[bedside_test]
async fn what_anna_has_at_one_practice_takes_nothing_from_her_at_another(ground: Ground) {
    let here = Clinic::open(ground.clone()).await;
    let there = Clinic::open(ground).await;
    let (ten, until) = (TUESDAY.at(10, 0, 0, 0), TUESDAY.at(10, 20, 0, 0));
    here.books(&here.anna, here.calendars.consultation, ten).await;
    let anna = there.also(&here.anna);
    there.books(&anna, there.calendars.consultation, ten).await;
    assert_eq!(there.takes_here(anna.person).await, [(0, at(ten), at(until))]);
    let order = there.order(&anna, there.calendars.treatment, ten);
    let order = DeskOrder { overbook: true, ..order };
    let beside = there.at_the_desk(&there.els, order).await.expect("beside what she has there");
    assert!(beside.is_overbooked);
    let lanes: Vec<i64> = there.takes_here(anna.person).await.iter().map(|row| row.0).collect();
    assert_eq!(lanes, [0, 1]);
    assert_eq!(here.takes_here(anna.person).await.len(), 1);
    here.forget_jobs().await;
}

#[bedside_test]
async fn two_who_are_one_at_two_practices_have_one_calendar_in_each(ground: Ground) {
    let here = Clinic::open(ground.clone()).await;
    let there = Clinic::open(ground).await;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let (anna, bram) = (there.also(&here.anna), there.also(&here.bram));
    here.books(&here.anna, here.calendars.consultation, ten).await;
    here.books(&here.bram, here.calendars.treatment, ten).await;
    there.books(&bram, there.calendars.consultation, ten).await;
    let (pair, both) = (Pair { keep: anna.person, gone: bram.person }, [here.here, there.here]);
    let merging = here
        .ground
        .db
        .write(pair, move |tx, pair| Box::pin(async move { merging::merge(tx, None, &both, *pair).await }));
    merging.await.expect("one");
    let lanes = async |clinic: &Clinic, who: &Actor| {
        clinic.takes_here(who.person).await.iter().map(|row| row.0).collect::<Vec<i64>>()
    };
    assert_eq!(lanes(&here, &anna).await, [0, 1], "both stand");
    assert_eq!(lanes(&there, &anna).await, [0], "she has nothing else there");
    let undoing = here
        .ground
        .db
        .write(pair, move |tx, pair| Box::pin(async move { merging::undo(tx, None, &both, *pair).await }));
    undoing.await.expect("two");
    assert_eq!((lanes(&here, &anna).await, lanes(&there, &anna).await), (vec![0], vec![]));
    assert_eq!((lanes(&here, &bram).await, lanes(&there, &bram).await), (vec![0], vec![0]));
    here.forget_jobs().await;
}

#[bedside_test]
async fn an_appointment_follows_the_rules_of_its_zone_past_one_at_another_practice(ground: Ground) {
    let here = Clinic::open(ground.clone()).await;
    let there = Clinic::open(ground).await;
    let (ten, until) = (TUESDAY.at(10, 0, 0, 0), TUESDAY.at(10, 20, 0, 0));
    here.books(&here.anna, here.calendars.consultation, ten).await;
    let made = there.books(&there.also(&here.anna), there.calendars.consultation, ten).await;
    // As if it had been booked when the zone was still an hour behind.
    const LATER: &str = "UPDATE appointments SET start_ms = start_ms + 3600000, end_ms = end_ms + 3600000
        WHERE organisation = $1";
    const ROWS: &str = "UPDATE occupancy SET from_ms = from_ms + 3600000, until_ms = until_ms + 3600000
        WHERE organisation = $1";
    let changing = there.ground.db.write(there.here, |tx, there| {
        Box::pin(async move {
            tx.run(LATER, &args![there]).await?;
            tx.run(ROWS, &args![there]).await
        })
    });
    changing.await.expect("another zone");
    let settling = there.ground.db.write(there.here, |tx, there| {
        Box::pin(async move {
            let unsettled = appointments::unsettled(tx, *there).await?;
            appointments::resettle(tx, *there, &unsettled).await
        })
    });
    let moved = settling.await.expect("settled");
    assert_eq!(moved.len(), 1);
    assert_eq!((moved[0].0.start_ms, moved[0].0.is_overbooked), (made.start_ms, false));
    assert_eq!(there.takes_here(here.anna.person).await, [(0, at(ten), at(until))]);
    here.forget_jobs().await;
}
