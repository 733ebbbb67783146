//! The style and script of these pages, served from our own origin under names that change with them.

use std::sync::LazyLock;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kernel::id::hex;

use crate::state::Web;

const STYLE: &str = include_str!("../assets/chats.css");
const SCRIPT: &str = include_str!("../assets/live.js");
const DOCS_STYLE: &str = include_str!("../assets/docs.css");
const DOCS_SCRIPT: &str = include_str!("../assets/docs.js");

/// Where the style of these pages is.
pub static STYLE_PATH: LazyLock<String> = LazyLock::new(|| path("chats", "css", STYLE));
/// Where the script is that brings new messages in.
pub static SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("live", "js", SCRIPT));
/// Where the style of the API pages is.
pub static DOCS_STYLE_PATH: LazyLock<String> = LazyLock::new(|| path("docs", "css", DOCS_STYLE));
/// Where the script is that starts the API pages.
pub static DOCS_SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("docs", "js", DOCS_SCRIPT));

fn path(name: &str, extension: &str, content: &str) -> String {
    format!("/assets/{name}-{}.{extension}", hex(&vault::token_hash(content)[..8]))
}

pub fn routes() -> Router<Web> {
    const CSS: &str = "text/css; charset=utf-8";
    const JS: &str = "text/javascript; charset=utf-8";
    Router::new()
        .route(&STYLE_PATH, get(async || file(STYLE, CSS)))
        .route(&SCRIPT_PATH, get(async || file(SCRIPT, JS)))
        .route(&DOCS_STYLE_PATH, get(async || file(DOCS_STYLE, CSS)))
        .route(&DOCS_SCRIPT_PATH, get(async || file(DOCS_SCRIPT, JS)))
}

fn file(content: &'static str, kind: &'static str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    (headers, content).into_response()
}

/// Lets a page run scripts of ours and fetch from us, and nothing else besides what pages may anyway.
pub fn allow_script(response: &mut Response) {
    const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
        img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
}
