//! Telling the other members by mail that a conversation began or was closed, when who did so asked for it.
//!
//! The promise is one job in the transaction of its cause, however many they are; the letters follow, some at a time.

use identity::notices::{self, Recipient};
use identity::{Organisation, organisations};
use kernel::{ChatId, Error, JobId, LetterId, OrganisationId, PersonId, Result};
use outbound::letters::{self, Address, Content, Letter, SealedLetter};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Tx;
use store::jobs::{self, NewJob};

use super::links::{self, Reader};
use super::words::{self, About};
use crate::House;

/// The job that writes the letters.
pub(crate) const TELL: &str = "letters.members_told";
/// Members whom one run of it writes to: a letter is two statements.
const MEMBERS_PER_RUN: usize = 60;

/// What they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// That it began.
    Began,
    /// That it was closed.
    Closed,
}

/// Whom to tell what. It carries ids, never content.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Tell {
    /// What the letters are about: done twice, the job leaves the same letters.
    cause: JobId,
    organisation: OrganisationId,
    chat: ChatId,
    news: News,
    /// Who did it, and knows.
    by: PersonId,
    /// Up to whom the letters are written.
    after: PersonId,
    /// Whom to tell; the chat's members when they are not named.
    #[serde(default)]
    to: Vec<PersonId>,
}

/// Promises, in the transaction of the cause, that everybody else in the chat is told.
///
/// # Errors
/// As [`jobs::enqueue`].
pub async fn promise(
    tx: &Tx,
    organisation: OrganisationId,
    chat: ChatId,
    by: PersonId,
    news: News,
) -> Result<()> {
    let (cause, after) = (tx.new_id(), PersonId::from_bytes([0; 12]));
    leave(tx, &Tell { cause, organisation, chat, news, by, after, to: Vec::new() }).await
}

/// Promises, in the transaction of the cause, that these people are told, who are no longer in the chat.
///
/// # Errors
/// As [`jobs::enqueue`].
pub async fn promise_to(
    tx: &Tx,
    (organisation, chat): (OrganisationId, ChatId),
    people: &[PersonId],
    by: PersonId,
    news: News,
) -> Result<()> {
    for some in people.chunks(MEMBERS_PER_RUN) {
        let (cause, after) = (tx.new_id(), PersonId::from_bytes([0; 12]));
        leave(tx, &Tell { cause, organisation, chat, news, by, after, to: some.to_vec() }).await?;
    }
    Ok(())
}

async fn leave(tx: &Tx, tell: &Tell) -> Result<()> {
    let payload = serde_json::to_value(tell).map_err(Error::bug)?;
    let dedupe = Some(format!("{}{}", tell.cause.hex(), tell.after.hex()));
    jobs::enqueue(tx, &NewJob { name: TELL, dedupe, payload, due_ms: tx.now_ms() }).await
}

/// Does the job: writes some of the letters, and leaves the job for the rest in the same transaction. Done twice, it
/// finds the letters written.
pub(crate) async fn tell(house: &House, payload: Value) -> Result<()> {
    let tell: Tell = serde_json::from_value(payload).map_err(Error::bug)?;
    house.vault.ring_of(&house.db, tell.organisation).await?;
    let (organisation, members) = house.db.read(tell.clone(), |tx, tell| Box::pin(whom(tx, tell))).await?;
    let Some(organisation) = organisation else { return Ok(()) };
    let recipients = recipients(house, &tell, &members).await?;
    let letters = recipients.into_iter().map(|(person, recipient)| {
        let news = match tell.news {
            News::Began => About::Began,
            News::Closed => About::Closed,
        };
        let id = letters::id_about(&house.vault, tell.cause, person);
        write(house, &organisation, (person, id), recipient, ("conversation", news))
    });
    let letters = letters.collect::<Result<Vec<_>>>()?;
    let rest = members.last().filter(|_| tell.to.is_empty() && members.len() == MEMBERS_PER_RUN);
    let rest = rest.map(|last| Tell { after: *last, ..tell.clone() });
    let written = house.db.write((letters, rest), |tx, (letters, rest)| {
        Box::pin(async move {
            for letter in letters {
                letters::leave(tx, letter).await?;
            }
            match rest {
                Some(rest) => leave(tx, rest).await,
                None => Ok(()),
            }
        })
    });
    written.await
}

async fn whom(tx: &Tx, tell: &Tell) -> Result<(Option<Organisation>, Vec<PersonId>)> {
    let organisation = organisations::find(tx, tell.organisation).await?;
    let most = i64::try_from(MEMBERS_PER_RUN).unwrap_or(i64::MAX);
    let members = match &tell.to[..] {
        [] => messaging::members_after(tx, tell.organisation, tell.chat, tell.after, most).await?,
        named => named.to_vec(),
    };
    Ok((organisation, members))
}

/// Those of them who are to be told. Each is looked up alone: whose address does not open keeps nobody else from it.
async fn recipients(house: &House, tell: &Tell, members: &[PersonId]) -> Result<Vec<(PersonId, Recipient)>> {
    let mut recipients = Vec::new();
    for person in members.iter().filter(|person| **person != tell.by) {
        let found = house.db.read((tell.organisation, *person), |tx, (organisation, person)| {
            Box::pin(notices::recipient(tx, *organisation, *person))
        });
        let recipient = match found.await {
            Err(error) if error.retry_after_s().is_none() => {
                tracing::error!(person = person.hex(), ?error, "somebody cannot be told of a conversation");
                None
            }
            found => found?.filter(|recipient| recipient.wishes.wanted),
        };
        recipients.extend(recipient.map(|recipient| (*person, recipient)));
    }
    Ok(recipients)
}

/// A letter to somebody whom mail reaches, which leads to their conversations.
pub(super) fn write(
    house: &House,
    organisation: &Organisation,
    (person, id): (PersonId, LetterId),
    recipient: Recipient,
    (kind, about): (&'static str, About),
) -> Result<SealedLetter> {
    let url = &house.settings.public_url;
    let token = links::ending(&house.vault, Reader { organisation: organisation.id, person });
    let end = format!("{url}/unsubscribe?token={token}");
    let said = words::say(recipient.language, about, &organisation.name, &format!("{url}/chats"), Some(&end));
    let to = Address::Mail(recipient.email);
    let content = Content { unsubscribe: Some(end), ..Content::new(to, said.subject, said.text) };
    let letter = Letter { organisation: organisation.id, kind, person: Some(person), content };
    letter.seal_as(id, &house.vault)
}
