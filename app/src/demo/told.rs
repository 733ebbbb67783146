//! What a stranger is told of the clinic.

use std::collections::HashMap;

use flows::House;
use identity::persons::{self, systems};
use identity::{Client, Organisation, clients, organisations};
use kernel::{Error, Kind, PersonId, Result};
use serde_json::{Value, json};

use super::Place;
use super::cast::{self, CLIENTS, ORGANISATIONS, PEOPLE};
use super::secrets::Secrets;

/// The cast as it stands in the database, in the order of the cast.
pub struct Found {
    pub organisations: Vec<Organisation>,
    pub people: Vec<PersonId>,
    pub clients: Vec<Client>,
}

/// Looks everybody up.
pub async fn find(house: &House) -> Result<Found> {
    let hashes: Vec<_> =
        PEOPLE.iter().map(|person| house.vault.blind(systems::EMAIL, &cast::email(person.key))).collect();
    house
        .db
        .read(hashes, |tx, hashes| {
            Box::pin(async move {
                let mut found = Found { organisations: vec![], people: vec![], clients: vec![] };
                for one in &ORGANISATIONS {
                    let organisation = organisations::find_by_slug(tx, one.key).await?;
                    found.organisations.push(organisation.ok_or(Error::not_found(Kind::Organisation))?);
                }
                for hash in hashes {
                    let person = persons::find_by_identifier(tx, systems::EMAIL, hash).await?;
                    found.people.push(person.ok_or(Error::not_found(Kind::Person))?);
                }
                let linde = found.organisations[0].id;
                let mut all: HashMap<_, _> =
                    clients::list(tx, linde).await?.into_iter().map(|one| (one.name.clone(), one)).collect();
                for client in &CLIENTS {
                    found.clients.push(all.remove(client.name).ok_or(Error::not_found(Kind::Client))?);
                }
                Ok(found)
            })
        })
        .await
}

/// The line of `bedside demo --json`. Its names are stable; fields are added and never renamed.
pub fn tell(found: &Found, secrets: &Secrets, place: Place<'_>) -> Value {
    json!({
        "ready": true,
        "url": place.url,
        "version": env!("CARGO_PKG_VERSION"),
        "metrics": place.metrics_url,
        "organisations": ORGANISATIONS.iter().zip(&found.organisations).map(organisation).collect::<Value>(),
        "people": PEOPLE.iter().zip(&found.people).map(|pair| person(pair, secrets)).collect::<Value>(),
        "clients": CLIENTS.iter().zip(&found.clients).map(|pair| client(pair, secrets)).collect::<Value>(),
        "sandbox_inbox": format!("{}/sandbox/inbox?format=json", place.url),
    })
}

fn identifiers(of: impl Iterator<Item = (&'static str, String)>) -> Value {
    of.map(|(system, value)| json!({ "system": system, "value": value })).collect()
}

fn organisation((cast, found): (&cast::Organisation, &Organisation)) -> Value {
    let known_by = cast.identifiers.iter().map(|(system, value)| (*system, (*value).to_owned()));
    json!({
        "key": cast.key,
        "name": cast.name,
        "id": found.id.uuid(),
        "identifiers": identifiers(known_by),
    })
}

fn person((cast, id): (&cast::Person, &PersonId), secrets: &Secrets) -> Value {
    let numbers = cast.numbers.iter().map(|number| (number.system(), number.value()));
    json!({
        "key": cast.key,
        "role": cast::word(cast.role),
        "name": format!("{} {}", cast.first_name, cast.last_name).trim(),
        "id": id.uuid(),
        "email": cast::email(cast.key),
        "password": secrets.passwords[cast.key],
        "memberships": cast.memberships,
        "identifiers": identifiers(numbers),
    })
}

fn client((cast, found): (&cast::Client, &Client), secrets: &Secrets) -> Value {
    let scopes: Vec<_> = found.scopes.iter().map(kernel::Scope::name).collect();
    json!({
        "key": cast.key,
        "client_id": found.client_id(),
        "client_secret": secrets.client_secrets.get(cast.key),
        "public": cast.public,
        "redirect_uris": found.redirect_uris,
        "scopes": scopes,
    })
}
