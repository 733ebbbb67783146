//! The way into a video visit.

use booking::access::{self, Right};
use booking::setup::{institutions, types};
use booking::video::{self, Visit, Window};
use booking::{Appointment, Institution};
use identity::{Language, notices};
use kernel::{Actor, AppointmentId, Error, Kind, Origin, Result};
use secrecy::{ExposeSecret as _, SecretString};
use store::Tx;

use crate::House;
use crate::asap::reads_for;

/// Where a link leads, below the address of this server; its secret follows.
pub const PATH: &str = "/video/";

/// A link that was made.
#[derive(Debug)]
pub struct Link {
    /// The whole address, with the secret in it.
    pub url: SecretString,
    /// When it can be used.
    pub window: Window,
    /// The zone in which that is shown.
    pub time_zone: String,
}

/// Makes a link into the video visit of the patient whom the actor speaks of, in the place of the one that they made before.
///
/// # Errors
/// [`Error::NotFound`] for anybody else's appointment; else as [`video::make_link`].
pub async fn open(house: &House, actor: &Actor, id: AppointmentId) -> Result<Link> {
    let secret = vault::secret(&house.rng);
    let input = (actor.clone(), id, vault::token_hash(secret.expose_secret()));
    let made = house.db.write(input, |tx, (actor, id, hash)| {
        Box::pin(async move {
            let open = access::open(tx, actor, *id, Right::Read).await?;
            let appointment = open.appointment();
            let (organisation, missing) = (actor.organisation, || Error::bug("what an appointment names"));
            let kind = types::find(tx, organisation, appointment.kind).await?.ok_or_else(missing)?;
            let place = institutions::find(tx, organisation, appointment.institution).await?;
            let window = video::make_link(tx, &open, (&kind, &place.ok_or_else(missing)?), hash).await?;
            Ok((window, appointment.time_zone.clone()))
        })
    });
    let (window, time_zone) = made.await?;
    let url = format!("{}{PATH}{}", house.settings.public_url, secret.expose_secret());
    Ok(Link { url: SecretString::from(url), window, time_zone })
}

/// What somebody is shown who comes by a link.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What its patient is spoken to in.
    pub language: Language,
    /// Where the visit is.
    pub institution: Institution,
    /// The appointment and when it can be joined, in the browser that used the link; `None` as long as none has.
    pub joined: Option<(Appointment, Window)>,
}

/// What the link with this secret shows to a browser. To look uses nothing up.
///
/// # Errors
/// [`Error::NotFound`] for one that leads nowhere, or nowhere any more; [`Error::Gone`] for one that another browser used.
pub async fn look(tx: &Tx, secret: &str, browser: Option<&[u8; 32]>, origin: Origin) -> Result<Shown> {
    let visit = visit(tx, &vault::token_hash(secret)).await?;
    let missing = || Error::not_found(Kind::Appointment);
    let place = institutions::find(tx, visit.organisation, visit.appointment.institution).await?;
    let institution = place.ok_or_else(missing)?;
    let is_theirs =
        visit.browser.as_ref().map(|known| browser.is_some_and(|browser| known[..] == browser[..]));
    if is_theirs == Some(false) {
        return Err(Error::Gone { what: Kind::Appointment });
    }
    visit.seen(tx, origin).await?;
    let Visit { appointment, window, .. } = visit;
    let language = notices::language(tx, appointment.patient).await?.unwrap_or_default();
    Ok(Shown { language, institution, joined: is_theirs.map(|_| (appointment, window)) })
}

/// Uses the link with this secret in this browser.
///
/// # Errors
/// As [`look`].
pub async fn join(house: &House, secret: &str, browser: [u8; 32], origin: Origin) -> Result<()> {
    let input = (vault::token_hash(secret), browser, origin);
    let joined = house.db.write(input, |tx, (hash, browser, origin)| {
        Box::pin(async move {
            let visit = visit(tx, hash).await?;
            video::join(tx, &visit, (hash, browser), *origin).await
        })
    });
    if joined.await? { Ok(()) } else { Err(Error::Gone { what: Kind::Appointment }) }
}

/// The visit that a link leads to, as long as its maker may read the appointment.
async fn visit(tx: &Tx, hash: &[u8; 32]) -> Result<Visit> {
    let missing = || Error::not_found(Kind::Appointment);
    let visit = video::find(tx, hash).await?.ok_or_else(missing)?;
    let patient = visit.appointment.patient;
    if reads_for(tx, visit.organisation, visit.person, patient).await? {
        return Ok(visit);
    }
    Err(missing())
}
