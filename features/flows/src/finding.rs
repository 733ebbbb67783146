//! Finding messages by their words, and people by their names.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use identity::{PeopleFilter, Person};
use kernel::{Actor, ChatId, MessageId, Page, PersonId, Result};
use messaging::{Found, Receipt};
use search::{Of, Wanted};
use store::Tx;

use crate::House;
use crate::chats;
use crate::reading::{mean_by_now, named_in};

/// What a search found, with who the others of chats of two are, and who wrote it and is spoken to in it.
#[derive(Clone, Debug, Default)]
pub struct FoundByWords {
    /// Messages and groups.
    pub found: Found,
    /// The others of chats of two, and whose names stand in the messages.
    pub people: Vec<Person>,
    /// How far each member is, of the chats of the messages.
    pub receipts: HashMap<ChatId, Vec<Receipt>>,
}

/// Messages, their files and subjects of groups with all of these words, in the actor's own chats.
///
/// # Errors
/// As [`messaging::find`].
pub async fn messages(
    house: &House,
    actor: &Actor,
    wanted: &Wanted,
    before: Option<MessageId>,
    limit: u32,
) -> Result<FoundByWords> {
    let tokens = wanted.tokens(&house.vault.search_key_of(actor.organisation), Of::Message);
    let input = (actor.clone(), tokens, before, limit);
    let found = house.read_long(input, |tx, (actor, tokens, before, limit)| {
        Box::pin(async move {
            let mut found = messaging::find(tx, actor, tokens, *before, *limit).await?;
            let receipts = receipts_of(tx, &found).await?;
            let members: BTreeSet<PersonId> = receipts.values().flatten().map(|one| one.person).collect();
            let members: Vec<PersonId> = members.into_iter().collect();
            let messages = found.hits.iter_mut().map(|hit| &mut hit.message).collect();
            mean_by_now(tx, actor.organisation, &members, messages).await?;
            let people = people_of(tx, actor, &found, &receipts).await?;
            Ok(FoundByWords { found, people, receipts })
        })
    });
    found.await
}

async fn people_of(
    tx: &Tx,
    actor: &Actor,
    found: &Found,
    receipts: &HashMap<ChatId, Vec<Receipt>>,
) -> Result<Vec<Person>> {
    let mut named: BTreeSet<PersonId> = found.hits.iter().filter_map(|hit| hit.chat.peer()).collect();
    for hit in &found.hits {
        let members = receipts.get(&hit.chat.id()).map_or(&[][..], Vec::as_slice);
        named.extend(named_in(std::slice::from_ref(&hit.message), members));
    }
    chats::people(tx, actor, named).await
}

async fn receipts_of(tx: &Tx, found: &Found) -> Result<HashMap<ChatId, Vec<Receipt>>> {
    let mut receipts = HashMap::new();
    for hit in &found.hits {
        if let Entry::Vacant(place) = receipts.entry(hit.chat.id()) {
            place.insert(messaging::receipts(tx, &hit.chat).await?);
        }
    }
    Ok(receipts)
}

/// People whom the actor may write to, whose names begin with these words.
///
/// # Errors
/// As [`identity::people_called`].
pub async fn people(
    house: &House,
    actor: &Actor,
    wanted: &Wanted,
    filter: PeopleFilter,
    page: Page,
) -> Result<Vec<Person>> {
    let tokens = wanted.tokens(&house.vault.search_key_of(actor.organisation), Of::Name);
    let input = (actor.clone(), tokens, filter, page);
    let found = house.read_long(input, |tx, (actor, tokens, filter, page)| {
        Box::pin(identity::people_called(tx, actor, *filter, tokens, *page))
    });
    found.await
}
