//! Bytes for which room is held, handed to a reader who must take them at some pace: a few who hardly take anything, or
//! nothing at all any more, would otherwise keep all the room there is.

use std::pin::pin;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::{Stream, TryStreamExt as _, stream};
use kernel::limits::{SAVING_BYTES_PER_SECOND, SAVING_WAITS_SECONDS};
use kernel::{Error, Result};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

/// One gulp that waits to be taken, and the last word.
const WAITING: usize = 2;

/// The same bytes. What is held for them is let go once the last of them waits to be taken, or their reader is gone or
/// has kept us waiting for too long: who still asks then is told that the rest is missing.
pub fn in_time(
    bytes: impl Stream<Item = Result<Bytes>> + Send + 'static,
    held: impl Send + 'static,
) -> impl Stream<Item = Result<Bytes>> + Send + 'static {
    let (out, taken) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        let Ok(last_word) = out.clone().reserve_owned().await else { return };
        let handed = hand_over(bytes, &out).await;
        drop(held);
        if let Err(error) = handed {
            last_word.send(Err(error));
        }
    });
    stream::unfold(taken, |mut taken| async move { taken.recv().await.map(|next| (next, taken)) })
}

/// Only the time in which the reader is waited for counts, and not what the bytes take to be there.
async fn hand_over(
    bytes: impl Stream<Item = Result<Bytes>>,
    out: &mpsc::Sender<Result<Bytes>>,
) -> Result<()> {
    let mut bytes = pin!(bytes);
    let mut patience = Duration::from_secs(SAVING_WAITS_SECONDS);
    while let Some(gulp) = bytes.try_next().await? {
        patience += Duration::from_secs(gulp.len() as u64) / SAVING_BYTES_PER_SECOND;
        let asked = Instant::now();
        match timeout(patience, out.send(Ok(gulp))).await {
            Ok(Ok(())) => patience = patience.saturating_sub(asked.elapsed()),
            Ok(Err(_)) => return Ok(()),
            Err(_) => return Err(Error::unavailable("what is saved was taken too slowly")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::Arc;

    use futures_util::StreamExt as _;
    use tokio::task::yield_now;
    use tokio::time::advance;

    use super::*;

    const GULP_BYTES: usize = 64 << 10;
    const GULPS: usize = 30;
    /// What a reader has for each gulp and, besides, once for all.
    const FOR_EACH: Duration = Duration::from_secs(2);
    const FOR_ALL: Duration = Duration::from_secs(120);

    type Handed = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

    fn handed(room: &Arc<()>) -> Handed {
        let gulps = (0..GULPS).map(|_| Ok(Bytes::from_static(&[7; GULP_BYTES])));
        Box::pin(in_time(stream::iter(gulps), room.clone()))
    }

    /// Lets the other side do what it can.
    async fn settle() {
        for _ in 0..8 {
            yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_taken_slowly_comes_whole_and_its_room_is_free_then() {
        let room = Arc::new(());
        let (mut bytes, mut taken) = (handed(&room), 0);
        settle().await;
        assert_eq!(Arc::strong_count(&room), 2);
        while let Some(gulp) = bytes.try_next().await.expect("all of it") {
            taken += gulp.len();
            advance(FOR_EACH + FOR_EACH).await;
            settle().await;
        }
        assert_eq!((taken, Arc::strong_count(&room)), (GULPS * GULP_BYTES, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_any_more_holds_no_room_and_hears_that_the_rest_is_missing() {
        let room = Arc::new(());
        let mut bytes = handed(&room);
        settle().await;
        advance(FOR_ALL).await;
        settle().await;
        assert_eq!(Arc::strong_count(&room), 2, "there is still time");
        advance(FOR_EACH + FOR_EACH).await;
        settle().await;
        assert_eq!(Arc::strong_count(&room), 1, "though nobody asked for more");
        assert!(bytes.next().await.expect("a gulp").is_ok());
        let cut = bytes.next().await.expect("a last word").expect_err("the rest is missing");
        assert!(matches!(cut, Error::Unavailable { .. }), "{cut:?}");
        assert!(bytes.next().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn who_drips_loses_the_rest() {
        let room = Arc::new(());
        let (mut bytes, mut gulps) = (handed(&room), 0);
        while let Some(Ok(_)) = bytes.next().await {
            gulps += 1;
            settle().await;
            advance(FOR_EACH * 10).await;
            settle().await;
        }
        assert!((5..GULPS).contains(&gulps), "{gulps}");
        assert_eq!(Arc::strong_count(&room), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn who_goes_away_holds_no_room() {
        let room = Arc::new(());
        let mut bytes = handed(&room);
        assert!(bytes.next().await.expect("a gulp").is_ok());
        drop(bytes);
        settle().await;
        assert_eq!(Arc::strong_count(&room), 1);
    }
}
