//! What does not follow a rule and may: `xtask/tidy.toml`, with the reason or the measure of each.

use toml::{Table, Value};

use super::tree::Tree;

/// Where the lists are kept.
pub const FILE: &str = "xtask/tidy.toml";

/// The list of a rule; empty when there is none.
pub fn list(tree: &Tree, name: &str) -> Table {
    let table = tree.file(FILE).and_then(|file| file.text.parse::<Table>().ok()).unwrap_or_default();
    table.get(name).and_then(Value::as_table).cloned().unwrap_or_default()
}
