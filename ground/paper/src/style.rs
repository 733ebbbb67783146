//! How text stands on paper.

/// How a paragraph looks. Lengths are in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// The height of its letters.
    pub size: f32,
    /// Whether it is bold.
    pub is_bold: bool,
    /// Its grey, from 0 (black) to 255 (white).
    pub grey: u8,
    /// How far it stands in from the margin.
    pub indent: f32,
    /// The room below it that must be left on the same page, for what it belongs to.
    pub keeps: f32,
}

impl Style {
    /// The title of a document.
    pub const TITLE: Self = Self { size: 17.0, is_bold: true, grey: 0, indent: 0.0, keeps: 40.0 };
    /// What stands above a part.
    pub const HEADING: Self = Self { size: 10.0, is_bold: true, grey: 0, indent: 0.0, keeps: 18.0 };
    /// Running text.
    pub const TEXT: Self = Self { size: 10.0, is_bold: false, grey: 0, indent: 0.0, keeps: 0.0 };
    /// What is said beside the text.
    pub const NOTE: Self = Self { size: 8.5, is_bold: false, grey: 85, indent: 0.0, keeps: 0.0 };

    /// The same, further in.
    #[must_use]
    pub const fn indented(self, indent: f32) -> Self {
        Self { indent, ..self }
    }
}
