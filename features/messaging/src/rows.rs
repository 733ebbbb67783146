//! The SQL of this crate, and what its rows become. Nothing here asks who may: see [`crate::access`].

pub(crate) mod chats;
pub(crate) mod files;
pub(crate) mod members;
pub(crate) mod messages;

/// Every statement of this crate, for the test that prepares each on both engines.
pub const ALL_SQL: &[&[&str]] = &[chats::ALL_SQL, members::ALL_SQL, messages::ALL_SQL, files::ALL_SQL];
