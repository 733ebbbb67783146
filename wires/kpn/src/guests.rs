//! The link by which guests come to a group chat.

use axum::Json;
use door::Caller;
use flows::ChatRef;
use kernel::Scope;

use crate::avatars::Avatars;
use crate::guest_words::{GuestAccess, NewGuestAccess};
use crate::refusals::Refusal;
use crate::words::Done;

pub(crate) async fn give(
    caller: &Caller,
    chat: ChatRef,
    new: &NewGuestAccess,
) -> Result<Json<GuestAccess>, Refusal> {
    caller.must_have(Scope::Write)?;
    let ends_ms = new.ends_ms(caller.house.clock.now_ms())?;
    let access = flows::guests::give(&caller.house, &caller.actor, chat, ends_ms).await?;
    Ok(Json(Avatars::of(caller).guest_access(&access)))
}

pub(crate) async fn take_away(caller: &Caller, chat: ChatRef) -> Result<Json<Done>, Refusal> {
    caller.must_have(Scope::Write)?;
    caller.write(chat, |tx, actor, chat| Box::pin(flows::guests::take_away(tx, actor, *chat))).await?;
    Ok(Json(Done {}))
}
