//! The order in which the requests of a collection succeed, each with what it takes from those before it.

mod desk;
mod portal;

pub use desk::DESK;
pub use portal::PORTAL;

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

    const fn named(self, name: &'static str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// Not everybody may.
    const fn or(self, status: u16) -> Self {
        Self { also: Some(status), ..self }
    }

    /// What an earlier run has closed stays closed.
    const fn unless_closed(self, name: &'static str) -> Self {
        Self { name: Some(name), also: Some(412), ..self }
    }
}

const PEER: &[(&str, &str)] = &[("id", "peer_id")];
const PEER_MESSAGE: &[(&str, &str)] = &[("id", "peer_id"), ("message_id", "conversation_message_id")];
const PEER_QUESTION: &[(&str, &str)] = &[("id", "peer_id"), ("message_id", "conversation_question_id")];
const PEER_FILE: &[(&str, &str)] = &[("id", "peer_id"), ("attachment_id", "conversation_attachment_id")];
const OTHER: &[(&str, &str)] = &[("id", "other_id")];
const GROUP: &[(&str, &str)] = &[("id", "groupchat_id")];
const GROUP_MESSAGE: &[(&str, &str)] = &[("id", "groupchat_id"), ("message_id", "groupchat_message_id")];
const GROUP_QUESTION: &[(&str, &str)] = &[("id", "groupchat_id"), ("message_id", "groupchat_question_id")];
const GROUP_FILE: &[(&str, &str)] = &[("id", "groupchat_id"), ("attachment_id", "groupchat_attachment_id")];

/// A question that its asker answers, since there is nobody else who would.
const QUESTION: &str = r#"{
  "body": "How did you sleep?",
  "question": {
    "multi_answer": false,
    "style": "horizontal",
    "users": ["{{my_id}}"],
    "options": [
      {"name": "well", "label": "Well", "style": "green"},
      {"name": "badly", "label": "Badly", "style": "red"}
    ]
  }
}"#;
const ANSWER: &str = r#"{"options": ["well"]}"#;
const VERIFICATION: &str = r#"{"user_id": "{{my_id}}", "provider_id": "sandbox"}"#;

const PEER_BY_AUX: &[(&str, &str)] = &[("id", "user_aux_id")];
const GROUP_BY_AUX: &[(&str, &str)] = &[("id", "groupchat_aux_id")];

/// The messenger: people, a conversation, a group and what is in them, some of it by auxiliary ids, and last the end of
/// both.
pub const KPN: &[Folder] = &[
    (
        "Me",
        &[
            step("getMe").keeps(&[("my_id", "body.id")]),
            step("listContacts")
                .keeps(&[("peer_id", "body[0].id"), ("other_id", "body[body.length - 1].id")]),
            step("searchContacts").body(r#"{"name": "de"}"#),
            step("searchMessages").body(r#"{"query": "wound care"}"#),
            step("listCoworkers"),
            step("changeMe").body(r#"{"language": "en"}"#),
        ],
    ),
    (
        "Users",
        &[
            step("getUser").at(&[("user_id", "peer_id")]),
            step("listProviders").at(&[("user_id", "my_id")]),
            step("listVerifications").at(&[("user_id", "my_id")]),
        ],
    ),
    (
        "Company",
        &[
            step("getCompany"),
            step("listCompanyUsers"),
            step("importUsers")
                .or(403)
                .body(r#"{"send_email": false, "users": [{"email": "eva@example.org", "last_name": "Smit"}]}"#)
                .keeps(&[("import_id", "body.id")]),
            step("getImport").or(403).at(&[("import_id", "import_id")]),
        ],
    ),
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
            step("giveGroupchatGuestAccess").at(GROUP).or(403).body(r#"{"hours": 24}"#),
            step("takeGroupchatGuestAccess").at(GROUP).or(403),
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
        // A collection holds no pictures: whoever runs it chooses one, or is told that a text is none.
        "Avatars",
        &[
            step("setMyAvatar").or(400),
            step("getUserAvatar").at(&[("user_id", "my_id")]).or(404),
            step("removeMyAvatar"),
            step("setGroupchatAvatar").at(GROUP).or(400),
            step("getGroupchatAvatar").at(GROUP).or(404),
            step("removeGroupchatAvatar").at(GROUP),
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
            step("likeConversationMessage").at(PEER_MESSAGE),
            step("unlikeConversationMessage").at(PEER_MESSAGE),
            step("deleteConversationMessage").at(PEER_MESSAGE),
            step("sendConversationMessage")
                .named("Asks a question that is answered by choice.")
                .at(PEER)
                .body(QUESTION)
                .keeps(&[("conversation_question_id", "body.id")]),
            step("answerConversationQuestion").at(PEER_QUESTION).body(ANSWER),
            step("verifyConversationUser").at(PEER).body(VERIFICATION).or(403),
            step("sendGroupchatMessage").at(GROUP).keeps(&[("groupchat_message_id", "body.id")]),
            step("listGroupchatMessages").at(GROUP),
            step("getGroupchatMessage").at(GROUP_MESSAGE),
            step("readGroupchat").at(GROUP).body(r#"{"message_id": "{{groupchat_message_id}}"}"#),
            step("likeGroupchatMessage").at(GROUP_MESSAGE),
            step("unlikeGroupchatMessage").at(GROUP_MESSAGE),
            step("deleteGroupchatMessage").at(GROUP_MESSAGE),
            step("sendGroupchatMessage")
                .named("Asks a question that is answered by choice.")
                .at(GROUP)
                .body(QUESTION)
                .keeps(&[("groupchat_question_id", "body.id")]),
            step("answerGroupchatQuestion").at(GROUP_QUESTION).body(ANSWER),
            step("verifyGroupchatUser").at(GROUP).body(VERIFICATION).or(403),
        ],
    ),
    (
        // Only staff gives names, and a patient who runs this is told so.
        "Auxiliary ids",
        &[
            step("nameUser")
                .at(&[("user_id", "peer_id")])
                .body(r#"{"aux_id": "patient/0042"}"#)
                .keeps(&[("user_aux_id", "\"patient%2F0042\""), ("groupchat_aux_id", "\"case%204711\"")])
                .or(403),
            step("getAuxUser").at(PEER_BY_AUX).or(404),
            step("sendAuxConversationMessage").at(PEER_BY_AUX).or(404),
            step("listAuxConversations"),
            step("createAuxGroupchat")
                .body(r#"{"subject": "Wound care", "aux_id": "case 4711", "members": ["{{peer_id}}"]}"#)
                .or(403),
            step("getAuxGroupchat").at(GROUP_BY_AUX).or(404),
            step("sendAuxGroupchatMessage").at(GROUP_BY_AUX).or(404),
            step("listAuxGroupchats"),
            step("nameGroupchat").at(GROUP).body(r#"{"aux_id": "case 4711"}"#).or(403),
            step("forgetGroupchatName").at(GROUP).body("{}").or(403),
            step("forgetUserName").at(&[("user_id", "peer_id")]).body("{}").or(403),
        ],
    ),
    (
        "Invitations",
        &[
            step("invitePrivatePerson").or(403).body(
                r#"{"email": "bram@example.org", "first_name": "Bram", "last_name": "Smit", "send_email": false}"#,
            ),
            step("inviteContact").or(403).body(
                r#"{"email": "chris@example.org", "first_name": "Chris", "last_name": "Bos", "send_email": false}"#,
            ),
            step("inviteCoworker").or(403).body(
                r#"{"email": "daan@example.org", "first_name": "Daan", "last_name": "Vos", "send_email": false}"#,
            ),
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

const CLIENT: &[(&str, &str)] = &[("client_id", "client_id")];
const PERSON: &[(&str, &str)] = &[("person_id", "person_id")];

/// Administration: an application from its registration to its end, and somebody who is asked in.
pub const ADMIN: &[Folder] = &[
    (
        "Applications",
        &[
            step("addClient")
                .body(
                    r#"{"name": "Ward board", "dialect": "own", "scopes": "openid read",
  "redirect_uris": ["https://board.example.org/callback"]}"#,
                )
                .keeps(&[("client_id", "body.client_id")]),
            step("listClients"),
            step("getClient").at(CLIENT),
            step("changeClient").at(CLIENT).body(r#"{"name": "Board of the ward"}"#),
            step("rotateClientSecret").at(CLIENT),
            step("approveClient")
                .at(CLIENT)
                .body(r#"{"redirect_uris": ["https://board.example.org/callback"]}"#)
                .or(409),
            step("removeClient").at(CLIENT),
        ],
    ),
    (
        "People",
        &[
            step("invitePerson").keeps(&[("person_id", "body.id")]),
            step("listPeople"),
            step("getPerson").at(PERSON),
            step("noteDetails").at(PERSON).body(r#"{"born_on": "1980-02-03", "city": "Utrecht"}"#).or(404),
            step("getDetails").at(PERSON).or(404),
            step("giveRole").at(PERSON).or(404),
            step("takeRole").at(&[("person_id", "person_id"), ("role", "person_id")]).or(404),
            step("disablePerson").at(PERSON).or(404),
            step("enablePerson").at(PERSON).or(404),
        ],
    ),
    (
        "Sessions and grants",
        &[
            step("listSessions").at(PERSON).or(404),
            step("endSession").at(&[("person_id", "person_id"), ("session_id", "person_id")]).or(404),
            step("endSessions").at(PERSON).or(404),
            step("listGrants").at(PERSON).or(404),
            step("endGrant").at(&[("person_id", "person_id"), ("grant_id", "person_id")]).or(404),
        ],
    ),
];
