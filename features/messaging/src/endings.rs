//! What ends by itself: a group in which nothing was written for days closes, and a message expires when its time is
//! over.
//!
//! Posting knows nothing of it. A job of the chat comes back whenever something may be due: it does a little in each
//! transaction and leaves itself for the next instant in the same one, so that it is lost at no instant. A message
//! that comes meanwhile is due no sooner than one that was there. Who shortens a span has the job brought forward.
//!
//! An expired message is deleted as by hand: its text, files and what else hangs on it go, and its place stays, some
//! hundred bytes, since the places of a chat have no gaps. A legal hold keeps it, and is asked again each day.

use audit::{Deed, Line};
use kernel::{ChatChange, ChatId, Error, Event, MessageId, OrganisationId, PersonId, Result};
use serde::{Deserialize, Serialize};
use store::jobs::{self, NewJob};
use store::{Row, Tx, args};

use crate::chat::{Patients, Settings};
use crate::guests;
use crate::line;
use crate::members::take_turns_in;
use crate::remains;
use crate::rows::{chats, members, messages};

/// The job that closes a chat and lets its messages expire; its payload is a [`LookAfter`].
pub const LOOK_AFTER: &str = "messaging.look_after_chat";

const DAY_MS: i64 = 24 * 3_600 * 1_000;
/// The shortest pause of a chat in which nothing waits: a span of a second is not looked for each second for ever.
const PAUSE_MS_MIN: i64 = 5_000;

/// Which chat [`LOOK_AFTER`] looks after, and how far it has come.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct LookAfter {
    organisation: OrganisationId,
    chat: ChatId,
    /// Behind this place are the messages that are still to be looked at.
    after_seq: i64,
    /// The first place that a legal hold has kept on the way; the next walk begins there.
    held_seq: Option<i64>,
}

/// What a look asks of the chat.
struct Lasting {
    patients: Patients,
    is_closed: bool,
    active_ms: i64,
    is_held: bool,
    close_ms: i64,
    expire_ms: i64,
}

/// A place of the chat, as a look finds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub seq: i64,
    pub id: MessageId,
    pub posted_ms: i64,
    pub is_gone: bool,
    pub is_held: bool,
}

/// What a stretch of places comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// Whose time is over.
    pub expired: Vec<(MessageId, i64)>,
    /// The last place that was passed.
    pub reached: Option<i64>,
    /// The first that is held.
    pub held: Option<i64>,
    /// When the first was posted whose time is yet to come.
    pub next_posted_ms: Option<i64>,
}

/// Leaves the job for a chat with such a setting, which began and was last active at these instants. It is due as soon
/// as anything may be: no message is older than its chat.
pub(crate) async fn leave(
    tx: &Tx,
    (organisation, chat): (OrganisationId, ChatId),
    settings: &Settings,
    (made_ms, active_ms): (i64, i64),
) -> Result<()> {
    let closes_ms = (settings.auto_close_days > 0).then_some(active_ms + settings.auto_close_days * DAY_MS);
    let expires = settings.auto_expire_seconds > 0;
    let expires_ms = expires.then_some(made_ms + settings.auto_expire_seconds * 1_000);
    let Some(due_ms) = closes_ms.into_iter().chain(expires_ms).min() else { return Ok(()) };
    let job = LookAfter { organisation, chat, after_seq: 0, held_seq: None };
    leave_for(tx, &job, due_ms.max(tx.now_ms())).await
}

async fn leave_for(tx: &Tx, job: &LookAfter, due_ms: i64) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(Error::bug)?;
    let new = NewJob { name: LOOK_AFTER, dedupe: Some(job.chat.hex()), payload, due_ms };
    jobs::enqueue_or_bring_forward(tx, &new).await
}

/// Does the job [`LOOK_AFTER`]: closes the chat when that is due, lets some messages expire, and leaves the job for
/// when more is due. A chat without such a setting, and one that is gone, is left alone from then on.
///
/// # Errors
/// As [`Tx::all`].
pub async fn look_after(tx: &Tx, job: &LookAfter) -> Result<()> {
    let chat = tx.one(chats::LASTING, &args![&job.organisation, &job.chat], Lasting::of).await?;
    let Some(chat) = chat else { return Ok(()) };
    let closes_ms = close_when_due(tx, job, &chat).await?;
    let is_closed = chat.is_closed || (chat.close_ms > 0 && closes_ms.is_none());
    let expires = expire_some(tx, job, &chat, is_closed).await?;
    let due_ms = closes_ms.into_iter().chain(expires.map(|(due_ms, _)| due_ms)).min();
    let Some(due_ms) = due_ms else { return Ok(()) };
    let next = expires.map_or(*job, |(_, next)| next);
    leave_for(tx, &next, due_ms).await
}

/// Closes the chat when nothing was written for as long as its setting says; else says when that may be so.
async fn close_when_due(tx: &Tx, job: &LookAfter, chat: &Lasting) -> Result<Option<i64>> {
    let now = tx.now_ms();
    if chat.close_ms == 0 || chat.is_closed {
        return Ok(None);
    }
    if chat.active_ms + chat.close_ms > now {
        return Ok(Some(chat.active_ms + chat.close_ms));
    }
    take_turns_in(tx, &job.chat).await?;
    let idle = args![&job.organisation, &job.chat, now, now - chat.close_ms];
    if tx.run(chats::CLOSE_IDLE, &idle).await? == 0 {
        // Somebody wrote, or closed it, at this moment.
        return Ok(Some(now));
    }
    guests::end_soon(tx, &job.organisation, &job.chat).await?;
    let line = Line::without_actor(job.organisation, Deed::ChatClosed).object(job.chat.as_bytes());
    line::by_itself(tx, (&job.organisation, &job.chat), chat.patients, line.because("idle")).await?;
    let (organisation, chat) = (job.organisation, job.chat);
    let audience = args![&organisation, &chat];
    let members = tx.all(members::AUDIENCE, &audience, |row| row.get::<PersonId>(0)).await?;
    tx.emit(Event::ChatChanged { organisation, chat, change: ChatChange::Closed, by: None, members });
    Ok(None)
}

/// Lets the next messages expire whose time is over, and says when to go on, and where. A closed chat in which nothing is
/// left is looked at no more: who opens it again leaves the job.
async fn expire_some(
    tx: &Tx,
    job: &LookAfter,
    chat: &Lasting,
    is_closed: bool,
) -> Result<Option<(i64, LookAfter)>> {
    let now = tx.now_ms();
    if chat.expire_ms == 0 {
        return Ok(None);
    }
    if chat.is_held {
        return Ok(Some((now + DAY_MS, *job)));
    }
    let some = remains::MESSAGES_PER_CALL_MAX;
    let limit = i64::try_from(some).map_err(Error::bug)?;
    let place = args![&job.organisation, &job.chat, job.after_seq, limit];
    let mut seen = tx.all(messages::LASTING_AFTER, &place, messages::seen).await?;
    let mut stretch = Stretch::of(&seen, now - chat.expire_ms);
    let expired: Vec<MessageId> = stretch.expired.iter().map(|(id, _)| *id).collect();
    let at_once = remains::at_once(tx, &job.organisation, &expired).await?;
    let is_cut = at_once < expired.len();
    if is_cut {
        // The stretch ends before the first that is left for the next transaction.
        let (_, first_left) = stretch.expired[at_once];
        seen.retain(|one| one.seq < first_left);
        stretch = Stretch::of(&seen, now - chat.expire_ms);
    }
    expire(tx, job, chat.patients, &stretch.expired).await?;
    let more_follow = is_cut || stretch.next_posted_ms.is_none() && seen.len() == some;
    let is_over = is_closed && !more_follow && job.held_seq.is_none() && stretch.is_empty();
    Ok((!is_over).then(|| job.after(&stretch, more_follow, chat.expire_ms, now)))
}

async fn expire(tx: &Tx, job: &LookAfter, patients: Patients, expired: &[(MessageId, i64)]) -> Result<()> {
    let (Some((_, first)), Some((_, last))) = (expired.first(), expired.last()) else { return Ok(()) };
    let mut ids: Vec<MessageId> = expired.iter().map(|(id, _)| *id).collect();
    let nothing: &[u8] = &[];
    let rest = args![&job.organisation, nothing, tx.now_ms()];
    let gone = tx.all_of(messages::EXPIRE, &ids, &rest, |row| row.get::<MessageId>(0)).await?;
    // They are told in the order of the chat, and a statement answers in any.
    ids.retain(|id| gone.contains(id));
    if ids.is_empty() {
        return Ok(());
    }
    remains::of_messages(tx, &job.organisation, &ids).await?;
    let which = format!("expired: places {first} to {last}");
    let line = Line::without_actor(job.organisation, Deed::MessageDeleted).object(job.chat.as_bytes());
    line::by_itself(tx, (&job.organisation, &job.chat), patients, line.because(which)).await?;
    for message in ids {
        let (organisation, chat) = (job.organisation, job.chat);
        tx.emit(Event::MessageDeleted { organisation, chat, message, by: None });
    }
    Ok(())
}

impl LookAfter {
    /// When to go on after a stretch, and where.
    fn after(&self, stretch: &Stretch, more_follow: bool, expire_ms: i64, now: i64) -> (i64, Self) {
        let reached = stretch.reached.unwrap_or(self.after_seq);
        let held_seq = self.held_seq.or(stretch.held);
        if more_follow {
            return (now, Self { after_seq: reached, held_seq, ..*self });
        }
        let due_ms = match stretch.next_posted_ms {
            Some(posted_ms) => posted_ms + expire_ms,
            None => now + expire_ms.max(PAUSE_MS_MIN),
        };
        match held_seq {
            Some(held) => {
                let next = Self { after_seq: held - 1, held_seq: None, ..*self };
                (due_ms.min(now + DAY_MS), next)
            }
            None => (due_ms, Self { after_seq: reached, held_seq: None, ..*self }),
        }
    }
}

impl Stretch {
    /// Whether nothing is there that ends, now or later.
    const fn is_empty(&self) -> bool {
        self.expired.is_empty() && self.next_posted_ms.is_none() && self.held.is_none()
    }

    /// Messages are in the order of time, so that the first whose time is to come ends the stretch.
    pub fn of(seen: &[Seen], cutoff_ms: i64) -> Self {
        let mut stretch = Self::default();
        for one in seen {
            match one {
                Seen { is_gone: true, .. } => {}
                Seen { posted_ms, .. } if *posted_ms > cutoff_ms => {
                    stretch.next_posted_ms = Some(*posted_ms);
                    break;
                }
                Seen { is_held: true, seq, .. } => stretch.held = stretch.held.or(Some(*seq)),
                Seen { id, seq, .. } => stretch.expired.push((*id, *seq)),
            }
            stretch.reached = Some(one.seq);
        }
        stretch
    }
}

impl Lasting {
    fn of(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            patients: Patients::of_row(row.get(0)?, row.get(1)?),
            is_closed: row.get::<Option<i64>>(2)?.is_some(),
            active_ms: row.get(3)?,
            is_held: row.get(4)?,
            close_ms: row.get::<i64>(5)? * DAY_MS,
            expire_ms: row.get::<i64>(6)? * 1_000,
        })
    }
}
