//! From a file of any size to a small picture of the same shape.

use crate::opened::{jpeg, on_white, read};

/// Of a hundred.
const QUALITY: u8 = 72;

/// A picture that was made small.
#[derive(Clone, Debug)]
pub struct Small {
    /// Its bytes, a JPEG.
    pub jpeg: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// A JPEG, PNG, WebP or GIF (its first frame), the right way up, with no side longer than this one; `None` when it is none
/// that can be read, or has too many pixels.
#[must_use]
pub fn small(bytes: &[u8], side: u32) -> Option<Small> {
    let (image, orientation) = read(bytes).ok()?;
    let is_larger = image.width() > side || image.height() > side;
    let mut less = if is_larger { image.thumbnail(side, side) } else { image };
    less.apply_orientation(orientation);
    let flat = on_white(&less.into_rgba8());
    Some(Small { jpeg: jpeg(&flat, QUALITY).ok()?, width: flat.width(), height: flat.height() })
}
