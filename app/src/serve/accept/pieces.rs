//! A small answer leaves in one piece. A client of the vendor takes the answer to an upload for broken when it gets the
//! head before the body.

use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::Json;
use axum::http::StatusCode;
use axum::routing::post;
use parking_lot::Mutex;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, ReadBuf, duplex};
use tokio_rustls::TlsConnector;

use super::*;
use crate::serve::{Stop, install_provider};

const REQUEST: &[u8] =
    b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const BODY: &str = r#"{"id":"7"}"#;
/// What a record of TLS begins with that brings data (RFC 5246 section 6.2.1), and the bytes before its content.
const DATA: u8 = 23;
const RECORD_HEAD: usize = 5;

/// A stream that notes what is written to it, write by write.
struct Noted {
    stream: DuplexStream,
    writes: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl AsyncRead for Noted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Noted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.writes.lock().push(bytes[..written].to_vec());
        Poll::Ready(Ok(written))
    }

    // As a socket, which takes several buffers in one call of the system.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let whole = parts.iter().flat_map(|part| part.iter().copied()).collect::<Vec<u8>>();
        self.poll_write(context, &whole)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A server, the client's end of a connection to it, and the server's with what was written there.
async fn both_ends() -> (Serving, Stop, DuplexStream, Noted) {
    let tuning = Tuning {
        connections_max: 10,
        connections_per_address_max: 0,
        trusted_proxies: Vec::new(),
        drain_within: Duration::from_secs(1),
    };
    let reception = Reception::bind("127.0.0.1:0".parse().unwrap(), tuning).await.unwrap();
    let (stop, stopped) = Stop::new();
    let made = async || (StatusCode::CREATED, Json(serde_json::json!({ "id": "7" })));
    let serving = reception.serving(Router::new().route("/", post(made)), stopped);
    let (client, server) = duplex(64 << 10);
    (serving, stop, client, Noted { stream: server, writes: Arc::default() })
}

fn peer() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 40_000))
}

#[tokio::test]
async fn a_small_answer_leaves_in_one_write() {
    let (serving, _stop, mut client, server) = both_ends().await;
    let writes = server.writes.clone();
    let speaking = tokio::spawn(serving.speak(server, peer()));
    client.write_all(REQUEST).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    speaking.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201") && answer.ends_with(BODY), "{answer}");
    assert_eq!(writes.lock().len(), 1, "head and body together");
}

#[tokio::test]
async fn by_tls_a_small_answer_leaves_in_one_record() {
    install_provider();
    let (serving, _stop, client, server) = both_ends().await;
    let writes = server.writes.clone();
    let folder = tempfile::tempdir().unwrap();
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(&chain, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    // In 1.2 nothing but data comes in records of data, so that they can be told apart without their keys.
    let versions = ClientConfig::builder_with_protocol_versions(&[&rustls::version::TLS12]);
    let config = versions.with_root_certificates(roots).with_no_client_auth();
    let accepting = Certificate::open(&chain, &key).unwrap().acceptor().accept(server);
    let connector = TlsConnector::from(Arc::new(config));
    let connecting = connector.connect("localhost".try_into().unwrap(), client);
    let (server, client) = tokio::join!(accepting, connecting);
    let (server, mut client) = (server.unwrap(), client.unwrap());

    let before = writes.lock().len();
    let speaking = tokio::spawn(serving.speak(server, peer()));
    client.write_all(REQUEST).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    speaking.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 201") && answer.ends_with(BODY), "{answer}");
    let written = writes.lock()[before..].concat();
    assert_eq!(records(&written).iter().filter(|kind| **kind == DATA).count(), 1, "head and body together");
}

/// What kind each of these records is.
fn records(mut bytes: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    while bytes.len() >= RECORD_HEAD {
        kinds.push(bytes[0]);
        let length = usize::from(u16::from_be_bytes([bytes[3], bytes[4]]));
        bytes = &bytes[RECORD_HEAD + length..];
    }
    kinds
}
