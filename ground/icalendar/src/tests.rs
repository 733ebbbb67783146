//! What is written is read back by another library, and line by line.

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarValue,
};
use proptest::prelude::*;

use super::{Event, Method, Status, calendar};

/// Anne's appointment: 2026-12-01 from 09:00 to 09:20 in Berlin.
fn visit() -> Event {
    Event {
        uid: "xbCuVVTNU6rT6E5m8p6Y8h7opzfo@portal.example.org".to_owned(),
        sequence: 0,
        stamp_ms: 1_795_000_000_123,
        start_ms: 1_796_112_000_000,
        end_ms: 1_796_113_200_000,
        status: Status::Confirmed,
        summary: "Termin".to_owned(),
        location: Some("Praxis Grün; Hauptstraße 1, 10115 Berlin\n2. Stock".to_owned()),
        description: None,
        organizer: Some("praxis@example.org".to_owned()),
        attendee: Some("anne@example.org".to_owned()),
    }
}

/// The whole file, and its events, as the other library reads them.
fn read(file: &str) -> (ICalendarComponent, Vec<ICalendarComponent>) {
    let ICalendar { components } = ICalendar::parse(file).expect("a calendar that another library reads");
    let of = |wanted: &ICalendarComponentType| -> Vec<ICalendarComponent> {
        components.iter().filter(|one| one.component_type == *wanted).cloned().collect()
    };
    let whole = of(&ICalendarComponentType::VCalendar).remove(0);
    (whole, of(&ICalendarComponentType::VEvent))
}

fn values(component: &ICalendarComponent, property: &ICalendarProperty) -> Vec<ICalendarValue> {
    component.property(property).map(|entry| entry.values.clone()).unwrap_or_default()
}

fn text(component: &ICalendarComponent, property: ICalendarProperty) -> Option<String> {
    values(component, &property).first().and_then(|value| value.as_text().map(str::to_owned))
}

/// The instant, which must be told in UTC.
fn instant(component: &ICalendarComponent, property: ICalendarProperty) -> String {
    let value = values(component, &property).remove(0);
    let ICalendarValue::PartialDateTime(at) = value else { panic!("{value:?} is no instant") };
    let PartialDateTime { year, month, day, hour, minute, second, tz_hour, tz_minute, .. } = *at;
    assert_eq!((tz_hour, tz_minute), (Some(0), Some(0)), "UTC");
    let two = |number: Option<u8>| format!("{:02}", number.unwrap());
    format!("{}-{}-{}T{}:{}:{}Z", year.unwrap(), two(month), two(day), two(hour), two(minute), two(second))
}

#[test]
fn another_library_reads_what_was_written() {
    let (whole, events) = read(&calendar(Method::Request, &[visit()], None));
    assert_eq!(text(&whole, ICalendarProperty::Method).as_deref(), Some("REQUEST"));
    assert_eq!(text(&whole, ICalendarProperty::Version).as_deref(), Some("2.0"));
    let [event] = &events[..] else { panic!("one event, and not {}", events.len()) };
    assert_eq!(event.uid(), Some(visit().uid.as_str()));
    assert_eq!(values(event, &ICalendarProperty::Sequence), [ICalendarValue::Integer(0)]);
    assert_eq!(instant(event, ICalendarProperty::Dtstamp), "2026-11-18T11:06:40Z");
    assert_eq!(instant(event, ICalendarProperty::Dtstart), "2026-12-01T08:00:00Z");
    assert_eq!(instant(event, ICalendarProperty::Dtend), "2026-12-01T08:20:00Z");
    assert_eq!(text(event, ICalendarProperty::Status).as_deref(), Some("CONFIRMED"));
    assert_eq!(text(event, ICalendarProperty::Class).as_deref(), Some("PRIVATE"));
    assert_eq!(text(event, ICalendarProperty::Summary).as_deref(), Some("Termin"));
    assert_eq!(text(event, ICalendarProperty::Location), visit().location);
    let organizer = event.property(&ICalendarProperty::Organizer).unwrap();
    assert_eq!(organizer.calendar_address(), Some("praxis@example.org"));
    let attendee = event.property(&ICalendarProperty::Attendee).unwrap();
    assert_eq!(attendee.calendar_address(), Some("anne@example.org"));
    assert!(!event.has_property(&ICalendarProperty::Description));
}

#[test]
fn a_move_has_the_same_uid_and_a_higher_sequence_and_an_end_is_told_as_one() {
    let moved = Event { sequence: 1, start_ms: visit().start_ms - 86_400_000, ..visit() };
    let ended = Event { sequence: 2, status: Status::Cancelled, ..moved.clone() };
    let said = |method: Method, event: Event| {
        let (whole, events) = read(&calendar(method, &[event], None));
        let event = &events[0];
        (
            text(&whole, ICalendarProperty::Method).unwrap(),
            event.uid().unwrap().to_owned(),
            values(event, &ICalendarProperty::Sequence).remove(0).as_integer().unwrap(),
            text(event, ICalendarProperty::Status).unwrap(),
        )
    };
    let uid = visit().uid;
    assert_eq!(said(Method::Request, moved), ("REQUEST".to_owned(), uid.clone(), 1, "CONFIRMED".to_owned()));
    assert_eq!(said(Method::Cancel, ended), ("CANCEL".to_owned(), uid, 2, "CANCELLED".to_owned()));
    let waiting = Event { status: Status::Tentative, ..visit() };
    assert_eq!(said(Method::Request, waiting).3, "TENTATIVE");
}

#[test]
fn a_feed_has_a_name_and_all_its_events_and_nobodys_address() {
    let second = Event { uid: "another@portal.example.org".to_owned(), ..visit() };
    let file = calendar(Method::Publish, &[visit(), second], Some("Termine, Praxis; Grün\nBEGIN:VEVENT"));
    let (whole, events) = read(&file);
    assert_eq!(events.len(), 2);
    assert!(!file.contains("anne@example.org") && !file.contains("ATTENDEE"), "{file}");
    assert_eq!(text(&whole, ICalendarProperty::Method).as_deref(), Some("PUBLISH"));
    let name = text(&whole, ICalendarProperty::Name);
    assert_eq!(name.as_deref(), Some("Termine, Praxis; Grün\nBEGIN:VEVENT"));
    let (_, none) = read(&calendar(Method::Publish, &[], Some("Termine")));
    assert!(none.is_empty());
}

#[test]
fn an_address_is_a_uri_whichever_way_it_came() {
    let with_scheme = Event { organizer: Some("mailto:praxis@example.org".to_owned()), ..visit() };
    assert_eq!(calendar(Method::Request, &[with_scheme], None), calendar(Method::Request, &[visit()], None));
    let smuggled = Event { attendee: Some("anne@example.org\r\nSUMMARY:Krebs".to_owned()), ..visit() };
    let file = calendar(Method::Request, &[smuggled], None);
    assert_eq!(read(&file).1[0].properties(&ICalendarProperty::Summary).count(), 1);
}

#[test]
fn the_same_is_written_the_same_way_and_says_no_other_time_than_it_was_given() {
    let file = calendar(Method::Request, &[visit()], None);
    assert_eq!(file, calendar(Method::Request, &[visit()], None));
    assert_eq!(file.matches("DTSTAMP").count(), 1);
    let strange = Event { start_ms: i64::MIN, end_ms: i64::MAX, sequence: -1, ..visit() };
    assert!(calendar(Method::Publish, &[strange], None).contains("SEQUENCE:0\r\n"));
}

/// Any text, of which a part is what files are made of.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[äß漢🙂]{1,60}",
        prop::sample::select(vec![
            "\r",
            "\n",
            "\r\n ",
            "END:VEVENT\r\n",
            "\\n",
            "\\",
            ";",
            ",",
            ":",
            "\"",
            "\t"
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_a_text_holds_it_is_read_back_whole_and_lines_are_short(
        summary in texts(), location in texts(), description in texts(), name in texts(),
    ) {
        let event = Event {
            summary: summary.clone(),
            location: Some(location.clone()),
            description: Some(description.clone()),
            ..visit()
        };
        let file = calendar(Method::Publish, &[event], Some(&name));
        let lines: Vec<&str> = file.split("\r\n").collect();
        prop_assert_eq!(lines.last(), Some(&""), "the last line ends as well");
        for line in &lines {
            prop_assert!(line.len() <= 75, "{} octets: {}", line.len(), line);
            prop_assert!(!line.contains(['\r', '\n']), "{:?}", line);
        }
        // The lines are unfolded here, and the texts read by the rules of RFC 5545, section 3.3.11, alone.
        let unfolded = file.replace("\r\n ", "");
        let begins = |word: &str| unfolded.split("\r\n").filter(|line| line.starts_with(word)).count();
        prop_assert_eq!((begins("BEGIN:"), begins("END:"), begins("SUMMARY")), (2, 2, 1));
        for (property, text) in
            [("SUMMARY:", &summary), ("LOCATION:", &location), ("DESCRIPTION:", &description), ("X-WR-CALNAME:", &name)]
        {
            let line = unfolded.split("\r\n").find_map(|line| line.strip_prefix(property)).unwrap();
            prop_assert_eq!(unescaped(line), super::lines::clean(text));
        }
    }
}

fn unescaped(value: &str) -> String {
    let mut chars = value.chars();
    let mut text = String::new();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next().expect("something is escaped") {
                'n' => text.push('\n'),
                escaped => text.push(escaped),
            },
            ';' | ',' => panic!("{char} is not escaped in {value}"),
            char => text.push(char),
        }
    }
    text
}
