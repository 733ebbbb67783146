//! Opens sessions of the messenger's gateway over real sockets, as a plan on standard input says; prints lines of JSON.
//!
//! The plan: `{"port": 8080, "tokens": ["…"], "sessions": 1000, "group": "…", "messages": 100, "chars": 50000}`. With a group
//! each session subscribes to it, the first token posts the messages one after another, and how long each took to each
//! session is measured from the instant when it began to be sent; without `chars` they are short. The first few are posted
//! while everybody still hears who else came, and are told of by themselves. Without a group the sessions are idle. They
//! are told of with one line, and held until standard input ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{interval, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// Sessions that are being opened at once.
const OPENING_MAX: usize = 32;
/// Messages that are posted as soon as everybody is there, while they still hear of each other.
const FIRST_FEW: usize = 20;
/// Everybody has heard who else came when nobody hears of anybody for so long.
const QUIET: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<TcpStream>;
type Failed = Box<dyn std::error::Error + Send + Sync>;

#[derive(Deserialize)]
struct Plan {
    port: u16,
    tokens: Vec<String>,
    sessions: usize,
    #[serde(default)]
    group: Option<String>,
    #[serde(default)]
    messages: usize,
    /// How long each message is; those before the measured ones are short.
    #[serde(default)]
    chars: Option<usize>,
}

impl Plan {
    fn body(&self, number: usize) -> String {
        match self.chars {
            Some(chars) if number >= FIRST_FEW => "\u{20ac}".repeat(chars),
            _ => format!("{number} {}", "Good morning, how did you sleep? ".repeat(5)),
        }
    }
}

/// A message that a session got: which, what it said, and when.
struct Heard {
    session: usize,
    body: String,
    at: Instant,
}

fn main() -> Result<(), Failed> {
    let mut line = String::new();
    let mut input = BufReader::new(std::io::stdin());
    input.read_line(&mut line)?;
    let plan: Plan = serde_json::from_str(&line)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sockets = runtime.block_on(open_all(&plan))?;
    match &plan.group {
        Some(group) => println!("{}", runtime.block_on(tell(&plan, group, sockets))?),
        None => println!("{}", json!({ "sessions": sockets.len() })),
    }
    // Until somebody has seen what they cost, the sessions stay open.
    input.read_to_string(&mut line)?;
    Ok(())
}

async fn open_all(plan: &Plan) -> Result<Vec<Socket>, Failed> {
    let places = Arc::new(Semaphore::new(OPENING_MAX));
    let mut opening = Vec::new();
    for number in 0..plan.sessions {
        let (places, port) = (places.clone(), plan.port);
        let (token, group) = (plan.tokens[number % plan.tokens.len()].clone(), plan.group.clone());
        opening.push(tokio::spawn(async move {
            let _place = places.acquire().await?;
            timeout(PATIENCE, open(port, &token, group.as_deref())).await?
        }));
    }
    let mut sockets = Vec::new();
    for socket in opening {
        sockets.push(socket.await??);
    }
    Ok(sockets)
}

/// The frames of somebody's presence that were heard.
static PRESENCES: AtomicUsize = AtomicUsize::new(0);

async fn open(port: u16, token: &str, group: Option<&str>) -> Result<Socket, Failed> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let request = format!("ws://127.0.0.1:{port}/v1/gateway").into_client_request()?;
    let config = WebSocketConfig::default().read_buffer_size(1 << 10).write_buffer_size(0);
    let (mut socket, _) = client_async_with_config(request, stream, Some(config)).await?;
    say(&mut socket, "handshake", json!({ "token": token, "properties": {} })).await?;
    next(&mut socket, "authenticated").await?;
    if let Some(group) = group {
        say(&mut socket, "groupchat_subscribe", json!({ "groupchat_id": group })).await?;
        next(&mut socket, "groupchat_subscribed").await?;
    }
    Ok(socket)
}

async fn say(socket: &mut Socket, event: &str, data: Value) -> Result<(), Failed> {
    Ok(socket.send(Message::text(json!({ "event": event, "data": data }).to_string())).await?)
}

/// The data of the next frame of this event; words of somebody's presence come between.
async fn next(socket: &mut Socket, event: &str) -> Result<Value, Failed> {
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        let mut frame: Value = serde_json::from_str(&text)?;
        if frame["event"] == event {
            return Ok(frame["data"].take());
        }
        if frame["event"] != "presence_update" {
            return Err(format!("{event} should have come, and not {frame}").into());
        }
        PRESENCES.fetch_add(1, Ordering::Relaxed);
    }
    Err("the server hung up".into())
}

async fn tell(plan: &Plan, group: &str, sockets: Vec<Socket>) -> Result<Value, Failed> {
    let (teller, mut heard) = mpsc::unbounded_channel();
    let sessions = sockets.len();
    for (session, mut socket) in sockets.into_iter().enumerate() {
        let teller = teller.clone();
        tokio::spawn(async move {
            while let Ok(data) = next(&mut socket, "groupchat_new_message").await {
                let (body, at) = (data["body"].as_str().unwrap_or_default().to_owned(), Instant::now());
                if teller.send(Heard { session, body, at }).is_err() {
                    return;
                }
            }
        });
    }
    drop(teller);
    let mut sender = TcpStream::connect(("127.0.0.1", plan.port)).await?;
    sender.set_nodelay(true)?;
    let (mut took, mut wrong) = (Vec::new(), 0);
    let mut among_newcomers = 0.0;
    for number in 0..FIRST_FEW + plan.messages {
        if number == FIRST_FEW {
            among_newcomers = in_ms(&mut took, 0.99);
            took.clear();
            wait_for_quiet().await;
        }
        let body = plan.body(number);
        let began = Instant::now();
        post(&mut sender, &plan.tokens[0], group, &body).await?;
        let mut missing = vec![true; sessions];
        while missing.contains(&true) {
            let one = timeout(PATIENCE, heard.recv()).await?.ok_or("every session ended")?;
            let is_right = one.body == body && std::mem::replace(&mut missing[one.session], false);
            wrong += usize::from(!is_right);
            took.push(one.at - began);
        }
    }
    Ok(json!({
        "sessions": sessions, "messages": plan.messages, "delivered": took.len(), "wrong": wrong,
        "p50_ms": in_ms(&mut took, 0.5), "p99_ms": in_ms(&mut took, 0.99), "max_ms": in_ms(&mut took, 1.0),
        "p99_among_newcomers_ms": among_newcomers,
    }))
}

/// How long this part of all took at most.
fn in_ms(took: &mut [Duration], part: f64) -> f64 {
    took.sort_unstable();
    let place = ((took.len() as f64 * part) as usize).min(took.len().saturating_sub(1));
    took.get(place).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
}

async fn wait_for_quiet() {
    let (mut looks, mut heard) = (interval(QUIET), usize::MAX);
    loop {
        looks.tick().await;
        let by_now = PRESENCES.load(Ordering::Relaxed);
        if by_now == heard {
            return;
        }
        heard = by_now;
    }
}

async fn post(stream: &mut TcpStream, token: &str, group: &str, body: &str) -> Result<(), Failed> {
    let body = json!({ "body": body }).to_string();
    let request = format!(
        "POST /v1/groupchats/{group}/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json; charset=UTF-8\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err("the server hung up".into());
        }
    }
    if answer.starts_with(b"HTTP/1.1 201 ") { Ok(()) } else { Err(String::from_utf8_lossy(&answer).into()) }
}
