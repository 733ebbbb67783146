//! What people upload as their picture, made into a small square one.
//!
//! Always true:
//! - Whatever came in, what goes out is a JPEG of 256 by 256 pixels that was drawn anew: nothing of the file is left
//!   in it, no place, no camera, no thumbnail, no second picture.
//! - How many pixels a picture has is asked before any of them is read.
//! - Pictures are read on threads of their own, two at a time, and no more wait for that than there is memory for.

mod seat;
mod square;

pub use seat::{Seat, take_seat};
pub use square::square;

/// What a square picture is.
pub const MIME: &str = "image/jpeg";
