//! Earlier times at a practice that says yes to each appointment first.

use flows::desk::Place;
use kernel::{Actor, Role};
use testkit::bedside_test;

use super::{Practice, link, ms};
use crate::cast::Ward;

#[bedside_test]
async fn who_comes_earlier_where_the_practice_says_yes_first_is_told_so_before_and_after(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    practice.changes(|visit| visit.needs_confirmation = true).await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    let letter = practice.offers_to(&anna.email).await.remove(0);
    assert!(letter.text.contains("The practice must still confirm the new time."), "{}", letter.text);
    let offered = letter.text.split("You can come earlier:\n").nth(1).expect("a time");
    let offered = offered.lines().next().expect("a line");
    let mut browser = practice.browser();
    let open = browser.open(&link(&letter)).await;
    assert!(open.text.contains("your present time is given up at once"), "{}", open.text);
    let done = browser.submit(&open, &[("answer", "accept")]).await;
    assert!(done.text.contains("The practice must still confirm it"), "{}", done.text);
    assert!(!done.text.contains("You come earlier"), "nobody knows that yet");
    practice.pass(1).await;
    let told = practice.letters_to(&anna.email, "appointment").await.pop().expect("a letter");
    assert_eq!(told.subject, "Your appointment at De Linde has moved");
    for part in ["has yet to confirm the new time", "Wednesday 4 March", offered] {
        assert!(told.text.contains(part), "{part}: {}", told.text);
    }
    practice.closes().await;
}

#[bedside_test]
async fn who_waits_for_a_yes_and_is_moved_by_the_desk_is_told_of_the_move(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.changes(|visit| visit.needs_confirmation = true).await;
    let (anna, hers) = practice.patient("Anna", "2026-03-04T10:00").await;
    practice.pass(1).await;
    let asked = practice.letters_to(&anna.email, "appointment").await.pop().expect("a letter");
    assert_eq!(asked.subject, "Your request at De Linde");
    let erik = practice.linde.somebody("Erik", "Smit", Role::Assistant).await;
    let desk = Actor { role: Role::Assistant, ..practice.actor(&erik) };
    let to = Place { start_ms: ms("2026-03-05T11:00"), resources: Vec::new(), overbook: false, hold: None };
    flows::desk::move_to(&ward.house, &desk, hers, to).await.expect("moved by telephone");
    practice.pass(1).await;
    let told = practice.letters_to(&anna.email, "appointment").await.pop().expect("a letter");
    assert_eq!(told.subject, "Your appointment at De Linde has moved");
    for part in ["has yet to confirm the new time", "Wednesday 4 March", "Thursday 5 March"] {
        assert!(told.text.contains(part), "{part}: {}", told.text);
    }
    practice.closes().await;
}

#[bedside_test]
async fn who_moved_and_waits_for_a_yes_stays_on_the_list_however_often_they_join(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.waits("Anna", "2026-03-04T10:00").await;
    let (bram, his) = practice.patient("Bram", "2026-03-04T11:00").await;
    practice.changes(|visit| (visit.needs_confirmation, visit.asap.stays) = (true, true)).await;
    practice.moves(&anna, hers, "2026-03-05T10:00").await;
    practice.joins(&anna, hers, &anna.email).await.expect("it changes nothing");
    practice.moves(&bram, his, "2026-03-05T11:00").await;
    assert!(practice.joins(&bram, his, &bram.email).await.is_err(), "he never was on it");
    practice.closes().await;
}
