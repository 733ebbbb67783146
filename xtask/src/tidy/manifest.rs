//! What each crate's Cargo.toml says it uses.

use toml::{Table, Value};

use super::tree::Tree;

/// One crate of the workspace.
pub struct Crate {
    /// Its folder from the root, as `wires/kpn`.
    pub folder: String,
    /// Its own name, as `bedside-kpn`.
    pub package: String,
    /// Whether it takes the workspace's lints.
    pub has_lints: bool,
    /// What it uses.
    pub uses: Vec<Use>,
    /// Where its sources are: its own folder, and that of a target that says another.
    pub sources: Vec<String>,
}

/// A line of a dependency table.
pub struct Use {
    /// The name of the package.
    pub name: String,
    /// The name that it has in the code.
    pub word: String,
    /// Its folder, when it is a crate of the workspace.
    pub folder: Option<String>,
    /// Whether only tests and benches may use it.
    pub is_dev: bool,
}

impl Crate {
    /// The shelf and what stands on it: `("ground", "testkit/macros")`.
    pub fn place(&self) -> (&str, &str) {
        self.folder.split_once('/').unwrap_or((&self.folder, ""))
    }

    /// The path of its Cargo.toml.
    pub fn manifest(&self) -> String {
        format!("{}/Cargo.toml", self.folder)
    }
}

/// A workspace of its own that only a fuzzer builds: it stands on no shelf, and nothing stands on it.
const OUTSIDE: &str = "fuzz/Cargo.toml";

/// All crates. A file that is no TOML is left to cargo to complain of.
pub fn crates(tree: &Tree) -> Vec<Crate> {
    let workspace =
        tree.file("Cargo.toml").and_then(|file| file.text.parse::<Table>().ok()).unwrap_or_default();
    let shared = workspace.get("workspace").and_then(|w| w.get("dependencies")).and_then(Value::as_table);
    let folder_of = |name: &str| Some(shared?.get(name)?.get("path")?.as_str()?.to_owned());
    let read = |path: &str, text: &str| {
        let table: Table = text.parse().ok()?;
        let folder = path.strip_suffix("/Cargo.toml")?.to_owned();
        let package = table.get("package")?.get("name")?.as_str()?.to_owned();
        let has_lints =
            table.get("lints").and_then(|l| l.get("workspace")).and_then(Value::as_bool) == Some(true);
        let sources = sources(&folder, &table);
        Some(Crate { folder, package, has_lints, uses: uses(&table, &folder_of), sources })
    };
    let inside = tree.ending("/Cargo.toml").filter(|file| file.path != OUTSIDE);
    inside.filter_map(|file| read(&file.path, &file.text)).collect()
}

fn sources(folder: &str, table: &Table) -> Vec<String> {
    let mut sources = vec![folder.to_owned()];
    for kind in ["bin", "test", "bench", "example"] {
        let targets = table.get(kind).and_then(Value::as_array).into_iter().flatten();
        for path in targets.filter_map(|target| target.get("path")?.as_str()?.strip_prefix("../")) {
            let shelf = folder.rsplit_once('/').map(|(shelf, _)| format!("{shelf}/")).unwrap_or_default();
            let file = format!("{shelf}{path}");
            sources.extend(file.rsplit_once('/').map(|(place, _)| place.to_owned()));
        }
    }
    sources
}

fn uses(table: &Table, folder_of: &impl Fn(&str) -> Option<String>) -> Vec<Use> {
    let mut uses = Vec::new();
    for (key, value) in table {
        let is_dev = key == "dev-dependencies";
        match (key.as_str(), value.as_table()) {
            ("dependencies" | "dev-dependencies" | "build-dependencies", Some(lines)) => {
                uses.extend(lines.iter().map(|(name, line)| one_use(name, line, is_dev, folder_of)));
            }
            ("target", Some(targets)) => {
                for target in targets.values().filter_map(Value::as_table) {
                    uses.extend(self::uses(target, folder_of));
                }
            }
            _ => {}
        }
    }
    uses
}

fn one_use(name: &str, line: &Value, is_dev: bool, folder_of: &impl Fn(&str) -> Option<String>) -> Use {
    // A path of its own is not ours to resolve: it names no shelf, and the import rules refuse it.
    let own_path = line.get("path").and_then(Value::as_str).map(str::to_owned);
    let package = line.get("package").and_then(Value::as_str).unwrap_or(name);
    let folder = own_path.or_else(|| folder_of(name));
    Use { name: package.to_owned(), word: name.replace('-', "_"), folder, is_dev }
}
