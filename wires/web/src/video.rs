//! Where the link of a video visit leads. To look at it uses nothing up: mail programs and their guards look, too. A button
//! does, and from then on the link opens in this browser alone: whoever it is forwarded to sees nothing by it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use booking::video::Window;
use booking::{Appointment, Institution};
use door::pages::forms::FIELD;
use door::pages::{Page, Spoken};
use flows::video;
use kernel::Error;
use kernel::id::hex;

use crate::assets::STYLE_PATH;
use crate::by_link::Reader;
use crate::forms::OurForm;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::{View, see_other};
use crate::words::{self, Video, fill};

#[derive(Template)]
#[template(path = "video.html")]
struct Body<'a> {
    words: &'static Video,
    lead: String,
    /// When it is, for who has joined.
    times: Vec<(&'static str, String)>,
    /// Where the form goes that joins; none where there is nothing to choose.
    action: Option<&'a str>,
    has_joined: bool,
    field: &'static str,
    token: &'a str,
}

/// `GET`: that the link can be used, or, in the browser that did, when the visit is.
pub async fn show(State(web): State<Web>, reader: Reader) -> Result<Response, Refusal> {
    let browser = web.cookies.video(&reader.parts.headers).map(vault::token_hash);
    let input = (reader.token.clone(), browser, reader.origin);
    let shown = web.door.house.read(input, |tx, (secret, browser, origin)| {
        Box::pin(video::look(tx, secret, browser.as_ref(), *origin))
    });
    match shown.await {
        Ok(shown) => {
            let view = reader.view(&web, Some(shown.language));
            match &shown.joined {
                None => Ok(ask(&web, &view, &reader, &shown.institution)),
                Some(visit) => Ok(joined(&web, &view, &shown.institution, visit)?),
            }
        }
        Err(Error::Gone { .. }) => Ok(shut(&web, &reader, StatusCode::GONE, |words| words.used)),
        Err(error) => nowhere(&web, &reader, error),
    }
}

/// `POST`: they join, in this browser.
pub async fn join(State(web): State<Web>, reader: Reader, _: OurForm) -> Result<Response, Refusal> {
    let house = &web.door.house;
    let known = web.cookies.video(&reader.parts.headers).map(str::to_owned);
    let secret = known.unwrap_or_else(|| hex(&house.rng.bytes::<32>()));
    match video::join(house, &reader.token, vault::token_hash(&secret), reader.origin).await {
        // What came of it is seen there.
        Ok(()) | Err(Error::Gone { .. }) => {
            let mut response = see_other(reader.parts.uri.path());
            // Its day begins anew, so that nobody loses a visit in its middle.
            web.cookies.set_video(&mut response, &secret);
            Ok(response)
        }
        Err(error) => nowhere(&web, &reader, error),
    }
}

fn ask(web: &Web, view: &View, reader: &Reader, place: &Institution) -> Response {
    let words = words::video(view.language);
    let body = Body {
        lead: fill(words.once, &[&place.name]),
        action: Some(reader.parts.uri.path()),
        token: view.token.value(),
        ..Body::of(words)
    };
    said(web, view, StatusCode::OK, words.title, &body)
}

fn joined(
    web: &Web,
    view: &View,
    place: &Institution,
    (appointment, window): &(Appointment, Window),
) -> kernel::Result<Response> {
    let words = words::video(view.language);
    let zone = booking::calendar::zone(&appointment.time_zone)?;
    let spoken = Spoken::new(view.language, &zone, &web.door.house.clock);
    let stretch = |from_ms, until_ms| format!("{}–{}", spoken.time(from_ms), spoken.time(until_ms));
    let day = spoken.day(spoken.date(appointment.start_ms));
    let times = vec![
        (words.place, place.name.clone()),
        (words.time, format!("{day}, {}", stretch(appointment.start_ms, appointment.end_ms))),
        (words.joining, stretch(window.from_ms, window.until_ms)),
    ];
    let body = Body { lead: words.known.to_owned(), times, has_joined: true, ..Body::of(words) };
    Ok(said(web, view, StatusCode::OK, words.title, &body))
}

/// The link leads nowhere, or nowhere any more, which is said in the same words: whoever tries links learns nothing by them.
fn nowhere(web: &Web, reader: &Reader, error: Error) -> Result<Response, Refusal> {
    match reader.counted(web, error) {
        Refusal(Error::NotFound { .. }) => {
            Ok(shut(web, reader, StatusCode::NOT_FOUND, |words| words.nowhere))
        }
        refusal => Err(refusal),
    }
}

/// A page that says nothing of a visit, but what somebody can do who has one.
fn shut(
    web: &Web,
    reader: &Reader,
    status: StatusCode,
    why: impl FnOnce(&Video) -> &'static str,
) -> Response {
    let view = reader.view(web, None);
    let words = words::video(view.language);
    let body = Body { lead: why(words).to_owned(), ..Body::of(words) };
    said(web, &view, status, words.title, &body)
}

fn said(web: &Web, view: &View, status: StatusCode, title: &str, body: &Body<'_>) -> Response {
    view.finish(web, Page { status, ..Page::new(view.language, title, &view.here) }.show(body))
}

impl Body<'_> {
    const fn of(words: &'static Video) -> Self {
        Self {
            words,
            lead: String::new(),
            times: Vec::new(),
            action: None,
            has_joined: false,
            field: FIELD,
            token: "",
        }
    }
}
