//! What happens to appointments without their patients: rules of zones change, two people turn out to be one, and keys
//! take turns.

use store::args;
use testkit::{Ground, bedside_test};

use super::booking::TUESDAY;
use super::clinic::{Clinic, at};
use crate::appointments::{self, Details, RESETTLED_AT_ONCE};
use crate::merging::{self, Pair};
use crate::reseal::{self, Reached};
use crate::setup::types::NewType;
use crate::setup::{Author, patients};

#[bedside_test]
async fn an_appointment_stays_at_the_hour_that_was_told(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let (ten, next) = (TUESDAY.at(10, 0, 0, 0), TUESDAY.at(10, 20, 0, 0));
    let one = clinic.books(&clinic.anna, of.consultation, ten).await;
    let two = clinic.books(&clinic.bram, of.consultation, next).await;
    let course = clinic.books(&clinic.bram, of.course, TUESDAY.at(14, 0, 0, 0)).await;
    // As if they had been booked when the zone was still twenty minutes behind: the second stands where the first must go.
    const LATER: &str = "UPDATE appointments SET start_ms = start_ms + $1, end_ms = end_ms + $1";
    const ROWS: &str =
        "UPDATE occupancy SET from_ms = from_ms + $1, until_ms = until_ms + $1 WHERE from_ms >= $2
        AND from_ms < $3";
    const COURSES: &str = "UPDATE gatherings SET start_ms = start_ms + $1";
    let shift = 20 * 60_000_i64;
    let starts = [at(TUESDAY.at(14, 0, 0, 0)), at(next), at(ten)];
    let changing = clinic.ground.db.write(starts, move |tx, starts| {
        Box::pin(async move {
            tx.run(LATER, &args![shift]).await?;
            tx.run(COURSES, &args![shift]).await?;
            for start in starts {
                tx.run(ROWS, &args![shift, *start, *start + 1]).await?;
            }
            Ok(())
        })
    });
    changing.await.expect("another zone");
    let here = clinic.here;
    let unsettled = clinic.ground.db.read(here, |tx, here| Box::pin(appointments::unsettled(tx, *here)));
    let unsettled = unsettled.await.expect("which");
    assert_eq!(unsettled, [one.id, two.id, course.id], "earlier ones first, as all of them come earlier");
    let settling = clinic
        .ground
        .db
        .write((here, unsettled), |tx, (here, some)| Box::pin(appointments::resettle(tx, *here, some)));
    let moved = settling.await.expect("settled");
    assert_eq!(moved.len(), 3);
    for old in [&one, &two, &course] {
        let who = if old.id == one.id { &clinic.anna } else { &clinic.bram };
        let new = clinic.sees(who, old.id).await.expect("theirs");
        assert_eq!((new.start_ms, new.start_local), (old.start_ms, old.start_local));
        assert_eq!((new.sequence, new.is_overbooked), (1, false));
    }
    let rows = [(0, at(ten), at(next)), (0, at(next), at(TUESDAY.at(10, 40, 0, 0)))];
    assert_eq!(clinic.takes_resource(of.devries).await, rows);
    assert_eq!(clinic.takes_resource(of.room).await[0].1, at(TUESDAY.at(14, 0, 0, 0)));
    let again = clinic.ground.db.read(here, |tx, here| Box::pin(appointments::unsettled(tx, *here)));
    assert!(again.await.expect("none").is_empty());
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn ten_visits_to_ten_at_once_stay_at_the_hour_that_was_told(ground: Ground) {
    const LATER: [&str; 3] = [
        "UPDATE appointments SET start_ms = start_ms + $1, end_ms = end_ms + $1",
        "UPDATE occupancy SET from_ms = from_ms + $1, until_ms = until_ms + $1",
        "UPDATE gatherings SET start_ms = start_ms + $1",
    ];
    let clinic = Clinic::open(ground).await;
    let mut parts = Vec::new();
    for _ in 0..10 {
        parts.push(vec![clinic.another_room().await]);
    }
    let together =
        NewType { parts, capacity: 2, ..NewType::named(clinic.calendars.nurses, "Together", 20, vec![]) };
    let together = clinic.offer(together).await;
    let times =
        [(9, 0), (9, 40), (10, 20), (11, 0), (11, 40), (13, 0), (13, 40), (14, 20), (15, 0), (15, 40)];
    let mut visits = Vec::new();
    for (hour, minute) in times {
        visits.push(clinic.books(&clinic.anna, together, TUESDAY.at(hour, minute, 0, 0)).await);
    }
    let changing = clinic.ground.db.write((), |tx, ()| {
        Box::pin(async move {
            for later in LATER {
                tx.run(later, &args![20 * 60_000_i64]).await?;
            }
            Ok(())
        })
    });
    changing.await.expect("another zone");
    let here = clinic.here;
    let unsettled = clinic.ground.db.read(here, |tx, here| Box::pin(appointments::unsettled(tx, *here)));
    for some in unsettled.await.expect("which").chunks(RESETTLED_AT_ONCE) {
        let input = (here, some.to_vec());
        let settling = clinic
            .ground
            .db
            .write(input, |tx, (here, some)| Box::pin(appointments::resettle(tx, *here, some)));
        settling.await.expect("in one transaction");
    }
    for old in visits {
        let new = clinic.sees(&clinic.anna, old.id).await.expect("hers");
        assert_eq!((new.start_ms, new.is_overbooked), (old.start_ms, false));
    }
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn two_who_are_one_have_one_calendar_and_two_again_when_that_was_wrong(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let ten = TUESDAY.at(10, 0, 0, 0);
    let hers = clinic.books(&clinic.anna, of.treatment, ten).await;
    let order = clinic.order(&clinic.bram, of.consultation, ten);
    let other = crate::desk::DeskOrder { overbook: true, ..order };
    let his = clinic.at_the_desk(&clinic.els, other).await.expect("at the same time");
    let pair = Pair { keep: clinic.anna.person, gone: clinic.bram.person };
    let here = clinic.here;
    let merging = clinic
        .ground
        .db
        .write(pair, move |tx, pair| Box::pin(async move { merging::merge(tx, None, &[here], *pair).await }));
    merging.await.expect("one");
    clinic.sees(&clinic.anna, his.id).await.expect("hers now");
    assert!(clinic.sees(&clinic.bram, his.id).await.is_err());
    let lanes: Vec<i64> = clinic.takes_patient(clinic.anna.person).await.iter().map(|row| row.0).collect();
    assert_eq!(lanes, [0, 1], "both stand");
    assert!(clinic.takes_patient(clinic.bram.person).await.is_empty());
    let undoing = clinic
        .ground
        .db
        .write(pair, move |tx, pair| Box::pin(async move { merging::undo(tx, None, &[here], *pair).await }));
    undoing.await.expect("two");
    clinic.sees(&clinic.bram, his.id).await.expect("his again");
    clinic.sees(&clinic.anna, hers.id).await.expect("hers all the time");
    assert_eq!(clinic.takes_patient(clinic.bram.person).await.len(), 1);
    assert_eq!(clinic.takes_patient(clinic.anna.person).await.len(), 1);
    assert_eq!(clinic.number("SELECT COUNT(*) FROM merge_appointments").await, 0);
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn what_was_taken_over_of_whom_goes_when_that_was_wrong(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let pair = Pair { keep: clinic.anna.person, gone: clinic.bram.person };
    let here = clinic.here;
    let merged = |wrong: bool| {
        clinic.ground.db.write(pair, move |tx, pair| {
            Box::pin(async move {
                if wrong {
                    return merging::undo(tx, None, &[here], *pair).await;
                }
                patients::set_insurance(tx, Author::Operator, here, pair.gone, Some(of.private), None)
                    .await?;
                patients::block(tx, Author::Operator, here, pair.gone, true).await?;
                merging::merge(tx, None, &[here], *pair).await
            })
        })
    };
    let note = async || {
        let input = (here, pair.keep, clinic.ring.clone());
        let reading = clinic
            .ground
            .db
            .read(input, |tx, (here, who, ring)| Box::pin(patients::of(tx, ring, *here, *who)));
        let found = reading.await.expect("a note");
        (found.insurance, found.blocked_ms.is_some())
    };
    merged(false).await.expect("one");
    assert_eq!(note().await, (Some(of.private), true));
    merged(true).await.expect("two");
    assert_eq!(note().await, (None, false));
    // What the practice noted itself meanwhile stays.
    merged(false).await.expect("one");
    let noting = clinic.ground.db.write(pair.keep, move |tx, who| {
        Box::pin(patients::set_insurance(tx, Author::Operator, here, *who, Some(of.statutory), None))
    });
    noting.await.expect("noted");
    merged(true).await.expect("two");
    assert_eq!(note().await, (Some(of.statutory), false));
    clinic.forget_jobs().await;
}

#[bedside_test]
async fn what_an_older_key_sealed_is_sealed_anew(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let of = clinic.calendars;
    let one = clinic.books(&clinic.anna, of.consultation, TUESDAY.at(10, 0, 0, 0)).await;
    let old_key = clinic.ring.current_key();
    let here = clinic.here;
    let rotating = clinic.ground.db.write(here, |tx, here| {
        Box::pin(async move { tx.tool::<vault::Vault>()?.rotate(tx, Some(*here)).await })
    });
    rotating.await.expect("a new key");
    let vault =
        clinic.ground.db.read((), |tx, ()| Box::pin(async move { Ok(tx.tool::<vault::Vault>()?.clone()) }));
    let ring = vault.await.expect("a vault").reload(&clinic.ground.db, Some(here)).await.expect("keys");
    let mut reached = Some(Reached::NOTHING);
    let mut values = 0;
    while let Some(from) = reached {
        let looking = clinic.ground.db.read((here, ring.clone(), from), |tx, (here, ring, from)| {
            Box::pin(reseal::reseal_some(tx, *here, ring, *from))
        });
        let ((updates, found), further) = looking.await.expect("a look");
        (values, reached) = (values + found, further);
        let writing = clinic.ground.db.write(updates, |tx, updates| {
            Box::pin(async move {
                for update in updates {
                    tx.run_made(update).await?;
                }
                Ok(())
            })
        });
        writing.await.expect("written");
    }
    assert_eq!(values, 1);
    let left = clinic
        .ground
        .db
        .read((here, old_key), |tx, (here, key)| Box::pin(reseal::count_sealed_by(tx, *here, *key)));
    assert_eq!(left.await.expect("a count"), 0);
    let sealed = clinic.ground.db.read((clinic.anna.clone(), one.id), |tx, (anna, id)| {
        Box::pin(async move {
            let open = crate::access::open(tx, anna, *id, crate::access::Right::Read).await?;
            appointments::details(tx, &open).await
        })
    });
    let details = Details::open(&ring, one.id, &sealed.await.expect("details")).expect("they open");
    assert_eq!(details.comments.as_deref(), Some("It hurts."));
    clinic.forget_jobs().await;
}
