//! Inviting people: colleagues, contacts and private persons.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use flows::invitations::Invite;
use identity::invitations::Address;
use kernel::{Error, Result, Role, Scope};
use vault::AuxId;

use crate::answers::Asking;
use crate::invitation_words::{self as words, GroupInvite};
use crate::refusals::Refusal;
use crate::taken::Words;
use crate::words::Made;

/// Invites somebody to work in the company.
#[utoipa::path(
    post, path = "/users/invite/coworker", tag = "Users", operation_id = "inviteCoworker",
    request_body = words::Invite,
    responses((status = 201, body = Made, description = "Who they are, or were already"), Asking),
    security(("oauth" = ["write"]))
)]
pub async fn coworker(
    caller: Caller,
    Words(new): Words<words::Invite>,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    invite(&caller, new, Role::Assistant).await
}

/// Invites a professional from elsewhere.
#[utoipa::path(
    post, path = "/users/invite/contact", tag = "Users", operation_id = "inviteContact",
    request_body = words::Invite,
    responses((status = 201, body = Made, description = "Who they are, or were already"), Asking),
    security(("oauth" = ["write"]))
)]
pub async fn contact(
    caller: Caller,
    Words(new): Words<words::Invite>,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    invite(&caller, new, Role::Guest).await
}

/// Invites a private person, such as a patient.
#[utoipa::path(
    post, path = "/users/invite/private", tag = "Users", operation_id = "invitePrivatePerson",
    request_body = words::Invite,
    responses((status = 201, body = Made, description = "Who they are, or were already"), Asking),
    security(("oauth" = ["write"]))
)]
pub async fn private(
    caller: Caller,
    Words(new): Words<words::Invite>,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    invite(&caller, new, Role::Patient).await
}

async fn invite(
    caller: &Caller,
    new: words::Invite,
    role: Role,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    caller.must_have(Scope::Write)?;
    let text = new.invite_text.unwrap_or_default();
    let invite = Invite {
        address: address(new.email.as_deref(), new.phone_number.as_deref())?,
        role,
        first_name: new.first_name.unwrap_or_default(),
        last_name: new.last_name.unwrap_or_default(),
        begins_conversation: !text.trim().is_empty(),
        text,
        writes: new.send_email.unwrap_or(true),
        aux_id: new.aux_id.map(AuxId::new).transpose()?,
    };
    let person = flows::invitations::invite(&caller.house, &caller.actor, &invite).await?;
    Ok((StatusCode::CREATED, Json(Made { id: person.uuid() })))
}

/// Those who are invited in the request that begins a group, with letters unless it says otherwise.
pub(crate) fn invited_to_group(invites: &[GroupInvite], writes: bool) -> Result<Vec<Invite>> {
    let read = |new: &GroupInvite| {
        Ok(Invite {
            address: address(new.email.as_deref(), new.phone_number.as_deref())?,
            role: role(&new.invite_type)?,
            first_name: new.first_name.clone().unwrap_or_default(),
            last_name: new.last_name.clone().unwrap_or_default(),
            begins_conversation: new.create_conversation.unwrap_or(false),
            text: new.invite_text.clone().unwrap_or_default(),
            writes,
            aux_id: new.aux_id.clone().map(AuxId::new).transpose()?,
        })
    };
    invites.iter().map(read).collect()
}

fn role(invite_type: &str) -> Result<Role> {
    match invite_type {
        "coworker" => Ok(Role::Assistant),
        "contact" => Ok(Role::Guest),
        "private_user" => Ok(Role::Patient),
        _ => {
            let why = "one of coworker, contact and private_user";
            Err(Error::invalid("invite_type", "invite_type_unknown", why))
        }
    }
}

/// One of the two; an empty one counts as left out, as some clients send it.
fn address(email: Option<&str>, phone_number: Option<&str>) -> Result<Address> {
    let given = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    match (given(email), given(phone_number)) {
        (Some(email), None) => Address::email(&email),
        (None, Some(number)) => Address::mobile_at_home(&number),
        (None, None) => Err(Error::invalid("email", "address_missing", "either email or phone_number")),
        (Some(_), Some(_)) => {
            Err(Error::invalid("email", "one_address_only", "either email or phone_number, and not both"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_goes_to_one_address() {
        let text = |email, number| address(email, number).map(|address| address.text().to_owned());
        assert_eq!(text(Some(" anna@example.test "), Some("")).expect("mail"), "anna@example.test");
        for number in ["06 12 34 56 78", "+31612345678", "0031612345678", "06-12345678"] {
            assert_eq!(text(None, Some(number)).expect(number), "+31612345678");
        }
        for (email, number) in [
            (None, None),
            (Some(""), Some("  ")),
            (Some("a@b.test"), Some("+31612345678")),
            (None, Some("112")),
        ] {
            assert!(text(email, number).is_err(), "{email:?} {number:?}");
        }
    }
}
