//! Files out of a conversation: always a download, never a page of ours.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use door::Caller;
use futures_util::{Stream, StreamExt, stream};
use identity::protocol::form::encode;
use kernel::{Actor, Error, Kind, Result};
use messaging::{FileRow, Right};
use store::Tx;

use crate::place::Place;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;

/// How long a download goes on before the session is looked at again.
const LOOK_EVERY_MS: i64 = 1_000;

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
    let house = &caller.house;
    let ring = house.vault.ring_of(&house.db, caller.actor.organisation).await?;
    let bytes = messaging::files::send(&house.blobs, &ring, &row).await?;
    let mut response = Response::new(Body::from_stream(while_it_stands(caller.clone(), session, bytes)));
    describe(response.headers_mut(), &row)?;
    Ok(response)
}

async fn find(tx: &Tx, actor: &Actor, place: Place) -> Result<FileRow> {
    let id = place.file.ok_or(Error::not_found(Kind::File))?;
    let open = flows::chats::open(tx, actor, place.chat, Right::Read).await?;
    messaging::file(tx, &open, id).await
}

/// The name goes as RFC 8187 writes it, below RFC 6266.
fn describe(headers: &mut HeaderMap, row: &FileRow) -> Result<()> {
    let name = format!("attachment; filename*=UTF-8''{}", encode(&row.name));
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(&row.mime).map_err(Error::bug)?);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(row.size));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::bug)?);
    for (header, value) in [
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "private, no-store"),
        (REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(header, HeaderValue::from_static(value));
    }
    Ok(())
}

/// Breaks a download off within a second after the session has ended.
fn while_it_stands(
    caller: Caller,
    session: [u8; 32],
    bytes: impl Stream<Item = Result<Bytes>> + Send + 'static,
) -> impl Stream<Item = std::result::Result<Bytes, std::io::Error>> + Send {
    let asked_ms = caller.house.clock.now_ms();
    let state = (caller, Box::pin(bytes), asked_ms);
    stream::try_unfold(state, move |(caller, mut bytes, mut asked_ms)| async move {
        let now_ms = caller.house.clock.now_ms();
        if now_ms - asked_ms >= LOOK_EVERY_MS {
            asked_ms = now_ms;
            must_stand(&caller, session).await.map_err(cut)?;
        }
        match bytes.next().await {
            Some(chunk) => Ok(Some((chunk.map_err(cut)?, (caller, bytes, asked_ms)))),
            None => Ok(None),
        }
    })
}

async fn must_stand(caller: &Caller, session: [u8; 32]) -> Result<()> {
    let db = &caller.house.db;
    let who = db.read(session, |tx, hash| Box::pin(identity::recognise_session(tx, hash))).await?;
    who.filter(|who| who.person == caller.actor.person).map(drop).ok_or(Error::Unauthenticated)
}

fn cut(error: Error) -> std::io::Error {
    tracing::warn!(?error, "a download was cut off");
    std::io::Error::other("cut off")
}
