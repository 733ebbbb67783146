//! What pages, letters and documents say, in each language.

use std::collections::BTreeMap;

use super::tree::{File, Tree};
use super::{Finding, Rule};

pub const RULES: &[Rule] = &[
    Rule {
        name: "french_keeps_its_signs_together",
        why: "a line that begins with a question mark reads as a mistake, and one way of writing is enough to look for",
        check: signs_that_come_loose,
    },
    Rule {
        name: "each_language_fills_in_as_much",
        why: "a sentence with a blank too few loses a name, and one with a blank too many shows an empty place",
        check: blanks_that_differ,
    },
];

/// How files and constants are named that hold the words of a language.
const LANGUAGES: [(&str, &str); 4] = [("NL", "nl.rs"), ("EN", "en.rs"), ("DE", "de.rs"), ("FR", "fr.rs")];

/// The words of one language in a file: from which byte to which, and what other languages share with them.
struct Words<'a> {
    file: &'a File,
    language: &'static str,
    /// Where the words are whose counterparts these are.
    group: String,
    from: usize,
    until: usize,
}

fn all_words(tree: &Tree) -> Vec<Words<'_>> {
    tree.ending(".rs").filter(|file| !file.is_test()).flat_map(words_of).collect()
}

fn words_of(file: &File) -> Vec<Words<'_>> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    for (name, stem) in LANGUAGES {
        let whole = file.path.ends_with(&format!("/words/{stem}"));
        let begin = if whole { "const WORDS: ".to_owned() } else { format!("const {name}: ") };
        let Some(from) = file.code.find(&begin) else { continue };
        let rest = &file.code[from..];
        let Some(length) = rest.find("\n};") else { continue };
        let kind = rest[begin.len()..].split(' ').next().unwrap_or_default();
        let group = if whole { format!("{folder} {kind}") } else { format!("{} {kind}", file.path) };
        found.push(Words { file, language: name, group, from, until: from + length });
    }
    found
}

impl Words<'_> {
    /// What they say, with the byte where it begins.
    fn texts(&self) -> impl Iterator<Item = (usize, &str)> {
        let within = self.from..self.until;
        self.file.placed_texts().into_iter().filter(move |(at, _)| within.contains(at))
    }

    /// How many blanks each of them has, by its name.
    fn blanks(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for (at, text) in self.texts() {
            let before = &self.file.code[self.from..at];
            let names = before.lines().filter_map(|line| line.strip_prefix("    ")?.split_once(": "));
            let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            let Some(name) = names.map(|(name, _)| name).rfind(is_name) else { continue };
            *counts.entry(name).or_default() += text.matches("{}").count();
        }
        counts
    }
}

fn signs_that_come_loose(tree: &Tree) -> Vec<Finding> {
    const LOOSE: [&str; 8] = [" :", " ;", " ?", " !", " »", "« ", "’", "\u{202f}"];
    let mut found = Vec::new();
    for words in all_words(tree).iter().filter(|words| words.language == "FR") {
        for (at, text) in words.texts() {
            if let Some(sign) = LOOSE.iter().find(|sign| text.contains(**sign)) {
                let what =
                    format!("has {sign:?}; write \\u{{a0}} for the blank and ' for the apostrophe: {text}");
                found.push(Finding::new(&words.file.path, words.file.line_of(at), what));
            }
        }
    }
    found
}

fn blanks_that_differ(tree: &Tree) -> Vec<Finding> {
    let mut groups: BTreeMap<String, Vec<Words<'_>>> = BTreeMap::new();
    for words in all_words(tree) {
        groups.entry(words.group.clone()).or_default().push(words);
    }
    let mut found = Vec::new();
    for words in groups.values() {
        let Some((first, others)) = words.split_first() else { continue };
        let expected = first.blanks();
        for other in others {
            for (name, count) in other.blanks() {
                if expected.get(name).is_some_and(|expected| *expected != count) {
                    let what = format!(
                        "{name} fills in {count} in {}, and not as many in {}",
                        other.language, first.language
                    );
                    found.push(Finding::new(&other.file.path, other.file.line_of(other.from), what));
                }
            }
        }
    }
    found
}
