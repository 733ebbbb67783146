//! The link by which guests come to a group, and their place in it. Who they are is settled by the caller.
//!
//! Of a group there is one link at most. Its code is found by a hash, and sealed, so that owner and admins can be shown
//! it again. A link ends at its instant, when another takes its place, when it is taken away, and with the group; its
//! guests go with it. It opens only while who made it manages the group: whom they brought in stays, and nobody more
//! comes.

use audit::{Deed, Line};
use kernel::limits::{GUEST_LINK_DAYS_MAX, GUESTS_PER_LINK_MAX};
use kernel::{ChatChange, ChatId, Error, Event, Kind, OrganisationId, Origin, PersonId, Result, Rng, Role};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use store::jobs::{self, NewJob};
use store::{Tx, args};
use vault::{KeyRing, Place};

use crate::access::{OpenChat, Right};
use crate::chat::{Party, Patients, Standing};
use crate::line;
use crate::manage::{changed, must_be_group, must_be_staff};
use crate::members::{take_turns, take_turns_in, takes_no_contacts};
use crate::rows::chats::{ALLOWS_CONTACTS, ring};
use crate::rows::{guests as rows, members};
use crate::start::{join, must_fit};

/// The job that ends what guests of a chat may do; its payload is an [`EndGuests`].
pub const END_GUESTS: &str = "messaging.end_guests";

const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// Which chat's guests [`END_GUESTS`] looks at.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct EndGuests {
    /// Whose chat it is.
    pub organisation: OrganisationId,
    /// Which.
    pub chat: ChatId,
}

/// A link as those see it who may give it away.
#[derive(Clone, Debug)]
pub struct GuestAccess {
    /// What whoever comes by it shows.
    pub code: SecretString,
    /// Until when it opens.
    pub ends_ms: i64,
}

/// The link of a group, and who gave it.
#[derive(Clone, Debug)]
pub struct StandingLink {
    /// It as it is shown.
    pub access: GuestAccess,
    /// Who gave it. Whether they still work there is for the caller to ask.
    pub made_by: PersonId,
}

/// A link for one chat, sealed before the transaction that gives it.
#[derive(Clone, Debug)]
pub struct NewGuestLink {
    chat: ChatId,
    code: SecretString,
    hash: [u8; 32],
    sealed: Vec<u8>,
    ends_ms: i64,
}

/// What a code leads to.
#[derive(Clone, Copy, Debug)]
pub struct GuestLink {
    /// Whose chat it is.
    pub organisation: OrganisationId,
    /// Which.
    pub chat: ChatId,
    /// Until when it opens, and its guests may stay.
    pub ends_ms: i64,
    /// The hash of the code.
    pub code_hash: [u8; 32],
    /// Who gave it. Whether they still work there is for the caller to ask.
    pub made_by: PersonId,
    /// Whether it brings in anybody more, besides those who are there.
    pub opens: bool,
}

pub(crate) fn code_place(chat: &ChatId) -> Place<'_> {
    Place { table: "guest_links", column: "code", row: chat.as_bytes() }
}

impl NewGuestLink {
    /// A new code for this chat, until this instant.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an instant that is over, or more than 30 days away.
    pub fn seal(ring: &KeyRing, rng: &Rng, chat: ChatId, now_ms: i64, ends_ms: i64) -> Result<Self> {
        if ends_ms <= now_ms || ends_ms > now_ms + GUEST_LINK_DAYS_MAX * DAY_MS {
            let why = "A link for guests ends within 30 days from now.";
            return Err(Error::invalid("expires", "expires_unfit", why));
        }
        let code = vault::secret(rng);
        let hash = vault::token_hash(code.expose_secret());
        let sealed = ring.seal(code_place(&chat), code.expose_secret().as_bytes());
        Ok(Self { chat, code, hash, sealed, ends_ms })
    }

    /// It as those see it who may give it away.
    #[must_use]
    pub fn shown(&self) -> GuestAccess {
        GuestAccess { code: self.code.clone(), ends_ms: self.ends_ms }
    }
}

/// Gives a group a link, in place of any that it has, whose guests the caller sees out in this transaction. By owner and
/// admins who are staff. Asks for [`Right::Manage`].
///
/// # Errors
/// [`Error::NotAllowed`] to others, and where the group takes no contacts; [`Error::Precondition`] for a chat of two.
pub async fn put_link(tx: &Tx, chat: &OpenChat, link: &NewGuestLink) -> Result<()> {
    must_manage_guests(chat)?;
    if link.chat != chat.id() {
        return Err(Error::bug("a link that was sealed for another chat"));
    }
    take_turns(tx, chat).await?;
    let (tenant, key, me) = (chat.tenant(), chat.key(), chat.actor().person);
    if tx.one(ALLOWS_CONTACTS, &args![tenant, key], |row| row.get(0)).await? == Some(false) {
        return Err(takes_no_contacts());
    }
    let row = args![tenant, key, &link.hash, &link.sealed, &me, tx.now_ms(), link.ends_ms];
    if tx.run(rows::PUT, &row).await? == 0 {
        return Err(chat.kind().is_closed());
    }
    leave(tx, EndGuests { organisation: *tenant, chat: *key }, link.ends_ms).await?;
    changed(tx, chat).await
}

/// Takes a group's link away, and says whether it had one; its guests the caller sees out in this transaction. Asks for
/// [`Right::Manage`].
///
/// # Errors
/// As [`put_link`].
pub async fn remove_link(tx: &Tx, chat: &OpenChat) -> Result<bool> {
    must_manage_guests(chat)?;
    take_turns(tx, chat).await?;
    let had_one = tx.run(rows::DELETE, &args![chat.tenant(), chat.key()]).await? > 0;
    if had_one {
        changed(tx, chat).await?;
    }
    Ok(had_one)
}

fn must_manage_guests(chat: &OpenChat) -> Result<()> {
    chat.must_be_for(Right::Manage)?;
    must_be_group(chat)?;
    must_be_staff(chat.actor())
}

/// The link that lets guests into a group now; told to those alone who may give one: its owner and admins, when they are staff. A
/// proof of any right will do.
///
/// # Errors
/// What the store refuses.
pub async fn link_of(tx: &Tx, chat: &OpenChat) -> Result<Option<StandingLink>> {
    if !chat.may().manages_as_staff() {
        return Ok(None);
    }
    let values = args![chat.tenant(), chat.key(), tx.now_ms()];
    let found =
        tx.one(rows::GET, &values, |row| Ok((row.get::<Vec<u8>>(0)?, row.get(1)?, row.get(2)?))).await?;
    let Some((sealed, ends_ms, made_by)) = found else { return Ok(None) };
    let code = ring(tx, chat.organisation())?.open_text(code_place(chat.key()), &sealed)?;
    Ok(Some(StandingLink { access: GuestAccess { code: code.into(), ends_ms }, made_by }))
}

/// Who is in a group as a guest, who came first first. A proof of any right will do.
///
/// # Errors
/// What the store refuses.
pub async fn guests_in(tx: &Tx, chat: &OpenChat) -> Result<Vec<PersonId>> {
    tx.all(rows::THERE, &args![chat.tenant(), chat.key()], |row| row.get(0)).await
}

/// What the code of this hash leads to, as long as the link stands.
///
/// # Errors
/// What the store refuses.
pub async fn find_link(tx: &Tx, code_hash: &[u8; 32]) -> Result<Option<GuestLink>> {
    let (values, hash) = (args![code_hash, tx.now_ms(), GUESTS_PER_LINK_MAX], *code_hash);
    let link = tx.one(rows::FIND, &values, |row| {
        let (organisation, chat, ends_ms) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (made_by, opens) = (row.get(3)?, row.get(4)?);
        Ok(GuestLink { organisation, chat, ends_ms, code_hash: hash, made_by, opens })
    });
    link.await
}

/// Whether somebody who came as a guest is still in the chat.
///
/// # Errors
/// What the store refuses.
pub async fn is_in(tx: &Tx, organisation: OrganisationId, chat: ChatId, person: PersonId) -> Result<bool> {
    let values = args![&organisation, &chat, &person];
    Ok(tx.one(rows::IS_IN, &values, |row| row.get::<PersonId>(0)).await?.is_some())
}

/// Brings a guest in, whom the caller has made a member of the organisation in this transaction.
///
/// # Errors
/// [`Error::Gone`] when the link opens no longer, or too many have come by it; [`Error::TooLarge`] when the chat is
/// full.
pub async fn come(tx: &Tx, link: &GuestLink, guest: PersonId, origin: Origin) -> Result<()> {
    let (organisation, chat) = (&link.organisation, &link.chat);
    take_turns_in(tx, chat).await?;
    let place = args![organisation, chat, &link.code_hash, tx.now_ms(), GUESTS_PER_LINK_MAX];
    if tx.run(rows::TAKE_PLACE, &place).await? == 0 {
        return Err(Error::Gone { what: Kind::Invitation });
    }
    let party = Party { person: guest, role: Role::Guest };
    join(tx, organisation, chat, &party, Standing::Member).await?;
    tx.run(rows::MARK, &args![organisation, chat, &guest]).await?;
    let count = tx.one(members::COUNT, &args![organisation, chat], |row| row.get::<i64>(0)).await?;
    must_fit(usize::try_from(count.unwrap_or_default()).map_err(Error::bug)?, 0)?;
    let line = Line::without_actor(*organisation, Deed::MembersChanged).by(Some(guest)).from(origin);
    let line = line.because("guest link");
    moved(tx, (organisation, chat), (line, Some(guest)), ChatChange::Came(vec![guest]), &[]).await
}

/// Takes guests out of the chat, whose time is over; by nobody when it ended by itself.
///
/// # Errors
/// What the store refuses.
pub async fn go(
    tx: &Tx,
    (organisation, chat): (OrganisationId, ChatId),
    guests: &[PersonId],
    by: Option<PersonId>,
) -> Result<()> {
    take_turns_in(tx, &chat).await?;
    let rest = args![&organisation, &chat, tx.now_ms()];
    let gone = tx.all_of(members::REMOVE, guests, &rest, |row| row.get::<PersonId>(0)).await?;
    if gone.is_empty() {
        return Ok(());
    }
    let line = Line::without_actor(organisation, Deed::MembersChanged).by(by);
    let change = ChatChange::Went(gone.clone());
    let line = line.because("guest link ended");
    moved(tx, (&organisation, &chat), (line, by), change, &gone).await
}

async fn moved(
    tx: &Tx,
    (organisation, chat): (&OrganisationId, &ChatId),
    (line, by): (Line, Option<PersonId>),
    change: ChatChange,
    gone: &[PersonId],
) -> Result<()> {
    let place = args![organisation, chat];
    let patients =
        tx.one(rows::PATIENTS_OF, &place, |row| Ok(Patients::of_row(row.get(0)?, row.get(1)?))).await?;
    let line = line.object(chat.as_bytes());
    line::by_itself(tx, (organisation, chat), patients.unwrap_or_default(), line).await?;
    let mut members = tx.all(members::AUDIENCE, &place, |row| row.get::<PersonId>(0)).await?;
    members.extend_from_slice(gone);
    tx.emit(Event::ChatChanged { organisation: *organisation, chat: *chat, change, by, members });
    Ok(())
}

/// Ends the link of a chat that ends, and has its guests seen out by the job.
pub(crate) async fn end_soon(tx: &Tx, organisation: &OrganisationId, chat: &ChatId) -> Result<()> {
    if tx.run(rows::DELETE, &args![organisation, chat]).await? == 0 {
        return Ok(());
    }
    leave(tx, EndGuests { organisation: *organisation, chat: *chat }, tx.now_ms()).await
}

/// Whether the guests of a chat have to go now. When its link opens a while longer, the job is left for its end.
///
/// # Errors
/// What the store refuses.
pub async fn must_end(tx: &Tx, job: EndGuests) -> Result<bool> {
    take_turns_in(tx, &job.chat).await?;
    let place = args![&job.organisation, &job.chat];
    match tx.one(rows::ENDS_OF_CHAT, &place, |row| row.get::<i64>(0)).await? {
        Some(ends_ms) if ends_ms > tx.now_ms() => leave(tx, job, ends_ms).await.map(|()| false),
        Some(_) => tx.run(rows::DELETE, &place).await.map(|_| true),
        None => Ok(true),
    }
}

async fn leave(tx: &Tx, job: EndGuests, due_ms: i64) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(Error::bug)?;
    let new = NewJob { name: END_GUESTS, dedupe: Some(job.chat.hex()), payload, due_ms };
    jobs::enqueue_or_bring_forward(tx, &new).await
}
