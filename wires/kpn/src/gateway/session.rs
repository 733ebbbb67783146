//! One connection of a client, as others see it: who holds it, what waits for it, and when it was last heard.

use std::collections::{BTreeSet, VecDeque};
use std::net::IpAddr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::task::Poll;
use std::vec;

use futures_util::future::poll_fn;
use futures_util::task::AtomicWaker;
use kernel::limits::{GATEWAY_BYTES_WAITING_MAX, GATEWAY_FRAMES_WAITING_MAX, GATEWAY_SUBSCRIPTIONS_MAX};
use kernel::{ChatId, Error, OrganisationId, PersonId, Result, SessionId, TokenId};
use parking_lot::Mutex;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

/// Room for so many frames is kept when a session has nothing to send.
const FRAMES_KEPT: usize = 16;

/// A session, from its connection to its end.
pub(super) struct Session {
    pub id: SessionId,
    pub address: Option<IpAddr>,
    /// When it connected.
    pub came_ms: i64,
    pub outbox: Outbox,
    /// Who holds it, once it is known.
    holder: OnceLock<Holder>,
    /// When anything at all was last heard of it.
    heard_ms: AtomicI64,
    /// When its token was last looked up.
    looked_ms: AtomicI64,
    /// Whether that failed, so that it may have ended since.
    is_unsure: AtomicBool,
    is_pinged: AtomicBool,
    /// Whether it was told who is there; before that it is not told who comes and goes.
    is_introduced: AtomicBool,
    subscribed: Mutex<BTreeSet<ChatId>>,
}

/// Whose session it is.
#[derive(Clone, Copy)]
pub(super) struct Holder {
    pub person: PersonId,
    pub organisation: OrganisationId,
    pub token: Option<TokenId>,
    /// The hash of the token.
    pub hash: [u8; 32],
    /// When the token ends.
    pub ends_ms: i64,
}

/// What a session's own task is to do next.
pub(super) enum Out {
    /// Send this.
    Frame(Frame),
    /// Ask whether anybody is there.
    Ping,
    /// Look whether the token still stands.
    Look,
    /// Close, for this reason.
    End(CloseCode, &'static str),
}

impl Out {
    /// Bytes of what it sends.
    fn bytes(&self) -> usize {
        match self {
            Self::Frame(frame) => frame.text.len(),
            Self::Ping | Self::Look | Self::End(..) => 0,
        }
    }
}

/// What waits in one place.
enum Waiting {
    One(Out),
    /// Texts that are sent one after another; at least one is left.
    Many(vec::IntoIter<Utf8Bytes>),
}

impl Waiting {
    fn bytes(&self) -> usize {
        match self {
            Self::One(out) => out.bytes(),
            Self::Many(texts) => texts.as_slice().iter().map(|text| text.len()).sum(),
        }
    }
}

/// What does not wait until a slow client has taken what is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgent {
    /// Look whether the token still stands.
    Look,
    /// Nothing of what waited is sent any more.
    End,
}

/// A frame, and which message it brings whole.
#[derive(Clone)]
pub(super) struct Frame {
    pub text: Utf8Bytes,
    pub brings: Option<Brought>,
}

/// A message that a frame brings whole.
#[derive(Clone, Copy)]
pub(super) struct Brought {
    pub chat: ChatId,
    pub seq: i64,
    pub author: PersonId,
}

impl From<Utf8Bytes> for Frame {
    fn from(text: Utf8Bytes) -> Self {
        Self { text, brings: None }
    }
}

impl Session {
    pub fn new(id: SessionId, address: Option<IpAddr>, now_ms: i64) -> Self {
        Self {
            id,
            address,
            came_ms: now_ms,
            outbox: Outbox::default(),
            holder: OnceLock::new(),
            heard_ms: AtomicI64::new(now_ms),
            looked_ms: AtomicI64::new(now_ms),
            is_unsure: AtomicBool::new(false),
            is_pinged: AtomicBool::new(false),
            is_introduced: AtomicBool::new(false),
            subscribed: Mutex::default(),
        }
    }

    pub fn holder(&self) -> Option<&Holder> {
        self.holder.get()
    }

    /// Says whose it is; only the first word counts.
    pub fn is_of(&self, holder: Holder) {
        self.holder.get_or_init(|| holder);
    }

    pub fn note_heard(&self, now_ms: i64) {
        self.heard_ms.store(now_ms, Ordering::Relaxed);
        self.is_pinged.store(false, Ordering::Relaxed);
    }

    /// How long nothing was heard.
    pub fn silent_ms(&self, now_ms: i64) -> i64 {
        now_ms - self.heard_ms.load(Ordering::Relaxed)
    }

    /// Whether it is to be asked whether it is there: once in each silence.
    pub fn is_to_be_pinged(&self) -> bool {
        !self.is_pinged.swap(true, Ordering::Relaxed)
    }

    /// Whether its token is to be looked up again by now; if so, it counts as done.
    pub fn is_to_be_looked_up(&self, now_ms: i64, every_ms: i64) -> bool {
        let ends = self.holder().is_some_and(|holder| now_ms >= holder.ends_ms);
        let is_due = ends || now_ms - self.looked_ms.load(Ordering::Relaxed) >= every_ms;
        if is_due {
            self.looked_ms.store(now_ms, Ordering::Relaxed);
        }
        is_due && self.holder().is_some()
    }

    /// Says whether its token could be looked up.
    pub fn note_looked_up(&self, could_be: bool) {
        self.is_unsure.store(!could_be, Ordering::Relaxed);
    }

    /// Whether its token could not be looked up the last time.
    pub fn is_unsure(&self) -> bool {
        self.is_unsure.load(Ordering::Relaxed)
    }

    pub fn is_introduced(&self) -> bool {
        self.is_introduced.load(Ordering::Relaxed)
    }

    /// Whether it was not introduced before.
    pub fn introduce(&self) -> bool {
        !self.is_introduced.swap(true, Ordering::Relaxed)
    }

    pub fn is_subscribed(&self, chat: ChatId) -> bool {
        self.subscribed.lock().contains(&chat)
    }

    /// From now on it gets the messages of this group whole.
    pub fn subscribe(&self, chat: ChatId) -> Result<()> {
        let mut subscribed = self.subscribed.lock();
        if subscribed.len() >= GATEWAY_SUBSCRIPTIONS_MAX && !subscribed.contains(&chat) {
            return Err(Error::too_large("subscriptions", GATEWAY_SUBSCRIPTIONS_MAX as u64));
        }
        subscribed.insert(chat);
        Ok(())
    }

    pub fn unsubscribe(&self, chat: ChatId) {
        self.subscribed.lock().remove(&chat);
    }
}

/// What waits for a session's task. It has a bound: a session that does not keep up is let go, and its client asks the
/// REST API for what it missed.
#[derive(Default)]
pub(super) struct Outbox {
    kept: Mutex<Kept>,
    reader: AtomicWaker,
}

#[derive(Default)]
struct Kept {
    queue: VecDeque<Waiting>,
    /// Bytes of what waits.
    bytes: usize,
    /// Nothing more is taken.
    is_shut: bool,
    is_overrun: bool,
    /// What waited was thrown out, and the end stands alone.
    is_cut: bool,
    /// Before anything more is sent, the token is looked up.
    must_look: bool,
}

impl Kept {
    fn throw_out(&mut self) {
        (self.queue, self.bytes) = (VecDeque::new(), 0);
    }

    fn is_full(&self) -> bool {
        self.queue.len() >= GATEWAY_FRAMES_WAITING_MAX || self.bytes > GATEWAY_BYTES_WAITING_MAX
    }

    fn pop(&mut self) -> Option<Out> {
        let next = match self.queue.pop_front()? {
            Waiting::One(out) => out,
            Waiting::Many(mut texts) => {
                let text = texts.next()?;
                if !texts.as_slice().is_empty() {
                    self.queue.push_front(Waiting::Many(texts));
                }
                Out::Frame(text.into())
            }
        };
        self.bytes -= next.bytes();
        if self.queue.is_empty() && self.queue.capacity() > FRAMES_KEPT {
            self.queue = VecDeque::new();
        }
        Some(next)
    }
}

impl Outbox {
    /// Leaves something that must not be missing.
    pub fn push(&self, out: Out) {
        self.put(Waiting::One(out));
    }

    fn put(&self, waiting: Waiting) {
        let mut kept = self.kept.lock();
        if kept.is_shut {
            return;
        }
        kept.is_shut = matches!(waiting, Waiting::One(Out::End(..)));
        if kept.is_full() {
            (kept.is_shut, kept.is_overrun) = (true, true);
            kept.throw_out();
        } else {
            kept.bytes += waiting.bytes();
            kept.queue.push_back(waiting);
        }
        drop(kept);
        self.reader.wake();
    }

    pub fn send(&self, frame: impl Into<Frame>) {
        self.push(Out::Frame(frame.into()));
    }

    /// Leaves a word that is worth nothing later, unless the session is behind already.
    pub fn mention(&self, text: &Utf8Bytes) {
        if !self.is_behind() {
            self.send(text.clone());
        }
    }

    /// Leaves many such words.
    pub fn mention_all(&self, texts: Vec<Utf8Bytes>) {
        if !texts.is_empty() && !self.is_behind() {
            self.put(Waiting::Many(texts.into_iter()));
        }
    }

    fn is_behind(&self) -> bool {
        let kept = self.kept.lock();
        kept.queue.len() >= GATEWAY_FRAMES_WAITING_MAX / 2 || kept.bytes > GATEWAY_BYTES_WAITING_MAX / 2
    }

    /// Has the token looked up before anything more is sent.
    pub fn look(&self) {
        self.kept.lock().must_look = true;
        self.reader.wake();
    }

    /// Ends it without what waits: who holds it may not have that any more, or is not there to take it.
    pub fn cut(&self, last: Option<Utf8Bytes>, code: CloseCode, reason: &'static str) {
        let mut kept = self.kept.lock();
        if kept.is_cut || kept.is_overrun {
            return;
        }
        (kept.is_shut, kept.is_cut, kept.must_look) = (true, true, false);
        kept.throw_out();
        kept.queue.extend(last.map(|text| Waiting::One(Out::Frame(text.into()))));
        kept.bytes = kept.queue.iter().map(Waiting::bytes).sum();
        kept.queue.push_back(Waiting::One(Out::End(code, reason)));
        drop(kept);
        self.reader.wake();
    }

    pub fn is_cut(&self) -> bool {
        self.kept.lock().is_cut
    }

    /// Waits for the next.
    pub async fn next(&self) -> Out {
        poll_fn(|context| {
            self.reader.register(context.waker());
            let mut kept = self.kept.lock();
            if kept.is_overrun {
                return Poll::Ready(Out::End(CloseCode::Again, "too far behind"));
            }
            if std::mem::take(&mut kept.must_look) {
                return Poll::Ready(Out::Look);
            }
            kept.pop().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Waits for what does not wait until the client has taken what is under way.
    pub async fn urgent(&self) -> Urgent {
        poll_fn(|context| {
            self.reader.register(context.waker());
            let mut kept = self.kept.lock();
            if kept.is_overrun || kept.is_cut {
                return Poll::Ready(Urgent::End);
            }
            if std::mem::take(&mut kept.must_look) { Poll::Ready(Urgent::Look) } else { Poll::Pending }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn who_does_not_keep_up_is_let_go_and_nothing_piles_up() {
        let (outbox, word) = (Outbox::default(), Utf8Bytes::from_static("{}"));
        (0..GATEWAY_FRAMES_WAITING_MAX).for_each(|_| outbox.mention(&word));
        (0..GATEWAY_FRAMES_WAITING_MAX / 2).for_each(|_| outbox.send(word.clone()));
        assert!(outbox.urgent().now_or_never().is_none(), "words in passing leave room for the others");
        assert!(matches!(outbox.next().now_or_never(), Some(Out::Frame(_))));
        outbox.send(word.clone());
        outbox.send(word.clone());
        assert_eq!(outbox.urgent().now_or_never(), Some(Urgent::End));
        assert!(matches!(outbox.next().now_or_never(), Some(Out::End(CloseCode::Again, _))));
        assert_eq!(outbox.kept.lock().queue.capacity(), 0);
    }

    #[test]
    fn long_texts_count_by_their_bytes() {
        let (outbox, text) = (Outbox::default(), Utf8Bytes::from("a".repeat(200 << 10)));
        let fit = GATEWAY_BYTES_WAITING_MAX / text.len();
        for _ in 0..100 {
            // One is taken for each that comes: nothing piles up.
            outbox.send(text.clone());
            assert!(matches!(outbox.next().now_or_never(), Some(Out::Frame(_))));
        }
        (0..=fit).for_each(|_| outbox.send(text.clone()));
        assert_eq!(outbox.urgent().now_or_never(), None, "{fit} of them fit, and the one that fills it");
        outbox.send(text);
        assert_eq!(outbox.urgent().now_or_never(), Some(Urgent::End));
        assert_eq!(outbox.kept.lock().bytes, 0);
    }

    #[test]
    fn what_a_token_no_longer_gives_is_not_sent_however_much_waits() {
        let (outbox, word) = (Outbox::default(), Utf8Bytes::from_static("{}"));
        (0..100).for_each(|_| outbox.send(word.clone()));
        outbox.look();
        outbox.send(word.clone());
        assert!(matches!(outbox.next().now_or_never(), Some(Out::Look)), "before all that waits");
        assert!(matches!(outbox.next().now_or_never(), Some(Out::Frame(_))), "the token stood");
        outbox.look();
        assert_eq!(
            outbox.urgent().now_or_never(),
            Some(Urgent::Look),
            "while a slow client takes the one before"
        );
        outbox.cut(Some(Utf8Bytes::from_static("over")), CloseCode::Policy, "over");
        outbox.send(word);
        assert_eq!(outbox.urgent().now_or_never(), Some(Urgent::End));
        let last = outbox.next().now_or_never();
        assert!(matches!(last, Some(Out::Frame(frame)) if frame.text.as_str() == "over"));
        assert!(matches!(outbox.next().now_or_never(), Some(Out::End(CloseCode::Policy, _))));
        assert!(outbox.next().now_or_never().is_none());
    }

    #[test]
    fn of_many_words_none_is_sent_any_more_once_the_session_is_cut_or_behind() {
        let (outbox, word) = (Outbox::default(), Utf8Bytes::from_static("{}"));
        outbox.mention_all(vec![word.clone(); 5_000]);
        outbox.send(Utf8Bytes::from_static("later"));
        for left in (0..5_000).rev() {
            let next = outbox.next().now_or_never();
            assert!(matches!(next, Some(Out::Frame(frame)) if frame.text == word));
            assert_eq!(outbox.kept.lock().bytes, left * word.len() + "later".len());
        }
        let later = outbox.next().now_or_never();
        assert!(matches!(later, Some(Out::Frame(frame)) if frame.text.as_str() == "later"));
        assert!(outbox.next().now_or_never().is_none());
        for cut in [true, false] {
            let outbox = Outbox::default();
            outbox.mention_all(vec![word.clone(); 5_000]);
            assert!(matches!(outbox.next().now_or_never(), Some(Out::Frame(_))));
            if cut {
                outbox.cut(None, CloseCode::Policy, "over");
            } else {
                (0..GATEWAY_FRAMES_WAITING_MAX).for_each(|_| outbox.send(word.clone()));
            }
            assert!(matches!(outbox.next().now_or_never(), Some(Out::End(..))));
        }
    }

    #[test]
    fn nothing_comes_after_the_end() {
        let outbox = Outbox::default();
        outbox.push(Out::End(CloseCode::Policy, "over"));
        outbox.send(Utf8Bytes::from_static("{}"));
        assert!(matches!(outbox.next().now_or_never(), Some(Out::End(CloseCode::Policy, _))));
        assert!(outbox.next().now_or_never().is_none());
    }

    #[test]
    fn a_session_subscribes_to_so_many_groups_and_no_more() {
        let chat = |n: usize| {
            let mut bytes = [0; 12];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            ChatId::from_bytes(bytes)
        };
        let session = Session::new(SessionId::from_bytes([1; 12]), None, 0);
        for n in 0..GATEWAY_SUBSCRIPTIONS_MAX {
            session.subscribe(chat(n)).expect("room");
        }
        session.subscribe(chat(7)).expect("it has it already");
        assert!(matches!(session.subscribe(chat(GATEWAY_SUBSCRIPTIONS_MAX)), Err(Error::TooLarge { .. })));
        session.unsubscribe(chat(7));
        session.subscribe(chat(GATEWAY_SUBSCRIPTIONS_MAX)).expect("room again");
    }
}
