//! Who may read the log, and what they see.

use kernel::{Actor, Error, Page, PersonId, Result, Role};
use store::Db;
use testkit::{Ground, bedside_test};

use super::{count, full_line, id, nurse, organisation, patient, vault, write_lines};
use crate::{Company, Deed, Entry, Line, Log, Outcome, lines_about};

async fn read(db: &Db, actor: Actor, about: PersonId, page: Page) -> Result<Vec<Entry>> {
    db.read((actor, about, page), |tx, (actor, about, page)| Box::pin(lines_about(tx, actor, *about, *page)))
        .await
}

fn the_patient() -> Actor {
    Actor { person: patient(30), acting_for: None, role: Role::Patient, ..nurse(7) }
}

#[bedside_test]
async fn a_patient_sees_the_lines_about_them_and_leaves_one(ground: Ground) {
    let vault = vault(&ground).await;
    let log = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    let lines = vec![
        full_line(id(1)),
        full_line(id(2)).about(Some(patient(31))),
        Line { organisation: organisation(2), ..full_line(id(3)) },
        full_line(id(4)).outcome(Outcome::Refused),
    ];
    for line in lines {
        ground.clock.pass(jiff::SignedDuration::from_millis(1));
        write_lines(&ground.db, vec![line]).await.unwrap();
    }
    let seen = read(&ground.db, the_patient(), patient(30), Page::numbered(0, 20)).await.unwrap();
    assert_eq!(seen.len(), 2, "neither another patient's nor another organisation's");
    assert_eq!(seen[0].outcome, Some(Outcome::Refused), "the newest first");
    let oldest = &seen[1];
    assert_eq!(
        (oldest.deed, oldest.person, oldest.acting_for),
        (Some(Deed::MessagePosted), Some(id(20)), Some(id(21)))
    );
    assert_eq!(
        (oldest.role, oldest.object, oldest.reason.as_deref()),
        (Some(Role::Nurse), Some([31; 12]), Some("team"))
    );

    log.flush().await.unwrap();
    let seen = read(&ground.db, the_patient(), patient(30), Page::numbered(0, 1)).await.unwrap();
    assert_eq!(seen.iter().map(|entry| entry.deed).collect::<Vec<_>>(), [Some(Deed::LogRead)]);
    log.stop().await.unwrap();
}

#[bedside_test]
async fn who_may_not_read_it_learns_nothing_and_leaves_a_line(ground: Ground) {
    const REFUSED: &str = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'log_read' AND outcome = 'refused'";
    let vault = vault(&ground).await;
    let log = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    write_lines(&ground.db, vec![full_line(id(1))]).await.unwrap();
    let administrator = Actor { role: Role::Administrator, ..nurse(8) };
    let other_patient = Actor { person: patient(31), ..the_patient() };
    for stranger in [nurse(7), administrator, other_patient] {
        let refusal = read(&ground.db, stranger, patient(30), Page::numbered(0, 20)).await;
        assert!(matches!(refusal, Err(Error::NotFound { .. })));
    }
    log.flush().await.unwrap();
    assert_eq!(count(&ground.db, REFUSED).await, 3);

    let auditor = Actor { role: Role::Auditor, ..nurse(9) };
    let carer = Actor { acting_for: Some(patient(30)), ..the_patient() };
    for reader in [auditor, Actor { person: id(50), ..carer }] {
        assert!(!read(&ground.db, reader, patient(30), Page::numbered(0, 20)).await.unwrap().is_empty());
    }
    log.stop().await.unwrap();
}
