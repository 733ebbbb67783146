//! The one task that looks after all connections: who did not say who they are, who fell silent, whose token ends, and
//! what reached whom.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::{ChatId, Error, OrganisationId, PersonId};
use messaging::push::{self, Delivered};
use parking_lot::Mutex;
use tokio::time::{MissedTickBehavior, interval};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::Gateway;
use super::heard::LOOK_EVERY_MS;
use super::session::{Brought, Holder, Out, Session};
use super::talk::end;

/// How often it looks. Each look notes what reached whom, so that this is also how often that is written.
const PERIOD: Duration = Duration::from_secs(1);
/// A client says who it is within ten seconds of connecting.
const HANDSHAKE_WITHIN_MS: i64 = 10_000;
/// The vendor's clients ping every 30 seconds. Who was not heard for longer is asked, and let go when they are silent.
const PING_AFTER_MS: i64 = 45_000;
const SILENT_FOR_MS: i64 = 90_000;

/// What reached the devices of whom, and is not written yet. In an order, so that what one transaction writes lies
/// together on the disk, and two servers take their rows in the same order.
#[derive(Default)]
pub(super) struct Deliveries(Mutex<BTreeMap<(OrganisationId, ChatId, PersonId), i64>>);

impl Deliveries {
    /// Notes what was sent to somebody. Of their own messages they have no receipt.
    pub fn note(&self, holder: &Holder, Brought { chat, seq, author }: Brought) {
        if author != holder.person {
            let (organisation, person) = (holder.organisation, holder.person);
            self.put(&[Delivered { organisation, chat, person, seq }]);
        }
    }

    fn put(&self, marks: &[Delivered]) {
        let mut noted = self.0.lock();
        for Delivered { organisation, chat, person, seq } in marks {
            let noted = noted.entry((*organisation, *chat, *person)).or_insert(*seq);
            *noted = *seq.max(noted);
        }
    }

    fn take(&self) -> Vec<Delivered> {
        let noted = std::mem::take(&mut *self.0.lock());
        let mark = |((organisation, chat, person), seq)| Delivered { organisation, chat, person, seq };
        noted.into_iter().map(mark).collect()
    }
}

impl Gateway {
    /// Looks after the connections until none is left.
    pub(super) async fn sweep(self: Arc<Self>) {
        let mut turns = interval(PERIOD);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            let (all, now_ms) = (self.roll.all(), self.now_ms());
            all.iter().for_each(|session| look_after(session, now_ms));
            self.write_deliveries().await;
            if self.roll.is_left() {
                return self.write_deliveries().await;
            }
        }
    }

    /// Writes what reached whom. What cannot be written now is noted again, for the next time.
    pub(super) async fn write_deliveries(&self) {
        let noted = self.deliveries.take();
        for some in noted.chunks(push::MARKS_MAX) {
            let marks = some.to_vec();
            let written =
                self.door.house.db.write(marks, |tx, marks| Box::pin(push::mark_delivered(tx, marks)));
            if let Err(error) = written.await {
                tracing::warn!(?error, "what reached whom could not be noted; it is tried again");
                self.deliveries.put(some);
            }
        }
    }
}

fn look_after(session: &Session, now_ms: i64) {
    if session.holder().is_none() && now_ms - session.came_ms >= HANDSHAKE_WITHIN_MS {
        let error = Error::invalid("event", "handshake_expected", "a handshake comes within ten seconds");
        end(session, error, CloseCode::Policy, "no handshake came");
    }
    if session.is_to_be_looked_up(now_ms, LOOK_EVERY_MS) {
        // Should its token have ended, it hears that, and not that it was silent.
        return session.outbox.look();
    }
    let silent_ms = session.silent_ms(now_ms);
    if silent_ms >= SILENT_FOR_MS {
        session.outbox.cut(None, CloseCode::Policy, "nothing was heard");
    } else if silent_ms >= PING_AFTER_MS && session.is_to_be_pinged() {
        session.outbox.push(Out::Ping);
    }
}
