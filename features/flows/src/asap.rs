//! The waiting list: finding people for what became free, and writing to them.

use kernel::{Actor, AppointmentId, Result};

use crate::House;

/// Puts an appointment on the list of who would come earlier. Another address than the verified one of the account is asked
/// by letter first.
///
/// # Errors
/// As [`booking::asap::subscribe`].
pub async fn subscribe(house: &House, actor: &Actor, id: AppointmentId, email: &str) -> Result<()> {
    todo!()
}

/// Takes it off the list.
///
/// # Errors
/// As [`booking::asap::leave`].
pub async fn leave(house: &House, actor: &Actor, id: AppointmentId) -> Result<()> {
    todo!()
}
