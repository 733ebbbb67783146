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
    end(&visit, see(&format!("/login?{LEFT}=1"))).await
}

/// Ends the browser's session, and then answers this.
pub(crate) async fn end(visit: &Visit, mut then: Response) -> Response {
    if let Some(hash) = visit.session_hash() {
        let input = (hash, visit.origin);
        let left = visit
            .house
            .db
            .write(input, |tx, (hash, origin)| Box::pin(identity::sign_in::leave(tx, hash, *origin)));
        if let Err(error) = left.await {
            return Trouble::of(&error).show(visit);
        }
    }
    visit.cookies.clear_session(&mut then);
    // What a page kept of words that could not be sent goes with whoever wrote them.
    then.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"storage\""));
    then
}
