//! Lines of changes and of reads, on their way to the disk.

use std::time::Duration;

use kernel::Error;
use testkit::{Ground, bedside_test};

use super::{count, full_line, id, nurse, organisation, patient, post, tamper, vault, write_lines};
use crate::{Company, Deed, Line, Log, Outcome, verify, write, write_all};

const LINES: &str = "SELECT COUNT(*) FROM audit_lines";
const WRITERS: &str = "SELECT COUNT(*) FROM audit_writers";
const OPEN_LINES: &str = "SELECT COUNT(*) FROM audit_lines WHERE segment IS NULL";

#[bedside_test]
async fn a_change_and_its_line_stand_or_fall_together(ground: Ground) {
    vault(&ground).await;
    let refused = ground.db.write((), |tx, ()| {
        Box::pin(async move {
            write(tx, full_line(id(1))).await?;
            Err::<(), _>(Error::conflict("taken", "There is one."))
        })
    });
    refused.await.unwrap_err();
    assert_eq!(count(&ground.db, LINES).await, 0);
    post(&ground.db, 1, 1).await;
    assert_eq!(count(&ground.db, LINES).await, 1);
}

#[bedside_test]
async fn a_line_holds_all_that_is_known(ground: Ground) {
    vault(&ground).await;
    write_lines(&ground.db, vec![full_line(id(1))]).await.unwrap();
    const FULL: &str = "
        SELECT COUNT(*) FROM audit_lines WHERE kind = 'message_posted' AND outcome = 'done' AND role = 'nurse'
        AND person IS NOT NULL AND acting_for IS NOT NULL AND client IS NOT NULL AND patient IS NOT NULL
        AND object IS NOT NULL AND request IS NOT NULL AND reason = 'team' AND address = '192.0.2.7'";
    assert_eq!(count(&ground.db, FULL).await, 1);
    let bare = Line::without_actor(organisation(1), Deed::SignInRefused).outcome(Outcome::Refused);
    write_lines(&ground.db, vec![bare]).await.unwrap();
    assert!(verify(&ground.db, None, &[]).await.unwrap().is_clean());
}

#[bedside_test]
async fn many_lines_of_one_change_are_each_whole(ground: Ground) {
    vault(&ground).await;
    let lines: Vec<Line> = (1..=40).map(|number| full_line(id(1)).about(Some(patient(number)))).collect();
    let written = ground.db.write(lines, |tx, lines| Box::pin(write_all(tx, lines.clone())));
    written.await.unwrap();
    const EACH: &str =
        "SELECT COUNT(DISTINCT patient) FROM audit_lines WHERE client IS NOT NULL AND address = '192.0.2.7'";
    assert_eq!((count(&ground.db, LINES).await, count(&ground.db, EACH).await), (40, 40));
    assert!(verify(&ground.db, None, &[]).await.unwrap().is_clean());
}

#[bedside_test]
async fn a_read_leaves_its_line_with_the_next_flush(ground: Ground) {
    let vault = vault(&ground).await;
    let log = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    log.room().await;
    let read = ground.db.read((), |tx, ()| {
        Box::pin(
            async move { write(tx, Line::of(&nurse(1), Deed::ChatOpened).about(Some(patient(30)))).await },
        )
    });
    read.await.unwrap();
    log.note(Line::of(&nurse(1), Deed::FileRead).outcome(Outcome::Refused)).unwrap();
    log.flush().await.unwrap();
    assert_eq!(count(&ground.db, LINES).await, 2);
    assert!(verify(&ground.db, None, &[]).await.unwrap().is_clean());
    log.stop().await.unwrap();
}

#[bedside_test]
async fn reading_without_a_log_fails(ground: Ground) {
    vault(&ground).await;
    let read = ground
        .db
        .read((), |tx, ()| Box::pin(async move { write(tx, Line::of(&nurse(1), Deed::ChatOpened)).await }));
    assert!(matches!(read.await, Err(Error::Bug { .. })));
}

#[bedside_test]
async fn a_flush_that_fails_loses_nothing(ground: Ground) {
    let vault = vault(&ground).await;
    let log = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    tamper(&ground.db, "ALTER TABLE audit_lines RENAME TO elsewhere", &[]).await;
    for request in 0..200 {
        log.note(Line::of(&nurse(request), Deed::ChatOpened)).unwrap();
    }
    log.flush().await.unwrap_err();
    log.stop().await.unwrap_err();
    assert_eq!(count(&ground.db, WRITERS).await, 1, "it has not said goodbye");
    tamper(&ground.db, "ALTER TABLE elsewhere RENAME TO audit_lines", &[]).await;
    log.stop().await.unwrap();
    assert_eq!(count(&ground.db, LINES).await, 200);
    assert_eq!(count(&ground.db, WRITERS).await, 0);
}

#[bedside_test]
async fn a_stop_flushes_and_seals_everything_and_then_refuses(ground: Ground) {
    let vault = vault(&ground).await;
    let log = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    post(&ground.db, 2, 3).await;
    for _ in 0..3_000 {
        log.note(Line::without_actor(organisation(1), Deed::PeopleListed)).unwrap();
    }
    log.stop().await.unwrap();
    assert_eq!(count(&ground.db, LINES).await, 3_003);
    assert_eq!(count(&ground.db, OPEN_LINES).await, 0);
    assert_eq!(count(&ground.db, WRITERS).await, 0);
    assert_eq!(count(&ground.db, "SELECT COUNT(*) FROM leases").await, 0);
    assert!(matches!(log.note(Line::of(&nurse(1), Deed::ChatOpened)), Err(Error::Unavailable { .. })));
    assert!(matches!(log.flush().await, Err(Error::Unavailable { .. })));
    assert!(verify(&ground.db, None, &[]).await.unwrap().is_clean());
}

#[bedside_test]
async fn a_log_that_nobody_holds_brings_its_lines_to_disk_and_ends(ground: Ground) {
    let vault = vault(&ground).await;
    let log = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    log.note(Line::of(&nurse(1), Deed::ChatOpened)).unwrap();
    drop(log);
    let end = async {
        let note = || {
            ground.db.read((), |tx, ()| {
                Box::pin(async move { write(tx, Line::of(&nurse(2), Deed::ChatOpened)).await })
            })
        };
        while note().await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), end).await.expect("its task has ended");
    assert!(count(&ground.db, LINES).await > 0);
}
