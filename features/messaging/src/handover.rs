//! Chats that waited for somebody come into the hands of the one whom they turned out to be.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use audit::{Deed, Line};
use kernel::{Actor, ChatChange, ChatId, Event, PersonId, Result};
use store::{Row, Tx, args};

use crate::access::in_order;
use crate::chat::ChatKind;
use crate::removal;
use crate::rows::handover::{self as rows, Double};
use crate::rows::{chats, members};

/// What those who are in a chat hear of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Who came is new in it, or what waited for them stands in it now.
    Came,
    /// The same, and it was closed until then.
    Reopened,
    /// They were in it before, and who waited is there no more.
    WereThere,
}

/// Puts the actor in the place of somebody who waited, never came and wrote nothing, in every chat of an organisation.
/// Who of them had a chat of two with the same person before goes on in that one: what was written to who waited stands
/// behind what was written there.
///
/// # Errors
/// What the store refuses.
pub async fn hand_over(tx: &Tx, actor: &Actor, from: PersonId) -> Result<()> {
    let (organisation, to) = (&actor.organisation, &actor.person);
    let (one, other) = in_order(from, *to);
    tx.run(rows::ALONE, &args![organisation, &one, &other, tx.now_ms()]).await?;
    let mut waited = places(tx.all(rows::PLACES, &args![organisation, &from], place).await?);
    let all: Vec<ChatId> = waited.keys().copied().collect();
    let both = args![organisation, &from, to];
    let doubled = tx.all_of(rows::DOUBLED, &all, &both, |row| Ok((row.get(0)?, row.get(1)?))).await?;
    let mut told = BTreeMap::new();
    for (emptied, had) in doubled {
        waited.remove(&emptied);
        told.insert(had, append(tx, actor, from, (emptied, had)).await?);
    }
    take_places(tx, actor, from, &waited, &mut told).await?;
    tx.run(rows::NAME_PATIENT, &both).await?;
    let touched: Vec<ChatId> = waited.keys().chain(told.keys()).copied().collect();
    tx.all_of(rows::NAME_AS_PATIENT, &touched, &args![organisation, to], id).await?;
    tell(tx, actor, from, &told).await
}

fn id(row: &Row<'_>) -> Result<ChatId> {
    row.get(0)
}

fn place(row: &Row<'_>) -> Result<(ChatId, bool)> {
    Ok((row.get(0)?, row.get(1)?))
}

/// In the order of their ids, so that two who come at once hold chats in the same order.
fn places(found: Vec<(ChatId, bool)>) -> BTreeMap<ChatId, bool> {
    found.into_iter().collect()
}

/// Puts who came into the places of who waited, or joins them with those that they had themselves.
async fn take_places(
    tx: &Tx,
    actor: &Actor,
    from: PersonId,
    waited: &BTreeMap<ChatId, bool>,
    told: &mut BTreeMap<ChatId, Told>,
) -> Result<()> {
    let (organisation, to) = (&actor.organisation, &actor.person);
    let all: Vec<ChatId> = waited.keys().copied().collect();
    let had = tx.all_of(rows::PLACES_IN, &all, &args![organisation, to], place).await?;
    let had: HashMap<ChatId, bool> = had.into_iter().collect();
    let (shared, new): (Vec<ChatId>, Vec<ChatId>) = all.into_iter().partition(|chat| had.contains_key(chat));
    let both = args![organisation, &from, to];
    tx.all_of(rows::FOLD_IN, &shared, &both, id).await?;
    tx.all_of(rows::GIVE_UP, &shared, &args![organisation, &from], id).await?;
    for sql in [rows::TAKE_PLACES, rows::RENAME_PEERS] {
        tx.all_of(sql, &new, &both, id).await?;
    }
    for (chat, _) in waited.iter().filter(|(_, stood)| **stood) {
        let was_there = had.get(chat).copied().unwrap_or_default();
        told.insert(*chat, if was_there { Told::WereThere } else { Told::Came });
    }
    Ok(())
}

/// What was written in one chat of two comes to stand behind what was written in another, of the same people. Whoever
/// posts to either waits until this is done, and finds the first closed.
async fn append(tx: &Tx, actor: &Actor, from: PersonId, (emptied, had): (ChatId, ChatId)) -> Result<Told> {
    let (organisation, to, now) = (&actor.organisation, &actor.person, tx.now_ms());
    for chat in BTreeSet::from([emptied, had]) {
        tx.run(chats::HOLD, &args![organisation, &chat]).await?;
    }
    let (waits, has) = (look(tx, actor, from, emptied).await?, look(tx, actor, from, had).await?);
    // Whoever wrote to who waited opens the chat again that they have, as they could do themselves.
    let reopens = has.is_closed && waits.last_seq > 0 && !waits.is_closed && !waits.is_with_a_patient;
    let last_seq = has.last_seq + waits.last_seq;
    let active_ms = has.active_ms.max(waits.active_ms);
    // No message is older than its chat, and none is newer than when its chat was last active.
    let mixes_times = waits.last_seq > 0 && has.last_seq > 0 && has.active_ms > waits.made_ms;
    let is_held = has.is_held || waits.is_held;
    let row = args![organisation, &had, last_seq, active_ms, reopens, is_held, mixes_times];
    tx.run(rows::TAKE_IN, &row).await?;
    let places = args![organisation, &emptied, &had, has.last_seq];
    tx.run(rows::MOVE_MESSAGES, &places).await?;
    tx.run(rows::MOVE_FILES, &args![organisation, &emptied, &had]).await?;
    tx.run(rows::TAKE_IN_AS_PATIENT, &args![organisation, &had, to, &emptied, &from]).await?;
    tx.run(rows::EMPTY, &args![organisation, &emptied, now]).await?;
    tx.run(members::DELETE_ALL, &args![organisation, &emptied]).await?;
    removal::leave_rest(tx, *organisation, emptied).await?;
    Ok(if reopens { Told::Reopened } else { Told::Came })
}

async fn look(tx: &Tx, actor: &Actor, from: PersonId, chat: ChatId) -> Result<Double> {
    let named = args![&actor.organisation, &chat, &from, &actor.person];
    let found = tx.one(rows::LOOK, &named, Double::of).await?;
    found.ok_or_else(|| kernel::Error::bug("a doubled chat that is not there"))
}

/// Who is in a chat that was handed over, and whom its lines are about.
struct Audience {
    kind: ChatKind,
    members: Vec<PersonId>,
    patients: BTreeSet<PersonId>,
}

/// Everybody in these chats hears of it, and each of their patients has a line.
async fn tell(tx: &Tx, actor: &Actor, from: PersonId, told: &BTreeMap<ChatId, Told>) -> Result<()> {
    let audiences = audiences(tx, actor, told).await?;
    let mut lines = Vec::new();
    for (chat, audience) in &audiences {
        let mut deeds = vec![Deed::MembersChanged];
        deeds.extend((told.get(chat) == Some(&Told::Reopened)).then_some(Deed::ChatChanged));
        for deed in deeds {
            let line = Line::of(actor, deed).object(chat.as_bytes()).because("handed over");
            let about = |patient: &PersonId| line.clone().about(Some(*patient));
            lines.extend(audience.patients.iter().map(about));
            lines.extend(audience.patients.is_empty().then_some(line.clone()));
        }
    }
    audit::write_all(tx, lines).await?;
    for (chat, Audience { kind, mut members, .. }) in audiences {
        let change = match (kind, told.get(&chat)) {
            (ChatKind::Direct, _) => ChatChange::Began,
            (ChatKind::Group, Some(Told::WereThere)) => {
                members.push(from);
                ChatChange::Went(vec![from])
            }
            (ChatKind::Group, _) => ChatChange::Came(vec![actor.person]),
        };
        let (organisation, by) = (actor.organisation, Some(actor.person));
        tx.emit(Event::ChatChanged { organisation, chat, change, by, members });
    }
    Ok(())
}

async fn audiences(
    tx: &Tx,
    actor: &Actor,
    told: &BTreeMap<ChatId, Told>,
) -> Result<BTreeMap<ChatId, Audience>> {
    let all: Vec<ChatId> = told.keys().copied().collect();
    let read = |row: &Row<'_>| {
        let head = (row.get::<ChatId>(0)?, row.get::<String>(1)?, row.get::<Option<PersonId>>(2)?);
        Ok((head, (row.get::<PersonId>(3)?, row.get::<bool>(4)?, row.get::<bool>(5)?)))
    };
    let found = tx.all_of(rows::AUDIENCES, &all, &args![&actor.organisation], read).await?;
    let mut audiences = BTreeMap::new();
    for ((chat, kind, patient), (person, is_in, as_patient)) in found {
        let kind = ChatKind::named(&kind)?;
        let new = || Audience { kind, members: Vec::new(), patients: patient.into_iter().collect() };
        let audience = audiences.entry(chat).or_insert_with(new);
        audience.members.extend(is_in.then_some(person));
        audience.patients.extend(as_patient.then_some(person));
    }
    Ok(audiences)
}
