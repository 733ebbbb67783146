//! Earlier times at a practice that says yes to each appointment first.

use flows::desk::Place;
use flows::mail::inbox::Shown;
use kernel::{Actor, AppointmentId, Role};
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
    let offered = offered(&letter);
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

/// The time that a letter offers.
fn offered(letter: &Shown) -> &str {
    let offered = letter.text.split("You can come earlier:\n").nth(1).expect("a time");
    offered.lines().next().expect("a line")
}

impl Practice {
    /// Somebody took an earlier time that the practice has yet to say yes to: the appointment, the letter, and the time.
    async fn asks_for_an_earlier_time(&self, name: &str) -> (AppointmentId, Shown, String) {
        let (chris, freed) = self.patient("Chris", "2026-03-03T10:00").await;
        let (who, id) = self.waits(name, "2026-03-04T10:00").await;
        self.changes(|visit| visit.needs_confirmation = true).await;
        self.cancels(&chris, freed).await;
        self.pass(5).await;
        let letter = self.offers_to(&who.email).await.remove(0);
        let asked = self.answers(&letter, "accept").await;
        let time = offered(&letter).to_owned();
        for part in ["You have asked for", &time] {
            assert!(asked.text.contains(part), "{part}: {}", asked.text);
        }
        (id, letter, time)
    }

    fn by_telephone(&self) -> Actor {
        flows::desk::operator(&self.ward.house, self.linde.id)
    }
}

#[bedside_test]
async fn who_asked_for_an_earlier_time_reads_by_the_same_link_that_the_practice_said_yes(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (hers, letter, time) = practice.asks_for_an_earlier_time("Anna").await;
    flows::desk::confirm(&ward.house, &practice.by_telephone(), hers).await.expect("confirmed");
    let page = practice.browser().open(&link(&letter)).await;
    for part in ["You come earlier", "Your appointment is now", &time] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("must still confirm"), "{}", page.text);
    practice.closes().await;
}

#[bedside_test]
async fn who_asked_for_an_earlier_time_reads_by_the_same_link_that_the_practice_said_no(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (hers, letter, _) = practice.asks_for_an_earlier_time("Anna").await;
    flows::desk::cancel(&ward.house, &practice.by_telephone(), hers, None).await.expect("cancelled");
    let page = practice.browser().open(&link(&letter)).await;
    assert!(page.text.contains("Your appointment is cancelled"), "{}", page.text);
    for part in ["You come earlier", "must still confirm", "unchanged", "March"] {
        assert!(!page.text.contains(part), "{part}: {}", page.text);
    }
    practice.closes().await;
}

#[bedside_test]
async fn who_asked_for_an_earlier_time_and_then_another_reads_when_that_is(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.changes(|visit| visit.asap.stays = true).await;
    let (hers, letter, _) = practice.asks_for_an_earlier_time("Anna").await;
    let to = Place { start_ms: ms("2026-03-06T11:00"), resources: Vec::new(), overbook: false, hold: None };
    flows::desk::move_to(&ward.house, &practice.by_telephone(), hers, to).await.expect("moved");
    let page = practice.browser().open(&link(&letter)).await;
    for part in ["has been moved since", "You have asked for", "Friday 6 March 2026 at 11:00"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("earlier time"), "{}", page.text);
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
