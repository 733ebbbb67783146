use booking::asap::{self, NewOffer, Offer, OfferState};
use booking::{Strategy, setup::types::NewType};
use kernel::{Error, OfferId};
use store::{Place, args};
use testkit::bedside_test;

use super::{Author, NewResource, Practice, ResourceId, ResourceKind, Weekly, institutions, ms, resources};
use crate::cast::{Somebody, Ward};

fn in_turn(new: &mut NewType) {
    (new.asap.strategy, new.asap.hold) = (Strategy::Sequential, 30);
}

impl Practice {
    /// Who is there on weekdays from nine to five, too.
    async fn another_doctor(&self) -> ResourceId {
        let added = self.ward.house.db.write(self.linde.id, |tx, here| {
            Box::pin(async move {
                let place = institutions::list(tx, *here).await?[0].id;
                let (by, kind) = (Author::Operator, ResourceKind::Practitioner);
                let new =
                    NewResource { institution: place, kind, name: "Dr. Jansen".to_owned(), person: None };
                let doctor = resources::add(tx, by, *here, &new).await?;
                let day =
                    |weekday| Weekly { weekday, from: 540, until: 1_020, first_day: None, last_day: None };
                resources::set_hours(tx, by, *here, doctor, &(1..=5).map(day).collect::<Vec<_>>()).await?;
                Ok(doctor)
            })
        });
        added.await.expect("a doctor")
    }
}

#[bedside_test]
async fn in_turn_it_is_kept_for_who_waited_longest_and_then_for_the_next(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.changes(in_turn).await;
    practice.pass(10).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-05T10:00").await;
    let eva = practice.linde.patient("Eva").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    let letters = practice.offers_to(&anna.email).await;
    assert_eq!(letters.len(), 1, "the longest wait first");
    assert!(letters[0].text.contains("We keep this time for you until"), "{}", letters[0].text);
    assert!(practice.offers_to(&bram.email).await.is_empty(), "one after the other");
    assert!(practice.proof(&eva, "2026-03-03T10:00").await.is_none(), "it is kept");
    practice.pass(31).await;
    practice.pass(5).await;
    let to_bram = practice.offers_to(&bram.email).await;
    assert_eq!(to_bram.len(), 1, "nobody answered");
    let late = practice.browser().open(&super::link(&letters[0])).await;
    assert_eq!(late.status, 410);
    practice.answers(&to_bram[0], "accept").await;
    assert_eq!(practice.comes(&bram).await, "2026-03-03T10:00");
    assert_eq!(practice.comes(&anna).await, "2026-03-04T10:00");
    practice.closes().await;
}

#[bedside_test]
async fn of_one_time_as_many_are_told_in_turn_as_there_are_doctors_free_then(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let second = practice.another_doctor().await;
    let devries = practice.calendars.devries;
    practice
        .changes(|new| {
            in_turn(new);
            new.parts = vec![vec![devries, second]];
        })
        .await;
    practice.pass(10).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (daan, other) = practice.patient("Daan", "2026-03-03T10:00").await;
    let mut waiting = Vec::new();
    for (name, day) in [("Anna", "04"), ("Bram", "05"), ("Eva", "06")] {
        waiting.push(practice.waits(name, &format!("2026-03-{day}T10:00")).await.0);
    }
    practice.cancels(&chris, freed).await;
    practice.cancels(&daan, other).await;
    practice.pass(5).await;
    let told = async |who: &Somebody| practice.offers_to(&who.email).await;
    let [anna, bram, eva] = &waiting[..] else { unreachable!("three wait") };
    assert_eq!((told(anna).await.len(), told(bram).await.len(), told(eva).await.len()), (1, 1, 0));
    practice.answers(&told(bram).await[0], "accept").await;
    practice.answers(&told(anna).await[0], "accept").await;
    for who in [anna, bram] {
        assert_eq!(practice.comes(who).await, "2026-03-03T10:00");
    }
    practice.closes().await;
}

#[bedside_test]
async fn whoever_declines_passes_it_on(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.changes(in_turn).await;
    practice.pass(10).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-05T10:00").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    practice.answers(&practice.offers_to(&anna.email).await[0], "keep").await;
    practice.pass(5).await;
    let to_bram = practice.offers_to(&bram.email).await;
    assert_eq!(to_bram.len(), 1);
    practice.answers(&to_bram[0], "accept").await;
    assert_eq!(practice.comes(&bram).await, "2026-03-03T10:00");
    practice.closes().await;
}

#[bedside_test]
async fn what_is_kept_for_somebody_who_may_not_have_it_any_more_is_for_the_next(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.changes(in_turn).await;
    practice.pass(10).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-05T10:00").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    let mut browser = practice.browser();
    let open = browser.open(&super::link(&practice.offers_to(&anna.email).await[0])).await;
    practice.blocks(&anna).await;
    browser.submit(&open, &[("answer", "accept")]).await;
    assert_eq!(practice.comes(&anna).await, "2026-03-04T10:00");
    practice.pass(5).await;
    let to_bram = practice.offers_to(&bram.email).await;
    assert_eq!(to_bram.len(), 1, "it is kept from nobody");
    practice.answers(&to_bram[0], "accept").await;
    assert_eq!(practice.comes(&bram).await, "2026-03-03T10:00");
    practice.closes().await;
}

#[bedside_test]
async fn whoever_leaves_the_list_no_longer_keeps_anything_from_others(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.changes(in_turn).await;
    practice.pass(10).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, hers) = practice.waits("Anna", "2026-03-04T10:00").await;
    let eva = practice.linde.patient("Eva").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    assert!(practice.proof(&eva, "2026-03-03T10:00").await.is_none());
    flows::asap::leave(&ward.house, &practice.actor(&anna), hers).await.expect("left");
    assert!(practice.proof(&eva, "2026-03-03T10:00").await.is_some());
    practice.closes().await;
}

#[bedside_test]
async fn what_was_found_for_somebody_is_not_told_once_they_moved_or_the_practice_works_on_paper(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.waits("Anna", "2026-03-05T10:00").await;
    let here = practice.linde.id;
    let on_list = ward.house.db.read((here, [hers]), |tx, (here, hers)| Box::pin(asap::of(tx, *here, hers)));
    let subscription = on_list.await.expect("a list")[0].id;
    let make = async |old: &str| {
        let offer = Offer {
            id: OfferId::new(&ward.clock, &ward.site.rng),
            subscription,
            appointment: hers,
            old_start_ms: ms(old),
            start_ms: ms("2026-03-03T10:00"),
            end_ms: ms("2026-03-03T10:30"),
            state: OfferState::Open,
            expires_ms: ms("2026-03-03T09:00"),
        };
        let new = NewOffer { offer, keeps: None, letters_per_day_max: 3 };
        let input = (here, anna.id, new);
        ward.house.db.write(input, |tx, (here, anna, new)| Box::pin(asap::make(tx, *here, *anna, new))).await
    };
    assert!(!make("2026-03-06T10:00").await.expect("an answer"), "it was moved since");
    practice.works_on_paper(true).await;
    assert!(matches!(make("2026-03-05T10:00").await, Err(Error::Precondition { .. })));
    practice.works_on_paper(false).await;
    assert!(make("2026-03-05T10:00").await.expect("an answer"));
    practice.closes().await;
}

#[bedside_test]
async fn whoever_waited_while_their_patient_turned_out_to_be_somebody_else_goes_on_with_that_one(ward: Ward) {
    const SLOWLY: &str = "SELECT pg_sleep(0.5)";
    const TAKE: &str = "UPDATE appointments SET patient = $3 WHERE organisation = $1 AND patient = $2";
    const UNDER_WAY: &str = "SELECT COUNT(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted";
    if matches!(ward.site.place, Place::File(_)) {
        return; // It has one writer.
    }
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.waits("Anna", "2026-03-05T10:00").await;
    let bram = practice.linde.patient("Bram").await;
    let here = practice.linde.id;
    let on_list = ward.house.db.read((here, [hers]), |tx, (here, hers)| Box::pin(asap::of(tx, *here, hers)));
    let subscription = on_list.await.expect("a list")[0].id;
    let db = ward.house.db.clone();
    let merging = tokio::spawn(async move {
        let merging = db.write((here, anna.id, bram.id), |tx, (here, gone, kept)| {
            Box::pin(async move {
                tx.lock(&format!("booking of {}", gone.hex())).await?;
                tx.all(SLOWLY, &[], |_| Ok(())).await?;
                tx.run(TAKE, &args![here, gone, kept]).await.map(drop)
            })
        });
        merging.await
    });
    let under_way = async || {
        let count = ward.house.db.read((), |tx, ()| {
            Box::pin(async move { tx.one(UNDER_WAY, &[], |row| row.get::<i64>(0)).await })
        });
        count.await.expect("a number").expect("a number")
    };
    while under_way().await == 0 {
        assert!(!merging.is_finished(), "it waits for nobody");
        tokio::task::yield_now().await;
    }
    let found = ward
        .house
        .db
        .write((here, subscription), |tx, (here, id)| Box::pin(asap::find_in_turn(tx, *here, *id)));
    assert_eq!(found.await.expect("a subscription").2, bram.id);
    merging.await.expect("a task").expect("done");
    practice.closes().await;
}
