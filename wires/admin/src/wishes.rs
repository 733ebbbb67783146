//! Applications of a sandbox that their developers wish to go into production in the organisation. The operator of the
//! server brings them there (`bedside client promote`); administrators see them, and may say no.

use axum::Json;
use axum::http::StatusCode;
use door::Caller;
use door::problem::{Asking, At, Changing, Query, Refusal, Words};
use identity::applications;

use crate::clients::named;
use crate::words::deciding::{Reason, Wish};

/// What is wished to go into production here, the oldest application first.
#[utoipa::path(
    get, path = "/wishes", tag = "Applications", operation_id = "listWishes",
    params(
        ("page" = Option<u32>, Query, description = "Which page, from 0", example = 0),
        ("amount" = Option<u32>, Query, description = "Rows a page, 20 unless said, 100 at most", example = 20),
    ),
    responses((status = 200, body = Vec<Wish>), Asking),
    security(("oauth" = ["admin"]))
)]
pub async fn list(caller: Caller, query: Query) -> Result<Json<Vec<Wish>>, Refusal> {
    let all = caller.read((), |tx, actor, ()| Box::pin(applications::wished_for(tx, actor)));
    Ok(Json(query.page()?.of(all.await?).iter().filter_map(Wish::of).collect()))
}

/// Says no to one of them. Its developer reads why, and may wish again.
#[utoipa::path(
    post, path = "/wishes/{client_id}/decline", tag = "Applications", operation_id = "declineWish",
    params(("client_id" = String, Path, description = "Its client_id in the sandbox")),
    request_body = Reason,
    responses((status = 204, description = "Its developer reads why"), Changing),
    security(("oauth" = ["admin"]))
)]
pub async fn decline(
    caller: Caller,
    At(id): At<String>,
    Words(Reason { reason }): Words<Reason>,
) -> Result<StatusCode, Refusal> {
    let declined = caller.write((named(&id)?, reason), |tx, actor, (id, reason)| {
        Box::pin(applications::decline_wish(tx, actor, *id, reason))
    });
    declined.await?;
    Ok(StatusCode::NO_CONTENT)
}
