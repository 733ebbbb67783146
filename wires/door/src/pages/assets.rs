//! The one style sheet, served from our own origin under a name that changes with it.

use std::sync::LazyLock;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kernel::id::hex;

const STYLE: &str = include_str!("bedside.css");
const ICON: &str = include_str!("icon.svg");

/// Where the style sheet of this build is.
pub static STYLE_PATH: LazyLock<String> = LazyLock::new(|| format!("/assets/bedside-{}.css", mark(STYLE)));
/// Where the icon of this build is.
pub static ICON_PATH: LazyLock<String> = LazyLock::new(|| format!("/assets/icon-{}.svg", mark(ICON)));

fn mark(content: &str) -> String {
    hex(&vault::token_hash(content)[..8])
}

/// The routes of what pages are made of.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(&STYLE_PATH, get(async || file(STYLE, "text/css; charset=utf-8")))
        .route(&ICON_PATH, get(async || file(ICON, "image/svg+xml")))
}

fn file(content: &'static str, kind: &'static str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    (headers, content).into_response()
}
