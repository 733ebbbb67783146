//! The names of the waiting list's figures.

use booking::asap::Figures as Known;
use serde::Serialize;
use utoipa::ToSchema;

/// What the waiting list did in a stretch of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Figures {
    /// Appointments that were cancelled or moved away from.
    pub freed: i64,
    /// Times of those that somebody was told of.
    pub offered: i64,
    /// Letters that told them.
    pub letters: i64,
    /// Answered with yes.
    pub accepted: i64,
    /// Answered with no.
    pub declined: i64,
    /// Answered with yes when somebody else was first.
    pub lost: i64,
    /// Minutes of appointments that were filled so.
    pub minutes_filled: i64,
    /// Of a hundred times that somebody was told of, so many were filled; null when there were none.
    pub fill_rate: Option<i64>,
    /// Appointments that wait for an earlier time now.
    pub waiting: i64,
}

impl From<&Known> for Figures {
    fn from(known: &Known) -> Self {
        Self {
            freed: known.freed,
            offered: known.offered,
            letters: known.letters,
            accepted: known.accepted,
            declined: known.declined,
            lost: known.lost,
            minutes_filled: known.minutes_filled,
            fill_rate: known.fill_rate(),
            waiting: known.waiting,
        }
    }
}
