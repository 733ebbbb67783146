//! A letter as mail servers carry it (RFC 5322).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kernel::{Error, LetterId, Result};
use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};

use crate::letters::Content;

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
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .header(ContentType::TEXT_PLAIN);
    let mut message = builder.body(content.text.clone()).map_err(|_| Error::bug("a mail that is none"))?;
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
