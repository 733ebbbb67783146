//! The signals that stop the server.

use anyhow::Result;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How a process ends that was told twice.
const TOLD_TWICE: i32 = 130;

/// Waits for SIGTERM or SIGINT, and gives back the ears for the next one.
///
/// # Errors
/// When the system does not let us listen.
pub async fn wait_for_one() -> Result<(Signal, Signal)> {
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    either(&mut terminate, &mut interrupt).await;
    Ok((terminate, interrupt))
}

/// Ends the process at once when another one comes. What was acknowledged is on disk already.
pub fn exit_on_next((mut terminate, mut interrupt): (Signal, Signal)) {
    tokio::spawn(async move {
        either(&mut terminate, &mut interrupt).await;
        std::process::exit(TOLD_TWICE);
    });
}

async fn either(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
