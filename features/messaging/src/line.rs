//! The access log's lines of this crate.

use audit::{Deed, Line, Log, Outcome};
use kernel::{Actor, ChatId, PersonId, Result};
use store::Tx;

use crate::access::OpenChat;

/// Somebody did something in the chat that they opened.
pub(crate) async fn of(tx: &Tx, chat: &OpenChat, deed: Deed, object: &[u8; 12]) -> Result<()> {
    let line =
        Line::of(chat.actor(), deed).about(chat.patient()).object(object).because(chat.ground().name());
    audit::write(tx, line).await
}

/// Somebody did something that no chat was opened for.
pub(crate) async fn done(
    tx: &Tx,
    actor: &Actor,
    deed: Deed,
    patient: Option<PersonId>,
    object: &[u8; 12],
) -> Result<()> {
    audit::write(tx, Line::of(actor, deed).about(patient).object(object)).await
}

/// Somebody tried to open a chat of their organisation that is not theirs. Kept beside the transaction, which is
/// undone.
pub(crate) fn refused(tx: &Tx, actor: &Actor, patient: Option<PersonId>, chat: ChatId) -> Result<()> {
    let line = Line::of(actor, Deed::ChatOpened).about(patient).object(chat.as_bytes());
    tx.tool::<Log>()?.note(line.outcome(Outcome::Refused))
}
