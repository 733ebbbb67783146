//! Who plays in the tests: a ward with its server, its people, and the clients that they use.

mod client;
mod people;
mod ward;

pub use client::{Answer, Kpn};
pub use people::{Organisation, Somebody};
pub use ward::Ward;
