//! What PostgreSQL keeps on its disk: the files of one database, and the write-ahead log of all.

use std::path::PathBuf;
use std::process::Command;

use super::needles::Needles;

/// The files of the test's database, on this machine.
pub struct PostgresFiles {
    url: String,
    database: PathBuf,
    log: PathBuf,
    /// The segment of the log that was written when the test began.
    first: String,
}

impl PostgresFiles {
    /// `None`, in words, where the server's folder is not to be read: it may be on another machine or another user's.
    pub fn of(url: &str) -> Option<Self> {
        let folder = PathBuf::from(ask(url, "SHOW data_directory").unwrap_or_default());
        let number = ask(url, "SELECT oid FROM pg_database WHERE datname = current_database()")?;
        let (database, log) = (folder.join("base").join(number), folder.join("pg_wal"));
        let may_be_read = database.join("PG_VERSION").is_file() && std::fs::read_dir(&log).is_ok();
        let first = segment(url).filter(|_| may_be_read && ask(url, "CHECKPOINT").is_some());
        let Some(first) = first else {
            eprintln!("PostgreSQL's own files may not be read here, so only a dump of it is searched");
            return None;
        };
        Some(Self { url: url.to_owned(), database, log, first })
    }

    /// Which needles stand in them, and where.
    pub fn search(&self, needles: &Needles) -> Vec<String> {
        // The log first: once the files have everything, its older segments may go.
        let last = segment(&self.url).expect("a segment");
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.log).expect("the folder of the log").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            // A segment may go while it is looked for, and those to come still hold what they were before.
            let is_ours =
                name.len() == self.first.len() && (self.first.as_str()..=last.as_str()).contains(&&*name);
            if let Some(content) = is_ours.then(|| std::fs::read(entry.path()).ok()).flatten() {
                found.extend(
                    needles.found_in(&content).iter().map(|one| format!("{one:?} in segment {name}")),
                );
            }
        }
        ask(&self.url, "CHECKPOINT").expect("everything is in the files");
        found.extend(needles.found_below(&self.database).0);
        found
    }
}

fn segment(url: &str) -> Option<String> {
    ask(url, "SELECT pg_walfile_name(pg_current_wal_lsn())")
}

fn ask(url: &str, sql: &str) -> Option<String> {
    let answer = Command::new("psql").args([url, "-Atc", sql]).output().ok()?;
    answer.status.success().then(|| String::from_utf8_lossy(&answer.stdout).trim().to_owned())
}
