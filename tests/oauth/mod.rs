//! The OAuth flow, as browsers and applications go through it.

pub mod app;
mod clients;
mod codes;
mod documented;
mod forms;
mod mandates;
mod once;
mod pages;
mod passkeys;
mod password;
mod picture;
mod redirects;
mod reset;
mod scopes;
mod sign_in;
mod standing;
mod throttle;
