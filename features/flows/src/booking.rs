//! Booking, with what it needs of people: who acts for whom, what is known of them, and whom to tell.

mod changing;
mod known;
mod offering;
mod queue;
mod showing;
mod stretch;
mod upkeep;

use identity::mandates;
use kernel::{Actor, Error, Kind, PersonId, Result};
use store::Tx;

use crate::House;

pub use changing::{Request, book, cancel, reschedule, retried};
pub(crate) use known::born_on;
pub use offering::{Offered, Offering, Wanted, availabilities, days, earlier, times_to_move};
pub(crate) use queue::Queue;
pub use showing::{Shown, appointment, appointments};
pub use stretch::{Days, When};
pub use upkeep::{keep_up, release_expired, resettle};

/// The actor in the stead of a relative whom they have a mandate for.
///
/// # Errors
/// [`Error::NotFound`] without a mandate; [`Error::NotAllowed`] with `mandate_without_booking` when they want to book and it
/// does not let them.
pub async fn in_stead_of(house: &House, actor: &Actor, relative: PersonId, to_book: bool) -> Result<Actor> {
    let acting = Actor { acting_for: Some(relative), ..actor.clone() };
    let input = (acting.clone(), to_book);
    house.read(input, |tx, (acting, to_book)| Box::pin(must_act(tx, acting, *to_book))).await?;
    Ok(acting)
}

/// Passes for who speaks for themselves, or has a mandate that lets them book for whom they act for. A change asks in its
/// own transaction, last, since a mandate may have ended while it waited.
///
/// # Errors
/// As [`in_stead_of`].
pub(crate) async fn must_act_still(tx: &Tx, actor: &Actor) -> Result<()> {
    must_act(tx, actor, true).await
}

async fn must_act(tx: &Tx, actor: &Actor, to_book: bool) -> Result<()> {
    let Some(patient) = actor.acting_for else { return Ok(()) };
    let mut mandates = mandates::of_proxy(tx, actor.organisation, actor.person).await?;
    mandates.retain(|mandate| mandate.patient == patient);
    if mandates.is_empty() {
        return Err(Error::not_found(Kind::Person));
    }
    if to_book && !mandates.iter().any(|mandate| mandate.may_book) {
        let why = "You may see their appointments, and not book, move or cancel them.";
        return Err(Error::not_allowed("mandate_without_booking", why));
    }
    Ok(())
}
