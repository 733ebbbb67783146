//! A practice with people in it, and what they do all day.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use audit::{Company, Log};
use futures_util::future::BoxFuture;
use kernel::{
    Actor, ChatId, MessageId, OrganisationId, Origin, PersonId, RequestId, Result, Role, Scopes, TeamId,
};
use store::Tx;
use store::blobs::Blobs;
use testkit::Ground;
use tokio::task::JoinHandle;
use vault::{KeyRing, MasterKeys, Vault};

use crate::{
    Chat, Draft, GroupDraft, Message, OpenChat, Party, Posted, Right, Settings, Window, open, start_direct,
    start_group,
};

/// How long a slow transaction keeps what it holds: long enough for another to come, short of what one may take.
const BUSY: Duration = Duration::from_millis(25);

/// The cast of the stories: a patient, a doctor and a nurse of one practice, a doctor of another.
pub struct Clinic {
    pub ground: Ground,
    pub ring: Arc<KeyRing>,
    pub blobs: Blobs,
    pub ward: TeamId,
    pub anna: Actor,
    pub bram: Actor,
    pub devries: Actor,
    pub jansen: Actor,
    pub beheer: Actor,
    pub stranger: Actor,
}

impl Clinic {
    pub async fn open(ground: Ground) -> Self {
        let (here, elsewhere) = (organisation(&ground).await, organisation(&ground).await);
        let ring = vault(&ground).await.ring_of(&ground.db, here).await.expect("keys");
        let blobs = Blobs::open(ground.folder.join("blobs")).await.expect("a folder");
        let actor = |organisation, role| actor(&ground, organisation, role);
        Self {
            ward: TeamId::new(&ground.clock, &ground.rng),
            anna: actor(here, Role::Patient),
            bram: actor(here, Role::Patient),
            devries: actor(here, Role::Doctor),
            jansen: actor(here, Role::Nurse),
            beheer: actor(here, Role::Administrator),
            stranger: actor(elsewhere, Role::Doctor),
            ground,
            ring,
            blobs,
        }
    }

    /// The same person, once they belong to the ward.
    pub fn on_the_ward(&self, who: &Actor) -> Actor {
        Actor { teams: Arc::new([self.ward]), ..who.clone() }
    }

    pub async fn direct(&self, me: &Actor, peer: &Actor) -> ChatId {
        let input = (me.clone(), party(me), party(peer));
        let begun =
            self.ground.db.write(input, |tx, (actor, me, peer)| Box::pin(start_direct(tx, actor, me, peer)));
        begun.await.expect("a direct chat")
    }

    pub async fn group(&self, owner: &Actor, others: &[&Actor]) -> ChatId {
        let parties = others.iter().map(|other| party(other)).collect();
        let draft = GroupDraft { subject: "Dressing change".to_owned(), parties, ..GroupDraft::default() };
        self.group_of(owner, draft).await
    }

    /// A group on the ward in which only owner and admins bring others in.
    pub async fn ward_group(&self, owner: &Actor, others: &[&Actor]) -> ChatId {
        let settings = Settings { members_can_invite: false, ..Settings::default() };
        let parties = others.iter().map(|other| party(other)).collect();
        let subject = "Ward round".to_owned();
        let draft = GroupDraft { subject, parties, settings, team: Some(self.ward), ..GroupDraft::default() };
        self.group_of(owner, draft).await
    }

    async fn group_of(&self, owner: &Actor, draft: GroupDraft) -> ChatId {
        self.begin(owner, draft).await.expect("a group")
    }

    pub async fn begin(&self, owner: &Actor, draft: GroupDraft) -> Result<ChatId> {
        let group = draft.seal(&self.ring, &self.ground.clock, &self.ground.rng)?;
        let input = (owner.clone(), group);
        let begun = self.ground.db.write(input, |tx, (actor, group)| Box::pin(start_group(tx, actor, group)));
        begun.await
    }

    /// Somebody new of this role, whom nobody knows by name.
    pub fn another(&self, role: Role) -> Party {
        Party { person: PersonId::new(&self.ground.clock, &self.ground.rng), role }
    }

    /// Opens the chat's door and does something inside, in a writing transaction.
    pub async fn inside<T: Send + 'static>(
        &self,
        who: &Actor,
        chat: ChatId,
        right: Right,
        doing: impl for<'c> Fn(&'c Tx, &'c OpenChat) -> BoxFuture<'c, Result<T>> + Copy + Send + Sync + 'static,
    ) -> Result<T> {
        let body = self.ground.db.write((who.clone(), chat, right), move |tx, (who, chat, right)| {
            Box::pin(async move {
                let chat = open(tx, who, *chat, *right).await?;
                doing(tx, &chat).await
            })
        });
        body.await
    }

    /// As [`Clinic::inside`], in a transaction that goes on for a while after it did so, as on a slow disk; comes back
    /// when it is done and nothing of it is kept yet.
    pub async fn slowly<T: Send + 'static>(
        &self,
        who: &Actor,
        chat: ChatId,
        right: Right,
        doing: impl for<'c> Fn(&'c Tx, &'c OpenChat) -> BoxFuture<'c, Result<T>> + Clone + Send + Sync + 'static,
    ) -> JoinHandle<Result<T>> {
        let is_done = Arc::new(AtomicBool::new(false));
        let (db, input) = (self.ground.db.clone(), (who.clone(), chat, right, is_done.clone()));
        let slow = tokio::spawn(async move {
            let body = db.write(input, move |tx, (who, chat, right, is_done)| {
                let doing = doing.clone();
                Box::pin(async move {
                    let chat = open(tx, who, *chat, *right).await?;
                    let done = doing(tx, &chat).await?;
                    is_done.store(true, Ordering::SeqCst);
                    let (_open, gate) = mpsc::channel::<()>();
                    let _ = gate.recv_timeout(BUSY);
                    Ok(done)
                })
            });
            body.await
        });
        while !is_done.load(Ordering::SeqCst) && !slow.is_finished() {
            tokio::task::yield_now().await;
        }
        slow
    }

    /// As [`Clinic::inside`], in a reading transaction.
    pub async fn looking<T: Send + 'static>(
        &self,
        who: &Actor,
        chat: ChatId,
        doing: impl for<'c> Fn(&'c Tx, &'c OpenChat) -> BoxFuture<'c, Result<T>> + Copy + Send + Sync + 'static,
    ) -> Result<T> {
        let body = self.ground.db.read((who.clone(), chat), move |tx, (who, chat)| {
            Box::pin(async move {
                let chat = open(tx, who, *chat, Right::Read).await?;
                doing(tx, &chat).await
            })
        });
        body.await
    }

    /// One message, with what stands beside it.
    pub async fn one(&self, who: &Actor, chat: ChatId, id: MessageId) -> Result<Message> {
        let body = self.ground.db.read((who.clone(), chat, id), |tx, (who, chat, id)| {
            Box::pin(async move {
                let chat = open(tx, who, *chat, Right::ReadOne).await?;
                crate::message(tx, &chat, *id).await
            })
        });
        body.await
    }

    pub async fn say(&self, who: &Actor, chat: ChatId, text: &str) -> Result<Posted> {
        self.send(who, chat, Draft::text(text)).await
    }

    pub async fn send(&self, who: &Actor, chat: ChatId, draft: Draft) -> Result<Posted> {
        let draft = draft.seal(&self.ring, &self.ground.clock, &self.ground.rng)?;
        let body = self.ground.db.write((who.clone(), chat, draft), |tx, (who, chat, draft)| {
            Box::pin(async move {
                let chat = open(tx, who, *chat, Right::Post).await?;
                crate::post(tx, &chat, draft).await
            })
        });
        body.await
    }

    pub async fn read(&self, who: &Actor, chat: ChatId) -> Result<Vec<Message>> {
        self.window(who, chat, Window::newest(100)).await
    }

    pub async fn window(&self, who: &Actor, chat: ChatId, window: Window) -> Result<Vec<Message>> {
        self.looking(who, chat, move |tx, chat| Box::pin(crate::messages(tx, chat, window))).await
    }

    pub async fn texts(&self, who: &Actor, chat: ChatId) -> Vec<String> {
        self.read(who, chat).await.expect("messages").into_iter().map(|message| message.text).collect()
    }

    pub async fn delete(&self, who: &Actor, chat: ChatId, id: MessageId) -> Result<()> {
        self.inside(who, chat, Right::Receive, move |tx, chat| Box::pin(crate::delete(tx, chat, id))).await
    }

    /// The one patient of a chat; `None` when there is none, or more than one.
    pub async fn only_patient(&self, who: &Actor, chat: ChatId) -> Option<PersonId> {
        let patients = self.details(who, chat).await.patients;
        patients.first.filter(|_| !patients.has_more)
    }

    pub async fn details(&self, who: &Actor, chat: ChatId) -> Chat {
        let details = self.looking(who, chat, |tx, chat| Box::pin(crate::details(tx, chat))).await;
        details.expect("the chat")
    }

    /// Brings the lines of reading to disk.
    pub async fn flush(&self) {
        let log = self.ground.db.read((), |tx, ()| Box::pin(async move { tx.tool::<Log>().cloned() }));
        log.await.expect("a log").flush().await.expect("lines on disk");
    }

    /// The values of the first column of a statement of the test's own, as numbers.
    pub async fn numbers(&self, sql: &'static str) -> Vec<i64> {
        let read = self
            .ground
            .db
            .read((), move |tx, ()| Box::pin(async move { tx.all(sql, &[], |row| row.get(0)).await }));
        read.await.expect("numbers")
    }
}

pub fn party(actor: &Actor) -> Party {
    Party { person: actor.person, role: actor.role }
}

fn actor(ground: &Ground, organisation: OrganisationId, role: Role) -> Actor {
    Actor {
        person: PersonId::new(&ground.clock, &ground.rng),
        acting_for: None,
        role,
        organisation,
        client: None,
        scopes: Scopes::ALL,
        teams: Arc::new([]),
        origin: Origin { request: RequestId::new(&ground.clock, &ground.rng), address: None, once: None },
    }
}

/// The vault and the log, opened when the ground does not lend them.
async fn vault(ground: &Ground) -> Vault {
    let lent = ground.db.read((), |tx, ()| Box::pin(async move { Ok(tx.tool::<Vault>().ok().cloned()) }));
    if let Some(vault) = lent.await.expect("an answer") {
        return vault;
    }
    let master =
        MasterKeys::from_file_or_new(&ground.folder.join("master.key"), &ground.rng).expect("a master key");
    let vault = Vault::open(&ground.db, master).await.expect("a vault");
    // Kept by whom it is lent to: nobody else has it.
    ground.db.lend(Log::start(&ground.db, &vault, Company::Alone).await.expect("a log"));
    vault
}

async fn organisation(ground: &Ground) -> OrganisationId {
    let (vault, id) = (vault(ground).await, OrganisationId::new(&ground.clock, &ground.rng));
    let making = ground
        .db
        .write(id, |tx, id| Box::pin(async move { tx.tool::<Vault>()?.add_keys_for(tx, Some(*id)).await }));
    making.await.expect("keys of the organisation");
    vault.ring_of(&ground.db, id).await.expect("keys at hand");
    id
}
