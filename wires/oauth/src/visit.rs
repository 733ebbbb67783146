//! A browser that comes to one of our pages, and the forms that it brings.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, LOCATION, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use door::pages::{Cookies, FormToken, Hearing, Language, Reader, forms, headers};
use door::{Door, Holders, Rates, Strangers, body};
use flows::House;
use identity::arrivals::Holder;
use identity::protocol::form::Form;
use identity::{Device, Person, Recognised};
use kernel::{Error, Origin, Result, Role};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::onward::Onward;

/// Bytes of a form at most.
const FORM_BYTES_MAX: usize = 64 << 10;

/// A request to a page.
pub(crate) struct Visit {
    pub house: House,
    pub strangers: Strangers,
    pub rates: Rates,
    pub holders: Holders,
    pub headers: HeaderMap,
    pub cookies: Cookies,
    pub origin: Origin,
    pub path: String,
    pub query: Form,
    /// Whether the query was text at all.
    pub is_readable: bool,
}

impl FromRequestParts<Door> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        door: &Door,
    ) -> std::result::Result<Self, Self::Rejection> {
        let query = Form::parse(parts.uri.query().unwrap_or_default());
        Ok(Self {
            house: door.house.clone(),
            strangers: door.strangers.clone(),
            rates: door.rates.clone(),
            holders: door.holders.clone(),
            headers: parts.headers.clone(),
            cookies: Cookies::at(&door.house.settings.public_url),
            origin: door.origin(parts),
            path: parts.uri.path().to_owned(),
            is_readable: query.is_some(),
            query: query.unwrap_or_default(),
        })
    }
}

impl Visit {
    /// What the page is spoken in, also by what the application on the way asked for.
    pub fn language(&self, onward: Option<&Onward>) -> Language {
        let ui_locales =
            onward.and_then(Onward::request).or(Some(&self.query)).and_then(|form| form.first("ui_locales"));
        door::pages::language(&self.headers, self.cookies, &self.query, ui_locales)
    }

    /// The issuer: this server as its clients know it.
    pub fn issuer(&self) -> &str {
        &self.house.settings.public_url
    }

    pub fn session_hash(&self) -> Option<[u8; 32]> {
        self.cookies.session_hash(&self.headers)
    }

    /// By what somebody who has signed in changes something of theirs.
    pub fn holder(&self) -> Result<Holder> {
        self.session_hash().map(Holder::Session).ok_or(Error::Unauthenticated)
    }

    /// The hash of the secret of a sign-in that this browser began and that waits for a second factor.
    pub fn half_hash(&self) -> Option<[u8; 32]> {
        self.cookies.half_hash(&self.headers)
    }

    /// Who has signed in, and a note that their session is in use.
    pub async fn who(&self) -> Result<Option<Recognised>> {
        let Some(hash) = self.session_hash() else { return Ok(None) };
        let who = self.house.read(hash, |tx, hash| Box::pin(identity::recognise_session(tx, hash))).await?;
        let now = self.house.clock.now_ms();
        let due = who.as_ref().filter(|who| who.is_due_for_touch(now));
        if let Some(session) = due.and_then(|who| who.session) {
            self.house.db.run_alone(identity::sessions::touch(session, now)).await?;
        }
        Ok(who)
    }

    /// Who has signed in, as their organisation knows them.
    pub async fn person(&self, who: &Recognised) -> Result<Option<Person>> {
        let actor = who.actor(self.origin);
        self.house.read(actor, |tx, actor| Box::pin(identity::find_person(tx, actor, actor.person))).await
    }

    /// Their name.
    pub async fn name_of(&self, who: &Recognised) -> Result<String> {
        Ok(self.person(who).await?.map(|me| me.full_name()).unwrap_or_default())
    }

    /// What the menu of somebody who has signed in depends on: in how many of their conversations something is new, and
    /// whether they administer.
    pub async fn unread(&self, who: &Recognised) -> Result<Reader> {
        let actor = who.actor(self.origin);
        let unread =
            self.house.read(actor, |tx, actor| Box::pin(flows::reading::unread_chats(tx, actor))).await?;
        Ok(Reader { unread, administers: who.roles.contains(&Role::Administrator) })
    }

    /// What kind of browser it says that it is.
    pub fn device(&self) -> Device {
        let header = self.headers.get(USER_AGENT).and_then(|header| header.to_str().ok());
        Device::of_user_agent(header.unwrap_or_default())
    }

    /// Has the page of this name say something, once, to whoever has signed in in this browser.
    pub fn say(&self, response: &mut Response, page: &str, said: &impl Serialize) -> Result<()> {
        self.say_in(self.session_hash(), response, page, said)
    }

    /// The same, to whoever holds the session of this hash.
    pub fn say_in(
        &self,
        session: Option<[u8; 32]>,
        response: &mut Response,
        page: &str,
        said: &impl Serialize,
    ) -> Result<()> {
        self.cookies.say(response, &self.house.vault, self.hearing(page, session), said)
    }

    /// What the page of this name is to say.
    pub fn said<T: DeserializeOwned>(&self, page: &str) -> Option<T> {
        let hearing = self.hearing(page, self.session_hash());
        self.cookies.said(&self.headers, &self.house.vault, hearing)
    }

    fn hearing<'a>(&self, page: &'a str, session: Option<[u8; 32]>) -> Hearing<'a> {
        Hearing { page, session, now_ms: self.house.clock.now_ms() }
    }

    pub fn form_token(&self) -> FormToken {
        FormToken::of(&self.headers, self.cookies, &self.house.vault, &self.house.rng)
    }

    /// Whether a form came from a page of ours in this browser.
    pub fn is_ours(&self, form: &Form) -> bool {
        let token = form.first(forms::FIELD);
        forms::is_ours(&self.headers, self.cookies, &self.house.vault, self.issuer(), token)
    }

    /// Remembers the language when it was just chosen.
    pub fn keep_language(&self, response: &mut Response) {
        if let Some(language) = self.query.first("lang").and_then(Language::of_tag) {
            self.cookies.set_language(response, language);
        }
    }
}

/// The fields of a form (`application/x-www-form-urlencoded`), or why they could not be read.
pub(crate) struct Fields(pub Result<Form>);

impl FromRequest<Door> for Fields {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, _: &Door) -> std::result::Result<Self, Self::Rejection> {
        Ok(Self(read_form(request).await))
    }
}

async fn read_form(request: Request) -> Result<Form> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Error::unsupported(
            "form_expected",
            "The body must be application/x-www-form-urlencoded.",
        ));
    }
    let bytes = body::whole(request.into_body(), FORM_BYTES_MAX).await?;
    let unfit = || Error::invalid("body", "form_unreadable", "The form is no UTF-8 text.");
    let text = std::str::from_utf8(&bytes).map_err(|_| unfit())?;
    Form::parse(text).ok_or_else(unfit)
}

/// On to another address: 303 after a form and between pages of ours, 302 outward.
pub(crate) fn redirect(status: StatusCode, to: &str) -> Response {
    let mut response = status.into_response();
    headers::protect(&mut response, &[]);
    match HeaderValue::from_str(to) {
        Ok(to) => {
            response.headers_mut().insert(LOCATION, to);
        }
        // Registered addresses and paths of ours are plain ASCII, so that this is never seen.
        Err(_) => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
    }
    response
}

/// On to a page of ours.
pub(crate) fn see(path: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, path)
}
