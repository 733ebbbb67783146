//! The bedside server and its commands.

pub mod config;
