//! Two people who turned out to be one, with their chats and their appointments.

use booking::merging as bookings;
use identity::{By, merges};
use kernel::{Actor, Error, Result};
use messaging::merging;

use store::{STATEMENTS_MAX, Tx};

use crate::House;

pub use messaging::merging::Pair;

/// Merges two people, by an administrator or, when nobody is named, by the operator of the server.
///
/// # Errors
/// As [`merges::merge`], [`merging::merge`] and [`bookings::merge`].
pub async fn merge(house: &House, by: Option<&Actor>, pair: Pair) -> Result<()> {
    let prepared = house.read(pair, |tx, pair| Box::pin(merges::prepare(tx, pair.keep, pair.gone))).await?;
    let merged = house.db.write((by.cloned(), prepared, pair), |tx, (by, prepared, pair)| {
        Box::pin(async move {
            let merged = async {
                let organisations = merges::merge(tx, who(by.as_ref()), prepared).await?;
                merging::merge(tx, by.as_ref(), &organisations, *pair).await?;
                bookings::merge(tx, by.as_ref(), &organisations, booked(*pair)).await
            };
            within_one(tx, merged.await)
        })
    });
    merged.await
}

/// Takes a merge back.
///
/// # Errors
/// As [`merges::undo`].
pub async fn undo(house: &House, by: Option<&Actor>, pair: Pair) -> Result<()> {
    let prepared =
        house.read(pair, |tx, pair| Box::pin(merges::prepare_undo(tx, pair.keep, pair.gone))).await?;
    let undone = house.db.write((by.cloned(), prepared, pair), |tx, (by, prepared, pair)| {
        Box::pin(async move {
            let undone = async {
                let organisations = merges::undo(tx, who(by.as_ref()), prepared).await?;
                merging::undo(tx, by.as_ref(), &organisations, *pair).await?;
                bookings::undo(tx, by.as_ref(), &organisations, booked(*pair)).await
            };
            within_one(tx, undone.await)
        })
    });
    undone.await
}

/// Two who are at several limits at once may be more than one transaction holds: then they stay two.
fn within_one(tx: &Tx, done: Result<()>) -> Result<()> {
    let too_large = Error::too_large("statements_of_a_merge", STATEMENTS_MAX.into());
    done.map_err(|error| if tx.has_overrun() { too_large } else { error })
}

const fn booked(pair: Pair) -> bookings::Pair {
    bookings::Pair { keep: pair.keep, gone: pair.gone }
}

fn who(by: Option<&Actor>) -> By<'_> {
    by.map_or(By::Operator, By::Actor)
}
