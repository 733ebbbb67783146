//! Tenancy is part of every key.

use std::collections::BTreeSet;

use super::sql::migrations;
use super::sql_lexer::{says, tables_with, words_alone};
use super::tree::{File, Tree};
use super::{Finding, Rule, exceptions};

pub const RULES: &[Rule] = &[Rule {
    name: "every_statement_names_the_organisation",
    why: "a statement on a table with an organisation that does not ask for it shows one hospital the rows of another; \
          what cannot ask stands in xtask/tidy.toml with its reason",
    check: homeless,
}];

const LIST: &str = "statements_of_any_organisation";
const COLUMN: &str = "ORGANISATION";
/// Hashes of secrets. Who brings the secret is recognised by it, and the row says of which organisation they are.
const SECRETS: &[&str] = &["SECRET_HASH", "TOKEN_HASH", "CODE_HASH"];

fn homeless(tree: &Tree) -> Vec<Finding> {
    let tables: BTreeSet<String> =
        migrations(tree).flat_map(|file| tables_with(&file.text, COLUMN)).collect();
    let allowed = exceptions::list(tree, LIST);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let is_ours = |file: &&File| !file.is_test() && !file.path.starts_with("xtask/");
    for file in tree.ending(".rs").filter(is_ours) {
        for said in statements(file) {
            let Some(table) = tables.iter().find(|table| said.is_homeless_on(table)) else { continue };
            let key = format!("{}::{}", file.path, said.name);
            let reason = allowed.get(&key).and_then(|reason| reason.as_str()).unwrap_or_default();
            if reason.is_empty() {
                let what =
                    format!("{} does not ask for the organisation of {}", said.name, table.to_lowercase());
                found.push(Finding::new(&file.path, said.line, what));
            }
            seen.insert(key);
        }
    }
    let stale = allowed.keys().filter(|key| !seen.contains(*key));
    found.extend(
        stale.map(|key| Finding::new(exceptions::FILE, 0, format!("{key} asks for it now: take it out"))),
    );
    found
}

/// The texts of one constant or macro, or a text that stands alone, as one.
struct Said {
    line: usize,
    /// Of the constant or macro.
    name: String,
    /// In upper case.
    words: String,
}

impl Said {
    fn is_homeless_on(&self, table: &str) -> bool {
        says(&self.words, table) && !self.asks_for_it() && !self.inserts_it()
    }

    /// With a value from outside, or for what is nobody's: that two rows are of one organisation does not say of which,
    /// and neither does which one it is not.
    fn asks_for_it(&self) -> bool {
        let conditions = ["WHERE", "ON"].iter().filter_map(|word| place_of(&self.words, word)).min();
        let Some(conditions) = conditions.map(|at| &self.words[at..]) else { return false };
        let is_asked = |column: &str| {
            conditions.match_indices(column).any(|(at, _)| {
                let next = conditions[at + column.len()..].trim_start();
                let value = next.trim_start_matches(['=', '<', '>']);
                let is_compared = value.len() < next.len() && !next.starts_with("<>");
                next.starts_with("IS NULL") || (is_compared && value.trim_start().starts_with('$'))
            })
        };
        is_asked(COLUMN) || SECRETS.iter().any(|column| is_asked(column))
    }

    fn inserts_it(&self) -> bool {
        let Some(into) = place_of(&self.words, "INTO") else { return false };
        let columns = self.words[into..].split(['(', ')']).nth(1).unwrap_or_default();
        says(columns, COLUMN)
    }
}

/// Where a word stands that is no part of a longer one.
fn place_of(words: &str, word: &str) -> Option<usize> {
    words.match_indices(word).map(|(at, _)| at).find(|&at| {
        let is_end = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        is_end(words[..at].chars().next_back()) && is_end(words[at + word.len()..].chars().next())
    })
}

/// The SQL of a file: parts that `concat!` puts together are one text.
fn statements(file: &File) -> Vec<Said> {
    let items = items(&file.code);
    let mut said: Vec<(usize, Said)> = Vec::new();
    for (at, text) in file.placed_texts() {
        let item = items.iter().find(|item| item.start < at && at < item.end);
        let (start, name) = item.map_or((at, "a statement"), |item| (item.start, item.name));
        match said.last_mut().filter(|(last, _)| *last == start) {
            Some((_, one)) => one.words.extend([" ", text]),
            None => {
                let (name, words) = (name.to_owned(), text.to_owned());
                said.push((start, Said { line: file.line_of(at), name, words }));
            }
        }
    }
    let is_sql = |one: &Said| {
        ["FROM", "JOIN", "INTO", "UPDATE"].iter().any(|word| place_of(&one.words, word).is_some())
    };
    let said = said.into_iter().map(|(_, one)| one).filter(is_sql);
    said.map(|one| Said { words: words_alone(&one.words), ..one }).collect()
}

struct Item<'a> {
    start: usize,
    end: usize,
    name: &'a str,
}

/// The constants and macros of a file.
fn items(code: &str) -> Vec<Item<'_>> {
    let mut found = Vec::new();
    for (opening, closing) in [("const ", ";"), ("macro_rules! ", "\n}")] {
        for (start, word) in code.match_indices(opening) {
            let rest = &code[start + word.len()..];
            let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            let end = rest.find(closing).map_or(code.len(), |end| start + word.len() + end);
            found.push(Item { start, end, name });
        }
    }
    found
}
