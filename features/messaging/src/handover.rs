//! Chats that waited for somebody come into the hands of the one whom they turned out to be.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use audit::{Deed, Line};
use kernel::{Actor, ChatChange, ChatId, Event, PersonId, Result};
use store::{Row, Tx, args};

use crate::access::in_order;
use crate::chat::ChatKind;
use crate::removal;
use crate::rows::handover as rows;

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
/// The caller sees to it that nobody begins a chat with who waited, or brings them into one, until the transaction ends.
/// Who of them had a chat of two with the same person before goes on in that one: what was written to who waited stands
/// behind what was written there.
///
/// # Errors
/// What the store refuses.
pub async fn hand_over(tx: &Tx, actor: &Actor, from: PersonId) -> Result<()> {
    let (organisation, to) = (&actor.organisation, &actor.person);
    let (one, other) = in_order(from, *to);
    tx.run(rows::ALONE, &args![organisation, &one, &other, tx.now_ms()]).await?;
    let waited = tx.all(rows::PLACES, &args![organisation, &from], place).await?;
    let mut waited: BTreeMap<ChatId, bool> = waited.into_iter().collect();
    let mut told = append(tx, actor, from, &mut waited).await?;
    take_places(tx, actor, from, &waited, &mut told).await?;
    tx.run(rows::NAME_PATIENT, &args![organisation, &from, to]).await?;
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

/// What was written in chats of two comes to stand behind what was written in others, of the same people. Whoever posts
/// to either waits until this is done, and finds the first closed. However many they are, it takes few statements.
async fn append(
    tx: &Tx,
    actor: &Actor,
    from: PersonId,
    waited: &mut BTreeMap<ChatId, bool>,
) -> Result<BTreeMap<ChatId, Told>> {
    let (organisation, to) = (&actor.organisation, &actor.person);
    let (all, both) = (waited.keys().copied().collect::<Vec<_>>(), args![organisation, &from, to]);
    let doubled = tx.all_of(rows::DOUBLED, &all, &both, double).await?;
    let pairs: Vec<ChatId> = doubled.iter().flat_map(|(emptied, had, _)| [*emptied, *had]).collect();
    tx.run_of(rows::HOLD, &pairs, &args![organisation]).await?;
    let emptied: Vec<ChatId> = doubled.iter().map(|(emptied, ..)| *emptied).collect();
    let were_closed = tx.all_of(rows::DOUBLED, &emptied, &both, double).await?;
    let were_closed: HashMap<ChatId, bool> = were_closed.into_iter().map(|(_, had, is)| (had, is)).collect();
    for sql in [rows::MOVE_MESSAGES, rows::MOVE_FILES, rows::TAKE_IN_AS_PATIENT] {
        tx.run_of(sql, &emptied, &both).await?;
    }
    let are_closed = tx.all_of(rows::TAKE_IN, &emptied, &both, place).await?;
    tx.run_of(rows::EMPTY, &emptied, &args![organisation, tx.now_ms()]).await?;
    tx.run_of(rows::EMPTY_PLACES, &emptied, &args![organisation]).await?;
    removal::leave_rest(tx, *organisation, &emptied).await?;
    waited.retain(|chat, _| !emptied.contains(chat));
    let told = |(had, is_closed): (ChatId, bool)| {
        let was_closed = were_closed.get(&had).copied().unwrap_or_default();
        (had, if was_closed && !is_closed { Told::Reopened } else { Told::Came })
    };
    Ok(are_closed.into_iter().map(told).collect())
}

fn double(row: &Row<'_>) -> Result<(ChatId, ChatId, bool)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
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
