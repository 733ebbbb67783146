//! The word to stop, heard by everybody who works.

use tokio::sync::watch;

/// Gives the word.
#[derive(Debug)]
pub struct Stop(watch::Sender<bool>);

/// Hears it. Clones hear the same word.
#[derive(Clone, Debug)]
pub struct Stopped(watch::Receiver<bool>);

impl Stop {
    /// A word not given yet, and an ear for it.
    #[must_use]
    pub fn new() -> (Self, Stopped) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stopped(receiver))
    }

    /// Gives the word.
    pub fn now(&self) {
        self.0.send_replace(true);
    }
}

impl Stopped {
    /// Waits for the word; also ends when nobody is left who could give it.
    pub async fn wait(&mut self) {
        drop(self.0.wait_for(|stopped| *stopped).await);
    }
}
