//! The access log (NEN 7513) and its seals.
//!
//! Always true:
//! - A line of a change is in the transaction of the change. A line of a read is in memory for a second at most,
//!   and a process that dies with such lines leaves a trace, from which a line about the gap is made.
//! - Each line carries a keyed MAC over all its columns; a second later a segment links it to all lines before it.
//!   Writers never wait for each other to be linked.
//! - No line holds content: no text, name, identifier or file name.
//! - Whoever reads the log leaves a line in it.

mod about;
mod buffer;
mod deed;
mod encoding;
mod faults;
mod gaps;
mod keeper;
mod line;
mod log;
mod rows;
mod seal;
mod segment;
mod verify;

#[cfg(test)]
mod tests;

pub use about::{Edge, Entry, Part, Whose, lines_about};
pub use deed::{Deed, Outcome};
pub use faults::{Fault, Report, What};
pub use gaps::Company;
pub use line::{INSTALLATION, Line};
pub use log::{Log, write, write_all};
pub use rows::ALL_SQL;
pub use seal::{Head, head, seal_once};
pub use verify::verify;
