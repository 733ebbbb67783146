//! What an application may be told of the person who signed in to it.

use kernel::{Actor, Error, Kind, Result, Scope};
use store::{Row, Tx, args};
use vault::Vault;

use crate::persons::{identifier_place, identifier_row, systems};
use crate::rows::persons as rows;
use crate::{Language, clients, find_person, log, subjects};

/// What is told of a person. What is not known of them, or was not granted, is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// What this application calls them by.
    pub subject: String,
    /// Their name and language, for [`Scope::Profile`].
    pub profile: Option<Profile>,
    /// Their e-mail address, for [`Scope::Email`].
    pub email: Option<Told>,
    /// Their mobile number, for [`Scope::Phone`].
    pub phone: Option<Told>,
}

/// A name and a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Both.
    pub full_name: String,
    /// What they are spoken to in.
    pub language: Language,
}

/// What somebody is reached by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The address or number.
    pub value: String,
    /// Whether it was verified to be theirs.
    pub is_verified: bool,
}

/// What the application through which the actor acts may be told of them. It leaves a line in the access log, which a
/// patient sees.
///
/// # Errors
/// [`Error::NotAllowed`] with the code `insufficient_scope` without [`Scope::OpenId`]; [`Error::Unauthenticated`] for
/// who acts through no application.
pub async fn told(tx: &Tx, actor: &Actor) -> Result<Claims> {
    if !actor.scopes.has(Scope::OpenId) {
        return Err(Error::not_allowed("insufficient_scope", "the token lacks the scope openid"));
    }
    let client = actor.client.ok_or(Error::Unauthenticated)?;
    let client = clients::find(tx, client).await?.ok_or(Error::Unauthenticated)?;
    let me = find_person(tx, actor, actor.person).await?.ok_or(Error::not_found(Kind::Person))?;
    log::claims_told(tx, actor).await?;
    let profile = actor.scopes.has(Scope::Profile).then(|| Profile {
        full_name: me.full_name(),
        first_name: me.first_name,
        last_name: me.last_name,
        language: me.language,
    });
    Ok(Claims {
        subject: subjects::of(tx.tool::<Vault>()?, &client, actor.person),
        profile,
        email: reached_by(tx, actor, Scope::Email, systems::EMAIL).await?,
        phone: reached_by(tx, actor, Scope::Phone, systems::MOBILE).await?,
    })
}

async fn reached_by(tx: &Tx, actor: &Actor, scope: Scope, system: &'static str) -> Result<Option<Told>> {
    if !actor.scopes.has(scope) {
        return Ok(None);
    }
    let ring = tx.tool::<Vault>()?.house();
    let person = actor.person;
    let read = |row: &Row<'_>| {
        let (hash, sealed) = (row.get::<[u8; 32]>(0)?, row.get::<Vec<u8>>(1)?);
        let value = ring.open_text(identifier_place(&identifier_row(person, &hash)), &sealed)?;
        Ok(Told { value, is_verified: row.get(2)? })
    };
    tx.one(rows::REACHED_BY, &args![&person, system], read).await
}
