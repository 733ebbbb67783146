//! A PostgreSQL cluster of a test's own, whose server processes may be killed without harm to other tests.
//!
//! A shell holds it, which waits on a pipe that only this process keeps open: however the test ends, the cluster
//! is stopped and removed.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};

use tempfile::TempDir;

const KEEPER: &str = r#"
dir=$1 bin=$2 port=$3
export LC_ALL=C
cd "$dir" || exit 1
"$bin/initdb" -D data -U postgres --locale=C --encoding=UTF8 --auth=trust --no-sync >log 2>&1 || exit 1
"$bin/postgres" -D data -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= >>log 2>&1 &
server=$!
until grep -q '^ready' data/postmaster.pid 2>/dev/null; do
    kill -0 $server 2>/dev/null || exit 1
    sleep 0.1
done
echo ready
read -r forever
kill -QUIT $server
wait $server
"#;

/// The cluster.
pub struct Cluster {
    keeper: Child,
    pipe: Option<ChildStdin>,
    programs: PathBuf,
    url: String,
    // Removed when the shell has ended.
    _folder: TempDir,
}

impl Cluster {
    /// Starts one; `None` where PostgreSQL's own programs are not to be found.
    pub fn start() -> Option<Self> {
        let programs = programs()?;
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(folder.path()).arg(&programs).arg(port.to_string());
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).current_dir("/");
        // PostgreSQL refuses to run as root.
        if id(&["-u"]) == Some(0) {
            let (user, group) = (id(&["-u", "postgres"])?, id(&["-g", "postgres"])?);
            chown(folder.path(), Some(user), Some(group)).unwrap();
            keeper.uid(user).gid(group);
        }
        let mut keeper = keeper.spawn().ok()?;
        let pipe = keeper.stdin.take();
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "ready", "the cluster did not start");
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Some(Self { keeper, pipe, programs, url, _folder: folder })
    }

    /// Its own database, from which others are made.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills one server process that serves this database, by SIGKILL. The cluster then ends all others and
    /// recovers from its log, as after a crash.
    pub fn kill_a_backend(&self, database: &str) {
        let find = format!(
            "SELECT pid FROM pg_stat_activity WHERE datname = '{database}' AND backend_type = 'client backend'
             ORDER BY state = 'active' DESC LIMIT 1"
        );
        let mut psql = Command::new(self.programs.join("psql"));
        let found = psql.args([self.url(), "-Atc", &find]).output().expect("psql");
        let pid = String::from_utf8(found.stdout).unwrap().trim().to_owned();
        assert!(pid.parse::<u32>().is_ok(), "{}", String::from_utf8_lossy(&found.stderr));
        assert!(Command::new("kill").args(["-KILL", &pid]).status().expect("kill").success());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.pipe.take());
        drop(self.keeper.wait());
    }
}

fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let installed = versions.map(|version| version.path().join("bin"));
    let named = std::env::var_os("PATH").unwrap_or_default();
    let mut all: Vec<PathBuf> = installed.chain(std::env::split_paths(&named)).collect();
    all.retain(|folder| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).is_file()));
    all.pop()
}

fn id(words: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(words).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
