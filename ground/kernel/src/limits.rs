//! Every size that has a limit, with its number, in one place.

/// Characters in one message.
pub const MESSAGE_CHARS_MAX: usize = 50_000;
/// Options of one question.
pub const QUESTION_OPTIONS_MAX: usize = 50;
/// Characters in the name of an option, and in the name of a style.
pub const OPTION_NAME_CHARS_MAX: usize = 32;
/// Characters in what an option says.
pub const OPTION_LABEL_CHARS_MAX: usize = 200;
/// Bytes of a JSON request body.
pub const JSON_BODY_BYTES_MAX: usize = 1 << 20;
/// Bytes of an oversized body that are read and thrown away, so that the client hears the refusal.
pub const DRAIN_BYTES_MAX: usize = 32 << 20;
/// Bytes of one file.
pub const FILE_BYTES_MAX: u64 = 25 << 20;
/// Bytes of a picture of somebody, as it is uploaded.
pub const PICTURE_BYTES_MAX: usize = 8 << 20;
/// Pixels of a picture of somebody, as it is uploaded: 5,000 by 5,000.
pub const PICTURE_PIXELS_MAX: u64 = 25_000_000;
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
/// Bytes of an auxiliary id.
pub const AUX_ID_BYTES_MAX: usize = 255;
/// Bytes of an idempotency key.
pub const ONCE_KEY_BYTES_MAX: usize = 255;
/// Characters in any short text of a form: a name, an address, a state.
pub const FIELD_CHARS_MAX: usize = 2_000;
/// Bytes of one frame that a client of a gateway sends: its longest message in JSON.
pub const GATEWAY_FRAME_BYTES_MAX: usize = JSON_BODY_BYTES_MAX;
/// Bytes that a client of a gateway may send before it is known who it is.
pub const GATEWAY_GREETING_BYTES_MAX: usize = 16 << 10;
/// Frames that wait for one client of a gateway; one that is so slow is let go.
pub const GATEWAY_FRAMES_WAITING_MAX: usize = 1_024;
/// Bytes of them together.
pub const GATEWAY_BYTES_WAITING_MAX: usize = 4 << 20;
/// Bytes of a text that a gateway sends in one frame; a longer one goes out in pieces, so that no connection keeps room for
/// it.
pub const GATEWAY_PIECE_BYTES_MAX: usize = 4 << 10;
/// Groups whose messages one session of a gateway has whole.
pub const GATEWAY_SUBSCRIPTIONS_MAX: usize = 1_000;
/// Events that one token may send to the messenger's gateway in a minute.
pub const GATEWAY_EVENTS_PER_MINUTE: u32 = 250;
/// Those of them that may be messages.
pub const GATEWAY_MESSAGES_PER_MINUTE: u32 = 100;

/// Characters of what somebody looks for.
pub const SEARCH_CHARS_MAX: usize = 200;
/// Different words that somebody looks for at once.
pub const SEARCH_WORDS_MAX: usize = 8;
/// Messages that one search shows.
pub const SEARCH_HITS_MAX: u32 = 20;
/// Characters of a word by which it is found; two that begin with the same ones are the same.
pub const WORD_CHARS_MAX: usize = 40;
/// Different words by which one message is found.
pub const WORDS_PER_MESSAGE_MAX: usize = 4_000;
/// Days in which the link of an invitation opens.
pub const INVITATION_DAYS: i64 = 14;
/// People whom somebody may invite within a day.
pub const INVITATIONS_PER_DAY_MAX: i64 = 500;
/// Letters that one address gets from an organisation within a day, however many invite it.
pub const INVITATION_LETTERS_PER_DAY_MAX: i64 = 3;
/// People who are invited in the request that begins a group: all of it is one transaction.
pub const INVITES_PER_GROUP_MAX: usize = 6;
/// Hours in which the link for guests opens, unless somebody says how long.
pub const GUEST_LINK_HOURS: i64 = 24;
/// Days in which the link for guests opens at most.
pub const GUEST_LINK_DAYS_MAX: i64 = 30;
/// Guests who may come by one link, those included who left.
pub const GUESTS_PER_LINK_MAX: i64 = 20;
/// People on one list that is imported.
pub const IMPORT_ROWS_MAX: usize = 5_000;

/// Pages of one document.
pub const DOCUMENT_PAGES_MAX: usize = 5_000;
/// Bytes that the pictures of one document take as they are printed; from half of it on they are printed small.
pub const DOCUMENT_PICTURE_BYTES_MAX: usize = 12 << 20;
/// Documents that are printed at once; who asks for another waits.
pub const DOCUMENTS_AT_ONCE: usize = 2;
/// Bytes of all documents together that are printed and not yet taken.
pub const DOCUMENT_BYTES_WAITING_MAX: usize = 4 * DOCUMENT_PICTURE_BYTES_MAX;
/// Who saves a document or an archive may keep us waiting for so long, and for longer when it is long: see
/// [`SAVING_BYTES_PER_SECOND`].
pub const SAVING_WAITS_SECONDS: u64 = 120;
/// For so many bytes its reader has a second more. It must be less than what the slowest line brings that people have.
pub const SAVING_BYTES_PER_SECOND: u32 = 32 << 10;
/// Chats that are taken along as files of data at once; who asks for another waits.
pub const EXPORTS_AT_ONCE: usize = 8;
/// Of both together, those of one person.
pub const EXPORTS_PER_PERSON: usize = 1;

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
