//! What can be booked.

pub(crate) mod rows;

use kernel::{AppointmentTypeId, CategoryId, Error, InsuranceId, Kind, OrganisationId, ResourceId, Result};
use store::{Arg, Tx, args};

use super::categories::{self, each_once, unknown_insurance};
use super::numbers::{self, Numbered};
use super::{Author, check, freeing, line};
use crate::model::{AppointmentType, Asap, Number, Strategy, Window};

/// A type to add, or what an existing one is to be.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is as in AppointmentType")]
pub struct NewType {
    /// What portals know it by; the next one when it is not said.
    pub number: Option<Number>,
    pub category: CategoryId,
    pub name: String,
    pub description: Option<String>,
    pub duration: i64,
    pub buffers: (i64, i64),
    pub grid: i64,
    pub notice: i64,
    pub horizon: i64,
    pub cancel: i64,
    pub reschedule: i64,
    pub reschedules_max: Option<i64>,
    pub capacity: i64,
    pub is_video: bool,
    pub needs_confirmation: bool,
    pub requires_account: bool,
    pub needs_attendant: bool,
    pub comment_form: Option<String>,
    pub windows: Vec<Window>,
    pub insurances: Vec<InsuranceId>,
    pub parts: Vec<Vec<ResourceId>>,
    pub asap: Asap,
}

impl NewType {
    /// A type of this name that takes so many minutes of one of these resources: every `duration` minutes, from two hours
    /// to 60 days ahead, to be cancelled and moved until a day before, without buffers and without a waiting list.
    #[must_use]
    pub fn named(category: CategoryId, name: &str, duration: i64, one_of: Vec<ResourceId>) -> Self {
        Self {
            number: None,
            category,
            name: name.to_owned(),
            description: None,
            duration,
            buffers: (0, 0),
            grid: duration,
            notice: 120,
            horizon: 60,
            cancel: 24 * 60,
            reschedule: 24 * 60,
            reschedules_max: None,
            capacity: 1,
            is_video: false,
            needs_confirmation: false,
            requires_account: true,
            needs_attendant: true,
            comment_form: None,
            windows: Vec::new(),
            insurances: Vec::new(),
            parts: vec![one_of],
            asap: Asap { enabled: false, strategy: Strategy::Broadcast, hold: 60, debounce: 3, stays: true },
        }
    }
}

/// Adds a type.
///
/// # Errors
/// [`kernel::Error::Invalid`] with the field that does not fit; [`kernel::Error::Conflict`] for a number that is taken;
/// [`kernel::Error::NotFound`] for a category that does not stand.
pub async fn add(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    new: &NewType,
) -> Result<AppointmentTypeId> {
    check::appointment_type(new)?;
    categories::standing(tx, organisation, new.category).await?;
    let id: AppointmentTypeId = tx.new_id();
    line::changing(tx, author, organisation, id.as_bytes(), "appointment type added").await?;
    let number = numbers::given(tx, organisation, Numbered::Type, new.number).await?;
    let mut values = args![&id, &organisation, number, &new.category].to_vec();
    values.extend(values_of(new));
    tx.run(rows::INSERT, &values).await?;
    name_all(tx, organisation, id, new.category, new).await?;
    Ok(id)
}

/// Makes a type so; its number and its category stay. What was booked keeps its times.
///
/// # Errors
/// As [`add`]; [`kernel::Error::NotFound`] when there is none that stands.
pub async fn change(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: AppointmentTypeId,
    new: &NewType,
) -> Result<()> {
    check::appointment_type(new)?;
    let category = standing(tx, organisation, id).await?;
    line::changing(tx, author, organisation, id.as_bytes(), "appointment type changed").await?;
    let mut values = args![&organisation, &id].to_vec();
    values.extend(values_of(new));
    tx.run(rows::CHANGE, &values).await?;
    for sql in [rows::FORGET_WINDOWS, rows::FORGET_INSURANCES, rows::FORGET_PARTS] {
        tx.run(sql, &args![&organisation, &id]).await?;
    }
    name_all(tx, organisation, id, category, new).await?;
    if !new.asap.enabled {
        return Ok(());
    }
    // A shorter one fits where it did not, and so may one with other windows: those who wait are looked at again.
    freeing::resources(tx, organisation, &new.parts[0], None).await
}

/// Ends a type: nothing new is booked; what was booked stays.
///
/// # Errors
/// [`kernel::Error::NotFound`] when there is none that stands.
pub async fn end(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: AppointmentTypeId,
) -> Result<()> {
    standing(tx, organisation, id).await?;
    line::changing(tx, author, organisation, id.as_bytes(), "appointment type ended").await?;
    tx.run(rows::END, &args![&organisation, &id, tx.now_ms()]).await.map(drop)
}

/// The types of a category that have not ended, by number.
///
/// # Errors
/// The store's.
pub async fn list(
    tx: &Tx,
    organisation: OrganisationId,
    category: CategoryId,
) -> Result<Vec<AppointmentType>> {
    let found = tx.all(rows::LIST, &args![&organisation, &category], |row| rows::of_row(row, 0)).await?;
    rows::filled_in(tx, organisation, found).await
}

/// The type of this id, ended ones included.
///
/// # Errors
/// The store's.
pub async fn find(
    tx: &Tx,
    organisation: OrganisationId,
    id: AppointmentTypeId,
) -> Result<Option<AppointmentType>> {
    let found = tx.all(rows::FIND, &args![&organisation, &id], |row| rows::of_row(row, 0)).await?;
    Ok(rows::filled_in(tx, organisation, found).await?.pop())
}

/// The type of this number that has not ended.
///
/// # Errors
/// The store's.
pub async fn find_numbered(
    tx: &Tx,
    organisation: OrganisationId,
    number: Number,
) -> Result<Option<AppointmentType>> {
    let found =
        tx.all(rows::FIND_NUMBERED, &args![&organisation, number], |row| rows::of_row(row, 0)).await?;
    Ok(rows::filled_in(tx, organisation, found).await?.pop())
}

/// The types with a waiting list that need this resource.
///
/// # Errors
/// The store's.
pub async fn with_waiting_list(
    tx: &Tx,
    organisation: OrganisationId,
    resource: ResourceId,
) -> Result<Vec<AppointmentTypeId>> {
    tx.all(rows::WITH_WAITING_LIST, &args![&organisation, &resource], |row| row.get(0)).await
}

/// The category of a type that stands.
async fn standing(tx: &Tx, organisation: OrganisationId, id: AppointmentTypeId) -> Result<CategoryId> {
    let category = tx.one(rows::STANDS, &args![&organisation, &id], |row| row.get(0)).await?;
    category.ok_or(Error::not_found(Kind::AppointmentType))
}

/// The values of a type that may be changed, in the order of its columns.
fn values_of(new: &NewType) -> [Arg<'_>; 22] {
    args![
        new.name.trim(),
        new.description.as_ref(),
        new.duration,
        new.buffers.0,
        new.buffers.1,
        new.grid,
        new.notice,
        new.horizon,
        new.cancel,
        new.reschedule,
        new.reschedules_max,
        new.capacity,
        new.is_video,
        new.needs_confirmation,
        new.requires_account,
        new.needs_attendant,
        new.comment_form.as_ref(),
        new.asap.enabled,
        new.asap.strategy.name(),
        new.asap.hold,
        new.asap.debounce,
        new.asap.stays,
    ]
}

/// Names its windows, whom it is for and what it needs, all of the place of its category.
async fn name_all(
    tx: &Tx,
    organisation: OrganisationId,
    id: AppointmentTypeId,
    category: CategoryId,
    new: &NewType,
) -> Result<()> {
    for window in &new.windows {
        let (weekday, from, until) = (window.weekday.into(), window.from.into(), window.until.into());
        let minutes: [i64; 3] = [weekday, from, until];
        let values = args![&organisation, &id, minutes[0], minutes[1], minutes[2]];
        tx.run(rows::NAME_WINDOW, &values).await?;
    }
    let insurances = each_once(&new.insurances);
    let touched = tx.run_of(rows::NAME_INSURANCES, &insurances, &args![&organisation, &id]).await?;
    if touched != insurances.len() as u64 {
        return Err(unknown_insurance());
    }
    for (part, resources) in (0_i64..).zip(&new.parts) {
        let mut resources = resources.clone();
        resources.sort_unstable();
        resources.dedup();
        let of_part = args![&organisation, &id, part, &category];
        if tx.run_of(rows::NAME_PART, &resources, &of_part).await? != resources.len() as u64 {
            let why = "What a type needs is a resource of the place of its category.";
            return Err(Error::invalid("parts", "resource_unknown", why));
        }
    }
    Ok(())
}
