//! The configuration on paper: the example file, the guide's page, and what holds in effect.

use std::fmt::Write as _;

use serde_json::Value;

use super::Config;
use super::fields::{Field, sections};

const WIDTH: usize = 100;

/// `bedside.example.toml`: every key with what it means, at its default, commented out.
#[must_use]
pub fn example() -> String {
    let mut page = String::from(
        "# Bedside's configuration. Copy it to bedside.toml and change what you need; a key that is left out\n\
         # has the default shown here. Environment variables go before this file (BEDSIDE_SERVER__LISTEN for\n\
         # server.listen), and flags before both.\n",
    );
    for section in sections() {
        page.push('\n');
        comment(&mut page, &section.about);
        push(&mut page, format_args!("[{}]\n", section.name));
        for field in section.fields {
            page.push('\n');
            comment(&mut page, &field.about);
            push(&mut page, format_args!("# {} = {}\n", field.key, shown(&field)));
        }
    }
    page
}

/// `docs/guide/config.md`.
#[must_use]
pub fn guide() -> String {
    let mut page = String::from(
        "# Configuration\n\nA server needs one choice to start: where its \
         master key comes from, under [keys] below; `bedside demo` needs none. What is chosen comes from, the \
         stronger first:\n\n\
         1. flags: `--set section.key=value`, and a few with names of their own (see [the commands](cli.md));\n\
         2. environment variables: `BEDSIDE_SECTION__KEY`; a list is separated by commas;\n\
         3. the file that `--config` names, or `bedside.toml` in the working directory when there is one;\n\
         4. the defaults below.\n\n\
         An unknown key is refused, and the refusal names the nearest known one. `bedside config` prints what \
         holds in effect, without secrets. `bedside.example.toml` has every key at its default.\n",
    );
    for section in sections() {
        push(&mut page, format_args!("\n## [{}]\n\n{}\n", section.name, section.about));
        for field in section.fields {
            push(&mut page, format_args!("\n### {}\n\n{}\n\n", field.path, field.about));
            push(&mut page, format_args!("- expects: {}\n", field.expects));
            if !field.default.is_null() {
                push(&mut page, format_args!("- default: `{}`\n", toml_of(&field.default)));
            }
            push(&mut page, format_args!("- environment: `{}`\n", field.variable()));
        }
    }
    page
}

/// What holds, as TOML, with every secret hidden.
#[must_use]
pub fn effective(config: &Config) -> String {
    let tree = serde_json::to_value(config).unwrap_or_default();
    let mut page = String::new();
    for section in sections() {
        push(&mut page, format_args!("[{}]\n", section.name));
        for field in section.fields {
            let value = &tree[&section.name][&field.key];
            if !value.is_null() {
                push(&mut page, format_args!("{} = {}\n", field.key, toml_of(value)));
            }
        }
        page.push('\n');
    }
    page
}

fn shown(field: &Field) -> String {
    let value = if field.default.is_null() { field.example.as_ref() } else { Some(&field.default) };
    value.map(toml_of).unwrap_or_default()
}

/// The kinds of value that the configuration knows, as TOML writes them.
fn toml_of(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(toml_of).collect::<Vec<_>>().join(", ")),
        Value::String(text) => toml::Value::from(text.as_str()).to_string(),
        other => other.to_string(),
    }
}

fn comment(page: &mut String, text: &str) {
    let mut line = String::from("#");
    for word in text.split(' ') {
        if line.len() + 1 + word.len() > WIDTH {
            push(page, format_args!("{line}\n"));
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    push(page, format_args!("{line}\n"));
}

fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("a string takes what is written to it");
}
