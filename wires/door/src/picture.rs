//! Pictures of people and groups on their way in and out.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::limits::PICTURE_BYTES_MAX;
use kernel::{Error, Result};

use crate::pages::forms::FIELD;
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

/// A picture that a door gave the caller; only that it is the same as before, when they have it by its mark. They may
/// keep it, and ask each time whether it still is theirs to see.
#[must_use]
pub fn answer(asked: &HeaderMap, mark: &str, bytes: Vec<u8>) -> Response {
    let tag = format!("\"{mark}\"");
    let has_it = asked.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let has_it =
        has_it.flat_map(|value| value.split(',')).any(|one| one.trim().trim_start_matches("W/") == tag);
    let mut response =
        if has_it { StatusCode::NOT_MODIFIED.into_response() } else { Response::new(Body::from(bytes)) };
    let headers = response.headers_mut();
    if !has_it {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(pictures::MIME));
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
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
