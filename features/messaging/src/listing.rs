//! The chats of a person, and of a team.

use kernel::limits::PAGE_ROWS_MAX;
use kernel::{Actor, ChatId, Error, Kind, Page, PersonId, Result, TeamId};
use store::{Tx, args};
use vault::{AuxDigest, Vault};

use crate::access::{OpenChat, Right, in_order};
use crate::aux_ids::told_to;
use crate::chat::{Chat, ChatKind};
use crate::line;
use crate::rows::chats::{
    self, DETAILS, IDS, LIST, LIST_NAMED, LIST_OF_TEAM, LIST_TO_JOIN, LISTED_WITH, PEERS, UNREAD_CHATS,
};

/// Chats that [`ids`] tells at most.
pub const CHATS_HEARD_MAX: i64 = 5_000;
/// As far as [`unread_chats`] counts.
pub const UNREAD_CHATS_MAX: i64 = 100;

/// Which chats the actor is in, the last active first; no content of them.
///
/// # Errors
/// What the store refuses.
pub async fn ids(tx: &Tx, actor: &Actor) -> Result<Vec<ChatId>> {
    let args = args![&actor.person, &actor.organisation, CHATS_HEARD_MAX];
    tx.all(IDS, &args, |row| row.get(0)).await
}

/// In how many of their chats the actor has something unread; no content of them.
///
/// # Errors
/// What the store refuses.
pub async fn unread_chats(tx: &Tx, actor: &Actor) -> Result<i64> {
    let args = args![&actor.person, &actor.organisation, UNREAD_CHATS_MAX];
    Ok(tx.one(UNREAD_CHATS, &args, |row| row.get(0)).await?.unwrap_or_default())
}

/// The actor's chats of one kind, or of both, the last active first.
///
/// # Errors
/// What the store refuses.
pub async fn list(tx: &Tx, actor: &Actor, kind: Option<ChatKind>, page: Page) -> Result<Vec<Chat>> {
    let ring = chats::ring(tx, actor.organisation)?;
    let (a, b) = kind.map_or((ChatKind::Direct, ChatKind::Group), |kind| (kind, kind));
    let (skip, size) = bounds(page);
    let args = args![&actor.person, &actor.organisation, a.name(), b.name(), size, skip];
    let found = tx.all(LIST, &args, |row| chats::chat(row, actor.person, &ring)).await?;
    line::listed(tx, actor, actor.organisation.as_bytes()).await?;
    Ok(found)
}

/// The groups of an actor on the staff that their application has a name for, this one or any, the last active first.
///
/// # Errors
/// What the store refuses.
pub async fn list_named(tx: &Tx, actor: &Actor, aux_id: Option<AuxDigest>, page: Page) -> Result<Vec<Chat>> {
    let Some(client) = told_to(actor) else { return Ok(Vec::new()) };
    let (ring, vault) = (chats::ring(tx, actor.organisation)?, tx.tool::<Vault>()?);
    let hash = aux_id.map(|aux_id| vault.blind_aux_id(client, actor.organisation, aux_id));
    let (hash, any, (skip, size)) = (hash.unwrap_or_default(), hash.is_none(), bounds(page));
    let args = args![&actor.person, &actor.organisation, &client, &hash, any, size, skip];
    let found = tx.all(LIST_NAMED, &args, |row| chats::chat(row, actor.person, &ring)).await?;
    line::listed(tx, actor, actor.organisation.as_bytes()).await?;
    Ok(found)
}

/// With whom the actor has chats of two, the last active first; no content of them.
///
/// # Errors
/// What the store refuses.
pub async fn peers(tx: &Tx, actor: &Actor) -> Result<Vec<PersonId>> {
    let args = args![&actor.person, &actor.organisation, CHATS_HEARD_MAX];
    tx.all(PEERS, &args, |row| row.get(0)).await
}

/// The actor's chats with these people, in their order; at most a page of them.
///
/// # Errors
/// What the store refuses.
pub async fn list_with(tx: &Tx, actor: &Actor, peers: &[PersonId]) -> Result<Vec<Chat>> {
    let (ring, mut found) = (chats::ring(tx, actor.organisation)?, Vec::new());
    for peer in peers.iter().take(PAGE_ROWS_MAX as usize) {
        let (one, other) = in_order(actor.person, *peer);
        let args = args![&actor.person, &actor.organisation, &one, &other];
        found.extend(tx.one(LISTED_WITH, &args, |row| chats::chat(row, actor.person, &ring)).await?);
    }
    line::listed(tx, actor, actor.organisation.as_bytes()).await?;
    Ok(found)
}

/// The chats that are assigned to a team of the actor, who is a clinician, the last active first.
///
/// # Errors
/// [`Error::NotFound`] when it is no team of theirs, or they are no clinician.
pub async fn list_of_team(tx: &Tx, actor: &Actor, team: TeamId, page: Page) -> Result<Vec<Chat>> {
    of_team(tx, actor, team, LIST_OF_TEAM, page).await
}

/// The open chats that are assigned to a team of the actor, who is a clinician and not in them, the last active first.
///
/// # Errors
/// As [`list_of_team`].
pub async fn list_to_join(tx: &Tx, actor: &Actor, team: TeamId, page: Page) -> Result<Vec<Chat>> {
    of_team(tx, actor, team, LIST_TO_JOIN, page).await
}

async fn of_team(tx: &Tx, actor: &Actor, team: TeamId, sql: &'static str, page: Page) -> Result<Vec<Chat>> {
    if !actor.is_clinician() || !actor.teams.contains(&team) {
        return Err(Error::not_found(Kind::Team));
    }
    let ring = chats::ring(tx, actor.organisation)?;
    let (skip, size) = bounds(page);
    let args = args![&actor.person, &actor.organisation, &team, size, skip];
    let found = tx.all(sql, &args, |row| chats::chat(row, actor.person, &ring)).await?;
    line::listed(tx, actor, team.as_bytes()).await?;
    Ok(found)
}

/// The chat as its list shows it: subject, settings, unread count. Asks for [`Right::Read`].
///
/// # Errors
/// What the store refuses.
pub async fn details(tx: &Tx, chat: &OpenChat) -> Result<Chat> {
    if chat.right() != Right::Export {
        chat.must_be_for(Right::Read)?;
    }
    read_details(tx, chat).await
}

/// As [`details`], for who changes the chat.
pub(crate) async fn read_details(tx: &Tx, chat: &OpenChat) -> Result<Chat> {
    let (reader, ring) = (chat.actor().person, chats::ring(tx, chat.organisation())?);
    let args = args![&reader, chat.tenant(), chat.key()];
    let found = tx.one(DETAILS, &args, |row| chats::chat(row, reader, &ring)).await?;
    found.ok_or(Error::not_found(chat.kind().kind()))
}

fn bounds(page: Page) -> (i64, i64) {
    (page.skip.max(0), page.size.clamp(0, i64::from(PAGE_ROWS_MAX)))
}
