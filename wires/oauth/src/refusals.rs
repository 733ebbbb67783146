//! What went wrong, as a page for people.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::Response;
use door::Door;
use door::pages::Page;
use identity::protocol::authorize::Unverified;
use kernel::Error;

use crate::views::Message;
use crate::visit::Visit;
use crate::words::{self, Words};

/// Lets a visit in while neither who has signed in nor, for nobody, its address has asked too often.
pub(crate) async fn admit(State(door): State<Door>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Err(error) = door.count_visit(&parts).await else {
        return next.run(Request::from_parts(parts, body)).await;
    };
    door::body::refuse(&parts.headers, body).await;
    let Ok(visit) = Visit::from_request_parts(&mut parts, &door).await;
    Trouble::of(&error).show(&visit)
}

/// A page instead of the one that was asked for.
#[derive(Clone, Copy)]
pub(crate) struct Trouble {
    status: StatusCode,
    says: fn(&Words) -> (&'static str, &'static str),
    retry_after_s: Option<u64>,
    /// Whether what can be done about it is on the page of somebody's own.
    leads_to_account: bool,
}

impl Trouble {
    /// Each error has its page; what is private stays in the log.
    pub fn of(error: &Error) -> Self {
        let (status, says): (_, fn(&Words) -> _) = match error {
            Error::Unauthenticated => (StatusCode::UNAUTHORIZED, |words| words.not_allowed),
            Error::NotFound { .. } | Error::Gone { .. } => (StatusCode::NOT_FOUND, |words| words.not_found),
            Error::NotAllowed { .. } => (StatusCode::FORBIDDEN, |words| words.not_allowed),
            Error::Invalid { .. } => (StatusCode::BAD_REQUEST, |words| words.does_not_fit),
            Error::Conflict { .. } => (StatusCode::CONFLICT, |words| words.does_not_fit),
            Error::Precondition { .. } => (StatusCode::PRECONDITION_FAILED, |words| words.does_not_fit),
            Error::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, |words| words.does_not_fit),
            Error::Unsupported { .. } => (StatusCode::UNSUPPORTED_MEDIA_TYPE, |words| words.does_not_fit),
            Error::LimitReached { .. } => (StatusCode::TOO_MANY_REQUESTS, |words| words.too_busy),
            Error::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, |words| words.too_busy),
            Error::Bug { .. } => (StatusCode::INTERNAL_SERVER_ERROR, |words| words.our_fault),
        };
        if status.is_server_error() {
            tracing::error!(?error, "a page could not be shown");
        }
        Self { status, says, retry_after_s: error.retry_after_s(), leads_to_account: false }
    }

    /// Nobody is sent to an application that is not verified; they are told here.
    pub fn unverified(why: Unverified) -> Self {
        let says: fn(&Words) -> _ = match why {
            Unverified::Client => |words| words.unknown_client,
            Unverified::ClientTwice => |words| words.doubled_client,
            Unverified::NoRedirect => |words| words.missing_redirect,
            Unverified::Redirect => |words| words.unknown_redirect,
            Unverified::Pending => |words| words.pending_client,
        };
        Self { status: StatusCode::BAD_REQUEST, says, retry_after_s: None, leads_to_account: false }
    }

    /// An application asks for a sign-out and says what does not fit; nobody is sent anywhere.
    pub fn unfit_sign_out() -> Self {
        let says: fn(&Words) -> _ = |words| words.unfit_sign_out;
        Self { status: StatusCode::BAD_REQUEST, says, retry_after_s: None, leads_to_account: true }
    }

    /// A form that was not sent by a page of ours, or one that was open for too long.
    pub fn stale() -> Self {
        let says: fn(&Words) -> _ = |words| words.stale_form;
        Self { status: StatusCode::FORBIDDEN, says, retry_after_s: None, leads_to_account: false }
    }

    pub fn show(self, visit: &Visit) -> Response {
        let language = visit.language(None);
        let words = words::of(language);
        let (title, text) = (self.says)(words);
        let onward = self.leads_to_account.then_some(("/account", words.account));
        let page = Page { status: self.status, ..Page::new(language, title, "/account") };
        let mut response = page.show(&Message { title, text, onward });
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
