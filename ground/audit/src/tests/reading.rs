//! Who may read the log, and what they see.

use kernel::{Actor, Error, LineId, PersonId, Result, Role};
use store::{Db, Place, args};
use testkit::{Ground, bedside_test};

use super::{count, full_line, id, nurse, organisation, patient, vault, write_lines};
use crate::rows::{OTHERS_AFTER, OTHERS_BEFORE, OWN_AFTER, OWN_BEFORE};
use crate::{Company, Deed, Edge, Entry, Line, Log, Outcome, Part, Whose, lines_about};

async fn read(db: &Db, actor: Actor, about: PersonId, part: Part) -> Result<Vec<Entry>> {
    db.read((actor, about, part), |tx, (actor, about, part)| Box::pin(lines_about(tx, actor, *about, *part)))
        .await
}

const fn newest(whose: Whose) -> Part {
    Part { whose, edge: Edge::Newest, most: 20 }
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
    let seen = read(&ground.db, the_patient(), patient(30), newest(Whose::Others)).await.unwrap();
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
    let seen = read(&ground.db, the_patient(), patient(30), newest(Whose::Own)).await.unwrap();
    assert_eq!(seen.iter().map(|entry| entry.deed).collect::<Vec<_>>(), [Some(Deed::LogRead)]);
    log.stop().await.unwrap();
}

#[bedside_test]
async fn the_lines_are_walked_from_either_end_and_ones_own_stand_apart(ground: Ground) {
    let vault = vault(&ground).await;
    let log = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    for number in 0..9 {
        ground.clock.pass(jiff::SignedDuration::from_millis(1));
        let line = match number % 3 {
            0 => Line::of(&the_patient(), Deed::MessagePosted).about(Some(patient(30))),
            // By the house itself, which is nobody of the people.
            1 => full_line(id(9)).by(None),
            _ => full_line(id(9)),
        };
        write_lines(&ground.db, vec![line]).await.unwrap();
    }
    let others = async |edge, most| {
        let part = Part { whose: Whose::Others, edge, most };
        read(&ground.db, the_patient(), patient(30), part).await.unwrap()
    };
    let all = others(Edge::Newest, 20).await;
    assert_eq!(all.len(), 6);
    assert!(all.is_sorted_by(|newer, older| newer.id > older.id));
    assert_eq!(others(Edge::Newest, 2).await, all[..2]);
    assert_eq!(others(Edge::Before(all[1].id), 3).await, all[2..5]);
    assert_eq!(others(Edge::After(all[4].id), 3).await, all[1..4], "the next ones, not the newest");
    let own = read(&ground.db, the_patient(), patient(30), newest(Whose::Own)).await.unwrap();
    assert_eq!(own.iter().filter(|line| line.deed == Some(Deed::MessagePosted)).count(), 3);
    assert!(own.iter().all(|line| line.person == Some(patient(30))));
    log.stop().await.unwrap();
}

#[bedside_test]
async fn neither_list_walks_the_lines_of_the_other(ground: Ground) {
    for (sql, index) in [
        (OTHERS_BEFORE, "audit_lines_others"),
        (OTHERS_AFTER, "audit_lines_others"),
        (OWN_BEFORE, "audit_lines_own"),
        (OWN_AFTER, "audit_lines_own"),
    ] {
        let (explain, column) = match &ground.place {
            Place::File(_) => ("EXPLAIN QUERY PLAN", 3),
            Place::Url(_) => ("EXPLAIN (COSTS FALSE)", 0),
        };
        let sql: &'static str = format!("{explain} {sql}").leak();
        let input = (patient(30), organisation(1), LineId::from_bytes([5; 12]));
        let plan = ground.db.read(input, move |tx, (patient, organisation, edge)| {
            Box::pin(async move {
                let values = args![patient, organisation, edge, 20];
                tx.all(sql, &values, |row| row.get::<String>(column)).await
            })
        });
        let plan = plan.await.unwrap().join("\n");
        assert!(plan.contains(index), "{plan}");
        for word in ["Sort", "TEMP B-TREE", "Filter"] {
            assert!(!plan.contains(word), "{plan}");
        }
    }
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
        let refusal = read(&ground.db, stranger, patient(30), newest(Whose::Others)).await;
        assert!(matches!(refusal, Err(Error::NotFound { .. })));
    }
    log.flush().await.unwrap();
    assert_eq!(count(&ground.db, REFUSED).await, 3);

    let auditor = Actor { role: Role::Auditor, ..nurse(9) };
    let carer = Actor { acting_for: Some(patient(30)), ..the_patient() };
    for reader in [auditor, Actor { person: id(50), ..carer }] {
        assert!(!read(&ground.db, reader, patient(30), newest(Whose::Others)).await.unwrap().is_empty());
    }
    log.stop().await.unwrap();
}
