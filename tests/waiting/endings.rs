use booking::asap;
use kernel::Error;
use testkit::bedside_test;

use super::{Details, Practice, Request, way_out};
use crate::cast::{Somebody, Ward};

impl Practice {
    /// Somebody books and cancels, and what becomes free is told.
    pub async fn something_becomes_free(&self, at: &str) {
        let (who, freed) = self.patient(&format!("Passer{}", at.replace([':', '-'], "")), at).await;
        self.cancels(&who, freed).await;
        self.pass(5).await;
    }

    async fn is_told(&self, who: &Somebody) -> usize {
        self.offers_to(&who.email).await.len()
    }

    pub async fn why_ended(&self) -> Vec<String> {
        const WHY: &str = "SELECT why_ended FROM asap_subscriptions WHERE organisation = $1
            AND why_ended IS NOT NULL ORDER BY why_ended";
        let why = self.ward.house.db.read(self.linde.id, |tx, here| {
            Box::pin(async move { tx.all(WHY, &store::args![here], |row| row.get(0)).await })
        });
        why.await.expect("why")
    }
}

#[bedside_test]
async fn one_click_ends_the_letters_for_good(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, _) = practice.waits("Anna", "2026-03-05T10:00").await;
    practice.something_becomes_free("2026-03-03T10:00").await;
    let letter = practice.offers_to(&anna.email).await.remove(0);
    let way_out = format!("{}{}", ward.url, way_out(&letter));
    let looked = ward.http.get(&way_out).send().await.expect("an answer");
    assert_eq!(looked.status(), 200);
    assert!(practice.why_ended().await.is_empty(), "to look is not to leave");
    for _ in 0..2 {
        // RFC 8058 section 3.1: no cookies, and this body alone.
        let click = ward.http.post(&way_out).form(&[("List-Unsubscribe", "One-Click")]);
        assert_eq!(click.send().await.expect("an answer").status(), 200);
    }
    practice.something_becomes_free("2026-03-03T11:00").await;
    assert_eq!(practice.is_told(&anna).await, 1);
    assert_eq!(practice.why_ended().await, ["left"]);
    let answer = practice.browser().open(&super::link(&letter)).await;
    assert!(answer.forms().is_empty(), "what was offered is over as well: {}", answer.text);
    assert!(!answer.text.contains("March"), "who left is told nothing of it: {}", answer.text);
    practice.closes().await;
}

#[bedside_test]
async fn who_comes_earlier_and_then_wants_no_more_letters_reads_still_when_they_come(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, _) = practice.waits("Anna", "2026-03-05T10:00").await;
    practice.something_becomes_free("2026-03-03T10:00").await;
    let letter = practice.offers_to(&anna.email).await.remove(0);
    practice.answers(&letter, "accept").await;
    let mut browser = practice.browser();
    let asked = browser.open(&way_out(&letter)).await;
    browser.submit(&asked, &[]).await;
    assert_eq!(practice.why_ended().await, ["left"]);
    let page = browser.open(&super::link(&letter)).await;
    for part in ["You come earlier", "Tuesday 3 March 2026 at 10:00"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    practice.closes().await;
}

#[bedside_test]
async fn whoever_leaves_and_joins_again_is_told_of_nothing_twice_and_not_more_often(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.waits("Anna", "2026-03-06T10:00").await;
    for (number, at) in ["10:00", "10:30", "11:00", "11:30"].into_iter().enumerate() {
        practice.something_becomes_free(&format!("2026-03-05T{at}")).await;
        assert_eq!(practice.is_told(&anna).await, (number + 1).min(3), "the letters of a day");
        flows::asap::leave(&ward.house, &practice.actor(&anna), hers).await.expect("left");
        practice.joins(&anna, hers, &anna.email).await.expect("on the list again");
    }
    practice.pass(24 * 60).await;
    let (zoe, again) = practice.patient("Zoe", "2026-03-05T10:00").await;
    practice.cancels(&zoe, again).await;
    practice.pass(5).await;
    assert_eq!(practice.is_told(&anna).await, 3, "of one time somebody is told once");
    practice.closes().await;
}

#[bedside_test]
async fn the_way_out_of_the_list_outlives_the_keys_of_its_day(ward: Ward) {
    use flows::keys;
    let practice = Practice::open(&ward).await;
    let (anna, _) = practice.waits("Anna", "2026-03-27T10:00").await;
    practice.something_becomes_free("2026-03-20T10:00").await;
    let letter = practice.offers_to(&anna.email).await.remove(0);
    for owner in [Some(practice.linde.id), None] {
        keys::rotate(&ward.house, owner).await.expect("a new key");
    }
    for _ in 0..3 {
        practice.pass(25 * 60).await;
    }
    let states = keys::list(&ward.house).await.expect("keys");
    let old: Vec<_> = states.into_iter().filter(|state| state.key.retired_ms.is_some()).collect();
    assert_eq!(old.len(), 2);
    for state in old {
        keys::destroy(&ward.house, state.key.id).await.expect("destroyed");
    }
    let page = practice.browser().open(&way_out(&letter)).await;
    assert_eq!(page.status, 200, "{}", page.text);
    practice.browser().submit(&page, &[]).await;
    assert_eq!(practice.why_ended().await, ["left"]);
    practice.closes().await;
}

#[bedside_test]
async fn the_list_ends_with_the_appointment(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.waits("Anna", "2026-03-05T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-02T14:00").await;
    practice.cancels(&anna, hers).await;
    practice.pass(6 * 60).await;
    flows::asap::tidy_up(&ward.house).await.expect("tidied up");
    assert_eq!(practice.why_ended().await, ["cancelled", "started"]);
    let refused = practice.joins(&anna, hers, &anna.email).await;
    assert!(matches!(refused, Err(Error::Precondition { why }) if why.code == "not_upcoming"));
    assert_eq!((practice.is_told(&anna).await, practice.is_told(&bram).await), (0, 0));
    practice.closes().await;
}

#[bedside_test]
async fn a_list_that_is_closed_ends_for_all(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.waits("Anna", "2026-03-05T10:00").await;
    practice.changes(|new| new.asap.enabled = false).await;
    practice.something_becomes_free("2026-03-03T10:00").await;
    assert_eq!(practice.is_told(&anna).await, 0);
    flows::asap::tidy_up(&ward.house).await.expect("tidied up");
    assert_eq!(practice.why_ended().await, ["disabled"]);
    let refused = practice.joins(&anna, hers, &anna.email).await;
    assert!(matches!(refused, Err(Error::Precondition { why }) if why.code == "asap_not_enabled"));
    practice.closes().await;
}

#[bedside_test]
async fn whoever_moved_stays_on_the_list_unless_the_practice_wants_it_otherwise(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, _) = practice.waits("Anna", "2026-03-05T10:00").await;
    practice.something_becomes_free("2026-03-04T10:00").await;
    practice.answers(&practice.offers_to(&anna.email).await[0], "accept").await;
    practice.something_becomes_free("2026-03-03T10:00").await;
    assert_eq!(practice.is_told(&anna).await, 2, "she stays");
    practice.changes(|new| new.asap.stays = false).await;
    let second = practice.offers_to(&anna.email).await.remove(1);
    let won = practice.answers(&second, "accept").await;
    for part in ["You come earlier", "Tuesday 3 March 2026 at 10:00"] {
        assert!(won.text.contains(part), "{part}: {}", won.text);
    }
    assert_eq!(practice.why_ended().await, ["moved"]);
    practice.something_becomes_free("2026-03-03T09:00").await;
    assert_eq!(practice.is_told(&anna).await, 2);
    practice.closes().await;
}

#[bedside_test]
async fn another_address_is_asked_by_a_letter_before_anything_else_goes_there(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.patient("Anna", "2026-03-05T10:00").await;
    let other = "anna.thuis@example.test";
    practice.joins(&anna, hers, other).await.expect("to be confirmed");
    practice.pass(1).await;
    let asked = practice.letters_to(other, "asap_confirm").await;
    assert_eq!(asked.len(), 1);
    assert!(!asked[0].text.contains("March"), "it tells nobody of an appointment: {}", asked[0].text);
    practice.something_becomes_free("2026-03-03T10:00").await;
    assert!(practice.offers_to(other).await.is_empty(), "not yet");
    let path = super::path(&asked[0], "/earlier/confirm/");
    let mut browser = practice.browser();
    let page = browser.open(&path).await;
    assert!(page.text.contains("Confirm your e-mail address?"), "{}", page.text);
    let confirmed = browser.submit(&page, &[]).await;
    assert!(confirmed.text.contains("E-mail address confirmed"), "{}", confirmed.text);
    practice.something_becomes_free("2026-03-03T11:00").await;
    assert_eq!(practice.offers_to(other).await.len(), 1);
    assert_eq!(practice.is_told(&anna).await, 0, "she named the other one");
    practice.closes().await;
}

#[bedside_test]
async fn the_same_address_again_changes_nothing_and_another_takes_its_place(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.waits("Anna", "2026-03-05T10:00").await;
    practice.joins(&anna, hers, &anna.email.to_uppercase()).await.expect("the same");
    assert!(practice.why_ended().await.is_empty());
    practice.joins(&anna, hers, "anders@example.test").await.expect("another");
    assert_eq!(practice.why_ended().await, ["left"]);
    for email in ["", "anna", "anna@", "a b@example.test", "a@b@c", "a@example.test\nBcc: b@example.test"] {
        let refused = practice.joins(&anna, hers, email).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "email", .. })), "{email}");
    }
    practice.closes().await;
}

#[bedside_test]
async fn strangers_are_not_written_to_without_end(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.patient("Anna", "2026-03-05T10:00").await;
    for number in 0..5 {
        practice.joins(&anna, hers, &format!("vreemde{number}@example.test")).await.expect("asked");
    }
    let refused = practice.joins(&anna, hers, "vreemde5@example.test").await;
    assert!(matches!(refused, Err(Error::LimitReached { .. })), "{refused:?}");
    practice.closes().await;
}

#[bedside_test]
async fn nobody_joins_or_leaves_for_somebody_else(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.waits("Anna", "2026-03-05T10:00").await;
    let bram = practice.linde.patient("Bram").await;
    let refused = practice.joins(&bram, hers, &bram.email).await;
    assert!(matches!(refused, Err(Error::NotFound { .. })));
    let refused = flows::asap::leave(&ward.house, &practice.actor(&bram), hers).await;
    assert!(matches!(refused, Err(Error::NotFound { .. })));
    let of = ward.house.db.read((practice.linde.id, hers), |tx, (here, hers)| {
        Box::pin(asap::of(tx, *here, std::slice::from_ref(hers)))
    });
    assert_eq!(of.await.expect("the list").len(), 1);
    flows::asap::leave(&ward.house, &practice.actor(&anna), hers).await.expect("left");
    flows::asap::leave(&ward.house, &practice.actor(&anna), hers).await.expect("left already");
    practice.closes().await;
}

#[bedside_test]
async fn a_wish_for_what_is_to_be_confirmed_rests_until_it_is(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.changes(|new| new.needs_confirmation = true).await;
    practice.pass(10).await;
    let (anna, hers) = practice.patient("Anna", "2026-03-05T10:00").await;
    let refused = practice.joins(&anna, hers, &anna.email).await;
    assert!(matches!(refused, Err(Error::Precondition { why }) if why.code == "not_upcoming"));
    let bram = practice.linde.patient("Bram").await;
    let proof = practice.proof(&bram, "2026-03-05T11:00").await.expect("free");
    let request = Request { proof, details: Details::default(), asap: true };
    let his = flows::booking::book(&ward.house, &practice.actor(&bram), request).await.expect("asked for");
    practice.something_becomes_free("2026-03-03T10:00").await;
    assert_eq!(practice.is_told(&bram).await, 0, "the practice has not said yes");
    let desk = flows::desk::operator(&ward.house, practice.linde.id);
    flows::desk::confirm(&ward.house, &desk, his).await.expect("confirmed");
    practice.something_becomes_free("2026-03-03T11:00").await;
    assert_eq!(practice.is_told(&bram).await, 1);
    practice.closes().await;
}
