//! How often PostgreSQL is waited for: what each body costs where the database is a network away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kernel::{Clock, Error, Rng};
use store::{Db, Options, Place, Statement, args};
use testkit::{Engine, Keeper as _, Setting as _, Site};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{INSERT, insert};

const DELETE_ALL: &str = "DELETE FROM leases";

/// Stands between the store and its server, and counts how often the store speaks after the server did.
struct Relay {
    url: String,
    turns: Arc<AtomicUsize>,
}

impl Relay {
    async fn before(url: &str) -> Self {
        let (head, tail) = url.split_once('@').expect("user@server");
        let (server, database) = tail.split_once('/').expect("server/database");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let turns = Arc::new(AtomicUsize::new(0));
        drop(tokio::spawn(relay(listener, server.to_owned(), turns.clone())));
        Self { url: format!("{head}@{address}/{database}"), turns }
    }

    /// The round trips of some work.
    async fn of<T>(&self, work: impl Future<Output = T>) -> (usize, T) {
        let before = self.turns.load(Ordering::SeqCst);
        let answer = work.await;
        (self.turns.load(Ordering::SeqCst) - before, answer)
    }
}

async fn relay(listener: TcpListener, server: String, turns: Arc<AtomicUsize>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = TcpStream::connect(&server).await.expect("the server");
        drop(tokio::spawn(pass_on(client, server, turns.clone())));
    }
}

async fn pass_on(mut client: TcpStream, mut server: TcpStream, turns: Arc<AtomicUsize>) {
    let (mut said, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut is_clients_turn = true;
    loop {
        tokio::select! {
            Ok(count @ 1..) = client.read(&mut said) => {
                turns.fetch_add(usize::from(is_clients_turn), Ordering::SeqCst);
                is_clients_turn = false;
                server.write_all(&said[..count]).await.expect("the server takes it");
            }
            Ok(count @ 1..) = server.read(&mut answered) => {
                is_clients_turn = true;
                // The store may have gone.
                if client.write_all(&answered[..count]).await.is_err() {
                    return;
                }
            }
            else => return,
        }
    }
}

async fn bodies_wait_as_little_as_they_can(site: Site) {
    let Place::Url(url) = &site.place else { unreachable!("PostgreSQL was asked for") };
    let relay = Relay::before(url).await;
    let (clock, rng) = (Clock::system(), Rng::system());
    let db = Db::open(Options { place: Place::Url(relay.url.clone()), database_ca_file: None, clock, rng })
        .await
        .expect("a store");
    let alone = |name: &str| db.run_alone(Statement::new(INSERT, &args![name, b"holder", 1_i64]));
    let two = |names: [&'static str; 2]| {
        db.write(names, |tx, [one, other]| {
            Box::pin(async move {
                insert(tx, one).await?;
                insert(tx, other).await
            })
        })
    };
    // The first use of a statement prepares it, which is another round trip.
    alone("first").await.expect("stored");
    let clear = || db.run_alone(Statement::new(DELETE_ALL, &[]));
    clear().await.expect("cleared");

    let (trips, stored) = relay.of(alone("alone")).await;
    assert_eq!((trips, stored.expect("stored")), (1, 1), "the statement, and neither BEGIN nor COMMIT");
    let (trips, refused) = relay.of(alone("alone")).await;
    assert!(refused.is_err());
    assert_eq!(trips, 1);
    let (trips, stored) = relay.of(two(["a", "b"])).await;
    assert_eq!(
        (trips, stored.expect("stored")),
        (3, 1),
        "BEGIN goes with the first, then the second, then COMMIT"
    );
    let (trips, refused) = relay.of(two(["c", "a"])).await;
    assert!(refused.is_err());
    assert_eq!(trips, 3, "ROLLBACK instead of COMMIT");
    assert_eq!(clear().await.expect("cleared"), 3, "what was refused is not there");
    let (trips, refused) =
        relay.of(db.write((), |_, ()| Box::pin(async { Err::<(), _>(Error::Unauthenticated) }))).await;
    assert!(matches!(refused, Err(Error::Unauthenticated)));
    assert_eq!(trips, 0, "a body without a statement does not trouble the server");
}

/// On one thread: what is said in one breath then leaves in one piece, and the count is the same each time.
#[test]
fn a_statement_alone_is_one_round_trip_and_a_beginning_costs_none() {
    if testkit::postgres_server().is_none() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (site, keeper) = Site::open(Engine::Postgres).await;
        bodies_wait_as_little_as_they_can(site).await;
        keeper.close().await;
    });
}
