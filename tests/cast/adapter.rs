//! The gateway's client, as the vendor's adapter is one: a websocket without a header of its own, frames of JSON, and a
//! handshake that says what runs.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{Kpn, Somebody, Ward};

/// A test that waits longer for the server waits for nothing.
const PATIENCE: Duration = Duration::from_secs(20);

/// A session, or what is to become one.
pub struct Adapter {
    socket: WebSocketStream<TcpStream>,
    /// Words of somebody's presence, which come when they come.
    presence: VecDeque<Value>,
    frames: VecDeque<Value>,
}

/// What came last.
#[derive(Debug)]
pub enum Come {
    /// A frame of text.
    Frame(Value),
    /// A ping.
    Ping,
    /// The server closed, with this code; 0 when it closed without one.
    Closed(u16),
}

impl Somebody {
    /// A session of theirs, with scopes `read write`.
    pub async fn adapter(&self) -> Adapter {
        Adapter::of(&self.organisation.ward, &self.token("read write").await).await
    }
}

impl Adapter {
    /// A connection to the ward's server under a base path, before its handshake.
    pub async fn connect(ward: &Ward, base: &str) -> Self {
        Self::connect_to(&ward.url, base).await
    }

    /// A connection to the server at this URL.
    pub async fn connect_to(url: &str, base: &str) -> Self {
        let address = url.strip_prefix("http://").expect("plain HTTP").replace("localhost", "127.0.0.1");
        Self::over(TcpStream::connect(&address).await.expect("a connection"), base).await
    }

    /// A session of the token of a client that has little room for what it does not read yet.
    pub async fn with_little_room(client: &Kpn, url: &str) -> Self {
        let address = url.strip_prefix("http://localhost:").expect("plain HTTP");
        let address = SocketAddr::from(([127, 0, 0, 1], address.parse().expect("a port")));
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4 << 10).expect("a small one");
        let stream = socket.connect(address).await.expect("a connection");
        let mut adapter = Self::over(stream, "/v1").await;
        assert_eq!(adapter.shake_hands(&client.token).await["event"], "authenticated");
        adapter
    }

    async fn over(stream: TcpStream, base: &str) -> Self {
        let address = stream.peer_addr().expect("an address");
        let mut request = format!("ws://{address}{base}/gateway").into_client_request().expect("a request");
        let extensions = "permessage-deflate; client_max_window_bits".parse().expect("a value");
        request.headers_mut().insert("Sec-WebSocket-Extensions", extensions);
        let (socket, answer) = client_async(request, stream).await.expect("an upgrade");
        assert_eq!(answer.headers().get("sec-websocket-extensions"), None);
        Self { socket, presence: VecDeque::new(), frames: VecDeque::new() }
    }

    /// A session of this token.
    pub async fn of(ward: &Ward, token: &str) -> Self {
        Self::of_client(&Kpn::new(ward, token.to_owned()), &ward.url).await
    }

    /// A session of the token of a client, on the server at this URL.
    pub async fn of_client(client: &Kpn, url: &str) -> Self {
        let mut adapter = Self::connect_to(url, "/v1").await;
        let welcome = adapter.shake_hands(&client.token).await;
        assert_eq!(welcome["event"], "authenticated", "{welcome}");
        adapter
    }

    /// Says who it is, and gives the answer.
    pub async fn shake_hands(&mut self, token: &str) -> Value {
        let properties = json!({ "os": "linux", "browser": "node", "device": "bot", "version": "2.3.1" });
        self.say("handshake", json!({ "token": token, "properties": properties })).await;
        self.next().await
    }

    /// Sends an event.
    pub async fn say(&mut self, event: &str, data: Value) {
        self.send(Message::text(json!({ "event": event, "data": data }).to_string())).await;
    }

    /// Sends a frame of any kind.
    pub async fn send(&mut self, message: Message) {
        timeout(PATIENCE, self.socket.send(message)).await.expect("room").expect("the server listens");
    }

    /// Sends a frame of any kind to a server that may have hung up meanwhile.
    pub async fn try_to_send(&mut self, message: Message) {
        drop(timeout(PATIENCE, self.socket.send(message)).await.expect("room"));
    }

    /// What comes next, of any kind.
    pub async fn come(&mut self) -> Come {
        loop {
            let next = timeout(PATIENCE, self.socket.next()).await.expect("the server says something");
            return match next {
                Some(Ok(Message::Text(text))) => Come::Frame(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(close))) => Come::Closed(close.map_or(0, |close| close.code.into())),
                Some(Ok(Message::Ping(_))) => Come::Ping,
                Some(Ok(Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Binary(_))) => panic!("a binary frame"),
                Some(Err(Error::ConnectionClosed)) | None => Come::Closed(0),
                Some(Err(error)) => panic!("{error}"),
            };
        }
    }

    async fn more(&mut self) {
        loop {
            match self.come().await {
                Come::Frame(frame) if frame["event"] == "presence_update" => {
                    return self.presence.push_back(frame);
                }
                Come::Frame(frame) => return self.frames.push_back(frame),
                Come::Ping => {}
                Come::Closed(code) => panic!("the server closed: {code}"),
            }
        }
    }

    /// The next frame that tells of no presence.
    pub async fn next(&mut self) -> Value {
        while self.frames.is_empty() {
            self.more().await;
        }
        self.frames.pop_front().expect("a frame")
    }

    /// The next frame, which tells of this event: its data.
    #[track_caller]
    pub fn next_is(&mut self, event: &'static str) -> impl Future<Output = Value> {
        let at = std::panic::Location::caller();
        async move {
            let mut frame = self.next().await;
            assert_eq!(frame["event"], event, "{at}: {frame}");
            frame["data"].take()
        }
    }

    /// The next word of somebody's presence: who, and what they are.
    pub async fn presence(&mut self) -> (String, String) {
        while self.presence.is_empty() {
            self.more().await;
        }
        let frame = self.presence.pop_front().expect("a frame");
        let word = |name: &str| frame["data"][name].as_str().expect("a text").to_owned();
        (word("user_id"), word("status"))
    }

    /// The next frame, which is an error: its code and name.
    pub async fn error(&mut self) -> (u64, String) {
        let frame = self.next().await;
        error_of(&frame)
    }

    /// Sends an event, which is refused: the code, the name and the whole data of it.
    pub async fn refused(&mut self, event: &str, data: Value) -> (u64, String, Value) {
        self.say(event, data).await;
        let frame = self.next().await;
        let (code, error) = error_of(&frame);
        (code, error, frame["data"].clone())
    }

    /// Passes when nothing was left for it until now, whatever was said of presence.
    pub async fn has_heard_nothing(&mut self) {
        assert_eq!(self.refused("anything new?", json!({})).await.1, "unknown_event");
    }

    /// The same, and nobody's presence was told.
    pub async fn has_heard_of_nobody(&mut self) {
        self.has_heard_nothing().await;
        assert_eq!(self.presence, [] as [Value; 0]);
    }

    /// Everything up to the end, and its code.
    pub async fn end(&mut self) -> (Vec<Value>, u16) {
        let mut frames: Vec<Value> = self.frames.drain(..).collect();
        loop {
            match self.come().await {
                Come::Frame(frame) if frame["event"] == "presence_update" => {}
                Come::Frame(frame) => frames.push(frame),
                Come::Ping => {}
                Come::Closed(code) => return (frames, code),
            }
        }
    }

    /// Everything up to the end, also when the server hung up without a word, and its code.
    pub async fn whatever_still_comes(&mut self) -> (Vec<Value>, u16) {
        let mut frames: Vec<Value> = self.frames.drain(..).collect();
        loop {
            match timeout(PATIENCE, self.socket.next()).await.expect("the server says something") {
                Some(Ok(Message::Text(text))) => frames.push(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(close))) => {
                    return (frames, close.map_or(0, |close| close.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return (frames, 0),
            }
        }
    }

    /// Sends bytes that are not what a websocket sends.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.socket.get_mut().write_all(bytes).await.expect("the server listens");
    }

    /// The next text as it comes over the line, when nothing came before it: the kind and the length of each of its frames
    /// (RFC 6455 section 5.2), and what they say together.
    pub async fn next_in_frames(&mut self) -> (Vec<(u8, usize)>, Value) {
        timeout(PATIENCE, self.frames_of_one_text()).await.expect("the server says something")
    }

    async fn frames_of_one_text(&mut self) -> (Vec<(u8, usize)>, Value) {
        let (stream, mut frames, mut text) = (self.socket.get_mut(), Vec::new(), Vec::new());
        loop {
            let first = stream.read_u8().await.expect("a frame");
            let length = match stream.read_u8().await.expect("its length") {
                126 => stream.read_u16().await.expect("its length").into(),
                127 => stream.read_u64().await.expect("its length").try_into().expect("a length"),
                length => usize::from(length),
            };
            let before = text.len();
            text.resize(before + length, 0);
            stream.read_exact(&mut text[before..]).await.expect("the frame");
            frames.push((first & 0x0f, length));
            if first & 0x80 != 0 {
                return (frames, serde_json::from_slice(&text).expect("JSON"));
            }
        }
    }

    /// The one error before the end, and the code of that.
    pub async fn end_by_error(&mut self) -> ((u64, String), u16) {
        let (frames, code) = self.end().await;
        assert_eq!(frames.len(), 1, "{frames:?}");
        (error_of(&frames[0]), code)
    }

    /// Says goodbye.
    pub async fn leave(mut self) {
        self.send(Message::Close(None)).await;
        while !matches!(self.come().await, Come::Closed(_)) {}
    }

    /// Hangs up without a word.
    pub fn drop_line(self) {
        drop(self);
    }
}

fn error_of(frame: &Value) -> (u64, String) {
    assert_eq!(frame["event"], "error", "{frame}");
    let data = &frame["data"];
    (data["code"].as_u64().expect("a number"), data["error"].as_str().expect("a name").to_owned())
}
