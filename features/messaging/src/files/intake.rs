//! The checks that a file passes while it streams in: its length, its type, its harmlessness. No bytes are kept but
//! its beginning.

use kernel::limits::FILE_BYTES_MAX;
use kernel::{Error, Result};

use super::media::Media;
use super::scan::Scanner;

/// Bytes from which the type is told.
const HEAD_BYTES: usize = 16 << 10;

/// A file on its way in.
#[derive(Debug)]
pub struct Intake {
    declared: Option<String>,
    size: u64,
    head: Vec<u8>,
    media: Option<Media>,
    text: TextCheck,
    scanner: Scanner,
}

impl Intake {
    /// Begins to take in a file that its sender says is of this type. A claim that contradicts the bytes is
    /// refused, since one of them is a lie; no claim (none, or `application/octet-stream`) leaves it to the bytes.
    #[must_use]
    pub fn new(declared: Option<&str>) -> Self {
        Self {
            declared: declared.map(str::to_owned),
            size: 0,
            head: Vec::new(),
            media: None,
            text: TextCheck::default(),
            scanner: Scanner::new(),
        }
    }

    /// Looks at the next chunk, of any length.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for more than 25 MiB, [`Error::Unsupported`] for a type that is not taken in or is not
    /// the one declared, and for a file that would do harm.
    pub fn push(&mut self, chunk: &[u8]) -> Result<()> {
        self.size += chunk.len() as u64;
        if self.size > FILE_BYTES_MAX {
            return Err(Error::too_large("file_bytes", FILE_BYTES_MAX));
        }
        if self.scanner.feed(chunk) {
            return Err(Error::unsupported("file_infected", "This file would do harm and was not kept."));
        }
        if !matches!(self.media, Some(media) if media != Media::Text) {
            self.text.feed(chunk);
        }
        if self.media.is_none() {
            self.head.extend(&chunk[..chunk.len().min(HEAD_BYTES - self.head.len())]);
            if self.head.len() == HEAD_BYTES {
                self.decide()?;
            }
        }
        self.still_fits()
    }

    /// What the whole file is, and its length in bytes.
    ///
    /// # Errors
    /// As [`Intake::push`], and [`Error::Invalid`] for an empty file.
    pub fn finish(mut self) -> Result<(Media, u64)> {
        if self.size == 0 {
            return Err(Error::invalid("files", "file_is_empty", "A file has at least one byte."));
        }
        self.text.end();
        if self.media.is_none() {
            self.decide()?;
        }
        self.still_fits()?;
        self.media.map(|media| (media, self.size)).ok_or_else(not_taken)
    }

    fn decide(&mut self) -> Result<()> {
        let media = Media::sniff(&self.head, self.text.holds()).ok_or_else(not_taken)?;
        if !media.agrees_with(self.declared.as_deref()) {
            let why = "This file is not what its content type says.";
            return Err(Error::unsupported("file_type_contradicted", why));
        }
        self.media = Some(media);
        self.head = Vec::new();
        Ok(())
    }

    /// A file that began as text must be text to its end.
    fn still_fits(&self) -> Result<()> {
        if self.media == Some(Media::Text) && !self.text.holds() { Err(not_taken()) } else { Ok(()) }
    }
}

fn not_taken() -> Error {
    let why =
        "Files may be PDF, JPEG, PNG, GIF, WebP, HEIC, MP4, M4A, DOCX, XLSX, ODT, and plain text in UTF-8.";
    Error::unsupported("file_type_not_allowed", why)
}

/// Whether a stream is valid UTF-8 without control characters, wherever its chunks are cut.
#[derive(Debug, Default)]
struct TextCheck {
    /// The beginning of a character whose end has not come yet: at most 3 bytes.
    begun: Vec<u8>,
    is_broken: bool,
}

impl TextCheck {
    fn feed(&mut self, chunk: &[u8]) {
        if self.is_broken {
            return;
        }
        let mut chunk = chunk;
        // Ends the character that was begun, byte by byte, before the rest is looked at where it lies.
        while let (false, Some((byte, rest))) = (self.begun.is_empty(), chunk.split_first()) {
            self.begun.push(*byte);
            chunk = rest;
            let begun = std::mem::take(&mut self.begun);
            self.look(&begun);
        }
        self.look(chunk);
    }

    fn look(&mut self, bytes: &[u8]) {
        let (whole, begun) = match std::str::from_utf8(bytes) {
            Ok(text) => (text.as_bytes(), &bytes[bytes.len()..]),
            Err(error) if error.error_len().is_none() => bytes.split_at(error.valid_up_to()),
            Err(_) => return self.is_broken = true,
        };
        self.is_broken |= whole.iter().any(|byte| byte.is_ascii_control() && !b"\t\n\r\x0c".contains(byte));
        self.begun.extend(begun);
    }

    fn end(&mut self) {
        self.is_broken |= !self.begun.is_empty();
    }

    const fn holds(&self) -> bool {
        !self.is_broken
    }
}
