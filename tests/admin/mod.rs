//! Administration: the API of administrators, and the pages of those who develop applications.

mod approving;
mod clients;
pub mod desk;
pub mod developers;
mod ledger;
mod merging;
mod organisation;
mod people;
mod standing;
mod wishes;
