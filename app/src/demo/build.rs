//! Making the clinic, whole or not at all.

use std::collections::HashMap;

use flows::House;
use identity::By;
use identity::clients::{self, NewClient};
use identity::organisations::{self, NewOrganisation};
use identity::persons::{self, Identifier, NewPerson, SealedPerson, systems};
use identity::{memberships, teams};
use kernel::{Error, OrganisationId, PersonId, Result, Scopes};
use store::Tx;

use super::cast::{self, CLIENTS, ORGANISATIONS, PEOPLE, TEAM};

/// Sandbox tokens live 3 days.
const TOKEN_LIFE_MS: i64 = 3 * 24 * 3_600 * 1_000;

type Organisations = HashMap<&'static str, OrganisationId>;

/// Makes organisations, people, the team and clients in one transaction. Nobody has a password yet.
pub async fn build(house: &House) -> Result<()> {
    let seal = |person: &cast::Person| new_person(person).seal(&house.vault, &house.clock, &house.rng);
    let people = PEOPLE.iter().map(seal).collect::<Result<Vec<_>>>()?;
    house.db.write(people, |tx, people| Box::pin(all(tx, people))).await
}

async fn all(tx: &Tx, sealed: &[SealedPerson]) -> Result<()> {
    let mut organisations = Organisations::new();
    for one in &ORGANISATIONS {
        organisations.insert(one.key, organisations::add(tx, By::Operator, &new_organisation(one)).await?);
    }
    let mut people = HashMap::new();
    for (person, sealed) in PEOPLE.iter().zip(sealed) {
        people.insert(person.key, add_person(tx, &organisations, person, sealed).await?);
    }
    let (organisation, name, members) = TEAM;
    let organisation = organisation_of(&organisations, organisation)?;
    let team = teams::add(tx, By::Operator, organisation, name).await?;
    for key in members {
        teams::add_member(tx, By::Operator, organisation, team, people[key]).await?;
    }
    add_clients(tx, &organisations).await
}

/// Adds the clients that a clinic lacks which was made by an older cast.
pub async fn complete(house: &House) -> Result<()> {
    let completing = house.db.write((), |tx, ()| {
        Box::pin(async move {
            let all = organisations::list(tx).await?;
            let of = |key: &str| all.iter().find(|one| one.slug == key).map(|one| one.id);
            let organisations =
                ORGANISATIONS.iter().filter_map(|one| Some((one.key, of(one.key)?))).collect();
            add_clients(tx, &organisations).await
        })
    });
    completing.await
}

async fn add_clients(tx: &Tx, organisations: &Organisations) -> Result<()> {
    for client in &CLIENTS {
        let there = clients::list(tx, organisation_of(organisations, client.organisation)?).await?;
        if there.iter().all(|one| one.name != client.name) {
            clients::add(tx, By::Operator, &new_client(client, organisations)?).await?;
        }
    }
    Ok(())
}

async fn add_person(
    tx: &Tx,
    organisations: &Organisations,
    person: &cast::Person,
    sealed: &SealedPerson,
) -> Result<PersonId> {
    let first = organisation_of(organisations, person.memberships[0])?;
    let id = persons::add(tx, By::Operator, first, sealed).await?;
    // Everybody begins where the cast names them first, so that two visitors find each other.
    for (key, start_ms) in person.memberships.iter().zip(tx.now_ms() - 1_000..) {
        let (organisation, role) = (organisation_of(organisations, key)?, person.role);
        memberships::add_since(tx, By::Operator, organisation, id, role, person.position, start_ms).await?;
    }
    Ok(id)
}

fn organisation_of(organisations: &Organisations, key: &str) -> Result<OrganisationId> {
    organisations.get(key).copied().ok_or_else(|| Error::bug("a key of the cast that names nothing"))
}

fn new_organisation(one: &cast::Organisation) -> NewOrganisation {
    let owned = |(system, value): &(&str, &str)| ((*system).to_owned(), (*value).to_owned());
    NewOrganisation {
        slug: one.key.to_owned(),
        name: one.name.to_owned(),
        time_zone: one.time_zone.to_owned(),
        languages: one.languages.to_vec(),
        sandbox: true,
        patients_see_patients: true,
        staff_invite_coworkers: true,
        identifiers: one.identifiers.iter().map(owned).collect(),
    }
}

fn new_person(person: &cast::Person) -> NewPerson {
    let verified = |system: &str, value| Identifier { system: system.to_owned(), value, verified: true };
    let numbers = person.numbers.iter().map(|number| verified(number.system(), number.value()));
    NewPerson {
        first_name: person.first_name.to_owned(),
        last_name: person.last_name.to_owned(),
        language: person.language,
        identifiers: [verified(systems::EMAIL, cast::email(person.key))].into_iter().chain(numbers).collect(),
    }
}

fn new_client(client: &cast::Client, organisations: &Organisations) -> Result<NewClient> {
    Ok(NewClient {
        public: client.public,
        redirect_uris: client.redirect_uris.iter().map(|uri| (*uri).to_owned()).collect(),
        scopes: Scopes::parse(client.scopes).0,
        token_life_ms: Some(TOKEN_LIFE_MS),
        ..NewClient::of(organisation_of(organisations, client.organisation)?, client.name, client.dialect)
    })
}
