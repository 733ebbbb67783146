//! What the caller of a request knows already, by entity tags (RFC 9110 section 8.8.3).

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// The tags of a header, in all its lines; ours hold no comma.
#[must_use]
pub fn listed(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    let lines = headers.get_all(name).into_iter();
    let lines = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    lines.flat_map(|line| line.split(',').map(|tag| tag.trim().to_owned()).collect::<Vec<_>>()).collect()
}

/// What the caller knows already (RFC 9110 section 13.1.2); here a weak tag is as good as a strong one.
#[must_use]
pub fn known(headers: &HeaderMap) -> Vec<String> {
    let known = listed(headers, &IF_NONE_MATCH);
    known.into_iter().map(|tag| tag.strip_prefix("W/").unwrap_or(&tag).to_owned()).collect()
}

/// The answer, or only that it is the one that is known. What else its headers say stays as it is.
#[must_use]
pub fn unless_known(known: &[String], mut response: Response) -> Response {
    let Some(tag) = response.headers().get(ETAG).filter(|_| response.status() == StatusCode::OK) else {
        return response;
    };
    if !known.iter().any(|one| one == "*" || one.as_bytes() == tag.as_bytes()) {
        return response;
    }
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    *response.body_mut() = Body::empty();
    for header in [CONTENT_TYPE, CONTENT_LENGTH] {
        response.headers_mut().remove(header);
    }
    response
}
