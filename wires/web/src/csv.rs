//! Lists as spreadsheets save them (RFC 4180): a line a row, its cells between commas, semicolons or tabs.

/// The rows of a list, each with its cells. Empty lines are none.
pub fn rows(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let divider = divider(text);
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut is_quoted, mut signs) = (false, text.chars().peekable());
    while let Some(sign) = signs.next() {
        match sign {
            '"' if is_quoted && signs.peek() == Some(&'"') => {
                signs.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if cell.is_empty() => is_quoted = true,
            '\r' if !is_quoted && signs.peek() == Some(&'\n') => {}
            '\n' | '\r' if !is_quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            sign if sign == divider && !is_quoted => row.push(std::mem::take(&mut cell)),
            sign => cell.push(sign),
        }
    }
    row.push(cell);
    rows.push(row);
    rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    rows
}

/// What stands most often in the first line.
fn divider(text: &str) -> char {
    let first = text.lines().next().unwrap_or_default();
    let count = |divider: &char| first.matches(*divider).count();
    [';', '\t', ','].into_iter().max_by_key(count).unwrap_or(',')
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn cells_are_told_apart_as_spreadsheets_save_them() {
        assert_eq!(
            rows("\u{feff}email;name\r\na@b.test;Anna\r\n\r\n"),
            [["email", "name"], ["a@b.test", "Anna"]]
        );
        assert_eq!(rows("a\tb\n1\t2"), [["a", "b"], ["1", "2"]]);
        assert_eq!(
            rows("email,name\na,\"Boer, \"\"An\"\"\nna\""),
            [["email", "name"], ["a", "Boer, \"An\"\nna"]]
        );
        assert_eq!(rows("email\nx\"y"), [["email"], ["x\"y"]]);
        assert!(rows("; \n;;\n").is_empty() && rows("").is_empty());
        assert_eq!(
            rows("a,b\n\"open"),
            [vec!["a", "b"], vec!["open"]],
            "an end that is missing ends with the list"
        );
    }
}
