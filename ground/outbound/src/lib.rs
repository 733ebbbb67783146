//! What leaves the house: mail and SMS, and files on their way to the virus scanner of the operator.
//!
//! Always true:
//! - A letter is a row in the transaction of its cause; sending it is a job after the commit.
//! - Addresses and texts are sealed before they reach a transaction.
//! - A letter tells no content of a chat, and no name of a patient, to whoever else sees the screen it arrives on.
//! - A mail server is spoken to by TLS, unless it is on this machine or the operator says otherwise; what it says is
//!   never logged, since it repeats addresses.

pub mod bounces;
pub mod clamd;
pub mod letters;
pub mod mailer;
mod message;
mod rows;
mod server;
#[cfg(test)]
mod tests;

pub use mailer::{Delivery, MailSettings, Mailer};
pub use server::ON_ITS_WAY;

/// Every statement of this crate, so that a test can prepare each on both engines.
pub const ALL_SQL: &[&[&str]] = &[rows::ALL_SQL];
