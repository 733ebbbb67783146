//! Every size that has a limit, with its number, in one place.

/// Characters in one message.
pub const MESSAGE_CHARS_MAX: usize = 50_000;
/// Bytes of a JSON request body.
pub const JSON_BODY_BYTES_MAX: usize = 1 << 20;
/// Bytes of an oversized body that are read and thrown away, so that the client hears the refusal.
pub const DRAIN_BYTES_MAX: usize = 32 << 20;
/// Bytes of one file.
pub const FILE_BYTES_MAX: u64 = 25 << 20;
/// Files in one message.
pub const FILES_PER_MESSAGE_MAX: usize = 20;
/// Characters in a file's name.
pub const FILE_NAME_CHARS_MAX: usize = 200;
/// Characters in a chat's subject.
pub const SUBJECT_CHARS_MAX: usize = 200;
/// Members of one chat.
pub const CHAT_MEMBERS_MAX: usize = 1_000;
/// Patients of one chat, past members included: what is done in it is a line about each.
pub const CHAT_PATIENTS_MAX: usize = 100;
/// Rows of one page of a list.
pub const PAGE_ROWS_MAX: u32 = 100;
/// Rows of one page when the caller does not say.
pub const PAGE_ROWS_DEFAULT: u32 = 20;
/// Characters in any short text of a form: a name, an address, a state.
pub const FIELD_CHARS_MAX: usize = 2_000;

/// Pages of one document.
pub const DOCUMENT_PAGES_MAX: usize = 5_000;
/// Bytes that the pictures of one document take as they are printed; from half of it on they are printed small.
pub const DOCUMENT_PICTURE_BYTES_MAX: usize = 12 << 20;
/// Documents that are printed or held in memory at once; who asks for another waits.
pub const DOCUMENTS_AT_ONCE: usize = 2;
/// Chats that are taken along as files of data at once; who asks for another waits.
pub const EXPORTS_AT_ONCE: usize = 8;

/// Which limit was reached, for the error that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// A stable name in snake case.
    pub name: &'static str,
    /// The number that was exceeded.
    pub most: u64,
}

impl Limit {
    /// The limit `name` of `most`.
    #[must_use]
    pub const fn new(name: &'static str, most: u64) -> Self {
        Self { name, most }
    }
}
