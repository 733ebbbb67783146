//! The JSON API of a practice's desk: its calendars, what can be booked, and the appointments of its patients.

use axum::Router;
use door::Door;

/// The wire.
pub fn router(_door: &Door) -> Router {
    Router::new()
}
