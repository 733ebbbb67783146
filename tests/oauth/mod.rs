//! The OAuth flow, as browsers and applications go through it.

pub mod app;
mod clients;
mod codes;
mod documented;
mod forms;
mod magic;
mod once;
mod pages;
mod password;
mod picture;
mod redirects;
mod scopes;
mod second;
mod sign_in;
mod standing;
mod throttle;
