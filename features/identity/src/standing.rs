//! What ends for good, and stays ended, when somebody gets a new password, is disabled, or leaves an organisation: their
//! sessions, the codes on their way and the tokens of applications. What they allowed is remembered, so that they need
//! not be asked again once they have signed in anew.

use kernel::{Event, GrantId, OrganisationId, PersonId, Result};
use store::Tx;

use crate::{codes, grants, halves, refresh, sessions, tokens};

/// Lets only one transaction at a time begin or end what acts in a person's name: what begins is there already for the
/// other to end it, or begins after that and sees why it may not. It comes before anything of the person is changed,
/// so that no two of them wait for each other.
pub(crate) async fn hold(tx: &Tx, person: PersonId) -> Result<()> {
    tx.lock(&format!("identity.standing.{}", person.hex())).await
}

/// Ends what acts in a person's name, in all organisations. The caller holds their standing.
pub(crate) async fn end_everywhere(tx: &Tx, person: PersonId) -> Result<()> {
    sessions::end_all(tx, person).await?;
    halves::end_all(tx, person).await?;
    let apps = grants::of_person(tx, person).await?;
    end_under(tx, &apps.iter().map(|app| app.grant).collect::<Vec<_>>()).await?;
    tx.emit(Event::PersonChanged { person });
    Ok(())
}

/// Ends what acts in the names of these people in one organisation. They are in the order of their ids.
pub(crate) async fn end_in(tx: &Tx, organisation: OrganisationId, persons: &[PersonId]) -> Result<()> {
    for person in persons {
        hold(tx, *person).await?;
    }
    sessions::end_in(tx, organisation, persons).await?;
    let grants = grants::ids_in(tx, organisation, persons).await?;
    end_under(tx, &grants).await?;
    persons.iter().for_each(|person| tx.emit(Event::PersonChanged { person: *person }));
    Ok(())
}

/// However many grants they are, it takes few statements.
async fn end_under(tx: &Tx, grants: &[GrantId]) -> Result<()> {
    // Codes go before refresh tokens, and those before access tokens: what is redeemed at this moment is either gone, or
    // has its tokens by then.
    codes::forget_open(tx, grants).await?;
    refresh::end_of_grants(tx, grants).await?;
    tokens::revoke_of_grants(tx, grants).await
}
