//! The log's promises, each on both engines.

mod buffers;
mod columns;
mod gaps;
mod reading;
mod sealing;
mod tampering;
mod writing;

use std::net::IpAddr;
use std::sync::Arc;

use kernel::{
    Actor, ClientId, Id, LineId, OrganisationId, Origin, PersonId, RequestId, Result, Role, Scopes,
};
use store::{Db, args};
use testkit::Ground;
use vault::{MasterKeys, Vault};

use crate::{ALL_SQL, Deed, Line, write};

/// A vault with the keys of organisations 1 and 2.
async fn vault(ground: &Ground) -> Vault {
    let master = MasterKeys::from_file_or_new(&ground.folder.join("master.key"), &ground.rng).unwrap();
    let vault = Vault::open(&ground.db, master).await.unwrap();
    add_keys(&vault, &ground.db, 1).await;
    add_keys(&vault, &ground.db, 2).await;
    vault
}

async fn add_keys(vault: &Vault, db: &Db, number: u8) {
    let input = (vault.clone(), organisation(number));
    db.write(input, |tx, (vault, id)| Box::pin(async move { vault.add_keys_for(tx, Some(*id)).await }))
        .await
        .unwrap();
}

fn id<K>(number: u8) -> Id<K> {
    Id::from_bytes([number; 12])
}

fn organisation(number: u8) -> OrganisationId {
    id(number)
}

/// A nurse of organisation 1 who acts for somebody through a client: every column has a value.
fn nurse(request: u8) -> Actor {
    Actor {
        person: id(20),
        acting_for: Some(id(21)),
        role: Role::Nurse,
        organisation: organisation(1),
        client: Some(id::<kernel::id::kind::Client>(22) as ClientId),
        scopes: Scopes::ALL,
        teams: Arc::from([]),
        origin: Origin { request: id(request), address: Some(IpAddr::from([192, 0, 2, 7])), once: None },
    }
}

fn patient(number: u8) -> PersonId {
    id(number)
}

fn full_line(request: RequestId) -> Line {
    let actor = Actor { origin: Origin { request, ..nurse(0).origin }, ..nurse(0) };
    Line::of(&actor, Deed::MessagePosted).about(Some(patient(30))).object(&[31; 12]).because("team")
}

async fn write_lines(db: &Db, lines: Vec<Line>) -> Result<()> {
    for chunk in lines.chunks(150) {
        let written = db.write(chunk.to_vec(), |tx, lines| {
            Box::pin(async move {
                for line in lines {
                    write(tx, line.clone()).await?;
                }
                Ok(())
            })
        });
        written.await?;
    }
    Ok(())
}

/// Writes as many lines of posted messages in an organisation's log.
async fn post(db: &Db, number: u8, count: usize) {
    let line = Line { organisation: organisation(number), ..full_line(id(1)) };
    write_lines(db, vec![line; count]).await.unwrap();
}

/// What somebody with the database's password can do.
async fn tamper(db: &Db, sql: &'static str, ids: &[&[u8; 12]]) -> u64 {
    let ids: Vec<[u8; 12]> = ids.iter().map(|id| **id).collect();
    let done = db.write(ids, move |tx, ids| {
        Box::pin(async move {
            let args: Vec<_> = ids.iter().map(store::Arg::from).collect();
            tx.run(sql, &args).await
        })
    });
    done.await.unwrap()
}

/// The ids of an organisation's lines, the oldest first.
async fn lines_of(db: &Db, number: u8) -> Vec<LineId> {
    const LINES: &str = "SELECT id FROM audit_lines WHERE organisation = $1 ORDER BY id";
    db.read(organisation(number), |tx, id| Box::pin(tx_all(tx, LINES, id))).await.unwrap()
}

async fn tx_all(tx: &store::Tx, sql: &'static str, organisation: &OrganisationId) -> Result<Vec<LineId>> {
    tx.all(sql, &args![organisation], |row| row.get(0)).await
}

async fn count(db: &Db, sql: &'static str) -> i64 {
    let counted = db.read((), move |tx, ()| {
        Box::pin(async move { Ok(tx.one(sql, &[], |row| row.get::<i64>(0)).await?.unwrap_or_default()) })
    });
    counted.await.unwrap()
}

#[testkit::bedside_test]
async fn every_statement_is_understood(ground: Ground) {
    ground.db.check_statements(ALL_SQL).await.unwrap();
}

#[test]
fn every_deed_and_outcome_has_a_name_of_its_own() {
    for deed in Deed::ALL {
        assert_eq!(Deed::named(deed.name()), Some(*deed));
        assert!(deed.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    }
    assert_eq!(Deed::named("nothing"), None);
}
