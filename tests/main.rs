//! The whole house from outside: through its wires, by named people on a ward, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that finds nothing where something must be has failed")]

mod admin;
mod booking;
mod cast;
mod demo;
mod desk;
mod durability;
mod kpn;
mod ledger;
mod limits;
mod mail;
mod oauth;
mod portal;
mod secrecy;
mod waiting;
