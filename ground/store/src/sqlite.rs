//! SQLite: one writing connection, and reading ones.

mod connection;
mod readers;
mod writer;

pub(crate) use connection::Connection;
pub(crate) use readers::Readers;
pub(crate) use writer::{Finished, Verdict, Work, Writer};
