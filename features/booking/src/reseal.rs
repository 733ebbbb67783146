//! What patients say of appointments, why these were cancelled, addresses of the waiting list and numbers at insurances,
//! sealed anew after a rotation of their organisation's key.

use kernel::{AppointmentId, OrganisationId, PersonId, Result, SubscriptionId};
use serde::{Deserialize, Serialize};
use store::{Row, Statement, Tx, args};
use vault::{DataKeyId, KeyRing, Place, Resealing};

use crate::appointments::{details_place, reason_place};
use crate::rows::appointments as rows;

/// Rows of one kind that one look reads.
const ROWS_PER_LOOK: i64 = 60;

const EMAILS: &str = "SELECT id, email FROM asap_subscriptions
    WHERE organisation = $1 AND id > $2 ORDER BY id LIMIT $3";
const RESEAL_EMAIL: &str =
    "UPDATE asap_subscriptions SET email = $3 WHERE organisation = $1 AND id = $2 AND email = $4";
const NUMBERS: &str = "SELECT patient, insurance_number FROM booking_patients
    WHERE organisation = $1 AND patient > $2 AND insurance_number IS NOT NULL ORDER BY patient LIMIT $3";
const RESEAL_NUMBER: &str = "UPDATE booking_patients SET insurance_number = $3
    WHERE organisation = $1 AND patient = $2 AND insurance_number = $4";

macro_rules! count {
    ($table:literal, $column:literal) => {
        concat!(
            "SELECT COUNT(*) FROM ",
            $table,
            " WHERE organisation = $1 AND substr(",
            $column,
            ", 2, 12) = $2"
        )
    };
}

const COUNT_DETAILS: &str = count!("appointments", "details");
const COUNT_REASONS: &str = count!("appointments", "cancel_reason");
const COUNT_EMAILS: &str = count!("asap_subscriptions", "email");
const COUNT_NUMBERS: &str = count!("booking_patients", "insurance_number");

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[
    EMAILS,
    RESEAL_EMAIL,
    NUMBERS,
    RESEAL_NUMBER,
    COUNT_DETAILS,
    COUNT_REASONS,
    COUNT_EMAILS,
    COUNT_NUMBERS,
];

/// How far a walk through an organisation's bookings has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// Of its appointments, up to this one.
    Appointments(AppointmentId),
    /// Of its waiting list, up to this subscription.
    Subscriptions(SubscriptionId),
    /// Of what is known of its patients, up to this one.
    Patients(PersonId),
}

impl Reached {
    /// Nothing yet.
    pub const NOTHING: Self = Self::Appointments(AppointmentId::from_bytes([0; 12]));
}

/// Looks at some rows from where a walk has come to, and seals anew what an older key sealed: the changes, how many values
/// were under an older key, and where the next look begins. It only reads; the changes are for a transaction that follows.
///
/// # Errors
/// As [`Tx::all`].
pub async fn reseal_some(
    tx: &Tx,
    organisation: OrganisationId,
    ring: &KeyRing,
    from: Reached,
) -> Result<((Vec<Statement>, usize), Option<Reached>)> {
    let mut resealing = Resealing::new(ring);
    let further =
        match from {
            Reached::Appointments(after) => {
                let last = at_appointments(tx, organisation, &mut resealing, after).await?;
                Some(last.map_or(
                    Reached::Subscriptions(SubscriptionId::from_bytes([0; 12])),
                    Reached::Appointments,
                ))
            }
            Reached::Subscriptions(after) => {
                let last = at_subscriptions(tx, organisation, &mut resealing, after).await?;
                Some(last.map_or(Reached::Patients(PersonId::from_bytes([0; 12])), Reached::Subscriptions))
            }
            Reached::Patients(after) => {
                at_patients(tx, organisation, &mut resealing, after).await?.map(Reached::Patients)
            }
        };
    Ok((resealing.finish(), further))
}

async fn at_appointments(
    tx: &Tx,
    organisation: OrganisationId,
    resealing: &mut Resealing<'_>,
    after: AppointmentId,
) -> Result<Option<AppointmentId>> {
    let stretch = args![&organisation, &after, ROWS_PER_LOOK];
    let found = tx.all(rows::SEALED_AFTER, &stretch, |row| {
        Ok((row.get::<AppointmentId>(0)?, row.get::<Vec<u8>>(1)?, row.get::<Option<Vec<u8>>>(2)?))
    });
    let found = found.await?;
    for (id, details, reason) in &found {
        resealing.look(details_place(id), details, |new| {
            Statement::new(rows::RESEAL_DETAILS, &args![&organisation, id, new, details])
        });
        if let Some(reason) = reason {
            resealing.look(reason_place(id), reason, |new| {
                Statement::new(rows::RESEAL_REASON, &args![&organisation, id, new, reason])
            });
        }
    }
    Ok(found.last().map(|(id, ..)| *id))
}

async fn at_subscriptions(
    tx: &Tx,
    organisation: OrganisationId,
    resealing: &mut Resealing<'_>,
    after: SubscriptionId,
) -> Result<Option<SubscriptionId>> {
    let found = tx.all(EMAILS, &args![&organisation, &after, ROWS_PER_LOOK], sealed).await?;
    for (id, old) in &found {
        let id: &SubscriptionId = id;
        let place = Place { table: "asap_subscriptions", column: "email", row: id.as_bytes() };
        resealing.look(place, old, |new| Statement::new(RESEAL_EMAIL, &args![&organisation, id, new, old]));
    }
    Ok(found.last().map(|(id, _)| *id))
}

async fn at_patients(
    tx: &Tx,
    organisation: OrganisationId,
    resealing: &mut Resealing<'_>,
    after: PersonId,
) -> Result<Option<PersonId>> {
    let found = tx.all(NUMBERS, &args![&organisation, &after, ROWS_PER_LOOK], sealed).await?;
    for (patient, old) in &found {
        let patient: &PersonId = patient;
        let place = Place { table: "booking_patients", column: "insurance_number", row: patient.as_bytes() };
        resealing
            .look(place, old, |new| Statement::new(RESEAL_NUMBER, &args![&organisation, patient, new, old]));
    }
    Ok(found.last().map(|(patient, _)| *patient))
}

fn sealed<K>(row: &Row<'_>) -> Result<(kernel::Id<K>, Vec<u8>)> {
    Ok((row.get(0)?, row.get(1)?))
}

/// How many values of the organisation's bookings this key sealed.
///
/// # Errors
/// As [`Tx::one`].
pub async fn count_sealed_by(tx: &Tx, organisation: OrganisationId, key: DataKeyId) -> Result<i64> {
    let mut count = 0;
    for sql in [COUNT_DETAILS, COUNT_REASONS, COUNT_EMAILS, COUNT_NUMBERS] {
        count += tx.one(sql, &args![&organisation, &key], |row| row.get::<i64>(0)).await?.unwrap_or_default();
    }
    Ok(count)
}
