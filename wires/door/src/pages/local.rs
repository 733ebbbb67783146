//! Where a page may send somebody next: to a path of ours.

/// Longest path that is carried along; what a client's `state` needs, twice encoded, fits.
const PATH_CHARS_MAX: usize = 16_000;

/// The path when it leads to this server and nowhere else: one slash first, and only characters that RFC 3986
/// knows in a path and query, so that no browser reads a host into it.
#[must_use]
pub fn safe_path(path: &str) -> Option<&str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte);
    let ours = path.starts_with('/') && !path.starts_with("//");
    (ours && path.len() <= PATH_CHARS_MAX && path.bytes().all(fits)).then_some(path)
}
