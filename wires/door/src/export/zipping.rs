//! The archive's own bytes: a thread writes them into a pipe, as what belongs into them comes in.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Bytes;
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Error, Result};
use tokio::sync::mpsc;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Bytes that the pipe gathers before it hands them on.
const GULP_BYTES: usize = 64 << 10;

/// What comes next.
pub enum Part {
    /// A file begins; the one before it ends.
    Begin {
        /// Where in the archive.
        path: String,
        /// When it was made.
        made_ms: i64,
        /// Whether it is worth making it smaller: pictures and documents are small already.
        is_text: bool,
    },
    /// Bytes of the file that began last.
    Bytes(Bytes),
    /// The archive is whole.
    Finish,
}

/// Writes an archive until it is whole, or nobody brings anything more.
///
/// # Errors
/// [`Error::Unavailable`] when nobody takes it, or it became larger than an archive can be.
pub fn write(mut parts: mpsc::Receiver<Part>, out: mpsc::Sender<Result<Bytes>>) -> Result<()> {
    let is_cut = Arc::new(AtomicBool::new(false));
    let mut zip = ZipWriter::new_stream(Pipe { out, held: Vec::new(), is_cut: is_cut.clone() });
    while let Some(part) = parts.blocking_recv() {
        let written = match part {
            Part::Begin { path, made_ms, is_text } => {
                zip.start_file(path, options(made_ms, is_text)).map_err(io::Error::other)
            }
            Part::Bytes(bytes) => zip.write_all(&bytes),
            Part::Finish => return finish(zip).map_err(cut_off),
        };
        if let Err(why) = written {
            is_cut.store(true, Ordering::Relaxed);
            return Err(cut_off(why));
        }
    }
    // What is dropped unfinished would write an end that makes it look whole.
    is_cut.store(true, Ordering::Relaxed);
    Ok(())
}

fn finish(zip: ZipWriter<StreamWriter<Pipe>>) -> io::Result<()> {
    zip.finish().map_err(io::Error::other)?.into_inner().flush()
}

fn options(made_ms: i64, is_text: bool) -> SimpleFileOptions {
    let method = if is_text { CompressionMethod::Deflated } else { CompressionMethod::Stored };
    let options = SimpleFileOptions::default().compression_method(method).unix_permissions(0o644);
    match date(made_ms) {
        Some(date) => options.last_modified_time(date),
        None => options,
    }
}

fn date(ms: i64) -> Option<DateTime> {
    let at = instant_of_ms(ms).to_zoned(TimeZone::UTC);
    let part = |part: i8| u8::try_from(part).ok();
    let (year, month, day) = (u16::try_from(at.year()).ok()?, part(at.month())?, part(at.day())?);
    DateTime::from_date_and_time(year, month, day, part(at.hour())?, part(at.minute())?, part(at.second())?)
        .ok()
}

/// Hands on what is written to it, in gulps. Once it is cut, what is written goes nowhere.
struct Pipe {
    out: mpsc::Sender<Result<Bytes>>,
    held: Vec<u8>,
    is_cut: Arc<AtomicBool>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_cut.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        self.held.extend_from_slice(bytes);
        if self.held.len() >= GULP_BYTES {
            self.hand_on()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_on()
    }
}

impl Pipe {
    fn hand_on(&mut self) -> io::Result<()> {
        if self.held.is_empty() || self.is_cut.load(Ordering::Relaxed) {
            return Ok(());
        }
        let bytes = Bytes::from(std::mem::take(&mut self.held));
        self.out.blocking_send(Ok(bytes)).map_err(|_| {
            self.is_cut.store(true, Ordering::Relaxed);
            io::Error::from(io::ErrorKind::BrokenPipe)
        })
    }
}

fn cut_off(why: io::Error) -> Error {
    Error::unavailable(why)
}
