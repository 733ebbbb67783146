//! Chats that waited for somebody come into the hands of the one whom they turned out to be.

use std::collections::BTreeMap;

use audit::{Deed, Line};
use kernel::{Actor, ChatChange, ChatId, Event, PersonId, Result, Role};
use store::{Tx, args};

use crate::chat::ChatKind;
use crate::rows::handover as rows;

/// Puts the actor in the place of somebody who waited, never came and wrote nothing, in every chat of an organisation.
/// Who of them had a chat of two with the same person before goes on in that one: what was written to who waited stands
/// behind what was written there.
///
/// # Errors
/// What the store refuses.
pub async fn hand_over(tx: &Tx, actor: &Actor, from: PersonId, role: Role) -> Result<()> {
    let (organisation, to) = (&actor.organisation, &actor.person);
    let both = args![organisation, &from, to];
    for (waited, had) in tx.all(rows::DOUBLED, &both, |row| Ok((row.get(0)?, row.get(1)?))).await? {
        append(tx, actor, waited, had).await?;
    }
    for sql in [rows::RENAME_PEERS, rows::NAME_PATIENT, rows::COME_BACK, rows::TAKE_PLACES] {
        tx.run(sql, &both).await?;
    }
    tx.run(rows::LEAVE, &args![organisation, &from, tx.now_ms()]).await?;
    tell(tx, actor, role).await
}

/// What was written in one chat of two comes to stand behind what was written in another, of the same people.
async fn append(tx: &Tx, actor: &Actor, waited: ChatId, had: ChatId) -> Result<()> {
    let (organisation, now) = (&actor.organisation, tx.now_ms());
    let places =
        tx.one(rows::MAKE_ROOM, &args![organisation, &had, &waited], |row| row.get::<i64>(0)).await?;
    let Some(before) = places else { return Ok(()) };
    tx.run(rows::MOVE_MESSAGES, &args![organisation, &waited, &had, before]).await?;
    tx.run(rows::MOVE_FILES, &args![organisation, &waited, &had]).await?;
    for sql in [rows::EMPTY, rows::LEAVE_EMPTY] {
        tx.run(sql, &args![organisation, &waited, now]).await?;
    }
    Ok(())
}

/// Everybody in those chats hears of it, and each is a line about who came as a patient.
async fn tell(tx: &Tx, actor: &Actor, role: Role) -> Result<()> {
    let read =
        |row: &store::Row<'_>| Ok((row.get::<ChatId>(0)?, row.get::<String>(1)?, row.get::<PersonId>(2)?));
    let found = tx.all(rows::AUDIENCES, &args![&actor.organisation, &actor.person], read).await?;
    let mut chats: BTreeMap<ChatId, (ChatKind, Vec<PersonId>)> = BTreeMap::new();
    for (chat, kind, member) in found {
        chats.entry(chat).or_insert((ChatKind::named(&kind)?, Vec::new())).1.push(member);
    }
    let about = (role == Role::Patient).then_some(actor.person);
    let line = |chat: &ChatId| Line::of(actor, Deed::MembersChanged).object(chat.as_bytes()).about(about);
    audit::write_all(tx, chats.keys().map(line).collect()).await?;
    for (chat, (kind, members)) in chats {
        let change = match kind {
            ChatKind::Direct => ChatChange::Began,
            ChatKind::Group => ChatChange::Came(vec![actor.person]),
        };
        let (organisation, by) = (actor.organisation, Some(actor.person));
        tx.emit(Event::ChatChanged { organisation, chat, change, by, members });
    }
    Ok(())
}
