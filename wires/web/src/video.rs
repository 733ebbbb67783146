//! Where the link of a video visit leads. To look at it changes nothing: mail programs and their guards look, too.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use door::pages::{Page, Spoken};
use flows::video;

use crate::refusals::Refusal;
use crate::state::Web;
use crate::words::{self, Video};

#[derive(Template)]
#[template(path = "video.html")]
struct Body {
    words: &'static Video,
    institution: String,
    day: String,
    from: String,
    until: String,
    opens: String,
    closes: String,
    /// Whether it can be joined now.
    is_open: bool,
}

/// `GET`: that the visit is known, and when it can be joined.
pub async fn show(
    State(web): State<Web>,
    Path(secret): Path<String>,
    parts: Parts,
) -> Result<Response, Refusal> {
    let found = web.door.house.read(secret, |tx, secret| Box::pin(video::visit(tx, secret)));
    let (appointment, institution, window) = found.await?;
    let (view, clock) = (web.view(&parts), &web.door.house.clock);
    let zone = booking::calendar::zone(&appointment.time_zone)?;
    let (spoken, words) = (Spoken::new(view.language, &zone, clock), words::video(view.language));
    let body = Body {
        words,
        institution: institution.name,
        day: spoken.day(spoken.date(appointment.start_ms)),
        from: spoken.time(appointment.start_ms),
        until: spoken.time(appointment.end_ms),
        opens: spoken.time(window.from_ms),
        closes: spoken.time(window.until_ms),
        is_open: window.from_ms <= clock.now_ms(),
    };
    let page = Page::new(view.language, words.title, &view.here).show(&body).into_response();
    Ok(view.finish(&web, page))
}
