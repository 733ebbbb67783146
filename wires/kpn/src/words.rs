//! The partner's exact names, and nothing else. What a field means stands in `docs/dialects/kpn.md`.

use identity::Person;
use kernel::clock::instant_of_ms;
use kernel::{Actor, PersonId, Role};
use messaging::{Chat, FileRow, Member, Message, Receipt, Settings, Standing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    /// The organisation's name.
    pub company_name: String,
    /// UUID of the organisation.
    pub company_id: String,
    /// What they do there.
    pub position: String,
    /// Where their picture is; nothing as long as they have none.
    pub avatar: Option<String>,
    /// Whether they are there: somebody who was invited is not until they came, and can be written to all the same.
    pub active: bool,
    /// `false` for people who work there, `true` for patients and other private persons.
    pub private_user: bool,
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
    /// Whether messages go out by other ways, too.
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
    /// UUIDs of the people in it, besides the caller.
    #[serde(default)]
    pub members: Vec<String>,
    /// An auxiliary id for it. Not taken yet: must be left out.
    #[serde(default)]
    pub aux_id: Option<String>,
    /// Whether the ids are auxiliary ids. Not taken yet: must be false.
    #[serde(default)]
    pub aux_members: Option<bool>,
    /// People to invite into it, up to 6. They get letters unless `send_email` is false.
    #[serde(default)]
    pub invite_users: Vec<crate::invitation_words::GroupInvite>,
    /// How it behaves.
    #[serde(default, deserialize_with = "crate::taken::object")]
    pub settings: Option<GroupSettings>,
    /// Whether those who are invited get their letters now, as they do unless this is false. No other mail is sent yet.
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
    /// UUIDs.
    pub members: Vec<String>,
    /// Whether the ids are auxiliary ids. Not taken yet: must be false.
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

/// How a chat is to end.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Ending {
    /// Whether to tell the members by mail. Taken, and without effect while no mail is sent.
    #[serde(default)]
    pub send_email: Option<bool>,
    /// Whether to delete it rather than close it. Not taken yet: must be false.
    #[serde(default)]
    pub remove: Option<bool>,
}

/// A new message.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewMessage {
    /// The text, up to 50,000 characters.
    #[schema(example = "Good morning, how did you sleep?")]
    pub body: String,
    /// A question to answer by choice. Not taken yet: must be absent.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub question: Option<serde_json::Value>,
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
    /// People named in it.
    pub mentions: Vec<User>,
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
fn instant(ms: i64) -> String {
    instant_of_ms(ms).to_string()
}

impl From<&Person> for User {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.uuid(),
            kind: "user",
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            company_name: person.organisation_name.clone(),
            company_id: person.organisation.uuid(),
            position: person.position.clone(),
            avatar: None,
            active: person.active,
            private_user: matches!(person.role, Role::Patient | Role::Guest),
        }
    }
}

/// People by id, to dress ids of messages and members with names.
pub struct People(std::collections::HashMap<PersonId, Person>);

impl People {
    /// Collects them.
    #[must_use]
    pub fn new(people: Vec<Person>) -> Self {
        Self(people.into_iter().map(|person| (person.id, person)).collect())
    }

    /// The person of this id, or somebody who has left, of whom only the id is told.
    #[must_use]
    pub fn user(&self, id: PersonId, actor: &Actor) -> User {
        self.0.get(&id).map_or_else(
            || User {
                id: id.uuid(),
                kind: "user",
                first_name: String::new(),
                last_name: String::new(),
                company_name: String::new(),
                company_id: actor.organisation.uuid(),
                position: String::new(),
                avatar: None,
                active: false,
                private_user: false,
            },
            User::from,
        )
    }

    /// A member with their standing.
    #[must_use]
    pub fn member(&self, member: &Member, actor: &Actor) -> MemberUser {
        MemberUser {
            user: self.user(member.person, actor),
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
    pub fn of(chat: &Chat, members: &[Member], people: &People, actor: &Actor) -> Self {
        Self {
            id: chat.peer.map(|peer| peer.uuid()).unwrap_or_default(),
            closed: chat.closed_ms.is_some(),
            members: members.iter().map(|member| people.member(member, actor)).collect(),
            created: Some(instant(chat.made_ms)),
            updated: Some(instant(chat.active_ms)),
            unread: chat.unread,
        }
    }

    /// A chat of two in which nothing was written yet.
    #[must_use]
    pub const fn unbegun(id: String) -> Self {
        Self { id, closed: false, members: Vec::new(), created: None, updated: None, unread: 0 }
    }
}

impl GroupChat {
    /// A chat of many.
    #[must_use]
    pub fn of(chat: &Chat, members: &[Member], people: &People, actor: &Actor) -> Self {
        Self {
            id: chat.id.uuid(),
            subject: chat.subject.clone().unwrap_or_default(),
            closed: chat.closed_ms.is_some(),
            members: members.iter().map(|member| people.member(member, actor)).collect(),
            settings: chat.settings.into(),
            created: instant(chat.made_ms),
            updated: instant(chat.active_ms),
            unread: chat.unread,
        }
    }
}

impl MessageWord {
    /// A message, with what became of it.
    #[must_use]
    pub fn of(message: &Message, receipts: &[Receipt], people: &People, actor: &Actor) -> Self {
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
        Self {
            id: message.id.uuid(),
            body: message.text.clone(),
            user: people.user(message.author, actor),
            attachments: message.files.iter().map(Attachment::from).collect(),
            mentions: Vec::new(),
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
        }
    }
}
