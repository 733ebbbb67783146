//! A session from its connection to its end: the one task that reads from its socket and writes to it.

use std::future::pending;
use std::io::ErrorKind;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use door::Stopped;
use door::body::DRAIN_WITHIN;
use futures_util::future::join;
use futures_util::{SinkExt as _, StreamExt as _};
use kernel::Error;
use kernel::limits::{DRAIN_BYTES_MAX, GATEWAY_FRAME_BYTES_MAX, GATEWAY_PIECE_BYTES_MAX};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame as PieceOfText;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data as Kind, OpCode};
use tokio_tungstenite::tungstenite::{Bytes, Error as SocketError, Message as SocketMessage, Utf8Bytes};

use super::Gateway;
use super::session::{Frame, Out, Session, Urgent};
use super::upgrade::{Modest, Socket};
use super::words::{ChatIds, refused};
use crate::refusals::Refusal;

/// How long the other side may take to say goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);
/// How long the last that waits for a session may take when the server stops.
const PARTING_WITHIN: Duration = Duration::from_secs(5);
/// A client that goes on sending what nobody reads is listened to until it pauses for so long, and no longer than
/// [`DRAIN_WITHIN`].
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
    /// The same for a client of whom nothing more can be read: what it still sends is thrown away.
    ToItsEndUnread,
}

/// Carries a session through. At the word to stop it is sent what waits for it, as long as that does not take long.
pub(super) async fn talk(
    gateway: &Arc<Gateway>,
    session: &Arc<Session>,
    socket: &mut Socket,
    stopped: Option<Stopped>,
) {
    let mut conversation = pin!(converse(gateway, session, socket));
    let stop = async {
        match stopped {
            Some(mut stopped) => stopped.wait().await,
            None => pending().await,
        }
    };
    tokio::select! {
        () = &mut conversation => return,
        () = stop => {}
    }
    let parting = async { join(conversation, gateway.end_with_the_server(session)).await };
    drop(timeout(PARTING_WITHIN, Box::pin(parting)).await);
}

async fn converse(gateway: &Arc<Gateway>, session: &Arc<Session>, socket: &mut Socket) {
    let mut goes = Goes::On;
    loop {
        let step = tokio::select! {
            out = session.outbox.next() => Step::Do(out),
            come = socket.next(), if goes == Goes::On => Step::Hear(come),
        };
        let went = match step {
            Step::Do(Out::End(code, reason)) if goes == Goes::ToItsEndUnread => {
                return close_and_drain(socket, code, reason).await;
            }
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
    if matches!(out, Out::Frame(_)) && !stands(gateway, session).await {
        return Ok(());
    }
    match out {
        Out::Frame(Frame { text, brings }) => {
            write_text(gateway, session, socket, text).await?;
            if let (Some(brought), Some(holder)) = (brings, session.holder()) {
                gateway.deliveries.note(holder, brought);
            }
            Ok(())
        }
        Out::Ping => write(gateway, session, socket.send(SocketMessage::Ping(Bytes::new()))).await,
        Out::Look => {
            Box::pin(gateway.look_again(session)).await;
            Ok(())
        }
        Out::End(..) => Ok(()),
    }
}

/// Looks the token up before something is sent, when that is due, and says whether it stands. While that cannot be known
/// nothing is sent: the session ends, and its client comes back.
async fn stands(gateway: &Gateway, session: &Session) -> bool {
    if session.outbox.is_cut() {
        // What is sent after the cut is why.
        return true;
    }
    if session.is_to_be_looked_up(gateway.now_ms(), gateway.look_every_ms()) || session.is_unsure() {
        Box::pin(gateway.look_again(session)).await;
    }
    if session.is_unsure() {
        let error = Error::unavailable("the token could not be looked up");
        session.outbox.cut(Some(last_word(error)), CloseCode::Again, "not now");
    }
    !session.outbox.is_cut() && !session.is_unsure()
}

/// Sends a text, a long one in pieces: the socket keeps room for the longest frame that it ever sent.
async fn write_text(
    gateway: &Gateway,
    session: &Session,
    socket: &mut Socket,
    text: Utf8Bytes,
) -> Result<(), Gone> {
    if text.len() <= GATEWAY_PIECE_BYTES_MAX {
        return write(gateway, session, socket.send(SocketMessage::Text(text))).await;
    }
    let all = async {
        for piece in pieces(text) {
            socket.send(SocketMessage::Frame(piece)).await?;
        }
        Ok(())
    };
    write(gateway, session, Box::pin(all)).await
}

/// The frames of a long text (RFC 6455 section 5.4), each of whole characters.
fn pieces(text: Utf8Bytes) -> impl Iterator<Item = PieceOfText> {
    let mut from = 0;
    std::iter::from_fn(move || {
        if from == text.len() {
            return None;
        }
        let to = text.floor_char_boundary(from + GATEWAY_PIECE_BYTES_MAX);
        let kind = if from == 0 { Kind::Text } else { Kind::Continue };
        let bytes = Bytes::from(text.clone()).slice(from..to);
        from = to;
        Some(PieceOfText::message(bytes, OpCode::Data(kind), to == text.len()))
    })
}

/// Sends something. Meanwhile the token may have to be looked up; and who does not take it soon after their session has
/// ended is gone.
async fn write(
    gateway: &Gateway,
    session: &Session,
    sending: impl Future<Output = Result<(), SocketError>>,
) -> Result<(), Gone> {
    let mut sending = pin!(sending);
    loop {
        tokio::select! {
            biased;
            sent = &mut sending => return sent.map_err(|_| Gone),
            urgent = session.outbox.urgent() => match urgent {
                Urgent::Look => Box::pin(gateway.look_again(session)).await,
                Urgent::End => {
                    let sent = Box::pin(timeout(GOODBYE_WITHIN, sending)).await;
                    return sent.map_err(|_| Gone)?.map_err(|_| Gone);
                }
            },
        }
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
            let close = (CloseCode::Unsupported, "text frames only");
            Ok(Box::pin(gateway.end_when_told(session, Some(last_word(error)), close)).await)
        }
        Ok(
            SocketMessage::Ping(_)
            | SocketMessage::Pong(_)
            | SocketMessage::Close(_)
            | SocketMessage::Frame(_),
        ) => Ok(Goes::On),
        Err(error) => {
            let (last, code, reason) = unreadable(&error).ok_or(Gone)?;
            Box::pin(gateway.end_when_told(session, last, (code, reason))).await;
            Ok(Goes::ToItsEndUnread)
        }
    }
}

/// How a session is closed when it cannot be read on: its last word, the code and the reason. Nothing when the other side
/// is gone.
fn unreadable(error: &SocketError) -> Option<(Option<Utf8Bytes>, CloseCode, &'static str)> {
    let is_flood = match error {
        SocketError::Capacity(_) => true,
        SocketError::Io(error) => error.kind() == ErrorKind::FileTooLarge,
        _ => false,
    };
    match error {
        _ if is_flood => {
            let error = Error::too_large("frame_bytes", GATEWAY_FRAME_BYTES_MAX as u64);
            Some((Some(last_word(error)), CloseCode::Size, "too big a frame"))
        }
        SocketError::Utf8(_) => Some((None, CloseCode::Invalid, "no UTF-8")),
        SocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        SocketError::Protocol(_) => Some((None, CloseCode::Protocol, "no websocket frame")),
        _ => None,
    }
}

/// What a session is told before it is closed.
fn last_word(error: Error) -> Utf8Bytes {
    refused(&Refusal::from(error), &ChatIds::default())
}

/// Says to somebody who is not known why they are not heard, and closes.
pub(super) fn end(session: &Session, error: Error, code: CloseCode, reason: &'static str) -> Goes {
    session.outbox.send(last_word(error));
    session.outbox.push(Out::End(code, reason));
    Goes::ToItsEnd
}

/// The same for who may not have any more what waits for them.
pub(super) fn cut(session: &Session, error: Error, reason: &'static str) -> Goes {
    session.outbox.cut(Some(last_word(error)), CloseCode::Policy, reason);
    Goes::ToItsEnd
}

/// Closes, and lets the client send the rest of what cannot be read, so that it hears why.
async fn close_and_drain<S: AsyncRead + AsyncWrite + Unpin>(
    socket: &mut WebSocketStream<Modest<S>>,
    code: CloseCode,
    reason: &'static str,
) {
    let close = CloseFrame { code, reason: reason.into() };
    drop(timeout(GOODBYE_WITHIN, socket.send(SocketMessage::Close(Some(close)))).await);
    let stream = socket.get_mut();
    stream.lift();
    let draining = async {
        let (mut come, mut some) = (0, vec![0; 8 << 10]);
        while come < DRAIN_BYTES_MAX {
            match timeout(PAUSE, stream.read(&mut some)).await {
                Ok(Ok(read)) if read > 0 => come += read,
                _ => return,
            }
        }
    };
    drop(timeout(DRAIN_WITHIN, draining).await);
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

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;
    use tokio::time::{Instant, interval};
    use tokio_tungstenite::tungstenite::protocol::Role;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_drips_after_what_cannot_be_read_is_let_go() {
        let (ours, mut theirs) = tokio::io::duplex(1 << 10);
        let mut socket = WebSocketStream::from_raw_socket(Modest::new(ours), Role::Server, None).await;
        let dripping = async {
            let mut drops = interval(PAUSE / 2);
            loop {
                drops.tick().await;
                theirs.write_all(b"a").await.expect("somebody listens");
            }
        };
        let begun = Instant::now();
        tokio::select! {
            () = close_and_drain(&mut socket, CloseCode::Protocol, "no websocket frame") => {}
            () = dripping => {}
        }
        assert_eq!(begun.elapsed(), DRAIN_WITHIN);
    }

    #[test]
    fn a_long_text_goes_out_in_small_pieces_of_whole_characters() {
        let text = "\u{1f600}é".repeat(5_000);
        let pieces: Vec<PieceOfText> = pieces(text.as_str().into()).collect();
        assert_eq!(pieces.len(), text.len().div_ceil(GATEWAY_PIECE_BYTES_MAX));
        let mut read = String::new();
        for (number, piece) in pieces.iter().enumerate() {
            let kind = if number == 0 { Kind::Text } else { Kind::Continue };
            assert_eq!(piece.header().opcode, OpCode::Data(kind));
            assert_eq!(piece.header().is_final, number + 1 == pieces.len());
            assert!(piece.payload().len() <= GATEWAY_PIECE_BYTES_MAX);
            read.push_str(std::str::from_utf8(piece.payload()).expect("whole characters"));
        }
        assert_eq!(read, text);
    }
}
