//! The real program in a process of its own: set up by its commands, started, killed and started again on the same
//! data.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::Value;
use store::Place;
use testkit::Site;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

const READY: &str = "the server is ready";
const START_WITHIN: Duration = Duration::from_secs(60);

/// What the program keeps, and how it is called.
#[derive(Clone)]
pub struct Installation {
    data: PathBuf,
    database_url: Option<String>,
    filter: &'static str,
}

/// The program while it serves.
pub struct Server {
    child: Child,
    /// Where it answers.
    pub url: String,
    /// Where its figures are.
    pub metrics: String,
    said: Arc<Mutex<String>>,
}

impl Installation {
    /// Nothing yet, on the site's engine.
    pub fn on(site: &Site) -> Self {
        let database_url = match &site.place {
            Place::Url(url) => Some(url.clone()),
            Place::File(_) => None,
        };
        Self { data: site.folder.join("data"), database_url, filter: "info" }
    }

    /// The same with another database.
    pub fn with_database(self, url: String) -> Self {
        Self { database_url: Some(url), ..self }
    }

    /// The same, telling everything that the filter lets through.
    pub fn telling(self, filter: &'static str) -> Self {
        Self { filter, ..self }
    }

    /// Its folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Where its rows lie.
    pub fn place(&self) -> Place {
        let file = || Place::File(bedside::house::database_file(&self.data));
        self.database_url.clone().map_or_else(file, Place::Url)
    }

    /// Where it puts what is temporary.
    pub fn temporary(&self) -> PathBuf {
        self.data.with_file_name("temporary")
    }

    fn program(&self) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_bedside"));
        program.arg("--data").arg(&self.data).stdin(Stdio::null());
        program.current_dir(self.data.parent().expect("a folder around it"));
        std::fs::create_dir_all(self.temporary()).expect("a folder for what is temporary");
        program.env("BEDSIDE_KEYS__MASTER_KEY_FILE", self.data.with_file_name("master.key"));
        program.env("TMPDIR", self.temporary()).env("SQLITE_TMPDIR", self.temporary());
        match &self.database_url {
            Some(url) => program.env("BEDSIDE_STORE__DATABASE_URL", url),
            None => program.env_remove("BEDSIDE_STORE__DATABASE_URL"),
        };
        program
    }

    /// Runs a command, which must succeed, and gives its JSON.
    pub async fn command(&self, words: &[&str]) -> Value {
        let mut program = self.program();
        program.args(words).arg("--json");
        let output = spawn_blocking(move || program.output()).await.unwrap().expect("the program starts");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {told}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// Starts the server and waits until it answers.
    pub async fn start(&self) -> Server {
        let mut program = self.program();
        program.args(["serve", "--listen", "127.0.0.1:0", "--set", "server.metrics_listen=127.0.0.1:0"]);
        program.args(["--set", "limits.messenger_calls_per_second=0", "--set", "log.format=json", "--set"]);
        program.arg(format!("log.filter={}", self.filter)).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = program.spawn().expect("the program starts");
        let (said, (ready, told)) = (Arc::<Mutex<String>>::default(), oneshot::channel());
        let lines = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn({
            let said = said.clone();
            move || listen(lines, &said, ready)
        });
        let Ok(Ok(line)) = timeout(START_WITHIN, told).await else {
            drop(child.kill());
            panic!("the server did not start: {}", said.lock());
        };
        let text = |name: &str| line[name].as_str().expect("a URL").to_owned();
        Server { child, url: text("url"), metrics: text("metrics"), said }
    }
}

fn listen(lines: BufReader<impl std::io::Read>, said: &Mutex<String>, ready: oneshot::Sender<Value>) {
    let mut ready = Some(ready);
    for line in lines.split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        if line.contains(READY)
            && let Some(ready) = ready.take()
        {
            drop(ready.send(serde_json::from_str(&line).expect("a line of JSON")));
        }
        let mut said = said.lock();
        said.push_str(&line);
        said.push('\n');
    }
}

impl Server {
    /// Everything that it told on standard error so far.
    pub fn said(&self) -> String {
        self.said.lock().clone()
    }

    /// The most memory that was its own at any time, in bytes; `None` where the system does not tell.
    pub fn peak_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
    }

    /// Ends it by SIGKILL, in the middle of whatever it does.
    pub async fn kill(mut self) {
        self.child.kill().expect("it runs");
        assert!(!self.ended().await.0.success());
    }

    /// Asks it to stop by SIGTERM, and says how it ended, how long that took, and all that it told.
    pub async fn stop(self) -> (ExitStatus, Duration, String) {
        let asked = Instant::now();
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().expect("kill");
        assert!(told.success());
        let (status, server) = self.ended().await;
        (status, asked.elapsed(), server.said())
    }

    async fn ended(mut self) -> (ExitStatus, Self) {
        let wait = move || (self.child.wait(), self);
        let (status, server) = spawn_blocking(wait).await.unwrap();
        (status.expect("it ends"), server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that failed leaves no server behind.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
