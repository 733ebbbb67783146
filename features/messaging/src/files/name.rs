//! File names that no path, screen or program is fooled by.

use kernel::limits::FILE_NAME_CHARS_MAX;

use super::media::Media;

/// What an unnamed file is called.
const NAMELESS: &str = "file";
/// An extension longer than this is a part of the name.
const EXTENSION_CHARS_MAX: usize = 10;

/// Extensions that some system runs, or a browser renders with scripts. Such a name tells a lie about the types
/// that are taken in, so it gets the extension of what the file is behind its own.
const RUNS: &[&str] = &[
    "app", "bat", "chm", "cmd", "com", "cpl", "desktop", "dll", "exe", "hta", "htm", "html", "inf", "jar",
    "js", "jse", "lnk", "mht", "mjs", "msc", "msi", "php", "pif", "pl", "ps1", "py", "rb", "reg", "scf",
    "scr", "sh", "svg", "url", "vbe", "vbs", "ws", "wsf", "wsh", "xhtml", "xml",
];

/// Names that mean a device on Windows, whatever their extension.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];

/// A name without path, control characters, direction overrides and what file systems forbid; never empty, never
/// over 200 characters, and safe already when it is made safe again.
#[must_use]
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !is_unseen(*c)).map(tamed).collect();
    let kept = shortened(trimmed(&kept));
    let kept = trimmed(&kept);
    let stem = kept.split('.').next().unwrap_or_default();
    match kept {
        "" => NAMELESS.to_owned(),
        _ if DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device)) => format!("{NAMELESS}-{kept}"),
        _ => kept.to_owned(),
    }
}

/// The safe name, with the extension of what the file is where its own would run.
pub(crate) fn honest_name(name: &str, media: Media) -> String {
    let name = safe_name(name);
    let runs = extension(&name).is_some_and(|own| RUNS.iter().any(|runs| own.eq_ignore_ascii_case(runs)));
    if runs { safe_name(&format!("{name}.{}", media.extension())) } else { name }
}

fn is_unseen(c: char) -> bool {
    let directs =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || directs || matches!(c, '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

const fn tamed(c: char) -> char {
    match c {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
        _ => c,
    }
}

/// Blanks and dots at the ends hide a name, or its extension.
fn trimmed(name: &str) -> &str {
    name.trim_matches(|c: char| c == '.' || c.is_whitespace())
}

fn extension(name: &str) -> Option<&str> {
    let (_, extension) = name.rsplit_once('.')?;
    (extension.chars().count() <= EXTENSION_CHARS_MAX).then_some(extension)
}

/// Cuts a long name in its stem, so that it keeps its extension.
fn shortened(name: &str) -> String {
    // Room for the prefix that keeps a name from meaning a device.
    let most = FILE_NAME_CHARS_MAX - NAMELESS.len() - 1;
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let ending = extension(name).map(|own| format!(".{own}")).unwrap_or_default();
    let stem = name.strip_suffix(&ending).unwrap_or(name);
    let stem: String = stem.chars().take(most - ending.chars().count()).collect();
    format!("{}{ending}", trimmed(&stem))
}
