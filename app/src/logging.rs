//! The log on standard error.

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Begins to log as chosen. Only the first call of a process is heard.
pub fn begin(chosen: &Log) {
    // The configuration was checked with the same parser.
    let filter = EnvFilter::try_new(&chosen.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // What it tells of a passkey's answer is nobody's but its owner's.
    let filter = match "webauthn_rs=off".parse() {
        Ok(quiet) => filter.add_directive(quiet),
        Err(_) => filter,
    };
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    drop(match chosen.format {
        LogFormat::Text => log.with_ansi(false).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    });
}

/// Begins to log what goes wrong, for commands that answer on standard output.
pub fn begin_quietly() {
    begin(&Log { filter: "warn".to_owned(), ..Log::default() });
}
