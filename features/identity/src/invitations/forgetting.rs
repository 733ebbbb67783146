//! Who was asked in by a letter and never came is forgotten some weeks after their last link ended.

use audit::{Deed, Line};
use kernel::{Event, InvitationId, OrganisationId, PersonId, Result, Role};
use store::{Row, Tx, args};
use vault::Vault;

use super::DAY_MS;
use crate::persons::name_place;
use crate::rows::invitations as rows;
use crate::rows::memberships;

/// How long after the end of their last link: eight weeks, within which they may be asked in again as the same person.
const KEPT_MS: i64 = 56 * DAY_MS;

/// Somebody who never came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Which invitation they did not accept.
    pub invitation: InvitationId,
    /// Where they were asked in.
    pub organisation: OrganisationId,
    /// Under which id they wait.
    pub person: PersonId,
}

/// Nothing, sealed in the place of somebody's names.
#[derive(Clone, Debug)]
pub struct NoNames {
    pub(super) first: Vec<u8>,
    pub(super) last: Vec<u8>,
}

impl NoNames {
    /// Seals it for a person.
    #[must_use]
    pub fn of(vault: &Vault, person: PersonId) -> Self {
        let nothing = |column| vault.house().seal(name_place(column, &person), b"");
        Self { first: nothing("first_name"), last: nothing("last_name") }
    }
}

/// Some who never came and whose time is over, behind this invitation in the order of their ids.
///
/// # Errors
/// The store's.
pub async fn unanswered(tx: &Tx, after: InvitationId, most: i64) -> Result<Vec<Unanswered>> {
    let read = |row: &Row<'_>| {
        Ok(Unanswered { invitation: row.get(0)?, organisation: row.get(1)?, person: row.get(2)? })
    };
    tx.all(rows::UNANSWERED, &args![tx.now_ms() - KEPT_MS, &after, most], read).await
}

/// Ends an invitation that nobody answered, and with it the place of who waited; of them an id is left. Whether it was
/// still unanswered. The caller has taken turns, as [`take_turns`](super::take_turns), and looked whether anybody writes
/// to them.
///
/// # Errors
/// The store's.
pub async fn forget(tx: &Tx, who: &Unanswered, names: &NoNames) -> Result<bool> {
    let (organisation, person, now) = (&who.organisation, &who.person, tx.now_ms());
    let values = args![organisation, &who.invitation, now, now - KEPT_MS];
    if tx.run(rows::END_UNANSWERED, &values).await? == 0 {
        return Ok(false);
    }
    let role = |row: &Row<'_>| memberships::role(&row.get::<String>(0)?);
    let left = tx.all(rows::LEAVE_WAITING, &args![organisation, person, now], role).await?;
    if !left.is_empty() {
        tx.run(rows::LEAVE_TEAMS, &args![organisation, person]).await?;
        tx.run(rows::FORGET_AUX_IDS, &args![organisation, person]).await?;
        tx.run(rows::FORGET_IDENTIFIERS, &args![person]).await?;
        tx.run(rows::ERASE, &args![person, &names.first, &names.last, now]).await?;
        crate::names::forget_in(tx, *organisation, &[*person]).await?;
        tx.emit(Event::PersonChanged { person: *person });
    }
    let line = Line::without_actor(*organisation, Deed::Administration).object(person.as_bytes());
    let line = line.about(left.contains(&Role::Patient).then_some(*person));
    audit::write(tx, line.because("invitation never answered")).await?;
    Ok(true)
}
