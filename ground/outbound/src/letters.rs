//! Letters: what is said to somebody by mail or SMS.

use kernel::{Clock, Error, JobId, LetterId, OrganisationId, PersonId, Result, Rng};
use serde::{Deserialize, Serialize};
use store::jobs::{self, NewJob};
use store::{Statement, Tx, args};
use vault::{DataKeyId, KeyRing, Place, Resealing, Vault};

use crate::rows;
pub use crate::rows::Stored;

/// The job that sends a letter.
pub const SEND: &str = "outbound.send";

/// How long the words of a letter are kept: thirty days.
const WORDS_KEPT_MS: i64 = 30 * 24 * 3_600 * 1_000;
/// How long it is kept that there was a letter, and what became of it: a year and a month.
const ROW_KEPT_MS: i64 = 395 * 24 * 3_600 * 1_000;
/// A letter that could not be sent for so long is not sent any more: nobody wants the news of last week.
pub const GOES_WITHIN_MS: i64 = 3 * 24 * 3_600 * 1_000;
/// What stands in the place of words that were removed.
const NO_WORDS: &[u8] = &[];
/// Letters that one look at sealed ones takes.
const LETTERS_PER_LOOK: i64 = 100;

/// Where a letter goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// An e-mail address.
    Mail(String),
    /// A mobile number, E.164.
    Sms(String),
}

/// The way that a letter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By mail.
    Mail,
    /// By SMS.
    Sms,
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is to be sent.
    Waiting,
    /// The mail server took it.
    Sent,
    /// It is of a sandbox organisation, and never sent.
    Kept,
    /// It cannot be sent.
    Refused,
    /// It was sent, and came back.
    Bounced,
}

/// A letter to write.
#[derive(Clone, Debug)]
pub struct Letter {
    /// In whose name it goes out.
    pub organisation: OrganisationId,
    /// What it is for, in one word: `invitation`, `unread`.
    pub kind: &'static str,
    /// Whom it is for, when they are known here.
    pub person: Option<PersonId>,
    /// What it says, and where it goes.
    pub content: Content,
}

/// What of a letter is sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Content {
    /// Where it goes.
    pub to: Address,
    /// What stands above it; not in an SMS.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// Where mail programs end such letters by one click (RFC 8058).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
    /// Who reads it in the stead of whom it is for, while they may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<PersonId>,
    /// What goes with it; not in an SMS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

impl Content {
    /// Words, and nothing else.
    #[must_use]
    pub const fn new(to: Address, subject: String, text: String) -> Self {
        Self { to, subject, text, unsubscribe: None, reader: None, attachments: Vec::new() }
    }
}

/// A text file that goes with a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// What it is called.
    pub name: String,
    /// What it is, with its parameters: `text/calendar; method=REQUEST; charset=utf-8`.
    pub content_type: String,
    /// What stands in it.
    pub text: String,
}

/// What `text/calendar` begins with, which mail programs read beside the words of a letter.
const CALENDAR: &str = "text/calendar";

impl Attachment {
    /// Whether it says in the words of calendar programs what the letter says to people.
    #[must_use]
    pub fn is_calendar(&self) -> bool {
        self.content_type.starts_with(CALENDAR)
    }
}

/// A letter, sealed.
#[derive(Clone, Debug)]
pub struct SealedLetter {
    pub(crate) id: LetterId,
    pub(crate) organisation: OrganisationId,
    pub(crate) kind: &'static str,
    pub(crate) way: Way,
    pub(crate) person: Option<PersonId>,
    pub(crate) content: Vec<u8>,
}

/// What the job [`SEND`] needs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SendLetter {
    /// Whose letter.
    pub organisation: OrganisationId,
    /// Which.
    pub letter: LetterId,
}

pub(crate) fn content_place(id: &LetterId) -> Place<'_> {
    Place { table: "letters", column: "content", row: id.as_bytes() }
}

impl Way {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Sms => "sms",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self> {
        [Self::Mail, Self::Sms].into_iter().find(|way| way.name() == name).ok_or_else(|| Error::bug("a way"))
    }
}

impl Address {
    /// The way that leads there.
    #[must_use]
    pub const fn way(&self) -> Way {
        match self {
            Self::Mail(_) => Way::Mail,
            Self::Sms(_) => Way::Sms,
        }
    }

    /// The address or number itself.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Mail(text) | Self::Sms(text) => text,
        }
    }
}

impl State {
    /// Its word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Kept => "kept",
            Self::Refused => "refused",
            Self::Bounced => "bounced",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self> {
        let all = [Self::Waiting, Self::Sent, Self::Kept, Self::Refused, Self::Bounced];
        all.into_iter().find(|state| state.name() == name).ok_or_else(|| Error::bug("a state of a letter"))
    }
}

impl Letter {
    /// Seals it with the installation's key, outside any transaction.
    ///
    /// # Errors
    /// [`kernel::Error::Bug`] when it cannot be written as JSON.
    pub fn seal(self, vault: &Vault, clock: &Clock, rng: &Rng) -> Result<SealedLetter> {
        self.seal_as(LetterId::new(clock, rng), vault)
    }

    /// As [`Letter::seal`], under an id of the caller's.
    ///
    /// # Errors
    /// As [`Letter::seal`].
    pub fn seal_as(self, id: LetterId, vault: &Vault) -> Result<SealedLetter> {
        let Self { organisation, kind, person, content } = self;
        let way = content.to.way();
        let content = serde_json::to_vec(&content).map_err(Error::bug)?;
        let content = vault.house().seal(content_place(&id), &content);
        Ok(SealedLetter { id, organisation, kind, way, person, content })
    }
}

impl Stored {
    /// What it says; `None` once its words were removed.
    ///
    /// # Errors
    /// As [`KeyRing::open`].
    pub fn open(&self, ring: &KeyRing) -> Result<Option<Content>> {
        if self.content.is_empty() {
            return Ok(None);
        }
        let content = ring.open(content_place(&self.id), &self.content)?;
        serde_json::from_slice(&content).map(Some).map_err(|_| Error::bug("a letter that is none"))
    }
}

/// Refuses a way that leads nowhere yet, so that nobody is promised what cannot go: there is no gateway for SMS, and
/// only what a sandbox organisation writes is kept to be looked at.
///
/// # Errors
/// [`Error::Unsupported`].
pub fn may_send(way: Way, is_sandbox: bool) -> Result<()> {
    match way {
        Way::Sms if !is_sandbox => Err(Error::unsupported(
            "sms_not_available",
            "No SMS can be sent from here; use an e-mail address.",
        )),
        Way::Mail | Way::Sms => Ok(()),
    }
}

/// The id of the letter to somebody about one cause: always the same, so that a job that is done twice leaves one.
#[must_use]
pub fn id_about(vault: &Vault, cause: JobId, person: PersonId) -> LetterId {
    let mut bytes = *cause.as_bytes();
    let hash = vault.blind("bedside:letter-about", &format!("{}{}", cause.hex(), person.hex()));
    // The first half is the instant of the cause.
    bytes[6..].copy_from_slice(&hash[..6]);
    LetterId::from_bytes(bytes)
}

/// Promises a letter in this transaction, with the job that sends it. One that was promised before stays as it is: a
/// letter never has a second job, since two servers could do them side by side.
///
/// # Errors
/// As [`Tx::run`].
pub async fn leave(tx: &Tx, letter: &SealedLetter) -> Result<LetterId> {
    let SealedLetter { id, organisation, kind, way, person, content } = letter;
    let row = args![id, organisation, *kind, way.name(), person.as_ref(), content, tx.now_ms()];
    if tx.run(rows::INSERT, &row).await? > 0 {
        let send = SendLetter { organisation: *organisation, letter: *id };
        let payload = serde_json::to_value(send).map_err(Error::bug)?;
        jobs::enqueue(tx, &NewJob { name: SEND, dedupe: None, payload, due_ms: tx.now_ms() }).await?;
    }
    Ok(*id)
}

/// A letter of this organisation.
///
/// # Errors
/// As [`Tx::one`].
pub async fn find(tx: &Tx, organisation: OrganisationId, id: LetterId) -> Result<Option<Stored>> {
    tx.one(rows::FIND, &args![&organisation, &id], rows::stored).await
}

/// The newest letters of an organisation.
///
/// # Errors
/// As [`Tx::all`].
pub async fn newest(tx: &Tx, organisation: OrganisationId, most: i64) -> Result<Vec<Stored>> {
    tx.all(rows::NEWEST, &args![&organisation, most], rows::stored).await
}

/// Says what became of a letter that waited; whether it did.
///
/// # Errors
/// As [`Tx::run`].
pub async fn settle(tx: &Tx, organisation: OrganisationId, id: LetterId, state: State) -> Result<bool> {
    let row = args![&organisation, &id, state.name(), tx.now_ms()];
    Ok(tx.run(rows::SETTLE, &row).await? > 0)
}

/// Whose a letter is.
///
/// # Errors
/// As [`Tx::one`].
pub async fn whose(tx: &Tx, id: LetterId) -> Result<Option<OrganisationId>> {
    tx.one(rows::WHOSE, &args![&id], |row| row.get(0)).await
}

/// Says that a letter came back, and tells which it was; `None` when there is none that was sent.
///
/// # Errors
/// As [`Tx::one`].
pub async fn came_back(tx: &Tx, id: LetterId) -> Result<Option<Stored>> {
    tx.one(rows::CAME_BACK, &args![&id, tx.now_ms()], rows::stored).await
}

/// How many letters wait to be sent.
///
/// # Errors
/// As [`Tx::one`].
pub async fn count_waiting(tx: &Tx) -> Result<i64> {
    Ok(tx.one(rows::COUNT_WAITING, &[], |row| row.get(0)).await?.unwrap_or_default())
}

/// Gives up letters that waited for too long, removes the words of letters a month after they were written, and their
/// rows after a year and a month. Says how many of each.
///
/// # Errors
/// As [`Tx::run`].
pub async fn sweep(tx: &Tx, most: i64) -> Result<[u64; 3]> {
    let now = tx.now_ms();
    let late = tx.run(rows::GIVE_UP, &args![now - GOES_WITHIN_MS, now, most]).await?;
    let words = tx.run(rows::REMOVE_WORDS, &args![now - WORDS_KEPT_MS, most, NO_WORDS]).await?;
    let rows = tx.run(rows::REMOVE, &args![now - ROW_KEPT_MS, most]).await?;
    Ok([late, words, rows])
}

/// Looks at the letters behind this one, in the order of their ids, and seals anew what an older key sealed; behind
/// which the next look begins. It only reads; its changes are for a transaction that follows.
///
/// # Errors
/// As [`Tx::all`].
pub async fn reseal_some<'r>(
    tx: &Tx,
    ring: &'r KeyRing,
    after: LetterId,
) -> Result<(Resealing<'r>, Option<LetterId>)> {
    let mut resealing = Resealing::new(ring);
    let sealed = |row: &store::Row<'_>| Ok((row.get::<LetterId>(0)?, row.get::<Vec<u8>>(1)?));
    let found = tx.all(rows::SEALED_AFTER, &args![&after, LETTERS_PER_LOOK], sealed).await?;
    for (id, old) in found.iter().filter(|(_, old)| !old.is_empty()) {
        resealing.look(content_place(id), old, |new| Statement::new(rows::RESEAL, &args![id, new, old]));
    }
    Ok((resealing, found.last().map(|(id, _)| *id)))
}

/// How many letters this key sealed.
///
/// # Errors
/// As [`Tx::one`].
pub async fn count_sealed_by(tx: &Tx, key: DataKeyId) -> Result<i64> {
    Ok(tx.one(rows::COUNT_SEALED_BY, &args![&key], |row| row.get(0)).await?.unwrap_or_default())
}
