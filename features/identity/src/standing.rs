//! What ends for good, and stays ended, when somebody gets a new password, is disabled, or leaves an organisation: their
//! sessions, the codes on their way and the tokens of applications. What they allowed is remembered, so that they need
//! not be asked again once they have signed in anew.

use kernel::{Event, OrganisationId, PersonId, Result};
use store::Tx;

use crate::{codes, sessions, tokens};

/// Ends what acts in a person's name, in all organisations.
pub(crate) async fn end_everywhere(tx: &Tx, person: PersonId) -> Result<()> {
    sessions::end_all(tx, person).await?;
    // Codes go before tokens: one that is redeemed at this moment is either gone or has its token by then.
    codes::forget_open(tx, person, None).await?;
    tokens::revoke_of_person(tx, person, None).await?;
    tx.emit(Event::PersonChanged { person });
    Ok(())
}

/// Ends what acts in a person's name in one organisation.
pub(crate) async fn end_in(tx: &Tx, organisation: OrganisationId, person: PersonId) -> Result<()> {
    sessions::end_in(tx, organisation, person).await?;
    codes::forget_open(tx, person, Some(organisation)).await?;
    tokens::revoke_of_person(tx, person, Some(organisation)).await?;
    tx.emit(Event::PersonChanged { person });
    Ok(())
}
