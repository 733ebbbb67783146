//! SQL without its comments and texts, and the columns that it declares.

/// Upper case, with comments and what stands in quotes blanked; lines stay.
pub fn words_alone(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let (mut in_text, mut in_comment) = (false, false);
    let mut before = ' ';
    for c in sql.chars() {
        if c == '\n' {
            in_comment = false;
        } else if c == '\'' && !in_comment {
            in_text = !in_text;
        } else if c == '-' && before == '-' && !in_text {
            in_comment = true;
            out.pop();
            out.push(' ');
        }
        let is_blank = (in_text || in_comment) && c != '\n';
        out.push(if is_blank { ' ' } else { c.to_ascii_uppercase() });
        before = c;
    }
    out
}

/// Whether this word, or sign, stands in what [`words_alone`] left of a line.
pub fn says(line: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(is_word) && word.starts_with(is_word);
        let after = line[at + word.len()..].chars().next().is_some_and(is_word) && word.ends_with(is_word);
        !before && !after
    })
}

/// A column as a migration declares it.
pub struct Column {
    /// Counted from 1.
    pub line: usize,
    /// In upper case.
    pub name: String,
    /// In upper case; empty when none is given.
    pub kind: String,
}

/// The columns of every CREATE TABLE and ADD COLUMN.
pub fn columns(sql: &str) -> Vec<Column> {
    let words = words_alone(sql);
    let mut found = Vec::new();
    for (at, _) in words.match_indices("CREATE TABLE") {
        let Some(open) = words[at..].find('(').map(|open| at + open + 1) else { continue };
        for (start, item) in items(&words, open) {
            found.extend(column(&words, start, item));
        }
    }
    for (at, word) in words.match_indices("ADD COLUMN") {
        let start = at + word.len();
        let end = words[start..].find([',', ';']).map_or(words.len(), |end| start + end);
        found.extend(column(&words, start, &words[start..end]));
    }
    found
}

/// The tables, in upper case, that are created with a column of this name, or given one.
pub fn tables_with(sql: &str, column_name: &str) -> Vec<String> {
    let words = words_alone(sql);
    let first_word = |at: usize| words[at..].split([' ', '\n', '(']).find(|word| !word.is_empty());
    let mut found = Vec::new();
    for (at, create) in words.match_indices("CREATE TABLE") {
        let Some(open) = words[at..].find('(').map(|open| at + open + 1) else { continue };
        let columns = items(&words, open).into_iter().filter_map(|(start, item)| column(&words, start, item));
        if columns.into_iter().any(|column| column.name == column_name) {
            found.extend(first_word(at + create.len()).map(str::to_owned));
        }
    }
    for (at, alter) in words.match_indices("ALTER TABLE") {
        let end = words[at..].find(';').map_or(words.len(), |end| at + end);
        if says(&words[at..end], &format!("ADD COLUMN {column_name}")) {
            found.extend(first_word(at + alter.len()).map(str::to_owned));
        }
    }
    found
}

/// What stands between the commas of a bracket, up to the one that closes it.
fn items(words: &str, open: usize) -> Vec<(usize, &str)> {
    let mut items = Vec::new();
    let (mut depth, mut start) = (0, open);
    for (at, c) in words[open..].char_indices().map(|(at, c)| (open + at, c)) {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ',' | ')' if depth == 0 => {
                items.push((start, &words[start..at]));
                start = at + 1;
                if c == ')' {
                    break;
                }
            }
            _ => {}
        }
    }
    items
}

fn column(words: &str, start: usize, item: &str) -> Option<Column> {
    let mut parts = item.split_whitespace();
    let name = parts.next()?;
    let is_constraint =
        |word: &str| ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE"].contains(&word);
    if is_constraint(name.split('(').next()?) {
        return None;
    }
    let blank = item.len() - item.trim_start().len();
    let line = words[..start + blank].matches('\n').count() + 1;
    Some(Column { line, name: name.to_owned(), kind: parts.next().unwrap_or_default().to_owned() })
}
