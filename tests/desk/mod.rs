//! The API of a practice's desk.

mod calendars;
mod ledger;
pub mod program;
