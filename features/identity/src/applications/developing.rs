//! What developers do with the applications that they registered.

use kernel::{Actor, ClientId, Error, Kind, OrganisationId, PersonId, Result};
use secrecy::SecretString;
use store::{Tx, args};

use super::{Application, list};
use crate::clients::{self, NewClient};
use crate::log::{self, By};
use crate::rows::applications as rows;

/// Applications that one developer may have registered at a time.
pub const PER_DEVELOPER_MAX: u32 = 20;

/// What somebody registered, wherever.
pub async fn of_developer(tx: &Tx, developer: PersonId) -> Result<Vec<Application>> {
    let mut all = Vec::new();
    for organisation in tx.all(rows::PLACES, &args![&developer], |row| row.get(0)).await? {
        let here = list(tx, organisation).await?;
        all.extend(here.into_iter().filter(|one| one.registered_by == Some(developer)));
    }
    all.sort_by_key(|one| one.client.id);
    Ok(all)
}

/// Registers an application in the name of its developer, who works where they act. In that organisation it waits for
/// approval; in a sandbox that is everybody's it does not.
///
/// # Errors
/// [`Error::NotAllowed`] to who does not work there; [`Error::LimitReached`] for too many; as [`clients::add`].
pub async fn register(tx: &Tx, actor: &Actor, new: &NewClient) -> Result<(ClientId, Option<SecretString>)> {
    must_develop(tx, actor).await?;
    tx.lock(&format!("identity.developer.{}", actor.person.hex())).await?;
    let count = tx.one(rows::COUNT_REGISTERED, &args![&actor.person], |row| row.get::<i64>(0)).await?;
    if count.unwrap_or_default() >= i64::from(PER_DEVELOPER_MAX) {
        return Err(Error::too_large("applications", PER_DEVELOPER_MAX.into()));
    }
    let (id, secret) = clients::add(tx, By::Actor(actor), new).await?;
    tx.run(rows::REGISTERED, &args![&new.organisation, &id, &actor.person]).await?;
    Ok((id, secret))
}

/// Whether somebody works where they act. Who is invented works nowhere: whoever has their password is somebody else,
/// who would have as many applications and test people of their own again.
pub async fn is_developer(tx: &Tx, actor: &Actor) -> Result<bool> {
    let asked = args![&actor.organisation, &actor.person];
    Ok(actor.is_staff()
        && tx.one(rows::IS_TEST_PERSON, &asked, |row| row.get::<PersonId>(0)).await?.is_none())
}

/// Passes for who does, and is not invented.
///
/// # Errors
/// [`Error::NotAllowed`] to everybody else.
pub async fn must_develop(tx: &Tx, actor: &Actor) -> Result<()> {
    if is_developer(tx, actor).await? {
        return Ok(());
    }
    Err(Error::not_allowed("not_staff", "Only who works here may register applications."))
}

/// The application of this id, for the developer who registered it.
async fn own(tx: &Tx, actor: &Actor, id: ClientId) -> Result<Application> {
    must_develop(tx, actor).await?;
    let all = of_developer(tx, actor.person).await?;
    all.into_iter().find(|one| one.client.id == id).ok_or(Error::not_found(Kind::Client))
}

/// Removes an application that the actor registered: while it waits or is in a sandbox, and later only where they work.
///
/// # Errors
/// [`Error::NotFound`] for any other.
pub async fn withdraw(tx: &Tx, actor: &Actor, id: ClientId) -> Result<()> {
    let client = own(tx, actor, id).await?.client;
    if !client.pending && !client.sandbox && client.organisation != actor.organisation {
        return Err(Error::not_found(Kind::Client));
    }
    clients::remove(tx, By::Actor(actor), id).await
}

/// Notes that the developer of an application in a sandbox wishes it to go into production where they act now.
///
/// # Errors
/// [`Error::NotFound`] for another's; [`Error::Precondition`] for one that is no sandbox's.
pub async fn wish(tx: &Tx, actor: &Actor, id: ClientId) -> Result<()> {
    let client = own(tx, actor, id).await?.client;
    if !client.sandbox {
        return Err(Error::precondition("not_a_sandbox", "This application is in production already."));
    }
    let values = args![&client.organisation, &id, tx.now_ms(), &actor.organisation];
    if tx.run(rows::WISH, &values).await? == 0 {
        return Ok(());
    }
    log::administration(tx, By::Actor(actor), client.organisation, id.as_bytes(), "production wished for")
        .await
}

/// Whom a developer tries applications with in a sandbox.
pub async fn test_people(
    tx: &Tx,
    developer: PersonId,
    organisation: OrganisationId,
) -> Result<Vec<PersonId>> {
    tx.all(rows::TEST_PEOPLE, &args![&developer, &organisation], |row| row.get(0)).await
}

/// Notes that somebody was invented for a developer.
pub async fn add_test_person(
    tx: &Tx,
    actor: &Actor,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<()> {
    let values = args![&actor.person, &person, &organisation, tx.now_ms()];
    tx.run(rows::ADD_TEST_PERSON, &values).await.map(drop)
}
