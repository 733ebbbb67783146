//! A crate's folder is its right to import.

use super::exceptions;
use super::manifest::{Crate, Use, crates};
use super::sql_lexer::says;
use super::tree::{File, Tree};
use super::{Finding, Rule};

pub const RULES: &[Rule] = &[
    Rule {
        name: "wires_do_not_know_each_other",
        why: "a dialect's quirk stays in its wire; what two wires share is a feature's, or the door's",
        check: |tree| wrong_imports(tree, "wires"),
    },
    Rule {
        name: "features_do_not_know_each_other",
        why: "a feature stores another's id and knows nothing else of it; only features/flows puts two in order",
        check: |tree| wrong_imports(tree, "features"),
    },
    Rule {
        name: "ground_knows_nothing_above_it",
        why: "every feature stands on the ground, so the ground can stand on none",
        check: |tree| wrong_imports(tree, "ground"),
    },
    Rule {
        name: "tasks_need_no_crate_of_ours",
        why: "a task starts within seconds of a clean clone",
        check: |tree| wrong_imports(tree, "xtask"),
    },
    Rule {
        name: "the_app_ships_no_test_tools",
        why: "the testkit sets clocks and repeats chance; nothing that is shipped may",
        check: |tree| wrong_imports(tree, "app"),
    },
    Rule {
        name: "only_store_names_a_database_engine",
        why: "the seam is at the connection: one SQL text, and one place that knows there are two engines",
        check: |tree| strangers(tree, ENGINES, &["ground/store"], false),
    },
    Rule {
        name: "there_is_one_database_layer",
        why: "a second library links a second SQLite, which cannot live in one binary, and hides the commit",
        check: |tree| strangers(tree, &["sqlx", "sea-orm", "diesel", "diesel-async"], &[], false),
    },
    Rule {
        name: "only_wires_and_the_app_speak_http",
        why: "a feature knows no HTTP: what it does must be the same through every dialect",
        check: |tree| {
            strangers(tree, &["axum", "axum-extra", "utoipa", "utoipa-axum"], &["wires/", "app"], false)
        },
    },
    Rule {
        name: "only_outbound_calls_out",
        why: "outgoing calls need time-outs, size caps and the guard against private addresses, in one place",
        check: |tree| strangers(tree, &["reqwest", "lettre"], &["ground/outbound"], true),
    },
    Rule {
        name: "only_media_carries_video",
        why: "it is the largest dependency; what does not need it builds without it",
        check: |tree| strangers(tree, &["str0m"], &["ground/media"], false),
    },
    Rule {
        name: "a_crate_is_named_after_its_folder",
        why: "the path is the right, so the name must lead to the path",
        check: badly_named,
    },
    Rule {
        name: "a_crate_asks_for_nothing_that_it_leaves",
        why: "what is only named in a Cargo.toml is built, audited and updated for nobody",
        check: idle_dependencies,
    },
];

/// Dependencies that no source names, in `xtask/tidy.toml`.
const LIST: &str = "dependencies_that_no_source_names";

const ENGINES: &[&str] = &["rusqlite", "libsqlite3-sys", "tokio-postgres", "deadpool-postgres", "postgres"];

/// Whether a crate in `from` may use the one in `to`; `is_dev` when only its tests do.
fn may_import(from: (&str, &str), to: &str, is_dev: bool) -> bool {
    let is_testkit = to == "ground/testkit";
    let on = |shelf: &str| to.split('/').next() == Some(shelf);
    match from {
        ("ground", "kernel" | "testkit/macros") | ("xtask", _) => false,
        ("ground", "testkit") => on("ground"),
        _ if is_testkit => is_dev,
        ("app", _) => true,
        ("wires", "door") => on("features") || on("ground"),
        ("wires", _) => on("features") || on("ground") || to == "wires/door",
        ("features", "flows") => on("features") || on("ground"),
        ("features", _) => on("ground"),
        // The access log's codes and seals are made with keys of the vault (docs/decisions/0005).
        ("ground", "audit") => matches!(to, "ground/kernel" | "ground/store" | "ground/vault"),
        ("ground", "vault") => matches!(to, "ground/kernel" | "ground/store"),
        // A letter is a sealed row in the transaction of its cause (docs/decisions/0011).
        ("ground", "outbound") => matches!(to, "ground/kernel" | "ground/store" | "ground/vault"),
        // Words are found by keyed hashes in a table of their own (docs/decisions/0013).
        ("ground", "search") => matches!(to, "ground/kernel" | "ground/store" | "ground/vault"),
        ("ground", _) => to == "ground/kernel",
        _ => false,
    }
}

fn wrong_imports(tree: &Tree, shelf: &str) -> Vec<Finding> {
    let crates = crates(tree);
    let on_shelf = crates.iter().filter(|one| one.place().0 == shelf);
    on_shelf.flat_map(|one| one.uses.iter().filter_map(|used| wrong_import(one, used))).collect()
}

fn wrong_import(one: &Crate, used: &Use) -> Option<Finding> {
    let folder = used.folder.as_deref()?;
    let what = format!("{} may not use {folder}", one.folder);
    (!may_import(one.place(), folder, used.is_dev)).then(|| Finding::new(&one.manifest(), 0, what))
}

/// Who uses one of these packages outside these folders; a folder ending in `/` is a whole shelf.
fn strangers(tree: &Tree, packages: &[&str], homes: &[&str], tests_may: bool) -> Vec<Finding> {
    let is_home = |folder: &str| {
        homes.iter().any(|home| folder == *home || (home.ends_with('/') && folder.starts_with(home)))
    };
    let mut found = Vec::new();
    for one in crates(tree).iter().filter(|one| !is_home(&one.folder)) {
        for used in one.uses.iter().filter(|used| packages.contains(&used.name.as_str())) {
            if !(tests_may && used.is_dev) {
                found.push(Finding::new(&one.manifest(), 0, format!("{} uses {}", one.folder, used.name)));
            }
        }
    }
    found
}

fn badly_named(tree: &Tree) -> Vec<Finding> {
    let good = |one: &Crate| match one.place() {
        ("app", _) => one.package == "bedside",
        ("xtask", _) => one.package == "xtask",
        // Two shelves may hold the same word: then one of them says its shelf too.
        (shelf, place) => {
            let word = place.replace('/', "-");
            one.package == format!("bedside-{word}") || one.package == format!("bedside-{shelf}-{word}")
        }
    };
    let bad = |one: &Crate| Finding::new(&one.manifest(), 0, format!("is called {}", one.package));
    crates(tree).iter().filter(|one| !good(one)).map(bad).collect()
}

/// Dependencies that no source of their crate names, but for those that a list says why to keep.
fn idle_dependencies(tree: &Tree) -> Vec<Finding> {
    let mut kept = exceptions::list(tree, LIST);
    let crates = crates(tree);
    let mut found = Vec::new();
    for one in &crates {
        let sources: Vec<&File> = tree.ending(".rs").filter(|file| is_of(one, &crates, file)).collect();
        let is_idle = |used: &&Use| !sources.iter().any(|file| is_named(&file.code, &used.word));
        for used in one.uses.iter().filter(is_idle) {
            let why = kept.remove(&format!("{}: {}", one.folder, used.name));
            if why.and_then(|why| Some(!why.as_str()?.trim().is_empty())) != Some(true) {
                let what = format!("no source of {} names {}", one.folder, used.name);
                found.push(Finding::new(&one.manifest(), 0, what));
            }
        }
    }
    let stale = kept.keys().map(|name| {
        Finding::new(exceptions::FILE, 0, format!("[{LIST}] {name:?} is not idle, or not there: take it out"))
    });
    found.into_iter().chain(stale).collect()
}

/// Whether the code names the crate, and not only something of its own by the same word.
fn is_named(code: &str, word: &str) -> bool {
    [format!("{word}::"), format!("use {word};"), format!("use {word} as")]
        .iter()
        .any(|path| says(code, path))
}

/// Whether a file is a source of this crate, and not of one that lies in its folder.
fn is_of(one: &Crate, all: &[Crate], file: &File) -> bool {
    let lies_in = |folder: &str| file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let is_inner = |other: &Crate| other.folder.len() > one.folder.len() && lies_in(&other.folder);
    one.sources.iter().any(|folder| lies_in(folder)) && !all.iter().any(is_inner)
}
