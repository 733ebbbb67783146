//! Pictures that people send, read and made small: a square one of themselves, or one to be printed.
//!
//! Always true:
//! - Whatever came in, what goes out is a small JPEG that was drawn anew: nothing of the file is left in it, no place, no
//!   camera, no thumbnail, no second picture.
//! - How many pixels a picture has is asked before any of them is read, of each of its frames.
//! - One picture is read at a time in the whole process, and no more wait for that than there is memory for.

mod easel;
mod opened;
mod seat;
mod small;
mod square;

pub use easel::{Turn, turn};
pub use seat::{Seat, take_seat};
pub use small::{Small, small};
pub use square::square;

/// What a picture is that was drawn anew.
pub const MIME: &str = "image/jpeg";
