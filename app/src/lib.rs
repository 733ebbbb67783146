//! The bedside server and its commands.
//!
//! A test opens a house with [`house::open`], by its own clock and chance, and asks [`house::router`] in its own
//! process. [`admin::run`] does what an operator may do, and [`demo::furnish`] makes the demo clinic.

pub mod admin;
pub mod cli;
pub mod config;
pub mod demo;
pub mod generate;
pub mod house;
mod logging;
pub mod serve;
