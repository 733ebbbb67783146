//! Links between our own pages.

use super::tree::{File, Tree};
use super::{Finding, Rule};

pub const RULES: &[Rule] = &[Rule {
    name: "links_in_docs_lead_somewhere",
    why: "a page that points at nothing costs every reader the same search",
    check: dead_links,
}];

fn dead_links(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.ending(".md") {
        for (line, target) in links(&file.text) {
            if !leads_somewhere(tree, file, target) {
                found.push(Finding::new(&file.path, line, format!("({target})")));
            }
        }
    }
    found
}

fn leads_somewhere(tree: &Tree, from: &File, target: &str) -> bool {
    if target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if path.is_empty() { Some(from.path.clone()) } else { resolve(&from.path, path) };
    let Some(path) = path.filter(|path| tree.has(path)) else { return false };
    let has_heading =
        |page: &File| prose(&page.text).any(|(_, line)| heading(line).as_deref() == Some(anchor));
    anchor.is_empty() || tree.file(&path).is_some_and(has_heading)
}

/// The path from the root; `None` when it leaves the repository.
fn resolve(from: &str, link: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let base = if link.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The lines outside fenced code, numbered from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_fenced = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_fenced ^= is_fence;
        (!is_fenced && !is_fence).then_some((index + 1, line))
    })
}

fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        for (at, _) in line.match_indices("](") {
            let target = &line[at + 2..];
            let end = target.find([')', ' ']).unwrap_or(target.len());
            found.push((number, &target[..end]));
        }
    }
    found
}

/// A heading as an anchor names it: lower case, hyphens for blanks, other signs left out.
fn heading(line: &str) -> Option<String> {
    let words = line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')?.trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    Some(kept.map(|c| if c == ' ' { '-' } else { c }).collect())
}
