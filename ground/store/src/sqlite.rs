//! SQLite: one writing connection, and reading ones.

mod connection;
mod examined;
mod readers;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use connection::Connection;
pub(crate) use examined::examine;
pub(crate) use readers::Readers;
pub(crate) use writer::{QUICK_COMMIT, Writer};
