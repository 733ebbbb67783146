//! `/metrics` on a port of its own: figures for Prometheus, and nothing about anybody.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use door::{REFUSED_CREDENTIALS, Unproven};
use flows::checking::{FILE_CHECKS_FAILED, FILES_CHECKED};
use metrics::{counter, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Upper ends of the buckets that durations are counted in, in seconds.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];
const OPEN_CONNECTIONS: &str = "bedside_open_connections";
const REFUSED_CONNECTIONS: &str = "bedside_refused_connections_total";

const PARKED_JOBS: &str = "bedside_parked_jobs";
const JOB_DELAY: &str = "bedside_job_delay_seconds";
const WAITING_LETTERS: &str = "bedside_waiting_letters";

/// The figures gathered so far. Clones share them.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Has this process gather its figures; only its first call is heard.
    ///
    /// # Errors
    /// When the buckets are none, which is a defect.
    pub fn install() -> anyhow::Result<Self> {
        let recorder = PrometheusBuilder::new().set_buckets(&SECONDS)?.build_recorder();
        let handle = recorder.handle();
        drop(metrics::set_global_recorder(recorder));
        metrics::describe_histogram!("bedside_http_seconds", "How long requests took, by route and status.");
        metrics::describe_gauge!(OPEN_CONNECTIONS, "Connections that are open now.");
        metrics::describe_counter!(REFUSED_CONNECTIONS, "Connections that were closed unheard, by why.");
        metrics::describe_gauge!(PARKED_JOBS, "Jobs that nobody tries any more: somebody must look.");
        metrics::describe_gauge!(JOB_DELAY, "For how long the job that is due longest has not been done.");
        metrics::describe_gauge!(WAITING_LETTERS, "Letters that no mail server has taken yet.");
        metrics::describe_counter!(
            REFUSED_CREDENTIALS,
            "Who did not prove who they are, by what did not fit."
        );
        metrics::describe_counter!(
            FILES_CHECKED,
            "Files that the virus scanner looked at, by what it found."
        );
        metrics::describe_counter!(FILE_CHECKS_FAILED, "Times that it gave no verdict; the files wait.");
        for verdict in ["clean", "infected"] {
            counter!(FILES_CHECKED, "verdict" => verdict).absolute(0);
        }
        counter!(FILE_CHECKS_FAILED).absolute(0);
        gauge!(OPEN_CONNECTIONS).set(0);
        for what in Unproven::ALL {
            counter!(REFUSED_CREDENTIALS, "what" => what.name()).absolute(0);
        }
        for why in [Unheard::Crowded, Unheard::Plain] {
            counter!(REFUSED_CONNECTIONS, "why" => why.name()).absolute(0);
        }
        gauge!("bedside_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
        Ok(Self(handle))
    }

    /// Folds what was measured into the buckets, so that it does not pile up while nobody asks.
    pub fn tidy_up(&self) {
        self.0.run_upkeep();
    }

    /// Says how many jobs are parked.
    pub fn note_parked_jobs(count: i64) {
        gauge!(PARKED_JOBS).set(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// Says for how long the job that is due longest has not been done.
    pub fn note_job_delay(delay_ms: i64) {
        gauge!(JOB_DELAY).set(u32::try_from(delay_ms / 1_000).unwrap_or(u32::MAX));
    }

    /// Says how many letters wait to be sent.
    pub fn note_waiting_letters(count: i64) {
        gauge!(WAITING_LETTERS).set(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// The page.
    pub fn router(self) -> Router {
        let page = move || async move { ([(CONTENT_TYPE, "text/plain; version=0.0.4")], self.0.render()) };
        Router::new().route("/metrics", get(page))
    }
}

/// Why a connection is closed before anything is read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unheard {
    /// Its address has as many as it may have.
    Crowded,
    /// It would be plain HTTP with another machine that is no proxy of ours.
    Plain,
}

impl Unheard {
    const fn name(self) -> &'static str {
        match self {
            Self::Crowded => "crowded",
            Self::Plain => "plain",
        }
    }

    /// Counts one.
    pub(super) fn count(self) {
        counter!(REFUSED_CONNECTIONS, "why" => self.name()).increment(1);
    }
}

/// A connection, counted while it is open.
pub(super) struct OpenConnection;

impl OpenConnection {
    pub(super) fn count() -> Self {
        gauge!(OPEN_CONNECTIONS).increment(1);
        Self
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        gauge!(OPEN_CONNECTIONS).decrement(1);
    }
}
