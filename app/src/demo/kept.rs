//! What was told, kept in the clinic's folder for its owner's eyes alone.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde_json::Value;

const NAME: &str = "demo.json";

/// What was told of the clinic in this folder; `None` when there is none.
#[must_use]
pub fn read(data: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(data.join(NAME)).ok()?).ok()
}

/// Keeps what is told, whole or not at all.
pub fn write(data: &Path, told: &Value) -> io::Result<()> {
    let (path, temporary) = (data.join(NAME), data.join("demo.json.new"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(&serde_json::to_vec_pretty(told)?)?;
    file.sync_all()?;
    fs::rename(temporary, path)
}
