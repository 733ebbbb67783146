//! What an open page hears of what is committed, for as long as the session behind it stands (Server-Sent Events, HTML
//! standard 9.2).

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event as Word, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use door::Caller;
use futures_util::stream;
use kernel::{Actor, Error, Event, Result, SessionId};
use store::Tx;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::live::Seat;
use crate::state::Web;
use crate::visitor::Visitor;

/// How often the session is looked at again when nothing was heard of it: it may end by the clock, or on another server.
/// No word of a page says what it is about, and what the page then asks for is looked at by itself.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How often a silent stream says that it is there, so that no proxy between cuts it.
const SIGN_OF_LIFE_EVERY: Duration = Duration::from_secs(15);

/// Listens on behalf of one page.
pub struct Listener {
    /// Who the session stood for when it was last looked at.
    pub caller: Caller,
    /// The session, as it is kept.
    pub session: [u8; 32],
    /// Which it is.
    id: Option<SessionId>,
    events: Receiver<Arc<[Event]>>,
    looks: Interval,
    _seat: Seat,
}

/// What a page hears.
pub enum Heard {
    /// What was committed since the last, each time together.
    Events(Vec<Arc<[Event]>>),
    /// Something, which was missed.
    Missed,
    /// Its person became something else, or left a team.
    OtherRights,
}

impl Listener {
    /// Listens from now on.
    ///
    /// # Errors
    /// [`Error::LimitReached`] when too many pages listen.
    pub fn begin(web: &Web, visitor: Visitor, headers: &HeaderMap) -> Result<Self> {
        let Visitor { caller, session: id, .. } = visitor;
        let (events, seat) = web.live.listen(caller.actor.person)?;
        let session = web.cookies.session_hash(headers).ok_or(Error::Unauthenticated)?;
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Ok(Self { caller, session, id, events, looks, _seat: seat })
    }

    /// The next that is heard, with all that waits to be heard by then: of much one look tells as much as of little.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] once the session has ended; a database that cannot be asked lets nobody listen on.
    pub async fn next(&mut self) -> Result<Heard> {
        loop {
            tokio::select! {
                told = self.events.recv() => {
                    let heard = match told {
                        Ok(events) => self.with_what_waits(events),
                        Err(RecvError::Lagged(_)) => Heard::Missed,
                        Err(RecvError::Closed) => return Err(Error::Unauthenticated),
                    };
                    let is_as_before = !self.is_about_us(&heard) || self.is_as_before().await?;
                    return Ok(if is_as_before { heard } else { Heard::OtherRights });
                },
                _ = self.looks.tick() => if !self.is_as_before().await? { return Ok(Heard::OtherRights) },
            }
        }
    }

    fn with_what_waits(&mut self, first: Arc<[Event]>) -> Heard {
        let mut all = vec![first];
        loop {
            match self.events.try_recv() {
                Ok(events) => all.push(events),
                Err(TryRecvError::Lagged(_)) => return Heard::Missed,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Heard::Events(all),
            }
        }
    }

    /// Whether the session may have ended, or its person become something else.
    fn is_about_us(&self, heard: &Heard) -> bool {
        let Heard::Events(all) = heard else { return true };
        all.iter().flat_map(|events| events.iter()).any(|event| match event {
            Event::SessionEnded { session } => Some(*session) == self.id,
            Event::PersonChanged { person } => *person == self.caller.actor.person,
            _ => false,
        })
    }

    /// Whether the person of the session has the same rights as when it was last looked at.
    async fn is_as_before(&self) -> Result<bool> {
        let input = (self.session, self.caller.actor.clone());
        let look =
            self.caller.house.db.read(input, |tx, (session, actor)| {
                Box::pin(async move { who_is_it(tx, session, actor).await })
            });
        let (who, actor) = (look.await?, &self.caller.actor);
        Ok(who.role == actor.role && who.teams == actor.teams)
    }
}

/// Whom the session stands for by now, who must still be the one that came.
///
/// # Errors
/// [`Error::Unauthenticated`] when it is nobody, or somebody else.
pub async fn who_is_it(tx: &Tx, session: &[u8; 32], came: &Actor) -> Result<Actor> {
    let who = identity::recognise_session(tx, session).await?;
    let who = who.filter(|who| (who.person, who.organisation) == (came.person, came.organisation));
    Ok(who.ok_or(Error::Unauthenticated)?.actor(came.origin))
}

/// What tells a page what it should know.
pub trait Telling: Send + Sized + 'static {
    /// The next word; an error once there is nothing more to tell.
    fn next(&mut self) -> impl Future<Output = Result<Word>> + Send;

    /// All words as an answer. The last is `out` when the page is not its reader's any more, and `ended` when the
    /// session has.
    fn answer(self) -> Response {
        let words = stream::unfold(Some(self), |telling| async move {
            let mut telling = telling?;
            Some(match telling.next().await {
                Ok(word) => (Ok::<_, Infallible>(word), Some(telling)),
                Err(error) => (Ok(last(&error)), None),
            })
        });
        Sse::new(words).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE_EVERY)).into_response()
    }
}

fn last(error: &Error) -> Word {
    let name = match error {
        Error::NotFound { .. } | Error::NotAllowed { .. } => "out",
        _ => "ended",
    };
    Word::default().event(name).data("now")
}
