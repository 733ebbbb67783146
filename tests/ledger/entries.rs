//! The ledger itself: what each operation is sent, so that somebody who may would get it done.

/// What is sent as the body of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sends {
    /// Nothing.
    Nothing,
    /// This JSON, in which `{colleague}` stands for the id of the one who is not in the chat, `{patient}` for that of the
    /// patient who is, and `{named}` and `{case}` for the auxiliary ids of the patient and of the group.
    Json(&'static str),
    /// A file.
    File,
    /// A picture.
    Picture,
}

use Sends::{File, Json, Nothing, Picture};

/// Every operation by its id. One that takes auxiliary ids is sent what its namesake is, unless it stands here itself.
pub const LEDGER: &[(&str, Sends)] = &[
    ("getMe", Nothing),
    ("listContacts", Nothing),
    ("searchContacts", Json(r#"{"name":"zzz"}"#)),
    ("searchMessages", Json(r#"{"query":"zzz"}"#)),
    ("getUser", Nothing),
    ("listProviders", Nothing),
    ("listVerifications", Nothing),
    ("setMyAvatar", Picture),
    ("removeMyAvatar", Nothing),
    ("getUserAvatar", Nothing),
    ("changeMe", Json(r#"{"language":"nl"}"#)),
    ("listCoworkers", Nothing),
    ("inviteCoworker", Json(r#"{"email":"collega@example.test"}"#)),
    ("inviteContact", Json(r#"{"email":"contact@example.test"}"#)),
    ("invitePrivatePerson", Json(r#"{"email":"nieuw@example.test"}"#)),
    ("getCompany", Nothing),
    ("listCompanyUsers", Nothing),
    ("importUsers", Json(r#"{"users":[{"email":"lijst@example.test"}]}"#)),
    ("getImport", Nothing),
    ("listConversations", Nothing),
    ("getConversation", Nothing),
    ("closeConversation", Json("{}")),
    ("listConversationMessages", Nothing),
    ("sendConversationMessage", Json(r#"{"body":"Hallo"}"#)),
    ("getConversationMessage", Nothing),
    ("deleteConversationMessage", Json("{}")),
    ("answerConversationQuestion", Json(r#"{"options":["ja"]}"#)),
    ("likeConversationMessage", Nothing),
    ("unlikeConversationMessage", Json("{}")),
    ("verifyConversationUser", Json(r#"{"user_id":"{patient}","provider_id":"sandbox"}"#)),
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
    ("getGroupchatAvatar", Nothing),
    ("setGroupchatAvatar", Picture),
    ("removeGroupchatAvatar", Nothing),
    ("listGroupchatMembers", Nothing),
    ("addGroupchatMembers", Json(r#"{"members":["{colleague}"]}"#)),
    ("removeGroupchatMembers", Json(r#"{"members":["{colleague}"]}"#)),
    ("changeGroupchatOwner", Json(r#"{"user_id":"{colleague}"}"#)),
    ("addGroupchatAdmins", Json(r#"{"admins":["{colleague}"]}"#)),
    ("removeGroupchatAdmins", Json(r#"{"admins":["{colleague}"]}"#)),
    ("giveGroupchatGuestAccess", Json("{}")),
    ("takeGroupchatGuestAccess", Nothing),
    ("listGroupchatMessages", Nothing),
    ("sendGroupchatMessage", Json(r#"{"body":"Hallo"}"#)),
    ("getGroupchatMessage", Nothing),
    ("deleteGroupchatMessage", Json("{}")),
    ("answerGroupchatQuestion", Json(r#"{"options":["ja"]}"#)),
    ("likeGroupchatMessage", Nothing),
    ("unlikeGroupchatMessage", Json("{}")),
    ("verifyGroupchatUser", Json(r#"{"user_id":"{patient}","provider_id":"sandbox"}"#)),
    ("readGroupchat", Json("{}")),
    ("uploadGroupchatFiles", File),
    ("getGroupchatAttachment", Nothing),
    ("downloadGroupchatAttachment", Nothing),
    ("createAuxGroupchat", Json(r#"{"subject":"Nieuw","aux_id":"nieuw"}"#)),
    ("nameUser", Json(r#"{"aux_id":"{named}"}"#)),
    ("forgetUserName", Json("{}")),
    ("nameGroupchat", Json(r#"{"aux_id":"{case}"}"#)),
    ("forgetGroupchatName", Json("{}")),
    ("getGroupchatPdf", Nothing),
    ("downloadGroupchatPdf", Nothing),
    ("getGroupchatExport", Nothing),
    ("downloadGroupchatExport", Nothing),
];

/// What somebody may know of and not do, which is 403: who and operation.
const FORBIDDEN: [(&str, &str); 9] = [
    ("colleague", "inviteCoworker"),
    ("stranger", "inviteCoworker"),
    ("patient", "inviteCoworker"),
    ("patient", "inviteContact"),
    ("patient", "invitePrivatePerson"),
    ("guest", "inviteCoworker"),
    ("guest", "inviteContact"),
    ("guest", "invitePrivatePerson"),
    ("guest", "createGroupchat"),
];

/// Whether this kind of stranger is told that they may not.
pub fn is_forbidden(who: &str, operation: &str) -> bool {
    FORBIDDEN.contains(&(who, operation))
}

/// Who gets an answer from which operation although the ledger refuses everybody: `who operation reason`.
const OPEN: &str = include_str!("open-to-all.txt");

/// What this operation is sent.
pub fn sends(operation: &str) -> Sends {
    let find = |asked: &str| LEDGER.iter().find(|(id, _)| *id == asked);
    let entry = find(operation).or_else(|| find(&namesake(operation)));
    entry.unwrap_or_else(|| panic!("{operation} is not in tests/ledger/entries.rs: say who is refused")).1
}

/// Whether the operation is open to this kind of stranger, with a reason.
pub fn is_open(who: &str, operation: &str) -> bool {
    let namesake = namesake(operation);
    let is_no_staff = ["patient", "guest"].contains(&who);
    let is_staffs = is_no_staff && STAFF_ALONE.contains(&operation);
    // What an application calls somebody is found for staff alone.
    let names_somebody = operation == "getAuxUser" || operation.contains("AuxConversation");
    let is_hidden = is_no_staff && names_somebody && operation != "listAuxConversations";
    !is_staffs
        && !is_hidden
        && exceptions().any(|(someone, id)| someone == who && (id == operation || id == namesake))
}

/// What patients and guests are told that they may not do, whatever there is.
pub const STAFF_ALONE: &[&str] =
    &["createAuxGroupchat", "nameUser", "forgetUserName", "nameGroupchat", "forgetGroupchatName"];

/// The operation that does the same by ids of ours.
pub fn namesake(operation: &str) -> String {
    operation.replacen("Aux", "", 1)
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
