//! The keys that there are, read from the schema that the doc comments and defaults make.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::Config;

/// One part of the configuration, such as `[server]`.
pub(super) struct Section {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// Its keys, in the order of the struct.
    pub fields: Vec<Field>,
}

/// One key.
pub(super) struct Field {
    /// `section.key`.
    pub path: String,
    /// The key within its section.
    pub key: String,
    /// What it means.
    pub about: String,
    /// What a value must be, in words.
    pub expects: String,
    /// What it is when nobody says.
    pub default: Value,
    /// What it might be, for a key without a default.
    pub example: Option<Value>,
    /// How a text from the environment or a flag is to be understood.
    pub shape: Shape,
}

/// How a text is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Number,
    Switch,
    /// Separated by commas.
    List,
}

impl Shape {
    /// The text as a value of this shape; as it is when it does not fit, so that the refusal can name it.
    pub fn read(self, text: &str) -> Value {
        let as_text = || Value::from(text);
        match self {
            Self::Text => as_text(),
            Self::Number => text.trim().parse::<i64>().map_or_else(|_| as_text(), Value::from),
            Self::Switch => text.trim().parse::<bool>().map_or_else(|_| as_text(), Value::from),
            Self::List => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect()
            }
        }
    }
}

impl Field {
    /// The environment variable that sets it.
    pub fn variable(&self) -> String {
        format!("BEDSIDE_{}", self.path.replace('.', "__").to_uppercase())
    }
}

/// Every section, in the order of the struct.
pub(super) fn sections() -> Vec<Section> {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<Config>();
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    each(schema.as_value()).map(|(name, part)| section(name, part, &defaults[name])).collect()
}

/// Every key of every section.
pub(super) fn fields() -> Vec<Field> {
    sections().into_iter().flat_map(|section| section.fields).collect()
}

fn each(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let properties = schema["properties"].as_object();
    properties.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
}

fn section(name: &str, schema: &Value, defaults: &Value) -> Section {
    let field = |(key, schema): (&str, &Value)| field(name, key, schema, &defaults[key]);
    Section {
        name: name.to_owned(),
        about: text(schema, "description"),
        fields: each(schema).map(field).collect(),
    }
}

fn field(section: &str, key: &str, schema: &Value, default: &Value) -> Field {
    Field {
        path: format!("{section}.{key}"),
        key: key.to_owned(),
        about: text(schema, "description"),
        expects: text(schema, "x-expects"),
        default: default.clone(),
        example: schema.get("x-example").cloned(),
        shape: shape(schema),
    }
}

/// A description as one line: doc comments are broken for the source file, not for its readers.
fn text(schema: &Value, name: &str) -> String {
    let text = schema[name].as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shape(schema: &Value) -> Shape {
    let kind = &schema["type"];
    let kind = kind.as_str().or_else(|| kind[0].as_str());
    match kind {
        Some("integer") => Shape::Number,
        Some("boolean") => Shape::Switch,
        Some("array") => Shape::List,
        _ => Shape::Text,
    }
}
