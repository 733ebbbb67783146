//! Processes that did not say goodbye.

use jiff::SignedDuration;
use testkit::{Ground, bedside_test};

use super::{add_keys, count, organisation, tamper, vault};
use crate::{Company, Deed, Log, rows, verify};

const GAPS: &str = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'log_gap' AND outcome = 'failed'";
const WRITERS: &str = "SELECT COUNT(*) FROM audit_writers";
const DEAD: [u8; 12] = [99; 12];

/// A process that was there until now and then no more.
async fn died(ground: &Ground) {
    let now_us = ground.clock.now_us();
    ground.db.run_alone(rows::keep_writer(&DEAD, now_us - 5_000_000, now_us)).await.unwrap();
}

#[bedside_test]
async fn an_unclean_end_leaves_a_line_in_every_log(ground: Ground) {
    let vault = vault(&ground).await;
    died(&ground).await;
    let from_us = ground.clock.now_us();
    ground.clock.pass(SignedDuration::from_secs(2));
    let log = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    let reasons = ground.db.read((), |tx, ()| {
        const REASONS: &str = "SELECT organisation, reason, object FROM audit_lines ORDER BY organisation";
        Box::pin(async move { tx.all(REASONS, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await })
    });
    let span = format!("{from_us}..{}", from_us + 2_000_000);
    let expected = [(organisation(1), span.clone(), DEAD), (organisation(2), span, DEAD)];
    assert_eq!(reasons.await.unwrap(), expected);
    assert_eq!(count(&ground.db, GAPS).await, 2);
    assert_eq!(count(&ground.db, WRITERS).await, 1, "only the living one is on record");
    log.stop().await.unwrap();
    assert!(verify(&ground.db, None, &[]).await.unwrap().is_clean());

    let log = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    assert_eq!(count(&ground.db, GAPS).await, 2, "a clean end leaves no line");
    log.stop().await.unwrap();
}

#[bedside_test]
async fn a_silent_neighbour_is_dead_after_half_a_minute(ground: Ground) {
    let vault = vault(&ground).await;
    died(&ground).await;
    ground.clock.pass(SignedDuration::from_secs(29));
    let log = Log::start(&ground.db, &vault, Company::Shared).await.unwrap();
    assert_eq!(count(&ground.db, GAPS).await, 0);
    log.stop().await.unwrap();
    ground.clock.pass(SignedDuration::from_secs(1));
    let log = Log::start(&ground.db, &vault, Company::Shared).await.unwrap();
    assert_eq!(count(&ground.db, GAPS).await, 2);
    log.stop().await.unwrap();
}

#[bedside_test]
async fn many_organisations_each_get_their_line(ground: Ground) {
    let vault = vault(&ground).await;
    for number in 3..=230 {
        add_keys(&vault, &ground.db, number).await;
    }
    died(&ground).await;
    let log = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    assert_eq!(count(&ground.db, GAPS).await, 230);
    log.stop().await.unwrap();
}

#[bedside_test]
async fn a_log_that_was_never_stopped_is_noticed(ground: Ground) {
    let vault = vault(&ground).await;
    let first = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    first.flush().await.unwrap();
    let second = Log::start(&ground.db, &vault, Company::Alone).await.unwrap();
    assert_eq!(count(&ground.db, GAPS).await, 2);
    second.stop().await.unwrap();
    first.stop().await.unwrap();
    tamper(&ground.db, "DELETE FROM audit_writers", &[]).await;
    assert_eq!(Deed::named("log_gap"), Some(Deed::LogGap));
}
