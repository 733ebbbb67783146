//! What each change has in common: a line in the access log, and another revision.

use audit::{Deed, Line};
use kernel::{OrganisationId, PersonId, Result};
use store::Tx;

use super::{Author, settings};

impl Author<'_> {
    fn line(self, organisation: OrganisationId) -> Line {
        match self {
            Self::Staff(actor) if actor.organisation == organisation => Line::of(actor, Deed::Administration),
            // Who speaks for another of their organisations acts here as nothing that is known here.
            Self::Staff(actor) => {
                let line = Line::without_actor(organisation, Deed::Administration);
                line.by(Some(actor.person)).from(actor.origin)
            }
            Self::Operator => Line::without_actor(organisation, Deed::Administration),
        }
    }
}

/// What can be booked is to be changed: `what` says how, in words of ours alone. While the practice works on paper it is
/// not.
pub(super) async fn changing(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    object: &[u8; 12],
    what: &'static str,
) -> Result<()> {
    settings::must_be_up(tx, organisation).await?;
    audit::write(tx, author.line(organisation).object(object).because(what)).await?;
    settings::note_change(tx, organisation).await
}

/// The practice itself is changed, on paper or not.
pub(super) async fn of_practice(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    what: &'static str,
) -> Result<()> {
    audit::write(tx, author.line(organisation).object(organisation.as_bytes()).because(what)).await
}

/// What is known of a patient is to be changed.
pub(super) async fn of_patient(
    tx: &Tx,
    author: Author<'_>,
    organisation: OrganisationId,
    patient: PersonId,
    what: &'static str,
) -> Result<()> {
    settings::must_be_up(tx, organisation).await?;
    let line = author.line(organisation).about(Some(patient)).object(patient.as_bytes());
    audit::write(tx, line.because(what)).await
}
