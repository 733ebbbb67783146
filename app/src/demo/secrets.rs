//! Passwords and client secrets of the demo: chance, and kept readable in its own folder only.

use std::collections::HashMap;

use flows::House;
use identity::By;
use identity::clients;
use identity::persons;
use kernel::{ClientId, OrganisationId, PersonId, Result};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::cast::{CLIENTS, DOCS, PEOPLE};
use super::told::Found;
use crate::admin::new_password;

/// By key.
pub struct Secrets {
    pub passwords: HashMap<&'static str, String>,
    pub client_secrets: HashMap<&'static str, String>,
}

/// The secrets that were told before, when they are those of the people and clients in this database.
pub fn of(told: &Value, found: &Found) -> Option<Secrets> {
    let one = |kind: &str, key: &str| told[kind].as_array()?.iter().find(|one| one["key"] == key);
    let text = |one: &Value, field: &str| one[field].as_str().map(ToOwned::to_owned);
    let mut secrets = Secrets { passwords: HashMap::new(), client_secrets: HashMap::new() };
    for (person, id) in PEOPLE.iter().zip(&found.people) {
        let one = one("people", person.key).filter(|one| one["id"] == id.uuid())?;
        secrets.passwords.insert(person.key, text(one, "password")?);
    }
    for (client, found) in CLIENTS.iter().zip(&found.clients).filter(|(client, _)| !client.public) {
        let one = one("clients", client.key).filter(|one| one["client_id"] == found.client_id())?;
        secrets.client_secrets.insert(client.key, text(one, "client_secret")?);
    }
    Some(secrets)
}

/// Gives everybody a new password and every client a new secret.
pub async fn hand_out(house: &House, found: &Found) -> Result<Secrets> {
    let mut passwords = HashMap::new();
    let mut hashes: Vec<(OrganisationId, PersonId, String)> = Vec::new();
    for (person, id) in PEOPLE.iter().zip(&found.people) {
        let password = new_password(&house.rng);
        let first = found.organisations.iter().find(|one| one.slug == person.memberships[0]);
        hashes.extend(
            first
                .map(|first| first.id)
                .zip(Some(house.desk.hash(&password).await?))
                .map(|(organisation, hash)| (organisation, *id, hash)),
        );
        passwords.insert(person.key, password.expose_secret().to_owned());
    }
    let confidential = || CLIENTS.iter().zip(&found.clients).filter(|(client, _)| !client.public);
    let ids: Vec<ClientId> = confidential().map(|(_, found)| found.id).collect();
    let secrets = house
        .db
        .write((hashes, ids), |tx, (hashes, ids)| {
            Box::pin(async move {
                for (organisation, person, hash) in hashes {
                    persons::set_password(tx, By::Operator, *organisation, *person, hash).await?;
                }
                let mut secrets = Vec::new();
                for id in ids {
                    secrets.push(clients::rotate_secret(tx, By::Operator, *id, 0).await?);
                }
                Ok(secrets)
            })
        })
        .await?;
    let secrets = secrets.iter().map(|secret| secret.expose_secret().to_owned());
    Ok(Secrets {
        passwords,
        client_secrets: confidential().map(|(client, _)| client.key).zip(secrets).collect(),
    })
}

/// Registers the addresses of the API page, which change with the port.
pub async fn register_docs(house: &House, found: &Found, url: &str) -> Result<()> {
    let page = |origin: &str| format!("{origin}/api-docs/oauth2-redirect.html");
    let mut wanted = vec![page(url)];
    if url.contains("://localhost:") {
        wanted.push(page(&url.replace("://localhost:", "://127.0.0.1:")));
    }
    let docs = CLIENTS.iter().zip(&found.clients).find(|(client, _)| client.key == DOCS);
    let Some((_, docs)) = docs.filter(|(_, docs)| docs.redirect_uris != wanted) else { return Ok(()) };
    house
        .db
        .write((docs.id, wanted), |tx, (id, wanted)| {
            Box::pin(clients::set_redirects(tx, By::Operator, *id, wanted))
        })
        .await
}
