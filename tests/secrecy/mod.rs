//! Nothing sensitive is plain anywhere, and the access log knows who did what.

pub mod access_log;
mod comings;
mod everywhere;
mod needles;
mod postgres;
mod rotation;
mod story;
mod tampering;
mod visits;
