//! Who is told what happens in a chat, remembered for as long as nobody came or went. Where other servers may write to the
//! same database that is for a second: of who came or went there, nothing is heard here.

use std::collections::HashMap;
use std::sync::Arc;

use flows::House;
use kernel::{ChatId, OrganisationId, Result};
use messaging::push::{self, Audience};
use parking_lot::Mutex;

/// Chats that are remembered; beyond it all are asked for anew.
const CHATS_MAX: usize = 10_000;
/// Members of all of them together.
const MEMBERS_MAX: usize = 500_000;
/// How long what is remembered holds on a server that shares its database.
const LIFE_MS: i64 = 1_000;

/// What is remembered.
#[derive(Default)]
pub(super) struct Audiences(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// Of each chat, when it was asked for and who is in it.
    chats: HashMap<(OrganisationId, ChatId), (i64, Arc<Audience>)>,
    members: usize,
    /// How often something was forgotten: what was asked for before that may be old.
    changes: u64,
}

impl Audiences {
    /// Who is in a chat; `None` when the organisation has no such chat.
    pub async fn of(
        &self,
        house: &House,
        organisation: OrganisationId,
        chat: ChatId,
    ) -> Result<Option<Arc<Audience>>> {
        let now_ms = house.clock.now_ms();
        let not_before_ms = if house.settings.is_shared { now_ms - LIFE_MS } else { i64::MIN };
        let (found, changes) = self.find(organisation, chat, not_before_ms);
        if found.is_some() {
            return Ok(found);
        }
        let asked = house.db.read((organisation, chat), |tx, (organisation, chat)| {
            Box::pin(push::audience(tx, *organisation, *chat))
        });
        let audience = asked.await?.map(Arc::new);
        if let Some(audience) = &audience {
            self.keep((organisation, chat), now_ms, audience.clone(), changes);
        }
        Ok(audience)
    }

    /// Who is in a chat, when that was asked for after this instant.
    fn find(
        &self,
        organisation: OrganisationId,
        chat: ChatId,
        not_before_ms: i64,
    ) -> (Option<Arc<Audience>>, u64) {
        let kept = self.0.lock();
        let found = kept.chats.get(&(organisation, chat)).filter(|(asked_ms, _)| *asked_ms > not_before_ms);
        (found.map(|(_, audience)| audience.clone()), kept.changes)
    }

    fn keep(&self, chat: (OrganisationId, ChatId), asked_ms: i64, audience: Arc<Audience>, changes: u64) {
        let mut kept = self.0.lock();
        if kept.changes != changes {
            return;
        }
        if kept.chats.len() >= CHATS_MAX || kept.members >= MEMBERS_MAX {
            (kept.chats, kept.members) = (HashMap::new(), 0);
        }
        kept.members += audience.members.len();
        if let Some((_, old)) = kept.chats.insert(chat, (asked_ms, audience)) {
            kept.members -= old.members.len();
        }
    }

    /// Somebody came to a chat or left it.
    pub fn forget(&self, organisation: OrganisationId, chat: ChatId) {
        let mut kept = self.0.lock();
        kept.changes += 1;
        if let Some((_, old)) = kept.chats.remove(&(organisation, chat)) {
            kept.members -= old.members.len();
        }
    }

    /// Nobody listened for a while, so that anything may have changed.
    pub fn forget_all(&self) {
        let mut kept = self.0.lock();
        kept.changes += 1;
        (kept.chats, kept.members) = (HashMap::new(), 0);
    }
}

#[cfg(test)]
mod tests {
    use kernel::PersonId;
    use messaging::ChatKind;

    use super::*;

    #[test]
    fn what_was_asked_for_before_somebody_came_is_not_kept_and_what_is_kept_has_a_bound() {
        let (audiences, organisation) = (Audiences::default(), OrganisationId::from_bytes([1; 12]));
        let chat = |n: usize| {
            let mut bytes = [0; 12];
            bytes[..8].copy_from_slice(&n.to_be_bytes());
            ChatId::from_bytes(bytes)
        };
        let members = vec![PersonId::from_bytes([2; 12]); 2];
        let audience = Arc::new(Audience { kind: ChatKind::Group, peers: None, members });
        let (_, changes) = audiences.find(organisation, chat(1), 0);
        audiences.forget(organisation, chat(2));
        audiences.keep((organisation, chat(1)), 5, audience.clone(), changes);
        let (found, changes) = audiences.find(organisation, chat(1), 0);
        assert_eq!(found, None, "it may be from before the change");
        for n in 0..CHATS_MAX + 10 {
            audiences.keep((organisation, chat(n)), 5, audience.clone(), changes);
        }
        assert!(audiences.find(organisation, chat(CHATS_MAX), 4).0.is_some());
        assert_eq!(audiences.find(organisation, chat(CHATS_MAX), 5).0, None, "it is too old");
        let kept = audiences.0.lock();
        assert_eq!((kept.chats.len(), kept.members), (10, 20));
    }
}
