//! The server's own loop: it accepts, serves HTTP/1.1 with or without TLS, and stops without cutting anybody off.

mod accept;
mod crowd;
mod endless;
mod health;
mod metrics;
mod plain;
mod seldom;
mod signals;
mod slow;
mod steady;
#[cfg(test)]
mod tests;
mod tls;

pub use accept::{Reception, Tuning};
pub use door::{Stop, Stopped};
pub use health::{Health, router as health_router};
pub use metrics::Metrics;
pub use signals::Ears;
pub use tls::{Certificate, install_provider};
