//! Letters of the waiting list on their way out: whether each still tells its reader something, and what follows when one
//! comes back.

use booking::asap::{self, OfferState};
use identity::merges;
use kernel::{Error, OfferId, OrganisationId, Result};
use outbound::letters::{State, Stored};
use store::Tx;

use super::{CONFIRM, OFFER, TOLD, confirming, mandates};
use crate::booking::born_on;

/// Letters that go where the address of somebody's appointments leads.
const KINDS: [&str; 3] = [OFFER, CONFIRM, TOLD];

/// Whether a letter still tells its reader something that they can use, and may know. What became of an appointment always
/// does.
pub(crate) async fn is_worth_sending(tx: &Tx, organisation: OrganisationId, letter: &Stored) -> Result<bool> {
    if letter.state != State::Waiting {
        return Ok(true);
    }
    match letter.kind.as_str() {
        OFFER => offers_something(tx, organisation, asap::offer_of(letter.id)).await,
        CONFIRM => confirming::is_worth_sending(tx, organisation, asap::asked_by(letter.id)).await,
        _ => Ok(true),
    }
}

/// Whether who is offered a time could take it now: while the mail server is away, others are quicker.
async fn offers_something(tx: &Tx, organisation: OrganisationId, id: OfferId) -> Result<bool> {
    let found = match asap::look_at(tx, organisation, id).await {
        Err(Error::NotFound { .. } | Error::Gone { .. }) => return Ok(false),
        found => found?,
    };
    let (offer, appointment) = (&found.offer, &found.appointment);
    if offer.state != OfferState::Open
        || !mandates::stands(tx, organisation, &found.subscription, appointment.patient).await?
    {
        return Ok(false);
    }
    let born_on = born_on(tx, appointment.patient).await?;
    asap::can_take(tx, organisation, offer, appointment, born_on).await
}

/// A letter of ours came back from this address, or was refused for it: about what its patient has ahead nothing is written
/// to there any more. The caller has loaded the keys of the organisation.
pub(crate) async fn came_back(
    tx: &Tx,
    organisation: OrganisationId,
    letter: &Stored,
    email: &str,
) -> Result<()> {
    let Some(patient) = letter.person.filter(|_| KINDS.contains(&letter.kind.as_str())) else {
        return Ok(());
    };
    asap::came_back(tx, organisation, merges::who_is(tx, patient).await?, email).await
}

/// A letter will never leave: what it offers, nobody was told of.
pub(crate) async fn stays_unsent(tx: &Tx, organisation: OrganisationId, letter: &Stored) -> Result<()> {
    if letter.kind == OFFER {
        asap::untold(tx, organisation, asap::offer_of(letter.id)).await?;
    }
    Ok(())
}
