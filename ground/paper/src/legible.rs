//! Text as the fonts can print it.

use crate::fonts;

/// The text in which every character is one that a font has, or that needs no glyph of its own. Of another one its
/// code stands there, in brackets: the reader knows that something was said, and what.
pub(crate) fn legible(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) {
        return text.to_owned();
    }
    let mut whole = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => whole.push('\n'),
            '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => whole.push('\n'),
            '\t' => whole.push_str("    "),
            // A PDF for the archive maps no glyph to these, and nobody sees them.
            '\u{feff}' | '\u{fffe}' => {}
            c if c.is_control() => {}
            c if is_unseen(c) || fonts::have(c) => whole.push(c),
            c => whole.push_str(&format!("[U+{:04X}]", u32::from(c))),
        }
    }
    whole
}

/// Characters that steer others and are not drawn: joiners, direction marks, selectors, tags.
const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}')
}
