//! What every source file must say, and what none may.

use super::manifest::crates;
use super::sql_lexer::says;
use super::tree::{File, Tree};
use super::{Finding, Rule};

pub const RULES: &[Rule] = &[
    Rule {
        name: "every_crate_says_what_it_is",
        why: "lib.rs, or main.rs, opens with `//!`, and a feature lists what is \"Always true:\"; the reader starts there",
        check: silent_crates,
    },
    Rule {
        name: "every_crate_takes_the_lints",
        why: "`[lints] workspace = true` is what forbids unsafe code in it",
        check: lawless_crates,
    },
    Rule {
        name: "no_lint_is_silenced",
        why: "`#[expect(lint, reason = \"…\")]` says why, and complains when it is no longer needed",
        check: |tree| in_code(tree, &["#[allow(", "#![allow("]),
    },
    Rule {
        name: "features_take_a_tx_and_never_a_db",
        why: "a nested write would commit what the outer one takes back; the caller opens the transaction",
        check: features_with_a_db,
    },
    Rule {
        name: "nothing_is_left_half_done",
        why: "a stub that is called done is a defect; what is missing stands in the README",
        check: half_done,
    },
    Rule {
        name: "tests_are_sentences",
        why: "a test's name says what holds, so it needs no `test_` before it",
        check: tests_with_a_prefix,
    },
    Rule {
        name: "nothing_tells_of_one_machine",
        why: "a path or a registry's address of one machine is wrong on every other",
        check: machine_bound,
    },
];

fn silent_crates(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for one in crates(tree) {
        let root = ["src/lib.rs", "src/main.rs"]
            .iter()
            .find_map(|name| tree.file(&format!("{}/{name}", one.folder)));
        let Some(root) = root else { continue };
        if !root.text.starts_with("//! ") {
            found.push(Finding::new(&root.path, 1, "does not open with `//!`"));
        }
        if one.place().0 == "features" && !root.text.contains("//! Always true:") {
            found.push(Finding::new(&root.path, 1, "does not say what is \"Always true:\""));
        }
    }
    found
}

fn lawless_crates(tree: &Tree) -> Vec<Finding> {
    let silent = crates(tree).into_iter().filter(|one| !one.has_lints);
    let mut found: Vec<Finding> =
        silent.map(|one| Finding::new(&one.manifest(), 0, "has no `[lints] workspace = true`")).collect();
    let forbids = |file: &File| file.text.lines().any(|line| line.trim() == "unsafe_code = \"forbid\"");
    found.extend(tree.file("Cargo.toml").filter(|file| !forbids(file)).map(|file| {
        Finding::new(&file.path, 0, "the workspace's lints do not say unsafe_code = \"forbid\"")
    }));
    found
}

/// Lines of code, tests included, that hold one of these.
fn in_code(tree: &Tree, needles: &[&str]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.ending(".rs") {
        for (index, line) in file.code.lines().enumerate() {
            for needle in needles.iter().filter(|needle| line.contains(*needle)) {
                found.push(Finding::new(&file.path, index + 1, format!("`{needle}`")));
            }
        }
    }
    found
}

/// A function under a test's attribute whose name begins with `test_`.
fn tests_with_a_prefix(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.ending(".rs") {
        let mut is_test = false;
        for (index, line) in file.code.lines().map(str::trim).enumerate() {
            if is_test && line.contains("fn test_") {
                found.push(Finding::new(&file.path, index + 1, format!("`{line}`")));
            }
            let is_attribute = line.starts_with("#[");
            is_test = is_attribute && (is_test || line.contains("test"));
        }
    }
    found
}

fn features_with_a_db(tree: &Tree) -> Vec<Finding> {
    let is_feature = |path: &str| path.starts_with("features/") && !path.starts_with("features/flows/");
    let mut found = Vec::new();
    for file in tree.ending(".rs").filter(|file| is_feature(&file.path) && !file.is_test()) {
        for (number, line) in file.shipped_lines().into_iter().filter(|(_, line)| says(line, "Db")) {
            found.push(Finding::new(&file.path, number, format!("`{}`", line.trim())));
        }
    }
    found
}

/// Put together here, so that this file does not find itself.
const STUBS: [&str; 3] = [concat!("to", "do!("), concat!("unimp", "lemented!("), concat!("#[", "ignore")];
const PROMISES: [&str; 4] =
    [concat!("FIX", "ME"), concat!("XX", "X"), concat!("test", ".skip"), concat!("it", ".skip(")];

fn half_done(tree: &Tree) -> Vec<Finding> {
    let mut found = in_code(tree, &STUBS);
    let is_source =
        |path: &str| [".rs", ".mjs", ".ts", ".sql", ".toml"].iter().any(|end| path.ends_with(end));
    for file in tree.files().iter().filter(|file| is_source(&file.path)) {
        found.extend(in_text(file, &PROMISES));
    }
    found
}

const MACHINE_BOUND: [&str; 11] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("../", "shared"),
    concat!("registry.", "npmjs"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("py", "pi.org"),
    concat!("python", "hosted.org"),
    concat!("deb.", "debian.org"),
    concat!("proxy.", "golang.org"),
];

fn machine_bound(tree: &Tree) -> Vec<Finding> {
    let named = tree.files().iter().filter(|file| !file.path.ends_with("Cargo.lock"));
    named.flat_map(|file| in_text(file, &MACHINE_BOUND)).collect()
}

fn in_text(file: &File, needles: &[&str]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        for needle in needles.iter().filter(|needle| line.contains(*needle)) {
            found.push(Finding::new(&file.path, index + 1, format!("`{needle}`")));
        }
    }
    found
}
