//! Pictures as they are printed.

/// A picture that is ready to be printed: small already, the right way up, on white.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its bytes, a JPEG.
    pub jpeg: Vec<u8>,
    /// Its width in dots.
    pub width: u32,
    /// Its height in dots.
    pub height: u32,
}

impl Picture {
    /// Bytes that it takes in the document.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.jpeg.len()
    }
}
