use booking::appointments::Details;
use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty};
use flows::booking::Request;
use flows::mail::inbox::Shown;
use identity::Language;
use mail_parser::{MessageParser, MimeHeaders as _};
use outbound::letters::Attachment;
use store::args;
use testkit::bedside_test;

use super::leaving::with_a_mail_server;
use super::{Practice, SECRET_NAME};
use crate::cast::{Somebody, Ward};

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

#[bedside_test]
async fn a_mail_server_is_handed_what_mail_programs_and_calendars_read(ward: Ward) {
    let (server, practice) = with_a_mail_server(&ward).await;
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
