//! What stands beside in a lane of its own, which no other lane sees.

use kernel::{AppointmentId, GatheringId, Result};
use store::args;
use testkit::{Ground, bedside_test};

use super::booking::TUESDAY;
use super::clinic::{Clinic, at};
use crate::calendar::Slot;
use crate::facts::{self, Question};
use crate::seats::{self, Place};

const BESIDE: &str = "
    INSERT INTO occupancy (id, organisation, taken, lane, from_ms, until_ms, appointment)
    VALUES ($1, $2, $3, 1, $4, $5, $1)";

/// Somebody looks; then somebody else is put beside with this resource, ten minutes later, as by another connection; and
/// then who looked takes what they saw.
async fn takes_too_late(clinic: &Clinic, question: Question, as_hold: bool, overbook: bool) -> Result<()> {
    let input = (clinic.here, question, clinic.calendars.devries, at(TUESDAY.at(10, 0, 0, 0)));
    let taking = clinic.ground.db.write(input, move |tx, (here, question, resource, start_ms)| {
        Box::pin(async move {
            let found = facts::load(tx, *here, question).await?;
            let now = tx.now_ms();
            let slot = found.facts.choose(&found.asker, *start_ms, &[], now).expect("it is free");
            let (from_ms, id) = (start_ms + 600_000, AppointmentId::new(tx.clock(), tx.rng()));
            tx.run(BESIDE, &args![&id, here, resource, from_ms, from_ms + 1_200_000]).await?;
            let kind = &found.facts.kind;
            let place = Place { organisation: here, kind, slot: &slot, patient: None, overbook };
            if as_hold {
                return seats::take_for_hold(tx, place, tx.new_id()).await;
            }
            seats::take(tx, place, tx.new_id()).await.map(drop)
        })
    });
    taking.await
}

#[bedside_test]
async fn who_was_put_beside_since_somebody_looked_is_seen_before_they_take_the_time(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let question = clinic.asks(&clinic.anna, clinic.calendars.consultation, TUESDAY, TUESDAY);
    for as_hold in [false, true] {
        let refused = takes_too_late(&clinic, question.clone(), as_hold, false).await.expect_err("not free");
        assert!(store::is_overlap(&refused), "worth another look: {refused:?}");
    }
    takes_too_late(&clinic, question, false, true).await.expect("beside it, knowing");
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn a_gathering_that_ended_meanwhile_is_looked_for_again(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let question = clinic.asks(&clinic.anna, clinic.calendars.course, TUESDAY, TUESDAY);
    let joining = clinic.ground.db.write((clinic.here, question), |tx, (here, question)| {
        Box::pin(async move {
            let found = facts::load(tx, *here, question).await?;
            let start_ms = at(TUESDAY.at(10, 0, 0, 0));
            let slot = found.facts.choose(&found.asker, start_ms, &[], tx.now_ms()).expect("it is free");
            let slot = Slot { gathering: Some(GatheringId::new(tx.clock(), tx.rng())), ..slot };
            let kind = &found.facts.kind;
            let place = Place { organisation: here, kind, slot: &slot, patient: None, overbook: false };
            seats::take(tx, place, tx.new_id()).await.map(drop)
        })
    });
    let refused = joining.await.expect_err("there is no such gathering any more");
    assert!(store::is_overlap(&refused), "{refused:?}");
}
