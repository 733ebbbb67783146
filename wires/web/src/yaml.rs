//! A JSON document as YAML, for tools that look for one. Every text stands in JSON's quotes, which YAML understands
//! (YAML 1.2, chapter 7.3.1), so that nothing needs to be known of what YAML reads into bare words.

use serde_json::Value;

/// The document in YAML's block style.
pub fn of(json: &Value) -> String {
    let mut out = String::new();
    write(json, 0, &mut out);
    out.trim_start().to_owned()
}

/// Writes what stands behind a key or a dash.
fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                begin(depth, out);
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(value, depth + 1, out);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            for value in list {
                begin(depth, out);
                out.push('-');
                write(value, depth + 1, out);
            }
        }
        plain => {
            out.push(' ');
            out.push_str(&plain.to_string());
            if depth == 0 {
                out.push('\n');
            }
        }
    }
    if depth == 0 {
        out.push('\n');
    }
}

fn begin(depth: usize, out: &mut String) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_document_is_written_in_blocks_with_texts_in_quotes() {
        let document = json!({ "a": { "no": "no: \"x\"\n" }, "b": [1, true, null, []], "c": [{ "d": {} }] });
        let expected = "\"a\":\n  \"no\": \"no: \\\"x\\\"\\n\"\n\"b\":\n  - 1\n  - true\n  - null\n  - []\n\"c\":\n  -\n    \"d\": {}\n";
        assert_eq!(super::of(&document), expected);
    }
}
