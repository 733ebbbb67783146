//! The API of a practice's desk: what it sets up, what it does with appointments, and who may.

mod appointments;
mod calendars;
mod days;
mod grounds;
mod ledger;
mod practice;
pub mod program;
