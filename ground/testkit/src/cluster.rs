//! A PostgreSQL cluster of a test's own, whose server processes may be killed without harm to other tests.
//!
//! A shell holds it, which waits on a pipe that only this process keeps open: however the test ends, the cluster
//! is stopped and removed.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::{OpenOptionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};

use tempfile::TempDir;

const KEEPER: &str = r#"
dir=$1 bin=$2 port=$3
shift 3
export LC_ALL=C
cd "$dir" || exit 1
"$bin/initdb" -D data -U postgres --locale=C --encoding=UTF8 --auth=trust --no-sync >log 2>&1 || exit 1
"$bin/postgres" -D data -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= "$@" >>log 2>&1 &
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
    /// Starts one; where PostgreSQL's own programs are not to be found, what needs it is [`not_run`](crate::not_run).
    #[must_use]
    #[track_caller]
    pub fn start() -> Option<Self> {
        Self::start_with(&[], &[])
    }

    /// Starts one that nobody reaches but by TLS, with this certificate and its key in PEM.
    #[must_use]
    #[track_caller]
    pub fn start_with_tls(certificate: &str, key: &str) -> Option<Self> {
        let files = [("tls.pem", certificate), ("tls.key", key), ("hba.conf", "hostssl all all all trust\n")];
        // PostgreSQL looks for the first two from within its data, and for the third from where it is started.
        let settings = ["ssl=on", "ssl_cert_file=../tls.pem", "ssl_key_file=../tls.key", "hba_file=hba.conf"];
        Self::start_with(&settings, &files)
    }

    #[track_caller]
    fn start_with(settings: &[&str], files: &[(&str, &str)]) -> Option<Self> {
        let Some(programs) = programs() else {
            crate::not_run("PostgreSQL's own programs are not installed");
            return None;
        };
        let port =
            TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("its address").port();
        let folder = tempfile::tempdir().expect("a folder");
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(folder.path()).arg(&programs).arg(port.to_string());
        keeper.args(settings.iter().flat_map(|setting| ["-c", setting]));
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).current_dir("/");
        let mut paths = vec![folder.path().to_owned()];
        for (name, text) in files {
            let path = folder.path().join(name);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
            file.as_mut().expect("a file").write_all(text.as_bytes()).expect("it is written");
            paths.push(path);
        }
        // PostgreSQL refuses to run as root.
        if id(&["-u"]) == Some(0) {
            let (Some(user), Some(group)) = (id(&["-u", "postgres"]), id(&["-g", "postgres"])) else {
                crate::not_run("PostgreSQL refuses to run as root, and there is no user named postgres");
                return None;
            };
            paths.iter().for_each(|path| chown(path, Some(user), Some(group)).expect("root may"));
            keeper.uid(user).gid(group);
        }
        let mut keeper = keeper.spawn().expect("a shell");
        let pipe = keeper.stdin.take();
        let mut line = String::new();
        let said = keeper.stdout.take().expect("it was asked for");
        BufReader::new(said).read_line(&mut line).expect("a line");
        assert_eq!(line.trim(), "ready", "the cluster did not start");
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        Some(Self { keeper, pipe, programs, url, _folder: folder })
    }

    /// Its own database, from which others are made.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills one server process that serves this database, by SIGKILL. The cluster then ends all others and
    /// recovers from its log, as after a crash.
    ///
    /// # Panics
    /// When there is none.
    pub fn kill_a_backend(&self, database: &str) {
        let find = format!(
            "SELECT pid FROM pg_stat_activity WHERE datname = '{database}' AND backend_type = 'client backend'
             ORDER BY state = 'active' DESC LIMIT 1"
        );
        let mut psql = Command::new(self.programs.join("psql"));
        let found = psql.args([self.url(), "-Atc", &find]).output().expect("psql");
        let pid = String::from_utf8_lossy(&found.stdout).trim().to_owned();
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
