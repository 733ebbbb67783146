//! Accepting connections, and serving HTTP/1.1 on each.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
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
    tuning: Tuning,
}

/// What each connection needs.
#[derive(Clone)]
struct Serving {
    router: Router,
    certificate: Option<Arc<Certificate>>,
    places: Arc<Semaphore>,
    crowd: Crowd,
    stopped: Stopped,
}

impl Reception {
    /// Binds the address.
    ///
    /// # Errors
    /// When the system does not give it.
    pub async fn bind(address: SocketAddr, tuning: Tuning) -> io::Result<Self> {
        let listeners = vec![TcpListener::bind(address).await?];
        Ok(Self { listeners, certificate: None, tuning })
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

    /// Where it listens, the first address bound.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listeners[0].local_addr()
    }

    /// Serves until the word to stop, and then until those under way are done or their time is over.
    pub async fn serve(self, router: Router, stopped: Stopped) {
        let places_max = usize::try_from(self.tuning.connections_max).unwrap_or(Semaphore::MAX_PERMITS);
        let places = Arc::new(Semaphore::new(places_max));
        let crowd = Crowd::new(self.tuning.connections_per_address_max, &self.tuning.trusted_proxies);
        let certificate = self.certificate;
        let serving = Serving { router, certificate, places: places.clone(), crowd, stopped };
        let accepting = self.listeners.into_iter().map(|listener| serving.clone().accept(listener));
        futures_util::future::join_all(accepting).await;
        let everybody_left = places.acquire_many(self.tuning.connections_max);
        if timeout(self.tuning.drain_within, everybody_left).await.is_err() {
            tracing::warn!("some requests did not finish in time and are cut off");
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
                (Ok(place), Ok((stream, peer))) => {
                    // One that comes from where there are too many already is closed; its client hears nothing.
                    match self.crowd.admit(peer.ip()) {
                        Some(seat) => {
                            drop(tokio::spawn(self.clone().connect((place, seat), stream, peer)));
                        }
                        None => self.note_refused(),
                    }
                }
                (_, Err(error)) => {
                    tracing::warn!(kind = ?error.kind(), "a connection could not be accepted");
                    drop(timeout(REST, std::future::pending::<()>()).await);
                }
                (Err(_), _) => return,
            }
        }
    }

    /// Tells the operator which setting closes connections; of whose they are nothing is written.
    fn note_refused(&self) {
        super::metrics::note_refused_connection();
        if self.crowd.is_to_be_told(Instant::now()) {
            tracing::warn!(
                "connections are closed: one address has as many as limits.connections_per_address_max allows"
            );
        }
    }

    async fn connect(self, held: (OwnedSemaphorePermit, Seat), stream: TcpStream, peer: SocketAddr) {
        let _held = held;
        let _open = super::metrics::OpenConnection::count();
        drop(stream.set_nodelay(true));
        let stream = Steady::new(stream);
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
            let (answering, stopped) = (router.clone().oneshot(prepared(request, peer)), stopped.clone());
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

fn prepared(request: hyper::Request<Incoming>, peer: SocketAddr) -> Request {
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(ConnectInfo(peer));
    Request::from_parts(parts, impatient(Body::new(body)))
}
