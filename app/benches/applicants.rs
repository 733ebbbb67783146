//! Brings into a clinic's folder what the benchmarks of tokens and of logins need: three applications, and as many
//! patients with one password as the second argument says. Prints the ids, the secrets and the password.

use std::path::PathBuf;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bedside::config::Config;
use bedside::house;
use flows::House;
use identity::clients::NewClient;
use identity::persons::{Identifier, NewPerson, systems};
use identity::{By, Dialect, GrantType, Language, clients, memberships, organisations, persons};
use kernel::{Clock, Error, OrganisationId, Result, Rng, Role, Scope};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

/// Where the answers of the one that people sign in to would go.
const CALLBACK: &str = "http://127.0.0.1:9/callback";
/// The coordinates of a point of P-256 after the byte that says that both follow (SEC 1 section 2.3.3).
const COORDINATE_BYTES: usize = 32;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let (Some(data), Some(count)) = (args.next(), args.next()) else {
        return Err(Error::bug("applicants DATA COUNT"));
    };
    let mut config = Config::default();
    config.store.data = PathBuf::from(data);
    let settings = house::settings(&config, "http://localhost".to_owned(), true);
    let (house, background) = house::open(&config, settings, Clock::system(), Rng::system()).await?;
    let told = bring(&house, count.parse().map_err(Error::bug)?).await?;
    while audit::seal_once(&house.db).await? > 0 {}
    drop(house);
    background.stop().await?;
    println!("{told}");
    Ok(())
}

async fn bring(house: &House, count: usize) -> Result<Value> {
    let read = house.db.read((), |tx, ()| Box::pin(organisations::find_by_slug(tx, "linde")));
    let linde = read.await?.ok_or_else(|| Error::bug("no demo clinic in this folder"))?.id;
    let program = NewClient {
        scopes: [Scope::SystemCommunicationRs].into_iter().collect(),
        grant_types: vec![GrantType::ClientCredentials],
        ..NewClient::of(linde, "Program", Dialect::Fhir)
    };
    let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(Error::bug)?;
    let signer = NewClient {
        name: "Program with a key".to_owned(),
        jwks: Some(public_keys(&key).to_string()),
        ..program.clone()
    };
    let app = NewClient {
        redirect_uris: vec![CALLBACK.to_owned()],
        scopes: [Scope::Read, Scope::Write].into_iter().collect(),
        trusted: true,
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        ..NewClient::of(linde, "Application", Dialect::Own)
    };
    let private = key.to_pkcs8v1().map_err(Error::bug)?;
    let mut signer = add_client(house, signer).await?;
    signer["key"] = json!(URL_SAFE_NO_PAD.encode(private.as_ref()));
    Ok(json!({
        "program": add_client(house, program).await?,
        "signer": signer,
        "app": add_client(house, app).await?,
        "callback": CALLBACK,
        "patients": patients(house, linde, count).await?,
    }))
}

async fn add_client(house: &House, new: NewClient) -> Result<Value> {
    let added = house.db.write(new, |tx, new| Box::pin(clients::add(tx, By::Operator, new)));
    let (id, secret) = added.await?;
    Ok(json!({ "client_id": id.hex(), "secret": secret.as_ref().map(|secret| secret.expose_secret()) }))
}

/// The public half as a set of JWKs (RFC 7517 section 5).
fn public_keys(key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    let (x, y) = point[1..].split_at(COORDINATE_BYTES);
    let coordinate = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "bench",
        "x": coordinate(x), "y": coordinate(y),
    }] })
}

/// All have one password and its one hash, so that making them takes no minutes; checking it costs each the same.
async fn patients(house: &House, organisation: OrganisationId, count: usize) -> Result<Value> {
    let password = "correct horse battery staple";
    let hash = house.desk.hash(&SecretString::from(password)).await?;
    let mut emails = Vec::new();
    for number in 0..count {
        let email = format!("patient-{number}@bench.example");
        let new = NewPerson {
            first_name: format!("Patient {number}"),
            last_name: "of the bench".to_owned(),
            language: Language::Nl,
            identifiers: vec![Identifier {
                system: systems::EMAIL.to_owned(),
                value: email.clone(),
                verified: true,
            }],
        };
        let sealed = new.seal(&house.vault, &house.clock, &house.rng)?;
        let added =
            house.db.write((organisation, sealed, hash.clone()), |tx, (organisation, sealed, hash)| {
                Box::pin(async move {
                    let person = persons::add(tx, By::Operator, *organisation, sealed).await?;
                    memberships::add(tx, By::Operator, *organisation, person, Role::Patient, "").await?;
                    persons::set_password(tx, By::Operator, *organisation, person, hash).await
                })
            });
        added.await?;
        emails.push(email);
    }
    Ok(json!({ "emails": emails, "password": password }))
}
