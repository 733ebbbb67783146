//! Calendars, what can be booked in them and when, appointments, and the waiting list.
//!
//! Always true:
//! - No two appointments take the same resource at the same time, nor the same patient: the database itself refuses it
//!   (`occupancy`), however it is written to. What is put beside another, knowing, stands in a lane of its own.
//! - One predicate, [`calendar::Facts::is_bookable`], says whether a time can be booked. Listing, booking, moving and the
//!   waiting list all ask it, so that what is listed can be booked and what is booked was listed.
//! - Rules are wall-clock in the zone of the institution, and what happens is an instant. Lengths are elapsed minutes.
//! - An appointment keeps its id for life, and its `sequence` rises with each change of its time and with its end.
//! - Whoever asks for somebody else's appointment hears that there is none.
//! - A move is whole or not at all: when the new time is gone, the old one stands.
//! - What was freed is written in the transaction that freed it, so that nobody on the waiting list is forgotten.
//! - Comments, addresses and numbers of patients are sealed with the organisation's key.

pub mod access;
pub mod appointments;
pub mod asap;
pub mod availability;
pub mod calendar;
pub mod catalogue;
mod civil;
pub mod comments;
pub mod desk;
pub mod facts;
pub mod freed;
mod grounds;
pub mod holds;
pub mod kept;
pub mod labels;
mod line;
pub mod merging;
pub mod model;
pub mod reseal;
pub mod rows;
mod seats;
pub mod setup;
pub mod sweeps;
pub mod telling;
mod turns;
pub mod video;

#[cfg(test)]
mod tests;

pub use model::*;
