//! The script of the pages that know passkeys, served from our own origin under a name that changes with it.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use door::Door;
use door::pages::assets::{file, path};

const SCRIPT: &str = include_str!("../assets/passkeys.js");

/// Where the script is that makes and uses passkeys.
pub(crate) static SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("passkeys", "js", SCRIPT));

pub(crate) fn routes() -> Router<Door> {
    Router::new().route(&SCRIPT_PATH, get(async || file(SCRIPT, "text/javascript; charset=utf-8")))
}

/// Lets a page run scripts of ours and fetch from us, besides what its policy allows already.
pub(crate) fn allow_script(response: &mut Response) {
    let policy = response.headers().get(CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let more = policy.map(|policy| format!("{policy}; script-src 'self'; connect-src 'self'"));
    if let Some(policy) = more.and_then(|policy| HeaderValue::try_from(policy).ok()) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
}
