//! A session from its connection to its end: the one task that reads from its socket and writes to it.

use std::future::pending;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use door::Stopped;
use futures_util::{SinkExt as _, StreamExt as _};
use kernel::Error;
use kernel::limits::{DRAIN_BYTES_MAX, GATEWAY_FRAME_BYTES_MAX};
use tokio::io::AsyncReadExt as _;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Bytes, Error as SocketError, Message as SocketMessage, Utf8Bytes};

use super::Gateway;
use super::session::{Frame, Out, Session};
use super::upgrade::Socket;
use super::words::{ChatIds, refused};
use crate::refusals::Refusal;

/// How long the other side may take to say goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);
/// A client that goes on sending what nobody reads is listened to until it pauses for so long.
const PAUSE: Duration = Duration::from_millis(500);

/// What to do next.
enum Step {
    Do(Out),
    Hear(Option<Result<SocketMessage, SocketError>>),
}

/// The other side is gone.
struct Gone;

/// Whether a session goes on after what its client sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Goes {
    On,
    /// No more is heard; what was left for it is sent, up to its end.
    ToItsEnd,
}

/// Carries a session through.
pub(super) async fn talk(
    gateway: &Arc<Gateway>,
    session: &Arc<Session>,
    socket: &mut Socket,
    mut stopped: Option<Stopped>,
) {
    let mut goes = Goes::On;
    loop {
        let stop = async {
            match &mut stopped {
                Some(stopped) => stopped.wait().await,
                None => pending().await,
            }
        };
        let step = tokio::select! {
            out = session.outbox.next() => Step::Do(out),
            come = socket.next(), if goes == Goes::On => Step::Hear(come),
            () = stop => Step::Do(Out::End(CloseCode::Away, "the server stops")),
        };
        let went = match step {
            Step::Do(Out::End(code, reason)) => return goodbye(socket, code, reason).await,
            Step::Do(out) => carry_out(gateway, session, socket, out).await,
            Step::Hear(Some(Ok(SocketMessage::Close(_)))) | Step::Hear(None) => {
                return farewell(socket).await;
            }
            Step::Hear(Some(come)) => {
                session.note_heard(gateway.now_ms());
                hear(gateway, session, socket, come).await.map(|heard| goes = heard)
            }
        };
        if went.is_err() {
            return;
        }
    }
}

async fn carry_out(
    gateway: &Arc<Gateway>,
    session: &Arc<Session>,
    socket: &mut Socket,
    out: Out,
) -> Result<(), Gone> {
    match out {
        Out::Frame(Frame { text, brings }) => {
            write(session, socket, SocketMessage::Text(text)).await?;
            if let (Some(brought), Some(holder)) = (brings, session.holder()) {
                gateway.deliveries.note(holder, brought);
            }
            Ok(())
        }
        Out::Frames(texts) => {
            for text in texts {
                write(session, socket, SocketMessage::Text(text)).await?;
            }
            Ok(())
        }
        Out::Ping => write(session, socket, SocketMessage::Ping(Bytes::new())).await,
        Out::Look => {
            Box::pin(gateway.look_again(session)).await;
            Ok(())
        }
        Out::End(..) => Ok(()),
    }
}

/// Sends something, unless so much waits behind it that the session is given up.
async fn write(session: &Session, socket: &mut Socket, message: SocketMessage) -> Result<(), Gone> {
    tokio::select! {
        sent = socket.send(message) => sent.map_err(|_| Gone),
        () = session.outbox.overrun() => Err(Gone),
    }
}

async fn hear(
    gateway: &Arc<Gateway>,
    session: &Arc<Session>,
    socket: &mut Socket,
    come: Result<SocketMessage, SocketError>,
) -> Result<Goes, Gone> {
    match come {
        Ok(SocketMessage::Text(text)) => {
            // On the heap, so that an idle session is small.
            let goes = Box::pin(gateway.heard(session, &text)).await;
            if session.holder().is_some() {
                socket.get_mut().lift();
            }
            Ok(goes)
        }
        Ok(SocketMessage::Binary(_)) => {
            let error = Error::unsupported("text_frames_only", "frames are text");
            Ok(end(session, error, CloseCode::Unsupported, "text frames only"))
        }
        Ok(
            SocketMessage::Ping(_)
            | SocketMessage::Pong(_)
            | SocketMessage::Close(_)
            | SocketMessage::Frame(_),
        ) => Ok(Goes::On),
        Err(SocketError::Capacity(_)) => {
            Box::pin(refuse_flood(session, socket)).await;
            Err(Gone)
        }
        Err(SocketError::Io(error)) if error.kind() == ErrorKind::FileTooLarge => {
            Box::pin(refuse_flood(session, socket)).await;
            Err(Gone)
        }
        Err(SocketError::Utf8(_)) => {
            goodbye(socket, CloseCode::Invalid, "no UTF-8").await;
            Err(Gone)
        }
        Err(SocketError::Protocol(_)) => {
            goodbye(socket, CloseCode::Protocol, "no websocket frame").await;
            Err(Gone)
        }
        Err(_) => Err(Gone),
    }
}

/// Says why a session ends, and ends it.
pub(super) fn end(session: &Session, error: Error, code: CloseCode, reason: &'static str) -> Goes {
    session.outbox.send(refused(&Refusal::from(error), &ChatIds::default()));
    session.outbox.push(Out::End(code, reason));
    Goes::ToItsEnd
}

/// Refuses a frame that is too big, and lets the client send the rest of it, so that it hears why.
async fn refuse_flood(session: &Session, socket: &mut Socket) {
    let error = Error::too_large("frame_bytes", GATEWAY_FRAME_BYTES_MAX as u64);
    let text: Utf8Bytes = refused(&Refusal::from(error), &ChatIds::default());
    if write(session, socket, SocketMessage::Text(text)).await.is_err() {
        return;
    }
    let close = CloseFrame { code: CloseCode::Size, reason: "too big a frame".into() };
    drop(timeout(GOODBYE_WITHIN, socket.send(SocketMessage::Close(Some(close)))).await);
    let stream = socket.get_mut();
    stream.lift();
    let (mut come, mut some) = (0, vec![0; 8 << 10]);
    while come < DRAIN_BYTES_MAX {
        match timeout(PAUSE, stream.read(&mut some)).await {
            Ok(Ok(read)) if read > 0 => come += read,
            _ => return,
        }
    }
}

/// Closes, and waits for the other side to have heard it.
async fn goodbye(socket: &mut Socket, code: CloseCode, reason: &'static str) {
    let close = CloseFrame { code, reason: reason.into() };
    let parting = async {
        if socket.send(SocketMessage::Close(Some(close))).await.is_ok() {
            while let Some(Ok(_)) = socket.next().await {}
        }
    };
    drop(timeout(GOODBYE_WITHIN, parting).await);
}

/// The other side closes. What answers that is sent by reading on.
async fn farewell(socket: &mut Socket) {
    let parting = async { while let Some(Ok(_)) = socket.next().await {} };
    drop(timeout(GOODBYE_WITHIN, parting).await);
}
