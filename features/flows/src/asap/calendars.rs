//! An appointment as a file for calendars. It says when and where, and nothing of what it is for.

use booking::{Appointment, Institution, State};
use ics::{Event, Method, Status};
use identity::Language;
use kernel::AppointmentId;
use outbound::letters::Attachment;

use super::letters;
use crate::House;

/// What an appointment is called in calendars, for life: the same in letters and downloads (RFC 5545 section 3.8.4.7).
#[must_use]
fn uid(house: &House, id: AppointmentId) -> String {
    format!("{}@{}", house.vault.face_of(id), host(house))
}

/// The host of this server's address.
fn host(house: &House) -> &str {
    let url = &house.settings.public_url;
    let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest)
}

/// An appointment as a calendar shows it, in letters and downloads alike.
#[must_use]
pub fn event(
    house: &House,
    (appointment, institution): (&Appointment, &Institution),
    language: Language,
) -> Event {
    let place = [institution.name.as_str(), institution.address.as_str()];
    let place: Vec<&str> = place.into_iter().filter(|line| !line.is_empty()).collect();
    Event {
        uid: uid(house, appointment.id),
        sequence: appointment.sequence,
        stamp_ms: appointment.updated_ms,
        start_ms: appointment.start_ms,
        end_ms: appointment.end_ms,
        status: match appointment.state {
            State::Pending => Status::Tentative,
            State::Booked => Status::Confirmed,
            State::Cancelled => Status::Cancelled,
        },
        summary: letters::of(language).summary.to_owned(),
        location: Some(place.join(", ").replace('\n', ", ")),
        description: None,
        organizer: None,
        attendee: None,
    }
}

/// What goes with a letter about an appointment: it asks calendars to take it over, or to remove it.
pub(super) fn attached(
    house: &House,
    (appointment, institution): (&Appointment, &Institution),
    language: Language,
    reader: &str,
) -> Attachment {
    let words = letters::of(language);
    let (method, name) = match appointment.state {
        State::Cancelled => (Method::Cancel, "CANCEL"),
        State::Pending | State::Booked => (Method::Request, "REQUEST"),
    };
    let event = Event {
        organizer: Some(organizer(house)),
        attendee: Some(reader.to_owned()),
        ..event(house, (appointment, institution), language)
    };
    Attachment {
        name: words.file.to_owned(),
        content_type: format!("text/calendar; method={name}; charset=utf-8"),
        text: ics::calendar(method, &[event], None),
    }
}

/// In whose name it asks: the address that the letters come from, which nobody reads.
fn organizer(house: &House) -> String {
    house
        .mailer
        .as_ref()
        .map_or_else(|| format!("no-reply@{}", host(house)), |mailer| mailer.from().to_owned())
}
