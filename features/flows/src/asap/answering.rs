//! What the links in letters of the waiting list lead to. To look changes nothing, since mail programs and their guards look
//! first; whoever has a link is whom it was sent to.

use booking::access;
use booking::asap::{self, Answering, Offer, OfferState};
use booking::setup::{institutions, settings, types};
use booking::{Appointment, State};
use identity::{Language, notices};
use kernel::id::kind;
use kernel::{Error, Kind, OfferId, OrganisationId, Origin, PersonId, Result, SubscriptionId};
use store::Tx;

use super::links::{self, Link, Purpose};
use super::mandates;
use crate::House;
use crate::booking::born_on;

/// How often an answer is tried while others are quicker with one of several that are free.
const TRIES: usize = 3;

/// How it stands with an earlier time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can be had.
    Open,
    /// It can be had, and the practice has to say yes to it, while the time that they have is given up at once.
    OpenToConfirm,
    /// It can be had once the practice works on paper no more.
    OnPaper,
    /// They have it.
    Accepted,
    /// They have it once the practice says yes.
    Requested,
    /// They keep their appointment as it is.
    Declined,
    /// Somebody else has it.
    Taken,
    /// It can no longer be chosen.
    Over,
    /// Whatever came of it, the appointment was moved since.
    Moved,
    /// Whatever came of it, the appointment was cancelled since.
    Cancelled,
}

/// An earlier time as its reader is shown it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What its reader is spoken to in.
    pub language: Language,
    /// Where.
    pub institution: String,
    /// The zone of that place.
    pub time_zone: String,
    /// When the appointment is now, for who is still on the list or has the earlier time; `None` for who left it, and when it
    /// was cancelled.
    pub now_ms: Option<i64>,
    /// Whether the practice has yet to say yes to that.
    pub is_pending: bool,
    /// The earlier time.
    pub new_ms: i64,
    /// How it stands.
    pub standing: Standing,
}

/// What somebody is asked who comes by a link that is no offer.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What its reader is spoken to in.
    pub language: Language,
    /// Where the appointment is.
    pub institution: String,
    /// Whether what the link is for was done before.
    pub is_done: bool,
}

fn offer_link(house: &House, token: &str) -> Result<Link<kind::Offer>> {
    links::open(&house.vault, Purpose::Offer, token, house.clock.now_ms())
}

/// What the link of an offer leads to.
///
/// # Errors
/// [`Error::NotFound`] for what is no link of ours; [`Error::Gone`] once it has ended, and for who may not act for the patient
/// any more.
pub async fn look(house: &House, token: &str, origin: Origin) -> Result<Shown> {
    let link = offer_link(house, token)?;
    house.vault.ring_of(&house.db, link.organisation).await?;
    house.read((link.organisation, link.id, origin), |tx, input| Box::pin(show(tx, *input))).await
}

async fn show(tx: &Tx, (organisation, id, origin): (OrganisationId, OfferId, Origin)) -> Result<Shown> {
    let found = asap::look_at(tx, organisation, id).await?;
    if !stands(tx, organisation, &found).await? {
        return Err(Error::Gone { what: Kind::Offer });
    }
    asap::looked_at(tx, organisation, &found, origin).await?;
    let Answering { offer, appointment, goes_on, .. } = &found;
    let institution = institutions::find(tx, organisation, appointment.institution).await?;
    let institution = institution.ok_or(Error::not_found(Kind::Institution))?;
    // Who has the earlier time reads when that is, whether they stayed on the list or not.
    let has_it = offer.state == OfferState::Accepted && appointment.start_ms == offer.start_ms;
    let may_know = (*goes_on || has_it) && appointment.is_ahead(tx.now_ms());
    Ok(Shown {
        language: language_of(tx, appointment.patient).await?,
        institution: institution.name,
        time_zone: institution.time_zone,
        now_ms: may_know.then_some(appointment.start_ms),
        is_pending: appointment.state == State::Pending,
        new_ms: offer.start_ms,
        standing: standing(tx, organisation, &found).await?,
    })
}

/// What the appointment is now comes before what was answered: nobody is to come, or to stay away, by what has changed since.
async fn standing(tx: &Tx, organisation: OrganisationId, found: &Answering) -> Result<Standing> {
    let Answering { offer, appointment, .. } = found;
    let is_accepted = offer.state == OfferState::Accepted;
    let left_at_ms = if is_accepted { offer.start_ms } else { offer.old_start_ms };
    if appointment.state == State::Cancelled {
        return Ok(Standing::Cancelled);
    }
    if appointment.start_ms != left_at_ms {
        return Ok(Standing::Moved);
    }
    Ok(match offer.state {
        OfferState::Accepted if appointment.state == State::Pending => Standing::Requested,
        OfferState::Accepted => Standing::Accepted,
        OfferState::Declined => Standing::Declined,
        OfferState::Taken => Standing::Taken,
        OfferState::Expired => Standing::Over,
        OfferState::Open if !appointment.is_reschedulable(tx.now_ms()) => Standing::Over,
        OfferState::Open => open(tx, organisation, offer, appointment).await?,
    })
}

async fn open(
    tx: &Tx,
    organisation: OrganisationId,
    offer: &Offer,
    appointment: &Appointment,
) -> Result<Standing> {
    let born_on = born_on(tx, appointment.patient).await?;
    if !asap::can_take(tx, organisation, offer, appointment, born_on).await? {
        return Ok(Standing::Taken);
    }
    if settings::of(tx, organisation).await?.downtime_since_ms.is_some() {
        return Ok(Standing::OnPaper);
    }
    let kind = types::find(tx, organisation, appointment.kind).await?;
    let needs_yes = kind.is_some_and(|kind| kind.needs_confirmation);
    Ok(if needs_yes { Standing::OpenToConfirm } else { Standing::Open })
}

async fn stands(tx: &Tx, organisation: OrganisationId, found: &Answering) -> Result<bool> {
    mandates::stands(tx, organisation, &found.subscription, found.appointment.patient).await
}

async fn language_of(tx: &Tx, patient: PersonId) -> Result<Language> {
    Ok(notices::language(tx, patient).await?.unwrap_or_default())
}

/// Accepts an offer. When somebody else was first, or it is over, the appointment stays as it is, which [`look`] then says.
///
/// # Errors
/// As [`look`]; [`Error::Precondition`] with `downtime` while the practice works on paper.
pub async fn accept(house: &House, token: &str, origin: Origin) -> Result<()> {
    let Link { organisation, id, .. } = offer_link(house, token)?;
    house.vault.ring_of(&house.db, organisation).await?;
    for _ in 0..TRIES {
        let input = (organisation, id, origin);
        let accepted = house.write_booking(organisation, input, |tx, (organisation, id, origin)| {
            Box::pin(async move {
                let Some(found) = to_answer(tx, *organisation, *id).await? else { return Ok(()) };
                let born_on = born_on(tx, found.appointment.patient).await?;
                asap::accept(tx, *organisation, &found, *origin, born_on).await
            })
        });
        match accepted.await {
            Err(error) if store::is_overlap(&error) => {}
            // Somebody else has it.
            Err(Error::Conflict { .. } | Error::NotFound { .. }) => break,
            // It is over.
            Err(Error::Gone { .. }) => return Ok(()),
            Err(Error::NotAllowed { .. }) => return pass_on(house, organisation, id).await,
            // It is too late to move the appointment.
            Err(error @ Error::Precondition { .. }) if !super::is_downtime(&error) => return Ok(()),
            accepted => return accepted,
        }
    }
    let lost =
        house.write_booking(organisation, (organisation, id, origin), |tx, (organisation, id, origin)| {
            Box::pin(async move {
                let Some(found) = to_answer(tx, *organisation, *id).await? else { return Ok(()) };
                asap::lost(tx, *organisation, &found, *origin).await
            })
        });
    lost.await
}

/// Whoever may not have it now, as who was blocked since, keeps it from nobody else.
async fn pass_on(house: &House, organisation: OrganisationId, id: OfferId) -> Result<()> {
    let passed = house.write_booking(organisation, (organisation, id), |tx, (organisation, id)| {
        Box::pin(async move {
            let Some(found) = to_answer(tx, *organisation, *id).await? else { return Ok(()) };
            asap::not_for_them(tx, *organisation, &found).await
        })
    });
    passed.await
}

/// An offer that is to be answered, by who may. With the mandate of who was written to has ended what they put on the list:
/// then there is nothing to answer any more.
async fn to_answer(tx: &Tx, organisation: OrganisationId, id: OfferId) -> Result<Option<Answering>> {
    let found = asap::answering(tx, organisation, id).await?;
    if stands(tx, organisation, &found).await? {
        return Ok(Some(found));
    }
    asap::mandate_ended(tx, organisation, found.subscription.id).await?;
    Ok(None)
}

/// Keeps the appointment as it is.
///
/// # Errors
/// As [`look`].
pub async fn keep(house: &House, token: &str, origin: Origin) -> Result<()> {
    let Link { organisation, id, .. } = offer_link(house, token)?;
    let kept =
        house.write_booking(organisation, (organisation, id, origin), |tx, (organisation, id, origin)| {
            Box::pin(async move {
                let Some(found) = to_answer(tx, *organisation, *id).await? else { return Ok(()) };
                asap::decline(tx, *organisation, &found, *origin).await
            })
        });
    kept.await
}

/// What a link leads to by which somebody leaves the list.
///
/// # Errors
/// As [`look`].
pub async fn look_at_leaving(house: &House, token: &str) -> Result<Asked> {
    let link = links::open(&house.vault, Purpose::Leave, token, house.clock.now_ms())?;
    let found = asked(house, link).await?;
    Ok(Asked { is_done: found.has_ended, ..found.asked })
}

/// Leaves the list, for good.
///
/// # Errors
/// As [`look`].
pub async fn leave(house: &House, token: &str, origin: Origin) -> Result<()> {
    let Link { organisation, id, .. }: Link<kind::Subscription> =
        links::open(&house.vault, Purpose::Leave, token, house.clock.now_ms())?;
    let left =
        house.write_booking(organisation, (organisation, id, origin), |tx, (organisation, id, origin)| {
            Box::pin(asap::leave_by_letter(tx, *organisation, *id, *origin))
        });
    left.await
}

/// What a link leads to that confirms an address.
///
/// # Errors
/// As [`look`]; [`Error::Gone`] when its reader has left the list.
pub async fn look_at_confirming(house: &House, token: &str) -> Result<Asked> {
    let link = links::open(&house.vault, Purpose::Confirm, token, house.clock.now_ms())?;
    let found = asked(house, link).await?;
    if found.has_ended || !found.stands {
        return Err(Error::Gone { what: Kind::Offer });
    }
    Ok(Asked { is_done: found.is_confirmed, ..found.asked })
}

/// Confirms an address.
///
/// # Errors
/// As [`look`]; [`Error::Gone`] when a newer letter asked.
pub async fn confirm(house: &House, token: &str, origin: Origin) -> Result<()> {
    let Link { organisation, id, .. }: Link<kind::Subscription> =
        links::open(&house.vault, Purpose::Confirm, token, house.clock.now_ms())?;
    let input = (organisation, id, vault::token_hash(token), origin);
    let confirmed = house.write_booking(organisation, input, |tx, (organisation, id, hash, origin)| {
        Box::pin(async move {
            let (found, _, patient) = asap::find_in_turn(tx, *organisation, *id).await?;
            if mandates::stands(tx, *organisation, &found, patient).await? {
                return asap::confirm(tx, *organisation, *id, hash, *origin).await;
            }
            asap::mandate_ended(tx, *organisation, *id).await?;
            Ok(false)
        })
    });
    if confirmed.await? { Ok(()) } else { Err(Error::Gone { what: Kind::Offer }) }
}

/// What is asked about a subscription, and how it stands with it.
struct AskedOf {
    asked: Asked,
    has_ended: bool,
    is_confirmed: bool,
    /// Whether who made it may still do so.
    stands: bool,
}

async fn asked(house: &House, link: Link<kind::Subscription>) -> Result<AskedOf> {
    house
        .db
        .read((link.organisation, link.id), |tx, (organisation, id)| Box::pin(ask(tx, *organisation, *id)))
        .await
}

async fn ask(tx: &Tx, organisation: OrganisationId, id: SubscriptionId) -> Result<AskedOf> {
    let nothing = || Error::not_found(Kind::Page);
    let (found, ended_ms) = asap::find(tx, organisation, id).await?.ok_or_else(nothing)?;
    let appointment = access::find(tx, organisation, found.appointment).await?.ok_or_else(nothing)?;
    let institution =
        institutions::find(tx, organisation, appointment.institution).await?.ok_or_else(nothing)?;
    let language = language_of(tx, appointment.patient).await?;
    Ok(AskedOf {
        asked: Asked { language, institution: institution.name, is_done: false },
        has_ended: ended_ms.is_some(),
        is_confirmed: found.confirmed_ms.is_some(),
        stands: mandates::stands(tx, organisation, &found, appointment.patient).await?,
    })
}
