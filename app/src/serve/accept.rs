//! Accepting connections, and serving HTTP/1.1 on each.

#[cfg(test)]
mod pieces;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::header::UPGRADE;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use tower::ServiceExt as _;

use super::crowd::{Crowd, Seat};
use super::endless::ending;
use super::metrics::{OpenConnection, Unheard};
use super::plain::Plain;
use super::seldom::Seldom;
use super::slow::impatient;
use super::steady::Steady;
use super::{Certificate, Stopped};

/// A client that takes longer for its request line and headers, or is idle for longer, is let go.
const HEADERS_WITHIN: Duration = Duration::from_secs(30);
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
const HEADER_BYTES_MAX: usize = 32 << 10;
const HEADERS_MAX: usize = 100;
const BUFFER_BYTES_MAX: usize = 128 << 10;
/// How long to rest when the system has no more handles to give.
const REST: Duration = Duration::from_millis(100);

/// What an operator tunes.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// Connections that are open at once.
    pub connections_max: u32,
    /// Those of one address; 0 for any number.
    pub connections_per_address_max: u32,
    /// Addresses that may have as many as there are.
    pub trusted_proxies: Vec<IpAddr>,
    /// How long those under way may take once the word to stop is given.
    pub drain_within: Duration,
}

/// Where clients come in.
pub struct Reception {
    listeners: Vec<TcpListener>,
    certificate: Option<Arc<Certificate>>,
    is_for_anybody: bool,
    tuning: Tuning,
}

/// What each connection needs.
#[derive(Clone)]
struct Serving {
    router: Router,
    certificate: Option<Arc<Certificate>>,
    places: Arc<Semaphore>,
    crowd: Crowd,
    /// Whom alone to hear; `None` for anybody.
    plain: Option<Plain>,
    told_crowded: Seldom,
    told_plain: Seldom,
    stopped: Stopped,
}

impl Reception {
    /// Binds the address.
    ///
    /// # Errors
    /// When the system does not give it.
    pub async fn bind(address: SocketAddr, tuning: Tuning) -> io::Result<Self> {
        let listeners = vec![TcpListener::bind(address).await?];
        Ok(Self { listeners, certificate: None, is_for_anybody: false, tuning })
    }

    /// Binds the same port of another address too, when the system gives it.
    pub async fn bind_also(&mut self, address: SocketAddr) {
        self.listeners.extend(TcpListener::bind(address).await.ok());
    }

    /// Speaks TLS with this certificate.
    #[must_use]
    pub fn with_tls(mut self, certificate: Option<Certificate>) -> Self {
        self.certificate = certificate.map(Arc::new);
        self
    }

    /// Answers plain HTTP to other machines too: for what tells nothing of anybody.
    #[must_use]
    pub const fn for_anybody(mut self) -> Self {
        self.is_for_anybody = true;
        self
    }

    /// Where it listens, the first address bound.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listeners[0].local_addr()
    }

    /// Serves until the word to stop, and then until those under way are done or their time is over.
    pub async fn serve(self, router: Router, stopped: Stopped) {
        let serving = self.serving(router, stopped);
        let accepting = self.listeners.into_iter().map(|listener| serving.clone().accept(listener));
        futures_util::future::join_all(accepting).await;
        let everybody_left = serving.places.acquire_many(self.tuning.connections_max);
        if timeout(self.tuning.drain_within, everybody_left).await.is_err() {
            tracing::warn!("some requests did not finish in time and are cut off");
        }
    }

    fn serving(&self, router: Router, stopped: Stopped) -> Serving {
        let Tuning { connections_max, connections_per_address_max, trusted_proxies, .. } = &self.tuning;
        let places_max = usize::try_from(*connections_max).unwrap_or(Semaphore::MAX_PERMITS);
        let is_for_some = self.certificate.is_none() && !self.is_for_anybody;
        Serving {
            router,
            certificate: self.certificate.clone(),
            places: Arc::new(Semaphore::new(places_max)),
            crowd: Crowd::new(*connections_per_address_max, trusted_proxies),
            plain: is_for_some.then(|| Plain::new(trusted_proxies)),
            told_crowded: Seldom::default(),
            told_plain: Seldom::default(),
            stopped,
        }
    }
}

impl Serving {
    async fn accept(self, listener: TcpListener) {
        let mut stopped = self.stopped.clone();
        let mut stopping = pin!(stopped.wait());
        loop {
            let next = async {
                let place = self.places.clone().acquire_owned().await;
                (place, listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                () = &mut stopping => return,
                next = next => next,
            };
            match (place, accepted) {
                (Ok(place), Ok((stream, peer))) => self.welcome(place, stream, peer),
                (_, Err(error)) => {
                    tracing::warn!(kind = ?error.kind(), "a connection could not be accepted");
                    drop(timeout(REST, std::future::pending::<()>()).await);
                }
                (Err(_), _) => return,
            }
        }
    }

    /// Hears a connection, or closes it; whose is closed hears nothing.
    fn welcome(&self, place: OwnedSemaphorePermit, stream: TcpStream, peer: SocketAddr) {
        if self.plain.as_ref().is_some_and(|plain| !plain.is_for(peer.ip())) {
            return self.note_unheard(Unheard::Plain);
        }
        match self.crowd.admit(peer.ip()) {
            Some(seat) => drop(tokio::spawn(self.clone().connect((place, seat), stream, peer))),
            None => self.note_unheard(Unheard::Crowded),
        }
    }

    /// Tells the operator which setting closes connections; of whose they are nothing is written.
    fn note_unheard(&self, why: Unheard) {
        why.count();
        match why {
            Unheard::Crowded if self.told_crowded.is_to_be_told(Instant::now()) => tracing::warn!(
                "connections are closed: one address has as many as limits.connections_per_address_max allows"
            ),
            Unheard::Plain if self.told_plain.is_to_be_told(Instant::now()) => tracing::warn!(
                "connections are closed: without TLS only this machine and the proxies in \
                 server.trusted_proxies are answered"
            ),
            Unheard::Crowded | Unheard::Plain => {}
        }
    }

    async fn connect(self, held: (OwnedSemaphorePermit, Seat), stream: TcpStream, peer: SocketAddr) {
        drop(stream.set_nodelay(true));
        let stream = Steady::new(stream, (held, OpenConnection::count()));
        let Some(certificate) = self.certificate.clone() else { return self.speak(stream, peer).await };
        let handshake = timeout(HANDSHAKE_WITHIN, certificate.acceptor().accept(stream));
        let mut stopped = self.stopped.clone();
        tokio::select! {
            () = stopped.wait() => {}
            stream = handshake => if let Ok(Ok(stream)) = stream { self.speak(stream, peer).await },
        }
    }

    async fn speak<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        mut self,
        stream: S,
        peer: SocketAddr,
    ) {
        let (router, stopped) = (self.router.clone(), self.stopped.clone());
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let answering = router.clone().oneshot(prepared(request, peer, &stopped));
            let stopped = stopped.clone();
            async move { answering.await.map(|response| ending(response, stopped)) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS_WITHIN)
            .max_headers(HEADERS_MAX)
            .max_header_size(HEADER_BYTES_MAX)
            .max_buf_size(BUFFER_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = pin!(connection);
        // Errors here are the client's: it hung up, was too slow, or does not speak HTTP.
        tokio::select! {
            _ = &mut connection => return,
            () = self.stopped.wait() => connection.as_mut().graceful_shutdown(),
        }
        drop(connection.await);
    }
}

/// The request with what belongs to its connection. What it is upgraded to hears of the stop by itself.
fn prepared(request: hyper::Request<Incoming>, peer: SocketAddr, stopped: &Stopped) -> Request {
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(ConnectInfo(peer));
    if parts.headers.contains_key(UPGRADE) {
        parts.extensions.insert(stopped.clone());
    }
    Request::from_parts(parts, impatient(Body::new(body)))
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::serve::Stop;

    /// What a client hears that comes from this address to a server without a certificate.
    async fn heard(serving: &Serving, from: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        let place = serving.places.clone().acquire_owned().await.unwrap();
        serving.welcome(place, stream, SocketAddr::new(from.parse().unwrap(), 40_000));
        let request = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        // The other side may be gone already.
        drop(client.write_all(request.as_bytes()).await);
        let mut answer = String::new();
        if let Err(error) = client.read_to_string(&mut answer).await {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        }
        answer
    }

    #[tokio::test]
    async fn plain_http_from_another_machine_that_is_no_named_proxy_is_closed_unheard() {
        let tuning = Tuning {
            connections_max: 10,
            connections_per_address_max: 0,
            trusted_proxies: vec!["10.0.0.2".parse().unwrap()],
            drain_within: Duration::from_secs(1),
        };
        let reception = Reception::bind("127.0.0.1:0".parse().unwrap(), tuning).await.unwrap();
        let (_stop, stopped) = Stop::new();
        let router = Router::new().route("/", get(async || "here"));
        let serving = reception.serving(router.clone(), stopped.clone());
        for good in ["127.0.0.1", "::1", "10.0.0.2", "::ffff:10.0.0.2"] {
            assert!(heard(&serving, good).await.ends_with("here"), "{good}");
        }
        for bad in ["10.0.0.3", "192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1"] {
            assert_eq!(heard(&serving, bad).await, "", "{bad}");
        }
        assert!(!serving.told_plain.is_to_be_told(Instant::now()), "the operator was told of it");
        let figures = reception.for_anybody().serving(router, stopped);
        assert!(heard(&figures, "192.0.2.1").await.ends_with("here"), "figures tell nothing of anybody");
    }
}
