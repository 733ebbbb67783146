//! What stands on a page, and how it is drawn once the page is full.

use std::rc::Rc;

use krilla::Document;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Size, Transform};
use krilla::image::Image;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::{Layout, Line, Run};

use crate::fonts;

/// Something at a place on a page, in points from its upper left corner.
pub(crate) enum Mark {
    /// Glyphs of one font in a row, and the text that they stand for.
    Glyphs { at: (f32, f32), glyphs: Vec<KrillaGlyph>, font: Font, text: Rc<str>, size: f32, grey: u8 },
    /// A picture.
    Picture { at: (f32, f32), image: Image, size: (f32, f32) },
    /// A thin line across.
    Rule { from: (f32, f32), width: f32 },
}

/// Draws a page; it is in the document from then on.
pub(crate) fn page(document: &mut Document, (width, height): (f32, f32), marks: Vec<Mark>) -> Option<()> {
    let mut page = document.start_page_with(PageSettings::from_wh(width, height)?);
    let mut surface = page.surface();
    for mark in marks {
        match mark {
            Mark::Glyphs { at: (x, y), glyphs, font, text, size, grey } => {
                surface.set_fill(Some(ink(grey)));
                surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, &text, size, false);
            }
            Mark::Picture { at: (x, y), image, size: (width, height) } => {
                surface.push_transform(&Transform::from_translate(x, y));
                surface.draw_image(image, Size::from_wh(width, height)?);
                surface.pop();
            }
            Mark::Rule { from: (x, y), width } => {
                let mut path = PathBuilder::new();
                path.move_to(x, y);
                path.line_to(x + width, y);
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke {
                    paint: luma::Color::new(200).into(),
                    width: 0.5,
                    ..Stroke::default()
                }));
                surface.draw_path(&path.finish()?);
                surface.set_stroke(None);
            }
        }
    }
    surface.finish();
    page.finish();
    Some(())
}

fn ink(grey: u8) -> Fill {
    Fill { paint: luma::Color::new(grey).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

/// The marks of a line of text whose baseline is at a height.
pub(crate) fn line(line: &Line<'_, ()>, at: (f32, f32), text: &Rc<str>, grey: u8, onto: &mut Vec<Mark>) {
    let metrics = line.metrics();
    let mut x = at.0 + metrics.inline_min_coord + metrics.offset;
    for run in line.runs() {
        let start = x;
        let glyphs = glyphs_of(&run, &mut x);
        let Some(font) = fonts::printed(run.font().data.id()) else { continue };
        if !glyphs.is_empty() {
            let (size, text) = (run.font_size(), text.clone());
            onto.push(Mark::Glyphs { at: (start, at.1), glyphs, font, text, size, grey });
        }
    }
}

/// The glyphs of a run from left to right. A part of a cluster that its font lacks is left out: a document for the
/// archive must not show the box that stands for it.
fn glyphs_of(run: &Run<'_, ()>, x: &mut f32) -> Vec<KrillaGlyph> {
    let size = run.font_size();
    let mut glyphs: Vec<KrillaGlyph> = Vec::new();
    let mut wholes: Vec<std::ops::Range<usize>> = Vec::new();
    for cluster in run.visual_clusters() {
        let range = cluster.text_range();
        if cluster.is_ligature_continuation() {
            wholes.push(range);
            continue;
        }
        for glyph in cluster.glyphs() {
            *x += glyph.advance;
            let id = if glyph.id == 0 { continue } else { GlyphId::new(glyph.id) };
            let (advance, dx, dy) = (glyph.advance / size, glyph.x / size, glyph.y / size);
            glyphs.push(KrillaGlyph::new(id, advance, dx, dy, 0.0, range.clone(), None));
        }
    }
    for whole in wholes {
        stretch(&mut glyphs, &whole);
    }
    glyphs
}

/// Gives the glyph of a ligature the text of all that it joins, on whichever side it comes.
fn stretch(glyphs: &mut [KrillaGlyph], whole: &std::ops::Range<usize>) {
    let before =
        glyphs.iter().map(|glyph| glyph.text_range.clone()).filter(|range| range.start < whole.start);
    let Some(joined) = before.max_by_key(|range| range.start) else { return };
    for glyph in glyphs.iter_mut().filter(|glyph| glyph.text_range == joined) {
        glyph.text_range.end = glyph.text_range.end.max(whole.end);
    }
}

/// How high a layout is.
pub(crate) fn height(layout: &Layout<()>) -> f32 {
    layout.lines().map(|line| line.metrics().line_height).sum()
}
