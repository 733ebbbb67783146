//! How well the waiting list fills what is given up.

use kernel::{OrganisationId, Result};
use store::{Tx, args};

use super::offers::OfferState;
use crate::rows::asap as rows;

/// What the waiting list did in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Appointments that were cancelled or moved away from.
    pub freed: i64,
    /// Times that anybody was told of.
    pub offered: i64,
    /// Letters that told them.
    pub letters: i64,
    /// Times that somebody took up.
    pub taken_up: i64,
    /// Of the letters, answered with yes.
    pub accepted: i64,
    /// Answered with no.
    pub declined: i64,
    /// Answered with yes, when somebody else was first.
    pub lost: i64,
    /// Minutes of appointments that were filled so.
    pub minutes_filled: i64,
    /// How many wait now.
    pub waiting: i64,
}

impl Figures {
    /// Of a hundred times that anybody was told of, so many were filled; `None` when there were none.
    #[must_use]
    pub const fn fill_rate(&self) -> Option<i64> {
        if self.offered == 0 { None } else { Some(self.taken_up * 100 / self.offered) }
    }
}

/// What it did between these instants, the second not included.
///
/// # Errors
/// The store's.
pub async fn figures(tx: &Tx, organisation: OrganisationId, from_ms: i64, until_ms: i64) -> Result<Figures> {
    let within = args![&organisation, from_ms, until_ms];
    let pair = |row: &store::Row<'_>| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?));
    let states = tx.all(rows::COUNT_LETTERS, &within, |row| {
        Ok((OfferState::named(&row.get::<String>(0)?)?, row.get::<i64>(1)?))
    });
    let states = states.await?;
    let of = |wanted| states.iter().filter(|(state, _)| *state == wanted).map(|(_, count)| count).sum();
    let filled = tx.all(rows::COUNT_FILLED, &within, pair).await?;
    let count = async |sql, asked: &[store::Arg<'_>]| -> Result<i64> {
        Ok(tx.one(sql, asked, |row| row.get::<i64>(0)).await?.unwrap_or_default())
    };
    Ok(Figures {
        freed: count(rows::COUNT_FREED, &within).await?,
        offered: count(rows::COUNT_OFFERED, &within).await?,
        taken_up: count(rows::COUNT_TAKEN_UP, &within).await?,
        letters: states.iter().map(|(_, count)| count).sum(),
        accepted: of(OfferState::Accepted),
        declined: of(OfferState::Declined),
        lost: of(OfferState::Taken),
        minutes_filled: filled.iter().map(|(length_ms, count)| length_ms / 60_000 * count).sum(),
        waiting: count(rows::COUNT_WAITING, &args![&organisation, tx.now_ms()]).await?,
    })
}
