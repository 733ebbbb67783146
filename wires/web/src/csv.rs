//! Lists as spreadsheets save them (RFC 4180): a line a row, its cells between commas, semicolons or tabs.

/// A row of a list.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The number of the line on which it begins, the first being 1.
    pub line: i64,
    pub cells: Vec<String>,
}

/// The rows of a list. Empty lines are none, but count.
pub fn rows(text: &str) -> Vec<Row> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let divider = divider(text);
    let (mut rows, mut cells, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut begins, mut line) = (1, 1);
    let (mut is_quoted, mut signs) = (false, text.chars().peekable());
    while let Some(sign) = signs.next() {
        let ends_line = sign == '\n' || (sign == '\r' && signs.peek() != Some(&'\n'));
        line += i64::from(ends_line);
        match sign {
            '"' if is_quoted && signs.peek() == Some(&'"') => {
                signs.next();
                cell.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if cell.is_empty() => is_quoted = true,
            '\n' | '\r' if !is_quoted => {
                if ends_line {
                    cells.push(std::mem::take(&mut cell));
                    rows.push(Row { line: begins, cells: std::mem::take(&mut cells) });
                    begins = line;
                }
            }
            sign if sign == divider && !is_quoted => cells.push(std::mem::take(&mut cell)),
            sign => cell.push(sign),
        }
    }
    cells.push(cell);
    rows.push(Row { line: begins, cells });
    rows.retain(|row| row.cells.iter().any(|cell| !cell.trim().is_empty()));
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
    use super::Row;

    fn rows(text: &str) -> Vec<Vec<String>> {
        super::rows(text).into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn a_row_knows_the_line_on_which_it_begins() {
        let lines = |text| super::rows(text).iter().map(|row: &Row| row.line).collect::<Vec<_>>();
        assert_eq!(lines("email\r\n\r\na@b.test\r\n , \r\nc@d.test"), [1, 3, 5]);
        assert_eq!(lines("email,name\na,\"Boer,\r\nAnna\"\r\nb,Bos\r\n"), [1, 2, 4]);
        assert_eq!(lines("email\ra\r\rb"), [1, 2, 4]);
    }

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
