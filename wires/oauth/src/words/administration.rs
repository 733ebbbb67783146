//! The words of the pages of administrators, in each language.

mod applications;
mod desk;
mod organisation;
mod people;
mod person;

pub(crate) use applications::{Applications, applications};
pub(crate) use desk::{Desk, desk};
pub(crate) use organisation::{Organisation, organisation};
pub(crate) use people::{People, people};
pub(crate) use person::{Person, person};
