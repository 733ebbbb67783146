//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a POST that its client named is done once, however often
//! it comes within 24 hours. Who books notes it in the same transaction.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use door::Caller;
use identity::once;
use kernel::Error;
use kernel::limits::ONCE_KEY_BYTES_MAX;

use crate::refusals::Refusal;
use crate::taken::BODY_BYTES_MAX;

/// The header.
pub(crate) const KEY: &str = "idempotency-key";

/// The request, and with it what its client calls it by.
pub(crate) async fn named(request: Request) -> Result<Request, Refusal> {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return Ok(request);
    }
    let (mut parts, body) = request.into_parts();
    let name = match name(&parts.headers) {
        Some(name) => name,
        None => {
            door::body::refuse(&parts.headers, body).await;
            return Err(Refusal::unreadable("Idempotency-Key", "idempotency_key_bad"));
        }
    };
    let body = door::body::whole(body, BODY_BYTES_MAX).await?;
    let path = parts.uri.path().to_owned();
    let Some(caller) = parts.extensions.get_mut::<Caller>() else {
        return Err(Error::bug("a request without its caller").into());
    };
    let asked = [path.as_bytes(), b"\0", &body].concat();
    caller.actor.origin.once = Some(once::named(&caller.house.vault, &caller.actor, &name, &asked));
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// The name: up to 255 visible characters, with or without the quotes that the draft asks for.
fn name(headers: &HeaderMap) -> Option<Vec<u8>> {
    let mut lines = headers.get_all(KEY).into_iter();
    let line = lines.next()?.to_str().ok()?.trim();
    let bare = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(line);
    let fits = (1..=ONCE_KEY_BYTES_MAX).contains(&bare.len())
        && lines.next().is_none()
        && bare.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| bare.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_key_is_read_with_or_without_its_quotes_and_has_a_limit() {
        let of = |lines: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(KEY, HeaderValue::from_bytes(line).expect("a value"));
            }
            name(&headers)
        };
        assert_eq!(of(&[b"\"8e03978e\""]), of(&[b" 8e03978e "]));
        for refused in [&b""[..], b"\"\"", b"  ", &[b'a'; 256]] {
            assert_eq!(of(&[refused]), None);
        }
        assert_eq!(of(&[b"a", b"b"]), None, "one key");
    }
}
