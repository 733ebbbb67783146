use booking::asap;
use flows::asap::answering;
use flows::mail::inbox::Shown;
use jiff::SignedDuration;
use reqwest::Method;
use testkit::bedside_test;

use super::{Practice, link};
use crate::cast::{Somebody, Ward};

/// Chris gives up the third of March at ten, and Anna, who comes a day later, has a letter about it.
async fn anna_is_offered_the_time_of_chris(ward: &Ward) -> (Practice, Somebody, Shown) {
    let practice = Practice::open(ward).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    let letter = practice.offers_to(&anna.email).await.remove(0);
    (practice, anna, letter)
}

#[bedside_test]
async fn whoever_accepts_first_comes_earlier_and_the_other_keeps_what_they_have(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-05T10:00").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    let to_anna = practice.offers_to(&anna.email).await.remove(0);
    let to_bram = practice.offers_to(&bram.email).await.remove(0);
    let mut late = practice.browser();
    let open = late.open(&link(&to_bram)).await;
    assert!(open.text.contains("Thursday 5 March 2026 at 10:00"), "the old time: {}", open.text);
    assert!(open.text.contains("Tuesday 3 March 2026 at 10:00"), "the new time");
    let won = practice.answers(&to_anna, "accept").await;
    assert!(won.text.contains("You come earlier"), "{}", won.text);
    let lost = late.submit(&open, &[("answer", "accept")]).await;
    assert_eq!(lost.status, 200);
    assert!(lost.text.contains("already taken") && lost.text.contains("unchanged"), "{}", lost.text);
    assert_eq!(practice.comes(&anna).await, "2026-03-03T10:00");
    assert_eq!(practice.comes(&bram).await, "2026-03-05T10:00");
    let again = practice.browser().open(&link(&to_anna)).await;
    assert!(again.text.contains("You come earlier"), "the link says what came of it");
    assert!(again.forms().is_empty(), "and is used up");
    practice.closes().await;
}

#[bedside_test]
async fn the_link_of_a_letter_never_says_of_an_appointment_what_was_true_once(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, hers) = practice.waits("Anna", "2026-03-04T10:00").await;
    let (bram, his) = practice.waits("Bram", "2026-03-05T10:00").await;
    let (daan, other) = practice.waits("Daan", "2026-03-05T11:00").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    let mut letters = Vec::new();
    for who in [&anna, &bram, &daan] {
        letters.push(practice.offers_to(&who.email).await.remove(0));
    }
    let [to_anna, to_bram, to_daan] = &letters[..] else { unreachable!("three were written to") };
    practice.answers(to_bram, "keep").await;
    practice.answers(to_anna, "accept").await;
    practice.browser().open(&link(to_daan)).await;
    let says = async |letter, said: &[&str], untrue: &[&str]| {
        let page = practice.browser().open(&link(letter)).await;
        assert_eq!(page.status, 200);
        assert!(page.forms().is_empty(), "{}", page.text);
        for part in said {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        for part in untrue {
            assert!(!page.text.contains(part), "{part}: {}", page.text);
        }
    };
    practice.moves(&anna, hers, "2026-03-06T10:00").await;
    let moved = ["has been moved since", "Your appointment is now"];
    says(to_anna, &[&moved[..], &["Friday 6 March"]].concat(), &["You come earlier", "3 March"]).await;
    practice.moves(&bram, his, "2026-03-06T11:00").await;
    says(to_bram, &[&moved[..], &["Friday 6 March"]].concat(), &["stays as it is", "5 March"]).await;
    practice.moves(&daan, other, "2026-03-06T12:00").await;
    says(to_daan, &[&moved[..], &["Friday 6 March"]].concat(), &["unchanged", "5 March"]).await;
    for (who, id) in [(&anna, hers), (&bram, his), (&daan, other)] {
        practice.cancels(who, id).await;
    }
    for letter in [to_anna, to_bram, to_daan] {
        let untrue = ["You come earlier", "stays as it is", "unchanged", "March"];
        says(letter, &["Your appointment is cancelled"], &untrue).await;
    }
    practice.closes().await;
}

#[bedside_test]
async fn while_the_practice_works_on_paper_an_earlier_time_is_kept_back_and_nobody_is_left_to_press_in_vain(
    ward: Ward,
) {
    let (practice, anna, letter) = anna_is_offered_the_time_of_chris(&ward).await;
    let mut browser = practice.browser();
    let open = browser.open(&link(&letter)).await;
    practice.works_on_paper(true).await;
    let refused = browser.submit(&open, &[("answer", "accept")]).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, "600"));
    let looked = browser.open(&link(&letter)).await;
    assert_eq!(looked.status, 200);
    for page in [&refused, &looked] {
        for part in ["You cannot come earlier just now", "Your appointment stays", "4 March 2026 at 10:00"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        let [form] = &page.forms()[..] else { panic!("one form: {}", page.text) };
        assert_eq!(form.buttons, [("answer".to_owned(), "keep".to_owned())]);
    }
    practice.works_on_paper(false).await;
    let won = practice.answers(&letter, "accept").await;
    assert!(won.text.contains("You come earlier"), "{}", won.text);
    assert_eq!(practice.comes(&anna).await, "2026-03-03T10:00");
    practice.closes().await;
}

#[bedside_test]
async fn who_may_not_have_the_earlier_time_any_more_reads_so_and_keeps_what_they_have(ward: Ward) {
    let (practice, anna, letter) = anna_is_offered_the_time_of_chris(&ward).await;
    let mut browser = practice.browser();
    let open = browser.open(&link(&letter)).await;
    practice.blocks(&anna).await;
    let late = browser.submit(&open, &[("answer", "accept")]).await;
    assert_eq!(late.status, 200, "{}", late.text);
    assert!(late.text.contains("unchanged") && late.forms().is_empty(), "{}", late.text);
    assert_eq!(practice.offers().await, [("open".to_owned(), 1)], "nobody else has it");
    assert_eq!(practice.comes(&anna).await, "2026-03-04T10:00");
    practice.closes().await;
}

#[bedside_test]
async fn two_who_accept_at_once_do_not_both_have_it(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let mut waiting = Vec::new();
    for (name, at) in [("Anna", "10:00"), ("Bram", "10:30"), ("Daan", "11:00"), ("Eva", "11:30")] {
        waiting.push(practice.waits(name, &format!("2026-03-04T{at}")).await.0);
    }
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    let mut accepting = Vec::new();
    for who in &waiting {
        let letter = practice.offers_to(&who.email).await.remove(0);
        let token = link(&letter).trim_start_matches("/earlier/").to_owned();
        let (house, origin) = (ward.house.clone(), practice.origin());
        accepting.push(tokio::spawn(async move { answering::accept(&house, &token, origin).await }));
    }
    for one in accepting {
        one.await.expect("no panic").expect("an answer");
    }
    let mut earlier = 0;
    for who in &waiting {
        earlier += usize::from(practice.comes(who).await == "2026-03-03T10:00");
    }
    assert_eq!(earlier, 1);
    let states = practice.offers().await;
    assert_eq!(states, [("accepted".to_owned(), 1), ("taken".to_owned(), 3)]);
    practice.closes().await;
}

#[bedside_test]
async fn each_move_makes_room_for_another_until_nobody_can_come_earlier(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-05T10:00").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    practice.answers(&practice.offers_to(&anna.email).await[0], "accept").await;
    practice.pass(5).await;
    let to_bram = practice.offers_to(&bram.email).await;
    assert_eq!(to_bram.len(), 2, "of the first time, and of what Anna left");
    practice.answers(&to_bram[1], "accept").await;
    assert_eq!(practice.comes(&bram).await, "2026-03-04T10:00");
    for _ in 0..5 {
        practice.pass(60).await;
    }
    assert_eq!(practice.offers_to(&bram.email).await.len(), 2, "what Bram left is earlier for nobody");
    assert_eq!(practice.offers_to(&anna.email).await.len(), 1);
    practice.closes().await;
}

#[bedside_test]
async fn to_look_changes_nothing_however_often_and_a_form_of_elsewhere_does_not_count(ward: Ward) {
    let (practice, anna, letter) = anna_is_offered_the_time_of_chris(&ward).await;
    for url in letter.text.split_whitespace().filter(|word| word.starts_with("http")) {
        // As a mail server's guard does, which keeps no cookie.
        for method in [Method::GET, Method::HEAD] {
            let looked = ward.http.request(method, url).send().await.expect("an answer");
            assert_eq!(looked.status(), 200, "{url}");
        }
    }
    let answer = [("answer".to_owned(), "accept".to_owned())];
    let forged = practice.browser().post(&link(&letter), &answer, &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(forged.status, 403);
    assert_eq!(practice.comes(&anna).await, "2026-03-04T10:00");
    assert_eq!(practice.offers().await, [("open".to_owned(), 1)]);
    practice.closes().await;
}

#[bedside_test]
async fn whoever_keeps_their_appointment_is_not_asked_again(ward: Ward) {
    let (practice, anna, letter) = anna_is_offered_the_time_of_chris(&ward).await;
    let kept = practice.answers(&letter, "keep").await;
    assert!(kept.text.contains("Your appointment stays as it is"), "{}", kept.text);
    let (daan, again) = practice.patient("Daan", "2026-03-03T10:00").await;
    practice.cancels(&daan, again).await;
    practice.pass(5).await;
    assert_eq!(practice.offers_to(&anna.email).await.len(), 1, "of one time somebody is told once");
    assert_eq!(practice.comes(&anna).await, "2026-03-04T10:00");
    practice.closes().await;
}

#[bedside_test]
async fn a_link_opens_neither_after_its_time_nor_when_it_was_tampered_with_nor_for_anything_else(ward: Ward) {
    let (practice, anna, letter) = anna_is_offered_the_time_of_chris(&ward).await;
    let token = link(&letter).trim_start_matches("/earlier/").to_owned();
    let opened = async |path: String| practice.browser().open(&path).await.status;
    let mut tampered = token.clone();
    tampered.replace_range(30..31, if &token[30..31] == "A" { "B" } else { "A" });
    assert_eq!(opened(format!("/earlier/{tampered}")).await, 404);
    assert_eq!(opened(format!("/earlier/{}", &token[..token.len() - 2])).await, 404);
    assert_eq!(opened(format!("/earlier/stop/{token}")).await, 404, "it is for something else");
    assert_eq!(opened(format!("/earlier/confirm/{token}")).await, 404);
    let page = practice.browser().open(&format!("/earlier/{token}")).await;
    // An hour before, nobody can have it any more.
    ward.clock.pass(SignedDuration::from_hours(24));
    let mut browser = practice.browser();
    let over = browser.open(&format!("/earlier/{token}")).await;
    assert_eq!(over.status, 410);
    assert!(!over.text.contains("March"), "it says nothing of the appointment: {}", over.text);
    let late = practice.browser().submit(&page, &[("answer", "accept")]).await;
    assert!(late.status == 403 || late.status == 410, "{}", late.status);
    assert_eq!(practice.comes(&anna).await, "2026-03-04T10:00");
    practice.closes().await;
}

#[bedside_test]
async fn the_practice_sees_how_well_its_list_fills(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let since = ward.clock.now_ms();
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-05T10:00").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    practice.answers(&practice.offers_to(&bram.email).await[0], "keep").await;
    practice.answers(&practice.offers_to(&anna.email).await[0], "accept").await;
    let figures = ward.house.db.read((practice.linde.id, since), |tx, (here, since)| {
        Box::pin(asap::figures(tx, *here, *since, i64::MAX))
    });
    let figures = figures.await.expect("figures");
    assert_eq!(
        (figures.freed, figures.offered, figures.letters),
        (2, 1, 2),
        "cancelled, and moved away from"
    );
    assert_eq!((figures.accepted, figures.declined, figures.minutes_filled), (1, 1, 30));
    assert_eq!((figures.fill_rate(), figures.waiting), (Some(100), 2));
    practice.closes().await;
}

#[bedside_test]
async fn a_time_that_is_taken_up_twice_is_filled_once(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let since = ward.clock.now_ms();
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, hers) = practice.waits("Anna", "2026-03-04T10:00").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    practice.answers(&practice.offers_to(&anna.email).await[0], "accept").await;
    let (bram, _) = practice.waits("Bram", "2026-03-05T10:00").await;
    practice.pass(5).await;
    practice.answers(&practice.offers_to(&bram.email).await[0], "keep").await;
    practice.cancels(&anna, hers).await;
    practice.pass(5).await;
    let again = practice.offers_to(&bram.email).await.remove(1);
    practice.answers(&again, "accept").await;
    assert_eq!(practice.comes(&bram).await, "2026-03-03T10:00");
    let figures = ward.house.db.read((practice.linde.id, since), |tx, (here, since)| {
        Box::pin(asap::figures(tx, *here, *since, i64::MAX))
    });
    let figures = figures.await.expect("figures");
    assert_eq!((figures.offered, figures.taken_up, figures.accepted), (2, 1, 2));
    assert_eq!(figures.fill_rate(), Some(50));
    practice.closes().await;
}

#[bedside_test]
async fn who_takes_what_they_were_offered_by_the_portal_has_accepted_it(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.waits("Anna", "2026-03-05T10:00").await;
    for at in ["2026-03-03T10:00", "2026-03-03T11:00"] {
        let (who, freed) = practice.patient(&format!("P{}", &at[11..13]), at).await;
        practice.cancels(&who, freed).await;
    }
    practice.pass(5).await;
    assert_eq!(practice.offers().await, [("open".to_owned(), 2)]);
    practice.moves(&anna, hers, "2026-03-03T10:00").await;
    assert_eq!(practice.offers().await, [("accepted".to_owned(), 1), ("expired".to_owned(), 1)]);
    practice.closes().await;
}
