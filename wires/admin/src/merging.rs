//! Two people of the organisation who turned out to be one.

use axum::http::StatusCode;
use door::Caller;
use door::problem::{At, Changing, Refusal, Words, named};
use flows::merging::{self, Pair};
use identity::applications::must_administer;
use kernel::{Error, Id, Kind, Result};

use crate::words::Gone;

async fn pair(caller: &Caller, keep: &str, gone: &Gone) -> Result<Pair> {
    caller.read((), |tx, actor, ()| Box::pin(must_administer(tx, actor))).await?;
    let why = "It is the UUID of somebody of the organisation.";
    let gone = Id::from_uuid(&gone.gone).ok_or(Error::invalid("gone", "person_unfit", why))?;
    Ok(Pair { keep: named(keep, Kind::Person)?, gone })
}

/// Makes two people one: what the other one is and their chats go to the person of the path, and the other one signs in no
/// more. For 30 days it can be undone. Both belong, and have belonged, to this organisation alone.
#[utoipa::path(
    post, path = "/people/{person_id}/merge", tag = "People", operation_id = "mergePeople",
    params(("person_id" = String, Path, description = "UUID of who is kept")),
    request_body = Gone,
    responses((status = 204, description = "They are one"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn merge(
    caller: Caller,
    At(keep): At<String>,
    Words(gone): Words<Gone>,
) -> Result<StatusCode, Refusal> {
    let pair = pair(&caller, &keep, &gone).await?;
    merging::merge(&caller.house, Some(&caller.actor), pair).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Undoes a merge of this organisation's administrators within 30 days: what went over goes back, and what was changed
/// since stays with who was kept.
#[utoipa::path(
    post, path = "/people/{person_id}/unmerge", tag = "People", operation_id = "unmergePeople",
    params(("person_id" = String, Path, description = "UUID of who was kept")),
    request_body = Gone,
    responses((status = 204, description = "They are two again"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn unmerge(
    caller: Caller,
    At(keep): At<String>,
    Words(gone): Words<Gone>,
) -> Result<StatusCode, Refusal> {
    let pair = pair(&caller, &keep, &gone).await?;
    merging::undo(&caller.house, Some(&caller.actor), pair).await?;
    Ok(StatusCode::NO_CONTENT)
}
