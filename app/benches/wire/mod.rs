//! One connection of HTTP/1.1, as the drivers of the benchmarks use it: what is asked is put together by hand, so that
//! the client costs the machine as little as it can.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A connection that asks one thing after the other.
pub struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What was answered.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// The status line and the headers, as they came.
    pub head: String,
    /// Its body.
    pub body: String,
}

impl Line {
    /// Connects to a server on this machine.
    pub async fn open(port: u16) -> std::io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4_096) })
    }

    /// Sends what was put together, and waits for its answer.
    pub async fn ask(&mut self, request: &str) -> std::io::Result<Answer> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let Some(head) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let text = String::from_utf8_lossy(&self.buffer[..head]);
            let length = values(&text, "content-length").next().and_then(|text| text.parse::<usize>().ok());
            let end = head + 4 + length.unwrap_or(0);
            if self.buffer.len() >= end {
                let status = text.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0);
                let body = String::from_utf8_lossy(&self.buffer[head + 4..end]).into_owned();
                return Ok(Answer { status, head: text.into_owned(), body });
            }
        }
    }
}

/// Every value of a header.
pub fn values<'a>(head: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    head.lines().filter_map(move |line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}
