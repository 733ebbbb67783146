//! Answers on standard output: JSON for programs, a plain table for people.

use std::io::{self, Write as _};

use anyhow::Result;
use serde_json::{Map, Value};

/// Prints an answer.
pub fn print(value: &Value, as_json: bool) -> Result<()> {
    let text = if as_json { format!("{value}\n") } else { plain(value) };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

fn plain(value: &Value) -> String {
    match value {
        Value::Array(rows) => table(rows),
        Value::Object(fields) => lines(fields),
        other => format!("{}\n", cell(other)),
    }
}

fn lines(fields: &Map<String, Value>) -> String {
    let width = fields.keys().map(String::len).max().unwrap_or_default();
    let mut text = String::new();
    for (name, value) in fields {
        for (number, line) in several(value).iter().enumerate() {
            let name = if number == 0 { name } else { "" };
            text.push_str(&format!("{name:width$}  {line}\n"));
        }
    }
    text
}

/// A value in as many lines as it needs: of a list, things and sentences have one each.
fn several(value: &Value) -> Vec<String> {
    let is_sentence = |item: &Value| item.as_str().is_some_and(|text| text.contains(' '));
    match value {
        Value::Array(items) if items.iter().any(Value::is_object) => {
            table(items).lines().map(str::to_owned).collect()
        }
        Value::Array(items) if items.iter().any(is_sentence) => items.iter().map(cell).collect(),
        other => vec![cell(other)],
    }
}

/// Rows of objects that have the same fields; the columns are as wide as their widest cell.
fn table(rows: &[Value]) -> String {
    let Some(first) = rows.first().and_then(Value::as_object) else { return String::new() };
    let mut all: Vec<Vec<String>> = vec![first.keys().cloned().collect()];
    all.extend(rows.iter().map(|row| first.keys().map(|name| cell(&row[name])).collect()));
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..first.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    all.iter().map(line).collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(" "),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| format!("{name} {}", cell(value));
            fields.iter().map(field).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_is_a_table_and_a_thing_is_lines() {
        let list = json!([{ "id": "1", "name": "Éva" }, { "id": "22", "name": null }]);
        assert_eq!(plain(&list), "id  name\n1   Éva\n22  -\n");
        assert_eq!(plain(&json!({ "id": 1, "many": ["a", "b"] })), "id    1\nmany  a b\n");
        assert_eq!(plain(&json!([])), "");
        let heads = json!([{ "head": "1.2", "of": "linde" }, { "head": "3", "of": null }]);
        let report = json!({ "clean": false, "faults": ["a line", "another line"], "heads": heads });
        let row = json!([{ "id": 1, "of": [{ "ends": null, "since": "x" }] }]);
        assert_eq!(plain(&row), "id  of\n1   ends -, since x\n");
        let lines = "clean   false\nfaults  a line\n        another line\n\
            heads   head  of\n        1.2   linde\n        3     -\n";
        assert_eq!(plain(&report), lines);
    }
}
