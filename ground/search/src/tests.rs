//! What is one word, and what is found by which.

use kernel::Error;
use proptest::prelude::*;

use crate::{Piece, Wanted, excerpt, words};

fn folded(text: &str) -> Vec<String> {
    words(text).map(|word| word.folded).collect()
}

fn refused(typed: &str) -> &'static str {
    match Wanted::read(typed) {
        Err(Error::Invalid { why, .. }) => why.code,
        Err(Error::TooLarge { limit }) => limit.name,
        other => panic!("{other:?}"),
    }
}

#[test]
fn case_accents_and_width_do_not_matter_and_digits_are_words() {
    let cases: [(&str, &[&str]); 12] = [
        ("Über Ödeme, SEHR", &["uber", "odeme", "sehr"]),
        ("e\u{301}te\u{301} cœur l'hôpital", &["ete", "coeur", "l", "hopital"]),
        ("Straße und STRASSE", &["strasse", "und", "strasse"]),
        ("RR 120/80, 37.5°C", &["rr", "120", "80", "37", "5", "c"]),
        ("COVID-19 B12", &["covid", "19", "b12"]),
        ("İstanbul ısı", &["istanbul", "isi"]),
        ("ＡＢＣ １２", &["abc", "12"]),
        ("Łódź Øre þing", &["lodz", "ore", "thing"]),
        ("血圧は 高い", &["血", "圧", "は", "高", "い"]),
        ("Ψυχίατρος ΨΥΧΊΑΤΡΟΣ", &["ψυχιατροσ", "ψυχιατροσ"]),
        ("pa\u{ad}ra\u{ad}cetamol", &["paracetamol"]),
        ("😀 … —", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(folded(text), expected, "{text}");
    }
}

#[test]
fn a_long_word_is_found_by_its_beginning() {
    let (one, other) = ("a".repeat(60), "a".repeat(90));
    assert_eq!(folded(&one), folded(&other));
    assert_ne!(folded(&"a".repeat(39)), folded(&one));
}

#[test]
fn who_looks_for_something_gives_words_and_not_too_many() {
    assert_eq!(refused(" … 😀"), "query_is_empty");
    assert_eq!(refused("a b c d e f g h i"), "query_words");
    assert_eq!(refused(&"x".repeat(201)), "query_chars");
    let wanted = Wanted::read("Pijn pijn PIJN a b c d e f g").expect("eight words");
    assert!(wanted.has("pijn") && !wanted.has("pij"));
    assert!(!format!("{wanted:?}").contains("pijn"), "what is looked for is in no log");
}

fn shown(text: &str, typed: &str) -> String {
    let pieces = excerpt(text, &Wanted::read(typed).expect("words"));
    pieces
        .into_iter()
        .map(|Piece { text, is_found }| if is_found { format!("[{text}]") } else { text })
        .collect()
}

#[test]
fn an_excerpt_marks_what_was_found_and_is_cut_between_words() {
    assert_eq!(shown("De wond is rood.", "rood wond"), "De [wond] is [rood].");
    assert_eq!(shown("Die Ödeme sind weg", "odeme"), "Die [Ödeme] sind weg");
    assert_eq!(shown("De wond is rood.", "blauw"), "");
    let long = format!("{}koorts {}", "morgen ".repeat(50), "avond ".repeat(50));
    let said = shown(&long, "koorts");
    assert!(said.starts_with("… morgen") && said.ends_with("avond …") && said.contains("[koorts]"), "{said}");
    assert!(said.chars().count() < 250, "{said}");
    assert_eq!(shown(&"x".repeat(5_000), &"x".repeat(60)).len(), 5_002, "a word is never cut");
}

proptest! {
    #[test]
    fn any_text_has_words_that_lie_in_it_in_order_and_are_found_in_it(text in any::<String>()) {
        let all: Vec<_> = words(&text).collect();
        prop_assert!(all.windows(2).all(|two| two[0].at.end <= two[1].at.start));
        for word in &all {
            // What was folded is folded no further, so that both sides of a search agree.
            let again: String = folded(&word.folded).concat();
            prop_assert_eq!(&again, &word.folded);
        }
        if let Some(first) = all.first()
            && let Ok(wanted) = Wanted::read(&text[first.at.clone()])
        {
            let pieces = excerpt(&text, &wanted);
            prop_assert!(pieces.iter().any(|piece| piece.is_found));
        }
    }
}
