//! Where the links of the waiting list's letters lead. They work without a session and without a script: whoever has a link
//! is whom it was sent to. To look changes nothing, since mail programs and their guards look first; a form does.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::Response;
use door::pages::Page;
use door::pages::forms::FIELD;
use flows::asap::answering::{self, Asked, Shown, Standing};
use flows::asap::{is_downtime, moment};
use kernel::Error;

use crate::assets::STYLE_PATH;
use crate::by_link::Reader;
use crate::forms::OurForm;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::{View, see_other};
use crate::words::{self, Earlier, fill};

#[derive(Template)]
#[template(path = "earlier.html")]
struct Body<'a> {
    words: &'static Earlier,
    title: &'static str,
    lead: String,
    /// What the appointment is now, and what it could be.
    times: Vec<(&'static str, String)>,
    /// Where the form goes; none where there is nothing to choose.
    action: Option<&'a str>,
    /// What its buttons send, and say.
    buttons: Vec<(&'static str, &'static str)>,
    field: &'static str,
    token: &'a str,
}

/// `GET`: what can be chosen, or what came of it.
pub async fn show(State(web): State<Web>, reader: Reader) -> Result<Response, Refusal> {
    match answering::look(&web.door.house, &reader.token, reader.origin).await {
        Ok(shown) => page(&web, &reader, &shown),
        Err(Error::Gone { .. }) => Ok(over(&web, &reader)),
        Err(error) => Err(reader.counted(&web, error)),
    }
}

fn page(web: &Web, reader: &Reader, shown: &Shown) -> Result<Response, Refusal> {
    let view = reader.view(web, Some(shown.language));
    let words = words::earlier(view.language);
    let at = |ms| moment(view.language, &shown.time_zone, ms);
    let (title, lead) = match shown.standing {
        Standing::Open => words.choice,
        Standing::OpenToConfirm => words.choice_to_confirm,
        Standing::Accepted => words.accepted,
        Standing::Requested => words.requested,
        Standing::Declined => words.declined,
        Standing::Taken => words.taken,
        Standing::Over => words.over,
        Standing::OnPaper => words.on_paper,
        Standing::Moved => words.moved,
        Standing::Cancelled => words.cancelled,
    };
    let path = reader.parts.uri.path();
    // To keep what they have changes nothing, and so is done while the practice works on paper, too.
    let buttons = match shown.standing {
        Standing::Open | Standing::OpenToConfirm => vec![(ACCEPT, words.accept), (KEEP, words.keep)],
        Standing::OnPaper => vec![(KEEP, words.keep)],
        _ => Vec::new(),
    };
    let is_open = !buttons.is_empty();
    let earlier = if shown.standing == Standing::OnPaper { words.earlier_time } else { words.earlier };
    let name = if shown.is_pending { words.asked_for } else { words.now };
    let now = shown.now_ms.map(|now_ms| (name, now_ms));
    let earlier = is_open.then_some((earlier, shown.new_ms));
    let times = now.into_iter().chain(earlier).map(|(name, ms)| Ok((name, at(ms)?)));
    let times = times.collect::<kernel::Result<_>>()?;
    let body = Body {
        words,
        title,
        lead: fill(lead, &[&shown.institution]),
        times,
        action: is_open.then_some(path),
        buttons,
        field: FIELD,
        token: view.token.value(),
    };
    Ok(view.finish(web, Page::new(view.language, title, &view.here).show(&body)))
}

const ACCEPT: &str = "accept";
const KEEP: &str = "keep";
/// In seconds: when it is worth while to look whether the practice works on paper still.
const TEN_MINUTES: HeaderValue = HeaderValue::from_static("600");

/// The link has ended. It says nothing of the appointment any more.
fn over(web: &Web, reader: &Reader) -> Response {
    let view = reader.view(web, None);
    let words = words::earlier(view.language);
    let (title, lead) = words.ended;
    said(web, &view, StatusCode::GONE, title, lead.to_owned())
}

/// A page with nothing to choose.
fn said(web: &Web, view: &View, status: StatusCode, title: &'static str, lead: String) -> Response {
    let words = words::earlier(view.language);
    let (times, buttons) = (Vec::new(), Vec::new());
    let body = Body { words, title, lead, times, action: None, buttons, field: FIELD, token: "" };
    view.finish(web, Page { status, ..Page::new(view.language, title, &view.here) }.show(&body))
}

/// `POST`: what they chose.
pub async fn answer(
    State(web): State<Web>,
    reader: Reader,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let (house, token) = (&web.door.house, &reader.token);
    let answered = match form.first("answer") {
        Some(ACCEPT) => answering::accept(house, token, reader.origin).await,
        Some(KEEP) => answering::keep(house, token, reader.origin).await,
        _ => return Err(Error::invalid("answer", "nothing_chosen", "accept or keep").into()),
    };
    match answered {
        // What came of it is seen there.
        Ok(()) | Err(Error::Gone { .. }) => Ok(see_other(reader.parts.uri.path())),
        Err(error) if is_downtime(&error) => on_paper(web, reader).await,
        Err(error) => Err(reader.counted(&web, error)),
    }
}

/// The practice went to paper since the page was opened, which then says so. A program reads when to try again.
async fn on_paper(web: Web, reader: Reader) -> Result<Response, Refusal> {
    let mut response = show(State(web), reader).await?;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        response.headers_mut().insert(RETRY_AFTER, TEN_MINUTES);
    }
    Ok(response)
}

/// What a page asks that has one button.
struct Question {
    ask: (&'static str, &'static str),
    done: (&'static str, &'static str),
    button: &'static str,
}

fn ask(web: &Web, reader: &Reader, asked: &Asked, question: impl FnOnce(&Earlier) -> Question) -> Response {
    let view = reader.view(web, Some(asked.language));
    let words = words::earlier(view.language);
    let Question { ask, done, button } = question(words);
    let (title, lead) = if asked.is_done { done } else { ask };
    let body = Body {
        words,
        title,
        lead: fill(lead, &[&asked.institution]),
        times: Vec::new(),
        action: (!asked.is_done).then(|| reader.parts.uri.path()),
        buttons: vec![("yes", button)],
        field: FIELD,
        token: view.token.value(),
    };
    view.finish(web, Page::new(view.language, title, &view.here).show(&body))
}

/// `GET`: whether they want no more of these letters.
pub async fn ask_to_stop(State(web): State<Web>, reader: Reader) -> Result<Response, Refusal> {
    match answering::look_at_leaving(&web.door.house, &reader.token).await {
        Ok(asked) => Ok(ask(&web, &reader, &asked, |words| Question {
            ask: words.stop,
            done: words.stopped,
            button: words.stop_now,
        })),
        Err(Error::Gone { .. }) => Ok(over(&web, &reader)),
        Err(error) => Err(reader.counted(&web, error)),
    }
}

/// `POST`: they want no more. Mail programs send it by one click, with a body that says so and no page of ours before (RFC
/// 8058), so that whoever has the link may.
pub async fn stop(State(web): State<Web>, reader: Reader) -> Result<Response, Refusal> {
    let house = &web.door.house;
    match answering::leave(house, &reader.token, reader.origin).await {
        Ok(()) => ask_to_stop(State(web), reader).await,
        Err(Error::Gone { .. }) => Ok(over(&web, &reader)),
        Err(error) => Err(reader.counted(&web, error)),
    }
}

/// `GET`: whether an address is theirs.
pub async fn ask_to_confirm(State(web): State<Web>, reader: Reader) -> Result<Response, Refusal> {
    match answering::look_at_confirming(&web.door.house, &reader.token).await {
        Ok(asked) => Ok(ask(&web, &reader, &asked, |words| Question {
            ask: words.confirm,
            done: words.confirmed,
            button: words.confirm_now,
        })),
        Err(Error::Gone { .. }) => Ok(over(&web, &reader)),
        Err(error) => Err(reader.counted(&web, error)),
    }
}

/// `POST`: it is.
pub async fn confirm(State(web): State<Web>, reader: Reader, _: OurForm) -> Result<Response, Refusal> {
    match answering::confirm(&web.door.house, &reader.token, reader.origin).await {
        Ok(()) => Ok(see_other(reader.parts.uri.path())),
        Err(Error::Gone { .. }) => Ok(over(&web, &reader)),
        Err(error) => Err(reader.counted(&web, error)),
    }
}
