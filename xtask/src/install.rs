//! Programs that the tests need and a machine may lack.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use crate::shell::{find, is_root, run};

/// Chromium; installed when it is missing and we may.
pub fn chromium() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("CHROMIUM").map(PathBuf::from) {
        return if named.is_file() {
            Ok(named)
        } else {
            bail!("CHROMIUM names {}, which is no file", named.display())
        };
    }
    found_or_installed("chromium", || find("chromium").or_else(|| find("chromium-browser")))
}

/// The folder with PostgreSQL's server programs; installed when they are missing and we may.
pub fn postgres_programs() -> Result<PathBuf> {
    found_or_installed("postgresql", find_postgres)
}

/// curl; installed when it is missing and we may.
pub fn curl() -> Result<PathBuf> {
    found_or_installed("curl", || find("curl"))
}

/// ClamAV's daemon; installed when it is missing and we may. The tests bring signatures of their own.
pub fn clamd() -> Result<PathBuf> {
    let outside_of_path = || Some(PathBuf::from("/usr/sbin/clamd")).filter(|program| program.is_file());
    found_or_installed("clamav-daemon", || find("clamd").or_else(outside_of_path))
}

/// pdftotext, to read documents back; installed when it is missing and we may.
pub fn pdftotext() -> Result<PathBuf> {
    found_or_installed("poppler-utils", || find("pdftotext"))
}

fn found_or_installed(package: &str, look: impl Fn() -> Option<PathBuf>) -> Result<PathBuf> {
    if let Some(found) = look() {
        return Ok(found);
    }
    if !is_root() || find("apt-get").is_none() {
        bail!(
            "{package} was not found, and only root on a Debian-like system installs it here: install it yourself"
        );
    }
    apt_install(package)?;
    look().with_context(|| format!("{package} was installed, but its programs were not found"))
}

fn apt_install(package: &str) -> Result<()> {
    static UPDATED: OnceLock<()> = OnceLock::new();
    if UPDATED.set(()).is_ok() {
        run(apt().args(["update", "-q"]))?;
    }
    run(apt().args(["install", "-q", "-y", "--no-install-recommends", package]))
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

/// Debian keeps the server's programs out of the search path; the newest version is taken.
fn find_postgres() -> Option<PathBuf> {
    let in_path = find("initdb").and_then(|file| Some(file.canonicalize().ok()?.parent()?.to_owned()));
    let mut folders: Vec<PathBuf> = in_path.into_iter().collect();
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    folders.extend(versions.into_iter().rev().map(|(_, folder)| folder));
    folders.extend(crate::shell::read(Command::new("pg_config").arg("--bindir")).ok().map(PathBuf::from));
    folders.into_iter().find(|folder| is_server(folder))
}

fn is_server(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file())
}
