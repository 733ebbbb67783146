//! Letters that could not leave at once, or came back: whether they still should go is asked when they do.

use booking::appointments::Details;
use flows::booking::Request;
use store::args;
use testkit::bedside_test;

use super::Practice;
use crate::cast::{Mail, MailServer, Somebody, Ward};

/// From now on letters of the practice leave the house.
pub async fn goes_live(practice: &Practice) {
    const LIVE: &str = "UPDATE organisations SET sandbox = FALSE WHERE id = $1";
    let live = practice
        .ward
        .house
        .db
        .write(practice.linde.id, |tx, id| Box::pin(async move { tx.run(LIVE, &args![id]).await }));
    live.await.expect("live");
}

/// A practice whose letters leave the house, and the server that they leave by.
pub async fn with_a_mail_server(ward: &Ward) -> (MailServer, Practice) {
    let server = MailServer::open().await;
    let mut practice = Practice::open(ward).await;
    goes_live(&practice).await;
    practice.ward = ward.with_mailer(server.mailer());
    (server, practice)
}

#[bedside_test]
async fn an_address_that_does_not_exist_is_written_to_once(ward: Ward) {
    let (server, practice) = with_a_mail_server(&ward).await;
    let (anna, _) = practice.waits("Anna", "2026-03-05T10:00").await;
    practice.pass(1).await;
    server.take();
    server.answer(&anna.email, Some("550 5.1.1 nobody here"));
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    server.answer(&anna.email, None);
    let (daan, freed) = practice.patient("Daan", "2026-03-03T11:00").await;
    practice.cancels(&daan, freed).await;
    practice.pass(5).await;
    assert!(server.take().iter().all(|mail| mail.to != anna.email), "nothing more goes there");
    practice.closes().await;
}

#[bedside_test]
async fn a_letter_that_could_not_leave_before_a_mandate_ended_does_not_go_to_its_holder(ward: Ward) {
    let (server, practice) = with_a_mail_server(&ward).await;
    let tim = practice.without_address("Tim").await;
    let carla = practice.linde.patient("Carla").await;
    let mandate = practice.lets(&tim, &carla, true).await;
    let actor = practice.in_stead(&carla, &tim);
    let house = practice.ward.house.clone();
    let books = async |at: &str| {
        let proof = practice.proof_for(&actor, at).await.expect("free");
        let request = Request { proof, details: Details::default(), asap: false };
        flows::booking::book(&house, &actor, request).await.expect("booked for him");
        practice.pass(1).await;
    };
    books("2026-03-05T10:00").await;
    assert!(server.take().iter().any(|mail| mail.to == carla.email), "she may know of it");
    server.answer_all(Some("421 4.3.0 later"));
    books("2026-03-06T10:00").await;
    practice.ends(mandate).await;
    server.answer_all(None);
    server.take();
    practice.pass(120).await;
    assert!(server.take().iter().all(|mail| mail.to != carla.email), "she may know of it no more");
    practice.closes().await;
}

#[bedside_test]
async fn an_offer_that_is_over_before_its_letter_could_leave_is_not_sent(ward: Ward) {
    let (server, practice) = with_a_mail_server(&ward).await;
    let (anna, hers) = practice.waits("Anna", "2026-03-05T10:00").await;
    practice.pass(1).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    server.answer_all(Some("421 4.3.0 later"));
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    flows::asap::leave(&practice.ward.house, &practice.actor(&anna), hers).await.expect("left");
    server.answer_all(None);
    server.take();
    practice.pass(120).await;
    assert!(server.take().iter().all(|mail| !mail.raw.contains("/earlier/")), "she has left");
    practice.closes().await;
}

/// A live practice whose mail server takes nothing for now.
async fn without_mail(ward: &Ward) -> (MailServer, Practice) {
    let (server, practice) = with_a_mail_server(ward).await;
    server.answer_all(Some("421 4.3.0 later"));
    (server, practice)
}

/// What was kept from leaving goes out now.
async fn sent_at_last(practice: &Practice, server: &MailServer) -> Vec<Mail> {
    server.answer_all(None);
    server.take();
    practice.pass(120).await;
    server.take()
}

#[bedside_test]
async fn an_offer_of_what_somebody_else_took_before_its_letter_could_leave_is_not_sent(ward: Ward) {
    let (server, practice) = without_mail(&ward).await;
    let (anna, _) = practice.waits("Anna", "2026-03-05T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-05T11:00").await;
    for at in ["2026-03-03T10:00", "2026-03-03T11:00"] {
        practice.something_becomes_free(at).await;
    }
    let (daan, his) = practice.patient("Daan", "2026-03-03T10:00").await;
    let is_offered = |mails: &[Mail], at: &str| {
        for who in [&anna, &bram] {
            let theirs = |mail: &&Mail| mail.to == who.email && mail.raw.contains("/earlier/stop");
            let offers: Vec<String> = mails.iter().filter(theirs).map(Mail::text).collect();
            assert_eq!(offers.len(), 1, "of what is free now");
            assert!(offers[0].contains(&format!("3 March 2026 at {at}")), "{}", offers[0]);
        }
    };
    is_offered(&sent_at_last(&practice, &server).await, "11:00");
    assert_eq!(practice.offers().await, [("open".to_owned(), 2)], "what was not told does not count");
    // Nobody was told of it, and so they are once it is free again.
    practice.cancels(&daan, his).await;
    practice.pass(5).await;
    is_offered(&server.take(), "10:00");
    practice.closes().await;
}

#[bedside_test]
async fn an_answer_to_a_letter_that_arrived_without_anybody_knowing_stands(ward: Ward) {
    let (server, practice) = with_a_mail_server(&ward).await;
    let (anna, _) = practice.waits("Anna", "2026-03-05T10:00").await;
    let mut link = String::new();
    for (at, answer) in [("2026-03-03T10:00", "keep"), ("2026-03-03T11:00", "accept")] {
        practice.pass(1).await;
        server.take();
        link = arrives_unknown(&practice, &server, &anna, at).await;
        let mut browser = practice.browser();
        let page = browser.open(&link).await;
        browser.submit(&page, &[("answer", answer)]).await;
        practice.pass(120).await;
    }
    assert_eq!(practice.offers().await, [("accepted".to_owned(), 1), ("declined".to_owned(), 1)]);
    assert_eq!(practice.comes(&anna).await, "2026-03-03T11:00");
    let again = practice.browser().open(&link).await;
    assert!(again.text.contains("You come earlier"), "{}", again.text);
    practice.closes().await;
}

/// A time becomes free, and the letter about it arrives, but the connection breaks before the house hears so.
async fn arrives_unknown(practice: &Practice, server: &MailServer, who: &Somebody, at: &str) -> String {
    server.forget_to_say(true);
    practice.something_becomes_free(at).await;
    server.forget_to_say(false);
    let mails = server.take();
    let offered = mails.iter().find(|mail| mail.to == who.email && mail.raw.contains("/earlier/stop"));
    offered.expect("a letter").link("/earlier/")
}

#[bedside_test]
async fn a_link_to_an_offer_that_was_taken_back_says_that_it_is_over(ward: Ward) {
    let (server, practice) = with_a_mail_server(&ward).await;
    let (anna, _) = practice.waits("Anna", "2026-03-05T10:00").await;
    practice.pass(1).await;
    let link = arrives_unknown(&practice, &server, &anna, "2026-03-03T10:00").await;
    let mut browser = practice.browser();
    let page = browser.open(&link).await;
    practice.patient("Daan", "2026-03-03T10:00").await;
    practice.pass(120).await;
    assert!(practice.offers().await.is_empty(), "as far as anybody knows she was not told");
    for page in [practice.browser().open(&link).await, browser.submit(&page, &[("answer", "accept")]).await] {
        assert_eq!(page.status, 410, "{}", page.text);
    }
    assert_eq!(practice.comes(&anna).await, "2026-03-05T10:00");
    practice.closes().await;
}

#[bedside_test]
async fn while_no_letter_leaves_a_time_is_not_kept_for_the_same_person_over_and_over(ward: Ward) {
    let (server, practice) = with_a_mail_server(&ward).await;
    server.answer_all(Some("421 4.3.0 later"));
    practice.changes(|new| new.asap.strategy = booking::Strategy::Sequential).await;
    practice.pass(10).await;
    practice.waits("Anna", "2026-03-05T10:00").await;
    practice.something_becomes_free("2026-03-03T10:00").await;
    let bram = practice.linde.patient("Bram").await;
    assert!(practice.proof(&bram, "2026-03-03T10:00").await.is_none(), "it is kept for Anna");
    for _ in 0..30 {
        practice.pass(5).await;
    }
    assert_eq!(practice.offers().await, [("expired".to_owned(), 1)]);
    practice.books(&bram, "2026-03-03T10:00").await;
    practice.closes().await;
}

#[bedside_test]
async fn a_letter_that_asks_for_a_proxy_s_address_does_not_leave_after_the_mandate(ward: Ward) {
    let (server, practice) = without_mail(&ward).await;
    let (anna, hers) = practice.patient("Anna", "2026-03-05T10:00").await;
    let (bram, his) = practice.patient("Bram", "2026-03-05T11:00").await;
    let carla = practice.linde.patient("Carla").await;
    let mut mandates = Vec::new();
    for (patient, id) in [(&anna, hers), (&bram, his)] {
        mandates.push(practice.lets(patient, &carla, true).await);
        let email = format!("carla.voor.{}", patient.email);
        let actor = practice.in_stead(&carla, patient);
        flows::asap::subscribe(&practice.ward.house, &actor, id, &email).await.expect("to be confirmed");
    }
    practice.pass(1).await;
    // To read is not to book: the letter asks for what she may no longer wish for.
    practice.ends(mandates[0]).await;
    practice.lets(&anna, &carla, false).await;
    let mails = sent_at_last(&practice, &server).await;
    let asked: Vec<&str> = mails
        .iter()
        .filter(|mail| mail.raw.contains("/earlier/confirm"))
        .map(|mail| mail.to.as_str())
        .collect();
    assert_eq!(asked, [format!("carla.voor.{}", bram.email)]);
    practice.closes().await;
}

#[bedside_test]
async fn a_letter_to_who_acts_for_somebody_leaves_also_when_either_turned_out_to_be_somebody_else(
    ward: Ward,
) {
    let (server, practice) = without_mail(&ward).await;
    let becomes = async |gone: &Somebody, keep: &Somebody| {
        let pair = flows::merging::Pair { keep: keep.id, gone: gone.id };
        flows::merging::merge(&practice.ward.house, None, pair).await.expect("one and the same");
    };
    let (carla, karla) = (practice.linde.patient("Carla").await, practice.linde.patient("Karla").await);
    let (tim, tom) = (practice.without_address("Tim").await, practice.without_address("Tom").await);
    let (fien, femke) = (practice.linde.patient("Fien").await, practice.without_address("Femke").await);
    for (proxy, patient, at) in [(&carla, &tim, "2026-03-05T10:00"), (&fien, &femke, "2026-03-05T11:00")] {
        practice.lets(patient, proxy, true).await;
        practice.books_with(&practice.in_stead(proxy, patient), at, None).await;
    }
    becomes(&carla, &karla).await;
    becomes(&tim, &tom).await;
    becomes(&fien, &femke).await;
    let mails = sent_at_last(&practice, &server).await;
    for who in [&carla, &fien] {
        assert!(mails.iter().any(|mail| mail.to == who.email), "{} is told", who.email);
    }
    practice.closes().await;
}
