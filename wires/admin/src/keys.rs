//! The keys that sign ID tokens.

use axum::Json;
use door::Caller;
use door::problem::{Asking, Refusal};
use identity::signing_keys;

use crate::words::SigningKey;

/// The keys that sign ID tokens, the oldest first. They are the installation's, and every organisation's alike: only the
/// operator of the server replaces them (`bedside key rotate-signing`).
#[utoipa::path(
    get, path = "/keys", tag = "Keys", operation_id = "listSigningKeys",
    responses((status = 200, body = Vec<SigningKey>), Asking),
    security(("oauth" = ["admin"]))
)]
pub async fn list(caller: Caller) -> Result<Json<Vec<SigningKey>>, Refusal> {
    let keys = caller.read((), |tx, actor, ()| Box::pin(signing_keys::list_for(tx, actor))).await?;
    let now = caller.house.clock.now_ms();
    Ok(Json(keys.iter().map(|key| SigningKey::of(key, now)).collect()))
}
