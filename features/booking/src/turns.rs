//! Who changes what is taken waits for whoever does so with the same patient or the same resources: otherwise two who want
//! one time would each wait for the other's rows, and PostgreSQL would end one of them after a second. It also keeps what
//! was read of them true until it is written.
//!
//! The order is: the patient, then that the practice is up ([`crate::setup::settings::must_be_up`]), then in one go all
//! resources that may be taken or given back. What a transaction has it gets again at once.

use std::collections::BTreeSet;

use kernel::{AppointmentId, AppointmentTypeId, HoldId, OrganisationId, PersonId, ResourceId, Result};
use store::{Row, Tx, args, in_list};

use crate::asap;
use crate::model::Appointment;
use crate::rows::{appointments as rows, occupancy};

/// All that an appointment of this type may be with.
const OF_TYPE: &str =
    "SELECT DISTINCT resource FROM type_resources WHERE organisation = $1 AND type = $2 ORDER BY resource";
const OF_HOLDS: &str = concat!(
    "SELECT DISTINCT taken FROM occupancy WHERE organisation = $65 AND hold IN ",
    in_list!(),
    " ORDER BY taken"
);

const TYPE_OF_HOLD: &str = "SELECT type FROM holds WHERE organisation = $1 AND id = $2";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[OF_TYPE, OF_HOLDS, TYPE_OF_HOLD];

/// Waits for others who change appointments of this patient.
pub(crate) async fn of_patient(tx: &Tx, patient: PersonId) -> Result<()> {
    of_patients(tx, &[patient]).await
}

/// The same for several.
pub(crate) async fn of_patients(tx: &Tx, patients: &[PersonId]) -> Result<()> {
    tx.lock_each(patients.iter().map(|patient| format!("booking of {}", patient.hex())).collect()).await
}

/// Waits for others who change appointments of whose these are, and reads them as they stand then, in this order. Whose they
/// are may turn out meanwhile to be somebody else, who is waited for as well, though in no order of both: where somebody who
/// has that turn wants the other one, PostgreSQL ends one of the two, which is done again.
pub(crate) async fn of_whose(
    tx: &Tx,
    organisation: OrganisationId,
    ids: &[AppointmentId],
) -> Result<Vec<Appointment>> {
    let mut waited_for = BTreeSet::new();
    loop {
        let mut found = tx.all_of(rows::ALL_OF, ids, &args![&organisation], rows::appointment).await?;
        let theirs: BTreeSet<PersonId> = found.iter().map(|one| one.patient).collect();
        if theirs.is_subset(&waited_for) {
            found.sort_by_key(|one| ids.iter().position(|id| *id == one.id));
            return Ok(found);
        }
        of_patients(tx, &Vec::from_iter(theirs.iter().copied())).await?;
        waited_for.extend(theirs);
    }
}

/// Waits for others who take one of these, or give it back.
pub(crate) async fn of_resources(tx: &Tx, resources: &[ResourceId]) -> Result<()> {
    tx.lock_each(resources.iter().map(|resource| format!("booking with {}", resource.hex())).collect()).await
}

/// The same for all that may be chosen for a type, and these besides.
pub(crate) async fn of_type(
    tx: &Tx,
    organisation: OrganisationId,
    kind: AppointmentTypeId,
    besides: &[ResourceId],
) -> Result<()> {
    let mut all = tx.all(OF_TYPE, &args![&organisation, &kind], |row| row.get(0)).await?;
    all.extend_from_slice(besides);
    of_resources(tx, &all).await
}

/// The same for all that an appointment is with, may be moved to, or is kept for it in an offer that ends with it, and these
/// besides.
pub(crate) async fn of_appointment(
    tx: &Tx,
    organisation: OrganisationId,
    appointment: &Appointment,
    besides: &[ResourceId],
) -> Result<()> {
    let mut all = held(tx, organisation, std::slice::from_ref(appointment)).await?;
    let offered = asap::kept_for(tx, organisation, appointment.id).await?;
    all.extend(with_holds(tx, organisation, &offered).await?);
    all.extend_from_slice(besides);
    of_type(tx, organisation, appointment.kind, &all).await
}

/// What these appointments are with.
pub(crate) async fn held(
    tx: &Tx,
    organisation: OrganisationId,
    appointments: &[Appointment],
) -> Result<Vec<ResourceId>> {
    let own = args![&organisation];
    let ids: Vec<_> = appointments.iter().map(|one| one.id).collect();
    let gatherings: Vec<_> = appointments.iter().filter_map(|one| one.gathering).collect();
    let mut all = tx.all_of(occupancy::RESOURCES_OF, &ids, &own, |row| row.get(1)).await?;
    let shared = |row: &Row<'_>| row.get::<ResourceId>(1);
    all.extend(tx.all_of(occupancy::RESOURCES_OF_GATHERINGS, &gatherings, &own, shared).await?);
    Ok(all)
}

/// Waits for others who take what is held.
pub(crate) async fn of_holds(tx: &Tx, organisation: OrganisationId, holds: &[HoldId]) -> Result<()> {
    of_resources(tx, &with_holds(tx, organisation, holds).await?).await
}

/// The same for one that is given up, perhaps to take something else of its type, which only a practice that is up lets.
pub(crate) async fn of_hold(tx: &Tx, organisation: OrganisationId, hold: HoldId) -> Result<()> {
    while_up(tx, organisation).await?;
    let held = with_holds(tx, organisation, &[hold]).await?;
    match tx.one(TYPE_OF_HOLD, &args![&organisation, &hold], |row| row.get(0)).await? {
        Some(kind) => of_type(tx, organisation, kind, &held).await,
        None => Ok(()),
    }
}

/// What these take.
pub(crate) async fn with_holds(
    tx: &Tx,
    organisation: OrganisationId,
    holds: &[HoldId],
) -> Result<Vec<ResourceId>> {
    tx.all_of(OF_HOLDS, holds, &args![&organisation], |row| row.get(0)).await
}

/// Lets this transaction pass with others that change something, and none while the practice goes down or up.
pub(crate) async fn while_up(tx: &Tx, organisation: OrganisationId) -> Result<()> {
    tx.lock_shared(&downtime_of(organisation)).await
}

/// Waits for all who change something there.
pub(crate) async fn of_downtime(tx: &Tx, organisation: OrganisationId) -> Result<()> {
    tx.lock(&downtime_of(organisation)).await
}

fn downtime_of(organisation: OrganisationId) -> String {
    format!("booking on paper of {}", organisation.hex())
}
