//! The way into a video visit.

use booking::access::{self, Right};
use booking::setup::{institutions, types};
use booking::video::{self, Window};
use booking::{Appointment, Institution};
use kernel::{Actor, AppointmentId, Error, Kind, Result};
use secrecy::{ExposeSecret as _, SecretString};
use store::Tx;

use crate::House;

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

/// Makes a link into the video visit of the patient whom the actor speaks of.
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

/// The visit that the link with this secret leads to.
///
/// # Errors
/// [`Error::NotFound`] for one that leads nowhere, or nowhere any more.
pub async fn visit(tx: &Tx, secret: &str) -> Result<(Appointment, Institution, Window)> {
    let missing = || Error::not_found(Kind::Appointment);
    let found = video::find(tx, &vault::token_hash(secret)).await?;
    let (organisation, appointment, window) = found.ok_or_else(missing)?;
    let place = institutions::find(tx, organisation, appointment.institution).await?;
    Ok((appointment, place.ok_or_else(missing)?, window))
}
