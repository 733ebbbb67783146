//! Who proved to an organisation who they are, by which provider, and what it said of them.
//!
//! A provider has a page of its own, to which the asked person is led. There is one so far, which any sandbox
//! organisation has and no other: whoever comes to it chooses how it ends.

use std::collections::BTreeMap;

use kernel::{Actor, Error, Kind, PersonId, Result};
use store::{Tx, args};
use vault::{Place, Vault};

use crate::people::{Person, find_person};
use crate::rows::verifications as rows;
use crate::{log, organisations};

/// Somebody who tells an organisation who people are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its short word.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
}

/// The provider of the sandbox.
pub const SANDBOX: Provider = Provider { id: "sandbox", name: "Bedside sandbox" };

/// Every provider that there is.
const ALL: [Provider; 1] = [SANDBOX];

/// When the sandbox says that everybody was born.
const SANDBOX_BIRTHDATE: &str = "1980-01-31";

/// What a provider said of somebody: names of attributes, and their values.
pub type Attributes = BTreeMap<String, String>;

/// What was said of somebody, as the row will hold it.
#[derive(Clone, Debug)]
pub struct SealedVerification {
    person: PersonId,
    provider: String,
    attributes: Vec<u8>,
}

/// Where what was said of somebody lies, bound to [`row_of`].
pub(crate) fn place(row: &[u8]) -> Place<'_> {
    Place { table: "verifications", column: "attributes", row }
}

/// What it is bound to: its person, its organisation and its provider.
pub(crate) fn row_of(person: PersonId, organisation: kernel::OrganisationId, provider: &str) -> Vec<u8> {
    [person.as_bytes().as_slice(), organisation.as_bytes(), provider.as_bytes()].concat()
}

/// Who the sandbox says that somebody is: who they say they are, born on a day that nobody was.
#[must_use]
pub fn sandbox_identity(person: &Person) -> Attributes {
    [
        ("given_name", person.first_name.as_str()),
        ("family_name", person.last_name.as_str()),
        ("birthdate", SANDBOX_BIRTHDATE),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

/// Seals what a provider said of the actor, before the transaction that keeps it begins.
///
/// # Errors
/// A defect of ours when it is no JSON.
pub fn seal(
    vault: &Vault,
    actor: &Actor,
    provider: &str,
    attributes: &Attributes,
) -> Result<SealedVerification> {
    let row = row_of(actor.person, actor.organisation, provider);
    let plain = serde_json::to_vec(attributes).map_err(Error::bug)?;
    let attributes = vault.house().seal(place(&row), &plain);
    Ok(SealedVerification { person: actor.person, provider: provider.to_owned(), attributes })
}

/// Keeps that the actor proved who they are; what was said of them before by the same provider is replaced,
/// unless a legal hold keeps it.
///
/// # Errors
/// What the store refuses.
pub async fn keep(tx: &Tx, actor: &Actor, sealed: &SealedVerification) -> Result<()> {
    if sealed.person != actor.person {
        return Err(Error::bug("a verification of somebody else"));
    }
    let row = args![&actor.organisation, &sealed.person, &sealed.provider, &sealed.attributes, tx.now_ms()];
    tx.run(rows::KEEP, &row).await?;
    log::changed_oneself(tx, actor, "identity verified").await
}

/// The providers by which somebody can still prove to the actor's organisation who they are. For its staff, and of
/// oneself.
///
/// # Errors
/// [`Error::NotFound`] for somebody whom the actor may not find, and for anybody but themselves when they are no staff.
pub async fn providers(tx: &Tx, actor: &Actor, person: PersonId) -> Result<Vec<Provider>> {
    let done = done(tx, actor, person).await?;
    let all = of_organisation(tx, actor).await?;
    Ok(all.iter().copied().filter(|one| !done.iter().any(|id| id == one.id)).collect())
}

/// Whether there is any provider by which somebody could prove to the actor's organisation who they are.
///
/// # Errors
/// The store's.
pub async fn are_offered(tx: &Tx, actor: &Actor) -> Result<bool> {
    Ok(!of_organisation(tx, actor).await?.is_empty())
}

/// The providers by which somebody proved to the actor's organisation who they are, the earliest first. For its staff,
/// and of oneself.
///
/// # Errors
/// As [`providers`].
pub async fn verifications(tx: &Tx, actor: &Actor, person: PersonId) -> Result<Vec<Provider>> {
    let done = done(tx, actor, person).await?;
    Ok(done.iter().filter_map(|id| ALL.into_iter().find(|one| one.id == id)).collect())
}

/// The provider of this short word, by which somebody can still prove who they are.
///
/// # Errors
/// [`Error::Invalid`] when the organisation has none of that word, [`Error::Precondition`] when they did so before; as
/// [`providers`].
pub async fn provider_for(tx: &Tx, actor: &Actor, person: PersonId, id: &str) -> Result<Provider> {
    let found = of_organisation(tx, actor).await?.iter().copied().find(|one| one.id == id);
    let why = "There is no such provider.";
    let provider = found.ok_or_else(|| Error::invalid("provider_id", "provider_not_found", why))?;
    if done(tx, actor, person).await?.iter().any(|one| one == id) {
        return Err(Error::precondition("already_verified", "They proved it by this provider before."));
    }
    Ok(provider)
}

async fn done(tx: &Tx, actor: &Actor, person: PersonId) -> Result<Vec<String>> {
    // Who waited under this id may have turned out to be somebody else.
    let person = find_person(tx, actor, person).await?.ok_or(Error::not_found(Kind::Person))?.id;
    if !actor.is_staff() && person != actor.person {
        return Err(Error::not_found(Kind::Person));
    }
    tx.all(rows::OF_PERSON, &args![&actor.organisation, &person], |row| row.get(0)).await
}

async fn of_organisation(tx: &Tx, actor: &Actor) -> Result<&'static [Provider]> {
    let here = organisations::find(tx, actor.organisation).await?;
    Ok(if here.is_some_and(|here| here.sandbox) { &ALL } else { &[] })
}
