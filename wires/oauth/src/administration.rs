//! What administrators look after in the browser: the people of their organisation, its applications, what it chose for
//! itself, and the keys that sign for all.
//!
//! Always true:
//! - For everybody else none of these pages is there.
//! - What is changed is changed by who proved themselves a moment ago.
//! - No name is in an address; ids are.

pub(crate) mod application;
pub(crate) mod applications;
mod asked;
mod deeds;
mod desk;
pub(crate) mod keys;
pub(crate) mod organisation;
pub(crate) mod overview;
pub(crate) mod people;
pub(crate) mod person;
