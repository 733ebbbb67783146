//! Who looks at a page: a session becomes a person who acts in their organisation.

use askama::Template;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{HeaderValue, LOCATION};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use door::pages::{Corner, FormToken, Language, Page, Reader, language, menu, paths};
use door::{Caller, Work};
use flows::reading::unread_chats;
use identity::guests::{self, Visit};
use identity::protocol::form::Form;
use identity::{Person, Recognised, organisations};
use jiff::tz::TimeZone;
use kernel::{Actor, Error, Origin, Result, Scope, SessionId};
use store::Tx;

use crate::assets::{KEEPING_SCRIPT_PATH, allow_script};
use crate::place::stood_at;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::words::{self, GUEST_AWAY, GUEST_ENDED, Keeping};

/// Somebody who has signed in, and how to speak to them.
pub struct Visitor {
    /// Them as an actor, in the house.
    pub caller: Caller,
    /// Them as a person.
    pub me: Person,
    /// Where the clocks of their organisation are.
    pub zone: TimeZone,
    /// In how many of their conversations something is new; counted only for what shows it.
    pub unread: u32,
    /// Whether they came by a link, as a guest of one group: they write to nobody else.
    pub is_guest: bool,
    /// By which session they came.
    pub session: Option<SessionId>,
    /// How to speak to them, and about which page.
    pub view: View,
}

/// What is looked up of somebody who comes.
struct Known {
    who: Recognised,
    actor: Actor,
    me: Person,
    zone: TimeZone,
    unread: u32,
    is_guest: bool,
}

/// A page's body, with what keeps what its reader fills in from being lost.
#[derive(Template)]
#[template(path = "kept.html")]
struct Kept<'a, B: Template> {
    body: &'a B,
    words: &'static Keeping,
    me: String,
    /// Where the page is shown again.
    here: &'a str,
    is_shown_again: bool,
    is_guest: bool,
}

/// How to speak to whoever asks for a page, signed in or not.
pub struct View {
    /// What the page is spoken in.
    pub language: Language,
    /// What makes a form on it one of ours.
    pub token: FormToken,
    /// Its path and query, without the choice of a language; of what a form is answered with, the page that it stood on.
    pub here: String,
    /// Whether this answers a form, which then stands there as it was filled in.
    is_shown_again: bool,
    /// Whether the language was chosen just now.
    is_choice: bool,
}

impl Web {
    /// How to speak to who sent this request.
    pub fn view(&self, parts: &Parts) -> View {
        let query = Form::parse(parts.uri.query().unwrap_or_default()).unwrap_or_default();
        let house = &self.door.house;
        let (path, is_shown_again) = (parts.uri.path(), !parts.method.is_safe());
        View {
            language: language(&parts.headers, self.cookies, &query, None),
            token: FormToken::of(&parts.headers, self.cookies, &house.vault, &house.rng),
            here: if is_shown_again { stood_at(path) } else { here(path, &query.without("lang")) },
            is_shown_again,
            is_choice: query.first("lang").is_some(),
        }
    }

    /// Who sent this request; `None` without a session that stands.
    pub async fn visitor(&self, parts: &Parts) -> Result<Option<Visitor>> {
        let Some(hash) = self.cookies.session_hash(&parts.headers) else { return Ok(None) };
        let (house, origin) = (&self.door.house, self.door.origin(parts));
        let input = (hash, origin, is_page(&parts.uri));
        let found =
            house.read(input, |tx, (hash, origin, is_page)| Box::pin(look_up(tx, hash, *origin, *is_page)));
        let Some(Known { who, actor, me, zone, unread, is_guest }) = found.await? else { return Ok(None) };
        house.vault.ring_of(&house.db, actor.organisation).await?;
        if !is_background(&parts.uri) {
            self.note_use(&who).await?;
        }
        let (caller, session) = (Caller::new(house.clone(), actor), who.session);
        Ok(Some(Visitor { caller, me, zone, unread, is_guest, session, view: self.view(parts) }))
    }

    /// Says to who was a guest that their visit is over; everybody else signs in.
    async fn turn_away(&self, parts: &Parts) -> Response {
        match self.visit_of(parts).await {
            Ok(None) => to_login(parts),
            Ok(Some(visit)) => Refusal(guest_left(visit)).into_response(),
            Err(error) => Refusal(error).into_response(),
        }
    }

    /// What became of the visit of who was a guest in this browser; `None` for everybody else.
    pub async fn visit_of(&self, parts: &Parts) -> Result<Option<Visit>> {
        let Some(hash) = self.cookies.session_hash(&parts.headers) else { return Ok(None) };
        self.door.house.read(hash, |tx, hash| Box::pin(guests::visit_of(tx, hash))).await
    }

    /// Keeps a session from ending while it is used by a person, and not only by a page left open.
    async fn note_use(&self, who: &Recognised) -> Result<()> {
        let house = &self.door.house;
        let now = house.clock.now_ms();
        let Some(session) = who.session.filter(|_| who.is_due_for_touch(now)) else { return Ok(()) };
        house.db.run_alone(identity::sessions::touch(session, now)).await.map(drop)
    }
}

/// Only what is a page says how much is new.
async fn look_up(tx: &Tx, hash: &[u8; 32], origin: Origin, is_page: bool) -> Result<Option<Known>> {
    let Some(who) = identity::recognise_session(tx, hash).await? else { return Ok(None) };
    let actor = who.actor(origin);
    let Some(me) = identity::find_person(tx, &actor, actor.person).await? else { return Ok(None) };
    let organisation = organisations::find(tx, actor.organisation).await?;
    let zone = organisation.and_then(|here| TimeZone::get(&here.time_zone).ok()).unwrap_or(TimeZone::UTC);
    let unread = if is_page { unread_chats(tx, &actor).await? } else { 0 };
    let is_guest = guests::is_guest(tx, &actor).await?;
    Ok(Some(Known { who, actor, me, zone, unread, is_guest }))
}

fn here(path: &str, query: &Form) -> String {
    let query = query.encode();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Neither a part of a page nor a file or picture.
fn is_page(uri: &Uri) -> bool {
    let is_file = ["/pdf", "/export", "/picture"].iter().any(|end| uri.path().ends_with(end));
    !is_background(uri) && !is_file && !uri.path().contains("/files/")
}

/// A script of ours asks, and not the person.
fn is_background(uri: &Uri) -> bool {
    uri.path().ends_with("/live")
        || uri.path().ends_with("/standing")
        || uri.query().is_some_and(|query| query.contains("fragment=1"))
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> std::result::Result<Self, Response> {
        match web.visitor(parts).await {
            Ok(Some(visitor)) => Ok(visitor),
            Ok(None) if is_background(&parts.uri) => Err(StatusCode::UNAUTHORIZED.into_response()),
            Ok(None) => Err(web.turn_away(parts).await),
            Err(error) => Err(Refusal(error).into_response()),
        }
    }
}

/// What is said to who was a guest.
pub fn guest_left(visit: Visit) -> Error {
    let code = match visit {
        Visit::Ended => GUEST_ENDED,
        Visit::Away => GUEST_AWAY,
    };
    Error::not_allowed(code, "This browser was that of a guest.")
}

impl OptionalFromRequestParts<Web> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> std::result::Result<Option<Self>, Response> {
        web.visitor(parts).await.map_err(|error| Refusal(error).into_response())
    }
}

/// Leads to the sign-in page, and from there back to the page that was asked for, or to the one on which the form stood
/// with which nothing was done.
fn to_login(parts: &Parts) -> Response {
    if parts.method != Method::GET {
        return unsent(&stood_at(parts.uri.path()));
    }
    let asked = parts.uri.path_and_query().map_or(paths::CHATS, |asked| asked.as_str());
    see_other(&paths::sign_in(asked))
}

/// Leads to the sign-in page, which says that nothing was sent, and from there on to a page.
pub fn unsent(onward: &str) -> Response {
    see_other(&format!("{}&{}=1", paths::sign_in(onward), paths::UNSENT))
}

/// Goes on to a path of ours by a GET.
pub fn see_other(path: &str) -> Response {
    let place = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, place)]).into_response();
    door::pages::headers::protect(&mut response, &[]);
    response
}

impl Visitor {
    /// A page for them.
    pub fn show(&self, web: &Web, title: &str, corner: Corner, body: &impl Template) -> Response {
        self.show_as(web, StatusCode::OK, title, corner, body)
    }

    /// A page for them that begins with this status.
    pub fn show_as(
        &self,
        web: &Web,
        status: StatusCode,
        title: &str,
        corner: Corner,
        body: &impl Template,
    ) -> Response {
        self.show_at(
            web,
            Page { status, ..Page::new(self.view.language, title, &self.view.here) },
            corner,
            body,
        )
    }

    /// A page in the frame that is theirs: their organisation, the menu, and the way out.
    pub fn show_at(&self, web: &Web, page: Page<'_>, corner: Corner, body: &impl Template) -> Response {
        self.show_counted(web, page, corner, self.unread, body)
    }

    /// The same, when by now something is new in this many of their conversations.
    pub fn show_counted(
        &self,
        web: &Web,
        page: Page<'_>,
        corner: Corner,
        unread: u32,
        body: &impl Template,
    ) -> Response {
        let words = words::keeping(self.view.language);
        let (me, here, is_guest) = (self.me.id.uuid(), page.here, self.is_guest);
        let body = Kept { body, words, me, here, is_shown_again: self.view.is_shown_again, is_guest };
        let administers = self.caller.actor.scopes.has(Scope::Admin);
        let menu = menu(self.view.language, corner, Some(Reader { unread, administers }));
        let brand = &self.me.organisation_name;
        let page = Page { brand, menu: &menu, leave: Some(&self.view.token), ..page };
        let mut response = self.view.finish(web, page.show(&body));
        allow_script(&mut response);
        response
    }

    /// In how many of their conversations something is new by now, after they read in one.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn count_again(&self) -> Result<u32> {
        self.caller.read((), |tx, actor, ()| Box::pin(unread_chats(tx, actor))).await
    }

    /// Counts what they do beyond looking.
    ///
    /// # Errors
    /// [`kernel::Error::LimitReached`] when they or their address did it too often.
    pub fn may(&self, web: &Web, work: Work) -> Result<()> {
        let actor = &self.caller.actor;
        web.door.rates.account(work, actor.person)?;
        web.door.rates.address(work, actor.origin.address)
    }

    /// What the pages about conversations say.
    pub fn words(&self) -> &'static words::Chats {
        words::chats(self.view.language)
    }

    /// What the pages about one chat and its people say.
    pub fn about(&self) -> &'static words::About {
        words::about(self.view.language)
    }
}

impl View {
    /// The same in another language.
    #[must_use]
    pub fn spoken_in(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// Hands the browser what the page rests on.
    pub fn finish(&self, web: &Web, mut response: Response) -> Response {
        self.token.bind(&mut response, web.cookies);
        if self.is_choice {
            web.cookies.set_language(&mut response, self.language);
        }
        response
    }
}
