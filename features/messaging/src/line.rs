//! The access log's lines of this crate.

use audit::{Deed, Line};
use kernel::{Actor, PersonId, Result};
use store::Tx;

use crate::access::OpenChat;

/// Somebody read the chat, and why they could.
pub(crate) async fn read(tx: &Tx, chat: &OpenChat) -> Result<()> {
    of(tx, chat, Deed::ChatRead, chat.id().as_bytes()).await
}

/// Somebody did something in the chat that they opened.
pub(crate) async fn of(tx: &Tx, chat: &OpenChat, deed: Deed, object: &[u8]) -> Result<()> {
    let line = Line::of(chat.actor(), deed).about(chat.patient()).object(object).because(chat.ground().name());
    audit::write(tx, line).await
}

/// Somebody did something that no chat was opened for.
pub(crate) async fn done(
    tx: &Tx,
    actor: &Actor,
    deed: Deed,
    patient: Option<PersonId>,
    object: &[u8],
) -> Result<()> {
    audit::write(tx, Line::of(actor, deed).about(patient).object(object)).await
}
