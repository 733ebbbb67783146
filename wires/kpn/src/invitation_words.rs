//! The partner's names around invitations.

use serde::Deserialize;
use utoipa::ToSchema;

/// Somebody to invite.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Invite {
    /// Where the invitation goes by mail; this or `phone_number`.
    #[serde(default)]
    #[schema(example = "bram@example.org")]
    pub email: Option<String>,
    /// Where it goes by text message, with the number of the country; this or `email`.
    #[serde(default)]
    pub phone_number: Option<String>,
    /// Given name, as the caller has it.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Family name, as the caller has it.
    #[serde(default)]
    pub last_name: Option<String>,
    /// The first message of the conversation that waits for them; without it none is begun. It is in no mail.
    #[serde(default)]
    pub invite_text: Option<String>,
    /// Whether the letter goes out now, as it does unless this is false. Inviting again sends it later.
    #[serde(default)]
    pub send_email: Option<bool>,
    /// What the calling application calls them from then on, of up to 255 bytes; staff alone may say so.
    #[serde(default)]
    pub aux_id: Option<String>,
}

/// Somebody to invite into a new group chat.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GroupInvite {
    /// As what: `coworker`, `contact` or `private_user`.
    pub invite_type: String,
    /// Where the invitation goes by mail; this or `phone_number`.
    #[serde(default)]
    pub email: Option<String>,
    /// Where it goes by text message, with the number of the country; this or `email`.
    #[serde(default)]
    pub phone_number: Option<String>,
    /// Given name, as the caller has it.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Family name, as the caller has it.
    #[serde(default)]
    pub last_name: Option<String>,
    /// The first message of their conversation with the caller, when one is created.
    #[serde(default)]
    pub invite_text: Option<String>,
    /// Whether a conversation with the caller waits for them besides the group.
    #[serde(default)]
    pub create_conversation: Option<bool>,
    /// What the calling application calls them from then on, of up to 255 bytes; staff alone may say so.
    #[serde(default)]
    pub aux_id: Option<String>,
}
