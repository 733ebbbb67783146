//! The websocket gateway: clients hear what happens in the chats of a person, and may write themselves.
//!
//! Always true:
//! - Only members are told what happens in a chat, and only in the organisation of their token. Who went, or whose token
//!   ended, is told nothing more, and a second later at the most where that was done by another server.
//! - The messages of a chat reach a session in the order of their places, none twice, and none is missing that this
//!   server committed after its `authenticated` was sent, until the session ends. One that cannot keep up is ended. What
//!   other servers of the same database commit is told with the next message that this one commits in that chat.
//! - Nothing is told that is not committed.
//! - Where nobody is connected, a commit costs one look at a counter.
//!
//! [`upgrade`] makes the websocket, [`talk`] is a session's task, [`heard`] does what clients say, [`telling`] turns what
//! was committed into frames, and [`sweep`] looks after everybody.

mod audiences;
mod heard;
mod roll;
mod session;
mod shards;
mod sides;
mod sweep;
mod talk;
mod telling;
mod upgrade;
mod words;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use door::{Door, Quota, Stopped};
use kernel::limits::{GATEWAY_EVENTS_PER_MINUTE, GATEWAY_MESSAGES_PER_MINUTE};
use kernel::{RequestId, SessionId};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::OnceCell;

use crate::{layers, refusals};
use audiences::Audiences;
use roll::Roll;
use session::Session;
use shards::Shards;
use sweep::Deliveries;
use upgrade::Upgrade;

/// The gateway of a house.
pub(crate) struct Gateway {
    door: Door,
    roll: Roll,
    audiences: Audiences,
    shards: Shards,
    deliveries: Deliveries,
    events: Quota,
    messages: Quota,
    /// Sessions that are told what happens; the lock is for who changes their number.
    listening: Arc<AtomicUsize>,
    changing: Mutex<()>,
    /// Set once everything was told that was committed before the word to stop.
    last_told: OnceCell<()>,
    runtime: OnceLock<Handle>,
}

impl Gateway {
    /// The gateway behind a door, which hears what is committed from now on.
    pub fn new(door: &Door) -> Arc<Self> {
        let clock = &door.house.clock;
        let events = Quota::per_minute(clock.clone(), "events_per_minute", GATEWAY_EVENTS_PER_MINUTE);
        let messages = Quota::per_minute(clock.clone(), "messages_per_minute", GATEWAY_MESSAGES_PER_MINUTE);
        let gateway = Arc::new(Self {
            door: door.clone(),
            roll: Roll::default(),
            audiences: Audiences::default(),
            shards: Shards::default(),
            deliveries: Deliveries::default(),
            events,
            messages,
            listening: Arc::default(),
            changing: Mutex::default(),
            last_told: OnceCell::new(),
            runtime: OnceLock::new(),
        });
        // The store must not hold the house that holds it.
        let (listening, us) = (gateway.listening.clone(), Arc::downgrade(&gateway));
        door.house.db.observe_in_order(move |events| {
            if listening.load(Ordering::SeqCst) == 0 {
                return;
            }
            if let Some(gateway) = us.upgrade() {
                gateway.hear(events);
            }
        });
        gateway
    }

    fn now_ms(&self) -> i64 {
        self.door.house.clock.now_ms()
    }

    /// One more session is told what happens. What was remembered while none was is worth nothing.
    fn begin_listening(&self) {
        let _changing = self.changing.lock();
        // From here on changes are heard, and only what was remembered before that is forgotten.
        if self.listening.fetch_add(1, Ordering::SeqCst) == 0 {
            self.audiences.forget_all();
            self.shards.forget();
        }
    }

    fn end_listening(&self) {
        let _changing = self.changing.lock();
        self.listening.fetch_sub(1, Ordering::SeqCst);
    }

    async fn serve(self: Arc<Self>, upgrade: Upgrade, session: Arc<Session>, stopped: Option<Stopped>) {
        let Some(mut socket) = upgrade.socket().await else { return };
        let here = Here::enter(self.clone(), session);
        talk::talk(&here.gateway, &here.session, &mut socket, stopped).await;
        drop(here);
        if self.roll.is_empty() {
            // The server waits for those whose sockets are open, and nobody sweeps any more after that.
            self.write_deliveries().await;
        }
    }
}

/// Somebody who is here until this is dropped, however their task ends.
struct Here {
    gateway: Arc<Gateway>,
    session: Arc<Session>,
}

impl Here {
    fn enter(gateway: Arc<Gateway>, session: Arc<Session>) -> Self {
        if gateway.roll.enter(&session) {
            drop(tokio::spawn(gateway.clone().sweep()));
        }
        Self { gateway, session }
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        let Self { gateway, session } = self;
        if let Some(holder) = gateway.roll.leave(session) {
            gateway.leave_presence(&holder, None);
        }
        if session.holder().is_some() {
            gateway.end_listening();
        }
    }
}

/// The upgrade. Who it is says the first frame; no header is asked for it.
pub(crate) async fn connect(State(gateway): State<Arc<Gateway>>, mut request: Request) -> Response {
    let upgrade = match Upgrade::of(&mut request) {
        Ok(upgrade) => upgrade,
        Err(refusal) => {
            let transaction =
                request.extensions().get::<RequestId>().map(kernel::Id::hex).unwrap_or_default();
            let mut response = refusals::write_body(refusal.into_response(), transaction);
            layers::add_headers(&mut response, gateway.door.messenger_quota.untouched());
            return response;
        }
    };
    let (parts, _) = request.into_parts();
    let house = &gateway.door.house;
    let id = SessionId::new(&house.clock, &house.rng);
    let session = Arc::new(Session::new(id, gateway.door.address(&parts), gateway.now_ms()));
    gateway.runtime.get_or_init(Handle::current);
    let (answer, stopped) = (upgrade.answer(), parts.extensions.get::<Stopped>().cloned());
    drop(tokio::spawn(gateway.clone().serve(upgrade, session, stopped)));
    answer
}
