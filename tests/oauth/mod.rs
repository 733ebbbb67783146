//! The OAuth flow, as browsers and applications go through it.

pub mod app;
mod clients;
mod codes;
mod documented;
mod exchange;
mod forms;
mod introspection;
pub mod keys;
mod once;
mod pages;
mod password;
mod picture;
mod programs;
mod redirects;
mod refresh;
mod rfc9700;
mod scopes;
mod sign_in;
mod standing;
mod throttle;
