//! Files, sealed while they stream: frames of 64 KiB, each bound to the file, to its number, and to whether it is
//! the last. A file that was cut short, put in another order or swapped with another does not open.

use std::sync::Arc;

use kernel::Result;

use crate::ring::{KeyRing, OVERHEAD_BYTES, frame};

/// Plain bytes of every frame but the last.
pub const FRAME_BYTES: usize = 64 << 10;

const SEALED_FRAME_BYTES: usize = FRAME_BYTES + OVERHEAD_BYTES;

/// The length of a sealed file, in bytes, from its plain length.
#[must_use]
pub const fn sealed_bytes(plain_bytes: u64) -> u64 {
    let frames = if plain_bytes == 0 { 1 } else { plain_bytes.div_ceil(FRAME_BYTES as u64) };
    plain_bytes + frames * OVERHEAD_BYTES as u64
}

/// Seals the chunks of a file as they come.
#[derive(Debug)]
pub struct Sealer {
    ring: Arc<KeyRing>,
    cutter: Cutter,
}

/// Opens the chunks of a sealed file as they come.
#[derive(Debug)]
pub struct Opener {
    ring: Arc<KeyRing>,
    cutter: Cutter,
}

/// Cuts a stream into frames, and keeps the newest back until it is known whether it is the last.
#[derive(Debug)]
struct Cutter {
    blob_key: String,
    frame_bytes: usize,
    number: u64,
    waiting: Vec<u8>,
}

impl Sealer {
    /// Begins the file that lies under this key.
    #[must_use]
    pub fn new(ring: Arc<KeyRing>, blob_key: &str) -> Self {
        Self { ring, cutter: Cutter::new(blob_key, FRAME_BYTES) }
    }

    /// Takes a chunk of any length and gives the sealed frames that it completed.
    #[must_use]
    pub fn push(&mut self, chunk: &[u8]) -> Vec<Vec<u8>> {
        let ring = &self.ring;
        let mut frames = Vec::new();
        self.cutter.cut(chunk, |bound, plain| frames.push(ring.seal_bound(bound, plain)));
        frames
    }

    /// Gives the last frame, which an empty file has too.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.ring.seal_bound(self.cutter.bound(true), &self.cutter.waiting)
    }
}

impl Opener {
    /// Begins to open the file that lies under this key.
    #[must_use]
    pub fn new(ring: Arc<KeyRing>, blob_key: &str) -> Self {
        Self { ring, cutter: Cutter::new(blob_key, SEALED_FRAME_BYTES) }
    }

    /// Takes a chunk of any length and gives the plain frames that it completed.
    ///
    /// # Errors
    /// As [`KeyRing::open`]; what was given before an error is true, but is not the whole file.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<Vec<u8>>> {
        let ring = &self.ring;
        let mut frames = Vec::new();
        self.cutter.cut(chunk, |bound, sealed| frames.push(ring.open_bound(bound, sealed)));
        frames.into_iter().map(|frame| frame.map_err(|refusal| refusal.of("files", "frame"))).collect()
    }

    /// Gives the last frame.
    ///
    /// # Errors
    /// As [`KeyRing::open`], also when the file was cut short. Until this has answered, the file is not whole.
    pub fn finish(self) -> Result<Vec<u8>> {
        let last = self.ring.open_bound(self.cutter.bound(true), &self.cutter.waiting);
        last.map_err(|refusal| refusal.of("files", "last frame"))
    }
}

impl Cutter {
    fn new(blob_key: &str, frame_bytes: usize) -> Self {
        Self {
            blob_key: blob_key.to_owned(),
            frame_bytes,
            number: 0,
            waiting: Vec::with_capacity(frame_bytes),
        }
    }

    /// Hands out every full frame that something follows.
    fn cut(&mut self, mut chunk: &[u8], mut full: impl FnMut(Vec<u8>, &[u8])) {
        while !chunk.is_empty() {
            if self.waiting.len() == self.frame_bytes {
                full(self.bound(false), &self.waiting);
                self.waiting.clear();
                self.number += 1;
            }
            let (now, later) = chunk.split_at(chunk.len().min(self.frame_bytes - self.waiting.len()));
            self.waiting.extend(now);
            chunk = later;
        }
    }

    fn bound(&self, is_last: bool) -> Vec<u8> {
        frame(&self.blob_key, self.number, is_last)
    }
}
