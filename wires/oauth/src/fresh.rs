//! Whether somebody has signed in just now, which is asked before their ways in are changed: who only found their open
//! page has not.

use identity::Recognised;

use crate::visit::Visit;

/// Has the sign-in page ask also who has signed in.
pub(crate) const AGAIN: &str = "again";
/// How long a sign-in counts as one of just now.
const FRESH_MS: i64 = 5 * 60 * 1_000;

/// Whether they have.
pub(crate) fn is_fresh(visit: &Visit, who: &Recognised) -> bool {
    let now = visit.house.clock.now_ms();
    who.signed_in_ms.is_some_and(|at_ms| now - at_ms <= FRESH_MS)
}
