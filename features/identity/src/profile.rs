//! What people say of themselves.

use kernel::{Actor, Error, Event, PersonId, Result};
use store::{Row, Tx, args};
use vault::Vault;

use crate::log;
use crate::persons::{identifier_place, identifier_row, systems};
use crate::rows::invitations as rows;
use crate::{Language, fits};

const POSITION_CHARS_MAX: usize = 200;

/// What to change; `None` leaves it as it is. Names and addresses are the organisation's to change.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// What they are spoken to in.
    pub language: Option<Language>,
    /// Their function in their own words.
    pub position: Option<String>,
}

/// Changes what the actor says of themselves.
///
/// # Errors
/// [`Error::NotAllowed`] for a position of who does not work there; [`Error::Invalid`] for one that does not fit.
pub async fn change(tx: &Tx, actor: &Actor, change: &ProfileChange) -> Result<()> {
    if let Some(position) = &change.position {
        if !actor.is_staff() {
            return Err(Error::not_allowed("not_staff", "Only who works here has a position."));
        }
        fits::name("position", position)?;
        if position.chars().count() > POSITION_CHARS_MAX {
            return Err(Error::too_large("position", POSITION_CHARS_MAX as u64));
        }
        tx.run(rows::DESCRIBE, &args![&actor.organisation, &actor.person, position.trim()]).await?;
    }
    if let Some(language) = change.language {
        tx.run(rows::SPEAK, &args![&actor.person, language.code()]).await?;
    }
    tx.emit(Event::PersonChanged { person: actor.person });
    log::changed_oneself(tx, actor, "own profile changed").await
}

/// What somebody signs in with: their e-mail address, or else their mobile number.
///
/// # Errors
/// The store's.
pub async fn sign_in_name(tx: &Tx, person: PersonId) -> Result<Option<String>> {
    let read = |row: &Row<'_>| Ok((row.get::<String>(0)?, row.get::<[u8; 32]>(1)?, row.get::<Vec<u8>>(2)?));
    let all = tx.all(rows::IDENTIFIERS, &args![&person], read).await?;
    let of = |wanted: &str| all.iter().find(|(system, ..)| system == wanted);
    let Some((_, hash, sealed)) = of(systems::EMAIL).or_else(|| of(systems::MOBILE)) else { return Ok(None) };
    let ring = tx.tool::<Vault>()?.house();
    ring.open_text(identifier_place(&identifier_row(person, hash)), sealed).map(Some)
}
