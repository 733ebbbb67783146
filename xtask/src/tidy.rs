//! The house rules, checked line by line: each rule is a sentence, a reason, and a function over the files.

mod docs;
mod exceptions;
mod functions;
mod imports;
mod lexer;
mod listed;
mod manifest;
mod sizes;
mod sources;
mod sql;
mod sql_lexer;
mod tenancy;
mod tree;
mod words;

#[cfg(test)]
mod rules_tests;

use std::fmt;

use anyhow::{Result, bail};

use crate::shell::root;
use tree::Tree;

/// A place that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    path: String,
    /// Counted from 1; 0 when it is the whole file.
    line: usize,
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "  {}: {}", self.path, self.what),
            line => write!(f, "  {}:{line}: {}", self.path, self.what),
        }
    }
}

/// One rule of the house.
struct Rule {
    name: &'static str,
    why: &'static str,
    check: fn(&Tree) -> Vec<Finding>,
}

impl Rule {
    /// What breaks it, with the reason, or nothing.
    fn complaint(&self, tree: &Tree) -> Option<String> {
        let findings = (self.check)(tree);
        if findings.is_empty() {
            return None;
        }
        let places: Vec<String> = findings.iter().map(ToString::to_string).collect();
        Some(format!("{}\n  why: {}\n{}", self.name, self.why, places.join("\n")))
    }
}

fn all_rules() -> impl Iterator<Item = &'static Rule> {
    [
        imports::RULES,
        sizes::RULES,
        sql::RULES,
        tenancy::RULES,
        listed::RULES,
        sources::RULES,
        docs::RULES,
        words::RULES,
    ]
    .into_iter()
    .flatten()
}

/// Checks every rule; an error when one is broken.
pub fn tidy() -> Result<()> {
    let tree = Tree::load(root())?;
    let complaints: Vec<String> = all_rules().filter_map(|rule| rule.complaint(&tree)).collect();
    for complaint in &complaints {
        eprintln!("{complaint}\n");
    }
    if !complaints.is_empty() {
        bail!("{} of {} house rules are broken", complaints.len(), all_rules().count());
    }
    println!("{} house rules hold over {} files", all_rules().count(), tree.files().len());
    Ok(())
}
