//! What can be booked.

use kernel::{AppointmentTypeId, CategoryId, InsuranceId, OrganisationId, ResourceId, Result};
use store::Tx;

use super::Author;
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
/// [`kernel::Error::Invalid`] with the field that does not fit.
pub async fn add(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    new: &NewType,
) -> Result<AppointmentTypeId> {
    todo!()
}

/// Makes a type so; its number and its category stay. What was booked keeps its times.
pub async fn change(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: AppointmentTypeId,
    new: &NewType,
) -> Result<()> {
    todo!()
}

/// Ends a type: nothing new is booked; what was booked stays.
pub async fn end(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    id: AppointmentTypeId,
) -> Result<()> {
    todo!()
}

/// The types of a category that have not ended, by number.
pub async fn list(
    tx: &Tx,
    organisation: OrganisationId,
    category: CategoryId,
) -> Result<Vec<AppointmentType>> {
    todo!()
}

/// The type of this id, ended ones included.
pub async fn find(
    tx: &Tx,
    organisation: OrganisationId,
    id: AppointmentTypeId,
) -> Result<Option<AppointmentType>> {
    todo!()
}

/// The type of this number that has not ended.
pub async fn find_numbered(
    tx: &Tx,
    organisation: OrganisationId,
    number: Number,
) -> Result<Option<AppointmentType>> {
    todo!()
}

/// The types with a waiting list that need this resource.
pub async fn with_waiting_list(
    tx: &Tx,
    organisation: OrganisationId,
    resource: ResourceId,
) -> Result<Vec<AppointmentTypeId>> {
    todo!()
}
