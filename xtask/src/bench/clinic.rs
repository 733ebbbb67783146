//! A demo clinic of the release binary, with tokens of its people, stopped when dropped.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use super::yardsticks;
use crate::shell::{read, root};

/// The binary that is measured.
pub fn binary() -> PathBuf {
    root().join("target/release/bedside")
}

/// A running clinic.
pub struct Clinic {
    server: Child,
    /// What it said when it was ready.
    pub ready: Value,
    data: PathBuf,
}

impl Clinic {
    /// Starts one on its folder, without a limit of calls, connections of one address and sessions of one person.
    pub fn start(data: &Path) -> Result<Self> {
        Self::start_with(data, "127.0.0.1:0", &[])
    }

    /// Starts one that listens here, with these settings besides.
    pub fn start_with(data: &Path, listen: &str, settings: &[&str]) -> Result<Self> {
        let mut command = Command::new(binary());
        command.args(["demo", "--json", "--listen", listen, "--data"]).arg(data);
        command.args(settings.iter().flat_map(|setting| ["--set", *setting]));
        command.args(["--set", "limits.messenger_calls_per_second=0", "--set", "log.filter=error"]);
        command.args(["--set", "limits.connections_per_address_max=0"]);
        command.args(["--set", "limits.gateway_sessions_per_person_max=0"]);
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("the server")?;
        let mut line = String::new();
        let stdout = server.stdout.take().context("its standard output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let ready = serde_json::from_str(&line).context("what the server said when it was ready")?;
        Ok(Self { server, ready, data: data.to_owned() })
    }

    /// Where it listens.
    pub fn port(&self) -> Result<u64> {
        let url = self.ready["url"].as_str().unwrap_or_default();
        let port = url.rsplit(':').next().unwrap_or_default();
        port.parse().with_context(|| format!("the port of {url}"))
    }

    /// A person of the demo.
    pub fn person(&self, key: &str) -> &Value {
        let people = self.ready["people"].as_array();
        people.and_then(|all| all.iter().find(|person| person["key"] == key)).unwrap_or(&Value::Null)
    }

    /// A fresh access token of theirs.
    pub fn token(&self, key: &str) -> Result<String> {
        let email = self.person(key)["email"].as_str().unwrap_or_default().to_owned();
        let mut command = Command::new(binary());
        command.arg("token").arg("--data").arg(&self.data);
        command.args(["--person", &email, "--client", "messenger", "--scope", "read write"]);
        read(&mut command)
    }

    /// The server's process.
    pub fn pid(&self) -> u32 {
        self.server.id()
    }

    /// Resident memory in megabytes.
    pub fn resident_mb(&self) -> Result<f64> {
        self.megabytes("VmRSS:")
    }

    /// The most that was ever resident, in megabytes.
    pub fn peak_mb(&self) -> Result<f64> {
        self.megabytes("VmHWM:")
    }

    fn megabytes(&self, name: &str) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("its resident memory")?;
        let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024.0)
    }
}

impl Drop for Clinic {
    fn drop(&mut self) {
        let stop = Command::new("kill").arg(self.server.id().to_string()).status();
        if stop.is_err() {
            drop(self.server.kill());
        }
        drop(self.server.wait());
    }
}

/// Brings the applications that the benchmarks of tokens and logins need into a clinic's folder, and so many patients;
/// tells of all of them.
pub fn applicants(data: &Path, patients: usize) -> Result<Value> {
    let mut command = Command::new(yardsticks::built("bedside", "applicants")?);
    let told = read(command.arg(data).arg(patients.to_string()))?;
    serde_json::from_str(&told).context("who the applicants are")
}

/// A folder of the benchmark's own on the disk that holds the workspace, removed when dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    /// Makes it, empty.
    pub fn new(name: &str) -> Result<Self> {
        let path = root().join("target/bench").join(name);
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
