//! Mail: letters on their way out, what comes back, and what a letter may say.

pub mod account;
pub mod bounced;
pub mod inbox;
pub mod links;
pub mod notices;
mod send;
pub mod told;
mod words;

pub use send::hasten;
pub(crate) use send::send;
