//! An application in another language: Python, with the packages that `tests/strangers/requirements.txt` pins.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::shell::{command, find, root, run};

/// What the tests need, each file of it by its hash.
const REQUIREMENTS: &str = "tests/strangers/requirements.txt";

/// Brings an environment of its own up to what is pinned, and gives its Python; or the reason, when that cannot be done on
/// this machine.
pub fn environment() -> Result<std::result::Result<PathBuf, String>> {
    let Some(python) = find("python3") else {
        return Ok(Err("python3 was not found: install Python 3.11 or newer".to_owned()));
    };
    let folder = root().join("target/strangers");
    let (own, stamp) = (folder.join("bin/python"), folder.join("installed-requirements.txt"));
    let pinned = fs::read(root().join(REQUIREMENTS)).context(REQUIREMENTS)?;
    if own.is_file() && fs::read(&stamp).is_ok_and(|installed| installed == pinned) {
        return Ok(Ok(own));
    }
    // A half-made one would be taken for whole.
    if let Err(error) = run(command(python).args(["-m", "venv", "--clear"]).arg(&folder)) {
        return Ok(Err(format!(
            "no environment for Python packages (on Debian: apt install python3-venv): {error:#}"
        )));
    }
    let mut install = command(&own);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    install.args(["--only-binary", ":all:", "--require-hashes", "-r", REQUIREMENTS]);
    if let Err(error) = run(&mut install) {
        return Ok(Err(format!("its packages could not be fetched: {error:#}")));
    }
    fs::write(&stamp, pinned).context("cannot note which packages were installed")?;
    Ok(Ok(own))
}

/// Runs them against this binary.
pub fn tests(python: &Path, binary: &Path) -> Result<()> {
    let mut tests = command(python);
    tests.args(["-W", "error::ResourceWarning", "-m", "unittest", "discover", "-v", "-s", "tests/strangers"]);
    tests.env("BEDSIDE_BIN", binary).env("PYTHONDONTWRITEBYTECODE", "1");
    run(&mut tests)
}
