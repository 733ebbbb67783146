//! Pictures of people and groups on their way in and out.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::limits::PICTURE_BYTES_MAX;
use kernel::{Error, Result};

use crate::upload::{Part, Upload};

/// Takes in the one picture of a form, the part of this name, and makes a small square of it. What the form says of
/// the type does not matter: the bytes tell, and none of them is kept.
///
/// # Errors
/// As [`Upload::next_part`] and [`pictures::square`]; [`Error::Invalid`] for none or several;
/// [`Error::Unavailable`] when too many come in at once.
pub async fn receive(form: &mut Upload, name: &'static str) -> Result<Vec<u8>> {
    let seat = pictures::take_seat()?;
    let mut picture = None;
    while let Some(part) = form.next_part().await? {
        if part.name() != Some(name) {
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
    let lines = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let tags = lines.flat_map(|line| line.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    tags.map(|tag| tag.trim_matches('"').to_owned()).collect()
}

/// A picture that a door gave the caller; without it, that it is the same as the one that they have. They may keep it,
/// and ask each time whether it still is theirs to see.
#[must_use]
pub fn answer(mark: &str, bytes: Option<Vec<u8>>) -> Response {
    let (is_sent, mut response) = match bytes {
        Some(bytes) => (true, Response::new(Body::from(bytes))),
        None => (false, StatusCode::NOT_MODIFIED.into_response()),
    };
    let headers = response.headers_mut();
    if is_sent {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(pictures::MIME));
    }
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
    response
}
