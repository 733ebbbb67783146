//! Opening the house: lock, database, keys, log, files and desk, in the order in which they need each other.

mod background;
mod master;
mod router;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod trial;

use std::path::{Path, PathBuf};
use std::time::Duration;

use audit::{Company, Log};
use booking::facts::Recollection;
use flows::checking::Checker;
use flows::{House, Rooms, Settings};
use identity::Desk;
use kernel::{Clock, Error, Result, Rng};
use messaging::files::ChecksFiles;
use outbound::clamd::{Clamd, Patience};
use outbound::{MailSettings, Mailer};
use store::blobs::Blobs;
use store::{DataLock, Db, Options, Place};
use vault::Vault;

use crate::config::{self, Config, Mail};

pub use background::{Background, tidy_up};
pub use router::{FIRST_SEGMENTS, guided_router, router};

/// Opens the house that the configuration describes. `public_url` is what its clients know it by. Nothing is done
/// in its background until [`Background::begin`].
///
/// # Errors
/// [`kernel::Error::Conflict`] when another process has the data; the store's and the vault's.
pub async fn open(
    config: &Config,
    settings: Settings,
    clock: Clock,
    rng: Rng,
) -> Result<(House, Background)> {
    let data = &config.store.data;
    // First, so that a start without a key leaves nothing behind.
    let found = master::find(config, settings.is_demo).await?;
    let lock = DataLock::take(data)?;
    let place = place(config);
    let company = if settings.is_shared { Company::Shared } else { Company::Alone };
    let database_ca_file = config.store.database_ca_file.clone();
    let db = Db::open(Options { place, database_ca_file, clock: clock.clone(), rng: rng.clone() }).await?;
    let vault = Vault::open(&db, found.keys(&db, &rng).await?).await?;
    let log = Log::start(&db, &vault, company).await?;
    db.lend(Recollection::default());
    let blobs = Blobs::open(data.join("files")).await?;
    let checker = checker(config)?;
    if checker.is_some() {
        db.lend(ChecksFiles);
    }
    let desk = Desk::new(clock.clone(), rng.clone());
    let mailer = mailer(&config.mail).map_err(|sentence| Error::precondition("mail_unfit", sentence))?;
    let house = House::new(Rooms { db, vault, log, blobs, clock, rng, desk, mailer, checker, settings });
    let drain_within = Duration::from_secs(u64::from(config.server.shutdown_seconds));
    Ok((house.clone(), Background::new(house, lock, drain_within)))
}

fn checker(config: &Config) -> Result<Option<Checker>> {
    let Some(address) = &config.files.clamd else { return Ok(None) };
    let unfit =
        |_| Error::invalid("files.clamd", "clamd_address", "unix: and a path, or tcp: and a host and a port");
    Ok(Some(Checker::new(Clamd::at(address.parse().map_err(unfit)?, Patience::default()))))
}

/// The way out for mail; `None` when no mail server is named.
///
/// # Errors
/// What does not fit, in words for the operator.
pub fn mailer(mail: &Mail) -> std::result::Result<Option<Mailer>, &'static str> {
    let (Some(smtp_url), Some(from)) = (&mail.smtp_url, &mail.from) else { return Ok(None) };
    let settings = MailSettings {
        smtp_url: smtp_url.wrapped().clone(),
        from: from.clone(),
        bounce_address: mail.bounce_address.clone(),
        ca_file: mail.ca_file.clone(),
        allow_plain: mail.allow_plain,
    };
    Mailer::open(&settings).map(Some)
}

/// What the house needs to know of the configuration.
#[must_use]
pub fn settings(config: &Config, public_url: String, is_demo: bool) -> Settings {
    Settings {
        public_url,
        messenger_calls_per_second: config.limits.messenger_calls_per_second,
        address_requests_per_second: config.limits.address_requests_per_second,
        trusted_proxies: config.server.trusted_proxies.clone(),
        gateway_sessions_max: config.limits.gateway_sessions_max,
        gateway_sessions_per_person_max: config.limits.gateway_sessions_per_person_max,
        kpn_paths: config.wires.kpn_paths.clone(),
        portal_paths: config.wires.portal_paths.clone(),
        availability_ids: match config.wires.portal_availability_ids {
            config::AvailabilityIds::Plain => flows::AvailabilityIds::Plain,
            config::AvailabilityIds::Vendor => flows::AvailabilityIds::Vendor,
        },
        portal_calls_per_second: config.limits.portal_calls_per_second,
        is_demo,
        is_shared: matches!(place(config), Place::Url(_)),
    }
}

fn place(config: &Config) -> Place {
    match &config.store.database_url {
        Some(url) => Place::Url(url.expose().to_owned()),
        None => Place::File(database_file(&config.store.data)),
    }
}

/// Where the embedded database lies in a folder of data.
#[must_use]
pub fn database_file(data: &Path) -> PathBuf {
    data.join("bedside.db")
}
