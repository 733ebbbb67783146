//! Where the configuration comes from: defaults, then the file, then the environment, then flags.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::fields::{Field, fields};
use super::{Config, check};

/// How alike a variable without a double underscore must be to a known one to be taken for a slip.
const SLIP_MAX: usize = 2;
/// A longer name that nobody knows may have more slips, and still point at a known one.
const LETTERS_PER_SLIP: usize = 4;

/// What was given, the weaker before the stronger.
#[derive(Debug, Default)]
pub struct Sources {
    /// A command's own defaults: `section.key` and value.
    pub defaults: Vec<(String, String)>,
    /// The file; one that is named must be there.
    pub file: Option<PathBuf>,
    /// The environment: name and value. Only names that begin with `BEDSIDE_` are looked at.
    pub environment: Vec<(String, String)>,
    /// Flags: `section.key` and value.
    pub flags: Vec<(String, String)>,
}

/// Why the configuration is not taken: one sentence for the operator, without any value in it.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// Reads the sources, the stronger over the weaker, and checks what they come to.
///
/// # Errors
/// [`Refused`] for an unknown key, a value of the wrong kind, or choices that contradict each other.
pub fn load(sources: &Sources) -> Result<Config, Refused> {
    let config = read(sources)?;
    check::check(&config)?;
    Ok(config)
}

/// Reads the sources without asking whether the choices fit together.
///
/// # Errors
/// [`Refused`] for an unknown key or a value of the wrong kind.
pub fn read(sources: &Sources) -> Result<Config, Refused> {
    let fields = fields();
    let mut gathered = Gathered { tree: Value::Object(serde_json::Map::default()), fields: &fields };
    for (path, value) in &sources.defaults {
        gathered.put_text(path, value, "the command")?;
    }
    if let Some(path) = &sources.file {
        gathered.file(path)?;
    }
    for (name, value) in &sources.environment {
        gathered.variable(name, value)?;
    }
    for (path, value) in &sources.flags {
        gathered.put_text(path, value, "the command line")?;
    }
    serde_json::from_value(gathered.tree).map_err(|error| Refused(error.to_string()))
}

struct Gathered<'a> {
    tree: Value,
    fields: &'a [Field],
}

impl Gathered<'_> {
    fn file(&mut self, path: &Path) -> Result<(), Refused> {
        let source = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|error| Refused(format!("{source}: {error}")))?;
        let table: toml::Table =
            text.parse().map_err(|error| Refused(format!("{source}: {}", in_words(&error, &text))))?;
        for (section, part) in table {
            let Value::Object(part) = json(part) else {
                return Err(self.unknown(&section, &source));
            };
            for (key, value) in part {
                self.put(&format!("{section}.{key}"), value, &source)?;
            }
        }
        Ok(())
    }

    fn variable(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        let Some(rest) = name.strip_prefix("BEDSIDE_") else { return Ok(()) };
        let source = format!("the environment variable {name}");
        if !rest.contains("__") {
            // Other programs of this house have variables, too; only a slip of the pen is refused.
            let near = self.fields.iter().map(Field::variable).find(|known| is_slip(known, name));
            return near.map_or(Ok(()), |known| {
                Err(Refused(format!("{source} is not known; did you mean {known}?")))
            });
        }
        let path = rest.to_lowercase().replace("__", ".");
        self.put_text(&path, value, &source)
    }

    fn put_text(&mut self, path: &str, text: &str, source: &str) -> Result<(), Refused> {
        let field = self.known(path, source)?;
        self.put(path, field.shape.read(text), source)
    }

    fn put(&mut self, path: &str, value: Value, source: &str) -> Result<(), Refused> {
        let field = self.known(path, source)?;
        let Some((section, key)) = path.split_once('.') else { return Err(self.unknown(path, source)) };
        let alone = serde_json::json!({ section: { key: value } });
        if value.is_null() || serde_json::from_value::<Config>(alone).is_err() {
            return Err(Refused(format!("{source}: {path} must be {}", field.expects)));
        }
        self.tree[section][key] = value;
        Ok(())
    }

    fn known(&self, path: &str, source: &str) -> Result<&Field, Refused> {
        self.fields.iter().find(|field| field.path == path).ok_or_else(|| self.unknown(path, source))
    }

    fn unknown(&self, path: &str, source: &str) -> Refused {
        let distance = |field: &&Field| {
            let whole = strsim::damerau_levenshtein(&field.path, path);
            let key_alone = strsim::damerau_levenshtein(&field.key, path);
            whole.min(key_alone)
        };
        let nearest = self.fields.iter().min_by_key(distance);
        let nearest =
            nearest.filter(|field| distance(field) <= (path.len() / LETTERS_PER_SLIP).max(SLIP_MAX));
        let hint = nearest.map(|field| format!("; the nearest is {}", field.path)).unwrap_or_default();
        Refused(format!("{source}: there is no key {path}{hint}"))
    }
}

fn is_slip(known: &str, name: &str) -> bool {
    strsim::damerau_levenshtein(known, name) <= SLIP_MAX
}

/// The line and what is wrong there, without the text of the line: it may hold a secret.
fn in_words(error: &toml::de::Error, text: &str) -> String {
    let why = error.message().lines().next().unwrap_or("this is not TOML");
    let before = error.span().and_then(|span| text.get(..span.start));
    before.map_or(why.to_owned(), |before| format!("line {}: {why}", before.matches('\n').count() + 1))
}

fn json(value: toml::Value) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
