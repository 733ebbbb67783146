//! What a practice sets up: where and when somebody can come, and for what.
//!
//! Callers have seen to it that the author may (docs/access.md). Each change leaves a line, raises the revision, and
//! frees what it makes free ([`crate::freed`]).

mod check;
pub(crate) mod freeing;
mod line;
pub(crate) mod numbers;

pub mod absences;
pub mod categories;
pub mod institutions;
pub mod insurances;
pub mod patients;
pub mod resources;
pub mod settings;
pub mod types;

use kernel::Actor;

/// Who changes something: an operator of the server, or somebody of the practice.
#[derive(Clone, Copy, Debug)]
pub enum Author<'a> {
    /// By a command on the server.
    Operator,
    /// Through an API or a page.
    Staff(&'a Actor),
}
