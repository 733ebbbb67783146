//! A conversation to keep, whole or some days of it: as a document, or as data and files. Always a download, never a page
//! of ours, and never by a link of another site: it leaves a line, and takes one of few places.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use door::Caller;
use door::download::Stands;
use flows::export::Span;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kernel::{Error, Result};

use crate::files::must_stand;
use crate::forms::must_come_from_here;
use crate::place::{Place, Query};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;

/// The conversation as a PDF, in the language of the page.
pub async fn pdf(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    must_come_from_here(&web, &headers)?;
    let span = span(&query, &visitor.zone)?;
    let stands = while_signed_in(&web, &visitor.caller, &headers)?;
    let language = Some(visitor.view.language);
    Ok(door::export::pdf(&visitor.caller, place.chat, span, language, stands).await?)
}

/// The conversation as an archive.
pub async fn archive(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    must_come_from_here(&web, &headers)?;
    let span = span(&query, &visitor.zone)?;
    let stands = while_signed_in(&web, &visitor.caller, &headers)?;
    Ok(door::export::archive(&visitor.caller, place.chat, span, stands).await?)
}

/// From the beginning of the first day to the end of the last, at the clocks of the organisation; a day that is left
/// empty is none.
fn span(query: &Query, zone: &TimeZone) -> Result<Span> {
    let unfit = || Error::invalid("from", "days_unfit", "Days are written like 2026-01-31.");
    let day = |name| {
        let text = query.0.first(name).map(str::trim).filter(|text| !text.is_empty());
        text.map(|text| text.parse::<Date>().map_err(|_| unfit())).transpose()
    };
    let begins = |date: Date| -> Result<Timestamp> {
        Ok(date.to_zoned(zone.clone()).map_err(|_| unfit())?.timestamp())
    };
    let (from, until) = (day("from")?, day("until")?);
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        return Err(Error::invalid("from", "days_reversed", "The first day is after the last."));
    }
    let last = |date: Date| -> Result<Timestamp> {
        let next = begins(date.tomorrow().map_err(|_| unfit())?)?;
        next.checked_sub(SignedDuration::from_millis(1)).map_err(|_| unfit())
    };
    Ok(Span { from: from.map(begins).transpose()?, until: until.map(last).transpose()? })
}

fn while_signed_in(web: &Web, caller: &Caller, headers: &HeaderMap) -> Result<impl Stands + use<>> {
    let session = web.cookies.session_hash(headers).ok_or(Error::Unauthenticated)?;
    let asker = caller.clone();
    Ok(move || must_stand(asker.clone(), session))
}

#[cfg(test)]
mod tests {
    use identity::protocol::form::Form;

    use super::*;

    fn asked(query: &str) -> Result<(Option<String>, Option<String>)> {
        let zone = TimeZone::get("Europe/Amsterdam").expect("a zone");
        let span = span(&Query(Form::parse(query).expect("a query")), &zone)?;
        Ok((span.from.map(|at| at.to_string()), span.until.map(|at| at.to_string())))
    }

    #[test]
    fn a_day_lasts_from_midnight_to_midnight_where_the_organisation_is() {
        let both = asked("from=2026-03-29&until=2026-03-29").expect("the day on which summer time begins");
        let (from, until) = ("2026-03-28T23:00:00Z".to_owned(), "2026-03-29T21:59:59.999Z".to_owned());
        assert_eq!(both, (Some(from), Some(until)));
        assert_eq!(asked("from=&until=").expect("everything"), (None, None));
        assert_eq!(asked("").expect("everything"), (None, None));
        for unfit in
            ["from=yesterday", "until=2026-02-30", "from=2026-02-02&until=2026-02-01", "until=9999-12-31"]
        {
            assert!(matches!(asked(unfit), Err(Error::Invalid { .. })), "{unfit}");
        }
    }
}
