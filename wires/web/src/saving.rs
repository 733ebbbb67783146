//! A conversation to keep: as a document, or as data and files. Always a download, never a page of ours.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use door::Caller;
use door::download::Stands;
use flows::export::Span;
use kernel::{Error, Result};

use crate::files::must_stand;
use crate::place::Place;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;

/// The whole conversation as a PDF, in the language of the page.
pub async fn pdf(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let stands = while_signed_in(&web, &visitor.caller, &headers)?;
    let language = Some(visitor.view.language);
    Ok(door::export::pdf(&visitor.caller, place.chat, Span::default(), language, stands).await?)
}

/// The whole conversation as an archive.
pub async fn archive(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let stands = while_signed_in(&web, &visitor.caller, &headers)?;
    Ok(door::export::archive(&visitor.caller, place.chat, Span::default(), stands).await?)
}

fn while_signed_in(web: &Web, caller: &Caller, headers: &HeaderMap) -> Result<impl Stands + use<>> {
    let session = web.cookies.session_hash(headers).ok_or(Error::Unauthenticated)?;
    let asker = caller.clone();
    Ok(move || must_stand(asker.clone(), session))
}
