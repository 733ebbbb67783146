//! What the desk does meanwhile.

use booking::Appointment;
use booking::access::{self, Right};
use booking::desk;
use flows::booking::retried;
use kernel::{Error, Result};

use super::story::{Story, nth};
use crate::booking::practice::{Kind, Practice};
use crate::booking::rush::order;

impl Story {
    pub(super) async fn at_the_desk(
        &mut self,
        practice: &Practice,
        who: usize,
        (kind, time, beside): (Kind, usize, bool),
    ) {
        let free = nth(&self.listed(practice, who, Kind::Consultation).await, time);
        // What is put beside another is so where there is another.
        let taken = nth(&self.ahead(practice).await, time).filter(|_| beside);
        let Some(start_ms) = taken.or(free.map(|offered| offered.slot.start_ms)) else { return };
        let order = order(practice, &self.people[who], (kind, start_ms, beside)).await;
        let made = retried(|| {
            let input = (practice.desk.clone(), order.clone());
            practice.house.db.write(input, |tx, (desk, order)| Box::pin(desk::create(tx, desk, order)))
        });
        match made.await {
            Ok(made) => {
                self.made.push((made.id, who));
                self.did(if made.is_overbooked { "put beside" } else { "booked at the desk" });
            }
            Err(Error::Conflict { .. }) if !beside => {}
            Err(other) => panic!("{other:?}"),
        }
    }

    pub(super) async fn confirms(&mut self, practice: &Practice, which: usize) {
        let Some((id, _)) = nth(&self.made, which) else { return };
        let before = self.find(practice, id).await;
        let confirmed = practice.house.db.write((practice.desk.clone(), id), |tx, (desk, id)| {
            Box::pin(async move {
                let open = access::open_as_desk(tx, desk, *id, Right::Change).await?;
                desk::confirm(tx, &open).await
            })
        });
        match confirmed.await {
            Ok(_) => self.did("confirmed"),
            Err(Error::Precondition { .. }) => assert_eq!(self.find(practice, id).await, before),
            Err(other) => panic!("{other:?}"),
        }
    }

    pub(super) async fn desk_moves(
        &mut self,
        practice: &Practice,
        which: usize,
        (time, beside): (usize, bool),
    ) {
        let Some((id, who)) = nth(&self.made, which) else { return };
        let Some(offered) = nth(&self.listed(practice, who, Kind::Consultation).await, time) else { return };
        let before = self.find(practice, id).await;
        let input = (practice.desk.clone(), id, offered.slot.start_ms, beside);
        let moved: Result<Appointment> = practice
            .house
            .db
            .write(input, |tx, (desk, id, start_ms, beside)| {
                Box::pin(async move {
                    let open = access::open_as_desk(tx, desk, *id, Right::Change).await?;
                    desk::move_to(tx, &open, *start_ms, &[], *beside, None).await
                })
            })
            .await;
        match moved {
            Ok(new) => {
                assert_eq!(new.start_ms, offered.slot.start_ms);
                self.did("moved at the desk");
            }
            Err(Error::Conflict { .. }) if !beside => assert_eq!(self.find(practice, id).await, before),
            Err(Error::Precondition { .. }) => assert_eq!(self.find(practice, id).await, before),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// When those begin that lie ahead.
    async fn ahead(&self, practice: &Practice) -> Vec<i64> {
        let (mut starts, now_ms) = (Vec::new(), practice.site.clock.now_ms());
        for (id, _) in &self.made {
            let found = self.find(practice, *id).await;
            starts.extend(found.is_ahead(now_ms).then_some(found.start_ms));
        }
        starts
    }
}
