//! Brings a database's schema up to date, one file a step (see `migrations/README.md`).

use std::path::Path;

use kernel::{Clock, Error, Result};

use crate::args;
use crate::postgres;
use crate::sqlite;

/// Every step, in order. A released step is never edited.
const STEPS: &[(&str, &str)] = &[
    ("0001_ground", include_str!("../../../migrations/0001_ground.sql")),
    ("0002_identity", include_str!("../../../migrations/0002_identity.sql")),
    ("0003_messaging", include_str!("../../../migrations/0003_messaging.sql")),
    ("0004_outbound", include_str!("../../../migrations/0004_outbound.sql")),
    ("0005_content", include_str!("../../../migrations/0005_content.sql")),
    ("0006_names_of_clients", include_str!("../../../migrations/0006_names_of_clients.sql")),
    ("0007_pictures", include_str!("../../../migrations/0007_pictures.sql")),
    ("0008_invitations", include_str!("../../../migrations/0008_invitations.sql")),
    ("0009_search", include_str!("../../../migrations/0009_search.sql")),
    ("0010_guests", include_str!("../../../migrations/0010_guests.sql")),
    ("0011_openid", include_str!("../../../migrations/0011_openid.sql")),
    ("0012_tokens", include_str!("../../../migrations/0012_tokens.sql")),
    ("0013_signing_keys", include_str!("../../../migrations/0013_signing_keys.sql")),
    ("0014_second_factors", include_str!("../../../migrations/0014_second_factors.sql")),
    ("0015_passkeys", include_str!("../../../migrations/0015_passkeys.sql")),
    ("0016_onboarding", include_str!("../../../migrations/0016_onboarding.sql")),
    ("0017_merges", include_str!("../../../migrations/0017_merges.sql")),
    ("0018_half_sign_ins", include_str!("../../../migrations/0018_half_sign_ins.sql")),
    ("0019_letter_limits", include_str!("../../../migrations/0019_letter_limits.sql")),
    ("0020_ways", include_str!("../../../migrations/0020_ways.sql")),
    ("0021_declining", include_str!("../../../migrations/0021_declining.sql")),
    ("0022_booking", include_str!("../../../migrations/0022_booking.sql")),
    ("0023_occupancy", include_str!("../../../migrations/0023_occupancy.sql")),
    ("0024_person_details", include_str!("../../../migrations/0024_person_details.sql")),
    ("0025_merged_appointments", include_str!("../../../migrations/0025_merged_appointments.sql")),
];

/// What a step says to one engine alone, after its common text: that no two times overlap, and that changes of calendars are
/// counted (docs/decisions/0017 and 0018).
const OF_SQLITE: &[(&str, &str)] =
    &[("0023_occupancy", include_str!("../../../migrations/engines/0023_occupancy.sqlite.sql"))];
const OF_POSTGRES: &[(&str, &str)] =
    &[("0023_occupancy", include_str!("../../../migrations/engines/0023_occupancy.postgres.sql"))];

/// The first schema whose databases this binary still serves: steps up to here only added.
const OLDEST_TOLERANT_BINARY: i64 = 10;

const STATE: &str = "CREATE TABLE IF NOT EXISTS schema_state (
    version BIGINT NOT NULL, oldest_binary BIGINT NOT NULL, migrated_ms BIGINT NOT NULL, probed_ms BIGINT NOT NULL, ballast TEXT)";
const READ: &str = "SELECT version, oldest_binary FROM schema_state";
const BEGIN: &str =
    "INSERT INTO schema_state (version, oldest_binary, migrated_ms, probed_ms) VALUES ($1, $2, $3, 0)";
const MOVE_ON: &str = "UPDATE schema_state SET version = $1, oldest_binary = $2, migrated_ms = $3";

const ENCODING: &str = "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database
    WHERE datname = current_database()";

/// Every statement of this module on what it made itself, once it is made.
pub(crate) const ALL_SQL: &[&str] = &[READ, BEGIN, MOVE_ON];
/// What PostgreSQL alone is asked.
pub(crate) const POSTGRES_SQL: &[&str] = &[ENCODING];

/// Tells schemas apart: another text of any step gives another mark.
#[must_use]
pub fn schema_mark() -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (STEPS, OF_SQLITE, OF_POSTGRES).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The steps that are missing after `version`.
fn missing(version: i64, oldest_binary: i64) -> Result<&'static [(&'static str, &'static str)]> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    if oldest_binary > known {
        return Err(Error::precondition(
            "database_is_newer",
            "the database was made by a newer Bedside, which this one cannot serve",
        ));
    }
    Ok(usize::try_from(version).ok().and_then(|done| STEPS.get(done..)).unwrap_or_default())
}

/// What the step says to this engine alone.
fn own(texts: &'static [(&str, &str)], step: &str) -> impl Iterator<Item = &'static str> {
    texts.iter().filter(move |(name, _)| *name == step).map(|(_, sql)| *sql)
}

pub(crate) fn sqlite(path: &Path, clock: &Clock) -> Result<()> {
    sqlite::examine(path)?;
    let mut connection = sqlite::Connection::open_for_writing(path)?;
    connection.batch(STATE)?;
    let state = connection.all(READ, &[], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))?;
    let (version, oldest) = state.first().copied().unwrap_or((0, 0));
    let steps = missing(version, oldest)?;
    if steps.is_empty() {
        return Ok(());
    }
    connection.step("BEGIN IMMEDIATE")?;
    for (name, sql) in steps {
        tracing::info!(name, "a step of the schema");
        connection.batch(&for_sqlite(sql))?;
        for own in own(OF_SQLITE, name) {
            connection.batch(own)?;
        }
    }
    let version = i64::try_from(STEPS.len()).map_err(Error::bug)?;
    let record = if state.is_empty() { BEGIN } else { MOVE_ON };
    connection.run(record, &args![version, OLDEST_TOLERANT_BINARY, clock.now_ms()])?;
    connection.step("COMMIT")
}

pub(crate) async fn postgres(connection: &postgres::Connection, clock: &Clock) -> Result<()> {
    check_encoding(connection).await?;
    // Two servers that start at once take turns.
    connection.batch("BEGIN; SELECT pg_advisory_xact_lock(4242424242)").await?;
    connection.batch(STATE).await?;
    let state = connection.all(READ, &[], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))).await?;
    let (version, oldest) = state.first().copied().unwrap_or((0, 0));
    let steps = match missing(version, oldest) {
        Ok(steps) => steps,
        Err(error) => {
            connection.batch("ROLLBACK").await?;
            return Err(error);
        }
    };
    for (name, sql) in steps {
        tracing::info!(name, "a step of the schema");
        connection.batch(sql).await?;
        for own in own(OF_POSTGRES, name) {
            connection.batch(own).await?;
        }
    }
    if !steps.is_empty() {
        let version = i64::try_from(STEPS.len()).map_err(Error::bug)?;
        let record = if state.is_empty() { BEGIN } else { MOVE_ON };
        connection.run(record, &args![version, OLDEST_TOLERANT_BINARY, clock.now_ms()]).await?;
    }
    connection.batch("COMMIT").await
}

/// Sorting and comparing text must mean the same as on SQLite.
async fn check_encoding(connection: &postgres::Connection) -> Result<()> {
    let found =
        connection.all(ENCODING, &[], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?))).await?;
    let fits = found.first().is_some_and(|(encoding, collation)| {
        encoding == "UTF8" && matches!(collation.as_str(), "C" | "POSIX" | "C.UTF-8")
    });
    if fits {
        return Ok(());
    }
    Err(Error::precondition(
        "database_encoding",
        "the PostgreSQL database must have encoding UTF8 and collation C (createdb -T template0 -E UTF8 -l C)",
    ))
}

/// The four column types in SQLite's words, and tables that keep to them.
fn for_sqlite(sql: &str) -> String {
    sql.replace("BYTEA", "BLOB")
        .replace("BIGINT", "INTEGER")
        .replace("BOOLEAN", "INTEGER")
        .replace("\n); -- by its key", "\n) STRICT, WITHOUT ROWID;")
        .replace("\n);", "\n) STRICT;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_a_newer_bedside_is_refused() {
        assert!(missing(99, 99).is_err());
        assert!(missing(99, 1).is_ok_and(<[_]>::is_empty), "newer, but it tolerates this binary");
        assert_eq!(missing(0, 0).map(<[_]>::len).ok(), Some(STEPS.len()));
    }

    #[test]
    fn the_steps_that_an_older_binary_tolerates_take_nothing_away_and_ask_nothing_of_it() {
        let tolerated = usize::try_from(OLDEST_TOLERANT_BINARY).expect("a number of steps");
        assert!((1..=STEPS.len()).contains(&tolerated));
        for (name, sql) in &STEPS[tolerated..] {
            for words in ["DROP ", "RENAME ", "ALTER COLUMN "] {
                assert!(!sql.contains(words), "{name}: an older binary does not know of it");
            }
            for line in sql.lines().filter(|line| line.contains("ADD COLUMN") && line.contains("NOT NULL")) {
                assert!(line.contains("DEFAULT"), "{name}: an older binary does not fill it: {line}");
            }
        }
    }
}
