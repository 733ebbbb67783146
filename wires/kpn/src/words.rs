//! The partner's exact names, and nothing else. What a field means stands in `docs/dialects/kpn.md`.

use door::Caller;
use flows::FullChat;
use identity::Person;
use kernel::clock::instant_of_ms;
use kernel::{PersonId, Role};
use messaging::{Chat, FileRow, Member, Message, Receipt, Settings, Standing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vault::AuxDigest;

use crate::asking_words::{NewQuestion, Payload, mentions};

use crate::avatars::Avatars;

/// A person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct User {
    /// UUID.
    pub id: String,
    /// Always `user`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// The organisation's name, of people who work there; null of others.
    pub company_name: Option<String>,
    /// UUID of the organisation, of people who work there; null of others, since clients tell a coworker by it.
    pub company_id: Option<String>,
    /// What they do there.
    pub position: String,
    /// Where their picture is; nothing as long as they have none.
    pub avatar: Option<String>,
    /// Whether they are there: somebody who was invited is not until they came, and can be written to all the same.
    pub active: bool,
    /// `false` for people who work there and for contacts, who are professionals elsewhere; `true` for patients, for
    /// guests of a group, and for who is not known any more.
    pub private_user: bool,
    /// What the calling application calls them; told to staff alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aux_id: Option<String>,
}

/// The person whose token it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    /// As others see them.
    #[serde(flatten)]
    pub user: User,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their language: `nl`, `en`, `de` or `fr`.
    pub language: String,
}

/// A person inside a chat.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberUser {
    /// The person.
    #[serde(flatten)]
    pub user: User,
    /// Whether the chat is theirs.
    pub owner: bool,
    /// Whether they manage the chat.
    pub admin: bool,
}

/// A one-to-one chat. Its id is the other person's id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Conversation {
    /// UUID of the other person.
    pub id: String,
    /// Whether nothing can be sent any more.
    pub closed: bool,
    /// Both people.
    pub members: Vec<MemberUser>,
    /// When it began, RFC 3339; nothing before the first message.
    pub created: Option<String>,
    /// When it last changed, RFC 3339.
    pub updated: Option<String>,
    /// Messages that the caller has not read.
    pub unread: i64,
    /// What the calling application calls the other person; told to staff alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aux_id: Option<String>,
}

/// A group chat.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupChat {
    /// UUID.
    pub id: String,
    /// What it is about.
    pub subject: String,
    /// Whether nothing can be sent any more.
    pub closed: bool,
    /// Where its picture is; nothing as long as it has none.
    pub avatar: Option<String>,
    /// Everybody in it.
    pub members: Vec<MemberUser>,
    /// How it behaves.
    pub settings: GroupSettings,
    /// When it began, RFC 3339.
    pub created: String,
    /// When it last changed, RFC 3339.
    pub updated: String,
    /// Messages that the caller has not read.
    pub unread: i64,
    /// What the calling application calls it; told to staff alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aux_id: Option<String>,
    /// The link by which guests come; told to its owner and admins alone, and in no list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guest_access: Option<crate::guest_words::GuestAccess>,
}

/// How a group behaves; in requests each may be left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct GroupSettings {
    /// Whether contacts, who visit the company, may be members.
    #[serde(default)]
    pub allow_contacts: Option<bool>,
    /// Days without a message after which it closes; 0 is never.
    #[serde(default)]
    pub auto_close_after: Option<i64>,
    /// Seconds after which messages expire; 0 is never.
    #[serde(default)]
    pub auto_expire_after: Option<i64>,
    /// Kept and shown, and changes nothing: messages go out by no other way.
    #[serde(default)]
    pub hybrid_messaging: Option<bool>,
    /// Whether every member may add people.
    #[serde(default)]
    pub members_can_invite: Option<bool>,
}

/// A new group chat.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewGroupChat {
    /// What it is about, up to 200 characters.
    #[schema(example = "Wound care at home")]
    pub subject: String,
    /// The people in it, besides the caller: UUIDs, or all of them auxiliary ids.
    #[serde(default)]
    pub members: Vec<String>,
    /// An auxiliary id for it, of up to 255 bytes.
    #[serde(default)]
    #[schema(example = "case-4711")]
    pub aux_id: Option<String>,
    /// Whether the members are auxiliary ids.
    #[serde(default)]
    pub aux_members: Option<bool>,
    /// People to invite into it, up to 6. They get letters unless `send_email` is false.
    #[serde(default, deserialize_with = "crate::taken::objects")]
    pub invite_users: Vec<crate::invitation_words::GroupInvite>,
    /// How it behaves.
    #[serde(default, deserialize_with = "crate::taken::object")]
    pub settings: Option<GroupSettings>,
    /// Whether to tell the members by mail that it began, which they are not unless this is true; and whether those who
    /// are invited get their letters now, as they do unless this is false.
    #[serde(default)]
    pub send_email: Option<bool>,
}

/// A new subject.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewSubject {
    /// Up to 200 characters.
    #[schema(example = "Wound care, second week")]
    pub subject: String,
}

/// People to add or to remove.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MemberIds {
    /// UUIDs, or all of them auxiliary ids.
    pub members: Vec<String>,
    /// Whether they are auxiliary ids.
    #[serde(default)]
    pub aux_members: Option<bool>,
}

/// People to make admin, or no longer.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AdminIds {
    /// UUIDs.
    pub admins: Vec<String>,
}

/// The person to hand a chat to.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewOwner {
    /// UUID of a member.
    pub user_id: String,
}

/// An auxiliary id.
#[derive(Deserialize, ToSchema)]
pub struct AuxName {
    /// Anything of 1 to 255 bytes.
    #[schema(example = "patient-0042")]
    pub aux_id: String,
}

/// An auxiliary id, or whichever there is.
#[derive(Default, Deserialize, ToSchema)]
pub struct SomeAuxName {
    /// Only this one.
    #[serde(default)]
    pub aux_id: Option<String>,
}

impl SomeAuxName {
    /// What stands for it.
    #[must_use]
    pub fn digest(&self) -> Option<AuxDigest> {
        self.aux_id.as_deref().map(AuxDigest::of)
    }
}

/// How a chat is to end.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Ending {
    /// Whether to tell the members by mail that it was closed. They are not told unless this is true.
    #[serde(default)]
    pub send_email: Option<bool>,
    /// Whether to delete it for good rather than close it; of a conversation it must be false.
    #[serde(default)]
    pub remove: Option<bool>,
}

/// A new message.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewMessage {
    /// The text, up to 50,000 characters.
    #[schema(example = "Good morning, how did you sleep?")]
    pub body: String,
    /// A question to answer by choice.
    #[serde(default, deserialize_with = "crate::taken::object")]
    pub question: Option<NewQuestion>,
}

/// The id of what was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Made {
    /// UUID.
    pub id: String,
}

/// What was done, where the vendor's answer may be empty. Some clients parse it, so it never is.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Done {}

/// A message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageWord {
    /// UUID.
    pub id: String,
    /// The text.
    pub body: String,
    /// Who wrote it.
    pub user: User,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// Members who are spoken to in it; the id `@all` stands for all of them.
    pub mentions: Vec<User>,
    /// What it asks for besides; absent in most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Payload>,
    /// UUIDs of those who like it.
    pub liked_by: Vec<String>,
    /// When it was sent, RFC 3339.
    pub created: String,
    /// `sent`, then `delivered` once everybody else has it, then `read` once everybody else has read it.
    pub status: &'static str,
    /// UUIDs of the others whom it has reached.
    pub delivered_to: Vec<String>,
    /// UUIDs of the others who have read it.
    pub read_by: Vec<String>,
}

/// A file in a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Attachment {
    /// UUID.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub mime_type: String,
    /// The same, as the vendor's adapter names it.
    pub mime: String,
    /// Bytes.
    pub size: i64,
    /// What the virus scanner made of it: `clean`; `waiting` and `infected`, which cannot be fetched; or `unscanned`
    /// where there was none.
    pub status: &'static str,
}

/// Where a file's bytes are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Link {
    /// An absolute URL, to be read with the same bearer token.
    pub link: String,
}

/// Up to where the caller has read.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ReadUpTo {
    /// UUID of the newest message read; the chat's newest when it is left out.
    #[serde(default)]
    pub message_id: Option<String>,
}

/// An instant as RFC 3339 with milliseconds at most.
pub(crate) fn instant(ms: i64) -> String {
    instant_of_ms(ms).to_string()
}

impl User {
    /// Somebody as others see them.
    #[must_use]
    pub fn of(person: &Person, avatars: &Avatars) -> Self {
        let is_staff = person.role.is_staff();
        Self {
            id: person.id.uuid(),
            kind: "user",
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            company_name: is_staff.then(|| person.organisation_name.clone()),
            company_id: is_staff.then(|| person.organisation.uuid()),
            position: person.position.clone(),
            avatar: avatars.of_person(person.id, person.picture_mark.as_deref()),
            active: person.active,
            private_user: person.role == Role::Patient || person.is_guest_of_chat,
            aux_id: person.aux_id.clone(),
        }
    }

    /// These people.
    pub(crate) fn all(people: &[Person], avatars: &Avatars) -> Vec<Self> {
        people.iter().map(|person| Self::of(person, avatars)).collect()
    }

    /// Somebody of whom nothing is told but an id.
    pub(crate) fn nameless(id: String, active: bool) -> Self {
        Self {
            id,
            kind: "user",
            first_name: String::new(),
            last_name: String::new(),
            company_name: None,
            company_id: None,
            position: String::new(),
            avatar: None,
            active,
            private_user: !active,
            aux_id: None,
        }
    }
}

/// People by id, to dress ids of messages and members with names.
pub struct People {
    by_id: std::collections::HashMap<PersonId, Person>,
    avatars: Avatars,
}

impl People {
    /// Collects them.
    #[must_use]
    pub fn new(people: Vec<Person>, caller: &Caller) -> Self {
        Self::shown_by(people, Avatars::of(caller))
    }

    fn shown_by(people: Vec<Person>, avatars: Avatars) -> Self {
        Self { by_id: people.into_iter().map(|person| (person.id, person)).collect(), avatars }
    }

    /// The person of this id, or somebody who has left, of whom only the id is told.
    #[must_use]
    pub fn user(&self, id: PersonId) -> User {
        self.by_id
            .get(&id)
            .map_or_else(|| User::nameless(id.uuid(), false), |person| User::of(person, &self.avatars))
    }

    /// A member with their standing.
    #[must_use]
    pub fn member(&self, member: &Member) -> MemberUser {
        MemberUser {
            user: self.user(member.person),
            owner: member.standing == Standing::Owner,
            admin: member.standing >= Standing::Admin,
        }
    }
}

impl From<Settings> for GroupSettings {
    fn from(settings: Settings) -> Self {
        Self {
            allow_contacts: Some(settings.allow_contacts),
            auto_close_after: Some(settings.auto_close_days),
            auto_expire_after: Some(settings.auto_expire_seconds),
            hybrid_messaging: Some(settings.hybrid_messaging),
            members_can_invite: Some(settings.members_can_invite),
        }
    }
}

impl Conversation {
    /// A chat of two, named by the other.
    #[must_use]
    pub fn of(chat: &Chat, members: &[Member], people: &People) -> Self {
        Self {
            id: chat.peer.map(|peer| peer.uuid()).unwrap_or_default(),
            closed: chat.closed_ms.is_some(),
            members: members.iter().map(|member| people.member(member)).collect(),
            created: Some(instant(chat.made_ms)),
            updated: Some(instant(chat.active_ms)),
            unread: chat.unread,
            aux_id: chat.peer.and_then(|peer| people.by_id.get(&peer)).and_then(|peer| peer.aux_id.clone()),
        }
    }

    /// A chat of two in which nothing was written yet.
    #[must_use]
    pub const fn unbegun(id: String, aux_id: Option<String>) -> Self {
        Self { id, closed: false, members: Vec::new(), created: None, updated: None, unread: 0, aux_id }
    }
}

impl GroupChat {
    /// A chat of many.
    #[must_use]
    pub fn of(chat: &Chat, members: &[Member], people: &People) -> Self {
        Self {
            id: chat.id.uuid(),
            subject: chat.subject.clone().unwrap_or_default(),
            closed: chat.closed_ms.is_some(),
            avatar: people.avatars.of_group(chat.id, chat.picture_mark.as_deref()),
            members: members.iter().map(|member| people.member(member)).collect(),
            settings: chat.settings.into(),
            created: instant(chat.made_ms),
            updated: instant(chat.active_ms),
            unread: chat.unread,
            aux_id: None,
            guest_access: None,
        }
    }

    /// A chat of many with all that is known of it.
    #[must_use]
    pub fn of_full(full: FullChat, avatars: Avatars) -> Self {
        let guest_access = full.guest_access.as_ref().map(|access| avatars.guest_access(access));
        let people = People::shown_by(full.people, avatars);
        Self { aux_id: full.aux_id, guest_access, ..Self::of(&full.chat, &full.members, &people) }
    }
}

impl MessageWord {
    /// A message, with what became of it.
    #[must_use]
    pub fn of(message: &Message, receipts: &[Receipt], people: &People) -> Self {
        let others = || receipts.iter().filter(|receipt| receipt.person != message.author);
        let ids = |is: fn(&Receipt, i64) -> bool| {
            others().filter(|receipt| is(receipt, message.seq)).map(|receipt| receipt.person.uuid()).collect()
        };
        let (delivered_to, read_by): (Vec<_>, Vec<_>) = (ids(has_received), ids(has_read));
        let all = others().count();
        let status = match (read_by.len(), delivered_to.len()) {
            (read, _) if all > 0 && read == all => "read",
            (_, delivered) if all > 0 && delivered == all => "delivered",
            _ => "sent",
        };
        let members: Vec<PersonId> = receipts.iter().map(|receipt| receipt.person).collect();
        Self {
            id: message.id.uuid(),
            body: message.text.clone(),
            user: people.user(message.author),
            attachments: message.files.iter().map(Attachment::from).collect(),
            mentions: mentions(&message.text, &members, people),
            payload: Payload::of(message),
            liked_by: message.likes.iter().map(|person| person.uuid()).collect(),
            created: instant(message.posted_ms),
            status,
            delivered_to,
            read_by,
        }
    }
}

fn has_received(receipt: &Receipt, seq: i64) -> bool {
    receipt.has_received(seq)
}

fn has_read(receipt: &Receipt, seq: i64) -> bool {
    receipt.has_read(seq)
}

impl From<&FileRow> for Attachment {
    fn from(file: &FileRow) -> Self {
        Self {
            id: file.id.uuid(),
            name: file.name.clone(),
            mime_type: file.mime.clone(),
            mime: file.mime.clone(),
            size: i64::try_from(file.size).unwrap_or(i64::MAX),
            status: file.state.name(),
        }
    }
}
