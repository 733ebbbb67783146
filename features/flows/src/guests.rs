//! Guests of a group: the link that they come by, their coming, and their end.

use identity::guests::{self as people, Coming, NewGuest};
use identity::sessions::NewSession;
use identity::{Device, Language, Recognised, organisations};
use kernel::{Actor, Error, Kind, OrganisationId, Origin, PersonId, Result};
use messaging::guests::{self as links, EndGuests, GuestAccess, GuestLink, NewGuestLink};
use messaging::{OpenChat, Right};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use store::Tx;

use crate::House;
use crate::chats::{self, ChatRef};

/// Where a link leads.
pub const PATH: &str = "/guest";
/// The parameter that carries the code of a link.
pub const CODE: &str = "code";

/// What a code leads to, in words.
#[derive(Clone, Debug)]
pub struct Door {
    /// The link.
    pub link: GuestLink,
    /// What the organisation is called.
    pub organisation_name: String,
}

/// What a guest says of themselves.
#[derive(Clone, Debug)]
pub struct Guest {
    /// What they are called.
    pub name: String,
    /// What they are spoken to in.
    pub language: Language,
    /// What kind of browser it is.
    pub device: Device,
    /// The request.
    pub origin: Origin,
}

/// The link with this code.
#[must_use]
pub fn link(public_url: &str, access: &GuestAccess) -> String {
    format!("{public_url}{PATH}?{CODE}={}", access.code.expose_secret())
}

/// Gives a group a link until this instant, in place of any that it has; who came by that one is out.
///
/// # Errors
/// As [`NewGuestLink::seal`], [`chats::open`] and [`links::put_link`].
pub async fn give(house: &House, actor: &Actor, chat: ChatRef, ends_ms: i64) -> Result<GuestAccess> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let open = house.read((actor.clone(), chat), |tx, (actor, chat)| {
        Box::pin(async move { Ok(chats::open(tx, actor, *chat, Right::Manage).await?.id()) })
    });
    let id = open.await?;
    let link = NewGuestLink::seal(&ring, &house.rng, id, house.clock.now_ms(), ends_ms)?;
    let access = link.shown();
    let given = house.db.write((actor.clone(), id, link), |tx, (actor, id, link)| {
        Box::pin(async move {
            let open = chats::open(tx, actor, ChatRef::Group(*id), Right::Manage).await?;
            links::put_link(tx, &open, link).await?;
            see_out(tx, &open).await
        })
    });
    given.await?;
    Ok(access)
}

/// Takes a group's link away; who came by it is out.
///
/// # Errors
/// As [`chats::open`] and [`links::remove_link`].
pub async fn take_away(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<()> {
    let open = chats::open(tx, actor, chat, Right::Manage).await?;
    links::remove_link(tx, &open).await?;
    see_out(tx, &open).await
}

/// The link that a group has now, while who gave it works there; as [`links::link_of`].
///
/// # Errors
/// What the store refuses.
pub(crate) async fn link_of(tx: &Tx, open: &OpenChat) -> Result<Option<GuestAccess>> {
    let Some(link) = links::link_of(tx, open).await? else { return Ok(None) };
    Ok(works_there(tx, open.organisation(), link.made_by).await?.then_some(link.access))
}

/// Whether who gave a link is still on the staff: nobody lets others in for longer than they are there themselves.
async fn works_there(tx: &Tx, organisation: OrganisationId, maker: PersonId) -> Result<bool> {
    let roles = identity::present(tx, organisation, &[maker]).await?;
    Ok(roles.iter().any(|party| party.role.is_staff()))
}

/// Who is in a group as a guest, for those of its members who manage it; nobody for others.
///
/// # Errors
/// As [`chats::open`].
pub async fn guests_in(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<Vec<PersonId>> {
    let open = chats::open(tx, actor, chat, Right::Receive).await?;
    if open.may().manages() { links::guests_in(tx, &open).await } else { Ok(Vec::new()) }
}

async fn see_out(tx: &Tx, open: &OpenChat) -> Result<()> {
    end(tx, EndGuests { organisation: open.organisation(), chat: open.id() }, Some(open.actor().person)).await
}

async fn end(tx: &Tx, of: EndGuests, by: Option<PersonId>) -> Result<()> {
    let guests = people::end(tx, of.organisation, of.chat, by).await?;
    links::go(tx, (of.organisation, of.chat), &guests, by).await
}

/// Does the job [`links::END_GUESTS`].
///
/// # Errors
/// What the store refuses.
pub(crate) async fn end_due(house: &House, payload: Value) -> Result<()> {
    let job: EndGuests = serde_json::from_value(payload).map_err(Error::bug)?;
    let ended = house.db.write(job, |tx, job| {
        Box::pin(
            async move { if links::must_end(tx, *job).await? { end(tx, *job, None).await } else { Ok(()) } },
        )
    });
    ended.await
}

/// Those of these who were in the chat as its guests and have just gone from it are guests no longer: what acted in their
/// names ends, and they come back as nobody.
pub(crate) async fn have_gone(tx: &Tx, open: &OpenChat, gone: &[PersonId]) -> Result<()> {
    people::end_these(tx, (open.organisation(), open.id()), gone, Some(open.actor().person)).await
}

/// What the code of this hash leads to, as long as the link stands. Whether it still brings in anybody is told beside
/// it: who is there comes back all the same.
///
/// # Errors
/// What the store refuses.
pub async fn open(tx: &Tx, code_hash: &[u8; 32]) -> Result<Option<Door>> {
    let Some(mut link) = links::find_link(tx, code_hash).await? else { return Ok(None) };
    link.opens = link.opens && works_there(tx, link.organisation, link.made_by).await?;
    let organisation = organisations::find(tx, link.organisation).await?;
    Ok(organisation.map(|there| Door { link, organisation_name: there.name }))
}

/// Whether somebody who is signed in came by this link, or an earlier visit of it, and is still in the chat.
///
/// # Errors
/// What the store refuses.
pub async fn is_there(tx: &Tx, who: &Recognised, door: &Door) -> Result<bool> {
    let GuestLink { organisation, chat, .. } = door.link;
    let came_for = people::chat_of(tx, organisation, who.person).await?;
    Ok(came_for == Some(chat) && links::is_in(tx, organisation, chat, who.person).await?)
}

/// Brings a guest into the chat of the link, and signs them in.
///
/// # Errors
/// As [`NewGuest::seal`] and [`links::come`].
pub async fn come(house: &House, door: &Door, guest: &Guest) -> Result<(PersonId, NewSession)> {
    let new = NewGuest::seal(&guest.name, guest.language, (&house.vault, &house.clock, &house.rng))?;
    let person = new.person();
    let GuestLink { organisation, chat, ends_ms, .. } = door.link;
    let coming = Coming { organisation, chat, ends_ms, device: guest.device, origin: guest.origin };
    let came = house.db.write((new, coming, door.link), |tx, (new, coming, link)| {
        Box::pin(async move {
            if !works_there(tx, link.organisation, link.made_by).await? {
                return Err(Error::Gone { what: Kind::Invitation });
            }
            let session = people::come(tx, new, coming).await?;
            links::come(tx, link, new.person(), coming.origin).await?;
            Ok(session)
        })
    });
    Ok((person, came.await?))
}
