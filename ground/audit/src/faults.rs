//! What a verification finds.

use std::fmt;

use kernel::{LineId, OrganisationId};

use crate::Head;

/// What was verified, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Lines that were looked at.
    pub lines: u64,
    /// Those among them that no segment holds yet.
    pub open_lines: u64,
    /// Segments that were looked at.
    pub segments: u64,
    /// The newest seal of each log.
    pub heads: Vec<Head>,
    /// The first fault of each segment, and of every 1,000 open lines.
    pub faults: Vec<Fault>,
}

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In whose log.
    pub organisation: OrganisationId,
    /// In which segment; `None` for lines that are not sealed yet.
    pub segment: Option<i64>,
    /// Which line, when that can be known.
    pub line: Option<LineId>,
    /// What is wrong.
    pub what: What,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The line's MAC does not fit its columns.
    LineChanged,
    /// A column of the line is not of its type.
    LineUnreadable,
    /// The segment holds more lines than were sealed.
    LineAdded,
    /// The segment holds fewer lines than were sealed.
    LinesMissing {
        /// How many.
        missing: i64,
    },
    /// The segment holds as many lines as were sealed, each genuine, but not the same.
    LinesExchanged,
    /// Lines name a segment that has no seal.
    SealMissing,
    /// The seal's MAC does not fit its columns.
    SealChanged,
    /// Segments are gone, from the fault's own up to this one.
    SegmentsMissing {
        /// The last that is gone.
        last: i64,
    },
    /// The seal does not name the root of the one before it.
    ChainBroken,
    /// The seal that was kept elsewhere is gone or has another root.
    HeadLost,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "organisation {}, ", self.organisation)?;
        match self.segment {
            Some(n) => write!(f, "segment {n}: ")?,
            None => f.write_str("open lines: ")?,
        }
        match self.what {
            What::LineChanged => f.write_str("a line was changed")?,
            What::LineUnreadable => f.write_str("a line cannot be read")?,
            What::LineAdded => f.write_str("a line was added")?,
            What::LinesMissing { missing } => write!(f, "lines are missing: {missing}")?,
            What::LinesExchanged => f.write_str("lines were exchanged with those of another segment")?,
            What::SealMissing => f.write_str("the seal is missing")?,
            What::SealChanged => f.write_str("the seal was changed")?,
            What::SegmentsMissing { last } => write!(f, "missing, with all up to segment {last}")?,
            What::ChainBroken => f.write_str("the seal does not follow the one before it")?,
            What::HeadLost => f.write_str("not the head that was kept")?,
        }
        self.line.map_or(Ok(()), |line| write!(f, " (line {line})"))
    }
}
