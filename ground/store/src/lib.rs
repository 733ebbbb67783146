//! The store: transactions over SQLite or PostgreSQL, durable jobs, and sealed files.
//!
//! A transaction is one async closure over a [`Tx`]. On SQLite one thread owns the one writing connection, runs
//! many closures in one commit, and answers them only after the disk has them. On PostgreSQL a closure runs on a
//! pooled connection of its own.
//!
//! Always true:
//! - Acknowledged means on disk, refused means absent. Only a commit that the engine itself lost is unknown, and
//!   it is answered with [`kernel::Error::Unavailable`].
//! - The SQL is one text for both engines; no other crate knows which engine runs.
//! - A body that fails, panics or waits for something else than its [`Tx`] fails alone; its neighbours are kept.

mod blobs_folder;
mod body;
mod db;
mod list;
mod lock;
mod migrate;
mod overlap;
mod owners_only;
mod postgres;
mod sqlite;
mod statement;
mod tools;
mod turns;
mod tx;
mod value;

pub mod jobs;
pub mod leases;
pub mod scratch;

/// Files as sealed objects under random keys.
pub mod blobs {
    pub use crate::blobs_folder::{BlobReader, BlobWriter, Blobs};
}

pub use db::{Db, Options, Place};
pub use lock::DataLock;
pub use migrate::schema_mark;
pub use overlap::{is_overlap, overlap};
pub use statement::Statement;
pub use tx::{STATEMENTS_MAX, Tx};
pub use value::{Arg, Col, Row};

/// Every statement of this crate, so that a test can prepare each on both engines.
pub const ALL_SQL: &[&[&str]] =
    &[db::ALL_SQL, jobs::ALL_SQL, jobs::upkeep::ALL_SQL, leases::ALL_SQL, migrate::ALL_SQL];
/// What PostgreSQL alone is asked.
pub const POSTGRES_SQL: &[&[&str]] = &[migrate::POSTGRES_SQL, scratch::POSTGRES_SQL, tx::POSTGRES_SQL];

/// The arguments of a statement: `&args![chat, seq, text]`.
#[macro_export]
macro_rules! args {
    ($($arg:expr),* $(,)?) => { [$($crate::Arg::from($arg)),*] };
}
