//! The headers that every page of ours carries.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::response::Response;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Gives a response the headers of a page: no script, no frame, no referrer, no cache.
///
/// `form_targets` are origins besides ours that a form's chain of redirects may end at: Chromium holds the whole
/// chain against `form-action`, and a consent given here goes on to the application.
pub fn protect(response: &mut Response, form_targets: &[String]) {
    let policy = policy(form_targets);
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()"),
        (OPENER_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn policy(form_targets: &[String]) -> String {
    let fits = |target: &&String| {
        target.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._+:/[]".contains(&byte))
    };
    let targets: String = form_targets.iter().filter(fits).map(|target| format!(" {target}")).collect();
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{targets}; \
         frame-ancestors 'none'; base-uri 'none'"
    )
}
