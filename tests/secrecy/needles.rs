//! Finds markers in bytes, however they are written: in any case, as hexadecimal, base64, UTF-16 or percent-encoded.

use std::collections::HashMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Bytes of a needle by which it is looked up.
const HEAD: usize = 8;

/// A marker in one of its shapes.
struct Needle {
    name: &'static str,
    shape: &'static str,
    bytes: Vec<u8>,
}

/// All shapes of all markers.
pub struct Needles {
    needles: Vec<Needle>,
    by_head: HashMap<[u8; HEAD], Vec<usize>>,
    /// Whether a needle begins with these two bytes, which spares most lookups.
    begins: Vec<bool>,
}

fn beginning(head: &[u8]) -> usize {
    usize::from(head[0]) << 8 | usize::from(head[1])
}

impl Needles {
    /// The shapes of markers, each with its name.
    pub fn of<'a>(markers: impl IntoIterator<Item = (&'static str, &'a str)>) -> Self {
        let mut needles = Vec::new();
        for (name, text) in markers {
            assert!(text.len() >= HEAD, "{name} is too short to be told from chance");
            let mut add = |shape, bytes| needles.push(Needle { name, shape, bytes });
            let folded = text.to_lowercase();
            let wide = |order: fn(u16) -> [u8; 2]| folded.encode_utf16().flat_map(order).collect::<Vec<u8>>();
            add("plain", folded.clone().into_bytes());
            add("UTF-16, little end first", wide(u16::to_le_bytes));
            add("UTF-16, big end first", wide(u16::to_be_bytes));
            let percent: String = identity::protocol::form::encode(text).to_lowercase();
            if percent != folded {
                add("percent-encoded", percent.into_bytes());
            }
            for text in [text, &folded, &text.to_uppercase()] {
                add("hexadecimal", kernel::id::hex(text.as_bytes()).into_bytes());
                for base64 in base64s(text.as_bytes()) {
                    add("base64", base64.to_lowercase().into_bytes());
                }
            }
        }
        let mut by_head: HashMap<[u8; HEAD], Vec<usize>> = HashMap::new();
        for (number, needle) in needles.iter().enumerate() {
            by_head.entry(needle.bytes[..HEAD].try_into().unwrap()).or_default().push(number);
        }
        let mut begins = vec![false; 1 << 16];
        by_head.keys().for_each(|head| begins[beginning(head)] = true);
        Self { needles, by_head, begins }
    }

    /// Which markers stand in the bytes, and in which shape.
    pub fn found_in(&self, bytes: &[u8]) -> Vec<(&'static str, &'static str)> {
        let folded = bytes.to_ascii_lowercase();
        let mut found = Vec::new();
        for (at, head) in folded.windows(HEAD).enumerate() {
            if !self.begins[beginning(head)] {
                continue;
            }
            let Some(numbers) = self.by_head.get(head) else { continue };
            let here = numbers.iter().map(|number| &self.needles[*number]);
            found.extend(
                here.filter(|one| folded[at..].starts_with(&one.bytes)).map(|one| (one.name, one.shape)),
            );
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Which markers stand in which file of a folder, and how many files and bytes were looked at.
    pub fn found_below(&self, folder: &Path) -> (Vec<String>, usize, usize) {
        let (mut found, mut files, mut bytes) = (Vec::new(), 0, 0);
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let (path, kind) =
                entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))).expect("an entry");
            if kind.is_dir() {
                let (more_found, more_files, more_bytes) = self.found_below(&path);
                found.extend(more_found);
                (files, bytes) = (files + more_files, bytes + more_bytes);
            } else if kind.is_file()
                && let Ok(content) = std::fs::read(&path)
            {
                let here = self.found_in(&content).into_iter();
                found.extend(here.map(|(name, shape)| format!("{name} ({shape}) in {}", path.display())));
                (files, bytes) = (files + 1, bytes + content.len());
            }
        }
        (found, files, bytes)
    }
}

/// What of the base64 of any bytes around it is the text's alone, at each of the three places it may begin.
fn base64s(bytes: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    for shift in 0..3 {
        let padded = [&vec![0; shift][..], bytes].concat();
        let whole = padded.len() / 3 * 3;
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let text = engine.encode(&padded[..whole]);
            all.push(text[if shift == 0 { 0 } else { 4 }..].to_owned());
        }
    }
    all.retain(|text| text.len() >= HEAD);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_found_in_every_shape_and_nothing_else_is() {
        let text = "Zwartbont-Marker+7";
        let needles = Needles::of([("it", text)]);
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wide_big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut shapes: Vec<Vec<u8>> = vec![
            text.into(),
            text.to_lowercase().into(),
            text.to_uppercase().into(),
            wide,
            wide_big,
            kernel::id::hex(text.as_bytes()).into(),
            kernel::id::hex(text.as_bytes()).to_uppercase().into(),
            kernel::id::hex(text.to_lowercase().as_bytes()).into(),
            b"Zwartbont-Marker%2B7".to_vec(),
        ];
        for before in ["", "a", "ab", "abc"] {
            let inside = format!("{before}{text} and so on");
            shapes.push(STANDARD_NO_PAD.encode(&inside).into());
            shapes.push(URL_SAFE_NO_PAD.encode(&inside).into());
        }
        for shape in shapes {
            let around = [&b"\x00\xff something "[..], &shape, b" else \x00"].concat();
            assert!(!needles.found_in(&around).is_empty(), "{}", String::from_utf8_lossy(&around));
        }
        assert!(needles.found_in(b"zwartbont, but no marker of ours; nor Zwartbont-Marker-7").is_empty());
    }
}
