//! One chat at a time: who has several saved at once waits for the one before, so that a few who take theirs slowly,
//! or ask without end, leave the presses to the others.

use std::sync::LazyLock;
use std::time::Duration;

use kernel::limits::{EXPORTS_PER_PERSON, Limit};
use kernel::{Actor, Error, PersonId, Result};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::may_take;
use crate::House;
use crate::chats::ChatRef;
use crate::keyed::Keyed;

/// How long somebody waits for their own earlier one: an account through which an application serves many chats asks for
/// several at once. With the waits for a press and for room it is less than the 30 seconds after which the messenger's
/// clients give up.
const PATIENCE: Duration = Duration::from_secs(6);
/// When they may come back.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

static TURNS: LazyLock<Turns> = LazyLock::new(Turns::default);

/// The right of one person to have a chat saved, until all of it was handed over.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "it is held, and given back")] OwnedSemaphorePermit);

/// Waits for the turn of somebody who may take this chat along.
///
/// # Errors
/// As [`may_take`]; [`Error::LimitReached`] for who is still being handed an earlier one.
pub async fn turn(house: &House, actor: &Actor, chat: ChatRef) -> Result<Turn> {
    may_take(house, actor, chat).await?;
    TURNS.take(actor.person).await
}

struct Turns(Keyed<PersonId>);

impl Default for Turns {
    fn default() -> Self {
        Self(Keyed::new(EXPORTS_PER_PERSON))
    }
}

impl Turns {
    async fn take(&self, person: PersonId) -> Result<Turn> {
        let free = timeout(PATIENCE, self.0.of(person).acquire_owned()).await;
        free.map_err(|_| too_many())?.map(Turn).map_err(Error::bug)
    }
}

fn too_many() -> Error {
    let limit = Limit::new("exports_per_person", EXPORTS_PER_PERSON as u64);
    Error::LimitReached { limit, retry_after: Some(AGAIN_AFTER) }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    fn person(number: u8) -> PersonId {
        PersonId::from_bytes([number; 12])
    }

    #[tokio::test(start_paused = true)]
    async fn one_person_has_one_turn_at_a_time_and_keeps_nobody_else_from_theirs() {
        let turns = Turns::default();
        let first = turns.take(person(1)).await.unwrap();
        let begun = Instant::now();
        let second = turns.take(person(1)).await.unwrap_err();
        assert!(matches!(second, Error::LimitReached { retry_after: Some(_), .. }), "{second:?}");
        assert!(begun.elapsed() >= PATIENCE);
        let begun = Instant::now();
        drop(turns.take(person(2)).await.unwrap());
        assert_eq!(begun.elapsed(), Duration::ZERO);
        let (third, ()) = tokio::join!(turns.take(person(1)), async { drop(first) });
        drop(third.unwrap());
        drop(turns.0.of(person(3)));
        assert_eq!(turns.0.count(), 1, "who has none is forgotten");
    }
}
