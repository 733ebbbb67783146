//! Content lines (RFC 5545, section 3.1): each ends with a carriage return and a line feed, and is folded after 75 octets.

/// Octets of a line, without its end.
const OCTETS_MAX: usize = 75;

/// The lines of a file.
#[derive(Debug, Default)]
pub struct Lines(String);

impl Lines {
    /// Adds a line whose value is of our own making.
    pub fn put(&mut self, property: &str, value: &str) {
        let mut left = OCTETS_MAX;
        for char in [property, ":", value].iter().flat_map(|part| part.chars()) {
            if left < char.len_utf8() {
                // What follows begins with a blank, which counts as well.
                self.0.push_str("\r\n ");
                left = OCTETS_MAX - 1;
            }
            left -= char.len_utf8();
            self.0.push(char);
        }
        self.0.push_str("\r\n");
    }

    /// Adds a line whose value is a text (section 3.3.11).
    pub fn put_text(&mut self, property: &str, text: &str) {
        let escaped =
            clean(text).replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n");
        self.put(property, &escaped);
    }

    /// Adds a line whose value is somebody's e-mail address, as a URI. It is written as it stands, so that what has no place
    /// in one is left out.
    pub fn put_address(&mut self, property: &str, address: &str) {
        let bare = address.strip_prefix("mailto:").unwrap_or(address);
        let kept = bare.chars().filter(|char| !char.is_control() && !char.is_whitespace());
        self.put(property, &format!("mailto:{}", kept.collect::<String>()));
    }

    /// The file.
    pub fn into_file(self) -> String {
        self.0
    }
}

/// A text with its lines and without other control characters: a bare carriage return would end a line for some programs.
pub fn clean(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    lines.chars().filter(|char| !char.is_control() || matches!(char, '\n' | '\t')).collect()
}
