//! The document that is being written, page after page.

use std::borrow::Cow;
use std::rc::Rc;

use krilla::configure::{Archival, ConfigurationBuilder, PdfVersion};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::{Document, SerializeSettings};
use parley::{
    Alignment, BaseDirection, FontContext, FontFamily, FontFamilyName, FontWeight, Layout, LayoutContext,
    LineHeight, OverflowWrap, StyleProperty,
};

use crate::draw::{self, Mark};
use crate::fonts;
use crate::legible::legible;
use crate::picture::Picture;
use crate::style::Style;

/// A4, in points.
const PAGE: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 56.0;
/// Where what flows ends, above the foot.
const BOTTOM: f32 = PAGE.1 - 64.0;
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// The most room that a picture takes.
const PICTURE: (f32, f32) = (300.0, 260.0);
/// Between two texts on one line.
const GAP: f32 = 12.0;
/// Lines of a letter's height.
const LEADING: f32 = 1.4;

/// What a document says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// Its title.
    pub title: String,
    /// The language of its frame, as a tag.
    pub language: &'static str,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: i64,
    /// What stands at the foot of each page.
    pub foot: String,
    /// The word before a page's number.
    pub page: &'static str,
}

/// A document could not be put together.
#[derive(Debug, thiserror::Error)]
#[error("the document does not hold together: {0}")]
pub struct Spoiled(String);

/// A document on its way.
pub struct Paper {
    about: About,
    document: Document,
    fonts: FontContext,
    layouts: LayoutContext<()>,
    marks: Vec<Mark>,
    y: f32,
    pages: usize,
    /// What stands at the foot of each page before its number, laid out with the first.
    foot: Option<(Rc<str>, Layout<()>)>,
}

impl Paper {
    /// An empty document.
    #[must_use]
    pub fn new(about: About) -> Self {
        let archive = ConfigurationBuilder::new()
            .with_version(PdfVersion::Pdf17)
            .with_archival_validator(Archival::A2_U)
            .finish()
            .unwrap_or_default();
        let settings = SerializeSettings {
            configuration: archive,
            enable_tagging: false,
            ..SerializeSettings::default()
        };
        let mut document = Document::new_with(settings);
        document.set_metadata(metadata(&about));
        let (fonts, layouts) = (fonts::context(), LayoutContext::new());
        Self { about, document, fonts, layouts, marks: Vec::new(), y: MARGIN, pages: 0, foot: None }
    }

    /// How many pages are full.
    #[must_use]
    pub const fn pages(&self) -> usize {
        self.pages
    }

    /// Writes text; each line of it is a paragraph, with a direction of its own.
    pub fn write(&mut self, style: Style, text: &str) {
        for paragraph in legible(text).split('\n') {
            self.paragraph(style, paragraph);
        }
    }

    /// Writes a text at the left, and one at the right of its first line.
    pub fn write_pair(&mut self, (left_style, left): (Style, &str), (right_style, right): (Style, &str)) {
        let right: Rc<str> = legible(right).replace('\n', " ").into();
        let mut aside = self.lay(right_style, &right, WIDTH / 2.0);
        aside.align(Alignment::Start, parley::AlignmentOptions::default());
        let width = aside.width();
        let left: Rc<str> = legible(left).replace('\n', " ").into();
        // A name stands at the left, also one that is written from the right.
        let width_left = WIDTH - left_style.indent - width - GAP;
        let layout = self.lay_from(BaseDirection::Ltr, left_style, &left, width_left);
        self.make_room(draw::height(&layout) + left_style.keeps);
        let first = layout.lines().next().map_or(0.0, |line| line.metrics().baseline);
        let baseline = self.y + first;
        self.put(&layout, &left, left_style);
        if let Some(line) = aside.lines().next() {
            let at = (PAGE.0 - MARGIN - width, baseline);
            draw::line(&line, at, &right, right_style.grey, &mut self.marks);
        }
    }

    /// Shows a picture below what was written.
    ///
    /// # Errors
    /// [`Spoiled`] when it is no picture.
    pub fn show(&mut self, picture: Picture, indent: f32) -> Result<(), Spoiled> {
        let (wide, high) = (picture.width as f32, picture.height as f32);
        // A small picture is not blown up: three quarters of a point for each dot at most.
        let scale = (PICTURE.0 / wide).min(PICTURE.1 / high).min(0.75);
        let size = (wide * scale, high * scale);
        let image = Image::from_jpeg(picture.jpeg.into(), false).map_err(Spoiled)?;
        self.make_room(size.1);
        self.marks.push(Mark::Picture { at: (MARGIN + indent, self.y), image, size });
        self.y += size.1;
        Ok(())
    }

    /// Leaves room, but none at the top of a page.
    pub fn leave(&mut self, points: f32) {
        if self.y > MARGIN {
            self.y += points;
        }
    }

    /// Draws a line across.
    pub fn rule(&mut self) {
        self.marks.push(Mark::Rule { from: (MARGIN, self.y), width: WIDTH });
    }

    /// The document, whole.
    ///
    /// # Errors
    /// [`Spoiled`] when it would not be a document for the archive.
    pub fn finish(mut self) -> Result<Vec<u8>, Spoiled> {
        if self.pages == 0 || !self.marks.is_empty() {
            self.turn();
        }
        // What the error would tell are characters of the text.
        self.document.finish().map_err(|_| Spoiled("it is no PDF/A".to_owned()))
    }

    fn paragraph(&mut self, style: Style, paragraph: &str) {
        if paragraph.trim().is_empty() {
            return self.leave(style.size * LEADING);
        }
        let text: Rc<str> = paragraph.into();
        let layout = self.lay(style, &text, WIDTH - style.indent);
        if style.keeps > 0.0 {
            self.make_room(draw::height(&layout) + style.keeps);
        }
        self.put(&layout, &text, style);
    }

    /// Puts a laid out paragraph on this page and the next ones.
    fn put(&mut self, layout: &Layout<()>, text: &Rc<str>, style: Style) {
        for line in layout.lines() {
            let metrics = line.metrics();
            self.make_room(metrics.line_height);
            let baseline = self.y + metrics.baseline - metrics.block_min_coord;
            draw::line(&line, (MARGIN + style.indent, baseline), text, style.grey, &mut self.marks);
            self.y += metrics.line_height;
        }
    }

    fn lay(&mut self, style: Style, text: &str, width: f32) -> Layout<()> {
        self.lay_from(BaseDirection::Auto, style, text, width)
    }

    fn lay_from(&mut self, direction: BaseDirection, style: Style, text: &str, width: f32) -> Layout<()> {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        let families =
            fonts::families().iter().map(|name| FontFamilyName::Named(Cow::Borrowed(name.as_str())));
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(families.collect())));
        builder.set_base_direction(direction);
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(LEADING)));
        // What is longer than a line is broken anywhere, so that nothing leaves the page.
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        if style.is_bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        let mut layout = builder.build(text);
        layout.break_all_lines(Some(width));
        layout.align(Alignment::Start, parley::AlignmentOptions::default());
        layout
    }

    /// Turns the page when what comes would not fit on it, unless nothing is on it yet.
    fn make_room(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > MARGIN {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.pages += 1;
        let number = format!("{} {}", self.about.page, self.pages);
        self.y = BOTTOM + 20.0;
        self.foot(&number);
        let marks = std::mem::take(&mut self.marks);
        // Nothing in it can be of no size.
        let _ = draw::page(&mut self.document, PAGE, marks);
        self.y = MARGIN;
    }

    /// One line below the text; a foot that is longer ends where the line does.
    fn foot(&mut self, number: &str) {
        let number: Rc<str> = number.into();
        let number_layout = self.lay(Style::NOTE, &number, WIDTH);
        let (words, layout) = self.foot.take().unwrap_or_else(|| self.lay_foot());
        let x = PAGE.0 - MARGIN - number_layout.width();
        for (layout, text, x) in [(&layout, &words, MARGIN), (&number_layout, &number, x)] {
            if let Some(line) = layout.lines().next() {
                let baseline = self.y + line.metrics().baseline;
                draw::line(&line, (x, baseline), text, Style::NOTE.grey, &mut self.marks);
            }
        }
        self.foot = Some((words, layout));
    }

    /// Lays the foot's words out, with room beside them for the number of any page.
    fn lay_foot(&mut self) -> (Rc<str>, Layout<()>) {
        let longest = self.lay(Style::NOTE, &format!("{} 00000", self.about.page), WIDTH);
        let words: Rc<str> = legible(&self.about.foot).replace('\n', " ").into();
        let layout = self.lay(Style::NOTE, &words, WIDTH - longest.width() - GAP);
        (words, layout)
    }
}

fn metadata(about: &About) -> Metadata {
    let metadata = Metadata::new()
        .title(about.title.clone())
        .language(about.language.to_owned())
        .creator("Bedside".to_owned())
        .producer("Bedside".to_owned());
    match made(about.made_ms) {
        Some(made) => metadata.creation_date(made),
        None => metadata,
    }
}

fn made(ms: i64) -> Option<DateTime> {
    let at = jiff::Timestamp::from_millisecond(ms).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    let part = |part: i8| u8::try_from(part).ok();
    let day = DateTime::new(u16::try_from(at.year()).ok()?).month(part(at.month())?).day(part(at.day())?);
    let time = day.hour(part(at.hour())?).minute(part(at.minute())?).second(part(at.second())?);
    Some(time.utc_offset_hour(0).utc_offset_minute(0))
}
