//! The text of an availability's id (docs/dialects/portal.md, ids of availabilities): sealed bytes in base64url behind the
//! number of their form, or, where an operator wants it, in three pieces as the vendor's own look.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flows::AvailabilityIds;

/// What our own form begins with.
const OWN: &str = "a1.";
/// What stands between the pieces of the vendor's.
const BETWEEN: &str = "--";
/// Bytes of the second and the third piece.
const PIECES: [usize; 2] = [12, 16];
/// Longer ones are not looked at.
const CHARS_MAX: usize = 1 << 10;

/// The id of a sealed proof.
pub(crate) fn text(form: AvailabilityIds, proof: &[u8]) -> String {
    match form {
        AvailabilityIds::Plain => format!("{OWN}{}", URL_SAFE_NO_PAD.encode(proof)),
        AvailabilityIds::Vendor => {
            let (rest, last) = proof.split_at(proof.len().saturating_sub(PIECES[1]));
            let (first, second) = rest.split_at(rest.len().saturating_sub(PIECES[0]));
            [first, second, last].map(|piece| STANDARD.encode(piece)).join(BETWEEN)
        }
    }
}

/// The sealed proof of an id, in whichever form; nothing of what is none, which opens as little as one that was changed. A
/// form or a query turns the `+` of the vendor's look into a blank.
pub(crate) fn read(text: &str) -> Vec<u8> {
    if text.len() > CHARS_MAX {
        return Vec::new();
    }
    if let Some(own) = text.trim().strip_prefix(OWN) {
        return URL_SAFE_NO_PAD.decode(own).unwrap_or_default();
    }
    let text = text.replace(' ', "+");
    let pieces: Option<Vec<Vec<u8>>> = text.split(BETWEEN).map(|piece| STANDARD.decode(piece).ok()).collect();
    pieces.filter(|pieces| pieces.len() == 3).map(|pieces| pieces.concat()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_was_sealed_comes_back_in_either_form(proof in prop::collection::vec(any::<u8>(), 41..200)) {
            let plain = text(AvailabilityIds::Plain, &proof);
            prop_assert!(plain[3..].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
            prop_assert_eq!(read(&plain), proof.clone());
            let vendor = text(AvailabilityIds::Vendor, &proof);
            prop_assert_eq!(vendor.split("--").count(), 3);
            prop_assert_eq!(read(&vendor), proof.clone());
            prop_assert_eq!(read(&vendor.replace('+', " ")), proof);
        }

        #[test]
        fn whatever_else_comes_is_read_without_a_panic(text: String) {
            read(&text);
            read(&format!("a1.{text}"));
        }
    }

    #[test]
    fn odd_and_long_ones_are_nothing() {
        for odd in ["", "a1.", "a1.%", "a2.AAAA", "AAAA--AAAA", "AAAA--AAAA--AAAA--AAAA", "a1.AAAA="] {
            assert_eq!(read(odd), Vec::<u8>::new(), "{odd}");
        }
        assert!(read(&format!("a1.{}", "A".repeat(1 << 10))).is_empty());
    }
}
