//! Every statement is prepared by a test.

use std::collections::BTreeSet;

use super::tree::{File, Tree};
use super::{Finding, Rule};

pub const RULES: &[Rule] = &[Rule {
    name: "every_statement_is_in_a_list_that_is_prepared",
    why: "a test prepares each statement of `ALL_SQL` on both engines and of `POSTGRES_SQL` on PostgreSQL; one that is \
          in neither fails only where it is run",
    check: unlisted,
}];

const LISTS: [&str; 2] = ["ALL_SQL: &[", "POSTGRES_SQL: &["];
const BEGINNINGS: [&str; 5] = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"];

fn unlisted(tree: &Tree) -> Vec<Finding> {
    let ours: Vec<&File> = tree.ending(".rs").filter(|file| is_ours(file)).collect();
    let listed: BTreeSet<(&str, String)> = ours
        .iter()
        .flat_map(|file| names(&file.code).into_iter().map(|name| (crate_of(&file.path), full(file, &name))))
        .collect();
    let mut found = Vec::new();
    for file in ours {
        let statements = statements(file);
        let missing = statements
            .into_iter()
            .filter(|(_, name)| !listed.contains(&(crate_of(&file.path), full(file, name))));
        found.extend(missing.map(|(line, name)| {
            Finding::new(&file.path, line, format!("{name} is in no ALL_SQL or POSTGRES_SQL"))
        }));
    }
    found
}

/// The testkit is no less a test for lying in a crate of its own.
fn is_ours(file: &File) -> bool {
    !file.is_test() && !file.path.starts_with("xtask/") && !file.path.starts_with("ground/testkit/")
}

fn crate_of(path: &str) -> &str {
    path.split_once("/src/").map_or(path, |(folder, _)| folder)
}

/// A name as its own file or a list elsewhere writes it: `rows::FIND`.
fn full(file: &File, name: &str) -> String {
    let own = file.path.trim_end_matches("/mod.rs").trim_end_matches(".rs").rsplit('/').next();
    match name.rsplit_once("::") {
        Some((module, name)) => format!("{}::{name}", module.rsplit("::").next().unwrap_or(module)),
        None => format!("{}::{name}", own.unwrap_or_default()),
    }
}

/// What the lists of a file name.
fn names(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (start, _) in LISTS.iter().flat_map(|list| code.match_indices(list)) {
        let value = code[start..].split_once('=').map(|(_, value)| value.trim_start());
        let Some(rest) = value.and_then(|value| value.strip_prefix("&[")) else { continue };
        let inside = rest.split(';').next().unwrap_or_default();
        names.extend(inside.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').map(str::to_owned));
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Line and name of each constant of a file that ships and begins as a statement does.
fn statements(file: &File) -> Vec<(usize, String)> {
    let texts = file.placed_texts();
    let shipped: BTreeSet<usize> = file.shipped_lines().into_iter().map(|(line, _)| line).collect();
    let mut found = Vec::new();
    for (start, word) in file.code.match_indices("const ") {
        let rest = &file.code[start + word.len()..];
        let Some((name, rest)) = rest.split_once(": &") else { continue };
        let is_name = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        let end = start + file.code[start..].len() - rest.len() + rest.find(';').unwrap_or(rest.len());
        let first = texts.iter().find(|(at, _)| start < *at && *at < end).map(|(_, text)| *text);
        let line = file.line_of(start);
        if is_name && shipped.contains(&line) && first.is_some_and(is_statement) {
            found.push((line, name.to_owned()));
        }
    }
    found
}

fn is_statement(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.next().is_some_and(|first| BEGINNINGS.contains(&first)) && words.next().is_some()
}
