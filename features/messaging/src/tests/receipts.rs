//! Watermarks only rise, and what is unread is counted from them.

use std::sync::Arc;

use kernel::{Actor, ChatId, Event, MessageId};
use parking_lot::Mutex;
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;
use crate::{Receipt, Right, mark_delivered, mark_read, receipts};

async fn mark(clinic: &Clinic, who: &Actor, chat: ChatId, is_read: bool, seq: i64) {
    let marking = clinic.inside(who, chat, Right::Receive, move |tx, chat| {
        Box::pin(async move {
            if is_read { mark_read(tx, chat, seq).await } else { mark_delivered(tx, chat, seq).await }
        })
    });
    marking.await.expect("marked");
}

async fn receipt_of(clinic: &Clinic, who: &Actor, chat: ChatId) -> Receipt {
    let all = clinic.looking(who, chat, |tx, chat| Box::pin(receipts(tx, chat))).await.expect("receipts");
    *all.iter().find(|receipt| receipt.person == who.person).expect("a member")
}

#[bedside_test]
async fn a_receipt_rises_and_never_falls_and_never_runs_ahead(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    for _ in 0..5 {
        clinic.say(&clinic.devries, chat, "Take one a day.").await.expect("posted");
    }
    let told = Arc::new(Mutex::new(Vec::new()));
    let ears = told.clone();
    clinic.ground.db.observe(move |events| ears.lock().extend(events.to_vec()));
    let steps = [
        (false, 3, (3, 0)),
        (true, 2, (3, 2)),
        (true, 1, (3, 2)),
        (true, 4, (4, 4)),
        (false, 99, (5, 4)),
        (true, -7, (5, 4)),
    ];
    for (is_read, seq, (delivered_seq, read_seq)) in steps {
        mark(&clinic, &clinic.anna, chat, is_read, seq).await;
        let person = clinic.anna.person;
        assert_eq!(
            receipt_of(&clinic, &clinic.anna, chat).await,
            Receipt { person, delivered_seq, read_seq }
        );
    }
    let moved = Event::ReceiptMoved { chat, person: clinic.anna.person };
    assert_eq!(told.lock().as_slice(), vec![moved; 4], "told when it moved, and only then");
    let receipt = receipt_of(&clinic, &clinic.devries, chat).await;
    assert!(!receipt.has_received(1) && !receipt.has_read(1), "posting leaves no receipt");
}

#[bedside_test]
async fn what_is_unread_agrees_with_a_count_by_hand(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let mut written: Vec<(MessageId, bool, bool)> = Vec::new();
    let mut read_seq = 0;
    for _ in 0..60 {
        let [what, which] = clinic.ground.rng.bytes::<2>();
        let newest = written.len() as i64;
        match what % 5 {
            0 | 1 => {
                let posted = clinic.say(&clinic.devries, chat, "From the doctor.").await.expect("posted");
                written.push((posted.id, false, false));
            }
            2 => {
                let posted = clinic.say(&clinic.anna, chat, "From the patient.").await.expect("posted");
                written.push((posted.id, true, false));
            }
            3 if newest > 0 => {
                let at = usize::from(which) % written.len();
                let (id, is_hers, is_gone) = written[at];
                let author = if is_hers { &clinic.anna } else { &clinic.devries };
                assert_eq!(clinic.delete(author, chat, id).await.is_ok(), !is_gone);
                written[at].2 = true;
            }
            _ => {
                let seq = i64::from(which) % (newest + 1);
                mark(&clinic, &clinic.anna, chat, true, seq).await;
                read_seq = read_seq.max(seq);
            }
        }
        let after = written.iter().skip(usize::try_from(read_seq).expect("a place"));
        let by_hand = after.filter(|(_, is_hers, is_gone)| !is_hers && !is_gone).count() as i64;
        assert_eq!(clinic.details(&clinic.anna, chat).await.unread, by_hand);
    }
}
