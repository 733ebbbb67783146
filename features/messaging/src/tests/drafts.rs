//! What may be written, and how pages are counted.

use kernel::Error;
use kernel::limits::{MESSAGE_CHARS_MAX, SUBJECT_CHARS_MAX};
use proptest::prelude::*;

use crate::draft::{Draft, has_more_chars_than};
use crate::messages::Count;

fn code(draft: &Draft) -> Option<&'static str> {
    match draft.check() {
        Ok(()) => None,
        Err(Error::Invalid { why, .. }) => Some(why.code),
        Err(Error::TooLarge { limit }) => Some(limit.name),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_message_has_1_to_50_000_characters_however_many_bytes_they_are() {
    assert_eq!(code(&Draft::text("")), Some("body_is_empty"));
    for letter in ["a", "é", "字", "😀"] {
        assert_eq!(code(&Draft::text(letter.repeat(MESSAGE_CHARS_MAX))), None);
        assert_eq!(code(&Draft::text(letter.repeat(MESSAGE_CHARS_MAX + 1))), Some("message_chars"));
    }
}

#[test]
fn a_message_keeps_line_breaks_and_tabs_and_no_other_control_character() {
    for c in (0..=0x9f).filter_map(char::from_u32).filter(|c| c.is_control()) {
        let expected = (!"\n\r\t".contains(c)).then_some("body_has_control_characters");
        assert_eq!(code(&Draft::text(format!("a{c}b"))), expected, "{c:?}");
    }
    assert_eq!(code(&Draft::text("\u{202e}שלום\u{200d}👩‍⚕️  ")), None);
}

proptest! {
    #[test]
    fn a_text_fits_exactly_when_its_characters_do(text in "\\PC{0,300}", most in 0usize..300) {
        prop_assert_eq!(has_more_chars_than(&text, most), text.chars().count() > most);
        prop_assert!(SUBJECT_CHARS_MAX < 300);
    }

    #[test]
    fn any_printable_text_may_be_said(text in "\\PC{1,200}") {
        prop_assert_eq!(code(&Draft::text(text)), None);
    }

    #[test]
    fn a_numbered_page_begins_where_counting_by_hand_ends(
        gone in prop::collection::btree_set(1i64..60, 0..60),
        skip in 0i64..80,
        at_once in 1usize..7,
    ) {
        let last = 59;
        let mut count = Count::from_the_newest(last, skip);
        let descending: Vec<i64> = gone.iter().rev().copied().collect();
        for some in descending.chunks(at_once) {
            if !count.is_done() {
                count.pass_gone(some);
            }
        }
        if !count.is_done() {
            count.pass_the_rest();
        }
        let left = (1..=last).rev().filter(|seq| !gone.contains(seq));
        let by_hand: Vec<i64> = left.clone().skip(usize::try_from(skip).unwrap()).collect();
        let counted: Vec<i64> = left.filter(|seq| *seq < count.before).collect();
        prop_assert_eq!(counted, by_hand);
    }
}
