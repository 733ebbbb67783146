//! What an operator sees of the jobs, and the second chance of those that were given up.

use std::borrow::Cow;

use kernel::{Error, JobId, Result};

use crate::{Row, Tx, args};

const COUNT_OPEN: &str = "SELECT COUNT(*) FROM jobs WHERE state <> 'waiting' OR due_ms <= $1 OR attempts > 0";
/// One look into the index for each.
const OLDEST_UNFINISHED: &str = "SELECT MIN(due_ms) FROM (
        SELECT MIN(due_ms) AS due_ms FROM jobs WHERE state = 'waiting' AND lane = 'inward'
        UNION ALL SELECT MIN(due_ms) AS due_ms FROM jobs WHERE state = 'waiting' AND lane = 'outward'
        UNION ALL SELECT MIN(due_ms) AS due_ms FROM jobs WHERE state = 'running') AS unfinished";
const COUNT_PARKED: &str = "SELECT COUNT(*) FROM jobs WHERE state = 'parked'";
const PARKED: &str =
    "SELECT id, name, lane, state, attempts, first_tried_ms, last_tried_ms, last_error FROM jobs
    WHERE state = 'parked' ORDER BY id LIMIT $1";
const ALL: &str =
    "SELECT id, name, lane, state, attempts, first_tried_ms, last_tried_ms, last_error FROM jobs
    ORDER BY id LIMIT $1";
/// Its patience begins anew. What it was tried still counts: it tells one worker's try from another's.
const UNPARK: &str = "UPDATE jobs SET state = 'waiting', due_ms = $2, first_tried_ms = NULL, dedupe = NULL
    WHERE id = $1 AND state = 'parked'";
const STATE: &str = "SELECT state FROM jobs WHERE id = $1";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] =
    &[COUNT_OPEN, OLDEST_UNFINISHED, COUNT_PARKED, PARKED, ALL, UNPARK, STATE];

/// A job as an operator sees it: nothing of what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobNote {
    /// Which.
    pub id: JobId,
    /// Which worker function does it.
    pub name: String,
    /// Whether it waits for somebody outside: `inward`, `outward`.
    pub lane: String,
    /// `waiting`, `running` or `parked`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was first tried, or first after it was parked, in milliseconds since 1970.
    pub first_tried_ms: Option<i64>,
    /// When it was last tried.
    pub last_tried_ms: Option<i64>,
    /// Why it was not done then.
    pub last_error: Option<String>,
}

fn note(row: &Row<'_>) -> Result<JobNote> {
    Ok(JobNote {
        id: row.get(0)?,
        name: row.get(1)?,
        lane: row.get(2)?,
        state: row.get(3)?,
        attempts: row.get(4)?,
        first_tried_ms: row.get(5)?,
        last_tried_ms: row.get(6)?,
        last_error: row.get(7)?,
    })
}

/// So many of the jobs that nobody tries any more, the oldest first.
///
/// # Errors
/// As [`Tx::all`].
pub async fn parked(tx: &Tx, most: i64) -> Result<Vec<JobNote>> {
    tx.all(PARKED, &args![most], note).await
}

/// So many of all the jobs that are not done, the oldest first.
///
/// # Errors
/// As [`Tx::all`].
pub async fn list(tx: &Tx, most: i64) -> Result<Vec<JobNote>> {
    tx.all(ALL, &args![most], note).await
}

/// Has a parked job tried now, and for as long as a new one.
///
/// # Errors
/// [`Error::Invalid`] when there is no such job; [`Error::Precondition`] when it is not parked.
pub async fn unpark(tx: &Tx, id: JobId) -> Result<()> {
    if tx.run(UNPARK, &args![&id, tx.now_ms()]).await? > 0 {
        tx.leave_a_job();
        return Ok(());
    }
    Err(match tx.one(STATE, &args![&id], |row| row.get::<String>(0)).await? {
        None => Error::invalid("job", "job_unknown", "There is no such job: it may have been done."),
        Some(_) => Error::precondition(
            "job_not_parked",
            "This job is not parked: it is being done, or waits and is tried by itself.",
        ),
    })
}

/// How many jobs should have been done by now: those that are due, have failed, run, or are parked.
///
/// # Errors
/// As [`Tx::all`].
pub async fn count_open(tx: &Tx) -> Result<i64> {
    Ok(tx.one(COUNT_OPEN, &args![tx.now_ms()], |row| row.get(0)).await?.unwrap_or_default())
}

/// How many jobs are parked, which nobody tries any more.
///
/// # Errors
/// As [`Tx::all`].
pub async fn count_parked(tx: &Tx) -> Result<i64> {
    Ok(tx.one(COUNT_PARKED, &[], |row| row.get(0)).await?.unwrap_or_default())
}

/// For how many milliseconds the job that is due longest has not been done; 0 when none is due.
///
/// # Errors
/// As [`Tx::one`].
pub async fn delay_ms(tx: &Tx) -> Result<i64> {
    let oldest_ms = tx.one(OLDEST_UNFINISHED, &[], |row| row.get::<Option<i64>>(0)).await?.flatten();
    Ok(oldest_ms.map_or(0, |oldest_ms| (tx.now_ms() - oldest_ms).max(0)))
}

/// Why a job was not done, in words of ours alone: what is known beyond them may be about somebody, and is in the log.
pub(super) fn in_short(failure: &Error) -> Cow<'static, str> {
    match failure {
        Error::Unavailable { .. } => "something that it needs is not there; see the log".into(),
        Error::Bug { .. } => "something went wrong inside; see the log".into(),
        Error::Unauthenticated => "refused: unauthenticated".into(),
        Error::NotFound { what } | Error::Gone { what } => format!("there is no such {}", what.code()).into(),
        Error::Invalid { why, .. }
        | Error::NotAllowed { why }
        | Error::Conflict { why }
        | Error::Precondition { why }
        | Error::Unsupported { why } => format!("refused: {}", why.code).into(),
        Error::TooLarge { limit } | Error::LimitReached { limit, .. } => {
            format!("refused: {} of {}", limit.name, limit.most).into()
        }
    }
}
