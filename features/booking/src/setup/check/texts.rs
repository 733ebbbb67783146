//! Texts that patients read.

use kernel::limits::FIELD_CHARS_MAX;
use kernel::{Error, Result};

const NAME_CHARS_MAX: usize = 200;

/// Passes for the name of something: one line that can be read.
pub(in crate::setup) fn name(field: &'static str, text: &str) -> Result<()> {
    let is_line = !text.trim().is_empty() && !text.chars().any(is_unseen);
    if is_line && text.chars().count() <= NAME_CHARS_MAX {
        return Ok(());
    }
    Err(Error::invalid(field, "name_unfit", "A name is a line of 1 to 200 characters, none of them unseen."))
}

/// Passes for a text of one or several lines, or of none.
pub(super) fn lines(field: &'static str, text: &str) -> Result<()> {
    let is_legible = !text.chars().any(|c| is_unseen(c) && c != '\n');
    if is_legible && text.chars().count() <= FIELD_CHARS_MAX {
        return Ok(());
    }
    Err(Error::invalid(field, "text_unfit", "A text has at most 2,000 characters, none of them unseen."))
}

/// Passes for the address of a picture: `https`, so that a portal's page may show it.
pub(super) fn picture(field: &'static str, url: Option<&str>) -> Result<()> {
    let Some(url) = url else { return Ok(()) };
    let is_address = url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
        && url.len() <= FIELD_CHARS_MAX
        && url.chars().all(|c| c.is_ascii_graphic());
    if is_address {
        return Ok(());
    }
    Err(Error::invalid(field, "photo_url_unfit", "The address of a picture begins with https://."))
}

/// Control characters, and those that turn the direction of what stands beside them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_that_can_be_read() {
        for good in ["Dr. de Vries", "Łódź", &"a".repeat(200)] {
            assert!(name("name", good).is_ok(), "{good}");
        }
        for bad in ["", "  ", "a\nb", "a\u{202e}b", &"a".repeat(201)] {
            assert!(name("name", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_text_may_have_lines_and_a_picture_has_an_address() {
        assert!(lines("address", "Lindelaan 1\n3511 Utrecht").is_ok());
        assert!(lines("address", "a\u{0}").is_err());
        assert!(picture("photo_url", Some("https://example.nl/a.png")).is_ok());
        for bad in ["http://example.nl", "javascript:alert(1)", "https://", "https://a b"] {
            assert!(picture("photo_url", Some(bad)).is_err(), "{bad}");
        }
    }
}
