//! Whoever changes the access log behind our back is found out, line by line.

use kernel::LineId;
use store::args;
use testkit::bedside_test;

use crate::cast::Ward;

const CHANGES: [&str; 4] = [
    "UPDATE audit_lines SET person = $2 WHERE id = $1",
    "UPDATE audit_lines SET patient = $2 WHERE id = $1",
    "UPDATE audit_lines SET client = $2 WHERE id = $1",
    "UPDATE audit_lines SET object = $2 WHERE id = $1",
];

async fn all_lines(ward: &Ward) -> Vec<LineId> {
    let read = ward.house.db.read((), |tx, ()| {
        Box::pin(tx.all("SELECT id FROM audit_lines ORDER BY id", &[], |row| row.get::<LineId>(0)))
    });
    read.await.expect("lines")
}

#[bedside_test]
async fn a_line_that_was_changed_is_named_and_one_that_is_gone_is_missed(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, eva) = (linde.patient("Anna").await, linde.doctor("Eva").await);
    let (patient, doctor) = (anna.kpn().await, eva.kpn().await);
    for number in 0..5 {
        patient.say(&format!("conversations/{}", eva.uuid()), &format!("message {number}")).await;
        doctor.texts(&format!("conversations/{}", anna.uuid())).await;
    }
    ward.clock.pass(jiff::SignedDuration::from_secs(2));
    ward.settle().await;
    let verify = async || audit::verify(&ward.house.db, None, &[]).await.expect("a report");
    assert!(verify().await.is_clean());
    let lines = all_lines(&ward).await;
    assert!(lines.len() > 10, "{lines:?}");
    for (change, line) in CHANGES.into_iter().zip(lines.iter().rev()) {
        let input = (change, *line);
        let kept = ward.house.db.write(input, |tx, (change, line)| {
            Box::pin(async move {
                const KEEP: &str = "SELECT person, patient, client, object FROM audit_lines WHERE id = $1";
                let four = |row: &store::Row<'_>| {
                    Ok([row.get::<Option<Vec<u8>>>(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
                };
                let kept = tx.one(KEEP, &args![line], four).await?.unwrap();
                let somebody_else = [7_u8; 12];
                assert_eq!(tx.run(change, &args![line, &somebody_else]).await?, 1);
                Ok(kept)
            })
        });
        let kept = kept.await.expect("changed");
        let report = verify().await;
        assert!(report.faults.iter().any(|fault| fault.line == Some(*line)), "{change}: {:?}", report.faults);
        let back = CHANGES.iter().zip(kept).find(|(one, _)| **one == change).expect("what it was").1;
        let put = ward.house.db.write((change, *line, back), |tx, (change, line, back)| {
            Box::pin(async move { tx.run(change, &args![line, back.as_deref()]).await })
        });
        assert_eq!(put.await.expect("put back"), 1);
        assert!(verify().await.is_clean(), "as it was");
    }
    let middle = lines[lines.len() / 2];
    let gone = ward.house.db.write(middle, |tx, line| {
        Box::pin(async move { tx.run("DELETE FROM audit_lines WHERE id = $1", &args![line]).await })
    });
    assert_eq!(gone.await.expect("gone"), 1);
    assert!(!verify().await.is_clean(), "a line that is gone is missed");
}
