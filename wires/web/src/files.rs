//! Files out of a conversation: always a download, never a page of ours.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use door::Caller;
use kernel::{Actor, Error, Kind, Result};
use messaging::{FileRow, Right};
use store::Tx;

use crate::place::Place;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;

/// A file's bytes, for as long as the session stands.
pub async fn download(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let caller = visitor.caller;
    let session = web.cookies.session_hash(&headers).ok_or(Error::Unauthenticated)?;
    let row = caller.read(place, |tx, actor, place| Box::pin(find(tx, actor, *place))).await?;
    let asker = caller.clone();
    let stands = move || must_stand(asker.clone(), session);
    Ok(door::download::answer(&caller, &row, stands).await?)
}

async fn find(tx: &Tx, actor: &Actor, place: Place) -> Result<FileRow> {
    let id = place.file.ok_or(Error::not_found(Kind::File))?;
    let open = flows::chats::open(tx, actor, place.chat, Right::Read).await?;
    messaging::file(tx, &open, id).await
}

/// Passes while the session is still this caller's.
pub async fn must_stand(caller: Caller, session: [u8; 32]) -> Result<()> {
    let db = &caller.house.db;
    let who = db.read(session, |tx, hash| Box::pin(identity::recognise_session(tx, hash))).await?;
    who.filter(|who| who.person == caller.actor.person).map(drop).ok_or(Error::Unauthenticated)
}
