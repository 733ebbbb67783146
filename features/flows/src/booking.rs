//! Booking, with what it needs of people: who acts for whom, what is known of them, and whom to tell.

mod changing;
mod known;
mod offering;
mod showing;
mod stretch;
mod upkeep;

use identity::mandates;
use kernel::{Actor, Error, Kind, PersonId, Result};

use crate::House;

pub use changing::{Request, book, cancel, reschedule, retried};
pub(crate) use known::born_on;
pub use offering::{Offered, Offering, Wanted, availabilities, days, earlier, times_to_move};
pub use showing::{Shown, appointment, appointments};
pub use stretch::{Days, When};
pub use upkeep::{keep_up, release_expired, resettle};

/// The actor in the stead of a relative whom they have a mandate for.
///
/// # Errors
/// [`Error::NotFound`] without a mandate; [`Error::NotAllowed`] with `mandate_without_booking` when they want to book and it
/// does not let them.
pub async fn in_stead_of(house: &House, actor: &Actor, relative: PersonId, to_book: bool) -> Result<Actor> {
    let input = (actor.organisation, actor.person);
    let mandates = house
        .read(input, |tx, (organisation, proxy)| Box::pin(mandates::of_proxy(tx, *organisation, *proxy)));
    let theirs: Vec<_> = mandates.await?.into_iter().filter(|mandate| mandate.patient == relative).collect();
    if theirs.is_empty() {
        return Err(Error::not_found(Kind::Person));
    }
    if to_book && !theirs.iter().any(|mandate| mandate.may_book) {
        let why = "You may see their appointments, and not book, move or cancel them.";
        return Err(Error::not_allowed("mandate_without_booking", why));
    }
    Ok(Actor { acting_for: Some(relative), ..actor.clone() })
}
