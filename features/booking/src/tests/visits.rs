//! What people do with appointments all day.

use jiff::civil::DateTime;
use kernel::{Actor, AppointmentId, AppointmentTypeId, Error, PersonId, ResourceId, Result};
use store::args;

use super::clinic::{Clinic, at};
use crate::access::{self, Right, patient_of};
use crate::appointments::{self, Booked, Details, Order, SealedDetails};
use crate::availability::{self, Availability};
use crate::calendar::Slot;
use crate::desk::{self, DeskOrder};
use crate::facts::Found;
use crate::holds;
use crate::model::Appointment;

/// What takes somebody or something: lane, from and until.
pub type Row = (i64, i64, i64);

impl Clinic {
    pub fn details(&self) -> SealedDetails {
        let details = Details { comments: Some("It hurts.".to_owned()), ..Details::default() };
        details.seal(&self.ring, &self.ground.clock, &self.ground.rng).expect("sealed")
    }

    /// What somebody is shown at a time, if anything.
    pub async fn slot(&self, who: &Actor, kind: AppointmentTypeId, start: DateTime) -> Option<(Found, Slot)> {
        let day = start.date();
        let mut asks = self.asks(who, kind, day, day);
        asks.patient = patient_of(who);
        let found = self.found(asks).await.expect("facts");
        let now_ms = self.ground.clock.now_ms();
        let slot = found.facts.slots(&found.asker, day..=day, now_ms).find(|slot| slot.start_ms == at(start));
        slot.map(|slot| (found, slot))
    }

    pub async fn offered(&self, who: &Actor, kind: AppointmentTypeId, start: DateTime) -> Availability {
        let (found, slot) = self.slot(who, kind, start).await.expect("a free time");
        let now_ms = self.ground.clock.now_ms();
        let kind = &found.facts.kind;
        Availability {
            issued_ms: now_ms,
            expires_ms: now_ms + availability::MINUTES * 60_000,
            start_ms: slot.start_ms,
            minutes: (kind.duration, kind.buffers.0, kind.buffers.1),
            kind: kind.id,
            category: found.category.id,
            insurance: self.calendars.statutory,
            resources: slot.resources,
            revision: found.revision,
            moves: None,
            patient: patient_of(who),
            client: None,
            jti: availability::jti(&self.ground.rng),
        }
    }

    pub async fn books_with(&self, who: &Actor, offer: &Availability) -> Result<Booked> {
        let order = Order { availability: offer.clone(), born_on: None, details: self.details() };
        let booking = self
            .ground
            .db
            .write((who.clone(), order), |tx, (who, order)| Box::pin(appointments::book(tx, who, order)));
        booking.await
    }

    pub async fn books(&self, who: &Actor, kind: AppointmentTypeId, start: DateTime) -> Appointment {
        let offer = self.offered(who, kind, start).await;
        self.books_with(who, &offer).await.expect("booked").appointment
    }

    pub async fn moves_with(
        &self,
        who: &Actor,
        id: AppointmentId,
        offer: &Availability,
    ) -> Result<Appointment> {
        let moving = self.ground.db.write((who.clone(), id, offer.clone()), |tx, (who, id, offer)| {
            Box::pin(async move {
                let open = access::open(tx, who, *id, Right::Change).await?;
                appointments::reschedule(tx, &open, offer, None).await
            })
        });
        moving.await
    }

    pub async fn cancels(&self, who: &Actor, id: AppointmentId) -> Result<Appointment> {
        let cancelling = self.ground.db.write((who.clone(), id), |tx, (who, id)| {
            Box::pin(async move {
                let open = access::open(tx, who, *id, Right::Change).await?;
                appointments::cancel(tx, &open, None).await
            })
        });
        cancelling.await
    }

    pub async fn sees(&self, who: &Actor, id: AppointmentId) -> Result<Appointment> {
        let seeing = self.ground.db.read((who.clone(), id), |tx, (who, id)| {
            Box::pin(async move {
                let open = access::open(tx, who, *id, Right::Read).await?;
                Ok(open.appointment().clone())
            })
        });
        seeing.await
    }

    pub fn order(&self, patient: &Actor, kind: AppointmentTypeId, start: DateTime) -> DeskOrder {
        DeskOrder {
            kind,
            patient: patient.person,
            insurance: None,
            start_ms: at(start),
            resources: Vec::new(),
            overbook: false,
            hold: None,
            details: self.details(),
        }
    }

    pub async fn at_the_desk(&self, who: &Actor, order: DeskOrder) -> Result<Appointment> {
        let making = self
            .ground
            .db
            .write((who.clone(), order), |tx, (who, order)| Box::pin(desk::create(tx, who, order)));
        making.await
    }

    pub async fn moves_at_the_desk(
        &self,
        who: &Actor,
        id: AppointmentId,
        (start, resources, overbook): (DateTime, Vec<ResourceId>, bool),
    ) -> Result<Appointment> {
        let input = (who.clone(), id, at(start), resources, overbook);
        let moving = self.ground.db.write(input, |tx, (who, id, start_ms, resources, overbook)| {
            Box::pin(async move {
                let open = access::open_as_desk(tx, who, *id, Right::Change).await?;
                desk::move_to(tx, &open, *start_ms, resources, *overbook, None).await
            })
        });
        moving.await
    }

    pub async fn holds(&self, who: &Actor, kind: AppointmentTypeId, start: DateTime) -> Result<Slot> {
        let question = self.asks(who, kind, start.date(), start.date());
        let input = (who.clone(), question, at(start));
        let holding = self.ground.db.write(input, |tx, (who, question, start_ms)| {
            Box::pin(holds::hold(tx, who, question, *start_ms))
        });
        holding.await.map(|(_, slot)| slot)
    }

    /// What takes a patient.
    pub async fn takes_patient(&self, who: PersonId) -> Vec<Row> {
        self.rows_of(*who.as_bytes()).await
    }

    /// What takes a resource.
    pub async fn takes_resource(&self, which: ResourceId) -> Vec<Row> {
        self.rows_of(*which.as_bytes()).await
    }

    async fn rows_of(&self, taken: [u8; 12]) -> Vec<Row> {
        const ROWS: &str =
            "SELECT lane, from_ms, until_ms FROM occupancy WHERE taken = $1 ORDER BY from_ms, lane";
        let reading = self.ground.db.read(taken, |tx, taken| {
            Box::pin(async move {
                tx.all(ROWS, &args![&taken[..]], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
            })
        });
        reading.await.expect("rows")
    }

    pub async fn number(&self, sql: &'static str) -> i64 {
        let counting =
            self.ground.db.read(sql, |tx, sql| Box::pin(tx.one(sql, &[], |row| row.get::<i64>(0))));
        counting.await.expect("an answer").expect("a number")
    }
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(outcome: Result<T>) -> &'static str {
    match outcome.expect_err("a refusal") {
        Error::NotFound { what } | Error::Gone { what } => what.code(),
        Error::NotAllowed { why }
        | Error::Invalid { why, .. }
        | Error::Conflict { why }
        | Error::Precondition { why }
        | Error::Unsupported { why } => why.code,
        Error::TooLarge { limit } | Error::LimitReached { limit, .. } => limit.name,
        other => panic!("{other:?}"),
    }
}
