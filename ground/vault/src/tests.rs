//! The rules of sealing, and the words that the tests share.

mod files;
mod masters;
mod sealing;
mod vaults;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::{Clock, OrganisationId, Rng};
use secrecy::SecretString;
use store::Db;

use crate::datakey::{DataKey, Purpose};
use crate::{KeyRing, MasterKeys, Place, Vault};

fn clock() -> Clock {
    Clock::set_to("2026-01-01T00:00:00Z".parse().expect("an instant"))
}

fn master_text(seed: u64) -> String {
    STANDARD.encode(Rng::seeded(seed).bytes::<32>())
}

fn masters(texts: &[&str]) -> MasterKeys {
    MasterKeys::from_text(&SecretString::from(texts.join("\n"))).unwrap()
}

fn organisation(number: u8) -> OrganisationId {
    OrganisationId::from_bytes([number; 12])
}

fn ring(seed: u64) -> KeyRing {
    let (rng, masters) = (Rng::seeded(seed), masters(&[&master_text(1)]));
    let key = DataKey::new(None, Purpose::Seal, &masters, &clock(), &rng);
    KeyRing::new(vec![(key.id, key.sealing(&masters).unwrap())], rng).unwrap()
}

fn place(row: &[u8]) -> Place<'_> {
    Place { table: "messages", column: "body", row }
}

async fn rotate(vault: &Vault, db: &Db, organisation: Option<OrganisationId>) {
    let input = (vault.clone(), organisation);
    db.write(input, |tx, (vault, id)| Box::pin(vault.rotate(tx, *id))).await.unwrap();
    vault.reload(db, organisation).await.unwrap();
}

async fn add_keys(vault: &Vault, db: &Db, organisation: OrganisationId) {
    let input = (vault.clone(), organisation);
    db.write(input, |tx, (vault, id)| Box::pin(async move { vault.add_keys_for(tx, Some(*id)).await }))
        .await
        .unwrap();
}
