//! Where functions begin and end, by the indentation that rustfmt gives them.

use super::tree::File;

/// A function that is shipped.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its bare name.
    pub name: String,
    /// Its first line, counted from 1.
    pub line: usize,
    /// From the signature to the closing brace.
    pub length: usize,
}

/// The functions of a file, those of its test modules left out.
pub fn functions(file: &File) -> Vec<Function> {
    let lines = file.shipped_lines();
    let mut found = Vec::new();
    for (index, (number, line)) in lines.iter().enumerate() {
        let Some(name) = declared(line) else { continue };
        if let Some(last) = last_line(&lines[index..]) {
            found.push(Function { name: name.to_owned(), line: *number, length: last - number + 1 });
        }
    }
    found
}

/// The name, when a function is declared on this line.
fn declared(line: &str) -> Option<&str> {
    let mut words = line.trim_start();
    for prefix in ["pub(crate) ", "pub(super) ", "pub ", "const ", "async ", "unsafe ", "extern "] {
        words = words.strip_prefix(prefix).unwrap_or(words);
    }
    let name = words.strip_prefix("fn ")?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())
}

/// The number of the line that closes the function; `None` when it has no body.
fn last_line(lines: &[(usize, &str)]) -> Option<usize> {
    let (first, start) = lines.first()?;
    let indent = &start[..start.len() - start.trim_start().len()];
    let end = format!("{indent}}}");
    let mut is_open = false;
    for (number, line) in lines {
        let line = line.trim_end();
        if !is_open && line.ends_with(';') {
            return None;
        }
        if number == first && line.ends_with('}') {
            return Some(*number);
        }
        is_open |= line.ends_with('{');
        if is_open && line == end {
            return Some(*number);
        }
    }
    None
}
