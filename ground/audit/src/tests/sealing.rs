//! Segments: what they link, and when.

use testkit::{Ground, bedside_test};

use super::{count, organisation, post, tamper, vault};
use crate::verify::{verify_open, verify_sealed};
use crate::{Head, Report, head, rows, seal, seal_once, verify};

const SEGMENTS: &str = "SELECT COUNT(*) FROM audit_seals";

#[bedside_test]
async fn lines_are_sealed_once_and_in_segments(ground: Ground) {
    vault(&ground).await;
    post(&ground.db, 1, 2_300).await;
    post(&ground.db, 2, 5).await;
    let open = verify(&ground.db, None, &[]).await.unwrap();
    assert_eq!((open.lines, open.open_lines, open.segments), (2_305, 2_305, 0));
    assert!(open.is_clean());

    assert_eq!(seal_once(&ground.db).await.unwrap(), 2_305);
    assert_eq!(seal_once(&ground.db).await.unwrap(), 0);
    assert_eq!(count(&ground.db, SEGMENTS).await, 3 + 1);
    let sealed = verify(&ground.db, None, &[]).await.unwrap();
    assert_eq!((sealed.lines, sealed.open_lines, sealed.segments), (2_305, 0, 4));
    assert!(sealed.is_clean(), "{:?}", sealed.faults);

    let one = verify(&ground.db, Some(organisation(2)), &[]).await.unwrap();
    assert_eq!((one.lines, one.segments, one.heads.len()), (5, 1, 1));
}

#[bedside_test]
async fn a_line_that_is_sealed_while_the_log_is_verified_is_counted_once(ground: Ground) {
    vault(&ground).await;
    post(&ground.db, 1, 5).await;
    seal_once(&ground.db).await.unwrap();
    post(&ground.db, 1, 3).await;
    let mut report = Report::default();
    let open = verify_open(&ground.db, organisation(1), &mut report).await.unwrap();
    post(&ground.db, 1, 2).await;
    seal_once(&ground.db).await.unwrap();
    verify_sealed(&ground.db, organisation(1), open, &mut report).await.unwrap();
    assert_eq!((report.lines, report.open_lines, report.segments), (10, 3, 2));
    assert!(report.is_clean(), "{:?}", report.faults);
}

#[bedside_test]
async fn a_line_that_is_committed_late_comes_into_a_later_segment(ground: Ground) {
    vault(&ground).await;
    post(&ground.db, 1, 3).await;
    seal_once(&ground.db).await.unwrap();
    // The clock went back: the ids of the next lines are before those that are sealed.
    ground.clock.pass(jiff::SignedDuration::from_secs(-60));
    post(&ground.db, 1, 3).await;
    seal_once(&ground.db).await.unwrap();
    let report = verify(&ground.db, None, &[]).await.unwrap();
    assert_eq!((report.segments, report.is_clean()), (2, true), "{:?}", report.faults);
}

#[bedside_test]
async fn more_segments_than_one_reading_looks_at_are_one_chain(ground: Ground) {
    vault(&ground).await;
    for _ in 0..40 {
        post(&ground.db, 1, 1).await;
        seal_once(&ground.db).await.unwrap();
    }
    let kept = head(&ground.db, organisation(1)).await.unwrap().expect("a head");
    assert_eq!(kept.n, 40);
    let report = verify(&ground.db, None, std::slice::from_ref(&kept)).await.unwrap();
    assert_eq!((report.lines, report.segments), (40, 40));
    assert!(report.is_clean(), "{:?}", report.faults);
    assert_eq!(report.heads, [kept]);
}

#[bedside_test]
async fn two_sealers_at_once_do_each_other_no_harm(ground: Ground) {
    vault(&ground).await;
    post(&ground.db, 1, 1_500).await;
    post(&ground.db, 2, 700).await;
    let (one, other) = tokio::join!(seal_once(&ground.db), seal_once(&ground.db));
    assert_eq!(one.unwrap() + other.unwrap(), 2_200);
    let report = verify(&ground.db, None, &[]).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.faults);
    assert_eq!(report.open_lines, 0);
}

#[bedside_test]
async fn one_process_holds_the_lease_until_it_lapses(ground: Ground) {
    vault(&ground).await;
    let (here, there) = ([1; 12], [2; 12]);
    assert_eq!(seal::seal_in_turn(&ground.db, here).await.unwrap(), 0);
    assert_eq!(count(&ground.db, "SELECT COUNT(*) FROM leases").await, 0, "nothing to do, nothing written");
    for expected in [1, 2] {
        post(&ground.db, 1, expected).await;
        assert_eq!(seal::seal_in_turn(&ground.db, here).await.unwrap(), expected as u64);
    }
    post(&ground.db, 1, 3).await;
    assert_eq!(seal::seal_in_turn(&ground.db, there).await.unwrap(), 0);
    ground.clock.pass(jiff::SignedDuration::from_secs(10));
    assert_eq!(seal::seal_in_turn(&ground.db, there).await.unwrap(), 3);
    post(&ground.db, 1, 4).await;
    seal::end_lease(&ground.db, here).await.unwrap();
    assert_eq!(seal::seal_in_turn(&ground.db, here).await.unwrap(), 0, "only the holder can end it");
    seal::end_lease(&ground.db, there).await.unwrap();
    assert_eq!(seal::seal_in_turn(&ground.db, here).await.unwrap(), 4);
}

#[bedside_test]
async fn a_log_that_cannot_be_sealed_does_not_hold_up_another(ground: Ground) {
    vault(&ground).await;
    post(&ground.db, 1, 1).await;
    post(&ground.db, 2, 1).await;
    // A row in the way of the first organisation's first segment.
    const IN_THE_WAY: &str = "INSERT INTO audit_seals
        (organisation, n, first_line, last_line, line_count, root, previous, mac, sealed_ms)
        VALUES ($1, 9223372036854775807, $1, $1, 0, $1, $1, $1, 0)";
    tamper(&ground.db, IN_THE_WAY, &[&[1; 12]]).await;
    seal_once(&ground.db).await.unwrap_err();
    let second = ground.db.read((), |tx, ()| Box::pin(rows::newest_seal(tx, organisation(2)))).await.unwrap();
    assert_eq!(second.map(|(n, _)| n), Some(1));
}

#[test]
fn a_head_is_read_back_from_its_text() {
    let head = Head { organisation: organisation(7), n: 42, root: [0xab; 32] };
    assert_eq!(Head::parse(&head.to_string()), Some(head.clone()));
    for text in ["", "07 42 ab", &format!("{head} more"), &head.to_string()[1..], &"é".repeat(50)] {
        assert_eq!(Head::parse(text), None, "{text:?}");
    }
}
