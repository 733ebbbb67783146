//! `bedside booking`.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde_json::{Value, json};

use super::given::Given;
use super::output;
use super::reach::Reach;
use crate::admin::booking::day::Day;
use crate::admin::{AdminCommand, BookingCommand};

/// Commands on calendars and on the appointments in them.
#[derive(Args)]
#[group(skip)]
pub struct Booking {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    command: BookingCommand,
}

impl Booking {
    /// Runs it and prints its answer; lists to be printed go to files.
    pub async fn run(self, given: &Given) -> Result<()> {
        match self.command {
            BookingCommand::Day(day) if day.out.is_some() || day.folder.is_some() => {
                print(&self.reach, given, day).await
            }
            command => self.reach.run(given, AdminCommand::Booking(command)).await,
        }
    }
}

async fn print(reach: &Reach, given: &Given, mut day: Day) -> Result<()> {
    day.printed = true;
    if day.out.is_some() && day.all_days != 1 {
        bail!("--out takes the list of one day; several go to a --folder");
    }
    let (out, folder) = (day.out.take(), day.folder.take());
    if let Some(folder) = &folder {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).context("the folder of the lists")?;
    }
    let answer = reach.answer(given, AdminCommand::Booking(BookingCommand::Day(day))).await?;
    let mut written = Vec::new();
    for list in answer.as_array().into_iter().flatten() {
        let date = list["date"].as_str().unwrap_or_default();
        let path = match (&out, &folder) {
            (Some(out), _) => out.clone(),
            (None, folder) => folder.clone().unwrap_or_default().join(format!("{date}.pdf")),
        };
        keep(&path, list).with_context(|| format!("the list of {date} in {}", path.display()))?;
        let path = path.display().to_string();
        written.push(json!({ "date": date, "appointments": list["appointments"], "file": path }));
    }
    output::print(&Value::Array(written), reach.json)
}

/// Only who printed it may read it: it names patients. It takes the place of an older one at once, never by halves.
fn keep(path: &Path, list: &Value) -> Result<()> {
    let pdf = STANDARD.decode(list["pdf"].as_str().unwrap_or_default())?;
    let mut name = path.file_name().context("a file")?.to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    file.write_all(&pdf)?;
    file.sync_all()?;
    Ok(fs::rename(&part, path)?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_list_takes_the_place_of_an_older_one_and_is_open_to_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("2026-12-01.pdf");
        for text in ["%PDF-1.7 old", "%PDF-1.7"] {
            keep(&path, &json!({ "pdf": STANDARD.encode(text) })).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no part of one stays");
    }
}
