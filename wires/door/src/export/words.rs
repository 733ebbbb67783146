//! The words of `chat.json`. They are stable: a field is added, and never given another meaning or taken away, without
//! another number in `version`.

use flows::export::Taken;
use identity::Person;
use kernel::PersonId;
use kernel::clock::instant_of_ms;
use messaging::{Answer, ChatKind, Choice, Entry, FileRow, Gone, Member, Message, Receipt, Reply, Request};
use serde::Serialize;
use utoipa::ToSchema;

/// What says that a file is one of these.
const FORMAT: &str = "bedside-chat";
/// Which words it is written in.
const VERSION: u32 = 1;

/// The file `chat.json` of an export. Ids are UUIDs, instants RFC 3339.
#[derive(Serialize, ToSchema)]
pub struct ChatFile {
    /// What stands before the messages.
    #[serde(flatten)]
    pub head: Head,
    /// The messages, the oldest first.
    pub messages: Vec<MessageEntry>,
    /// Everybody whose id stands in the file and who is still known.
    pub people: Vec<PersonEntry>,
}

/// What stands before the messages.
#[derive(Serialize, ToSchema)]
pub struct Head {
    /// Always `bedside-chat`.
    pub format: &'static str,
    /// 1.
    pub version: u32,
    /// When it was exported.
    pub exported: String,
    /// Id of who exported it.
    pub exported_by: String,
    /// From which instant on; nothing for from the beginning.
    pub from: Option<String>,
    /// Up to which instant; nothing for up to the end.
    pub until: Option<String>,
    /// The organisation that owns the chat.
    pub organisation: OrganisationEntry,
    /// The chat.
    pub chat: ChatEntry,
    /// Who is in it.
    pub members: Vec<MemberEntry>,
}

/// An organisation.
#[derive(Serialize, ToSchema)]
pub struct OrganisationEntry {
    /// UUID.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its IANA time zone.
    pub time_zone: String,
}

/// A chat.
#[derive(Serialize, ToSchema)]
pub struct ChatEntry {
    /// UUID.
    pub id: String,
    /// `conversation` of two, or `group`.
    pub kind: &'static str,
    /// What a group is about.
    pub subject: Option<String>,
    /// When it began.
    pub created: String,
    /// When it was closed.
    pub closed: Option<String>,
    /// Days without a message after which it closes; 0 is never.
    pub auto_close_days: i64,
    /// Seconds after which a message expires; 0 is never.
    pub auto_expire_seconds: i64,
}

/// Somebody in the chat.
#[derive(Serialize, ToSchema)]
pub struct MemberEntry {
    /// Id of the person.
    pub person: String,
    /// `member`, `admin` or `owner`.
    pub standing: &'static str,
    /// Since when.
    pub joined: String,
}

/// A message, or the mark of one that was deleted.
#[derive(Serialize, ToSchema)]
pub struct MessageEntry {
    /// UUID.
    pub id: String,
    /// Its place in the chat, from 1 without a gap.
    pub seq: i64,
    /// Id of who wrote it.
    pub author: String,
    /// Id of the person in whose stead it was written.
    pub acting_for: Option<String>,
    /// When it was posted.
    pub posted: String,
    /// Whether it was deleted: then its text and files are gone.
    pub deleted: bool,
    /// What it says.
    pub text: Option<String>,
    /// What it asks for besides what it says.
    pub request: Option<RequestEntry>,
    /// What was replied to that, the earliest first.
    pub answers: Vec<AnswerEntry>,
    /// Ids of those who like it.
    pub liked_by: Vec<String>,
    /// What is attached to it.
    pub files: Vec<FileEntry>,
    /// Ids of the other members whom it has reached.
    pub delivered_to: Vec<String>,
    /// Ids of the other members who have read it.
    pub read_by: Vec<String>,
}

/// What a message asks for.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RequestEntry {
    /// To choose.
    Question {
        /// Whether several options may be chosen.
        several: bool,
        /// Ids of those who are asked; everybody else in the chat when nobody is named.
        of: Vec<String>,
        /// What there is to choose from.
        options: Vec<OptionEntry>,
    },
    /// That somebody prove who they are.
    Verification {
        /// Id of who is asked.
        person: String,
        /// By whom they can prove it.
        provider: String,
    },
}

/// Something to choose.
#[derive(Serialize, ToSchema)]
pub struct OptionEntry {
    /// Its name among the others.
    pub name: String,
    /// What people read.
    pub label: String,
}

/// What somebody replied.
#[derive(Serialize, ToSchema)]
pub struct AnswerEntry {
    /// Id of who did.
    pub person: String,
    /// When.
    pub given: String,
    /// The names of the options that they chose.
    pub chosen: Vec<String>,
    /// Whether they proved who they are; nothing when that was not asked.
    pub proved: Option<bool>,
}

/// A file of a message.
#[derive(Serialize, ToSchema)]
pub struct FileEntry {
    /// UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// `unscanned`, `waiting` to be checked for viruses, `clean`, or `infected`: then its bytes are gone.
    pub state: &'static str,
    /// Where it is in the archive; nothing for one that waits or was unsafe. It is missing there when its message was
    /// deleted while the archive was written.
    pub path: Option<String>,
}

/// A person.
#[derive(Serialize, ToSchema)]
pub struct PersonEntry {
    /// UUID.
    pub id: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// As what, in the organisation.
    pub role: &'static str,
    /// Their function in their own words; may be empty.
    pub position: String,
}

fn instant(ms: i64) -> String {
    instant_of_ms(ms).to_string()
}

impl Head {
    /// What stands before the messages of this chat.
    #[must_use]
    pub fn of(taken: &Taken) -> Self {
        let (chat, organisation) = (&taken.chat, &taken.organisation);
        Self {
            format: FORMAT,
            version: VERSION,
            exported: instant(taken.asked_ms),
            exported_by: taken.reader().uuid(),
            from: taken.span.from.map(|at| at.to_string()),
            until: taken.span.until.map(|at| at.to_string()),
            organisation: OrganisationEntry {
                id: organisation.id.uuid(),
                name: organisation.name.clone(),
                time_zone: organisation.time_zone.clone(),
            },
            chat: ChatEntry {
                id: chat.id.uuid(),
                kind: if chat.kind == ChatKind::Group { "group" } else { "conversation" },
                subject: chat.subject.clone(),
                created: instant(chat.made_ms),
                closed: chat.closed_ms.map(instant),
                auto_close_days: chat.settings.auto_close_days,
                auto_expire_seconds: chat.settings.auto_expire_seconds,
            },
            members: taken.members.iter().map(MemberEntry::from).collect(),
        }
    }
}

impl From<&Member> for MemberEntry {
    fn from(member: &Member) -> Self {
        Self {
            person: member.person.uuid(),
            standing: member.standing.name(),
            joined: instant(member.joined_ms),
        }
    }
}

impl MessageEntry {
    /// What stands at a place.
    #[must_use]
    pub fn of(entry: &Entry, receipts: &[Receipt]) -> Self {
        match entry {
            Entry::Said(message) => Self::said(message, receipts),
            Entry::Gone(gone) => Self::gone(gone),
        }
    }

    fn said(message: &Message, receipts: &[Receipt]) -> Self {
        let whom = |person: &PersonId| person.uuid();
        let others = receipts.iter().filter(|receipt| receipt.person != message.author);
        let with = |is: fn(&Receipt, i64) -> bool| {
            others.clone().filter(|receipt| is(receipt, message.seq)).map(|r| whom(&r.person)).collect()
        };
        let files = message.files.iter().enumerate();
        Self {
            id: message.id.uuid(),
            seq: message.seq,
            author: message.author.uuid(),
            acting_for: message.acting_for.as_ref().map(whom),
            posted: instant(message.posted_ms),
            deleted: false,
            text: Some(message.text.clone()),
            request: message.request.as_ref().map(RequestEntry::from),
            answers: message.answers.iter().map(AnswerEntry::from).collect(),
            liked_by: message.likes.iter().map(whom).collect(),
            files: files.map(|(number, file)| FileEntry::of(message, number, file)).collect(),
            delivered_to: with(|receipt, seq| receipt.has_received(seq)),
            read_by: with(|receipt, seq| receipt.has_read(seq)),
        }
    }

    fn gone(gone: &Gone) -> Self {
        Self {
            id: gone.id.uuid(),
            seq: gone.seq,
            author: gone.author.uuid(),
            acting_for: None,
            posted: instant(gone.posted_ms),
            deleted: true,
            text: None,
            request: None,
            answers: Vec::new(),
            liked_by: Vec::new(),
            files: Vec::new(),
            delivered_to: Vec::new(),
            read_by: Vec::new(),
        }
    }
}

impl From<&Request> for RequestEntry {
    fn from(request: &Request) -> Self {
        match request {
            Request::Question(question) => Self::Question {
                several: question.takes_several,
                of: question.asked.iter().map(|person| person.uuid()).collect(),
                options: question.options.iter().map(OptionEntry::from).collect(),
            },
            Request::Verification(asked) => {
                Self::Verification { person: asked.person.uuid(), provider: asked.provider_name.clone() }
            }
        }
    }
}

impl From<&Choice> for OptionEntry {
    fn from(option: &Choice) -> Self {
        Self { name: option.name.clone(), label: option.label.clone() }
    }
}

impl From<&Answer> for AnswerEntry {
    fn from(answer: &Answer) -> Self {
        let (chosen, proved) = match &answer.reply {
            Reply::Chosen(names) => (names.clone(), None),
            Reply::Proved(_) => (Vec::new(), Some(true)),
            Reply::Refused => (Vec::new(), Some(false)),
        };
        Self { person: answer.person.uuid(), given: instant(answer.given_ms), chosen, proved }
    }
}

impl FileEntry {
    fn of(message: &Message, number: usize, file: &FileRow) -> Self {
        Self {
            id: file.id.uuid(),
            name: file.name.clone(),
            media_type: file.mime.clone(),
            size: file.size,
            state: file.state.name(),
            path: file.state.is_released().then(|| path(message.seq, number, &file.name)),
        }
    }
}

/// Where a file is in the archive: by the place of its message and its own among the files there, so that no two are
/// the same, in names that every system takes.
#[must_use]
pub fn path(seq: i64, number: usize, name: &str) -> String {
    format!("files/{seq:06}-{}-{}", number + 1, messaging::files::safe_name(name))
}

impl From<&Person> for PersonEntry {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.uuid(),
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            role: person.role.name(),
            position: person.position.clone(),
        }
    }
}
