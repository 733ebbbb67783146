//! The patient portal API (MyPatientPortal), as its clients know it.

use axum::Router;
use door::Door;

/// The wire, under each base path that the operator chose.
pub fn router(_door: &Door) -> Router {
    Router::new()
}
