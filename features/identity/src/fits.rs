//! What may stand in a name and in an identifier.

use kernel::{Error, Result};

use crate::persons::systems;

const NAME_CHARS_MAX: usize = 200;
const REASON_CHARS_MAX: usize = 500;
const IDENTIFIER_CHARS_MAX: usize = 320;
const BSN_WEIGHTS: [i32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];

/// Checks a name. What cannot be seen could make one name look like another.
pub(crate) fn name(field: &'static str, name: &str) -> Result<()> {
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(Error::invalid(field, "name_length", "A name has at most 200 characters."));
    }
    if name.chars().any(is_unseen) {
        let why = "A name has no control characters and none that turn the direction of writing.";
        return Err(Error::invalid(field, "name_unfit", why));
    }
    Ok(())
}

/// Checks a reason that somebody else will read: one line.
pub(crate) fn reason(field: &'static str, text: &str) -> Result<()> {
    if text.trim().is_empty() || text.chars().count() > REASON_CHARS_MAX || text.chars().any(is_unseen) {
        let why = "A reason is a line of 1 to 500 characters, none of them unseen.";
        return Err(Error::invalid(field, "reason_unfit", why));
    }
    Ok(())
}

/// Control characters, and those that turn the direction of what stands beside them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Checks an identifier by what its system says of its values.
pub(crate) fn identifier(system: &str, value: &str) -> Result<()> {
    let value = value.trim();
    let is_text =
        (1..=IDENTIFIER_CHARS_MAX).contains(&value.chars().count()) && !value.chars().any(is_unseen);
    if !is_text || (system == systems::EMAIL && !value.contains('@')) {
        let why = "An identifier has 1 to 320 characters, none of them unseen, and an e-mail address an @.";
        return Err(Error::invalid("identifier", "identifier_unfit", why));
    }
    if system == systems::BSN && !is_bsn(value) {
        let why = "A BSN has nine digits that pass the test of elevens.";
        return Err(Error::invalid("identifier", "bsn_unfit", why));
    }
    Ok(())
}

/// Whether these are nine digits whose sum, weighed by 9 down to 2 and then by -1, is a multiple of 11.
#[must_use]
pub fn is_bsn(number: &str) -> bool {
    let digits: Vec<i32> =
        number.chars().filter_map(|c| c.to_digit(10)).filter_map(|digit| i32::try_from(digit).ok()).collect();
    let sum: i32 = digits.iter().zip(BSN_WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let is_number = number.len() == BSN_WEIGHTS.len() && digits.len() == BSN_WEIGHTS.len();
    is_number && digits.iter().any(|digit| *digit > 0) && sum % 11 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bsn_passes_the_test_of_elevens_and_other_systems_have_their_own_numbers() {
        for good in ["111222333", "123456782", "999998341", "010000008", " 111222333 "] {
            identifier(systems::BSN, good).unwrap_or_else(|error| panic!("{good}: {error:?}"));
        }
        for bad in [
            "123",
            "111222334",
            "123456789",
            "12345678",
            "000000000",
            "1112223330",
            "11122233x",
            "１１１２２２３３３",
        ] {
            assert!(identifier(systems::BSN, bad).is_err(), "{bad}");
        }
        identifier("https://example.nl/ward", "123").expect("no BSN");
        for bad in ["", "  ", "anna.example.nl", "anna@\u{202e}example.nl", "anna@example.nl\u{0}"] {
            assert!(identifier(systems::EMAIL, bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_name_is_what_it_looks_like() {
        for good in
            ["Éva", "van 't Hof-Łącki", "王小明", "שרה", "नेहा", "", "O\u{2019}Brien", "می\u{200c}خواهم"]
        {
            name("last_name", good).unwrap_or_else(|error| panic!("{good}: {error:?}"));
        }
        for bad in ["Smit\u{202e}timS", "\u{2066}Smit", "Sm\nit", "Smit\u{0}", "Smit\u{200f}", "\u{9b}Smit"] {
            assert!(name("last_name", bad).is_err(), "{bad:?}");
        }
        assert!(name("last_name", &"a".repeat(201)).is_err());
    }

    #[test]
    fn a_reason_is_a_line_that_can_be_read() {
        for good in ["No.", "We have an application for this already.", &"a".repeat(500)] {
            reason("reason", good).unwrap_or_else(|error| panic!("{good:.20}: {error:?}"));
        }
        for bad in ["", "  ", "two\nlines", "no\u{202e}.on", &"a".repeat(501)] {
            assert!(reason("reason", bad).is_err(), "{bad:.20?}");
        }
    }
}
