//! What holds for all calendars of an organisation.

use kernel::{OrganisationId, Result};
use store::Tx;

use super::Author;

/// What holds there; these are the defaults where nothing was chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether a patient may have two appointments at the same time.
    pub patients_may_overlap: bool,
    /// Since when the practice works on paper.
    pub downtime_since_ms: Option<i64>,
    /// Another with each change of what can be booked.
    pub revision: i64,
}

/// What holds in an organisation.
pub async fn of(tx: &Tx, organisation: OrganisationId) -> Result<Settings> {
    todo!()
}

/// Chooses whether a patient may have two appointments at the same time.
pub async fn let_patients_overlap(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    may: bool,
) -> Result<()> {
    todo!()
}

/// The practice works on paper from now on: everything can be read and nothing changed, so that the printed list stays
/// true. Or it is over.
pub async fn set_downtime(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    is_down: bool,
) -> Result<()> {
    todo!()
}

/// Passes when the practice does not work on paper.
///
/// # Errors
/// [`kernel::Error::Precondition`] with the code `downtime`.
pub async fn must_be_up(tx: &Tx, organisation: OrganisationId) -> Result<()> {
    todo!()
}

/// Raises the revision: what can be booked has changed.
pub(crate) async fn note_change(tx: &Tx, organisation: OrganisationId) -> Result<()> {
    todo!()
}
