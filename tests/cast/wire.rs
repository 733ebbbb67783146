//! Bytes on a socket: for what the vendor's clients send to the byte, and for what no client library would.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Ward;

/// A test that waits longer for the server waits for nothing.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection.
pub struct Wire {
    stream: TcpStream,
    come: Vec<u8>,
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body's bytes, out of their chunks.
    pub body: Vec<u8>,
}

impl Wire {
    /// A connection to the ward's server.
    pub async fn to(ward: &Ward) -> Self {
        let port = ward.url.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).expect("a port");
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
        Self { stream, come: Vec::new() }
    }

    /// Sends these bytes and reads one answer.
    pub async fn ask(ward: &Ward, bytes: &[u8]) -> Reply {
        let mut wire = Self::to(ward).await;
        wire.write(bytes).await;
        wire.reply().await.expect("an answer")
    }

    /// Sends bytes.
    pub async fn write(&mut self, bytes: &[u8]) {
        timeout(PATIENCE, self.stream.write_all(bytes)).await.expect("room").expect("the server listens");
    }

    /// What comes in one piece, as a client gets it that takes what is there.
    pub async fn piece(&mut self) -> Vec<u8> {
        self.more().await.expect("an answer");
        std::mem::take(&mut self.come)
    }

    /// Says that nothing more comes, and listens on.
    pub async fn finish(&mut self) {
        self.stream.shutdown().await.expect("the server listens");
    }

    /// Reads one answer; `None` when the server hung up without a word.
    pub async fn reply(&mut self) -> Option<Reply> {
        let head = self.until(b"\r\n\r\n").await?;
        let head = String::from_utf8(head).expect("a head in ASCII");
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().expect("a status");
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut reply = Reply { status, headers, body: Vec::new() };
        reply.body = if reply.header("transfer-encoding") == "chunked" {
            self.chunks().await?
        } else {
            self.exactly(reply.header("content-length").parse().unwrap_or(0)).await?
        };
        Some(reply)
    }

    async fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.until(b"\r\n").await?;
            let size = std::str::from_utf8(&line).ok()?.trim();
            let size = usize::from_str_radix(size, 16).expect("a chunk's size");
            body.extend(self.exactly(size).await?);
            self.exactly(2).await?;
            if size == 0 {
                return Some(body);
            }
        }
    }

    async fn until(&mut self, mark: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self.come.windows(mark.len()).position(|window| window == mark) {
                return Some(self.come.drain(..at + mark.len()).collect());
            }
            self.more().await?;
        }
    }

    async fn exactly(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.come.len() < length {
            self.more().await?;
        }
        Some(self.come.drain(..length).collect())
    }

    async fn more(&mut self) -> Option<()> {
        let mut bytes = vec![0; 64 << 10];
        let read = timeout(PATIENCE, self.stream.read(&mut bytes)).await.expect("the server answers").ok()?;
        self.come.extend(&bytes[..read]);
        (read > 0).then_some(())
    }
}

impl Reply {
    /// A header's value; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    /// Every line of a header.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON, which every answer of the messenger is.
    #[track_caller]
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"))
    }
}
