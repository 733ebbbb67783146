//! Pictures of people and groups on their way in and out.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use kernel::limits::PICTURE_BYTES_MAX;
use kernel::{Error, PersonId, Result};

use crate::pages::forms::FIELD;
use crate::tags;
use crate::upload::{Part, Upload};

/// The token that a form of ours with a picture begins with: of one that is not ours, no picture is read.
///
/// # Errors
/// As [`Upload::next_part`] and [`Part::text`].
pub async fn token(form: &mut Upload) -> Result<Option<String>> {
    match form.next_part().await? {
        Some(part) if part.name() == Some(FIELD) => part.text().await.map(Some),
        _ => Ok(None),
    }
}

/// Takes in the one picture of somebody's form, the part of this name, and makes a small square of it. What the form says of
/// the type does not matter: the bytes tell, and none of them is kept.
///
/// # Errors
/// As [`Upload::next_part`] and [`pictures::square`]; [`Error::Invalid`] for none or several;
/// [`Error::Unavailable`] when too many come in at once.
pub async fn receive(form: &mut Upload, name: &'static str, person: PersonId) -> Result<Vec<u8>> {
    let seat = pictures::take_seat(person)?;
    let mut picture = None;
    while let Some(part) = form.next_part().await? {
        if part.name() != Some(name) {
            part.pass()?;
            continue;
        }
        if picture.is_some() {
            return Err(Error::invalid(name, "one_picture", "An upload has one picture."));
        }
        picture = Some(whole(part).await?);
    }
    let missing = || Error::invalid(name, "no_picture", "An upload has one picture.");
    seat.square(picture.ok_or_else(missing)?).await
}

async fn whole(mut part: Part<'_>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > PICTURE_BYTES_MAX {
            return Err(Error::too_large("picture_bytes", PICTURE_BYTES_MAX as u64));
        }
    }
    Ok(bytes)
}

/// The marks of pictures that the caller has.
#[must_use]
pub fn known(asked: &HeaderMap) -> Vec<String> {
    let quoted = |tag: String| Some(tag.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    tags::known(asked).into_iter().filter_map(quoted).collect()
}

/// A picture that a door gave the caller; that it is the one that they have, when it is. It gave no bytes of one whose
/// mark is [`known`]. They may keep it, and ask each time whether it still is theirs to see.
#[must_use]
pub fn answer(asked: &HeaderMap, mark: &str, bytes: Option<Vec<u8>>) -> Response {
    let mut response = Response::new(Body::from(bytes.unwrap_or_default()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(pictures::MIME));
    if let Ok(tag) = HeaderValue::try_from(format!("\"{mark}\"")) {
        headers.insert(ETAG, tag);
    }
    for (header, value) in [
        (CACHE_CONTROL, "private, no-cache"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(header, HeaderValue::from_static(value));
    }
    tags::unless_known(&tags::known(asked), response)
}

#[cfg(test)]
mod tests {
    use axum::http::header::IF_NONE_MATCH;

    use super::*;

    #[test]
    fn who_has_a_picture_is_told_so_with_all_else_that_is_said_of_it() {
        for (tags, status) in [("\"a\"", 304), ("W/\"a\"", 304), ("*", 304), ("\"b\"", 200), ("a", 200)] {
            let mut asked = HeaderMap::new();
            asked.insert(IF_NONE_MATCH, HeaderValue::from_static(tags));
            let bytes = (!known(&asked).contains(&"a".to_owned())).then(|| vec![1]);
            let answer = answer(&asked, "a", bytes);
            assert_eq!(answer.status().as_u16(), status, "{tags}");
            let headers = answer.headers();
            assert_eq!(headers[ETAG], "\"a\"");
            assert_eq!(headers[CACHE_CONTROL], "private, no-cache");
            assert!(headers.contains_key(CONTENT_SECURITY_POLICY));
            assert_eq!(headers.contains_key(CONTENT_TYPE), status == 200, "{tags}");
        }
    }
}
