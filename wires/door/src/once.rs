//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a POST that its client named is done once, however often
//! it comes within 24 hours. Who makes something notes it in the same transaction.

use axum::http::HeaderMap;
use axum::http::request::Parts;
use identity::once;
use kernel::limits::ONCE_KEY_BYTES_MAX;
use kernel::{Error, Result};

use crate::Caller;

/// The header.
pub const KEY: &str = "idempotency-key";

/// The caller of a request with this body, and with them what their client calls it by, when it does.
///
/// # Errors
/// [`Error::Invalid`] of [`KEY`] with `idempotency_key_bad` for what is no name.
pub fn caller(parts: &Parts, body: &[u8]) -> Result<Caller> {
    let caller = parts.extensions.get::<Caller>().cloned();
    let mut caller = caller.ok_or_else(|| Error::bug("a request without its caller"))?;
    if parts.headers.contains_key(KEY) {
        let named =
            once::named(&caller.house.vault, &caller.actor, &name(&parts.headers)?, &asked(parts, body));
        caller.actor.origin.once = Some(named);
    }
    Ok(caller)
}

/// The name: up to 255 visible characters, with or without the quotes that the draft asks for.
///
/// # Errors
/// [`Error::Invalid`] of [`KEY`] with `idempotency_key_bad` for anything else.
pub fn name(headers: &HeaderMap) -> Result<Vec<u8>> {
    let refused =
        || Error::invalid(KEY, "idempotency_key_bad", "one key of 1 to 255 visible ASCII characters");
    let mut lines = headers.get_all(KEY).into_iter();
    let line = lines.next().and_then(|line| line.to_str().ok()).ok_or_else(refused)?.trim();
    let bare = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(line);
    let fits = (1..=ONCE_KEY_BYTES_MAX).contains(&bare.len())
        && lines.next().is_none()
        && bare.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(bare.as_bytes().to_vec()) } else { Err(refused()) }
}

/// What is asked for, as far as it tells one request from another: the verb, the path with its query, and what was sent.
#[must_use]
pub fn asked(parts: &Parts, sent: &[u8]) -> Vec<u8> {
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let mut asked = Vec::with_capacity(sent.len() + path.len() + 32);
    for part in [parts.method.as_str().as_bytes(), path.as_bytes(), sent] {
        // Each with its length, so that none can be mistaken for the beginning of the next.
        asked.extend(u64::try_from(part.len()).unwrap_or_default().to_be_bytes());
        asked.extend(part);
    }
    asked
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, Request};

    use super::*;

    #[test]
    fn a_key_is_read_with_or_without_its_quotes_and_has_a_limit() {
        let of = |lines: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(KEY, HeaderValue::from_bytes(line).expect("a value"));
            }
            name(&headers).ok()
        };
        assert_eq!(of(&[b"\"8e03978e\""]), of(&[b" 8e03978e "]));
        assert!(of(&[&[b'a'; 255]]).is_some());
        for refused in [&b""[..], b"\"\"", b"  ", "sleutel-é".as_bytes(), &[b'a'; 256]] {
            assert_eq!(of(&[refused]), None, "{}", String::from_utf8_lossy(refused));
        }
        assert_eq!(of(&[b"a", b"b"]), None, "one key");
    }

    #[test]
    fn another_verb_path_query_or_body_is_another_request() {
        let of = |method: &str, uri: &str, body: &[u8]| {
            let request = Request::builder().method(method).uri(uri).body(()).expect("a request");
            asked(&request.into_parts().0, body)
        };
        let all = [
            of("POST", "/booking", b"a=b"),
            of("PUT", "/booking", b"a=b"),
            of("POST", "/bookings", b"a=b"),
            of("POST", "/booking?relative_id=1", b"a=b"),
            of("POST", "/booking?relative_id=2", b"a=b"),
            of("POST", "/booking", b"a=c"),
            of("POST", "/booking?a=b", b""),
        ];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(of("POST", "/booking?x=1", b"a"), of("POST", "/booking?x=1", b"a"));
    }
}
