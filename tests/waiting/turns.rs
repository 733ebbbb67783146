use booking::{Strategy, setup::types::NewType};
use testkit::bedside_test;

use super::Practice;
use crate::cast::Ward;

fn in_turn(new: &mut NewType) {
    (new.asap.strategy, new.asap.hold) = (Strategy::Sequential, 30);
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
