//! `/healthz` says that the process lives, `/readyz` whether it could do its work now.

use std::path::PathBuf;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use kernel::Clock;
use serde_json::{Map, Value, json};
use store::Db;

/// No clock of today shows an earlier time: 2026-01-01, in milliseconds since 1970.
const EARLIEST_MS: i64 = 1_767_225_600_000;
/// How far the clock may go back while the server runs.
const BACKWARDS_MS_MAX: i64 = 60_000;

/// What readiness depends on.
#[derive(Clone)]
pub struct Health {
    db: Db,
    clock: Clock,
    data: PathBuf,
    free_bytes_min: u64,
    started_ms: i64,
}

impl Health {
    /// Looks at this store, and at the free space of the folder of its data.
    #[must_use]
    pub fn new(db: Db, data: PathBuf, free_megabytes_min: u64) -> Self {
        let clock = db.clock().clone();
        let started_ms = clock.now_ms();
        Self { db, clock, data, free_bytes_min: free_megabytes_min << 20, started_ms }
    }

    async fn checks(&self) -> [(&'static str, bool); 3] {
        let database = self.db.is_ready().await.inspect_err(|error| {
            tracing::error!(?error, "the database is not ready");
        });
        [("database", database.is_ok()), ("disk", self.has_space()), ("clock", self.is_clock_sane())]
    }

    fn has_space(&self) -> bool {
        let space = rustix::fs::statvfs(&self.data);
        space.is_ok_and(|space| space.f_bavail.saturating_mul(space.f_frsize) >= self.free_bytes_min)
    }

    fn is_clock_sane(&self) -> bool {
        self.clock.now_ms() >= EARLIEST_MS.max(self.started_ms - BACKWARDS_MS_MAX)
    }
}

/// Both pages.
pub fn router(health: Health) -> Router {
    // Two servers that disagree about a zone would disagree about when an appointment is.
    let alive = async || Json(json!({ "alive": true, "time_zones": booking::calendar::tz_version() }));
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).with_state(health)
}

async fn ready(State(health): State<Health>) -> Response {
    let checks = health.checks().await;
    let is_ready = checks.iter().all(|(_, fine)| *fine);
    let word = |fine| Value::from(if fine { "ok" } else { "failing" });
    let checks: Map<_, _> = checks.into_iter().map(|(name, fine)| (name.to_owned(), word(fine))).collect();
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": is_ready, "checks": checks }))).into_response()
}
