//! Whether somebody has signed in just now, which is asked before their ways in are changed: who only found their open
//! page has not.

use identity::protocol::form::encode;
use identity::{Recognised, factors};
use kernel::Result;

use crate::arrive::SECOND;
use crate::prove;
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
    Ok(!who.methods.are_two() && can_prove(visit, who).await?)
}

async fn can_prove(visit: &Visit, who: &Recognised) -> Result<bool> {
    let enrolled = visit.house.read(who.person, |tx, person| Box::pin(factors::enrolled(tx, *person)));
    Ok(enrolled.await?.can_prove())
}

/// Whether they have two factors and did not show both just now: a password that they type is one of them.
pub(crate) async fn owes_both(visit: &Visit, who: &Recognised) -> Result<bool> {
    Ok(!is_fresh(visit, who) && can_prove(visit, who).await?)
}

/// Where they prove themselves once more, by the best that they have, before they come back to this page.
pub(crate) async fn proof(visit: &Visit, who: &Recognised, page: &str) -> Result<String> {
    let owes = owes_proof(visit, who).await?;
    Ok(format!("{}?return={}", if owes { SECOND } else { prove::HERE }, encode(page)))
}

/// Whether they may change their ways in now.
pub(crate) async fn may_change(visit: &Visit, who: &Recognised) -> Result<bool> {
    Ok(is_fresh(visit, who) && !owes_proof(visit, who).await?)
}
