//! Rust without its comments and texts, so that a rule about code does not trip over words.

/// The same lines, with comments and what stands between quotes replaced by blanks.
pub fn code_alone(text: &str) -> String {
    let mut lexer = Lexer { rest: text, out: String::with_capacity(text.len()) };
    while lexer.next() {}
    lexer.out
}

struct Lexer<'a> {
    rest: &'a str,
    out: String,
}

impl Lexer<'_> {
    /// Takes one piece; false at the end.
    fn next(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            self.blank(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment(self.rest));
        } else if first == '"' {
            self.quoted(1, quoted_end(&self.rest[1..], '"'));
        } else if let Some((open, close)) = raw_start(self.rest, &self.out) {
            let inside = self.rest[open..].find(&close).unwrap_or(self.rest.len() - open);
            self.quoted(open, inside);
            self.keep(close.len().min(self.rest.len()));
        } else if first == '\'' && is_char_literal(self.rest) {
            self.quoted(1, quoted_end(&self.rest[1..], '\''));
        } else {
            self.keep(first.len_utf8());
            return true;
        }
        // A closing quote, if one stands here, is code again.
        if matches!(first, '"' | '\'') && !self.rest.is_empty() {
            self.keep(1);
        }
        true
    }

    fn quoted(&mut self, open: usize, inside: usize) {
        self.keep(open);
        self.blank(inside);
    }

    fn keep(&mut self, bytes: usize) {
        self.out.push_str(&self.rest[..bytes]);
        self.rest = &self.rest[bytes..];
    }

    fn blank(&mut self, bytes: usize) {
        // Byte by byte, so that a place in the code is the same place in the file.
        self.out.extend(self.rest[..bytes].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
        self.rest = &self.rest[bytes..];
    }
}

/// How many bytes stand before the closing quote.
fn quoted_end(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at,
            _ => {}
        }
    }
    text.len()
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of `r#"` and what closes it, unless the `r` ends a longer word.
fn raw_start(text: &str, before: &str) -> Option<(usize, String)> {
    let after = text.strip_prefix('r')?;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word = before.chars().rev().take_while(|&c| is_word(c)).collect::<String>();
    if !matches!(word.as_str(), "" | "b" | "c") {
        return None;
    }
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then(|| (hashes + 2, format!("\"{}", "#".repeat(hashes))))
}

/// Whether this quote opens a character and not a lifetime.
fn is_char_literal(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        Some(_) => chars.next() == Some('\''),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_blanked_and_lines_stay() {
        let text = "let a = \"Db é // \\\" {\"; // Db\n/* Db /* Db */ Db */ fn b() {}\n";
        let code = code_alone(text);
        assert!(!code.contains("Db"), "{code}");
        assert!(code.contains("let a = \"") && code.contains("fn b() {}"));
        assert_eq!(code.lines().count(), text.lines().count());
        assert_eq!(code.len(), text.len());
    }

    #[test]
    fn raw_texts_end_at_their_own_hashes() {
        let code = code_alone("let a = r#\"one \" Db \"#; let b = Db; let bar\"Db\";");
        assert_eq!(code.matches("Db").count(), 1);
        assert!(code.ends_with("let bar\"  \";"));
    }

    #[test]
    fn a_lifetime_is_no_open_quote() {
        assert_eq!(
            code_alone("fn a<'c>(x: &'c str) -> char { '\"' }"),
            "fn a<'c>(x: &'c str) -> char { ' ' }"
        );
        assert_eq!(code_alone("let q = '\\''; let d = Db;"), "let q = '  '; let d = Db;");
    }
}
