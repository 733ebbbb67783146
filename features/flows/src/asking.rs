//! What a message asks of somebody: choosing among options, and proving who one is.

use identity::verifications::{self, Attributes, SealedVerification};
use kernel::{Actor, Error, MessageId, PersonId, Result};
use messaging::{Asked, Draft, Posted, Reply, Request, Right, SealedReply, Verification};
use store::Tx;

use crate::House;
use crate::chats::{self, ChatRef};

/// Answers the question that a message asks, by the names of options. The same answer once more is done already.
///
/// # Errors
/// As [`chats::open`], [`messaging::asked`], [`Asked::choose`] and [`messaging::reply`].
pub async fn answer(
    house: &House,
    actor: &Actor,
    chat: ChatRef,
    message: MessageId,
    options: &[String],
) -> Result<()> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let reply = asked(house, actor, chat, message).await?.choose(options, &ring)?;
    let input = (actor.clone(), chat, reply);
    house.db.write(input, |tx, (actor, chat, reply)| Box::pin(keep(tx, actor, *chat, reply, None))).await
}

/// Asks somebody in a chat to prove who they are, in a message of its own.
///
/// # Errors
/// As [`verifications::provider_for`] and [`chats::post`].
pub async fn ask_who(
    house: &House,
    actor: &Actor,
    chat: ChatRef,
    person: PersonId,
    provider: &str,
) -> Result<Posted> {
    let input = (actor.clone(), chat, person, provider.to_owned());
    let looked = house.read(input, |tx, (actor, chat, person, provider)| {
        Box::pin(async move {
            // Whoever may not know of the chat learns nothing of the person either, and only staff begin one by asking.
            match chats::find(tx, actor, *chat, Right::Post).await? {
                Some(open) => messaging::must_ask_who(&open)?,
                None if actor.is_staff() => {}
                None => return Err(Error::not_found(chat.kind())),
            }
            let person = chats::now_known_as(tx, actor, *person).await?;
            Ok((person, verifications::provider_for(tx, actor, person, provider).await?))
        })
    });
    let (person, provider) = looked.await?;
    let (provider, provider_name) = (provider.id.to_owned(), provider.name.to_owned());
    let request = Request::Verification(Verification { person, provider, provider_name });
    chats::post(house, actor, chat, &Draft { request: Some(request), ..Draft::default() }).await
}

/// Settles what [`ask_who`] asked of the actor: with what the provider said of them, or not at all. The same once more
/// is done already.
///
/// # Errors
/// As [`chats::open`], [`messaging::asked`], [`Asked::settle`] and [`messaging::reply`].
pub async fn settle(
    house: &House,
    actor: &Actor,
    chat: ChatRef,
    message: MessageId,
    attributes: Option<Attributes>,
) -> Result<()> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let asked = asked(house, actor, chat, message).await?;
    let provider = &asked.verification()?.provider;
    let kept = match &attributes {
        Some(said) => Some(verifications::seal(&house.vault, actor, provider, said)?),
        None => None,
    };
    let reply = asked.settle(attributes.map_or(Reply::Refused, Reply::Proved), &ring)?;
    let input = (actor.clone(), chat, reply, kept);
    house
        .db
        .write(input, |tx, (actor, chat, reply, kept)| Box::pin(keep(tx, actor, *chat, reply, kept.as_ref())))
        .await
}

/// What a message asks of the actor.
///
/// # Errors
/// As [`chats::open`] and [`messaging::asked`].
pub async fn asked(house: &House, actor: &Actor, chat: ChatRef, message: MessageId) -> Result<Asked> {
    let input = (actor.clone(), chat, message);
    let asked = house.read(input, |tx, (actor, chat, message)| {
        Box::pin(async move {
            let open = chats::open(tx, actor, *chat, Right::Post).await?;
            let known_as = identity::invitations::known_as(tx, actor.organisation, actor.person).await?;
            messaging::asked(tx, &open, *message, &known_as).await
        })
    });
    asked.await
}

async fn keep(
    tx: &Tx,
    actor: &Actor,
    chat: ChatRef,
    reply: &SealedReply,
    proof: Option<&SealedVerification>,
) -> Result<()> {
    let open = chats::open(tx, actor, chat, Right::Post).await?;
    let is_new = messaging::reply(tx, &open, reply).await?;
    match proof {
        Some(proof) if is_new => verifications::keep(tx, actor, proof).await,
        _ => Ok(()),
    }
}
