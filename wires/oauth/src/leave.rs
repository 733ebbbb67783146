//! Signing out.

use axum::http::header::{HeaderName, HeaderValue};
use axum::response::Response;

use crate::refusals::Trouble;
use crate::visit::{Fields, Visit, see};

/// Tells the sign-in page that somebody has just signed out.
pub(crate) const LEFT: &str = "left";

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// `POST` of the button to sign out.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let form = match fields {
        Ok(form) => form,
        Err(error) => return Trouble::of(&error).show(&visit),
    };
    if !visit.is_ours(&form) {
        return Trouble::stale().show(&visit);
    }
    if let Some(hash) = visit.session_hash() {
        let input = (hash, visit.origin);
        let left = visit
            .house
            .db
            .write(input, |tx, (hash, origin)| Box::pin(identity::sign_in::leave(tx, hash, *origin)));
        if let Err(error) = left.await {
            return Trouble::of(&error).show(&visit);
        }
    }
    let mut response = see(&format!("/login?{LEFT}=1"));
    visit.cookies.clear_session(&mut response);
    // What a page kept of words that could not be sent goes with whoever wrote them.
    response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"storage\""));
    response
}
