//! What became free, as a run that looks for people sees it.

use jiff::SignedDuration;
use kernel::SubscriptionId;
use testkit::{Ground, bedside_test};

use super::booking::TUESDAY;
use super::clinic::{Clinic, at};
use crate::asap::{self, Freed, PlaceInLine, Reached};
use crate::calendar::Span;
use crate::freed;

impl Clinic {
    /// The room becomes free for an hour at each of these.
    async fn frees(&self, hours: [i8; 3]) {
        let input = (self.here, self.calendars.room, hours);
        let noted = self.ground.db.write(input, |tx, (here, room, hours)| {
            let one = |hour: i8| freed::Freed {
                resource: *room,
                span: Span {
                    from_ms: at(TUESDAY.at(hour, 0, 0, 0)),
                    until_ms: at(TUESDAY.at(hour + 1, 0, 0, 0)),
                },
                debounce_minutes: 3,
            };
            let all = hours.map(one);
            Box::pin(async move { freed::note(tx, *here, &all).await })
        });
        noted.await.expect("noted");
    }

    async fn due(&self) -> Vec<Freed> {
        let due = self.ground.db.write(self.here, |tx, here| Box::pin(asap::due(tx, *here, 50)));
        due.await.expect("what is due")
    }
}

#[bedside_test]
async fn a_run_that_was_cut_off_goes_on_where_it_was_and_with_nothing_beside_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    clinic.frees([9, 10, 11]).await;
    clinic.ground.clock.pass(SignedDuration::from_mins(30));
    let all = clinic.due().await;
    assert!(all.len() == 3 && all.iter().all(|one| one.reached.is_none()), "{all:?}");
    let place = PlaceInLine { consented_ms: 7, id: SubscriptionId::from_bytes([7; 12]) };
    let reached = Reached { kind: clinic.calendars.treatment, place };
    let last = all.last().copied().expect("the newest");
    let reaching = clinic.ground.db.write((clinic.here, last, reached), |tx, (here, last, reached)| {
        Box::pin(asap::reach(tx, *here, std::slice::from_ref(last), *reached))
    });
    reaching.await.expect("noted");
    let cut_off = clinic.due().await;
    assert_eq!(cut_off, [Freed { reached: Some(reached), ..last }]);
    let over = clinic
        .ground
        .db
        .write((clinic.here, cut_off), |tx, (here, cut_off)| Box::pin(asap::forget(tx, *here, cut_off)));
    over.await.expect("forgotten");
    assert_eq!(clinic.due().await, all[..all.len() - 1]);
    clinic.forget_jobs().await;
}
