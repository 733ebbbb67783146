//! A PostgreSQL cluster of our own on a free loopback port, gone when it is dropped.
//!
//! A shell of the cluster's own user holds it. It waits on a pipe that only this process can keep open, so the
//! cluster is stopped and removed even when this process is killed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::install;
use crate::shell::{is_root, read};

/// What the shell does: make the cluster, start it, say so, wait for the pipe to close, clean up.
const KEEPER: &str = r#"
dir=$1 bin=$2 settings=$3
export LC_ALL=C
fail() { cat log >&2; echo failed; cd / && rm -rf "$dir"; exit 1; }
cd "$dir" || exit 1
"$bin/initdb" -D data -U postgres --locale=C --encoding=UTF8 --auth=trust --no-sync >log 2>&1 || fail
"$bin/postgres" -D data $settings >>log 2>&1 &
server=$!
tries=0
until grep -q '^ready' data/postmaster.pid 2>/dev/null; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ] || ! kill -0 $server 2>/dev/null; then
        kill -QUIT $server 2>/dev/null; wait $server; fail
    fi
    sleep 0.1
done
echo ready
read -r forever
kill -QUIT $server
wait $server
cd / && rm -rf "$dir"
"#;

/// Settings for tests: what they store need not outlive the machine.
pub const FOR_TESTS: &[&str] = &["fsync=off", "full_page_writes=off", "max_connections=200"];

/// A running cluster.
pub struct Cluster {
    keeper: Child,
    pipe: Option<ChildStdin>,
    port: u16,
}

impl Cluster {
    /// Starts one with these settings (`name=value`); another port is tried when somebody else was quicker.
    pub fn start(settings: &[&str]) -> Result<Self> {
        let programs = install::postgres_programs()?;
        let mut tried = 0;
        loop {
            tried += 1;
            match Self::try_start(&programs, settings) {
                Err(error) if tried == 3 => return Err(error),
                Err(error) => println!("PostgreSQL did not start, trying again: {error:#}"),
                started => return started,
            }
        }
    }

    /// Its address, for `BEDSIDE_TEST_POSTGRES`.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn try_start(programs: &Path, settings: &[&str]) -> Result<Self> {
        let port = free_port()?;
        let owner = if is_root() { Some(unprivileged_user()?) } else { None };
        let folder = make_folder(port, owner)?;
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(&folder).arg(programs).arg(options(port, settings));
        // Its own group: Ctrl-C is for us, and the keeper then cleans up when the pipe closes.
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).current_dir("/");
        if let Some((user, group)) = owner {
            keeper.uid(user).gid(group);
        }
        let mut keeper = keeper.spawn().context("cannot start sh")?;
        let pipe = keeper.stdin.take();
        let answer = keeper.stdout.take().map(BufReader::new);
        let cluster = Self { keeper, pipe, port };
        let mut line = String::new();
        answer.context("the keeper has no output")?.read_line(&mut line)?;
        if line.trim() != "ready" {
            bail!("PostgreSQL in {} did not start on port {port}; its log stands above", programs.display());
        }
        Ok(cluster)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.pipe.take();
        if let Err(error) = self.keeper.wait() {
            eprintln!("the test cluster on port {} may still run: {error}", self.port);
        }
    }
}

fn options(port: u16, settings: &[&str]) -> String {
    let port = format!("port={port}");
    let own = ["listen_addresses=127.0.0.1", "unix_socket_directories=", port.as_str()];
    own.iter().chain(settings).map(|setting| format!("-c {setting}")).collect::<Vec<_>>().join(" ")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// PostgreSQL refuses to run as root: its own user when there is one, nobody otherwise.
fn unprivileged_user() -> Result<(u32, u32)> {
    for name in ["postgres", "nobody"] {
        if let (Ok(user), Ok(group)) = (id("-u", name), id("-g", name)) {
            return Ok((user, group));
        }
    }
    bail!("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")
}

fn id(which: &str, name: &str) -> Result<u32> {
    Ok(read(Command::new("id").args([which, name]))?.parse()?)
}

fn folder_of(port: u16) -> PathBuf {
    std::env::temp_dir().join(format!("bedside-test-postgres-{}-{port}", std::process::id()))
}

fn make_folder(port: u16, owner: Option<(u32, u32)>) -> Result<PathBuf> {
    let folder = folder_of(port);
    fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    if let Some((user, group)) = owner {
        std::os::unix::fs::chown(&folder, Some(user), Some(group))?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cluster_listens_on_loopback_alone() {
        assert_eq!(
            options(5599, &["fsync=off"]),
            "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c port=5599 -c fsync=off"
        );
    }

    #[test]
    fn a_cluster_answers_until_it_is_dropped() -> Result<()> {
        let cluster = match Cluster::start(FOR_TESTS) {
            Ok(cluster) => cluster,
            Err(error) => {
                println!("not tested, no PostgreSQL here: {error:#}");
                return Ok(());
            }
        };
        let address = ("127.0.0.1", cluster.port);
        let folder = folder_of(cluster.port);
        assert!(std::net::TcpStream::connect(address).is_ok());
        assert!(folder.is_dir());
        drop(cluster);
        assert!(std::net::TcpStream::connect(address).is_err());
        assert!(!folder.exists());
        Ok(())
    }
}
