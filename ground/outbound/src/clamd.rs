//! The way to ClamAV's daemon: a file is streamed to it (`INSTREAM`), and it says what it found. The protocol is small
//! and is written out here: `zINSTREAM` and a NUL, chunks behind their length in four bytes, a length of zero, and then
//! an answer that ends with a NUL.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use kernel::{Error, Result};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

/// Files that whoever has many should have looked at at once; the daemon has ten threads unless it is told otherwise, and
/// others may use it.
pub const AT_ONCE: usize = 4;
/// Bytes of the longest answer.
const ANSWER_BYTES_MAX: u64 = 4 << 10;

/// Where the daemon listens: `unix:/run/clamav/clamd.ctl` or `tcp:host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A socket of this machine.
    Unix(PathBuf),
    /// A host and a port. What is sent there is not encrypted: it belongs on this machine or on a network of your own.
    Tcp(String),
}

impl Address {
    /// Whether it can be told from the address that nobody stands between: this machine, or a network that is not
    /// public. A name does not tell.
    #[must_use]
    pub fn is_near(&self) -> bool {
        let Self::Tcp(place) = self else { return true };
        let host = place.rsplit_once(':').map_or(place.as_str(), |(host, _)| host);
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => {
                address.is_loopback() || address.is_private() || address.is_link_local()
            }
            Ok(IpAddr::V6(address)) => {
                address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
            }
            Err(_) => host == "localhost",
        }
    }
}

/// That a text is no [`Address`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAddress;

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        if let Some(path) = text.strip_prefix("unix:").filter(|path| path.starts_with('/')) {
            return Ok(Self::Unix(PathBuf::from(path)));
        }
        let (host, port) =
            text.strip_prefix("tcp:").and_then(|rest| rest.rsplit_once(':')).ok_or(NoAddress)?;
        let is_port = port.parse::<u16>().is_ok_and(|port| port > 0);
        if host.is_empty() || !is_port || host.contains(|c: char| c.is_whitespace() || c == '/') {
            return Err(NoAddress);
        }
        Ok(Self::Tcp(format!("{host}:{port}")))
    }
}

/// How long the daemon is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until it takes the connection, and until it takes each chunk.
    pub step: Duration,
    /// Until it says what it found, once it has everything.
    pub answer: Duration,
}

impl Default for Patience {
    /// The daemon itself gives up on a file after two minutes (its `MaxScanTime`).
    fn default() -> Self {
        Self { step: Duration::from_secs(10), answer: Duration::from_secs(150) }
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Clean,
    /// Something that does harm, by the daemon's name for it.
    Infected(String),
}

/// The daemon. Clones are the same.
#[derive(Clone)]
pub struct Clamd(Arc<Desk>);

struct Desk {
    address: Address,
    patience: Patience,
}

/// A connection to the daemon.
trait Line: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Line for T {}

/// Why not everything was sent.
enum Cut {
    /// The file could not be read to its end.
    File(Error),
    /// The daemon took no more; it may have said why.
    Line,
}

impl Clamd {
    /// The daemon that listens there.
    #[must_use]
    pub fn at(address: Address, patience: Patience) -> Self {
        Self(Arc::new(Desk { address, patience }))
    }

    /// Has the daemon look at a file.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not answer, or not in time, or with anything but a verdict;
    /// [`Error::TooLarge`] when its `StreamMaxLength` is below the file's length; the stream's own. None of them says
    /// anything of the file.
    pub async fn scan(&self, bytes: impl Stream<Item = Result<Bytes>> + Send) -> Result<Verdict> {
        self.converse(self.line().await?, bytes).await
    }

    /// Whether the daemon answers at all.
    pub async fn answers(&self) -> bool {
        let asking = async {
            let mut line = self.line().await.ok()?;
            line.write_all(b"zPING\0").await.ok()?;
            let mut said = [0; 5];
            line.read_exact(&mut said).await.ok()?;
            (&said == b"PONG\0").then_some(())
        };
        matches!(timeout(self.0.patience.step, asking).await, Ok(Some(())))
    }

    async fn line(&self) -> Result<Box<dyn Line>> {
        let step = self.0.patience.step;
        let line: Box<dyn Line> = match &self.0.address {
            Address::Unix(path) => Box::new(in_time(step, UnixStream::connect(path)).await?),
            Address::Tcp(place) => Box::new(in_time(step, TcpStream::connect(place)).await?),
        };
        Ok(line)
    }

    async fn converse(
        &self,
        mut line: Box<dyn Line>,
        bytes: impl Stream<Item = Result<Bytes>> + Send,
    ) -> Result<Verdict> {
        let Patience { step, answer } = self.0.patience;
        let is_whole = match send(&mut line, bytes, step).await {
            Ok(()) => true,
            Err(Cut::Line) => false,
            // Nothing ends the stream, so that the daemon takes no part of a file for the whole.
            Err(Cut::File(error)) => return Err(error),
        };
        let mut said = Vec::new();
        let mut bounded = line.take(ANSWER_BYTES_MAX);
        in_time(answer, async {
            while !said.ends_with(&[0]) && bounded.read_buf(&mut said).await? > 0 {}
            Ok(())
        })
        .await?;
        verdict(&said, is_whole)
    }
}

async fn send(
    line: &mut (impl AsyncWrite + Unpin),
    bytes: impl Stream<Item = Result<Bytes>>,
    step: Duration,
) -> Result<(), Cut> {
    let mut bytes = pin!(bytes);
    let cut = |_| Cut::Line;
    in_time(step, line.write_all(b"zINSTREAM\0")).await.map_err(cut)?;
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk.map_err(Cut::File)?;
        // A chunk of no bytes would end the stream.
        if chunk.is_empty() {
            continue;
        }
        let length = u32::try_from(chunk.len()).map_err(|error| Cut::File(Error::bug(error)))?;
        in_time(step, line.write_all(&length.to_be_bytes())).await.map_err(cut)?;
        in_time(step, line.write_all(&chunk)).await.map_err(cut)?;
    }
    in_time(step, line.write_all(&0_u32.to_be_bytes())).await.map_err(cut)?;
    in_time(step, line.flush()).await.map_err(cut)
}

async fn in_time<T>(patience: Duration, doing: impl Future<Output = std::io::Result<T>>) -> Result<T> {
    match timeout(patience, doing).await {
        Ok(done) => done.map_err(|error| Error::unavailable(("the virus scanner", error.kind()))),
        Err(_) => Err(Error::unavailable("the virus scanner takes too long")),
    }
}

/// Reads an answer. That nothing was found is believed only of a file that the daemon had to its end.
fn verdict(said: &[u8], is_whole: bool) -> Result<Verdict> {
    let said = said.strip_suffix(&[0]).and_then(|said| std::str::from_utf8(said).ok()).unwrap_or_default();
    let found = said.strip_prefix("stream: ").unwrap_or_default();
    if found == "OK" && is_whole {
        return Ok(Verdict::Clean);
    }
    if let Some(name) = found.strip_suffix(" FOUND") {
        return Ok(Verdict::Infected(name.chars().filter(|c| !c.is_control()).take(200).collect()));
    }
    if said.contains("size limit exceeded") {
        return Err(Error::too_large("clamd_stream_max_length", kernel::limits::FILE_BYTES_MAX));
    }
    Err(Error::unavailable("the virus scanner gave no verdict"))
}

impl fmt::Debug for Clamd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clamd").field(&self.0.address).finish()
    }
}

#[cfg(test)]
mod tests;
