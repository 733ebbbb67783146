//! Forms that come twice, because somebody pressed twice or went back and sent again: what the first one made answers
//! the second.

use identity::once::{self, Done};
use identity::protocol::form::Form;
use kernel::id::hex;
use kernel::{Actor, Error, Id, Once, Result};

use crate::visitor::Visitor;

/// The name of the hidden field that tells one form that was shown from the next.
pub const FIELD: &str = "once";

/// A number for a form that is shown.
pub fn number(visitor: &Visitor) -> String {
    hex(&visitor.caller.house.rng.bytes::<12>())
}

/// Does what a form asks for once, and tells what it made. The same form with something else in it is another.
pub async fn once<K>(
    visitor: &Visitor,
    (place, form): (&str, &Form),
    work: impl AsyncFnOnce(&Actor) -> Result<Id<K>>,
) -> Result<Id<K>> {
    let mut actor = visitor.caller.actor.clone();
    let Some(number) = form.first(FIELD) else { return work(&actor).await };
    let asked = format!("{place}\n{}", form.encode());
    let name = once::named(&visitor.caller.house.vault, &actor, number.as_bytes(), asked.as_bytes());
    match find(visitor, name).await? {
        Some(Done::Same(made)) => return Ok(Id::from_bytes(*made.as_bytes())),
        Some(Done::Another) => {}
        None => actor.origin.once = Some(name),
    }
    match work(&actor).await {
        // Both came at the same moment.
        Err(Error::Conflict { why }) if why.code == once::USED => match find(visitor, name).await? {
            Some(Done::Same(made)) => Ok(Id::from_bytes(*made.as_bytes())),
            _ => Err(once::is_used()),
        },
        done => done,
    }
}

async fn find(visitor: &Visitor, name: Once) -> Result<Option<Done>> {
    visitor.caller.house.read(name, |tx, name| Box::pin(once::find(tx, name))).await
}
