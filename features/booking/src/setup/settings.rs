//! What holds for all calendars of an organisation.

use kernel::{Error, OrganisationId, Result};
use store::{Tx, args};

use super::{Author, line};
use crate::turns;

const OF: &str = "
    SELECT patients_may_overlap, downtime_since_ms, revision FROM booking_settings WHERE organisation = $1";
const SET_OVERLAP: &str = "
    INSERT INTO booking_settings (organisation, patients_may_overlap, revision) VALUES ($1, $2, 0)
    ON CONFLICT (organisation) DO UPDATE SET patients_may_overlap = excluded.patients_may_overlap";
const SET_DOWNTIME: &str = "
    INSERT INTO booking_settings (organisation, patients_may_overlap, downtime_since_ms, revision)
    VALUES ($1, FALSE, $2, 0)
    ON CONFLICT (organisation) DO UPDATE SET downtime_since_ms = excluded.downtime_since_ms";
const RAISE: &str = "
    INSERT INTO booking_settings (organisation, patients_may_overlap, revision) VALUES ($1, FALSE, 1)
    ON CONFLICT (organisation) DO UPDATE SET revision = booking_settings.revision + 1";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[OF, SET_OVERLAP, SET_DOWNTIME, RAISE];

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
///
/// # Errors
/// The store's.
pub async fn of(tx: &Tx, organisation: OrganisationId) -> Result<Settings> {
    let of = args![&organisation];
    let found = tx.one(OF, &of, |row| {
        Ok(Settings {
            patients_may_overlap: row.get(0)?,
            downtime_since_ms: row.get(1)?,
            revision: row.get(2)?,
        })
    });
    Ok(found.await?.unwrap_or_default())
}

/// Chooses whether a patient may have two appointments at the same time.
///
/// # Errors
/// [`kernel::Error::Precondition`] with the code `downtime`.
pub async fn let_patients_overlap(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    may: bool,
) -> Result<()> {
    let what = if may { "patients may overlap" } else { "patients may not overlap" };
    line::changing(tx, author, organisation, organisation.as_bytes(), what).await?;
    tx.run(SET_OVERLAP, &args![&organisation, may]).await.map(drop)
}

/// The practice works on paper from now on: everything can be read and nothing changed, so that the printed list stays
/// true. Or it is over. Where it is so already, nothing happens. Whatever is being changed is waited for.
///
/// # Errors
/// The store's.
pub async fn set_downtime(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    is_down: bool,
) -> Result<()> {
    turns::of_downtime(tx, organisation).await?;
    if of(tx, organisation).await?.downtime_since_ms.is_some() == is_down {
        return Ok(());
    }
    tx.run(SET_DOWNTIME, &args![&organisation, is_down.then(|| tx.now_ms())]).await?;
    let what = if is_down { "downtime began" } else { "downtime ended" };
    line::of_practice(tx, author, organisation, what).await
}

/// Passes when the practice does not work on paper. Who changes something keeps it so until that is done: what was let
/// through is on the list that is printed.
///
/// # Errors
/// [`kernel::Error::Precondition`] with the code `downtime`.
pub async fn must_be_up(tx: &Tx, organisation: OrganisationId) -> Result<()> {
    if tx.is_writing() {
        turns::while_up(tx, organisation).await?;
    }
    if of(tx, organisation).await?.downtime_since_ms.is_none() {
        return Ok(());
    }
    let why = "The practice works on paper now: everything can be read, and nothing changed.";
    Err(Error::precondition("downtime", why))
}

/// Raises the revision: what can be booked has changed.
pub(crate) async fn note_change(tx: &Tx, organisation: OrganisationId) -> Result<()> {
    tx.run(RAISE, &args![&organisation]).await.map(drop)
}
