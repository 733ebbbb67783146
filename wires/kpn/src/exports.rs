//! A chat of either kind, to take along: as a document, or as data and files.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use door::{Caller, Door};
use flows::ChatRef;
use flows::export::Span;
use identity::protocol::form::encode;
use kernel::{Error, Result, Scope};

use crate::files::{LinkPlace, Token, still_stands};
use crate::refusals::Refusal;
use crate::taken::{instant, parameter};

/// Which part of a chat is asked for, and in which form its ends were written.
#[derive(Clone, Debug)]
pub struct Dates {
    span: Span,
    query: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Dates {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Refusal> {
        Ok(Self::read(parts.uri.query().unwrap_or_default())?)
    }
}

impl Dates {
    fn read(query: &str) -> Result<Self> {
        let date = |name| parameter(query, name).map(|text| instant(name, &text)).transpose();
        let span = Span { from: date("start_date")?, until: date("end_date")? };
        if let (Some(from), Some(until)) = (span.from, span.until)
            && until < from
        {
            return Err(Error::invalid("end_date", "ends_before_it_starts", "not before start_date"));
        }
        let written = [("start_date", span.from), ("end_date", span.until)];
        let pairs =
            written.iter().filter_map(|(name, at)| Some(format!("{name}={}", encode(&(*at)?.to_string()))));
        Ok(Self { span, query: pairs.collect::<Vec<_>>().join("&") })
    }
}

/// Where a document or an archive is. Nothing of the chat is told yet, and nothing printed.
pub(crate) async fn link(
    caller: &Caller,
    chat: ChatRef,
    dates: &Dates,
    place: &LinkPlace,
) -> std::result::Result<Response, Refusal> {
    caller.must_have(Scope::Read)?;
    let chat = flows::export::may_take(&caller.house, &caller.actor, chat).await?;
    place.answer(caller, &place.content_of(&caller.house.settings.public_url, chat, &dates.query))
}

pub(crate) async fn pdf(
    caller: &Caller,
    door: &Door,
    chat: ChatRef,
    dates: &Dates,
    token: Token,
) -> std::result::Result<Response, Refusal> {
    caller.must_have(Scope::Read)?;
    let stands = still_stands(caller, door, token);
    Ok(door::export::pdf(caller, chat, dates.span, None, stands).await?)
}

pub(crate) async fn archive(
    caller: &Caller,
    door: &Door,
    chat: ChatRef,
    dates: &Dates,
    token: Token,
) -> std::result::Result<Response, Refusal> {
    caller.must_have(Scope::Read)?;
    let stands = still_stands(caller, door, token);
    Ok(door::export::archive(caller, chat, dates.span, stands).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_the_same_span_again_in_one_form() {
        let read = Dates::read("start_date=2020-01-02T03%3A04%3A05Z%2B00%3A00&headers=false").expect("dates");
        assert_eq!(read.query, "start_date=2020-01-02T03%3A04%3A05Z");
        assert_eq!(Dates::read(&read.query).expect("dates").span, read.span);
        assert_eq!(Dates::read("").expect("none").query, "");
        for query in [
            "start_date=gisteren",
            "end_date=",
            "start_date=2021-01-01T00:00:00Z&end_date=2020-01-01T00:00:00Z",
        ] {
            assert!(matches!(Dates::read(query), Err(Error::Invalid { .. })), "{query}");
        }
    }
}
