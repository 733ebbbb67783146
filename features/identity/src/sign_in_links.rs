//! Links by which patients sign in without a password: asked for at the sign-in page, sent to a verified address, good
//! once and for a quarter of an hour. Who works anywhere gets a letter that says to use their password.

use kernel::{ClientId, Error, OrganisationId, Origin, PersonId, Result, Role};
use secrecy::SecretString;
use store::{Tx, args};

use crate::caps::{self, Caps, DAY_MS};
use crate::notices::{self, Recipient};
use crate::rows::factors as rows;
use crate::rows::memberships::role;
use crate::{Organisation, log, organisations, secret};

/// How long a link opens.
pub const LIFE_MS: i64 = 15 * 60_000;
/// Links that somebody gets within that time, and within a day: as many as they ask for in a browser that their account
/// knows, and as many that others ask for.
const LINKS_MAX: &Caps = &[(LIFE_MS, 3), (DAY_MS, 10)];

/// Somebody who is to get a letter about signing in.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who.
    pub person: PersonId,
    /// Where, and in what language.
    pub recipient: Recipient,
    /// In whose name.
    pub organisation: Organisation,
    /// Whether they work anywhere, and sign in by a password.
    pub is_staff: bool,
}

/// Where somebody was on their way to when they asked for a link. The way itself stays in the browser that asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The hash of the secret that this browser keeps with it.
    pub browser_hash: [u8; 32],
    /// The application, so that another browser can say where to go on.
    pub client: Option<ClientId>,
}

/// A link that opens.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Whom it signs in.
    pub person: PersonId,
    /// Where they were on their way to.
    pub way: Option<Way>,
}

/// Who has this address, and how mail reaches them; `None` for nobody, and for who proved no address.
pub async fn asker(tx: &Tx, address_hash: &[u8; 32]) -> Result<Option<Asker>> {
    let person = tx.one(rows::FIND_PERSON, &args![address_hash], |row| row.get::<PersonId>(0)).await?;
    match person {
        Some(person) => reached(tx, person).await,
        None => Ok(None),
    }
}

/// How mail about their own account reaches somebody. Letters of a sandbox are read by its staff, so that only who
/// belongs nowhere else gets them there.
pub async fn reached(tx: &Tx, person: PersonId) -> Result<Option<Asker>> {
    let asked = args![&person, tx.now_ms()];
    let places = tx.all(rows::PLACES, &asked, |row| {
        let place = (row.get::<OrganisationId>(0)?, row.get::<bool>(1)?);
        Ok((place, role(&row.get::<String>(2)?)?))
    });
    let places = places.await?;
    let is_staff = places.iter().any(|(_, role)| !matches!(role, Role::Patient | Role::Guest));
    let Some(((_, sandbox), _)) = places.first().copied() else { return Ok(None) };
    for ((organisation, is_sandbox), _) in places {
        if is_sandbox != sandbox {
            break;
        }
        let Some(recipient) = notices::recipient(tx, organisation, person).await? else { continue };
        let Some(organisation) = organisations::find(tx, organisation).await? else { continue };
        return Ok(Some(Asker { person, recipient, organisation, is_staff }));
    }
    Ok(None)
}

/// Whether somebody may be written to again, for who asked in a browser that their account knows or elsewhere.
pub async fn may_write(tx: &Tx, person: PersonId, by_known: bool) -> Result<bool> {
    Ok(caps::wait_of(tx, rows::LINKS_TO, LINKS_MAX, (person, by_known)).await? == 0)
}

/// Keeps a link that goes out in this transaction. One that staff cannot use is kept as one that has ended, to be counted.
pub async fn keep(
    tx: &Tx,
    asker: &Asker,
    code: &SecretString,
    way: Option<&Way>,
    by_known: bool,
) -> Result<()> {
    let (hash, now) = (secret::hash(code), tx.now_ms());
    let ends_ms = if asker.is_staff { now } else { now + LIFE_MS };
    let (browser, client) = (way.map(|way| &way.browser_hash), way.and_then(|way| way.client.as_ref()));
    let values = args![&hash, &asker.person, now, ends_ms, by_known, browser, client];
    tx.run(rows::INSERT_LINK, &values).await?;
    log::sign_in_letter(tx, asker.organisation.id, asker.person, "sign-in link sent").await
}

/// What a link would do.
pub async fn find(tx: &Tx, hash: &[u8; 32]) -> Result<Option<Link>> {
    tx.one(rows::FIND_LINK, &args![hash, tx.now_ms()], |row| {
        let client = row.get::<Option<ClientId>>(2)?;
        let browser = row.get::<Option<Vec<u8>>>(1)?.and_then(|hash| <[u8; 32]>::try_from(hash).ok());
        let way = browser.map(|browser_hash| Way { browser_hash, client });
        Ok(Link { person: row.get(0)?, way })
    })
    .await
}

/// The address that a link was sent to, as far as it tells its owner that it is theirs: `a•••@example.org`.
pub async fn masked_address(tx: &Tx, person: PersonId) -> Result<Option<String>> {
    Ok(reached(tx, person).await?.map(|asker| mask(&asker.recipient.email)))
}

fn mask(email: &str) -> String {
    let (name, host) = email.rsplit_once('@').unwrap_or((email, ""));
    format!("{}•••@{host}", name.chars().take(1).collect::<String>())
}

/// Uses a link up, and with it every other of the same person: says whom it signs in.
///
/// # Errors
/// [`Error::Gone`] when it opens no more.
pub async fn open(tx: &Tx, hash: &[u8; 32], origin: Origin) -> Result<PersonId> {
    let now = tx.now_ms();
    let person = tx.one(rows::USE_LINK, &args![hash, now], |row| row.get::<PersonId>(0)).await?;
    let person = person.ok_or(Error::Gone { what: kernel::Kind::Page })?;
    // Somebody who works somewhere by now signs in by their password.
    let asker = reached(tx, person).await?.filter(|asker| !asker.is_staff);
    let asker = asker.ok_or(Error::Gone { what: kernel::Kind::Page })?;
    tx.run(rows::END_LINKS, &args![&person, now]).await?;
    log::sign_in_link_used(tx, asker.organisation.id, person, origin).await?;
    Ok(person)
}

/// Removes links that ended a day ago; some at a time, and says how many.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP_LINKS, &args![tx.now_ms() - DAY_MS, most]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_again_by_its_owner_and_by_nobody_else() {
        assert_eq!(mask("anna@demo.test"), "a•••@demo.test");
        assert_eq!(mask("é@x"), "é•••@x");
        assert_eq!(mask(""), "•••@");
    }
}
