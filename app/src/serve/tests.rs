use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use futures_util::{StreamExt as _, stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::*;

struct Running {
    address: SocketAddr,
    stop: Stop,
    server: JoinHandle<()>,
}

async fn run(router: Router, connections_max: u32) -> Running {
    run_with(router, connections_max, 0).await
}

async fn run_with(router: Router, connections_max: u32, connections_per_address_max: u32) -> Running {
    let drain_within = Duration::from_secs(5);
    let trusted_proxies = Vec::new();
    let tuning = Tuning { connections_max, connections_per_address_max, trusted_proxies, drain_within };
    let reception = Reception::bind("127.0.0.1:0".parse().unwrap(), tuning).await.unwrap();
    let address = reception.address().unwrap();
    let (stop, stopped) = Stop::new();
    Running { address, stop, server: tokio::spawn(reception.serve(router, stopped)) }
}

async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_request_under_way_is_answered_after_the_word_to_stop_and_a_new_one_is_not_taken() {
    let (open, gate) = oneshot::channel::<()>();
    let (entered, inside) = oneshot::channel::<()>();
    let once = std::sync::Arc::new(parking_lot::Mutex::new(Some((gate, entered))));
    let slow = get(async move || {
        let (gate, entered) = once.lock().take().unwrap();
        entered.send(()).unwrap();
        gate.await.unwrap();
        "done"
    });
    let running = run(Router::new().route("/slow", slow), 10).await;
    let address = running.address;
    let asking = tokio::spawn(async move { ask(address, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await });
    inside.await.unwrap();
    running.stop.now();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    open.send(()).unwrap();
    let answer = asking.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
    running.server.await.unwrap();
}

#[tokio::test]
async fn a_stream_of_events_ends_at_the_word_to_stop() {
    let events = get(async || {
        let body = Body::from_stream(
            stream::once(async { Ok::<_, Infallible>("data: 1\n\n") }).chain(stream::pending()),
        );
        ([("content-type", "text/event-stream")], body)
    });
    let running = run(Router::new().route("/events", events), 10).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(b"GET /events HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    while !answer.contains("data: 1") {
        let mut some = [0; 1_000];
        let length = stream.read(&mut some).await.unwrap();
        answer.push_str(std::str::from_utf8(&some[..length]).unwrap());
    }
    running.stop.now();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("0\r\n\r\n"), "the client sees a whole answer: {answer}");
    running.server.await.unwrap();
}

#[tokio::test]
async fn headers_without_end_are_refused_and_handlers_know_the_peer() {
    use axum::extract::ConnectInfo;
    let peer = get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string());
    let running = run(Router::new().route("/", peer), 10).await;
    let answer = ask(running.address, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.ends_with("127.0.0.1"), "{answer}");
    let long = format!("GET / HTTP/1.1\r\nhost: x\r\na: {}\r\n\r\n", "x".repeat(60_000));
    assert!(ask(running.address, &long).await.starts_with("HTTP/1.1 431"));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(200));
    assert!(ask(running.address, &many).await.starts_with("HTTP/1.1 431"));
    assert!(ask(running.address, "nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400"));
    running.stop.now();
    running.server.await.unwrap();
}

#[tokio::test]
async fn a_connection_beyond_the_bound_waits_until_one_is_free() {
    let running = run(Router::new().route("/", post(async |body: String| body)), 1).await;
    let first = TcpStream::connect(running.address).await.unwrap();
    let request = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";
    let mut second = Box::pin(ask(running.address, request));
    let waiting = tokio::time::timeout(Duration::from_millis(200), &mut second).await;
    assert!(waiting.is_err(), "the only place is taken");
    drop(first);
    assert!(second.await.ends_with("hi"));
    running.stop.now();
    running.server.await.unwrap();
}

#[tokio::test]
async fn an_address_with_too_many_connections_is_cut_off_and_what_it_has_goes_on() {
    let running = run_with(Router::new().route("/", get(async || "here")), 100, 2).await;
    let request = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut first = TcpStream::connect(running.address).await.unwrap();
    let second = TcpStream::connect(running.address).await.unwrap();
    for _ in 0..3 {
        let mut over = TcpStream::connect(running.address).await.unwrap();
        let end = tokio::time::timeout(Duration::from_secs(10), over.read(&mut [0; 100])).await;
        assert!(matches!(end.expect("at once"), Ok(0) | Err(_)), "not a word");
    }
    let mut answer = String::new();
    first.write_all(request.as_bytes()).await.unwrap();
    first.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("here"), "{answer}");
    drop((first, second));
    // The server hears of it in its own time.
    while !asked(running.address, request).await.is_some_and(|answer| answer.ends_with("here")) {}
    running.stop.now();
    running.server.await.unwrap();
}

/// The answer, when there is one.
async fn asked(address: SocketAddr, request: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    Some(answer)
}

#[tokio::test(start_paused = true)]
async fn who_never_reads_an_answer_gives_the_place_back() {
    let endless =
        get(async || Body::from_stream(stream::repeat_with(|| Ok::<_, Infallible>(vec![b'a'; 64 << 10]))));
    let router = Router::new().route("/", get(async || "here")).route("/endless", endless);
    let running = run(router, 1).await;
    let mut deaf = TcpStream::connect(running.address).await.unwrap();
    deaf.write_all(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let answer = ask(running.address, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.ends_with("here"), "{answer}");
    let mut taken = Vec::new();
    // How a connection ends on which something was left unsent is the system's choice.
    drop(deaf.read_to_end(&mut taken).await);
    assert!(taken.starts_with(b"HTTP/1.1 200"));
    assert!(!taken.ends_with(b"0\r\n\r\n"), "an answer that was cut off does not look whole");
    running.stop.now();
    running.server.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_in_gives_the_place_back() {
    let taken = post(async |body: axum::body::Bytes| body.len().to_string());
    let running = run(Router::new().route("/", taken), 1).await;
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    slow.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n").await.unwrap();
    let dripping = tokio::spawn(async move {
        let mut drops = 0;
        while slow.write_all(b"a").await.is_ok() {
            drops += 1;
            tokio::time::timeout(Duration::from_secs(20), std::future::pending::<()>()).await.unwrap_err();
        }
        drops
    });
    let request = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";
    assert!(ask(running.address, request).await.ends_with('2'));
    assert!(dripping.await.unwrap() < 10);
    running.stop.now();
    running.server.await.unwrap();
}

#[tokio::test]
async fn a_new_certificate_is_taken_and_a_broken_one_is_not() {
    install_provider();
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let make = |name: &str| {
        let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        std::fs::write(&chain, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    };
    make("one.test");
    let certificate = Certificate::open(&chain, &key).unwrap();
    let of = |certificate: &Certificate| std::sync::Arc::as_ptr(certificate.acceptor().config());
    let first = of(&certificate);
    assert_eq!(of(&certificate), first);
    tokio::time::timeout(Duration::from_millis(1_100), std::future::pending::<()>()).await.unwrap_err();
    std::fs::write(&key, "no key").unwrap();
    assert_eq!(of(&certificate), first, "a broken key changes nothing");
    tokio::time::timeout(Duration::from_millis(1_100), std::future::pending::<()>()).await.unwrap_err();
    make("two.test");
    assert_ne!(of(&certificate), first);
    assert!(Certificate::open(&folder.path().join("none"), &key).is_err());
}

/// Whether a new connection is answered.
async fn is_heard(address: SocketAddr) -> bool {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // One that is closed unheard may be gone by now.
    drop(stream.write_all(b"GET /here HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await);
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.is_ok() && answer.ends_with("here")
}

#[tokio::test]
async fn what_a_connection_was_upgraded_to_keeps_its_place_and_is_told_to_stop() {
    let upgrade = get(async |mut request: axum::extract::Request| {
        let mut stopped = request.extensions().get::<Stopped>().unwrap().clone();
        let upgraded = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let mut stream = hyper_util::rt::TokioIo::new(upgraded.await.unwrap());
            let mut byte = [0];
            tokio::select! {
                read = stream.read(&mut byte) => assert_eq!(read.unwrap_or_default(), 0),
                () = stopped.wait() => stream.write_all(b"bye").await.unwrap(),
            }
        });
        (axum::http::StatusCode::SWITCHING_PROTOCOLS, [("connection", "upgrade"), ("upgrade", "echo")])
    });
    let router = Router::new().route("/upgrade", upgrade).route("/here", get(async || "here"));
    let running = run_with(router, 10, 2).await;
    let upgraded = async || {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        let request = b"GET /upgrade HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101"));
        stream
    };
    let (first, mut stream) = (upgraded().await, upgraded().await);
    assert!(!is_heard(running.address).await, "their address has no other place");
    drop(first);
    while !is_heard(running.address).await {}
    running.stop.now();
    let mut told = String::new();
    stream.read_to_string(&mut told).await.unwrap();
    assert_eq!(told, "bye");
    running.server.await.unwrap();
}
