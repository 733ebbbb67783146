//! The files of the repository, read once.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Result;

use super::lexer;
use crate::shell::{command, read};

/// One text file.
pub struct File {
    /// From the root, with `/`.
    pub path: String,
    /// As it stands on disk.
    pub text: String,
    /// Rust only: the same lines with comments and what stands in quotes blanked.
    pub code: String,
}

impl File {
    fn new(path: String, text: String) -> Self {
        let code = if path.ends_with(".rs") { lexer::code_alone(&text) } else { String::new() };
        Self { path, text, code }
    }

    /// Whether it holds nothing but tests.
    pub fn is_test(&self) -> bool {
        let folders = ["tests/", "benches/", "fixtures/"];
        let in_folder =
            folders.iter().any(|f| self.path.starts_with(f) || self.path.contains(&format!("/{f}")));
        in_folder || self.path.ends_with("tests.rs") || self.path.ends_with("test.rs")
    }

    /// What stands between double quotes, with the line where it begins. Rust only.
    pub fn texts(&self) -> Vec<(usize, &str)> {
        self.placed_texts().into_iter().map(|(at, text)| (self.line_of(at), text)).collect()
    }

    /// What stands between double quotes, with the byte where it begins. Rust only.
    pub fn placed_texts(&self) -> Vec<(usize, &str)> {
        let quotes: Vec<usize> = self.code.match_indices('"').map(|(at, _)| at).collect();
        quotes.chunks_exact(2).map(|pair| (pair[0], &self.text[pair[0] + 1..pair[1]])).collect()
    }

    /// The line of a byte, counted from 1.
    pub fn line_of(&self, at: usize) -> usize {
        self.text.as_bytes()[..at].iter().filter(|&&byte| byte == b'\n').count() + 1
    }

    /// The lines of Rust code that are shipped, numbered from 1: no comments, no text, no `#[cfg(test)]` modules.
    pub fn shipped_lines(&self) -> Vec<(usize, &str)> {
        let mut shipped = Vec::new();
        let mut test_module_ends: Option<String> = None;
        let mut test_is_announced = false;
        for (index, line) in self.code.lines().enumerate() {
            if let Some(end) = &test_module_ends {
                if line.trim_end() == end {
                    test_module_ends = None;
                }
            } else if test_is_announced
                && line.trim_start().starts_with("mod ")
                && line.trim_end().ends_with('{')
            {
                let indent = &line[..line.len() - line.trim_start().len()];
                test_module_ends = Some(format!("{indent}}}"));
            } else {
                shipped.push((index + 1, line));
            }
            test_is_announced =
                line.trim() == "#[cfg(test)]" || (test_is_announced && line.trim().starts_with("#["));
        }
        shipped
    }
}

/// What git keeps, or would keep if it were added.
pub struct Tree {
    files: Vec<File>,
    paths: BTreeSet<String>,
}

impl Tree {
    /// Reads all text files below `root`.
    pub fn load(root: &Path) -> Result<Self> {
        let listed =
            read(command("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
        let mut files = Vec::new();
        let mut paths = BTreeSet::new();
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            // A file may be gone that git still lists, or hold no text.
            let Ok(bytes) = fs::read(root.join(path)) else { continue };
            paths.insert(path.to_owned());
            if let Ok(text) = String::from_utf8(bytes) {
                files.push(File::new(path.to_owned(), text));
            }
        }
        Ok(Self { files, paths })
    }

    /// A tree that is nowhere on disk.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let paths = files.iter().map(|(path, _)| String::from(*path)).collect();
        let files =
            files.iter().map(|(path, text)| File::new(String::from(*path), String::from(*text))).collect();
        Self { files, paths }
    }

    /// All text files.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// Those whose name ends like this.
    pub fn ending(&self, end: &str) -> impl Iterator<Item = &File> {
        self.files.iter().filter(move |file| file.path.ends_with(end))
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether a file or folder of this path is kept.
    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        path.is_empty()
            || self.paths.contains(path)
            || self.paths.iter().any(|kept| kept.starts_with(&folder))
    }
}
