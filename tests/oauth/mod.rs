//! The OAuth flow, as browsers and applications go through it.

pub mod app;
mod clients;
mod codes;
mod documented;
mod forms;
mod once;
mod pages;
mod password;
mod picture;
mod redirects;
mod scopes;
mod sign_in;
mod standing;
mod throttle;
