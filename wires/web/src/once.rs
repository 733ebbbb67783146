//! Forms that come again: what one asks for is done once. Their names are kept beside those that clients of the APIs
//! give their requests, so that neither a restart nor another server forgets them.

use door::Caller;
use identity::once::{self, Done};
use identity::protocol::form::Form;
use kernel::id::hex;
use kernel::{Error, Id, Result, Rng};

/// The name of the hidden field with the number that tells one form that was shown from the next.
const NUMBER: &str = "once";

/// What a form made.
pub struct Did<K> {
    /// Its id.
    pub made: Id<K>,
    /// Whether it was made just now, and not when the form came before.
    pub is_new: bool,
}

/// A number for a form that is shown.
pub fn number(rng: &Rng) -> String {
    hex(&rng.bytes::<12>())
}

/// The caller by a form of this number that is sent to this path and says this. As it was it is the same form; with
/// other words, after a step back in the browser, it is another.
pub fn named(caller: &Caller, path: &str, number: &str, said: &[&str]) -> Caller {
    let mut caller = caller.clone();
    if !number.is_empty() {
        let parts = [path, number].into_iter().chain(said.iter().copied());
        let name: Vec<u8> = parts
            .flat_map(|part| [part.len().to_string().as_bytes(), b":", part.as_bytes()].concat())
            .collect();
        caller.actor.origin.once =
            Some(once::named(&caller.house.vault, &caller.actor, &name, path.as_bytes()));
    }
    caller
}

/// The same by all that a form says, its [number](NUMBER) among it.
pub fn by_form(caller: &Caller, path: &str, form: &Form) -> Caller {
    named(caller, path, form.first(NUMBER).unwrap_or_default(), &[&form.encode()])
}

/// Does what the caller's form asks for, unless that was done before.
///
/// # Errors
/// As the work.
pub async fn done<K>(caller: &Caller, work: impl Future<Output = Result<Id<K>>>) -> Result<Did<K>> {
    if let Some(made) = made(caller).await? {
        return Ok(Did { made, is_new: false });
    }
    match work.await {
        Ok(made) => Ok(Did { made, is_new: true }),
        // The same form, on its way at the same moment, was faster.
        Err(error) if is_used(&error) => match made(caller).await? {
            Some(made) => Ok(Did { made, is_new: false }),
            None => Err(error),
        },
        Err(error) => Err(error),
    }
}

async fn made<K>(caller: &Caller) -> Result<Option<Id<K>>> {
    let Some(once) = caller.actor.origin.once else { return Ok(None) };
    let found = caller.house.db.read(once, |tx, once| Box::pin(once::find(tx, once))).await?;
    Ok(match found {
        Some(Done::Same(made)) => Some(Id::from_bytes(*made.as_bytes())),
        Some(Done::Another) | None => None,
    })
}

fn is_used(error: &Error) -> bool {
    matches!(error, Error::Conflict { why } if why.code == once::USED)
}
