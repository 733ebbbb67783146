//! Requests that their clients named, where what they make is not a message or a chat: a repetition hears what the first
//! made.

use futures_util::future::BoxFuture;
use identity::once::{self, Done};
use kernel::{Actor, Error, Id, Result};
use store::Tx;

use crate::House;

/// What the actor's request made, when their client named it and it was done in the last 24 hours.
///
/// # Errors
/// [`Error::Invalid`] with `idempotency_key_reused` when that was another request.
pub(crate) async fn find<K>(tx: &Tx, actor: &Actor) -> Result<Option<Id<K>>> {
    let Some(named) = &actor.origin.once else { return Ok(None) };
    match once::find(tx, named).await? {
        Some(Done::Same(made)) => Ok(Some(Id::from_bytes(*made.as_bytes()))),
        Some(Done::Another) => {
            let why = "Another request came under this key within 24 hours.";
            Err(Error::invalid("idempotency_key", "idempotency_key_reused", why))
        }
        None => Ok(None),
    }
}

/// What came of a request. Where it failed, a twin of the same name may have been faster: then what that made is told, as
/// `show` reads it.
///
/// # Errors
/// Those of the request, when there was no such twin.
pub(crate) async fn repeated<K: 'static, T: Send + 'static>(
    house: &House,
    actor: &Actor,
    done: Result<T>,
    show: impl for<'c> Fn(&'c Tx, &'c Actor, Id<K>) -> BoxFuture<'c, Result<T>> + Send + Sync + Copy + 'static,
) -> Result<T> {
    let Err(error) = done else { return done };
    if actor.origin.once.is_none() {
        return Err(error);
    }
    let told = house.read(actor.clone(), move |tx, actor| {
        Box::pin(async move {
            match find(tx, actor).await? {
                Some(made) => show(tx, actor, made).await.map(Some),
                None => Ok(None),
            }
        })
    });
    told.await?.ok_or(error)
}
