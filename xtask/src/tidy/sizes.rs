//! Functions fit a screen and files stay readable.

use toml::Value;

use super::functions::functions;
use super::tree::Tree;
use super::{Finding, Rule, exceptions};

const FUNCTION_LINES_MAX: usize = 70;
const FILE_LINES_MAX: usize = 700;

pub const RULES: &[Rule] = &[
    Rule {
        name: "functions_fit_a_screen",
        why: "at most 70 lines; what is longer stands in xtask/tidy.toml with its length, and that list may only shrink",
        check: long_functions,
    },
    Rule {
        name: "files_stay_readable",
        why: "at most 700 lines: one file holds one verb or one noun",
        check: long_files,
    },
];

fn long_functions(tree: &Tree) -> Vec<Finding> {
    let allowed = allowed(tree);
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for file in tree.ending(".rs").filter(|file| !file.is_test()) {
        for function in functions(file).into_iter().filter(|function| function.length > FUNCTION_LINES_MAX) {
            let key = format!("{}::{}", file.path, function.name);
            let limit = allowed.iter().find(|(name, _)| *name == key).map(|(_, limit)| *limit);
            if limit != Some(function.length) {
                let (name, length, list) = (&function.name, function.length, exceptions::FILE);
                let what = format!("{name} has {length} lines; {list} says {limit:?}");
                found.push(Finding::new(&file.path, function.line, what));
            }
            seen.push(key);
        }
    }
    let stale = allowed.into_iter().filter(|(key, _)| !seen.contains(key));
    found.extend(stale.map(|(key, _)| {
        Finding::new(exceptions::FILE, 0, format!("{key} is no longer too long: take it out"))
    }));
    found
}

/// The functions that are longer today, as `path::name` with their lines.
fn allowed(tree: &Tree) -> Vec<(String, usize)> {
    let lines = |value: Value| usize::try_from(value.as_integer()?).ok();
    exceptions::list(tree, "functions")
        .into_iter()
        .filter_map(|(key, value)| Some((key, lines(value)?)))
        .collect()
}

fn long_files(tree: &Tree) -> Vec<Finding> {
    let is_source =
        |path: &str| [".rs", ".mjs", ".ts", ".svelte", ".sql", ".css"].iter().any(|end| path.ends_with(end));
    let long = tree
        .files()
        .iter()
        .filter(|file| is_source(&file.path))
        .map(|file| (file, file.text.lines().count()));
    long.filter(|(_, lines)| *lines > FILE_LINES_MAX)
        .map(|(file, lines)| Finding::new(&file.path, 0, format!("{lines} lines")))
        .collect()
}
