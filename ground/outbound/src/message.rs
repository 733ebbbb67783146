//! A letter as mail servers carry it (RFC 5322, RFC 2046).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kernel::{Error, LetterId, Result};
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{self, Mailbox, MultiPart, MultiPartKind, SinglePart};

use crate::letters::{Attachment, Content};

/// A letter to send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written<'a> {
    pub id: LetterId,
    pub made_ms: i64,
    pub content: &'a Content,
}

/// The message, with an id and a date that are the same however often it is sent, so that mailboxes can tell that two
/// are one.
///
/// # Errors
/// [`Error::Bug`] when it cannot be written.
pub(crate) fn write(written: &Written<'_>, from: &Mailbox, to: &Mailbox) -> Result<Vec<u8>> {
    let Written { id, made_ms, content } = written;
    let made = u64::try_from(*made_ms).unwrap_or_default();
    let date: SystemTime = UNIX_EPOCH + Duration::from_millis(made);
    let builder = Message::builder()
        .from(from.clone())
        .to(to.clone())
        .subject(content.subject.as_str())
        .date(date)
        .message_id(Some(format!("<{id}@{}>", from.email.domain())));
    let message = if content.attachments.is_empty() {
        builder.header(ContentType::TEXT_PLAIN).body(content.text.clone())
    } else {
        builder.multipart(with_attachments(*id, content)?)
    };
    let mut message = message.map_err(|_| Error::bug("a mail that is none"))?;
    let mut say = |name: &'static str, value: String| {
        let name = HeaderName::new_from_ascii_str(name);
        message.headers_mut().insert_raw(HeaderValue::new(name, value));
    };
    // Nobody is there to read an answer, so that none should be made by a machine (RFC 3834).
    say("Auto-Submitted", "auto-generated".to_owned());
    if let Some(address) = &content.unsubscribe {
        say("List-Unsubscribe", format!("<{address}>"));
        say("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned());
    }
    Ok(message.formatted())
}

/// The text, and what goes with it. A calendar stands beside the text as another way to say the same, where mail programs
/// look for it, and once more as a file, for people whose program does not (RFC 6047 section 2.4).
fn with_attachments(id: LetterId, content: &Content) -> Result<MultiPart> {
    let part = |kind, name: &str| MultiPart::builder().kind(kind).boundary(format!("{name}-{id}"));
    let mut said =
        part(MultiPartKind::Alternative, "said").singlepart(SinglePart::plain(content.text.clone()));
    for calendar in content.attachments.iter().filter(|one| one.is_calendar()) {
        let part = SinglePart::builder().content_type(kind_of(calendar)?);
        said = said.singlepart(part.body(calendar.text.clone()));
    }
    let mut all = part(MultiPartKind::Mixed, "all").multipart(said);
    for attachment in &content.attachments {
        let file = message::Attachment::new(attachment.name.clone());
        all = all.singlepart(file.body(attachment.text.clone(), kind_of(attachment)?));
    }
    Ok(all)
}

fn kind_of(attachment: &Attachment) -> Result<ContentType> {
    ContentType::parse(&attachment.content_type).map_err(|_| Error::bug("an attachment of no kind"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letters::Address;

    const CALENDAR: &str = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n";

    fn content(attachments: Vec<Attachment>) -> Content {
        let to = Address::Mail("bram@elders.test".to_owned());
        Content { attachments, ..Content::new(to, "Uw afspraak".to_owned(), "Om één uur.\n".to_owned()) }
    }

    fn written(content: &Content) -> String {
        let (from, to) = ("post@zorg.test".parse().unwrap(), "bram@elders.test".parse().unwrap());
        let id = LetterId::from_bytes([7; 12]);
        String::from_utf8(write(&Written { id, made_ms: 0, content }, &from, &to).unwrap()).unwrap()
    }

    #[test]
    fn a_letter_without_attachments_is_one_text() {
        let mail = written(&content(Vec::new()));
        assert!(mail.contains("Content-Type: text/plain; charset=utf-8\r\n"), "{mail}");
        assert!(!mail.contains("multipart"), "{mail}");
    }

    #[test]
    fn a_calendar_stands_beside_the_text_and_as_a_file_and_says_its_method() {
        let attachment = Attachment {
            name: "afspraak.ics".to_owned(),
            content_type: "text/calendar; method=REQUEST; charset=utf-8".to_owned(),
            text: CALENDAR.to_owned(),
        };
        let letter = content(vec![attachment]);
        let mail = written(&letter);
        let at = |what: &str| mail.find(what).unwrap_or_else(|| panic!("{what} is not in {mail}"));
        assert!(at("multipart/mixed") < at("multipart/alternative"));
        assert!(at("multipart/alternative") < at("Content-Type: text/plain"));
        assert!(at("Content-Type: text/plain") < at("Content-Type: text/calendar"));
        assert_eq!(mail.matches("method=REQUEST").count(), 2, "{mail}");
        assert!(mail.contains("Content-Disposition: attachment; filename=\"afspraak.ics\""), "{mail}");
        assert_eq!(mail, written(&letter), "however often it is sent");
    }

    #[test]
    fn a_letter_that_was_stored_before_there_were_attachments_still_opens() {
        let stored = r#"{"to":{"mail":"bram@elders.test"},"subject":"Dag","text":"Hallo"}"#;
        let opened: Content = serde_json::from_str(stored).unwrap();
        assert_eq!((opened.text.as_str(), opened.attachments.len()), ("Hallo", 0));
        let again = serde_json::to_string(&opened).unwrap();
        assert_eq!(again, stored, "and one without any is written as it was");
    }
}
