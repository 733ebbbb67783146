//! The style and script of these pages, served from our own origin under names that change with them.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use door::pages::assets::{CSS, file, path};

use crate::state::Web;

const STYLE: &str = include_str!("../assets/chats.css");
const SCRIPT: &str = include_str!("../assets/live.js");
const INBOX_SCRIPT: &str = include_str!("../assets/inbox.js");
const KEEPING_SCRIPT: &str = include_str!("../assets/keeping.js");
const COPY_SCRIPT: &str = include_str!("../assets/copy.js");
const REPORT_SCRIPT: &str = include_str!("../assets/report.js");
const DOCS_STYLE: &str = include_str!("../assets/docs.css");
const DOCS_SCRIPT: &str = include_str!("../assets/docs.js");

/// Where the style of these pages is.
pub static STYLE_PATH: LazyLock<String> = LazyLock::new(|| path("chats", "css", STYLE));
/// Where the script is that brings new messages in.
pub static SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("live", "js", SCRIPT));
/// Where the script is that keeps a list of conversations up to date.
pub static INBOX_SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("inbox", "js", INBOX_SCRIPT));
/// Where the script is that sends no form into the void.
pub static KEEPING_SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("keeping", "js", KEEPING_SCRIPT));
/// Where the script is that copies a field.
pub static COPY_SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("copy", "js", COPY_SCRIPT));
/// Where the script is that follows how far a list is.
pub static REPORT_SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("report", "js", REPORT_SCRIPT));
/// Where the style of the API pages is.
pub static DOCS_STYLE_PATH: LazyLock<String> = LazyLock::new(|| path("docs", "css", DOCS_STYLE));
/// Where the script is that starts the API pages.
pub static DOCS_SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("docs", "js", DOCS_SCRIPT));

pub fn routes() -> Router<Web> {
    const JS: &str = "text/javascript; charset=utf-8";
    Router::new()
        .route(&STYLE_PATH, get(async || file(STYLE, CSS)))
        .route(&SCRIPT_PATH, get(async || file(SCRIPT, JS)))
        .route(&INBOX_SCRIPT_PATH, get(async || file(INBOX_SCRIPT, JS)))
        .route(&KEEPING_SCRIPT_PATH, get(async || file(KEEPING_SCRIPT, JS)))
        .route(&COPY_SCRIPT_PATH, get(async || file(COPY_SCRIPT, JS)))
        .route(&REPORT_SCRIPT_PATH, get(async || file(REPORT_SCRIPT, JS)))
        .route(&DOCS_STYLE_PATH, get(async || file(DOCS_STYLE, CSS)))
        .route(&DOCS_SCRIPT_PATH, get(async || file(DOCS_SCRIPT, JS)))
}

/// Lets a page run scripts of ours and fetch from us, and nothing else besides what pages may anyway.
pub fn allow_script(response: &mut Response) {
    const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; \
        img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
}
