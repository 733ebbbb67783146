//! Where pictures are read: one at a time in the whole process, always by the same thread. Reading one takes much memory,
//! and an allocator keeps some of what a thread gave back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{LazyLock, mpsc};

use kernel::{Error, Result};
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

use crate::{Small, small};

type Work = Box<dyn FnOnce() + Send>;

static TURNS: Semaphore = Semaphore::const_new(1);
static EASEL: LazyLock<mpsc::Sender<Work>> = LazyLock::new(open);

/// The right to have a picture read, and until then to hold it as it came. Nobody else has it meanwhile: it goes with the
/// work, which goes on when whoever asked for it has hung up.
#[derive(Debug)]
#[must_use = "others wait for their turn meanwhile"]
pub struct Turn(#[expect(dead_code, reason = "it is held, and given back")] SemaphorePermit<'static>);

/// Waits for one's turn.
///
/// # Errors
/// A defect of ours.
pub async fn turn() -> Result<Turn> {
    Ok(Turn(TURNS.acquire().await.map_err(Error::bug)?))
}

impl Turn {
    /// As [`small`](crate::small), at the easel.
    ///
    /// # Errors
    /// A defect of ours.
    pub async fn small(self, bytes: Vec<u8>, side: u32) -> Result<Option<Small>> {
        self.draw(move || small(&bytes, side)).await.map(Option::flatten)
    }

    /// Has something drawn; `None` when the picture brought its decoder down.
    pub(crate) async fn draw<T: Send + 'static>(
        self,
        drawing: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Option<T>> {
        let (ready, wait) = oneshot::channel();
        let work = move || {
            // A decoder that a picture brings down takes nobody else with it.
            let drawn = catch_unwind(AssertUnwindSafe(drawing)).ok();
            drop(self);
            // Whoever asked may be gone.
            drop(ready.send(drawn));
        };
        EASEL.send(Box::new(work)).map_err(|_| Error::bug("nobody reads pictures"))?;
        wait.await.map_err(Error::bug)
    }
}

fn open() -> mpsc::Sender<Work> {
    // Nothing ever waits in it: who puts something in has the one turn.
    let (brought, works) = mpsc::channel::<Work>();
    let draw_all = move || works.into_iter().for_each(|work| work());
    // Where no thread can be had, the first picture says so.
    drop(std::thread::Builder::new().name("easel".to_owned()).spawn(draw_all));
    brought
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_turn_lasts_until_the_picture_is_read_although_nobody_waits_for_it() {
        let (begins, begun) = mpsc::channel();
        let (lets_go, held) = mpsc::channel::<()>();
        let asking = tokio::spawn(turn().await.expect("a turn").draw(move || {
            begins.send(()).expect("somebody looks");
            held.recv().expect("somebody lets go");
        }));
        tokio::task::spawn_blocking(move || begun.recv().expect("it begins")).await.expect("it began");
        asking.abort();
        assert!(asking.await.is_err(), "who asked has hung up");
        assert_eq!(TURNS.available_permits(), 0, "and nobody else brings a picture");
        lets_go.send(()).expect("the easel waits");
        assert!(turn().await.is_ok());
    }

    #[tokio::test]
    async fn a_picture_that_brings_its_decoder_down_is_nobody_elses_trouble() {
        let fallen = turn().await.expect("a turn").draw(|| panic!("a decoder")).await;
        assert!(matches!(fallen, Ok(None::<()>)));
        assert_eq!(turn().await.expect("a turn").draw(|| 2).await.ok(), Some(Some(2)));
    }
}
