//! The vault on a database: first start, rotation, and keys that come and go.

use std::sync::Arc;

use kernel::{Error, Event};
use store::{Db, Options, Statement, args};
use testkit::{Ground, bedside_test};

use super::{add_keys, master_text, masters, organisation, place, rotate};
use crate::{ALL_SQL, KeyRing, Resealing, Vault, keys, mark_resealed};

const TEXT: &[u8] = b"Please come back in two weeks.";

fn sealed(ring: &KeyRing) -> Vec<u8> {
    ring.seal(place(b"row"), TEXT)
}

fn assert_opens(ring: &Arc<KeyRing>, sealed: &[u8]) {
    assert_eq!(ring.open(place(b"row"), sealed).unwrap(), TEXT);
}

/// What another process on the same data has: it hears of no commit but its own.
async fn another_process(ground: &Ground) -> (Db, Vault) {
    let (place, clock, rng) = (ground.place.clone(), ground.clock.clone(), ground.rng.clone());
    let db = Db::open(Options { place, database_ca_file: None, clock, rng }).await.unwrap();
    let vault = Vault::open(&db, masters(&[&master_text(1)])).await.unwrap();
    (db, vault)
}

#[bedside_test]
async fn every_statement_is_understood(ground: Ground) {
    let db = &ground.db;
    db.check_statements(ALL_SQL).await.unwrap();
}

#[bedside_test]
async fn what_was_sealed_opens_after_a_new_start(ground: Ground) {
    let db = &ground.db;
    let vault = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    add_keys(&vault, db, organisation(1)).await;
    let ring = vault.ring_of(db, organisation(1)).await.unwrap();
    let (ours, theirs) = (sealed(&vault.house()), sealed(&ring));
    let (blind, mac) = (vault.blind("email", "anna@example.org"), vault.audit_mac(b"line"));

    let again = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    assert_opens(&again.house(), &ours);
    assert_opens(&again.cached_ring_of(organisation(1)).expect("at hand from the start"), &theirs);
    assert_eq!(again.blind("email", "anna@example.org"), blind);
    assert_eq!(again.audit_mac(b"line"), mac);
    assert!(again.house().open(place(b"row"), &theirs).is_err(), "the house does not open an organisation's");
}

#[bedside_test]
async fn another_master_key_opens_nothing_and_makes_nothing(ground: Ground) {
    let db = &ground.db;
    Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    let refusal = Vault::open(db, masters(&[&master_text(2)])).await.unwrap_err();
    assert!(matches!(refusal, Error::Precondition { .. }), "{refusal:?}");
    Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
}

#[bedside_test]
async fn keys_are_made_once_and_only_with_their_transaction(ground: Ground) {
    let db = &ground.db;
    let vault = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    let refused = db.write(vault.clone(), |tx, vault| {
        Box::pin(async move {
            vault.add_keys_for(tx, Some(organisation(1))).await?;
            Err::<(), _>(Error::conflict("taken", "There is one."))
        })
    });
    refused.await.unwrap_err();
    assert!(matches!(vault.ring_of(db, organisation(1)).await, Err(Error::NotFound { .. })));
    assert!(vault.cached_ring_of(organisation(1)).is_none());

    add_keys(&vault, db, organisation(1)).await;
    let sealed = sealed(&vault.ring_of(db, organisation(1)).await.unwrap());
    add_keys(&vault, db, organisation(1)).await;
    vault.forget(organisation(1));
    let ring = vault.ring_of(db, organisation(1)).await.unwrap();
    assert!(ring.is_current(&sealed), "the second call made no second key");
}

#[bedside_test]
async fn a_rotation_seals_anew_and_opens_the_old(ground: Ground) {
    let db = &ground.db;
    let vault = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    add_keys(&vault, db, organisation(1)).await;
    let ring = vault.ring_of(db, organisation(1)).await.unwrap();
    let (ours, theirs) = (sealed(&vault.house()), sealed(&ring));
    let blind = vault.blind("email", "anna@example.org");

    rotate(&vault, db, Some(organisation(1))).await;
    rotate(&vault, db, None).await;

    let ring = vault.cached_ring_of(organisation(1)).expect("the rotation left it at hand");
    for (ring, old) in [(&vault.house(), &ours), (&ring, &theirs)] {
        assert_opens(ring, old);
        assert!(!ring.is_current(old));
        let new = sealed(ring);
        assert!(ring.is_current(&new));
        assert_opens(ring, &new);
    }
    let again = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    assert_opens(&again.house(), &ours);
    assert!(again.house().is_current(&sealed(&vault.house())), "the newest key is still the one that seals");
    assert_eq!(again.blind("email", "anna@example.org"), blind, "people are found as before");
}

#[bedside_test]
async fn a_key_goes_only_once_it_is_marked_and_others_stay(ground: Ground) {
    let db = &ground.db;
    let vault = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    add_keys(&vault, db, organisation(1)).await;
    let before = db.clock().now_ms();
    rotate(&vault, db, Some(organisation(1))).await;
    rotate(&vault, db, None).await;
    let notes = async || db.read((), |tx, ()| Box::pin(keys(tx))).await.unwrap();
    let marked = async |until_ms: i64| {
        let mark =
            db.write(until_ms, |tx, until_ms| Box::pin(mark_resealed(tx, Some(organisation(1)), *until_ms)));
        mark.await.unwrap()
    };
    let destroyed = async |key| {
        let input = (vault.clone(), key);
        let removed =
            db.write(input, |tx, (vault, key)| Box::pin(vault.destroy(tx, Some(organisation(1)), *key)));
        removed.await.unwrap()
    };
    let all = notes().await;
    let retired = |ours: bool| {
        let mut those =
            all.iter().filter(|key| key.retired_ms.is_some() && key.organisation.is_some() == ours);
        those.next().expect("a retired key").id
    };
    assert_eq!(marked(before - 1).await, 0, "it was retired later");
    assert!(!destroyed(retired(true)).await, "not marked");
    assert_eq!(marked(before).await, 1, "neither the current one nor that of another owner");
    assert!(!destroyed(retired(false)).await, "another owner's");
    assert!(destroyed(retired(true)).await);
    assert_eq!(notes().await.len(), all.len() - 1);
    let again = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    let ring = vault.reload(db, Some(organisation(1))).await.unwrap();
    assert_opens(&again.cached_ring_of(organisation(1)).unwrap(), &sealed(&ring));
}

#[bedside_test]
async fn only_what_an_older_key_sealed_is_sealed_anew(ground: Ground) {
    let db = &ground.db;
    let vault = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    let old = sealed(&vault.house());
    rotate(&vault, db, None).await;
    let ring = vault.house();
    let mut damaged = old.clone();
    *damaged.last_mut().unwrap() ^= 1;
    let mut resealing = Resealing::new(&ring);
    let mut anew = Vec::new();
    for value in [&old, &sealed(&ring), &damaged] {
        resealing.look(place(b"row"), value, |new| {
            anew.push(new.to_vec());
            Statement::new("", &[])
        });
    }
    let (updates, found) = resealing.finish();
    assert_eq!((updates.len(), found), (1, 2), "the current one is left alone, the damaged one is told");
    assert!(ring.is_current(&anew[0]));
    assert_opens(&ring, &anew[0]);
}

#[bedside_test]
async fn a_rotation_by_another_process_is_noticed(ground: Ground) {
    let db = &ground.db;
    let here = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    add_keys(&here, db, organisation(1)).await;
    let (their_db, elsewhere) = another_process(&ground).await;
    let old = here.ring_of(db, organisation(1)).await.unwrap();
    rotate(&elsewhere, &their_db, Some(organisation(1))).await;
    let new = sealed(&elsewhere.ring_of(&their_db, organisation(1)).await.unwrap());

    assert!(Arc::ptr_eq(&old, &here.ring_of(db, organisation(1)).await.unwrap()), "nobody told it");
    assert!(matches!(old.open(place(b"row"), &new), Err(Error::Unavailable { .. })), "worth another try");
    assert_opens(&here.ring_of(db, organisation(1)).await.unwrap(), &new);

    rotate(&elsewhere, &their_db, None).await;
    let new = sealed(&elsewhere.house());
    here.house().open(place(b"row"), &new).unwrap_err();
    here.ring_of(db, organisation(1)).await.unwrap();
    assert_opens(&here.house(), &new);
}

#[bedside_test]
async fn who_opens_nothing_new_seals_with_a_retired_key_only_until_the_next_refresh(ground: Ground) {
    let db = &ground.db;
    let here = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    add_keys(&here, db, organisation(1)).await;
    let (their_db, elsewhere) = another_process(&ground).await;
    let current = async |vault: &Vault, db: &Db| {
        let ring = vault.ring_of(db, organisation(1)).await.unwrap();
        [vault.house().current_key(), ring.current_key()]
    };
    let before = current(&here, db).await;
    rotate(&elsewhere, &their_db, None).await;
    rotate(&elsewhere, &their_db, Some(organisation(1))).await;
    assert_eq!(current(&here, db).await, before, "nobody told it");
    here.refresh(db).await.unwrap();
    let after = current(&here, db).await;
    assert_eq!(after, current(&elsewhere, &their_db).await);
    assert!(before.iter().all(|key| !after.contains(key)));
}

#[bedside_test]
async fn a_changed_organisation_is_loaded_anew_while_the_old_ring_serves(ground: Ground) {
    let db = &ground.db;
    let vault = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    add_keys(&vault, db, organisation(1)).await;
    let before = vault.ring_of(db, organisation(1)).await.unwrap();
    let change = db.write((), |tx, ()| {
        Box::pin(async move {
            tx.emit(Event::OrganisationChanged { organisation: organisation(1) });
            Ok(())
        })
    });
    change.await.unwrap();
    assert!(Arc::ptr_eq(&before, &vault.cached_ring_of(organisation(1)).unwrap()));
    let after = vault.ring_of(db, organisation(1)).await.unwrap();
    assert!(!Arc::ptr_eq(&before, &after));
    assert!(Arc::ptr_eq(&after, &vault.ring_of(db, organisation(1)).await.unwrap()), "loaded once");
}

#[bedside_test]
async fn a_new_master_key_takes_over_every_data_key(ground: Ground) {
    let db = &ground.db;
    let (old, new) = (master_text(1), master_text(2));
    let vault = Vault::open(db, masters(&[&old])).await.unwrap();
    for number in 1..=150 {
        add_keys(&vault, db, organisation(number)).await;
    }
    let sealed = sealed(&vault.ring_of(db, organisation(7)).await.unwrap());

    let both = Vault::open(db, masters(&[&new, &old])).await.unwrap();
    assert_eq!(both.rewrap(db).await.unwrap(), 154);
    assert_eq!(both.rewrap(db).await.unwrap(), 0);
    let after = Vault::open(db, masters(&[&new])).await.unwrap();
    assert_opens(&after.cached_ring_of(organisation(7)).unwrap(), &sealed);
    assert!(Vault::open(db, masters(&[&old])).await.is_err());
}

#[bedside_test]
async fn a_key_row_moved_to_another_organisation_is_refused(ground: Ground) {
    const MOVE: &str = "UPDATE data_keys SET organisation = $1 WHERE organisation = $2";
    let db = &ground.db;
    let vault = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    add_keys(&vault, db, organisation(1)).await;
    let stolen = db.write((), |tx, ()| {
        Box::pin(async move { tx.run(MOVE, &args![&organisation(2), &organisation(1)]).await.map(drop) })
    });
    stolen.await.unwrap();
    assert!(matches!(vault.ring_of(db, organisation(2)).await, Err(Error::Precondition { .. })));
}

#[bedside_test]
async fn an_identifier_is_found_whatever_its_case(ground: Ground) {
    let db = &ground.db;
    let vault = Vault::open(db, masters(&[&master_text(1)])).await.unwrap();
    let hash = vault.blind("email", "anna.é@example.org");
    assert_eq!(vault.blind("email", "  Anna.É@Example.ORG\n"), hash);
    assert_ne!(vault.blind("phone", "anna.é@example.org"), hash);
    assert_ne!(vault.blind("email", "anna.e@example.org"), hash);
    assert_ne!(vault.blind("emai", "lanna.é@example.org"), hash);
}

#[bedside_test]
async fn no_key_shows_in_debug(ground: Ground) {
    let db = &ground.db;
    let text = master_text(1);
    let vault = Vault::open(db, masters(&[&text])).await.unwrap();
    let shown = format!("{vault:?} {:?}", vault.house());
    assert!(!shown.contains(text.trim_end_matches('=')));
    assert!(shown.len() < 200, "ids, and nothing else: {shown}");
}
