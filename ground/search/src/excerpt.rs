//! The part of a text in which a word was found.

use std::ops::Range;

use crate::{Wanted, Word, words};

/// Characters that are shown before the first word that was found, and after it.
const BEFORE: usize = 60;
const AFTER: usize = 160;

/// A stretch of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// Whether it is a word that was looked for.
    pub is_found: bool,
}

/// The surroundings of the first word that was looked for, cut between words; nothing when none of them is there.
#[must_use]
pub fn excerpt(text: &str, wanted: &Wanted) -> Vec<Piece> {
    let all: Vec<Word> = words(text).collect();
    let Some(first) = all.iter().find(|word| wanted.has(&word.folded)) else { return Vec::new() };
    let Range { start, end } = surroundings(text, &first.at, &all);
    let mut pieces = Pieces(Vec::new());
    pieces.add(if start > 0 { "… " } else { "" }, false);
    let mut at = start;
    let found = |word: &&Word| word.at.start >= start && word.at.end <= end && wanted.has(&word.folded);
    for word in all.iter().filter(found) {
        pieces.add(&text[at..word.at.start], false);
        pieces.add(&text[word.at.clone()], true);
        at = word.at.end;
    }
    pieces.add(&text[at..end], false);
    pieces.add(if end < text.len() { " …" } else { "" }, false);
    pieces.0
}

/// From the beginning of a word to the end of one, where the text goes on.
fn surroundings(text: &str, word: &Range<usize>, all: &[Word]) -> Range<usize> {
    let back = text[..word.start].char_indices().rev().nth(BEFORE - 1).map_or(0, |(at, _)| at);
    let ahead = text[word.end..].char_indices().nth(AFTER).map_or(text.len(), |(at, _)| word.end + at);
    let start = match back {
        0 => 0,
        _ => all.iter().map(|one| one.at.start).find(|start| *start >= back).unwrap_or(word.start),
    };
    let end = if ahead == text.len() {
        ahead
    } else {
        all.iter().rev().map(|one| one.at.end).find(|end| *end <= ahead).unwrap_or(word.end)
    };
    start.min(word.start)..end.max(word.end)
}

struct Pieces(Vec<Piece>);

impl Pieces {
    /// What is found stays a piece of its own; what is not goes to the one before.
    fn add(&mut self, text: &str, is_found: bool) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if !is_found && !last.is_found => last.text.push_str(text),
            _ => self.0.push(Piece { text: text.to_owned(), is_found }),
        }
    }
}
