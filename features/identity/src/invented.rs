//! People whom nobody is: a developer tries applications with them, in a sandbox that is everybody's.
//!
//! Always true:
//! - They have a place in the sandbox alone, and an address that no letter reaches (RFC 2606 section 2).
//! - A developer has one of each kind, once; and none of them is a developer.

use kernel::{Actor, Clock, Error, OrganisationId, PersonId, Result, Rng, Role};
use secrecy::SecretString;
use store::Tx;
use vault::Vault;

use crate::log::By;
use crate::organisations::{self, NewOrganisation};
use crate::persons::{Identifier, NewPerson, SealedPerson, systems};
use crate::{Language, applications, memberships, people, persons};

/// The short word of the sandbox that is everybody's.
const SANDBOX: &str = "sandbox";
/// As what people are invented: messages need two ends.
const ROLES: [Role; 2] = [Role::Patient, Role::Nurse];

/// People who are not in the house yet.
#[derive(Clone, Debug)]
pub struct Invented(Vec<(SealedPerson, Role)>);

/// Somebody who was invented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestPerson {
    /// As what.
    pub role: Role,
    /// How they sign in.
    pub email: String,
}

/// A password that a person can read out: four groups of five letters and digits, more than 90 bits of chance.
#[must_use]
pub fn password(rng: &Rng) -> SecretString {
    const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let bytes = rng.bytes::<20>();
    let sign = |byte: &u8| SIGNS[usize::from(byte & 31)] as char;
    let groups: Vec<String> = bytes.chunks(5).map(|group| group.iter().map(sign).collect()).collect();
    SecretString::from(groups.join("-"))
}

impl Invented {
    /// Invents one of each kind, before the transaction that adds them begins.
    ///
    /// # Errors
    /// As [`NewPerson::seal`].
    pub fn seal((vault, clock, rng): (&Vault, &Clock, &Rng)) -> Result<Self> {
        let mark: String = rng.bytes::<4>().iter().map(|byte| format!("{byte:02x}")).collect();
        let one = |role: Role| {
            let name = role.name();
            let email = format!("{name}-{mark}@sandbox.invalid");
            let email = Identifier { system: systems::EMAIL.to_owned(), value: email, verified: true };
            let person = NewPerson {
                first_name: "Test".to_owned(),
                last_name: format!("{name} {mark}"),
                language: Language::En,
                identifiers: vec![email],
            };
            Ok((person.seal(vault, clock, rng)?, role))
        };
        ROLES.into_iter().map(one).collect::<Result<_>>().map(Self)
    }
}

/// The sandbox that is everybody's; the first who needs it has it made.
///
/// # Errors
/// [`Error::Precondition`] where the operator gave its short word to an organisation that is none.
pub async fn sandbox(tx: &Tx, actor: &Actor) -> Result<OrganisationId> {
    tx.lock("identity.sandbox").await?;
    match organisations::find_by_slug(tx, SANDBOX).await? {
        Some(found) if found.sandbox => Ok(found.id),
        Some(_) => Err(Error::precondition(
            "no_sandbox",
            "The organisation called sandbox is none, so there is none.",
        )),
        None => {
            let new = NewOrganisation {
                slug: SANDBOX.to_owned(),
                name: "Sandbox".to_owned(),
                time_zone: "Europe/Amsterdam".to_owned(),
                languages: vec![Language::Nl, Language::En, Language::De, Language::Fr],
                sandbox: true,
                patients_see_patients: false,
                staff_invite_coworkers: false,
                identifiers: Vec::new(),
            };
            organisations::add(tx, By::Actor(actor), &new).await
        }
    }
}

/// Gives a developer people to try things with, or those whom they have a new password; all of them have the same.
///
/// # Errors
/// As [`applications::must_develop`] and [`sandbox`].
pub async fn give(tx: &Tx, actor: &Actor, invented: &Invented, password_hash: &str) -> Result<()> {
    applications::must_develop(tx, actor).await?;
    let (by, here) = (By::Actor(actor), sandbox(tx, actor).await?);
    let mut all = applications::test_people(tx, actor.person, here).await?;
    if all.is_empty() {
        for (person, role) in &invented.0 {
            let id = persons::add(tx, by, here, person).await?;
            memberships::add(tx, by, here, id, *role, "").await?;
            applications::add_test_person(tx, actor, here, id).await?;
            all.push(id);
        }
    }
    for person in all {
        persons::set_password(tx, by, here, person, password_hash).await?;
    }
    Ok(())
}

/// Whom a developer has to try things with.
pub async fn of_developer(tx: &Tx, developer: PersonId) -> Result<Vec<TestPerson>> {
    let Some(here) = organisations::find_by_slug(tx, SANDBOX).await? else { return Ok(Vec::new()) };
    let ids = applications::test_people(tx, developer, here.id).await?;
    // Nobody is whom these names are of, so that seeing them leaves no line.
    let found = people::people_to_push(tx, here.id, &ids).await?;
    let one = |person: people::Person| Some(TestPerson { role: person.role, email: person.email? });
    Ok(found.into_iter().filter_map(one).collect())
}
