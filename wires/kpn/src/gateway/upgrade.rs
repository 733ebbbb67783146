//! From a request to a websocket (RFC 6455 section 4.2), with small buffers: most sessions are idle.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use kernel::limits::{GATEWAY_FRAME_BYTES_MAX, GATEWAY_GREETING_BYTES_MAX};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::layers::check_version;
use crate::refusals::Refusal;

/// Bytes that are read at once.
const READ_BYTES: usize = 1 << 10;
/// Characters of a key: 16 bytes in base64.
const KEY_CHARS: usize = 24;

/// A websocket of ours.
pub(super) type Socket = WebSocketStream<Modest<TokioIo<Upgraded>>>;

/// A request that becomes a websocket.
pub(super) struct Upgrade {
    on_upgrade: OnUpgrade,
    accept: HeaderValue,
}

impl Upgrade {
    /// Takes the upgrade out of a request that asks for one.
    pub fn of(request: &mut Request) -> Result<Self, Refusal> {
        check_version(request.headers().get("api-version"))?;
        if request.method() != Method::GET {
            return Err(Refusal::wrong_verb());
        }
        let headers = request.headers();
        let is_asked = has(headers, &CONNECTION, "upgrade")
            && has(headers, &UPGRADE, "websocket")
            && has(headers, &SEC_WEBSOCKET_VERSION, "13");
        let key = headers.get(SEC_WEBSOCKET_KEY).filter(|key| key.len() == KEY_CHARS);
        let accept = key.and_then(|key| HeaderValue::from_str(&derive_accept_key(key.as_bytes())).ok());
        let Some(accept) = accept.filter(|_| is_asked) else { return Err(Refusal::no_websocket()) };
        let on_upgrade = request.extensions_mut().remove::<OnUpgrade>().ok_or_else(Refusal::no_websocket)?;
        Ok(Self { on_upgrade, accept })
    }

    /// The answer, after which the socket is a websocket.
    pub fn answer(&self) -> Response {
        let headers = [
            (CONNECTION, HeaderValue::from_static("upgrade")),
            (UPGRADE, HeaderValue::from_static("websocket")),
            (SEC_WEBSOCKET_ACCEPT, self.accept.clone()),
        ];
        (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
    }

    /// The websocket, once the answer was sent; `None` when the client hung up.
    pub async fn socket(self) -> Option<Socket> {
        let stream = Modest::new(TokioIo::new(self.on_upgrade.await.ok()?));
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BYTES)
            .write_buffer_size(0)
            .max_frame_size(Some(GATEWAY_FRAME_BYTES_MAX))
            .max_message_size(Some(GATEWAY_FRAME_BYTES_MAX));
        Some(WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await)
    }
}

/// Whether one of a header's words is this one.
fn has(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(word))
}

/// A stream of which only so much is read before its other side is known: a stranger may not fill our memory.
pub(super) struct Modest<S> {
    stream: S,
    /// Bytes that may still be read; `None` for any number.
    left: Option<usize>,
}

impl<S> Modest<S> {
    pub const fn new(stream: S) -> Self {
        Self { stream, left: Some(GATEWAY_GREETING_BYTES_MAX) }
    }

    /// From now on everything is read.
    pub const fn lift(&mut self) {
        self.left = None;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Modest<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left == Some(0) {
            return Poll::Ready(Err(io::ErrorKind::FileTooLarge.into()));
        }
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.left = self.left.map(|left| left.saturating_sub(buffer.filled().len() - before));
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Modest<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
