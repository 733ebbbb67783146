//! The socket by which commands reach a running server: one line of JSON in, one out.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use flows::House;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::timeout;

use super::{AdminCommand, Fault, in_words, run};
use crate::serve::Stopped;

const NAME: &str = "admin.sock";
const LINE_BYTES_MAX: u64 = 1 << 20;
const COMMAND_WITHIN: Duration = Duration::from_secs(10);
/// The system takes no longer path for a socket, its end included.
const PATH_BYTES_MAX: usize = 107;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Done(Value),
    Refused(Fault),
}

/// A path short enough for a socket, and what keeps it valid.
struct Reach {
    path: PathBuf,
    _folder: Option<File>,
}

/// Where commands come in; the socket's file goes when this does.
pub struct Counter {
    listener: UnixListener,
    path: PathBuf,
}

impl Counter {
    /// Opens the socket in a data folder that this process owns; only its owner may use it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn open(data: &Path) -> io::Result<Self> {
        let path = data.join(NAME);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&reach(data)?.path)?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        Ok(Self { listener, path })
    }

    /// Runs commands until the word to stop.
    pub async fn serve(self, house: House, mut stopped: Stopped) {
        loop {
            tokio::select! {
                () = stopped.wait() => return,
                accepted = self.listener.accept() => {
                    if let Ok((stream, _)) = accepted {
                        tokio::spawn(answer(house.clone(), stream));
                    }
                }
            }
        }
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        // A file that stays behind is removed at the next start.
        drop(fs::remove_file(&self.path));
    }
}

async fn answer(house: House, mut stream: UnixStream) {
    let (reading, mut writing) = stream.split();
    let mut line = String::new();
    let mut limited = BufReader::new(reading.take(LINE_BYTES_MAX));
    let Ok(Ok(_)) = timeout(COMMAND_WITHIN, limited.read_line(&mut line)).await else { return };
    let answer = match serde_json::from_str::<AdminCommand>(&line) {
        Ok(command) => match run(&house, command).await {
            Ok(value) => Answer::Done(value),
            Err(error) => {
                tracing::debug!(?error, "a command was refused");
                Answer::Refused(in_words(&error))
            }
        },
        Err(_) => Answer::Refused(not_a_command()),
    };
    let Ok(mut line) = serde_json::to_vec(&answer) else { return };
    line.push(b'\n');
    drop(writing.write_all(&line).await);
}

fn not_a_command() -> Fault {
    let sentence = "The server does not know this command: it may be of another version.".to_owned();
    Fault { code: "unknown_command".to_owned(), sentence }
}

/// Has the server of a data folder run the command; `None` when there is no server.
///
/// # Errors
/// The server's refusal, in its words, or when it hangs up.
pub async fn ask(data: &Path, command: &AdminCommand) -> Result<Option<Value>> {
    let reach = match reach(data) {
        Ok(reach) => reach,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error)
                .with_context(|| format!("the data folder {} cannot be opened", data.display()));
        }
    };
    let mut stream = match UnixStream::connect(&reach.path).await {
        Ok(stream) => stream,
        Err(error) if is_nobody(error.kind()) => return Ok(None),
        Err(error) => {
            return Err(error)
                .with_context(|| format!("the socket of a server in {} cannot be reached", data.display()));
        }
    };
    let mut line = serde_json::to_vec(command)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).await?;
    match serde_json::from_str(&answer).context("the server hung up before it answered")? {
        Answer::Done(value) => Ok(Some(value)),
        Answer::Refused(fault) => bail!(fault.sentence),
    }
}

fn is_nobody(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::ConnectionRefused)
}

/// A socket's path has few bytes; a longer one is reached through the open folder.
fn reach(data: &Path) -> io::Result<Reach> {
    let path = data.join(NAME);
    if path.as_os_str().len() <= PATH_BYTES_MAX {
        return Ok(Reach { path, _folder: None });
    }
    let folder = File::open(data)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd()));
    Ok(Reach { path, _folder: Some(folder) })
}
