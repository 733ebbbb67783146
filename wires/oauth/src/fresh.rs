//! Whether somebody has signed in just now, which is asked before their ways in are changed: who only found their open
//! page has not.

use identity::{Recognised, factors};
use kernel::Result;

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

/// Whether they have shown no more than a password, or a link, though they have something better: who knows that alone
/// must not give themselves another way in, nor take one away.
pub(crate) async fn owes_proof(visit: &Visit, who: &Recognised) -> Result<bool> {
    if who.methods.are_two() {
        return Ok(false);
    }
    let enrolled = visit.house.read(who.person, |tx, person| Box::pin(factors::enrolled(tx, *person)));
    Ok(enrolled.await?.can_prove())
}

/// Whether they may change their ways in now.
pub(crate) async fn may_change(visit: &Visit, who: &Recognised) -> Result<bool> {
    Ok(is_fresh(visit, who) && !owes_proof(visit, who).await?)
}
