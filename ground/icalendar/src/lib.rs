//! Appointments as iCalendar files (RFC 5545), to be downloaded, subscribed to, or sent with a letter (RFC 5546).
//!
//! Always true:
//! - Instants are written in UTC, so that no program has to know a time zone to show them right.
//! - Each event is private. What it is called and says is its caller's: nothing is added.
//! - Whatever a text holds, it stays one text: no line of a file can be smuggled in.
//! - A file is of the same bytes whenever it is made of the same.

mod lines;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

use self::lines::Lines;

/// What a calendar program is to do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Show it: a download, or a feed.
    Publish,
    /// Take it over, or change what it has: a letter about a new time.
    Request,
    /// Remove it: a letter about an end.
    Cancel,
}

/// How it stands with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It takes place.
    Confirmed,
    /// It is not yet certain.
    Tentative,
    /// It does not take place.
    Cancelled,
}

/// One appointment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it is known by, for life and in each file.
    pub uid: String,
    /// Rises with each change of its time and with its end; a program keeps the highest.
    pub sequence: i64,
    /// When what it says was last changed, in milliseconds since 1970.
    pub stamp_ms: i64,
    /// When it begins; whole seconds.
    pub start_ms: i64,
    /// When it ends.
    pub end_ms: i64,
    /// How it stands.
    pub status: Status,
    /// What it is called.
    pub summary: String,
    /// Where it is.
    pub location: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// The e-mail address of whoever invites to it.
    pub organizer: Option<String>,
    /// The e-mail address of whoever is invited; it stands in no file that is published.
    pub attendee: Option<String>,
}

/// The file: `text/calendar; charset=utf-8`, in a letter also with its `method`. `name` is what a feed is called.
#[must_use]
pub fn calendar(method: Method, events: &[Event], name: Option<&str>) -> String {
    let mut lines = Lines::default();
    lines.put("BEGIN", "VCALENDAR");
    lines.put("VERSION", "2.0");
    lines.put("PRODID", "-//Bedside//Bedside//EN");
    lines.put("CALSCALE", "GREGORIAN");
    lines.put(
        "METHOD",
        match method {
            Method::Publish => "PUBLISH",
            Method::Request => "REQUEST",
            Method::Cancel => "CANCEL",
        },
    );
    if let Some(name) = name {
        // The first is in RFC 7986; the second is what most programs read.
        lines.put_text("NAME", name);
        lines.put_text("X-WR-CALNAME", name);
    }
    for event in events {
        put_event(&mut lines, method, event);
    }
    lines.put("END", "VCALENDAR");
    lines.into_file()
}

fn put_event(lines: &mut Lines, method: Method, event: &Event) {
    lines.put("BEGIN", "VEVENT");
    lines.put_text("UID", &event.uid);
    lines.put("SEQUENCE", &event.sequence.max(0).to_string());
    lines.put("DTSTAMP", &utc(event.stamp_ms));
    lines.put("DTSTART", &utc(event.start_ms));
    lines.put("DTEND", &utc(event.end_ms));
    lines.put("CLASS", "PRIVATE");
    lines.put(
        "STATUS",
        match event.status {
            Status::Confirmed => "CONFIRMED",
            Status::Tentative => "TENTATIVE",
            Status::Cancelled => "CANCELLED",
        },
    );
    lines.put_text("SUMMARY", &event.summary);
    for (property, text) in [("LOCATION", &event.location), ("DESCRIPTION", &event.description)] {
        if let Some(text) = text {
            lines.put_text(property, text);
        }
    }
    if let Some(organizer) = &event.organizer {
        lines.put_address("ORGANIZER", organizer);
    }
    if let Some(attendee) = event.attendee.as_ref().filter(|_| method != Method::Publish) {
        // They have agreed by booking, and an answer would reach nobody.
        lines.put_address("ATTENDEE;PARTSTAT=ACCEPTED;RSVP=FALSE", attendee);
    }
    lines.put("END", "VEVENT");
}

fn utc(ms: i64) -> String {
    let end = if ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(ms).unwrap_or(end).strftime("%Y%m%dT%H%M%SZ").to_string()
}
