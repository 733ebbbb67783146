//! The signals that stop the server.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// How a process ends that was told twice.
const TOLD_TWICE: i32 = 130;

/// Ears for SIGTERM and SIGINT, open from the moment they are made.
pub struct Ears {
    terminate: Signal,
    interrupt: Signal,
}

impl Ears {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn open() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for either.
    pub async fn hear(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Ends the process at once when another one comes. What was acknowledged is on disk already.
    pub fn exit_on_next(mut self) {
        tokio::spawn(async move {
            self.hear().await;
            std::process::exit(TOLD_TWICE);
        });
    }
}
