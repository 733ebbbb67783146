//! A message before it is posted: its rules, and its sealing, which happens outside any transaction.

use kernel::limits::{FILES_PER_MESSAGE_MAX, MESSAGE_CHARS_MAX};
use kernel::{Clock, Error, FileId, MessageId, Result, Rng};
use vault::{KeyRing, Place};

use crate::files::{NewFile, SealedFile};
use crate::request::Request;

/// What somebody wants to say. The text is kept byte for byte.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The text; it may be empty only beside files, or when somebody is asked who they are.
    pub text: String,
    /// Files that were received before.
    pub files: Vec<NewFile>,
    /// What is asked for besides; never beside files.
    pub request: Option<Request>,
}

/// A draft that fits the rules, sealed, under the id that its message will have.
#[derive(Clone, Debug)]
pub struct SealedDraft {
    pub(crate) id: MessageId,
    pub(crate) body: Vec<u8>,
    pub(crate) files: Vec<SealedFile>,
    pub(crate) request: Option<SealedRequest>,
}

/// What a draft asks for: sealed, and in plain words what its transaction needs to know of it.
#[derive(Clone, Debug)]
pub(crate) struct SealedRequest {
    pub payload: Vec<u8>,
    pub plain: Request,
}

/// Where a message's text lies, bound to its row.
pub(crate) fn body_place(id: &MessageId) -> Place<'_> {
    Place { table: "messages", column: "body", row: id.as_bytes() }
}

impl Draft {
    /// A draft of text alone.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Whether it may be posted.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no text without files and for control characters other than line breaks and tabs;
    /// [`Error::TooLarge`] for more than 50,000 characters or more than 20 files; as [`Request::check`].
    pub fn check(&self) -> Result<()> {
        if self.files.len() > FILES_PER_MESSAGE_MAX {
            return Err(Error::too_large("files_per_message", FILES_PER_MESSAGE_MAX as u64));
        }
        if let Some(request) = &self.request {
            request.check()?;
            if !self.files.is_empty() {
                let why = "A message with files asks for nothing besides.";
                return Err(Error::invalid("question", "question_with_files", why));
            }
        }
        let speaks_for_itself = matches!(self.request, Some(Request::Verification(_)));
        if self.text.trim().is_empty() && self.files.is_empty() && !speaks_for_itself {
            return Err(Error::invalid("body", "body_is_empty", "A message has text or a file."));
        }
        if has_more_chars_than(&self.text, MESSAGE_CHARS_MAX) {
            return Err(Error::too_large("message_chars", MESSAGE_CHARS_MAX as u64));
        }
        if self.text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            let why = "A message holds no control characters but line breaks and tabs.";
            return Err(Error::invalid("body", "body_has_control_characters", why));
        }
        Ok(())
    }

    /// Seals it with the keys of the organisation that owns the chat, and gives it the id of its message.
    ///
    /// # Errors
    /// As [`Draft::check`].
    pub fn seal(&self, ring: &KeyRing, clock: &Clock, rng: &Rng) -> Result<SealedDraft> {
        self.check()?;
        let id = MessageId::new(clock, rng);
        let body = ring.seal(body_place(&id), self.text.as_bytes());
        let files =
            self.files.iter().zip(self.ids_in_order()).map(|(file, id)| file.seal(ring, id)).collect();
        let request = match &self.request {
            Some(plain) => Some(SealedRequest { payload: plain.seal(ring, &id)?, plain: plain.clone() }),
            None => None,
        };
        Ok(SealedDraft { id, body, files, request })
    }

    /// Files are shown by id, and ids of one millisecond come in any order: the lowest goes to the first file.
    fn ids_in_order(&self) -> Vec<FileId> {
        let mut ids: Vec<FileId> = self.files.iter().map(NewFile::id).collect();
        ids.sort_unstable();
        ids
    }
}

impl SealedDraft {
    /// The id that the message will have.
    #[must_use]
    pub const fn id(&self) -> MessageId {
        self.id
    }
}

/// Whether the text has more characters than `most`, without counting all of a huge one.
pub(crate) fn has_more_chars_than(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().nth(most).is_some()
}
