//! One SQL text for both engines.

use super::sql_lexer::{columns, says, words_alone};
use super::tree::{File, Tree};
use super::{Finding, Rule};

pub const RULES: &[Rule] = &[
    Rule {
        name: "migrations_use_the_four_types",
        why: "TEXT, BIGINT, BOOLEAN and BYTEA mean the same on both engines, and copying between them is by these four",
        check: odd_types,
    },
    Rule {
        name: "sql_says_only_what_both_engines_understand",
        why: "ids and time come from Rust, an upsert is ON CONFLICT, and there is one text (migrations/README.md)",
        check: odd_words,
    },
    Rule {
        name: "migrations_follow_one_another",
        why: "a migration is NNNN_words.sql, and the numbers run from 0001 without a gap: that is the schema's number",
        check: odd_numbers,
    },
];

const TYPES: [&str; 4] = ["TEXT", "BIGINT", "BOOLEAN", "BYTEA"];

const BANNED: [&str; 29] = [
    "NOW(",
    "CURRENT_TIMESTAMP",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "RANDOM(",
    "GEN_RANDOM_UUID(",
    "NEXTVAL(",
    "STRFTIME(",
    "DATETIME(",
    "UNIXEPOCH(",
    "REPLACE",
    "INSERT OR",
    "UPDATE OR",
    "::",
    "CAST(",
    "ILIKE",
    "GLOB",
    "REGEXP",
    "DEFERRABLE",
    "SERIAL",
    "BIGSERIAL",
    "AUTOINCREMENT",
    "GENERATED",
    "JSON",
    "JSONB",
    "ARRAY",
    "ANY(",
    "COLLATE",
    "?",
];

/// Where what is said to one engine alone stands: how it keeps two times from overlapping, and nothing else.
const OF_ONE_ENGINE: &str = "migrations/engines/";

/// The steps of the schema, as both engines have them.
pub fn migrations(tree: &Tree) -> impl Iterator<Item = &File> {
    let is_common =
        |file: &&File| file.path.starts_with("migrations/") && !file.path.starts_with(OF_ONE_ENGINE);
    tree.ending(".sql").filter(is_common)
}

fn odd_types(tree: &Tree) -> Vec<Finding> {
    let odd = |file: &File| {
        let columns = columns(&file.text).into_iter().filter(|column| !TYPES.contains(&column.kind.as_str()));
        let found = columns.map(|column| {
            let what = format!("column {} is `{}`", column.name.to_lowercase(), column.kind);
            Finding::new(&file.path, column.line, what)
        });
        found.collect::<Vec<_>>()
    };
    migrations(tree).flat_map(odd).collect()
}

fn odd_words(tree: &Tree) -> Vec<Finding> {
    let mut found: Vec<Finding> =
        migrations(tree).flat_map(|file| banned_in(&file.path, 1, &file.text)).collect();
    let may_speak_freely =
        |file: &File| file.is_test() || is_engine(&file.path) || file.path.starts_with("xtask/");
    for file in tree.ending(".rs").filter(|file| !may_speak_freely(file)) {
        for (line, text) in file.texts().into_iter().filter(|(_, text)| is_statement(text)) {
            found.extend(banned_in(&file.path, line, text));
        }
    }
    found
}

/// The files that may say what only one engine understands.
fn is_engine(path: &str) -> bool {
    path.strip_prefix("ground/store/src/")
        .is_some_and(|name| name.starts_with("sqlite") || name.starts_with("postgres"))
}

fn is_statement(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&first) && words.next().is_some()
}

fn banned_in(path: &str, first_line: usize, sql: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, line) in words_alone(sql).lines().enumerate() {
        for word in BANNED.iter().filter(|word| says(line, word)) {
            found.push(Finding::new(path, first_line + index, format!("says `{word}`")));
        }
    }
    found
}

fn odd_numbers(tree: &Tree) -> Vec<Finding> {
    let mut names: Vec<&str> = migrations(tree).map(|file| file.path.as_str()).collect();
    names.sort_unstable();
    let expected = (1..).map(|number| format!("migrations/{number:04}_"));
    let odd = names.iter().zip(expected).filter(|(name, start)| !name.starts_with(start.as_str()));
    odd.map(|(name, start)| Finding::new(name, 0, format!("the next is {start}…"))).collect()
}
