//! Who was asked in and never came is forgotten, unless somebody writes to them: a conversation names whom it is with.

use identity::invitations::{self, NoNames, Unanswered};
use kernel::{InvitationId, Result};
use store::Tx;

use crate::House;

/// Invitations that one look takes.
const PER_LOOK: i64 = 100;

/// Forgets them, and says how many they were.
///
/// # Errors
/// The store's; who was forgotten stays so.
pub async fn forget_unanswered(house: &House) -> Result<u64> {
    let (mut after, mut forgotten) = (InvitationId::from_bytes([0; 12]), 0);
    loop {
        let some =
            house.db.read_long(after, |tx, after| Box::pin(invitations::unanswered(tx, *after, PER_LOOK)));
        let some = some.await?;
        let Some(last) = some.last() else { return Ok(forgotten) };
        after = last.invitation;
        for who in some {
            forgotten += u64::from(forget(house, who).await?);
        }
    }
}

async fn forget(house: &House, who: Unanswered) -> Result<bool> {
    if house.db.read(who, |tx, who| Box::pin(is_written_to(tx, who))).await? {
        return Ok(false);
    }
    let names = NoNames::of(&house.vault, who.person);
    let forgotten = house.db.write((who, names), |tx, (who, names)| {
        Box::pin(async move {
            // Somebody may have begun to write meanwhile; nobody begins from now on.
            invitations::take_turns(tx, who.organisation).await?;
            Ok(!is_written_to(tx, who).await? && invitations::forget(tx, who, names).await?)
        })
    });
    forgotten.await
}

async fn is_written_to(tx: &Tx, who: &Unanswered) -> Result<bool> {
    messaging::is_in_a_chat(tx, who.organisation, who.person).await
}
