//! Paper: text and pictures laid out on pages, as a PDF for the archive (PDF/A-2).
//!
//! Always true:
//! - Every character that is to be seen comes out: in a font that has it, or as its code in brackets when none of ours
//!   has. Of a letter with marks, a mark that the letter's font lacks is left out.
//! - What can be read can be found: each glyph carries the text that it stands for.
//! - A page is drawn once it is full and then no longer held; a picture is held as it will be printed, not as it came.
//! - This crate has no input or output, and does not know what is printed.

mod draw;
mod fonts;
mod legible;
mod picture;
mod sheet;
mod style;

#[cfg(test)]
mod tests;

pub use picture::Picture;
pub use sheet::{About, Paper, Spoiled};
pub use style::Style;
