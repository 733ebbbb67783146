//! Two people who turned out to be one, with their chats and their appointments.

use booking::merging as bookings;
use identity::{By, merges};
use kernel::{Actor, Result};
use messaging::merging;

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
            let organisations = merges::merge(tx, who(by.as_ref()), prepared).await?;
            merging::merge(tx, by.as_ref(), &organisations, *pair).await?;
            bookings::merge(tx, by.as_ref(), &organisations, booked(*pair)).await
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
            let organisations = merges::undo(tx, who(by.as_ref()), prepared).await?;
            merging::undo(tx, by.as_ref(), &organisations, *pair).await?;
            bookings::undo(tx, by.as_ref(), &organisations, booked(*pair)).await
        })
    });
    undone.await
}

const fn booked(pair: Pair) -> bookings::Pair {
    bookings::Pair { keep: pair.keep, gone: pair.gone }
}

fn who(by: Option<&Actor>) -> By<'_> {
    by.map_or(By::Operator, By::Actor)
}
