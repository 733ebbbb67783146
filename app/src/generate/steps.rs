//! The order in which the requests of a collection succeed, each with what it takes from those before it.

/// A request of the collection.
pub struct Step {
    /// The operation's id in the OpenAPI document.
    pub operation: &'static str,
    /// What it is called, when the document's summary does not tell it from another.
    pub name: Option<&'static str>,
    /// Variables for the placeholders of its path.
    pub at: &'static [(&'static str, &'static str)],
    /// Its body, when the document's examples are not enough.
    pub body: Option<&'static str>,
    /// What later requests need of its answer: a variable, and where its value is.
    pub keeps: &'static [(&'static str, &'static str)],
    /// A status besides those of the document that is right, too.
    pub also: Option<u16>,
}

/// A folder and its requests.
pub type Folder = (&'static str, &'static [Step]);

const fn step(operation: &'static str) -> Step {
    Step { operation, name: None, at: &[], body: None, keeps: &[], also: None }
}

impl Step {
    const fn at(self, at: &'static [(&'static str, &'static str)]) -> Self {
        Self { at, ..self }
    }

    const fn body(self, body: &'static str) -> Self {
        Self { body: Some(body), ..self }
    }

    const fn keeps(self, keeps: &'static [(&'static str, &'static str)]) -> Self {
        Self { keeps, ..self }
    }

    /// What an earlier run has closed stays closed.
    const fn unless_closed(self, name: &'static str) -> Self {
        Self { name: Some(name), also: Some(412), ..self }
    }
}

const PEER: &[(&str, &str)] = &[("id", "peer_id")];
const PEER_MESSAGE: &[(&str, &str)] = &[("id", "peer_id"), ("message_id", "conversation_message_id")];
const PEER_FILE: &[(&str, &str)] = &[("id", "peer_id"), ("attachment_id", "conversation_attachment_id")];
const OTHER: &[(&str, &str)] = &[("id", "other_id")];
const GROUP: &[(&str, &str)] = &[("id", "groupchat_id")];
const GROUP_MESSAGE: &[(&str, &str)] = &[("id", "groupchat_id"), ("message_id", "groupchat_message_id")];
const GROUP_FILE: &[(&str, &str)] = &[("id", "groupchat_id"), ("attachment_id", "groupchat_attachment_id")];

/// The messenger: people, a conversation, a group and what is in them, and last the end of both.
pub const KPN: &[Folder] = &[
    (
        "Me",
        &[
            step("getMe").keeps(&[("my_id", "body.id")]),
            step("listContacts")
                .keeps(&[("peer_id", "body[0].id"), ("other_id", "body[body.length - 1].id")]),
        ],
    ),
    ("Users", &[step("getUser").at(&[("user_id", "peer_id")])]),
    ("Conversations", &[step("listConversations"), step("getConversation").at(PEER)]),
    (
        "Groupchats",
        &[
            step("createGroupchat")
                .body(r#"{"subject": "Wound care at home", "members": ["{{peer_id}}"]}"#)
                .keeps(&[("groupchat_id", "body.id")]),
            step("listGroupchats"),
            step("getGroupchat").at(GROUP),
            step("renameGroupchat").at(GROUP),
            step("changeGroupchatSettings")
                .at(GROUP)
                .body(r#"{"members_can_invite": true, "auto_close_after": 30}"#),
        ],
    ),
    (
        "Members",
        &[
            step("listGroupchatMembers").at(GROUP),
            step("addGroupchatMembers").at(GROUP).body(r#"{"members": ["{{other_id}}"]}"#),
            step("addGroupchatAdmins").at(GROUP).body(r#"{"admins": ["{{other_id}}"]}"#),
            step("removeGroupchatAdmins").at(GROUP).body(r#"{"admins": ["{{other_id}}"]}"#),
            step("removeGroupchatMembers").at(GROUP).body(r#"{"members": ["{{other_id}}"]}"#),
            step("changeGroupchatOwner").at(GROUP).body(r#"{"user_id": "{{my_id}}"}"#),
        ],
    ),
    (
        "Attachments",
        &[
            step("uploadConversationFiles").at(PEER).keeps(&[("conversation_message_id", "body.id")]),
            step("getConversationMessage")
                .at(PEER_MESSAGE)
                .keeps(&[("conversation_attachment_id", "body.attachments[0].id")]),
            step("getConversationAttachment").at(PEER_FILE),
            step("downloadConversationAttachment").at(PEER_FILE),
            step("uploadGroupchatFiles").at(GROUP).keeps(&[("groupchat_message_id", "body.id")]),
            step("getGroupchatMessage")
                .at(GROUP_MESSAGE)
                .keeps(&[("groupchat_attachment_id", "body.attachments[0].id")]),
            step("getGroupchatAttachment").at(GROUP_FILE),
            step("downloadGroupchatAttachment").at(GROUP_FILE),
        ],
    ),
    (
        "Documents",
        &[
            step("getConversationPdf").at(PEER),
            step("downloadConversationPdf").at(PEER),
            step("getConversationExport").at(PEER),
            step("downloadConversationExport").at(PEER),
            step("getGroupchatPdf").at(GROUP),
            step("downloadGroupchatPdf").at(GROUP),
            step("getGroupchatExport").at(GROUP),
            step("downloadGroupchatExport").at(GROUP),
        ],
    ),
    (
        "Messages",
        &[
            step("sendConversationMessage").at(PEER).keeps(&[("conversation_message_id", "body.id")]),
            step("listConversationMessages").at(PEER),
            step("getConversationMessage").at(PEER_MESSAGE),
            step("readConversation").at(PEER).body(r#"{"message_id": "{{conversation_message_id}}"}"#),
            step("deleteConversationMessage").at(PEER_MESSAGE),
            step("sendGroupchatMessage").at(GROUP).keeps(&[("groupchat_message_id", "body.id")]),
            step("listGroupchatMessages").at(GROUP),
            step("getGroupchatMessage").at(GROUP_MESSAGE),
            step("readGroupchat").at(GROUP).body(r#"{"message_id": "{{groupchat_message_id}}"}"#),
            step("deleteGroupchatMessage").at(GROUP_MESSAGE),
        ],
    ),
    (
        "Closing, last",
        &[
            step("closeGroupchat").at(GROUP).body(r#"{"send_email": false}"#),
            step("sendConversationMessage")
                .at(OTHER)
                .unless_closed("Begins another conversation, to close it."),
            step("closeConversation")
                .at(OTHER)
                .body(r#"{"send_email": false}"#)
                .unless_closed("Closes the other conversation: it can still be read."),
        ],
    ),
];
