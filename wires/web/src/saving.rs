//! A conversation to keep: as a document, or as data and files. Always a download, never a page of ours.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use door::Caller;
use door::download::Stands;
use flows::export::Span;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Error, Result};

use crate::files::must_stand;
use crate::place::{Place, Query};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;

/// The conversation, or the days of it that were chosen, as a PDF in the language of the page.
pub async fn pdf(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let stands = while_signed_in(&web, &visitor.caller, &headers)?;
    let (span, language) = (span(&visitor, &query)?, Some(visitor.view.language));
    Ok(door::export::pdf(&visitor.caller, place.chat, span, language, stands).await?)
}

/// The same as an archive.
pub async fn archive(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let stands = while_signed_in(&web, &visitor.caller, &headers)?;
    Ok(door::export::archive(&visitor.caller, place.chat, span(&visitor, &query)?, stands).await?)
}

/// The days from one to another, both whole, where the clocks of the organisation are; a day that is left out is open.
fn span(visitor: &Visitor, query: &Query) -> Result<Span> {
    let day = |name: &'static str, instant: fn(Date, &TimeZone) -> Option<Timestamp>| {
        let text = query.0.first(name).filter(|text| !text.is_empty());
        let read = |text: &str| instant(text.parse().ok()?, &visitor.zone);
        let unfit = || Error::invalid(name, "date_unfit", "A date is written 2026-12-31.");
        text.map(|text| read(text).ok_or_else(unfit)).transpose()
    };
    Ok(Span { from: day("from", beginning)?, until: day("until", end)? })
}

fn beginning(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(date.to_zoned(zone.clone()).ok()?.timestamp())
}

/// Its last millisecond.
fn end(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    let next = beginning(date.tomorrow().ok()?, zone)?;
    Timestamp::from_millisecond(next.as_millisecond() - 1).ok()
}

fn while_signed_in(web: &Web, caller: &Caller, headers: &HeaderMap) -> Result<impl Stands + use<>> {
    let session = web.cookies.session_hash(headers).ok_or(Error::Unauthenticated)?;
    let asker = caller.clone();
    Ok(move || must_stand(asker.clone(), session))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_whole_where_the_clocks_of_the_organisation_are() {
        let zone = TimeZone::get("Europe/Amsterdam").expect("a zone");
        let span = |text: &str| {
            let date: Date = text.parse().expect("a date");
            [beginning(date, &zone), end(date, &zone)].map(|at| at.expect("an instant").to_string())
        };
        assert_eq!(span("2026-01-31"), ["2026-01-30T23:00:00Z", "2026-01-31T22:59:59.999Z"]);
        // The clocks go on that night.
        assert_eq!(span("2026-03-29"), ["2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999Z"]);
        assert_eq!(end(Date::MAX, &zone), None, "the last day that there is has no next");
    }
}
