//! What somebody with the database's password could do, and how it comes to light.

use kernel::LineId;
use store::{Db, Place};
use testkit::{Ground, bedside_test};

use super::{lines_of, organisation, post, tamper, vault};
use crate::{Fault, Head, What, head, seal_once, verify};

/// Three sealed segments of four lines, and three open lines.
async fn log_of_three_segments(ground: &Ground) -> Vec<LineId> {
    vault(ground).await;
    for _ in 0..3 {
        ground.clock.pass(jiff::SignedDuration::from_millis(5));
        post(&ground.db, 1, 4).await;
        seal_once(&ground.db).await.unwrap();
    }
    ground.clock.pass(jiff::SignedDuration::from_millis(5));
    post(&ground.db, 1, 3).await;
    assert!(verify(&ground.db, None, &[]).await.unwrap().is_clean());
    lines_of(&ground.db, 1).await
}

async fn faults(db: &Db) -> Vec<Fault> {
    verify(db, None, &[]).await.unwrap().faults
}

fn fault(segment: i64, line: Option<LineId>, what: What) -> Fault {
    Fault { organisation: organisation(1), segment: Some(segment), line, what }
}

#[bedside_test]
async fn a_changed_column_is_found_whichever_it_is(ground: Ground) {
    let lines = log_of_three_segments(&ground).await;
    // Each change, and the way back.
    let changes = [
        ("SET at_us = at_us + 1", "SET at_us = at_us - 1"),
        ("SET kind = 'chat_opened'", "SET kind = 'message_posted'"),
        ("SET outcome = 'refused'", "SET outcome = 'done'"),
        ("SET role = 'doctor'", "SET role = 'nurse'"),
        ("SET role = NULL", "SET role = 'nurse'"),
        ("SET reason = 'teaM'", "SET reason = 'team'"),
        ("SET reason = NULL, role = 'team'", "SET reason = 'team', role = 'nurse'"),
        ("SET address = '192.0.2.8'", "SET address = '192.0.2.7'"),
        ("SET person = acting_for, acting_for = person", "SET person = acting_for, acting_for = person"),
        ("SET client = patient, patient = client", "SET client = patient, patient = client"),
        ("SET object = request, request = object", "SET object = request, request = object"),
        ("SET reason = address, address = reason", "SET reason = address, address = reason"),
    ];
    for (change, back) in changes {
        for (line, segment) in [(lines[5], Some(2)), (lines[13], None)] {
            let sql = |change| -> &'static str {
                String::leak(format!("UPDATE audit_lines {change} WHERE id = $1"))
            };
            assert_eq!(tamper(&ground.db, sql(change), &[line.as_bytes()]).await, 1);
            let expected =
                Fault { organisation: organisation(1), segment, line: Some(line), what: What::LineChanged };
            assert_eq!(faults(&ground.db).await, [expected], "{change}");
            tamper(&ground.db, sql(back), &[line.as_bytes()]).await;
            assert_eq!(faults(&ground.db).await, [], "{back}");
        }
    }
}

#[bedside_test]
async fn a_line_of_a_new_id_is_found(ground: Ground) {
    let lines = log_of_three_segments(&ground).await;
    let new = LineId::from_bytes([0xee; 12]);
    tamper(
        &ground.db,
        "UPDATE audit_lines SET id = $2 WHERE id = $1",
        &[lines[5].as_bytes(), new.as_bytes()],
    )
    .await;
    assert_eq!(faults(&ground.db).await, [fault(2, Some(new), What::LineChanged)]);
}

#[bedside_test]
async fn a_line_moved_to_another_organisation_is_found(ground: Ground) {
    const MOVE: &str = "UPDATE audit_lines SET organisation = $2 WHERE id = $1";
    let lines = log_of_three_segments(&ground).await;
    tamper(&ground.db, MOVE, &[lines[5].as_bytes(), &[2; 12]]).await;
    let there = Fault { organisation: organisation(2), ..fault(2, Some(lines[5]), What::SealMissing) };
    let gone =
        Fault { segment: Some(1), line: None, what: What::SegmentsMissing { last: 1 }, ..there.clone() };
    assert_eq!(faults(&ground.db).await, [fault(2, None, What::LinesMissing { missing: 1 }), gone, there]);
}

#[bedside_test]
async fn a_deleted_line_is_found_and_named_at_the_ends(ground: Ground) {
    let lines = log_of_three_segments(&ground).await;
    for (at, named) in [(4, Some(lines[4])), (7, Some(lines[7]))] {
        const HIDE: &str = "UPDATE audit_lines SET segment = -5, organisation = $2 WHERE id = $1";
        const BACK: &str = "UPDATE audit_lines SET segment = 2, organisation = $2 WHERE id = $1";
        tamper(&ground.db, HIDE, &[lines[at].as_bytes(), &[3; 12]]).await;
        let found = verify(&ground.db, Some(organisation(1)), &[]).await.unwrap().faults;
        assert_eq!(found, [fault(2, named, What::LinesMissing { missing: 1 })]);
        tamper(&ground.db, BACK, &[lines[at].as_bytes(), &[1; 12]]).await;
    }
    tamper(&ground.db, "DELETE FROM audit_lines WHERE id = $1", &[lines[5].as_bytes()]).await;
    assert_eq!(faults(&ground.db).await, [fault(2, None, What::LinesMissing { missing: 1 })]);
    tamper(&ground.db, "DELETE FROM audit_lines WHERE id = $1", &[lines[4].as_bytes()]).await;
    assert_eq!(faults(&ground.db).await, [fault(2, Some(lines[4]), What::LinesMissing { missing: 2 })]);
}

#[bedside_test]
async fn swapped_macs_are_found(ground: Ground) {
    const SWAP: &str = "
        UPDATE audit_lines SET mac = (SELECT other.mac FROM audit_lines other
            WHERE other.id <> audit_lines.id AND (other.id = $1 OR other.id = $2))
        WHERE id = $1 OR id = $2";
    let lines = log_of_three_segments(&ground).await;
    assert_eq!(tamper(&ground.db, SWAP, &[lines[5].as_bytes(), lines[6].as_bytes()]).await, 2);
    assert_eq!(faults(&ground.db).await, [fault(2, Some(lines[5]), What::LineChanged)]);
}

#[bedside_test]
async fn an_added_line_is_found(ground: Ground) {
    const COPY: &str = "
        INSERT INTO audit_lines (id, organisation, at_us, kind, outcome, person, mac, segment)
        SELECT $2, organisation, at_us, kind, outcome, person, mac, segment FROM audit_lines WHERE id = $1";
    let lines = log_of_three_segments(&ground).await;
    let new = LineId::from_bytes([0xee; 12]);
    tamper(&ground.db, COPY, &[lines[5].as_bytes(), new.as_bytes()]).await;
    assert_eq!(faults(&ground.db).await, [fault(2, Some(new), What::LineAdded)]);
}

#[bedside_test]
async fn a_genuine_line_in_a_segment_that_is_not_its_own_is_found(ground: Ground) {
    let lines = log_of_three_segments(&ground).await;
    tamper(&ground.db, "UPDATE audit_lines SET segment = 3 WHERE id = $1", &[lines[5].as_bytes()]).await;
    let expected =
        [fault(2, None, What::LinesMissing { missing: 1 }), fault(3, Some(lines[5]), What::LineAdded)];
    assert_eq!(faults(&ground.db).await, expected);
    tamper(&ground.db, "UPDATE audit_lines SET segment = 2 WHERE id = $1", &[lines[9].as_bytes()]).await;
    let expected =
        [fault(2, Some(lines[9]), What::LinesExchanged), fault(3, Some(lines[5]), What::LinesExchanged)];
    assert_eq!(faults(&ground.db).await, expected);
}

#[bedside_test]
async fn a_line_taken_out_of_its_segment_to_be_sealed_again_is_found(ground: Ground) {
    let lines = log_of_three_segments(&ground).await;
    tamper(&ground.db, "UPDATE audit_lines SET segment = NULL WHERE id = $1", &[lines[5].as_bytes()]).await;
    seal_once(&ground.db).await.unwrap();
    assert_eq!(faults(&ground.db).await, [fault(2, None, What::LinesMissing { missing: 1 })]);
}

#[bedside_test]
async fn a_segment_deleted_from_the_middle_is_found(ground: Ground) {
    let lines = log_of_three_segments(&ground).await;
    tamper(&ground.db, "DELETE FROM audit_lines WHERE segment = 2", &[]).await;
    assert_eq!(faults(&ground.db).await, [fault(2, Some(lines[4]), What::LinesMissing { missing: 4 })]);
    tamper(&ground.db, "DELETE FROM audit_seals WHERE n = 2", &[]).await;
    assert_eq!(faults(&ground.db).await, [fault(2, None, What::SegmentsMissing { last: 2 })]);
    tamper(&ground.db, "UPDATE audit_lines SET segment = 2 WHERE segment = 3", &[]).await;
    tamper(&ground.db, "UPDATE audit_seals SET n = 2 WHERE n = 3", &[]).await;
    assert_eq!(
        faults(&ground.db).await,
        [fault(2, None, What::SealChanged)],
        "the next cannot take its place"
    );
}

#[bedside_test]
async fn segments_deleted_from_the_beginning_are_found(ground: Ground) {
    log_of_three_segments(&ground).await;
    tamper(&ground.db, "DELETE FROM audit_lines WHERE segment <= 2", &[]).await;
    tamper(&ground.db, "DELETE FROM audit_seals WHERE n <= 2", &[]).await;
    assert_eq!(faults(&ground.db).await, [fault(1, None, What::SegmentsMissing { last: 2 })]);
}

#[bedside_test]
async fn a_seal_that_is_gone_or_changed_is_found(ground: Ground) {
    let lines = log_of_three_segments(&ground).await;
    for (change, back) in [
        (
            "UPDATE audit_seals SET line_count = 3 WHERE n = 2",
            "UPDATE audit_seals SET line_count = 4 WHERE n = 2",
        ),
        (
            "UPDATE audit_seals SET root = previous, previous = root WHERE n = 2",
            "UPDATE audit_seals SET root = previous, previous = root WHERE n = 2",
        ),
        (
            "UPDATE audit_seals SET sealed_ms = sealed_ms + 1 WHERE n = 2",
            "UPDATE audit_seals SET sealed_ms = sealed_ms - 1 WHERE n = 2",
        ),
    ] {
        tamper(&ground.db, change, &[]).await;
        assert_eq!(faults(&ground.db).await, [fault(2, None, What::SealChanged)], "{change}");
        tamper(&ground.db, back, &[]).await;
        assert_eq!(faults(&ground.db).await, [], "{back}");
    }
    tamper(&ground.db, "DELETE FROM audit_seals WHERE n = 3", &[]).await;
    assert_eq!(faults(&ground.db).await, [fault(3, Some(lines[8]), What::SealMissing)]);
}

#[bedside_test]
async fn a_seal_moved_to_another_organisation_is_found(ground: Ground) {
    let lines = log_of_three_segments(&ground).await;
    tamper(&ground.db, "UPDATE audit_seals SET organisation = $1 WHERE n = 1", &[&[2; 12]]).await;
    let there = Fault { organisation: organisation(2), ..fault(1, None, What::SealChanged) };
    assert_eq!(faults(&ground.db).await, [fault(1, Some(lines[0]), What::SealMissing), there]);
}

#[bedside_test]
async fn a_branch_that_was_sealed_from_an_older_state_breaks_the_chain(ground: Ground) {
    const AWAY: &str = "UPDATE audit_seals SET n = n + 100 WHERE n = 3";
    const BACK: &str = "UPDATE audit_seals SET n = n - 100 WHERE n = 103";
    log_of_three_segments(&ground).await;
    // Segment 2 goes, a new one is sealed in its place, and the old third is put behind it.
    tamper(&ground.db, AWAY, &[]).await;
    tamper(&ground.db, "DELETE FROM audit_lines WHERE segment = 2", &[]).await;
    tamper(&ground.db, "DELETE FROM audit_seals WHERE n = 2", &[]).await;
    tamper(&ground.db, "UPDATE audit_seals SET organisation = $1 WHERE n = 103", &[&[9; 12]]).await;
    seal_once(&ground.db).await.unwrap();
    tamper(&ground.db, "UPDATE audit_seals SET organisation = $1 WHERE n = 103", &[&[1; 12]]).await;
    tamper(&ground.db, BACK, &[]).await;
    assert_eq!(faults(&ground.db).await, [fault(3, None, What::ChainBroken)]);
}

#[bedside_test]
async fn a_log_that_lost_its_end_shows_against_a_head_that_was_kept(ground: Ground) {
    log_of_three_segments(&ground).await;
    let kept = head(&ground.db, organisation(1)).await.unwrap().expect("a head");
    tamper(&ground.db, "DELETE FROM audit_lines WHERE segment = 3 OR segment IS NULL", &[]).await;
    tamper(&ground.db, "DELETE FROM audit_seals WHERE n = 3", &[]).await;
    assert_eq!(faults(&ground.db).await, [], "by itself the log looks whole");
    let report = verify(&ground.db, Some(organisation(1)), std::slice::from_ref(&kept)).await.unwrap();
    assert_eq!(report.faults, [fault(3, None, What::HeadLost)]);
    // What is sealed since does not hide it.
    post(&ground.db, 1, 4).await;
    seal_once(&ground.db).await.unwrap();
    let heads = [kept, Head { organisation: organisation(8), n: 1, root: [0; 32] }];
    let report = verify(&ground.db, None, &heads).await.unwrap();
    let lost = Fault { organisation: organisation(8), ..fault(1, None, What::HeadLost) };
    assert_eq!(report.faults, [fault(3, None, What::HeadLost), lost]);
}

#[bedside_test]
async fn numbers_out_of_this_world_end_no_verification(ground: Ground) {
    let lines = log_of_three_segments(&ground).await;
    const FAR: &str = "UPDATE audit_lines SET segment = 9223372036854775807 WHERE id = $1";
    const NEAR: &str = "UPDATE audit_lines SET segment = -7 WHERE id = $1";
    tamper(&ground.db, FAR, &[lines[13].as_bytes()]).await;
    tamper(&ground.db, NEAR, &[lines[12].as_bytes()]).await;
    let expected = [
        fault(-7, Some(lines[12]), What::SealMissing),
        fault(4, None, What::SegmentsMissing { last: i64::MAX - 1 }),
        fault(i64::MAX, Some(lines[13]), What::SealMissing),
    ];
    assert_eq!(faults(&ground.db).await, expected);
    assert!(
        expected[1].to_string().contains("segment 4: missing, with all up to segment 9223372036854775806")
    );
}

/// PostgreSQL keeps its texts readable by itself.
#[bedside_test]
async fn a_text_that_is_none_is_a_fault_and_no_error(ground: Ground) {
    const SPOIL: &str = "UPDATE audit_lines SET kind = CAST(x'ff' AS TEXT) WHERE id = $1";
    if let Place::Url(_) = ground.place {
        return;
    }
    let lines = log_of_three_segments(&ground).await;
    tamper(&ground.db, SPOIL, &[lines[5].as_bytes()]).await;
    tamper(&ground.db, SPOIL, &[lines[13].as_bytes()]).await;
    let open = Fault { segment: None, ..fault(0, None, What::LineUnreadable) };
    assert_eq!(faults(&ground.db).await, [open, fault(2, None, What::LineUnreadable)]);
}

#[bedside_test]
async fn an_organisation_that_is_none_is_a_fault_and_no_error(ground: Ground) {
    const MOVE: &str = "UPDATE audit_lines SET organisation = zeros.root
        FROM (SELECT previous AS root FROM audit_seals WHERE n = 1) AS zeros WHERE id = $1";
    let lines = log_of_three_segments(&ground).await;
    // The 32 zero bytes that the first seal names as the root before it.
    tamper(&ground.db, MOVE, &[lines[13].as_bytes()]).await;
    let nobody =
        Fault { organisation: organisation(0), segment: None, ..fault(0, None, What::LineUnreadable) };
    assert_eq!(faults(&ground.db).await, [nobody]);
}
