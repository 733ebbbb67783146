//! The ledger itself: what each operation is sent, so that somebody who may would get it done.

/// What is sent as the body of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sends {
    /// Nothing.
    Nothing,
    /// This JSON, in which `{colleague}` stands for the id of the one who is not in the chat.
    Json(&'static str),
    /// A file.
    File,
}

use Sends::{File, Json, Nothing};

/// Every operation by its id.
pub const LEDGER: &[(&str, Sends)] = &[
    ("getMe", Nothing),
    ("listContacts", Nothing),
    ("getUser", Nothing),
    ("listConversations", Nothing),
    ("getConversation", Nothing),
    ("closeConversation", Json("{}")),
    ("listConversationMessages", Nothing),
    ("sendConversationMessage", Json(r#"{"body":"Hallo"}"#)),
    ("getConversationMessage", Nothing),
    ("deleteConversationMessage", Json("{}")),
    ("readConversation", Json("{}")),
    ("uploadConversationFiles", File),
    ("getConversationAttachment", Nothing),
    ("downloadConversationAttachment", Nothing),
    ("getConversationPdf", Nothing),
    ("downloadConversationPdf", Nothing),
    ("getConversationExport", Nothing),
    ("downloadConversationExport", Nothing),
    ("listGroupchats", Nothing),
    ("createGroupchat", Json(r#"{"subject":"Nieuw"}"#)),
    ("getGroupchat", Nothing),
    ("renameGroupchat", Json(r#"{"subject":"Anders"}"#)),
    ("closeGroupchat", Json("{}")),
    ("changeGroupchatSettings", Json(r#"{"auto_close_after":1}"#)),
    ("listGroupchatMembers", Nothing),
    ("addGroupchatMembers", Json(r#"{"members":["{colleague}"]}"#)),
    ("removeGroupchatMembers", Json(r#"{"members":["{colleague}"]}"#)),
    ("changeGroupchatOwner", Json(r#"{"user_id":"{colleague}"}"#)),
    ("addGroupchatAdmins", Json(r#"{"admins":["{colleague}"]}"#)),
    ("removeGroupchatAdmins", Json(r#"{"admins":["{colleague}"]}"#)),
    ("listGroupchatMessages", Nothing),
    ("sendGroupchatMessage", Json(r#"{"body":"Hallo"}"#)),
    ("getGroupchatMessage", Nothing),
    ("deleteGroupchatMessage", Json("{}")),
    ("readGroupchat", Json("{}")),
    ("uploadGroupchatFiles", File),
    ("getGroupchatAttachment", Nothing),
    ("downloadGroupchatAttachment", Nothing),
    ("getGroupchatPdf", Nothing),
    ("downloadGroupchatPdf", Nothing),
    ("getGroupchatExport", Nothing),
    ("downloadGroupchatExport", Nothing),
];

/// Who gets an answer from which operation although the ledger refuses everybody: `who operation reason`.
const OPEN: &str = include_str!("open-to-all.txt");

/// What this operation is sent.
pub fn sends(operation: &str) -> Sends {
    let entry = LEDGER.iter().find(|(id, _)| *id == operation);
    entry.unwrap_or_else(|| panic!("{operation} is not in tests/ledger/entries.rs: say who is refused")).1
}

/// Whether the operation is open to this kind of stranger, with a reason.
pub fn is_open(who: &str, operation: &str) -> bool {
    exceptions().any(|(someone, id)| (someone, id) == (who, operation))
}

/// Every exception, as who and operation.
pub fn exceptions() -> impl Iterator<Item = (&'static str, &'static str)> {
    OPEN.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(|line| {
        let mut words = line.splitn(3, ' ');
        let (who, operation) = (words.next().expect("who"), words.next().expect("an operation"));
        assert!(words.next().is_some_and(|reason| reason.len() > 10), "{line}: without a reason");
        (who, operation)
    })
}
