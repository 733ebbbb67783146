//! What the machine itself allows, measured in the same run on the same disk.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::shell::{cargo, root, step};

/// Where each bench target was built: once is enough for a run.
static BUILT: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());

/// Builds a bench target and gives its path.
pub fn built(package: &str, name: &str) -> Result<PathBuf> {
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = built.get(name) {
        return Ok(path.clone());
    }
    let path = build(package, name)?;
    built.insert(name.to_owned(), path.clone());
    Ok(path)
}

fn build(package: &str, name: &str) -> Result<PathBuf> {
    step(&format!("cargo bench --no-run {name}"), || {
        let mut command = cargo();
        command.args(["bench", "--no-run", "--message-format=json", "-p", package, "--bench", name]);
        let output = command.stderr(Stdio::inherit()).output()?;
        if !output.status.success() {
            bail!("{name} does not build");
        }
        let lines = String::from_utf8_lossy(&output.stdout).into_owned();
        let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let path = messages
            .filter(|m| m["target"]["name"] == name)
            .find_map(|m| m["executable"].as_str().map(PathBuf::from));
        path.with_context(|| format!("where {name} was built"))
    })
}

/// What SQLite and the store allow, as `ground/store/benches/limits.rs` prints it.
pub fn limits(folder: &Path) -> Result<Value> {
    let output =
        Command::new(built("bedside-store", "limits")?).arg(folder).stderr(Stdio::inherit()).output()?;
    serde_json::from_slice(&output.stdout).context("the limits of the store")
}

/// Sends messages as the plan says.
pub fn load(plan: &Value) -> Result<Value> {
    let report = drive("load", plan)?;
    if report["wrong"] != 0 || report["answered"] != report["distinct_ids"] {
        bail!("answers were wrong: {report}");
    }
    Ok(report)
}

/// Gives a plan to a driver, which is a process of its own, and takes its report.
pub fn drive(name: &str, plan: &Value) -> Result<Value> {
    let mut child = Command::new(built("bedside", name)?)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child.stdin.take().context("its standard input")?.write_all(plan.to_string().as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("{name} could not do what was planned: {}", output.status);
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("the report of {name}"))
}

/// The ceiling of logins: bare Argon2id on all cores for so long.
pub fn argon(seconds: f64) -> Result<Value> {
    let output = Command::new(built("bedside", "argon")?)
        .arg(seconds.to_string())
        .stderr(Stdio::inherit())
        .output()?;
    serde_json::from_slice(&output.stdout).context("the ceiling of logins")
}

/// The same load on a bare echo.
pub fn echo(senders: usize, seconds: f64) -> Result<Value> {
    let mut server =
        Command::new(built("bedside", "echo")?).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(server.stdout.take().context("its standard output")?).read_line(&mut line)?;
    let port: u64 = line.trim().parse()?;
    let sender = json!({"path": "/echo", "token": "0".repeat(43)});
    let plan = json!({"port": port, "seconds": seconds, "rate": null, "senders": vec![sender; senders]});
    // An echo has no ids to check.
    let report = drive("load", &plan);
    drop(server.stdin.take());
    server.wait()?;
    report
}
