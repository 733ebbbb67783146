//! Asking by letter whether an address is theirs who would come earlier, before anything else goes there.

use booking::access;
use booking::asap::{self, Confirming, Subscription};
use booking::{Appointment, Institution, setup::institutions};
use identity::{Language, notices};
use kernel::{Error, OrganisationId, PersonId, Result, SubscriptionId};
use outbound::letters::{self, Address, Content, Letter};
use serde_json::Value;
use store::Tx;

use super::letters::confirm;
use super::links::{self, Link, Purpose};
use super::mandates;
use crate::House;

/// How long the link of such a letter opens.
const LIFE_MS: i64 = 14 * 24 * 3_600_000;

struct Asked {
    subscription: Subscription,
    patient: PersonId,
    institution: Institution,
    language: Language,
}

/// Does the job [`asap::CONFIRM`]. Done twice, it leaves one letter.
pub(crate) async fn ask(house: &House, payload: Value) -> Result<()> {
    let Confirming { organisation, subscription } = serde_json::from_value(payload).map_err(Error::bug)?;
    let ring = house.vault.ring_of(&house.db, organisation).await?;
    let input = Confirming { organisation, subscription };
    let found = house.db.read(input, |tx, input| Box::pin(find(tx, *input))).await?;
    let Some(Asked { subscription, patient, institution, language }) = found else { return Ok(()) };
    // So long after they asked, and not after the job is done.
    let expires_ms = subscription.consented_ms + LIFE_MS;
    let link = Link { organisation, id: subscription.id, expires_ms };
    let token = links::make(&house.vault, Purpose::Confirm, &link);
    let hash = vault::token_hash(&token);
    let url = format!("{}/earlier/confirm/{token}", house.settings.public_url);
    let said = confirm(language, &institution, &url);
    let to = Address::Mail(subscription.email(&ring)?);
    let reader = subscription.proxy;
    let content = Content { reader, ..Content::new(to, said.subject, said.text) };
    let letter = Letter { organisation, kind: super::CONFIRM, person: Some(patient), content };
    let id = asap::asking_letter_of(subscription.id);
    let input = (organisation, subscription.id, hash, id, letter.seal_as(id, &house.vault)?);
    let written = house.db.write(input, |tx, (organisation, subscription, hash, id, letter)| {
        Box::pin(async move {
            // The letter that is there already carries a link whose hash is kept.
            if letters::find(tx, *organisation, *id).await?.is_none()
                && asap::ask_to_confirm(tx, *organisation, *subscription, hash).await?
            {
                letters::leave(tx, letter).await?;
            }
            Ok(())
        })
    });
    written.await
}

/// Whether the letter that asks still asks what is not known, and whom it may.
pub(super) async fn is_worth_sending(
    tx: &Tx,
    organisation: OrganisationId,
    subscription: SubscriptionId,
) -> Result<bool> {
    Ok(to_ask(tx, organisation, subscription).await?.is_some())
}

async fn to_ask(
    tx: &Tx,
    organisation: OrganisationId,
    subscription: SubscriptionId,
) -> Result<Option<(Subscription, Appointment)>> {
    let Some((subscription, None)) = asap::find(tx, organisation, subscription).await? else {
        return Ok(None);
    };
    let appointment = access::find(tx, organisation, subscription.appointment).await?;
    let Some(appointment) = appointment.filter(|_| subscription.confirmed_ms.is_none()) else {
        return Ok(None);
    };
    let stands = mandates::stands(tx, organisation, &subscription, appointment.patient).await?;
    Ok(stands.then_some((subscription, appointment)))
}

async fn find(tx: &Tx, Confirming { organisation, subscription }: Confirming) -> Result<Option<Asked>> {
    let Some((subscription, appointment)) = to_ask(tx, organisation, subscription).await? else {
        return Ok(None);
    };
    let institution = institutions::find(tx, organisation, appointment.institution).await?;
    let language = notices::language(tx, appointment.patient).await?.unwrap_or_default();
    Ok(institution.map(|institution| Asked {
        subscription,
        patient: appointment.patient,
        institution,
        language,
    }))
}
