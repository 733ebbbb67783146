//! Guests of one chat: people for a while, under a name of their own, with nothing that they are known by.
//!
//! Always true:
//! - A guest is nobody else, and nobody else becomes them: they have no identifier and no password.
//! - Their membership and session end with the link that they came by, at the latest; before that when they leave the
//!   chat, or are taken out of it.
//! - They find nobody, and nobody finds them, but in their chat.

use kernel::{
    Actor, ChatId, Clock, Error, Event, MembershipId, OrganisationId, Origin, PersonId, Result, Rng, Role,
};
use store::{Tx, args};
use vault::Vault;

use crate::log::{self, Whose};
use crate::persons::name_place;
use crate::rows::guests as rows;
use crate::rows::persons;
use crate::sessions::{self, NewSession};
use crate::{Device, Language, Method, Methods, fits, names, standing};

/// A guest, sealed before the transaction in which they come.
#[derive(Clone, Debug)]
pub struct NewGuest {
    person: PersonId,
    first_name: Vec<u8>,
    last_name: Vec<u8>,
    language: Language,
}

/// For what a guest comes, and how.
#[derive(Clone, Copy, Debug)]
pub struct Coming {
    /// Where.
    pub organisation: OrganisationId,
    /// For which chat.
    pub chat: ChatId,
    /// Until when at the latest.
    pub ends_ms: i64,
    /// What kind of browser it is.
    pub device: Device,
    /// The request.
    pub origin: Origin,
}

impl NewGuest {
    /// Somebody who calls themselves so.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that does not fit, and for none.
    pub fn seal(name: &str, language: Language, (vault, clock, rng): (&Vault, &Clock, &Rng)) -> Result<Self> {
        fits::name("name", name)?;
        if name.trim().is_empty() {
            return Err(Error::invalid("name", "name_missing", "A guest needs a name."));
        }
        let (person, ring) = (PersonId::new(clock, rng), vault.house());
        let sealed = |column, text: &str| ring.seal(name_place(column, &person), text.as_bytes());
        let (first_name, last_name) = (sealed("first_name", ""), sealed("last_name", name.trim()));
        Ok(Self { person, first_name, last_name, language })
    }

    /// The id that they will have.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }
}

/// Makes somebody a guest, and signs them in.
///
/// # Errors
/// What the store refuses.
pub async fn come(tx: &Tx, new: &NewGuest, coming: &Coming) -> Result<NewSession> {
    let (now, person, organisation) = (tx.now_ms(), &new.person, &coming.organisation);
    let values = args![person, &new.first_name, &new.last_name, new.language.code(), now];
    tx.run(persons::INSERT, &values).await?;
    let membership: MembershipId = tx.new_id();
    let values = args![&membership, organisation, person, now, coming.ends_ms];
    tx.run(rows::INSERT_MEMBERSHIP, &values).await?;
    tx.run(rows::INSERT, &args![person, organisation, &coming.chat, now]).await?;
    log::guest_came(tx, *organisation, *person, coming.origin).await?;
    let session = sessions::create_until(
        tx,
        *person,
        *organisation,
        coming.device,
        Methods::of(Method::Link),
        coming.ends_ms,
    )
    .await?;
    let whose = Whose { organisation: *organisation, patient: None };
    log::signed_in(tx, whose, *person, session.id, coming.origin).await?;
    tx.emit(Event::PersonChanged { person: *person });
    Ok(session)
}

/// Whether the actor came as the guest of a chat.
///
/// # Errors
/// What the store refuses.
pub async fn is_guest(tx: &Tx, actor: &Actor) -> Result<bool> {
    if actor.role != Role::Guest {
        return Ok(false);
    }
    came_for_a_chat(tx, actor.organisation, actor.person).await
}

/// Whether somebody came as the guest of a chat, also when they have gone since.
pub(crate) async fn came_for_a_chat(tx: &Tx, organisation: OrganisationId, person: PersonId) -> Result<bool> {
    let values = args![&organisation, &person];
    Ok(tx.one(rows::IS_GUEST, &values, |row| row.get::<PersonId>(0)).await?.is_some())
}

/// A visit as the browser in which it was can be told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// It is not over: who was away for too long comes back by the link.
    Away,
    /// It is over.
    Ended,
}

/// What became of the visit of a guest whose session has this secret ([`vault::token_hash`]); `None` for everybody who
/// came otherwise. It tells nothing of who they are, nor of the chat.
///
/// # Errors
/// What the store refuses.
pub async fn visit_of(tx: &Tx, secret_hash: &[u8; 32]) -> Result<Option<Visit>> {
    let has_ended = tx.one(rows::VISIT, &args![secret_hash, tx.now_ms()], |row| row.get::<bool>(0)).await?;
    Ok(has_ended.map(|has_ended| if has_ended { Visit::Ended } else { Visit::Away }))
}

/// Passes for everybody but guests of a chat, who are there for that chat alone.
///
/// # Errors
/// [`Error::NotAllowed`] to them.
pub async fn must_be_none(tx: &Tx, actor: &Actor) -> Result<()> {
    if is_guest(tx, actor).await? {
        return Err(Error::not_allowed("guest_of_one_chat", "A guest is in one chat alone."));
    }
    Ok(())
}

/// For which chat somebody is a guest now.
///
/// # Errors
/// What the store refuses.
pub async fn chat_of(tx: &Tx, organisation: OrganisationId, person: PersonId) -> Result<Option<ChatId>> {
    tx.one(rows::OF, &args![&organisation, &person], |row| row.get(0)).await
}

/// Ends what the guests of a chat may do, and says who they were. Their names stay beside what they wrote. However many
/// they are, it takes few statements, so that it can be done in the transaction of its cause.
///
/// # Errors
/// What the store refuses.
pub async fn end(
    tx: &Tx,
    organisation: OrganisationId,
    chat: ChatId,
    by: Option<PersonId>,
) -> Result<Vec<PersonId>> {
    let guests = tx.all(rows::HERE, &args![&organisation, &chat], |row| row.get::<PersonId>(0)).await?;
    end_all(tx, organisation, &guests, by).await?;
    Ok(guests)
}

/// As [`end`], of those of these people who are guests of the chat.
///
/// # Errors
/// What the store refuses.
pub async fn end_these(
    tx: &Tx,
    (organisation, chat): (OrganisationId, ChatId),
    persons: &[PersonId],
    by: Option<PersonId>,
) -> Result<()> {
    if persons.is_empty() {
        return Ok(());
    }
    let mut guests = tx.all(rows::HERE, &args![&organisation, &chat], |row| row.get::<PersonId>(0)).await?;
    guests.retain(|guest| persons.contains(guest));
    if guests.is_empty() { Ok(()) } else { end_all(tx, organisation, &guests, by).await }
}

async fn end_all(
    tx: &Tx,
    organisation: OrganisationId,
    guests: &[PersonId],
    by: Option<PersonId>,
) -> Result<()> {
    standing::end_in(tx, organisation, guests).await?;
    let rest = args![&organisation, tx.now_ms()];
    for sql in [rows::END_MEMBERSHIPS, rows::END] {
        tx.all_of(sql, guests, &rest, |_| Ok(())).await?;
    }
    names::forget_in(tx, organisation, guests).await?;
    log::guests_went(tx, organisation, guests, by).await
}
