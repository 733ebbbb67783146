//! The pages and live updates of our own web client.
//!
//! Always true:
//! - Every page but that of the APIs works without JavaScript; a script of ours keeps what is shown as it is by now,
//!   sends likes and answers without a reload, copies a link, and keeps what cannot be sent where it was filled in.
//! - A page is shown to a session and acts as its person; whoever has none is led to sign in and back again, but from the
//!   front page, the APIs, the inbox of a demo, and where letters about earlier appointments lead.
//! - What changes something is a form of ours, bound to the browser that it was shown in.

mod about;
mod adding;
mod assets;
mod by_link;
mod chats;
mod csv;
mod deleting;
mod did;
mod docs;
mod earlier;
mod ending;
mod extras;
mod files;
mod forms;
mod front;
mod groups;
mod guests;
mod guide;
mod held;
mod inbox;
mod inviting;
mod letters;
mod likers;
mod lines;
mod listening;
mod lists;
mod live;
mod looking;
mod managing;
mod once;
mod people;
mod picker;
mod pictures;
mod place;
mod portrait;
mod post;
mod proving;
mod questions;
mod reacting;
mod refusals;
mod removing;
mod saving;
mod standing;
mod state;
mod talk;
mod teams;
#[cfg(test)]
mod tests;
mod times;
mod unsent;
mod verifying;
mod video;
mod visitor;
mod watching;
mod words;
mod yaml;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use door::Door;

pub use guide::{ApiDoc, ApiDocs, DemoGuide, DemoPerson};
pub use refusals::Refusal;

use state::Web;

/// The pages. `guide` is what a demo tells its visitors, `docs` are the APIs that `/api-docs` shows.
pub fn router(door: &Door, guide: Option<DemoGuide>, docs: ApiDocs) -> Router {
    let web = Web::new(door, guide, docs);
    let pages = Router::new()
        .route("/", get(front::show))
        .route(&format!("{}{{secret}}", flows::video::PATH), get(video::show).post(video::join))
        .route("/sandbox/inbox", get(letters::show).post(letters::find))
        .merge(conversations())
        .merge(rooms())
        .merge(people())
        .merge(waiting_list())
        .merge(docs::pages())
        .layer(from_fn_with_state(web.clone(), refusals::admit));
    pages
        .merge(docs::files())
        .merge(assets::routes())
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(web.clone(), refusals::dress))
        .fallback(refusals::nothing_here)
        .with_state(web)
}

/// Whose a group is, who may come into it, and its picture.
fn rooms() -> Router<Web> {
    Router::new()
        .route("/chats/{chat}/guests", post(guests::give))
        .route("/chats/{chat}/end-guests", post(guests::end))
        .route("/chats/{chat}/admins", post(managing::name_admin))
        .route("/chats/{chat}/owner", get(managing::ask).post(managing::hand_over))
        .route("/chats/{chat}/openness", post(managing::change_openness))
        .route("/chats/{chat}/change-picture", get(portrait::form).post(portrait::change))
        .route("/chats/{chat}/remove-picture", post(portrait::remove))
}

/// Where the letters of the waiting list lead.
fn waiting_list() -> Router<Web> {
    Router::new()
        .route("/earlier/{token}", get(earlier::show).post(earlier::answer))
        .route("/earlier/stop/{token}", get(earlier::ask_to_stop).post(earlier::stop))
        .route("/earlier/confirm/{token}", get(earlier::ask_to_confirm).post(earlier::confirm))
}

/// Asking people in.
fn people() -> Router<Web> {
    Router::new()
        .route("/people/invite", get(inviting::form).post(inviting::invite))
        .route("/people/import", get(lists::form).post(lists::take))
        .route("/people/import/{import}", get(lists::report))
}

/// Each chat stands at the other person or at its own id, and does the same at both; a group can do more.
fn conversations() -> Router<Web> {
    let pages = Router::new()
        .route("/chats", get(chats::list))
        .route("/chats/live", get(inbox::watch))
        .route("/chats/standing", get(standing::tell))
        .route("/search", get(looking::form).post(looking::find))
        .route("/chats/new", get(people::list).post(people::find))
        .route("/chats/new-group", get(groups::form).post(groups::begin))
        .route("/chats/of-team/{team}", get(teams::list))
        .route("/chats/{chat}/about", get(about::show))
        .route("/chats/{chat}/subject", post(about::rename))
        .route("/chats/{chat}/team", post(about::assign))
        .route("/chats/{chat}/times", post(times::change))
        .route("/chats/{chat}/delete", get(removing::ask).post(removing::remove))
        .route("/chats/{chat}/remove", post(about::remove))
        .route("/chats/{chat}/add", get(adding::form).post(adding::add))
        .route("/chats/{chat}/join", post(teams::join))
        .route("/chats/{chat}/leave", post(ending::leave));
    let pages = ["/verify/with/{person}/{message}", "/verify/{chat}/{message}"]
        .into_iter()
        .fold(pages, |pages, place| pages.route(place, get(verifying::ask).post(verifying::settle)));
    ["/chats/with/{person}", "/chats/{chat}"].into_iter().fold(pages, |pages, place| {
        pages
            .route(place, get(talk::show).post(post::post))
            .route(&format!("{place}/live"), get(watching::watch))
            .route(&format!("{place}/picture"), get(pictures::show))
            .route(&format!("{place}/files/{{file}}"), get(files::download))
            .route(&format!("{place}/messages/{{message}}/delete"), get(deleting::ask).post(deleting::delete))
            .route(&format!("{place}/messages/{{message}}/answer"), post(reacting::answer))
            .route(&format!("{place}/messages/{{message}}/like"), post(reacting::like))
            .route(&format!("{place}/messages/{{message}}/likes"), get(likers::show))
            .route(&format!("{place}/ask"), get(questions::form).post(questions::ask))
            .route(&format!("{place}/prove"), get(proving::form).post(proving::ask))
            .route(&format!("{place}/pdf"), get(saving::pdf))
            .route(&format!("{place}/export"), get(saving::archive))
            .route(&format!("{place}/close"), post(ending::close))
            .route(&format!("{place}/open"), post(ending::reopen))
    })
}
