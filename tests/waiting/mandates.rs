//! Who hears of somebody's appointment in their stead, and for how long.

use flows::desk::{Order, Place};
use identity::By;
use identity::mandates::{self, MandateId, MandateKind, NewMandate};
use kernel::Role;
use store::args;
use testkit::bedside_test;

use super::*;

impl Practice {
    pub async fn lets(&self, patient: &Somebody, proxy: &Somebody, may_book: bool) -> MandateId {
        let new = NewMandate {
            organisation: self.linde.id,
            patient: patient.id,
            proxy: proxy.id,
            kind: MandateKind::Carer,
            may_write: false,
            may_book,
            given_by: patient.id,
            end_ms: None,
        };
        let given = self.ward.house.db.write(new, |tx, new| Box::pin(mandates::give(tx, By::Operator, new)));
        given.await.expect("a mandate")
    }

    pub async fn ends(&self, mandate: MandateId) {
        let ended = self.ward.house.db.write((self.linde.id, mandate), |tx, (here, mandate)| {
            Box::pin(mandates::end(tx, By::Operator, *here, *mandate))
        });
        ended.await.expect("an end");
    }

    pub fn in_stead(&self, proxy: &Somebody, patient: &Somebody) -> Actor {
        Actor { acting_for: Some(patient.id), ..self.actor(proxy) }
    }

    async fn joins_for(&self, proxy: &Somebody, patient: &Somebody, id: AppointmentId) {
        let actor = self.in_stead(proxy, patient);
        flows::asap::subscribe(&self.ward.house, &actor, id, &proxy.email).await.expect("on the list");
    }

    /// Whose address nobody knows.
    pub async fn without_address(&self, name: &str) -> Somebody {
        const FORGET: &str = "DELETE FROM person_identifiers WHERE person = $1";
        let who = self.linde.patient(name).await;
        let forgotten = self
            .ward
            .house
            .db
            .write(who.id, |tx, id| Box::pin(async move { tx.run(FORGET, &args![id]).await }));
        forgotten.await.expect("no address");
        who
    }

    /// Who answered, in whose stead, of each line about the waiting list.
    async fn lines(&self) -> Vec<(Option<PersonId>, Option<PersonId>, String)> {
        const LINES: &str = "SELECT person, acting_for, reason FROM audit_lines
            WHERE organisation = $1 AND kind = 'waiting_list_changed' ORDER BY at_us, id";
        let lines = self.ward.house.db.read(self.linde.id, |tx, here| {
            Box::pin(async move {
                tx.all(LINES, &args![here], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).await
            })
        });
        lines.await.expect("lines")
    }
}

#[bedside_test]
async fn once_a_mandate_has_ended_its_holder_neither_sees_nor_moves_anything_by_an_old_letter(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.patient("Anna", "2026-03-05T10:00").await;
    let carla = practice.linde.patient("Carla").await;
    let mandate = practice.lets(&anna, &carla, true).await;
    practice.joins_for(&carla, &anna, hers).await;
    practice.something_becomes_free("2026-03-03T10:00").await;
    let letter = practice.offers_to(&carla.email).await.remove(0);
    let mut browser = practice.browser();
    let open = browser.open(&link(&letter)).await;
    assert!(open.text.contains("Thursday 5 March 2026"), "{}", open.text);
    practice.ends(mandate).await;
    let looked = practice.browser().open(&link(&letter)).await;
    assert_eq!(looked.status, 410);
    for told in ["March", "De Linde"] {
        assert!(!looked.text.contains(told), "it says nothing of the appointment: {}", looked.text);
    }
    for answer in ["accept", "keep"] {
        let late = browser.submit(&open, &[("answer", answer)]).await;
        assert_eq!(late.status, 410, "{}", late.text);
    }
    assert_eq!(practice.comes(&anna).await, "2026-03-05T10:00");
    assert_eq!(practice.why_ended().await, ["mandate_ended"]);
    let (person, acting_for, _) = practice.lines().await.pop().expect("a line");
    assert_eq!((person, acting_for), (None, None), "the house ended it");
    practice.something_becomes_free("2026-03-03T11:00").await;
    assert_eq!(practice.offers_to(&carla.email).await.len(), 1, "no more letters");
    practice.closes().await;
}

#[bedside_test]
async fn a_time_that_becomes_free_after_a_mandate_has_ended_is_not_told_to_its_holder(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.patient("Anna", "2026-03-05T10:00").await;
    let carla = practice.linde.patient("Carla").await;
    let mandate = practice.lets(&anna, &carla, true).await;
    practice.joins_for(&carla, &anna, hers).await;
    practice.ends(mandate).await;
    practice.lets(&anna, &carla, false).await;
    practice.something_becomes_free("2026-03-03T10:00").await;
    assert!(practice.offers_to(&carla.email).await.is_empty(), "to see is not to move");
    assert_eq!(practice.why_ended().await, ["mandate_ended"]);
    practice.joins(&anna, hers, &anna.email).await.expect("she joins by herself");
    practice.something_becomes_free("2026-03-03T11:00").await;
    assert_eq!(practice.offers_to(&anna.email).await.len(), 1);
    practice.closes().await;
}

#[bedside_test]
async fn an_address_that_a_proxy_named_is_not_confirmed_after_the_mandate(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.patient("Anna", "2026-03-05T10:00").await;
    let carla = practice.linde.patient("Carla").await;
    let mandate = practice.lets(&anna, &carla, true).await;
    let third = "derde@example.test";
    let actor = practice.in_stead(&carla, &anna);
    flows::asap::subscribe(&ward.house, &actor, hers, third).await.expect("to be confirmed");
    practice.pass(1).await;
    let asked = practice.letters_to(third, "asap_confirm").await.remove(0);
    let mut browser = practice.browser();
    let page = browser.open(&path(&asked, "/earlier/confirm/")).await;
    assert_eq!(page.status, 200);
    practice.ends(mandate).await;
    assert_eq!(practice.browser().open(&path(&asked, "/earlier/confirm/")).await.status, 410);
    assert_eq!(browser.submit(&page, &[]).await.status, 410);
    assert_eq!(practice.why_ended().await, ["mandate_ended"]);
    practice.closes().await;
}

#[bedside_test]
async fn while_a_mandate_stands_its_holder_answers_and_the_log_says_for_whom(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.patient("Anna", "2026-03-05T10:00").await;
    let carla = practice.linde.patient("Carla").await;
    practice.lets(&anna, &carla, true).await;
    practice.joins_for(&carla, &anna, hers).await;
    practice.something_becomes_free("2026-03-03T10:00").await;
    let letter = practice.offers_to(&carla.email).await.remove(0);
    practice.answers(&letter, "accept").await;
    assert_eq!(practice.comes(&anna).await, "2026-03-03T10:00");
    ward.settle().await;
    let expected = (Some(carla.id), Some(anna.id), "earlier time accepted by letter".to_owned());
    assert!(practice.lines().await.contains(&expected), "{:?}", practice.lines().await);
    practice.closes().await;
}

#[bedside_test]
async fn who_turned_out_to_be_another_after_all_goes_on_with_what_they_put_on_the_list(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (tim, his) = practice.patient("Tim", "2026-03-05T10:00").await;
    let (eva, evelien) = (practice.linde.patient("Eva").await, practice.linde.patient("Evelien").await);
    practice.lets(&tim, &eva, true).await;
    practice.joins_for(&eva, &tim, his).await;
    let pair = flows::merging::Pair { keep: evelien.id, gone: eva.id };
    flows::merging::merge(&ward.house, None, pair).await.expect("one and the same");
    practice.something_becomes_free("2026-03-03T10:00").await;
    assert_eq!(practice.offers_to(&eva.email).await.len(), 1, "it goes on by the mandate of who is kept");
    flows::merging::undo(&ward.house, None, pair).await.expect("two after all");
    practice.something_becomes_free("2026-03-03T11:00").await;
    assert!(practice.why_ended().await.is_empty(), "Eva's mandate stands");
    let letter = practice.offers_to(&eva.email).await.pop().expect("a letter");
    practice.answers(&letter, "accept").await;
    assert_eq!(practice.comes(&tim).await, "2026-03-03T11:00");
    ward.settle().await;
    let expected = (Some(eva.id), Some(tim.id), "earlier time accepted by letter".to_owned());
    assert!(practice.lines().await.contains(&expected), "{:?}", practice.lines().await);
    practice.closes().await;
}

#[bedside_test]
async fn a_patient_takes_over_what_their_proxy_put_on_the_list_and_keeps_what_is_theirs(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.patient("Anna", "2026-03-05T10:00").await;
    let carla = practice.linde.patient("Carla").await;
    let mandate = practice.lets(&anna, &carla, true).await;
    let actor = practice.in_stead(&carla, &anna);
    flows::asap::subscribe(&ward.house, &actor, hers, &anna.email).await.expect("for Anna");
    practice.joins(&anna, hers, &anna.email).await.expect("she wants it herself");
    // Whoever names the patient's own address again takes nothing over.
    flows::asap::subscribe(&ward.house, &actor, hers, &anna.email).await.expect("the same");
    practice.ends(mandate).await;
    practice.something_becomes_free("2026-03-03T10:00").await;
    assert_eq!(practice.offers_to(&anna.email).await.len(), 1);
    assert_eq!(practice.why_ended().await, ["left"]);
    practice.closes().await;
}

#[bedside_test]
async fn letters_about_an_appointment_go_to_the_patient_or_a_proxy_and_never_to_the_desk(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let daan = practice.without_address("Daan").await;
    let carla = practice.linde.patient("Carla").await;
    let erik = practice.linde.somebody("Erik", "Smit", Role::Assistant).await;
    let desk = Actor { role: Role::Assistant, ..practice.actor(&erik) };
    let place =
        Place { start_ms: ms("2026-03-05T10:00"), resources: Vec::new(), overbook: false, hold: None };
    let order =
        Order { kind: 198, patient: daan.id, insurance: Some(136), place, details: Details::default() };
    flows::desk::create(&ward.house, &desk, order).await.expect("booked by telephone");
    practice.pass(1).await;
    let mandate = practice.lets(&daan, &carla, true).await;
    let proof =
        practice.proof_for(&practice.in_stead(&carla, &daan), "2026-03-04T10:00").await.expect("free");
    let request = Request { proof, details: Details::default(), asap: false };
    let actor = practice.in_stead(&carla, &daan);
    let id = flows::booking::book(&ward.house, &actor, request).await.expect("booked for him");
    practice.pass(1).await;
    let told = async |who: &Somebody| practice.letters_to(&who.email, "appointment").await.len();
    assert_eq!((told(&erik).await, told(&carla).await), (0, 1));
    flows::booking::cancel(&ward.house, &actor, id, None).await.expect("cancelled");
    practice.ends(mandate).await;
    practice.pass(1).await;
    assert_eq!((told(&erik).await, told(&carla).await), (0, 1), "she may not know of it any more");
    practice.closes().await;
}

#[bedside_test]
async fn who_books_for_somebody_without_an_address_hears_of_earlier_times_themselves(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let tim = practice.without_address("Tim").await;
    let carla = practice.linde.patient("Carla").await;
    practice.lets(&tim, &carla, true).await;
    let actor = practice.in_stead(&carla, &tim);
    let proof = practice.proof_for(&actor, "2026-03-05T10:00").await.expect("free");
    let request = Request { proof, details: Details::default(), asap: true };
    flows::booking::book(&ward.house, &actor, request).await.expect("booked for him");
    practice.something_becomes_free("2026-03-03T10:00").await;
    assert_eq!(practice.offers_to(&carla.email).await.len(), 1);
    practice.closes().await;
}

#[bedside_test]
async fn a_mandate_that_ended_since_the_request_began_puts_nothing_on_the_list_and_takes_nothing_off(
    ward: Ward,
) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.waits("Anna", "2026-03-05T10:00").await;
    let second = practice.books(&anna, "2026-03-06T10:00").await;
    let carla = practice.linde.patient("Carla").await;
    let mandate = practice.lets(&anna, &carla, true).await;
    let actor = practice.in_stead(&carla, &anna);
    practice.ends(mandate).await;
    let house = &ward.house;
    let refused = |outcome: Result<()>| matches!(outcome, Err(kernel::Error::NotFound { .. }));
    assert!(refused(flows::asap::subscribe(house, &actor, second, &carla.email).await));
    assert!(refused(flows::asap::leave(house, &actor, hers).await));
    assert!(practice.why_ended().await.is_empty(), "she stays on it");
    practice.something_becomes_free("2026-03-03T10:00").await;
    assert!(practice.offers_to(&carla.email).await.is_empty());
    assert_eq!(practice.offers_to(&anna.email).await.len(), 1);
    practice.closes().await;
}
