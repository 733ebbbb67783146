//! What a practice and its patient say of a visit, each of it sealed.

use booking::appointments::Details;
use booking::desk::{self, DeskOrder};
use booking::setup::categories::{self, NewCategory};
use booking::setup::institutions::{self, NewInstitution};
use booking::setup::resources::{self, NewResource};
use booking::setup::types::{self, NewType};
use booking::setup::{Author, insurances, patients};
use booking::{InsuranceKind, ResourceKind};
use identity::By;
use jiff::SignedDuration;
use kernel::{AppointmentId, AppointmentTypeId, OrganisationId, Result, Role};
use store::Tx;

use crate::cast::{Organisation, Somebody, Ward};

const TWO_WEEKS: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The patient has a visit ahead, waits for an earlier one, and has cancelled another. What is known of them is noted.
pub async fn book(ward: &Ward, linde: &Organisation, bram: &Somebody) {
    let kind = ward.house.db.write(linde.id, |tx, here| Box::pin(set_up(tx, *here))).await.expect("a type");
    let ahead = visit(ward, linde, bram, (kind, 0)).await;
    let gone = visit(ward, linde, bram, (kind, 1)).await;
    let patient = bram.actor(Role::Patient, &[]);
    let cancelling =
        flows::booking::cancel(&ward.house, &patient, gone, Some("Het gaat weer.".to_owned())).await;
    cancelling.expect("cancelled");
    flows::asap::subscribe(&ward.house, &patient, ahead, &bram.email).await.expect("waits");
    note(ward, linde, bram).await;
    ward.settle().await;
}

async fn set_up(tx: &Tx, here: OrganisationId) -> Result<AppointmentTypeId> {
    let by = Author::Operator;
    let place = NewInstitution::named("De Linde", "Europe/Amsterdam");
    let place = institutions::add(tx, by, here, &place).await?;
    let doctor = NewResource {
        institution: place,
        kind: ResourceKind::Practitioner,
        name: "Anna".to_owned(),
        person: None,
    };
    let doctor = resources::add(tx, by, here, &doctor).await?;
    let category = categories::add(tx, by, here, &NewCategory::named(place, "Anna")).await?;
    let mut visit = NewType::named(category, "Visit", 20, vec![doctor]);
    (visit.asap.enabled, visit.asap.debounce) = (true, 0);
    types::add(tx, by, here, &visit).await
}

async fn visit(
    ward: &Ward,
    linde: &Organisation,
    bram: &Somebody,
    (kind, hour): (AppointmentTypeId, i64),
) -> AppointmentId {
    let house = &ward.house;
    let ring = house.vault.ring_of(&house.db, linde.id).await.expect("keys");
    let details =
        Details { comments: Some("Het jeukt.".to_owned()), wants_mail: Some(false), ..Details::default() };
    let order = DeskOrder {
        kind,
        patient: bram.id,
        insurance: None,
        start_ms: (ward.clock.now_ms() + TWO_WEEKS.as_millis() as i64) / 3_600_000 * 3_600_000
            + hour * 3_600_000,
        resources: Vec::new(),
        overbook: false,
        hold: None,
        details: details.seal(&ring, &house.clock, &house.rng).expect("sealed"),
    };
    let desk = bram.actor(Role::Assistant, &[]);
    let made = house.db.write((desk, order), |tx, (desk, order)| Box::pin(desk::create(tx, desk, order)));
    made.await.expect("booked").id
}

/// Number at an insurance, and what is known of them besides.
async fn note(ward: &Ward, linde: &Organisation, bram: &Somebody) {
    let house = &ward.house;
    let ring = house.vault.ring_of(&house.db, linde.id).await.expect("keys");
    let number = patients::seal_number(&ring, linde.id, bram.id, "A123456780");
    let details = identity::details::Details { phone: Some("+31201234567".to_owned()), ..Default::default() };
    let today = ward.clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let details = details.seal(&house.vault.house(), today, bram.id).expect("sealed");
    let noting = house.db.write((linde.id, bram.id, number, details), |tx, (here, bram, number, details)| {
        Box::pin(async move {
            let by = Author::Operator;
            let law = insurances::add(tx, by, *here, None, "By law", InsuranceKind::Statutory).await?;
            patients::set_insurance(tx, by, *here, *bram, Some(law), Some(number)).await?;
            identity::details::set(tx, By::Operator, *here, details).await
        })
    });
    noting.await.expect("noted");
}
