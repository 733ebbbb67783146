//! What pages are made of, served from our own origin under names that change with it.

use std::sync::LazyLock;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kernel::id::hex;

/// The type of a style sheet.
pub const CSS: &str = "text/css; charset=utf-8";

const STYLE: &str = include_str!("bedside.css");
const ICON: &str = include_str!("icon.svg");

/// Where the style sheet of this build is.
pub static STYLE_PATH: LazyLock<String> = LazyLock::new(|| path("bedside", "css", STYLE));
/// Where the icon of this build is.
pub static ICON_PATH: LazyLock<String> = LazyLock::new(|| path("icon", "svg", ICON));

/// Where a file of this content is.
#[must_use]
pub fn path(name: &str, extension: &str, content: &str) -> String {
    format!("/assets/{name}-{}.{extension}", hex(&vault::token_hash(content)[..8]))
}

/// The routes of what every page is made of.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(&STYLE_PATH, get(async || file(STYLE, CSS)))
        .route(&ICON_PATH, get(async || file(ICON, "image/svg+xml")))
}

/// A file that browsers may keep, since another content has another path.
#[must_use]
pub fn file(content: &'static str, kind: &'static str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    (headers, content).into_response()
}
