use booking::appointments::Details;
use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty};
use flows::booking::Request;
use flows::mail::inbox::Shown;
use identity::Language;
use mail_parser::{MessageParser, MimeHeaders as _};
use outbound::letters::Attachment;
use store::args;
use testkit::bedside_test;

use super::{Practice, SECRET_NAME};
use crate::cast::{Mail, MailServer, Somebody, Ward};

/// The one event of a file for calendars, as another library reads it.
fn event(file: &str) -> ICalendarComponent {
    let ICalendar { components } = ICalendar::parse(file).expect("a calendar that another library reads");
    let mut events =
        components.into_iter().filter(|one| one.component_type == ICalendarComponentType::VEvent);
    let event = events.next().expect("an event");
    assert!(events.next().is_none());
    event
}

fn text(component: &ICalendarComponent, property: &ICalendarProperty) -> Option<String> {
    component.property(property)?.values.first()?.as_text().map(str::to_owned)
}

fn attached(letter: &Shown) -> &Attachment {
    assert_eq!(letter.attachments.len(), 1);
    &letter.attachments[0]
}

/// A line of a file.
fn line<'a>(file: &'a str, name: &str) -> &'a str {
    file.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {file}"))
}

#[bedside_test]
async fn a_patient_is_told_what_became_of_their_appointment_with_one_event_for_life(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, hers) = practice.patient("Anna", "2026-03-05T10:00").await;
    practice.pass(1).await;
    practice.moves(&anna, hers, "2026-03-04T11:00").await;
    practice.pass(1).await;
    practice.cancels(&anna, hers).await;
    practice.pass(10).await;
    let letters = practice.letters_to(&anna.email, "appointment").await;
    let subjects: Vec<&str> = letters.iter().map(|letter| letter.subject.as_str()).collect();
    let expected = [
        "Your appointment at De Linde",
        "Your appointment at De Linde has moved",
        "Your appointment at De Linde is cancelled",
    ];
    assert_eq!(subjects, expected);
    assert!(
        letters[1].text.contains("Wednesday 4 March 2026 at 11:00 (Amsterdam time)"),
        "{}",
        letters[1].text
    );
    assert!(letters[1].text.contains("Thursday 5 March 2026 at 10:00"), "the old time");
    let mut seen = Vec::new();
    for letter in &letters {
        let Attachment { content_type, text: file, .. } = attached(letter);
        let event = event(file);
        let method = line(file, "METHOD:").to_owned();
        assert_eq!(*content_type, format!("text/calendar; method={method}; charset=utf-8"));
        let uid = text(&event, &ICalendarProperty::Uid).expect("a uid");
        seen.push((uid, line(file, "SEQUENCE:").parse::<i64>().expect("a number"), method));
        assert_eq!(text(&event, &ICalendarProperty::Summary).as_deref(), Some("Appointment"));
    }
    assert!(seen.iter().all(|(uid, ..)| *uid == seen[0].0), "{seen:?}");
    assert!(seen[0].1 < seen[1].1 && seen[1].1 < seen[2].1, "{seen:?}");
    assert_eq!(
        seen.iter().map(|(.., method)| method.as_str()).collect::<Vec<_>>(),
        ["REQUEST", "REQUEST", "CANCEL"]
    );
    assert_eq!(line(&attached(&letters[1]).text, "DTSTART:"), "20260304T100000Z");
    practice.closes().await;
}

#[bedside_test]
async fn whoever_wants_no_letters_gets_none_about_their_appointment(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let anna = practice.linde.patient("Anna").await;
    let proof = practice.proof(&anna, "2026-03-05T10:00").await.expect("free");
    let details = Details { wants_mail: Some(false), ..Details::default() };
    let request = Request { proof, details, asap: false };
    flows::booking::book(&ward.house, &practice.actor(&anna), request).await.expect("booked");
    practice.pass(1).await;
    assert!(practice.letters_to(&anna.email, "appointment").await.is_empty());
    practice.closes().await;
}

#[bedside_test]
async fn no_letter_says_what_an_appointment_is_for_or_whose_it_is_in_any_language(ward: Ward) {
    let practice = Practice::open(&ward).await;
    for (number, language) in Language::ALL.into_iter().enumerate() {
        let (name, at) = (format!("Bramwell{number}"), format!("2026-03-06T1{number}:00"));
        let who = practice.linde.patient(&name).await;
        speaks(&ward, &who, language).await;
        let id = practice.books(&who, &at).await;
        practice.joins(&who, id, &who.email).await.expect("on the list");
    }
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    let all = flows::mail::inbox::newest(&ward.house, Some(practice.linde.id), None).await.expect("letters");
    let all = all.expect("a sandbox");
    assert_eq!(all.iter().filter(|letter| letter.kind == "asap").count(), 4);
    for letter in all {
        let said = format!("{}\n{}", letter.subject, letter.text);
        let files: Vec<&str> = letter.attachments.iter().map(|one| one.text.as_str()).collect();
        for secret in [SECRET_NAME, "de Vries", "Bramwell", "de Boer"] {
            // The address is in the list of who is invited, and holds the first name here.
            assert!(!said.contains(secret), "{secret} in {said}");
            assert!(files.iter().all(|file| !file.contains(secret)), "{secret} in {files:?}");
        }
        assert!(letter.subject.contains("De Linde"), "{}", letter.subject);
    }
    practice.closes().await;
}

async fn speaks(ward: &Ward, who: &Somebody, language: Language) {
    const SPEAK: &str = "UPDATE persons SET language = $2 WHERE id = $1";
    let spoken = ward.house.db.write((who.id, language), |tx, (id, language)| {
        Box::pin(async move { tx.run(SPEAK, &args![id, language.code()]).await })
    });
    spoken.await.expect("a language");
}

/// From now on letters of the practice leave the house.
pub(super) async fn goes_live(practice: &Practice) {
    const LIVE: &str = "UPDATE organisations SET sandbox = FALSE WHERE id = $1";
    let live = practice
        .ward
        .house
        .db
        .write(practice.linde.id, |tx, id| Box::pin(async move { tx.run(LIVE, &args![id]).await }));
    live.await.expect("live");
}

#[bedside_test]
async fn a_mail_server_is_handed_what_mail_programs_and_calendars_read(ward: Ward) {
    let server = MailServer::open().await;
    let mut practice = Practice::open(&ward).await;
    goes_live(&practice).await;
    practice.ward = ward.with_mailer(server.mailer());
    let (anna, _) = practice.waits("Anna", "2026-03-05T10:00").await;
    practice.pass(1).await;
    let booked = server.take().remove(0);
    let message = MessageParser::default().parse(booked.raw.as_bytes()).expect("a message");
    assert!(message.body_text(0).expect("a text").contains("Thursday 5 March 2026 at 10:00"));
    let calendars: Vec<_> = message
        .parts
        .iter()
        .filter(|part| part.content_type().is_some_and(|kind| kind.subtype() == Some("calendar")))
        .collect();
    assert_eq!(calendars.len(), 2, "beside the text, and as a file");
    for part in &calendars {
        let kind = part.content_type().expect("a kind");
        assert_eq!(kind.attribute("method"), Some("REQUEST"));
        let file = part.text_contents().expect("a text");
        assert!(text(&event(file), &ICalendarProperty::Uid).is_some());
    }
    assert_eq!(calendars[1].attachment_name(), Some("appointment.ics"));
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    practice.cancels(&chris, freed).await;
    practice.pass(5).await;
    let mails = server.take();
    let offer =
        mails.iter().find(|mail| mail.to == anna.email && mail.raw.contains("/earlier/")).expect("an offer");
    let way_out = offer.header("List-Unsubscribe");
    assert!(way_out.starts_with(&format!("<{}/earlier/stop/", ward.url)), "{way_out}");
    assert_eq!(offer.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let opened = practice.browser().open(&offer.link("/earlier/")).await;
    assert_eq!(opened.status, 200);
    practice.closes().await;
}

#[bedside_test]
async fn an_address_that_does_not_exist_is_written_to_once(ward: Ward) {
    let server = MailServer::open().await;
    let mut practice = Practice::open(&ward).await;
    goes_live(&practice).await;
    practice.ward = ward.with_mailer(server.mailer());
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
    let server = MailServer::open().await;
    let mut practice = Practice::open(&ward).await;
    goes_live(&practice).await;
    practice.ward = ward.with_mailer(server.mailer());
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
    let server = MailServer::open().await;
    let mut practice = Practice::open(&ward).await;
    goes_live(&practice).await;
    practice.ward = ward.with_mailer(server.mailer());
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
async fn practice_without_mail(ward: &Ward, server: &MailServer) -> Practice {
    let mut practice = Practice::open(ward).await;
    goes_live(&practice).await;
    practice.ward = ward.with_mailer(server.mailer());
    server.answer_all(Some("421 4.3.0 later"));
    practice
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
    let server = MailServer::open().await;
    let practice = practice_without_mail(&ward, &server).await;
    let (anna, _) = practice.waits("Anna", "2026-03-05T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-05T11:00").await;
    for at in ["2026-03-03T10:00", "2026-03-03T11:00"] {
        practice.something_becomes_free(at).await;
    }
    practice.patient("Daan", "2026-03-03T10:00").await;
    let mails = sent_at_last(&practice, &server).await;
    for who in [&anna, &bram] {
        let offers: Vec<&Mail> =
            mails.iter().filter(|mail| mail.to == who.email && mail.raw.contains("/earlier/stop")).collect();
        assert_eq!(offers.len(), 1, "of what is free still");
        assert!(offers[0].text().contains("3 March 2026 at 11:00"), "{}", offers[0].text());
    }
    practice.closes().await;
}

#[bedside_test]
async fn a_letter_that_asks_for_a_proxy_s_address_does_not_leave_after_the_mandate(ward: Ward) {
    let server = MailServer::open().await;
    let practice = practice_without_mail(&ward, &server).await;
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
    let asked: Vec<&str> =
        mails.iter().filter(|mail| mail.raw.contains("/earlier/confirm")).map(|mail| mail.to.as_str()).collect();
    assert_eq!(asked, [format!("carla.voor.{}", bram.email)]);
    practice.closes().await;
}

#[bedside_test]
async fn a_letter_to_who_acts_for_somebody_leaves_also_when_either_turned_out_to_be_somebody_else(ward: Ward) {
    let server = MailServer::open().await;
    let practice = practice_without_mail(&ward, &server).await;
    let becomes = async |gone: &Somebody, keep: &Somebody| {
        let pair = flows::merging::Pair { keep: keep.id, gone: gone.id };
        flows::merging::merge(&practice.ward.house, None, pair).await.expect("one and the same");
    };
    let (carla, karla) = (practice.linde.patient("Carla").await, practice.linde.patient("Karla").await);
    let (tim, tom) = (practice.without_address("Tim").await, practice.without_address("Tom").await);
    let (fien, femke) = (practice.linde.patient("Fien").await, practice.without_address("Femke").await);
    for (proxy, patient, at) in
        [(&carla, &tim, "2026-03-05T10:00"), (&fien, &femke, "2026-03-05T11:00")]
    {
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
