//! Who may hear of somebody's appointment in their stead, and do something with it: asked anew each time, since a mandate
//! that ended gives nothing any more.

use booking::asap::Subscription;
use identity::{mandates, merges};
use kernel::{OrganisationId, PersonId, Result};
use store::Tx;

/// Whether somebody has a mandate for this patient now, whatever it allows beyond reading, or is the patient. Either may have
/// turned out to be somebody else since their ids were written down.
pub(crate) async fn reads_for(
    tx: &Tx,
    organisation: OrganisationId,
    proxy: PersonId,
    patient: PersonId,
) -> Result<bool> {
    let (proxy, patient) = (merges::who_is(tx, proxy).await?, merges::who_is(tx, patient).await?);
    if proxy == patient {
        return Ok(true);
    }
    let theirs = mandates::of_proxy(tx, organisation, proxy).await?;
    Ok(theirs.iter().any(|mandate| mandate.patient == patient))
}

/// Whether who put an appointment on the list may still do so: its patient, or who has a mandate that lets them book now.
pub(super) async fn stands(
    tx: &Tx,
    organisation: OrganisationId,
    subscription: &Subscription,
    patient: PersonId,
) -> Result<bool> {
    let Some(proxy) = subscription.proxy.filter(|proxy| *proxy != patient) else { return Ok(true) };
    let theirs = mandates::of_proxy(tx, organisation, proxy).await?;
    Ok(theirs.iter().any(|mandate| mandate.patient == patient && mandate.may_book))
}
