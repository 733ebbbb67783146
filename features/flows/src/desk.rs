//! The desk of a practice: what it books, moves and cancels, shown with the names that go with it.

mod day;
mod dressing;
mod figures;
mod holding;
mod lists;
mod patients;
mod replanning;
mod sheet;
pub mod words;

use booking::access::{self, OpenAppointment, Right};
use booking::appointments::{self, Details, SealedDetails};
use booking::desk::{self, DeskOrder};
use booking::setup::{insurances, types};
use booking::{Appointment, Number};
use identity::memberships;
use kernel::{
    Actor, AppointmentId, Error, HoldId, Id, InsuranceId, Kind, OrganisationId, Origin, PersonId, RequestId,
    ResourceId, Result, Role, Scopes,
};
use store::Tx;

use crate::House;
use crate::booking::retried;
use crate::once::{self, repeated};
use dressing::{Dressing, dress};

pub use day::{Day, day, taken_along};
pub use dressing::{Patient, Shown};
pub use figures::figures;
pub use holding::{Kept, Wish, hold, release};
pub use lists::{of_patient, waiting};
pub use patients::{Note, block, note, set_insurance};
pub use replanning::{Displaced, REPLANNED_AT_ONCE, displaced};
pub use sheet::{Row, print};

/// The access log names the operator at the command line by an id of zeros.
const OPERATOR: PersonId = Id::from_bytes([0; 12]);

/// What the desk wants booked.
#[derive(Clone, Debug)]
pub struct Order {
    /// The number of the type.
    pub kind: Number,
    /// For whom.
    pub patient: PersonId,
    /// Who pays, by the number of the insurance.
    pub insurance: Option<Number>,
    /// When, and with whom.
    pub place: Place,
    /// What was said.
    pub details: Details,
}

/// A time that the desk wants.
#[derive(Clone, Debug)]
pub struct Place {
    /// The start as patients are shown it, in milliseconds since 1970.
    pub start_ms: i64,
    /// With whom and what, one of each part; whoever is free when it is empty.
    pub resources: Vec<ResourceId>,
    /// Beside what is there already, in a lane of its own.
    pub overbook: bool,
    /// The hold that the desk has on it, and gives up for it.
    pub hold: Option<HoldId>,
}

/// The operator at the command line as somebody who works at the desk of an organisation.
#[must_use]
pub fn operator(house: &House, organisation: OrganisationId) -> Actor {
    Actor {
        person: OPERATOR,
        acting_for: None,
        role: Role::Assistant,
        organisation,
        client: None,
        scopes: Scopes::ALL,
        teams: [].into(),
        origin: Origin { request: RequestId::new(&house.clock, &house.rng), address: None, once: None },
    }
}

/// Books for a patient of the organisation. A request that its client named is done once.
///
/// # Errors
/// As [`desk::create`]; [`Error::NotFound`] for an unknown type, insurance or patient.
pub async fn create(house: &House, actor: &Actor, order: Order) -> Result<Shown> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let sealed = order.details.seal(&ring, &house.clock, &house.rng)?;
    let input = (actor.clone(), order, sealed);
    let made = retried(|| {
        house.write_booking(actor.organisation, input.clone(), |tx, (actor, order, sealed)| {
            Box::pin(async move {
                match once::find(tx, actor).await? {
                    Some(done) => opened(tx, actor, done).await,
                    None => place(tx, actor, order, sealed).await,
                }
            })
        })
    });
    let made = repeated(house, actor, made.await, |tx, actor, id| Box::pin(opened(tx, actor, id))).await?;
    undressed(house, actor, made).await
}

async fn place(tx: &Tx, actor: &Actor, order: &Order, sealed: &SealedDetails) -> Result<Seen> {
    access::must_work_at_the_desk(actor)?;
    let organisation = actor.organisation;
    let kind = types::find_numbered(tx, organisation, order.kind).await?;
    let kind = kind.ok_or(Error::not_found(Kind::AppointmentType))?.id;
    let insurance = insurance(tx, organisation, order.insurance).await?;
    let patient = patient(tx, actor, order.patient).await?;
    let Place { start_ms, resources, overbook, hold } = order.place.clone();
    let details = sealed.clone();
    let order = DeskOrder { kind, patient, insurance, start_ms, resources, overbook, hold, details };
    let made = desk::create(tx, actor, &order).await?;
    identity::once::note(tx, actor, &made.id).await?;
    let resources = desk::resources_of(tx, organisation, made.id).await?;
    let dressing = dress(tx, actor, [made.patient]).await?;
    Ok((made, resources, sealed.bytes().to_vec(), dressing))
}

/// The insurance of a number.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn insurance(
    tx: &Tx,
    organisation: OrganisationId,
    number: Option<Number>,
) -> Result<Option<InsuranceId>> {
    let Some(number) = number else { return Ok(None) };
    let found = insurances::find_numbered(tx, organisation, number).await?;
    Ok(Some(found.ok_or(Error::not_found(Kind::Insurance))?.id))
}

/// Who receives care in the actor's organisation; who turned out to be somebody else is that one.
///
/// # Errors
/// [`Error::NotFound`] for anybody else.
pub async fn patient(tx: &Tx, actor: &Actor, id: PersonId) -> Result<PersonId> {
    let none = Error::not_found(Kind::Person);
    let Some(found) = identity::find_person(tx, actor, id).await? else { return Err(none) };
    let roles = memberships::roles(tx, actor.organisation, found.id).await?;
    if roles.contains(&Role::Patient) { Ok(found.id) } else { Err(none) }
}

/// The patient whom somebody of the staff names. Whoever of them does not work at the desk is refused later, when it is known
/// of whom they asked.
async fn of_staff(tx: &Tx, actor: &Actor, id: PersonId) -> Result<PersonId> {
    if !actor.is_staff() {
        access::must_work_at_the_desk(actor)?;
    }
    patient(tx, actor, id).await
}

/// An appointment of the actor's organisation.
///
/// # Errors
/// As [`access::open_as_desk`].
pub async fn show(house: &House, actor: &Actor, id: AppointmentId) -> Result<Shown> {
    let seen = house.read((actor.clone(), id), |tx, (actor, id)| Box::pin(opened(tx, actor, *id)));
    undressed(house, actor, seen.await?).await
}

async fn opened(tx: &Tx, actor: &Actor, id: AppointmentId) -> Result<Seen> {
    let open = access::open_as_desk(tx, actor, id, Right::Read).await?;
    let appointment = open.appointment().clone();
    seen(tx, actor, &open, appointment).await
}

/// Moves an appointment, also outside its windows.
///
/// # Errors
/// As [`desk::move_to`].
pub async fn move_to(house: &House, actor: &Actor, id: AppointmentId, to: Place) -> Result<Shown> {
    let moved = retried(|| {
        let input = (actor.clone(), id, to.clone());
        house.write_booking(actor.organisation, input, |tx, (actor, id, to)| {
            Box::pin(async move {
                let open = access::open_as_desk(tx, actor, *id, Right::Change).await?;
                let Place { start_ms, resources, overbook, hold } = to;
                let moved = desk::move_to(tx, &open, *start_ms, resources, *overbook, *hold).await?;
                seen(tx, actor, &open, moved).await
            })
        })
    });
    undressed(house, actor, moved.await?).await
}

/// Cancels an appointment, also outside its window; one that is cancelled already stays as it is.
///
/// # Errors
/// As [`appointments::cancel`].
pub async fn cancel(house: &House, actor: &Actor, id: AppointmentId, reason: Option<&str>) -> Result<Shown> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let reason = reason.map(|reason| appointments::seal_reason(&ring, id, reason)).transpose()?;
    let cancelled =
        house.write_booking(actor.organisation, (actor.clone(), id, reason), |tx, (actor, id, reason)| {
            Box::pin(async move {
                let open = access::open_as_desk(tx, actor, *id, Right::Change).await?;
                let cancelled = appointments::cancel(tx, &open, reason.as_ref()).await?;
                seen(tx, actor, &open, cancelled).await
            })
        });
    undressed(house, actor, cancelled.await?).await
}

/// Says yes to an appointment that waits for it.
///
/// # Errors
/// As [`desk::confirm`].
pub async fn confirm(house: &House, actor: &Actor, id: AppointmentId) -> Result<Shown> {
    let confirmed = house.write_booking(actor.organisation, (actor.clone(), id), |tx, (actor, id)| {
        Box::pin(async move {
            let open = access::open_as_desk(tx, actor, *id, Right::Change).await?;
            let confirmed = desk::confirm(tx, &open).await?;
            seen(tx, actor, &open, confirmed).await
        })
    });
    undressed(house, actor, confirmed.await?).await
}

/// An appointment as it is read in its transaction: with whom it is, what was said, and the names.
type Seen = (Appointment, Vec<ResourceId>, Vec<u8>, Dressing);

async fn seen(tx: &Tx, actor: &Actor, open: &OpenAppointment, appointment: Appointment) -> Result<Seen> {
    let resources = desk::resources_of(tx, actor.organisation, appointment.id).await?;
    let details = appointments::details(tx, open).await?;
    let dressing = dress(tx, actor, [appointment.patient]).await?;
    Ok((appointment, resources, details, dressing))
}

async fn undressed(house: &House, actor: &Actor, seen: Seen) -> Result<Shown> {
    let (appointment, resources, sealed, dressing) = seen;
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let details = Details::open(&ring, appointment.id, &sealed)?;
    dressing.show((appointment, resources), details)
}
