//! Where a text's words are, and what each is found by.

use std::collections::BTreeSet;
use std::ops::Range;

use kernel::limits::WORD_CHARS_MAX;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use vault::SearchKey;

use crate::{Of, Token};

/// Letters of a name's beginning by which it is found at least.
const PREFIX_CHARS_MIN: usize = 2;

/// Beginnings by which one person is found.
const BEGINNINGS_MAX: usize = 256;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// What it is found by: lower case, without accents.
    pub folded: String,
}

impl Word {
    /// Whether it is too short to be the beginning of a longer name.
    #[must_use]
    pub fn begins_no_name(&self) -> bool {
        self.folded.chars().count() < PREFIX_CHARS_MIN && !self.folded.chars().all(stands_alone)
    }
}

/// The words of a text, in its order: letters and digits that stand together. A sign of a script without blanks is a
/// word by itself.
pub fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        loop {
            let at = next_run(text, rest)?;
            rest = at.end;
            let folded = fold(&text[at.clone()]);
            if !folded.is_empty() {
                return Some(Word { at, folded });
            }
        }
    })
}

/// The tokens of a text's words, each once, `most` of them at most.
#[must_use]
pub fn tokens(key: &SearchKey, of: Of, texts: &[&str], most: usize) -> Vec<Token> {
    let mut folded = BTreeSet::new();
    for word in texts.iter().flat_map(|text| words(text)) {
        if folded.len() >= most {
            break;
        }
        folded.insert(word.folded);
    }
    folded.iter().map(|word| token(key, of, word)).collect()
}

/// The tokens of every beginning of a name's words, each once.
#[must_use]
pub fn name_tokens(key: &SearchKey, names: &[&str]) -> Vec<Token> {
    let beginnings: BTreeSet<String> =
        names.iter().flat_map(|name| words(name)).flat_map(|word| beginnings(&word.folded)).collect();
    beginnings.iter().take(BEGINNINGS_MAX).map(|beginning| token(key, Of::Name, beginning)).collect()
}

pub(crate) fn token(key: &SearchKey, of: Of, folded: &str) -> Token {
    Token::from_bytes(key.token(of.hashed_as(), folded))
}

/// From two letters on; a word of one is its own beginning.
fn beginnings(folded: &str) -> Vec<String> {
    let ends = folded.char_indices().map(|(at, letter)| at + letter.len_utf8());
    let all: Vec<&str> = ends.map(|end| &folded[..end]).collect();
    let shortest = PREFIX_CHARS_MIN.min(all.len());
    all.into_iter().skip(shortest.saturating_sub(1)).map(str::to_owned).collect()
}

/// Where the next letters that belong together stand.
fn next_run(text: &str, from: usize) -> Option<Range<usize>> {
    let begin = from + text[from..].find(char::is_alphanumeric)?;
    let mut end = begin;
    for (at, letter) in text[begin..].char_indices() {
        let goes_on = letter.is_alphanumeric() || is_combining_mark(letter) || is_unseen(letter);
        if !goes_on || (at > 0 && stands_alone(letter)) {
            break;
        }
        end = begin + at + letter.len_utf8();
        if stands_alone(letter) {
            break;
        }
    }
    Some(begin..end)
}

/// A soft hyphen and what joins letters are no end of a word.
const fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}')
}

/// Signs of scripts that write no blanks between words.
const fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Lower case without accents, in the letters that most keyboards have.
fn fold(word: &str) -> String {
    let mut folded = String::new();
    let plain = word.nfkd().flat_map(char::to_lowercase).nfkd().filter(|letter| !is_combining_mark(*letter));
    // More would be cut off below; what is written as several letters makes the text longer, never shorter.
    for letter in plain.filter(|letter| letter.is_alphanumeric()).take(WORD_CHARS_MAX) {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            other => folded.push(other),
        }
    }
    if let Some((end, _)) = folded.char_indices().nth(WORD_CHARS_MAX) {
        folded.truncate(end);
    }
    folded
}
