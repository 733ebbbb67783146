//! What an application may be told of the person who signed in to it.

use kernel::{Actor, Error, Kind, PersonId, Result, Scope};
use store::{Row, Tx, args};
use vault::Vault;

use crate::details::{self, Details};
use crate::persons::{identifier_place, identifier_row, systems};
use crate::rows::persons as rows;
use crate::{Language, clients, find_person, log, subjects};

/// What is told of a person. What is not known of them, or was not granted, is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// What this application calls them by.
    pub subject: String,
    /// Their name and language, for [`Scope::Profile`]; their name, for [`Scope::ProfileRead`], too.
    pub profile: Option<Profile>,
    /// Their e-mail address, for [`Scope::Email`] and for [`Scope::ProfileRead`].
    pub email: Option<Told>,
    /// Their mobile number, for [`Scope::Phone`].
    pub phone: Option<Told>,
    /// What practices ask for, for [`Scope::ProfileRead`]; of it the postal address, for [`Scope::Address`].
    pub details: Details,
    /// Their mobile number, for [`Scope::ProfileRead`].
    pub mobile: Option<String>,
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
    /// What they are spoken to in, for [`Scope::Profile`] alone.
    pub language: Option<Language>,
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
    let (is_portal, has_profile) = (actor.scopes.has(Scope::ProfileRead), actor.scopes.has(Scope::Profile));
    let profile = (is_portal || has_profile).then(|| Profile {
        full_name: me.full_name(),
        first_name: me.first_name,
        last_name: me.last_name,
        language: has_profile.then_some(me.language),
    });
    Ok(Claims {
        subject: subjects::of(tx.tool::<Vault>()?, &client, actor.person),
        profile,
        email: reached_by(tx, actor, &[Scope::Email, Scope::ProfileRead], systems::EMAIL).await?,
        phone: reached_by(tx, actor, &[Scope::Phone], systems::MOBILE).await?,
        details: details_for(tx, actor).await?,
        mobile: reached_by(tx, actor, &[Scope::ProfileRead], systems::MOBILE).await?.map(|told| told.value),
    })
}

async fn details_for(tx: &Tx, actor: &Actor) -> Result<Details> {
    let (all, address) = (actor.scopes.has(Scope::ProfileRead), actor.scopes.has(Scope::Address));
    if !all && !address {
        return Ok(Details::default());
    }
    let known = details::of(tx, actor.person).await?;
    Ok(if all { known } else { Details { gender: None, born_on: None, phone: None, ..known } })
}

async fn reached_by(tx: &Tx, actor: &Actor, scopes: &[Scope], system: &'static str) -> Result<Option<Told>> {
    if !scopes.iter().any(|scope| actor.scopes.has(*scope)) {
        return Ok(None);
    }
    mobile_or_mail(tx, actor.person, system).await
}

/// The mobile number of somebody. Whoever shows it leaves a line of its own.
///
/// # Errors
/// The store's, and the vault's.
pub async fn mobile_of(tx: &Tx, person: PersonId) -> Result<Option<String>> {
    Ok(mobile_or_mail(tx, person, systems::MOBILE).await?.map(|told| told.value))
}

async fn mobile_or_mail(tx: &Tx, person: PersonId, system: &'static str) -> Result<Option<Told>> {
    let ring = tx.tool::<Vault>()?.house();
    let read = |row: &Row<'_>| {
        let (hash, sealed) = (row.get::<[u8; 32]>(0)?, row.get::<Vec<u8>>(1)?);
        let value = ring.open_text(identifier_place(&identifier_row(person, &hash)), &sealed)?;
        Ok(Told { value, is_verified: row.get(2)? })
    };
    tx.one(rows::REACHED_BY, &args![&person, system], read).await
}
