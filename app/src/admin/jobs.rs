//! Commands on jobs: work that is done after the change that causes it.

use audit::{Deed, INSTALLATION, Line};
use clap::{Args, Subcommand};
use flows::House;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::jobs::{self, JobNote};

use super::answers::{id, instant, note};

/// Jobs that one answer names: it is one line through a socket.
const JOBS_PER_LIST: i64 = 1_000;

/// Commands on jobs.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum JobCommand {
    /// List the jobs that failed for so long that nobody tries them any more, with why; the oldest thousand
    List(List),
    /// Have a parked job tried now, and for as long as a new one
    Retry(Retry),
}

/// Which jobs to list.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct List {
    /// Also those that wait, or are being done
    #[arg(long)]
    pub all: bool,
}

/// Which job to try again.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Retry {
    /// Its id, as `job list` shows it
    pub id: String,
}

impl JobCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::List(what) => list(house, what).await,
            Self::Retry(what) => retry(house, what).await,
        }
    }
}

async fn list(house: &House, what: List) -> Result<Value> {
    let notes = house.db.read(what.all, |tx, all| {
        Box::pin(async move {
            if *all { jobs::list(tx, JOBS_PER_LIST).await } else { jobs::parked(tx, JOBS_PER_LIST).await }
        })
    });
    let notes = notes.await?;
    note(house, INSTALLATION, Deed::Administration, "jobs listed").await?;
    Ok(notes.iter().map(shown).collect())
}

fn shown(job: &JobNote) -> Value {
    json!({
        "id": job.id.hex(),
        "kind": job.name,
        "lane": job.lane,
        "state": job.state,
        "tries": job.attempts,
        "first_tried": job.first_tried_ms.map(instant),
        "last_tried": job.last_tried_ms.map(instant),
        "error": job.last_error,
    })
}

async fn retry(house: &House, retry: Retry) -> Result<Value> {
    let id = id(&retry.id).ok_or_else(|| {
        Error::invalid("job", "job_unfit", "A job is named by 24 hex digits, as `bedside job list` shows it.")
    })?;
    let tried = house.db.write(id, |tx, id| {
        Box::pin(async move {
            jobs::unpark(tx, *id).await?;
            let line = Line::without_actor(INSTALLATION, Deed::Administration).object(id.as_bytes());
            audit::write(tx, line.because("job tried again")).await
        })
    });
    tried.await?;
    Ok(json!({ "retried": true }))
}
