//! Sealing at rest, blind indexes, and the keys for both.
//!
//! Always true:
//! - A sealed value opens only in its own place: its table, column and row are bound to it, as are a file's key,
//!   the number of a frame and whether it is the last.
//! - Data keys lie in the database wrapped by a master key, and the master key never lies there.
//! - What an older key sealed stays readable after a rotation. New values take the new key, older ones are sealed
//!   anew by and by, and only a key under which nothing is left can be destroyed.
//! - Keys and plain text are in no `Debug`, no error and no log.

mod associated;
mod aux_id;
mod datakey;
mod faces;
mod keys;
mod master;
mod resealing;
mod ring;
mod rows;
mod search;
mod secrets;
#[cfg(test)]
mod tests;
mod vault;

pub mod files;

pub use aux_id::{AuxDigest, AuxId};
pub use datakey::{DataKeyId, OfDataKey};
pub use faces::FACE_CHARS;
pub use keys::{KeyNote, keys, master_key_of};
pub use master::MasterKeys;
pub use resealing::Resealing;
pub use ring::{KeyRing, Place};
pub use rows::{ALL_SQL, mark_resealed, organisations};
pub use search::SearchKey;
pub use secrets::{Hashing, same, secret, token_hash};
pub use vault::Vault;
