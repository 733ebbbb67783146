//! Whether somebody has signed in just now, which is asked before their ways in are changed: who only found their open
//! page has not.

use axum::response::Response;
use identity::Recognised;
use identity::protocol::form::encode;

use crate::onward::Onward;
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit, see};

/// How long a sign-in counts as one of just now.
const FRESH_MS: i64 = 5 * 60 * 1_000;

/// Whether they have.
pub(crate) fn is_fresh(visit: &Visit, who: &Recognised) -> bool {
    let now = visit.house.clock.now_ms();
    who.signed_in_ms.is_some_and(|at_ms| now - at_ms <= FRESH_MS)
}

/// `POST`: signs this browser out, and leads to signing in again and back.
pub(crate) async fn again(visit: Visit, Fields(fields): Fields) -> Response {
    let form = match fields {
        Ok(form) if visit.is_ours(&form) => form,
        Ok(_) => return Trouble::stale().show(&visit),
        Err(error) => return Trouble::of(&error).show(&visit),
    };
    if let Some(hash) = visit.session_hash() {
        let left = visit.house.db.write((hash, visit.origin), |tx, (hash, origin)| {
            Box::pin(identity::sign_in::leave(tx, hash, *origin))
        });
        if let Err(error) = left.await {
            return Trouble::of(&error).show(&visit);
        }
    }
    let mut response = see(&format!("/login?return={}", encode(Onward::read(&form).path())));
    visit.cookies.clear_session(&mut response);
    response
}
