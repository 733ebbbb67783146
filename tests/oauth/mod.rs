//! The OAuth flow, as browsers and applications go through it.

pub mod app;
mod basic_op;
mod clients;
mod codes;
mod discovery;
mod documented;
mod forms;
mod logout;
mod once;
mod openid;
mod pages;
pub mod party;
mod password;
mod picture;
mod redirects;
mod rfc9700_authorize;
mod scopes;
mod sign_in;
mod signing_keys;
mod standing;
mod throttle;
mod userinfo;
