//! The access log's lines of this crate: of every deed one about each patient whom the chat is with or about.

use audit::{Deed, Line, Log, Outcome};
use kernel::{Actor, ChatId, OrganisationId, PersonId, Result};
use store::{Tx, args};

use crate::access::OpenChat;
use crate::chat::Patients;
use crate::rows::members::PATIENTS;

/// Somebody did something in the chat that they opened.
pub(crate) async fn of(tx: &Tx, chat: &OpenChat, deed: Deed, object: &[u8; 12]) -> Result<()> {
    of_each(tx, chat, &[(deed, object)]).await
}

/// Somebody did several things in the chat that they opened.
pub(crate) async fn of_each(tx: &Tx, chat: &OpenChat, deeds: &[(Deed, &[u8; 12])]) -> Result<()> {
    let patients = each(tx, chat.tenant(), chat.key(), chat.patients()).await?;
    let mut lines = Vec::with_capacity(deeds.len() * patients.len());
    for (deed, object) in deeds {
        let line = Line::of(chat.actor(), *deed).object(object).because(chat.ground().name());
        lines.extend(patients.iter().map(|patient| line.clone().about(*patient)));
    }
    audit::write_all(tx, lines).await
}

/// Somebody began a chat.
pub(crate) async fn started(tx: &Tx, actor: &Actor, chat: &ChatId, patients: Patients) -> Result<()> {
    let line = Line::of(actor, Deed::ChatStarted).object(chat.as_bytes());
    let patients = each(tx, &actor.organisation, chat, patients).await?;
    audit::write_all(tx, patients.into_iter().map(|patient| line.clone().about(patient)).collect()).await
}

/// Somebody saw a list of chats.
pub(crate) async fn listed(tx: &Tx, actor: &Actor, whose: &[u8; 12]) -> Result<()> {
    audit::write(tx, Line::of(actor, Deed::ChatListed).object(whose)).await
}

/// Something in a chat ended by itself, or the house did something to it. The line names the chat, or what of it.
pub(crate) async fn by_itself(
    tx: &Tx,
    (organisation, chat): (&OrganisationId, &ChatId),
    patients: Patients,
    line: Line,
) -> Result<()> {
    let patients = each(tx, organisation, chat, patients).await?;
    audit::write_all(tx, patients.into_iter().map(|patient| line.clone().about(patient)).collect()).await
}

/// Somebody tried to open a chat of their organisation that is not theirs. Kept beside the transaction, which is
/// undone.
pub(crate) async fn refused(tx: &Tx, actor: &Actor, chat: &ChatId, patients: Patients) -> Result<()> {
    let line = Line::of(actor, Deed::ChatOpened).object(chat.as_bytes()).outcome(Outcome::Refused);
    let (patients, log) = (each(tx, &actor.organisation, chat, patients).await?, tx.tool::<Log>()?);
    patients.into_iter().try_for_each(|patient| log.note(line.clone().about(patient)))
}

/// Whom the lines are about: each patient once, or nobody. Only a chat of several patients is asked for them.
async fn each(
    tx: &Tx,
    organisation: &OrganisationId,
    chat: &ChatId,
    patients: Patients,
) -> Result<Vec<Option<PersonId>>> {
    let mut each = vec![patients.first];
    if patients.has_more {
        let members = tx.all(PATIENTS, &args![organisation, chat], |row| row.get(0)).await?;
        each.extend(members.into_iter().map(Some).filter(|person| *person != patients.first));
    }
    Ok(each)
}
