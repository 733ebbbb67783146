//! What commands have in common: finding things by what an operator types, and refusals in words.

use audit::{Deed, Line};
use clap::Args;
use flows::House;
use identity::{Organisation, organisations};
use jiff::Timestamp;
use kernel::{Error, Id, Kind, OrganisationId, PersonId, Result};
use serde::{Deserialize, Serialize};
use store::Tx;

/// Of which organisation to list something.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Of {
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
}

/// A refusal as the socket carries it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Fault {
    /// For programs.
    pub code: String,
    /// For people.
    pub sentence: String,
}

/// The refusal in words that may be shown.
#[must_use]
pub fn in_words(error: &Error) -> Fault {
    let fault = |code: &str, sentence: String| Fault { code: code.to_owned(), sentence };
    match error {
        Error::Unauthenticated => fault("unauthenticated", "Nobody is recognised by this.".to_owned()),
        Error::NotFound { what } => fault("not_found", format!("There is no such {}.", what.code())),
        Error::Gone { what } => fault("gone", format!("The {} is no more.", what.code())),
        Error::Invalid { why, .. }
        | Error::NotAllowed { why }
        | Error::Conflict { why }
        | Error::Precondition { why }
        | Error::Unsupported { why } => fault(why.code, why.sentence.to_string()),
        Error::TooLarge { limit } | Error::LimitReached { limit, .. } => {
            fault("limit_reached", format!("The limit {} of {} is reached.", limit.name, limit.most))
        }
        Error::Unavailable { .. } => {
            fault("unavailable", "The store does not answer; see the log.".to_owned())
        }
        Error::Bug { .. } => fault("internal_error", "Something went wrong inside; see the log.".to_owned()),
    }
}

/// The organisation of a short word.
pub(super) async fn organisation(tx: &Tx, slug: &str) -> Result<Organisation> {
    organisations::find_by_slug(tx, slug).await?.ok_or(Error::not_found(Kind::Organisation))
}

/// The id of an organisation, outside a transaction.
pub(super) async fn organisation_id(house: &House, slug: &str) -> Result<OrganisationId> {
    let slug = slug.to_owned();
    house.db.read(slug, |tx, slug| Box::pin(async move { Ok(organisation(tx, slug).await?.id) })).await
}

/// The person whom an e-mail address, or an id, names.
pub(super) async fn person_id(house: &House, named: &str) -> Result<PersonId> {
    if let Some(id) = id(named) {
        return Ok(id);
    }
    let hash = house.vault.blind(identity::persons::systems::EMAIL, named);
    let find = house.db.read(hash, |tx, hash| {
        Box::pin(identity::persons::find_by_identifier(tx, identity::persons::systems::EMAIL, hash))
    });
    find.await?.ok_or(Error::not_found(Kind::Person))
}

/// As [`person_id`], for who is to get something in an organisation.
pub(super) async fn person_known_in(house: &House, slug: &str, named: &str) -> Result<PersonId> {
    if let Some(id) = id(named) {
        return Ok(id);
    }
    let hash = house.vault.blind(identity::persons::systems::EMAIL, named);
    let find = house.db.read((slug.to_owned(), hash), |tx, (slug, hash)| {
        Box::pin(async move {
            let here = organisation(tx, slug).await?.id;
            identity::persons::find_known_in(tx, here, identity::persons::systems::EMAIL, hash).await
        })
    });
    find.await?.ok_or(Error::not_found(Kind::Person))
}

/// An id in either of its faces.
pub(super) fn id<K>(text: &str) -> Option<Id<K>> {
    Id::from_uuid(text).or_else(|| Id::from_hex(text))
}

/// Stored milliseconds as they are shown.
pub(super) fn instant(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map(|at| at.to_string()).unwrap_or_default()
}

/// Leaves the line of a command that changes nothing, and waits until it is on disk.
pub(super) async fn note(
    house: &House,
    organisation: OrganisationId,
    deed: Deed,
    what: &'static str,
) -> Result<()> {
    house.log.note(Line::without_actor(organisation, deed).because(what))?;
    house.log.flush().await
}
