//! Entity tags (RFC 9110 section 8.8.3): strong ones, of the bytes of an answer. Whoever reads is answered from the house
//! each time, since each reading has its line in the access log; what a tag spares is the way.

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::FromRequestParts;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use door::Caller;
use door::tags::listed;
use kernel::{Error, Result};
use serde::Serialize;

use crate::avatars::Avatars;
use crate::refusals::Refusal;

/// Bytes of the hash that a tag is made of.
const HASH_BYTES: usize = 16;

/// An answer in JSON with its tag.
pub struct Tagged<T>(pub T);

impl<T: Serialize> IntoResponse for Tagged<T> {
    fn into_response(self) -> Response {
        let bytes = match serde_json::to_vec(&self.0) {
            Ok(bytes) => bytes,
            Err(error) => return Refusal::from(Error::bug(error)).into_response(),
        };
        let json = HeaderValue::from_static("application/json");
        let mut response = ([(CONTENT_TYPE, json)], bytes.clone()).into_response();
        if let Ok(tag) = HeaderValue::from_str(&tag(&bytes)) {
            response.headers_mut().insert(ETAG, tag);
        }
        response
    }
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", kernel::id::hex(&digest(&SHA256, bytes).as_ref()[..HASH_BYTES]))
}

/// The tag that [`Tagged`] gives these words.
///
/// # Errors
/// [`Error::Bug`] when they are no JSON.
pub fn tag_of<T: Serialize>(words: &T) -> Result<String> {
    Ok(tag(&serde_json::to_vec(words).map_err(Error::bug)?))
}

/// The chat as the caller last read it, if that is all that they want to change, in one text.
pub(crate) fn conditions(headers: &HeaderMap) -> String {
    listed(headers, &IF_MATCH).join(",")
}

/// The chat as the caller last read it, when they want to change only that (RFC 9110 section 13.1.1).
#[derive(Clone, Debug)]
pub struct IfMatch {
    tags: Vec<String>,
    /// Where pictures are, which the words that are tagged say.
    pub(crate) avatars: Avatars,
}

impl IfMatch {
    /// Whether nothing is asked.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.tags.is_empty()
    }

    /// Passes when one of the tags is this one.
    ///
    /// # Errors
    /// [`Error::Precondition`] otherwise.
    pub fn must_name(&self, tag: &str) -> Result<()> {
        if self.tags.iter().any(|one| one == "*" || one == tag) {
            return Ok(());
        }
        Err(Error::precondition("groupchat_changed", "the chat is no longer as If-Match says"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Refusal> {
        let avatars = parts.extensions.get::<Caller>().map(Avatars::of).ok_or(Error::Unauthenticated)?;
        Ok(Self { tags: listed(&parts.headers, &IF_MATCH), avatars })
    }
}

/// For a route that changes a group chat whatever it looks like by now. Who asks it to change only what they read is
/// refused, since it would change anything.
pub struct Unconditional;

impl<S: Send + Sync> FromRequestParts<S> for Unconditional {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Refusal> {
        if parts.headers.contains_key(IF_MATCH) {
            let why = "this operation does not look at If-Match, and would change any chat";
            return Err(Error::precondition("if_match_not_taken", why).into());
        }
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use axum::http::header::{HeaderName, IF_NONE_MATCH};
    use door::tags::{known, unless_known};

    use super::*;

    fn headers(name: HeaderName, lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (name.clone(), HeaderValue::from_str(line).expect("a value"))).collect()
    }

    #[test]
    fn what_is_known_is_not_sent_again_and_anything_else_is() {
        let tag = tag_of(&"words").expect("a tag");
        for (lines, status) in [
            (vec![tag.clone()], 304),
            (vec![format!("W/{tag}")], 304),
            (vec![format!("\"a\" , {tag}")], 304),
            (vec!["\"a\"".to_owned(), tag.clone()], 304),
            (vec!["*".to_owned()], 304),
            (vec![], 200),
            (vec![String::new()], 200),
            (vec!["\"a\"".to_owned()], 200),
            (vec![tag.trim_matches('"').to_owned()], 200),
        ] {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let known = known(&headers(IF_NONE_MATCH, &lines));
            let answer = unless_known(&known, Tagged("words").into_response());
            assert_eq!(answer.status().as_u16(), status, "{lines:?}");
            assert_eq!(answer.headers()[ETAG], tag.as_str());
        }
        let refused = unless_known(&["*".to_owned()], StatusCode::NOT_FOUND.into_response());
        assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn who_wants_to_change_what_they_read_names_it_strongly() {
        let avatars = Avatars::default;
        let asked = |lines: &[&str]| IfMatch {
            tags: listed(&headers(IF_MATCH, lines), &IF_MATCH),
            avatars: avatars(),
        };
        assert!(asked(&[]).is_none());
        assert!(
            asked(&["\"a\", \"b\""]).must_name("\"b\"").is_ok() && asked(&["*"]).must_name("\"b\"").is_ok()
        );
        for other in ["\"a\"", "W/\"b\"", "b", ""] {
            assert!(asked(&[other]).must_name("\"b\"").is_err(), "{other}");
        }
    }
}
