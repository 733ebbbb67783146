//! People: their sealed names, the identifiers they are found by, and their passwords.

use audit::Outcome;
use kernel::{Actor, Clock, Error, Event, Kind, OrganisationId, PersonId, Result, Rng, Role};
use secrecy::{ExposeSecret as _, SecretString};
use store::{Tx, args};
use vault::{Place, Vault};

use crate::arrivals::{self, Holder};
use crate::log::{self, By};
use crate::rows::persons as rows;
use crate::sign_in::Account;
use crate::{Language, fits, memberships, sign_in, standing};

pub use crate::fits::is_bsn;

/// The systems that identifiers belong to.
pub mod systems {
    /// An e-mail address.
    pub const EMAIL: &str = "email";
    /// A mobile number, E.164.
    pub const MOBILE: &str = "mobile";
    /// What somebody is called by at the organisation's own sign-in (SAML).
    pub const SAML: &str = "saml";
    /// The name that somebody has in another program of the organisation.
    pub const USERNAME: &str = "username";
    /// The Dutch citizen service number.
    pub const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
    /// The number of the English health service.
    pub const NHS: &str = "https://fhir.nhs.uk/Id/nhs-number";
}

const IDENTIFIERS_MAX: usize = 20;
/// Of a password that somebody chooses.
const PASSWORD_CHARS_MIN: usize = 12;
/// Longer ones are refused before any work is spent on them.
pub(crate) const PASSWORD_CHARS_MAX: usize = 1_000;

/// A person to add, in plain words.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Given name.
    pub first_name: String,
    /// Family name, with what goes before it.
    pub last_name: String,
    /// What they are spoken to in.
    pub language: Language,
    /// System and value, and whether it was verified.
    pub identifiers: Vec<Identifier>,
}

/// What somebody is known by.
#[derive(Clone, Debug)]
pub struct Identifier {
    /// One of [`systems`], or another.
    pub system: String,
    /// The value in plain words.
    pub value: String,
    /// Whether it was verified to be theirs.
    pub verified: bool,
}

/// A person as the rows will hold them.
#[derive(Clone, Debug)]
pub struct SealedPerson {
    id: PersonId,
    first_name: Vec<u8>,
    last_name: Vec<u8>,
    language: Language,
    identifiers: Vec<SealedIdentifier>,
}

#[derive(Clone, Debug)]
struct SealedIdentifier {
    system: String,
    hash: [u8; 32],
    value: Vec<u8>,
    verified: bool,
}

impl NewPerson {
    /// Checks and seals a person, before the transaction that adds them begins.
    pub fn seal(&self, vault: &Vault, clock: &Clock, rng: &Rng) -> Result<SealedPerson> {
        self.check()?;
        let id = PersonId::new(clock, rng);
        let ring = vault.house();
        let name = |column, text: &str| ring.seal(name_place(column, &id), text.trim().as_bytes());
        let identifier = |one: &Identifier| {
            let hash = vault.blind(&one.system, &one.value);
            let value = ring.seal(identifier_place(&identifier_row(id, &hash)), one.value.trim().as_bytes());
            SealedIdentifier { system: one.system.clone(), hash, value, verified: one.verified }
        };
        Ok(SealedPerson {
            id,
            first_name: name("first_name", &self.first_name),
            last_name: name("last_name", &self.last_name),
            language: self.language,
            identifiers: self.identifiers.iter().map(identifier).collect(),
        })
    }

    fn check(&self) -> Result<()> {
        let names = [("first_name", &self.first_name), ("last_name", &self.last_name)];
        for (field, name) in names {
            fits::name(field, name)?;
        }
        if self.last_name.trim().is_empty() {
            return Err(Error::invalid("last_name", "name_missing", "A person needs a family name."));
        }
        if self.identifiers.len() > IDENTIFIERS_MAX {
            return Err(Error::too_large("identifiers", IDENTIFIERS_MAX as u64));
        }
        self.identifiers.iter().try_for_each(|one| fits::identifier(&one.system, &one.value))
    }
}

impl SealedPerson {
    /// The id that they will have.
    #[must_use]
    pub const fn id(&self) -> PersonId {
        self.id
    }
}

pub(crate) fn name_place<'a>(column: &'static str, id: &'a PersonId) -> Place<'a> {
    Place { table: "persons", column, row: id.as_bytes() }
}

pub(crate) fn identifier_place(row: &[u8]) -> Place<'_> {
    Place { table: "person_identifiers", column: "value", row }
}

/// Binds a sealed identifier to its person as well as to its key.
pub(crate) fn identifier_row(person: PersonId, hash: &[u8; 32]) -> Vec<u8> {
    [person.as_bytes().as_slice(), hash].concat()
}

/// Adds a person. Somebody else's identifier is a conflict; nobody becomes another by likeness.
pub async fn add(tx: &Tx, by: By<'_>, organisation: OrganisationId, new: &SealedPerson) -> Result<PersonId> {
    let now = tx.now_ms();
    let values = args![&new.id, &new.first_name, &new.last_name, new.language.code(), now];
    tx.run(rows::INSERT, &values).await?;
    for one in &new.identifiers {
        let verified_ms = one.verified.then_some(now);
        if one.verified {
            tx.run(rows::MAKE_ROOM, &args![&one.system, &one.hash]).await?;
        }
        let values = args![&one.system, &one.hash, &new.id, &one.value, verified_ms, false];
        if tx.run(rows::INSERT_IDENTIFIER, &values).await? == 0 {
            return Err(Error::conflict("identifier_taken", "Somebody has this identifier already."));
        }
    }
    log::administration(tx, by, organisation, new.id.as_bytes(), "person added").await?;
    Ok(new.id)
}

/// Whose identifier this hash of [`Vault::blind`] is.
pub async fn find_by_identifier(tx: &Tx, system: &str, hash: &[u8; 32]) -> Result<Option<PersonId>> {
    tx.one(rows::FIND_BY_IDENTIFIER, &args![system, hash], |row| row.get(0)).await
}

/// As [`find_by_identifier`], for who is to get something in an organisation: what was proved in a sandbox alone, where
/// others read the letters, says nothing elsewhere.
pub async fn find_known_in(
    tx: &Tx,
    organisation: OrganisationId,
    system: &str,
    hash: &[u8; 32],
) -> Result<Option<PersonId>> {
    tx.one(rows::FIND_KNOWN_IN, &args![system, hash, &organisation], |row| row.get(0)).await
}

/// Stops everything that a person could do, everywhere, until they are enabled again; what acted in their name stays
/// ended.
pub async fn disable(tx: &Tx, by: By<'_>, organisation: OrganisationId, person: PersonId) -> Result<()> {
    let patient = must_belong(tx, organisation, person).await?;
    standing::hold(tx, person).await?;
    tx.run(rows::DISABLE, &args![&person, tx.now_ms()]).await?;
    standing::end_everywhere(tx, person).await?;
    log::named(tx, by, organisation, (person, patient), "person disabled").await
}

/// Lets a disabled person in again. They sign in anew, and so do the applications that act for them.
pub async fn enable(tx: &Tx, by: By<'_>, organisation: OrganisationId, person: PersonId) -> Result<()> {
    let patient = must_belong(tx, organisation, person).await?;
    tx.run(rows::ENABLE, &args![&person]).await?;
    tx.emit(Event::PersonChanged { person });
    log::named(tx, by, organisation, (person, patient), "person enabled").await
}

/// Gives a person a password, by its hash from [`crate::Desk::hash`], ends everything that acts in their name, and
/// forgets the browsers that they were known by.
pub async fn set_password(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    person: PersonId,
    hash: &str,
) -> Result<()> {
    must_belong(tx, organisation, person).await?;
    standing::hold(tx, person).await?;
    tx.run(rows::SET_PASSWORD, &args![&person, hash, tx.now_ms()]).await?;
    standing::end_everywhere(tx, person).await?;
    sign_in::forget_devices(tx, person, None).await?;
    log::password_set(tx, by, organisation, person, Outcome::Done).await
}

/// Whether this may be a name.
pub fn check_name(name: &str) -> Result<()> {
    fits::name("name", name)
}

/// Whether somebody may choose this password: what it is made of is theirs to choose, as long as it is long enough.
pub fn check_password(new: &SecretString) -> Result<()> {
    let length = new.expose_secret().chars().count();
    if length < PASSWORD_CHARS_MIN {
        return Err(Error::invalid("password", "password_short", "A password has at least 12 characters."));
    }
    if length > PASSWORD_CHARS_MAX {
        return Err(Error::too_large("password", PASSWORD_CHARS_MAX as u64));
    }
    Ok(())
}

/// Gives the actor another password instead of the one that they have proven to know just now. It ends what
/// [`set_password`] ends, the session at hand included; of the browsers that they are known by this one (`device`)
/// stays known. If the password has been changed in between, it is a conflict.
///
/// # Errors
/// [`Error::Unauthenticated`] when the session by which they do so ended in between, or is known by less than they have.
pub async fn change_password(
    tx: &Tx,
    (actor, by): (&Actor, Holder),
    proven: &Account,
    hash: &str,
    device: Option<&[u8; 32]>,
) -> Result<()> {
    arrivals::must_be_sure(tx, by, proven.person).await?;
    let values = args![&proven.person, hash, tx.now_ms(), proven.hash.expose_secret()];
    if tx.run(rows::CHANGE_PASSWORD, &values).await? == 0 {
        return Err(Error::conflict(
            "password_changed",
            "The account is not what it was when its password was checked.",
        ));
    }
    standing::end_everywhere(tx, proven.person).await?;
    sign_in::forget_devices(tx, proven.person, device).await?;
    log::password_set(tx, By::Actor(actor), actor.organisation, proven.person, Outcome::Done).await
}

/// Writes that somebody who is signed in did not know the password that they wanted to change.
pub async fn note_password_refused(tx: &Tx, actor: &Actor) -> Result<()> {
    log::password_set(tx, By::Actor(actor), actor.organisation, actor.person, Outcome::Refused).await
}

/// Passes for who has a place in the organisation, and gives the person when they are a patient there.
pub(crate) async fn must_belong(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Option<PersonId>> {
    let roles = memberships::roles(tx, organisation, person).await?;
    if roles.is_empty() {
        return Err(Error::not_found(Kind::Person));
    }
    Ok(roles.contains(&Role::Patient).then_some(person))
}
