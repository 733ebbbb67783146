//! The waiting list: finding people for what became free, and writing to them.
//!
//! What became free stands in the database since the transaction that freed it. A job asks the predicate of booking for each
//! who waits, in their order, and leaves offers with their letters. What a letter's link does is in [`answering`].

pub mod answering;
mod calendars;
mod confirming;
mod letters;
mod links;
mod mandates;
mod moments;
mod offering;
mod runs;
mod sending;
mod telling;

use booking::access::{self, Right};
use booking::asap::{self, SealedEmail};
use identity::invitations::Address;
use identity::notices;
use kernel::{Actor, AppointmentId, Error, OrganisationId, PersonId, Result};
use store::Tx;

use crate::House;
use crate::booking::must_act_still;

pub use calendars::event;
pub(crate) use confirming::ask;
pub(crate) use mandates::reads_for;
pub use moments::moment;
pub(crate) use runs::offer;
pub(crate) use sending::{came_back, is_worth_sending, stays_unsent};
pub(crate) use telling::tell;

/// The kind of letters that offer an earlier time.
const OFFER: &str = "asap";
/// The kind of letters that ask whether an address is theirs.
const CONFIRM: &str = "asap_confirm";
/// The kind of letters that say what became of an appointment.
const TOLD: &str = "appointment";
/// Organisations are tidied up one by one, in so many turns at most each.
const TURNS_MAX: usize = 1_000;

/// Puts an appointment on the list of who would come earlier. Another address than the verified one of the account is asked
/// by letter first.
///
/// # Errors
/// As [`booking::asap::subscribe`].
pub async fn subscribe(house: &House, actor: &Actor, id: AppointmentId, email: &str) -> Result<()> {
    let email = seal(house, actor, email).await?;
    let input = (actor.clone(), id, email);
    let subscribed = house.write_booking(actor.organisation, input, |tx, (actor, id, email)| {
        Box::pin(async move {
            let open = access::open(tx, actor, *id, Right::Change).await?;
            asap::subscribe(tx, &open, email).await?;
            must_act_still(tx, actor).await
        })
    });
    subscribed.await
}

/// Whether something was refused because the practice works on paper.
#[must_use]
pub fn is_downtime(error: &Error) -> bool {
    matches!(error, Error::Precondition { why } if why.code == "downtime")
}

/// Takes it off the list.
///
/// # Errors
/// As [`booking::asap::leave`].
pub async fn leave(house: &House, actor: &Actor, id: AppointmentId) -> Result<()> {
    house.vault.ring_of(&house.db, actor.organisation).await?;
    let left = house.write_booking(actor.organisation, (actor.clone(), id), |tx, (actor, id)| {
        Box::pin(async move {
            let open = access::open(tx, actor, *id, Right::Change).await?;
            asap::leave(tx, &open).await?;
            must_act_still(tx, actor).await
        })
    });
    left.await
}

/// Seals an address for who joins the list. It is known to be theirs when it is the verified one of the patient, or of who
/// acts for them.
///
/// # Errors
/// As [`Address::email`].
pub async fn seal(house: &House, actor: &Actor, email: &str) -> Result<SealedEmail> {
    let email = Address::email(email)?;
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let people = [Some(actor.person), actor.acting_for];
    let known = house.db.read(people, |tx, people| Box::pin(known_addresses(tx, *people))).await?;
    let is_known = known.iter().any(|known| known.eq_ignore_ascii_case(email.text()));
    Ok(asap::seal_email(&ring, &house.clock, &house.rng, email.text(), is_known))
}

async fn known_addresses(tx: &Tx, people: [Option<PersonId>; 2]) -> Result<Vec<String>> {
    let mut known = Vec::new();
    for person in people.into_iter().flatten() {
        let address = notices::address(tx, person).await?;
        known.extend(address.filter(|one| one.is_verified && !one.is_undeliverable).map(|one| one.email));
    }
    Ok(known)
}

/// Ends, in each organisation, what of the waiting list came to its end by itself.
///
/// # Errors
/// The store's; the rest follows the next time.
pub async fn tidy_up(house: &House) -> Result<()> {
    let all = house.db.read((), |tx, ()| Box::pin(identity::organisations::list(tx))).await?;
    for organisation in all {
        for _ in 0..TURNS_MAX {
            if !tidy_some(house, organisation.id).await? {
                break;
            }
        }
    }
    Ok(())
}

pub(crate) async fn tidy_some(house: &House, organisation: OrganisationId) -> Result<bool> {
    house.db.write(organisation, |tx, organisation| Box::pin(asap::tidy_up(tx, *organisation))).await
}
