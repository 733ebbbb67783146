//! Setting up an authenticator application: on the way in, when an organisation asks for it, and later on one's own
//! page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::forms::FIELD;
use door::pages::{BRAND, Corner, Link, Page, menu};
use flows::factors::Setup;
use identity::arrivals::Holder;
use identity::profile::sign_in_name;
use identity::protocol::form::{Form, encode};
use identity::protocol::totp::Key;
use identity::sessions::NewSession;
use identity::{Language, factors, organisations};
use kernel::{Error, Result};
use qrcode::{Color, QrCode};
use secrecy::ExposeSecret as _;

use crate::arrive::SET_UP;
use crate::factors::app::APP;
use crate::factors::recovery::RECOVERY;
use crate::factors::{DONE, HERE};
use crate::onward::{Guest, Onward};
use crate::refusals::Trouble;
use crate::second::{Said, Waiting, elsewhere, waiting};
use crate::tries;
use crate::visit::{Fields, Visit, see};
use crate::words::second::{self, SecondWords};

#[derive(Template)]
#[template(path = "set_up.html")]
struct View<'a> {
    text: &'static SecondWords,
    token: &'a str,
    action: &'a str,
    onward: &'a str,
    /// Where they came from, when it was not the sign-in.
    back: Option<&'a str>,
    key: &'a str,
    written: String,
    picture: Picture,
    notice: Option<&'a str>,
    code_error: Option<&'a str>,
}

/// A QR code as the path of an SVG.
struct Picture {
    side: usize,
    path: String,
}

/// Modules of white around a QR code, without which nothing reads it (ISO 18004).
const MARGIN: usize = 4;

impl Picture {
    fn of(text: &str) -> Result<Self> {
        let code = QrCode::new(text).map_err(Error::bug)?;
        let width = code.width();
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
        let square = |(at, _)| format!("M{} {}h1v1h-1z", at % width + MARGIN, at / width + MARGIN);
        Ok(Self { side: width + 2 * MARGIN, path: dark.map(square).collect() })
    }
}

/// What is set up, and what the form says back.
struct Shown {
    key: Key,
    notice: Option<&'static str>,
    said: Said,
}

impl Shown {
    fn new(visit: &Visit) -> Self {
        Self { key: Key::new(&visit.house.rng), notice: None, said: Said::default() }
    }
}

/// `GET` on the way in.
pub(crate) async fn show(visit: Visit) -> Response {
    let onward = Onward::read(&visit.query);
    let shown = async {
        match waiting(&visit).await? {
            Some(waiting) if may_begin(&waiting) => {
                page(&visit, &onward, &waiting, SET_UP, &Shown::new(&visit)).await
            }
            waiting => elsewhere(&visit, &onward, waiting.as_ref()).await,
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// Who knows a password alone may set up a first second factor, and no other beside it.
fn may_begin(waiting: &Waiting) -> bool {
    matches!(waiting.by, Holder::Half(_)) && !waiting.enrolled.can_prove()
}

/// `POST` on the way in.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let answer = async {
        let form = fields?;
        if !visit.is_ours(&form) {
            return Ok(Trouble::stale().show(&visit));
        }
        let onward = Onward::read(&form);
        match waiting(&visit).await? {
            Some(waiting) if may_begin(&waiting) => try_code(&visit, &form, &onward, &waiting, SET_UP).await,
            waiting => elsewhere(&visit, &onward, waiting.as_ref()).await,
        }
    };
    answer.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// The form on one's own page, of somebody who has proven themselves just now.
pub(crate) async fn own_page(visit: &Visit, onward: &Onward, waiting: &Waiting) -> Result<Response> {
    page(visit, onward, waiting, APP, &Shown::new(visit)).await
}

/// Takes the code that the application shows; then it counts, and they go on.
pub(crate) async fn try_code(
    visit: &Visit,
    form: &Form,
    onward: &Onward,
    waiting: &Waiting,
    action: &'static str,
) -> Result<Response> {
    let (house, person, now) = (&visit.house, waiting.half.person, visit.house.clock.now_ms());
    let text = second::of(visit.language(Some(onward)));
    let brought = form.first("key").unwrap_or_default();
    let Some(key) = factors::carried(&house.vault, person, brought, now) else {
        let said = Said { status: StatusCode::UNPROCESSABLE_ENTITY, ..Said::default() };
        let shown = Shown { notice: Some(text.expired), said, ..Shown::new(visit) };
        return page(visit, onward, waiting, action, &shown).await;
    };
    let typed = form.first("code").unwrap_or_default().trim();
    let Some(sealed) = factors::seal_key(&house.vault, person, &key, typed, now) else {
        let error = if typed.is_empty() { text.code_missing } else { text.code_unfit };
        let shown = Shown { key, notice: None, said: Said::code(error) };
        return page(visit, onward, waiting, action, &shown).await;
    };
    let done = flows::factors::set_up(house, person, waiting.goes(visit), Setup::App(sealed)).await?;
    let (session, codes) = done.ok_or(Error::Unauthenticated)?;
    finish(visit, onward, waiting, &session, &codes)
}

/// Hands over the session, and leads to the recovery codes if there are new ones.
pub(crate) fn finish(
    visit: &Visit,
    onward: &Onward,
    waiting: &Waiting,
    session: &NewSession,
    codes: &[String],
) -> Result<Response> {
    tries::note_in(visit, waiting.half.person, session);
    let onward = if may_begin(waiting) { onward.signed_in() } else { onward.clone() };
    let mut response = if codes.is_empty() {
        let is_back = onward.path() == HERE;
        see(&if is_back { format!("{HERE}?{DONE}=added") } else { onward.path().to_owned() })
    } else {
        let mut response = see(&format!("{RECOVERY}?return={}", encode(onward.path())));
        let begun = vault::token_hash(session.secret.expose_secret());
        visit.say_in(Some(begun), &mut response, RECOVERY, &codes)?;
        response
    };
    visit.cookies.set_session(&mut response, session.secret.expose_secret());
    visit.cookies.clear_half(&mut response);
    Ok(response)
}

/// What stands around a page of somebody's own.
struct OwnFrame {
    menu: Vec<Link<'static>>,
    organisation: String,
}

async fn own_frame(visit: &Visit, language: Language) -> Result<Option<OwnFrame>> {
    let Some(who) = visit.who().await? else { return Ok(None) };
    let organisation = visit.house.read(who.organisation, |tx, id| Box::pin(organisations::find(tx, *id)));
    let organisation = organisation.await?.map_or_else(|| BRAND.to_owned(), |found| found.name);
    let menu = menu(language, Corner::Account, Some(visit.unread(&who).await?)).to_vec();
    Ok(Some(OwnFrame { menu, organisation }))
}

async fn page(
    visit: &Visit,
    onward: &Onward,
    waiting: &Waiting,
    action: &'static str,
    shown: &Shown,
) -> Result<Response> {
    let (house, person) = (&visit.house, waiting.half.person);
    let name = house.read(person, |tx, person| Box::pin(sign_in_name(tx, *person))).await?;
    let language = visit.language(Some(onward));
    let (text, token) = (second::of(language), visit.form_token());
    let guest = Guest::of(onward.considered(visit).await?.as_ref(), onward);
    let brand = guest.brand.as_deref().unwrap_or(BRAND);
    let address = shown.key.address(brand, name.as_deref().unwrap_or(brand));
    let address = address.ok_or_else(|| Error::bug("a key without an address"))?;
    let key = factors::carry(&house.vault, person, &shown.key, house.clock.now_ms());
    let here = onward.by_way_of(action);
    let own = if action == APP { own_frame(visit, language).await? } else { None };
    let body = View {
        text,
        token: token.value(),
        action,
        onward: onward.path(),
        back: (action == APP).then_some(HERE),
        key: &key,
        written: shown.key.written(),
        picture: Picture::of(&address)?,
        notice: shown.notice,
        code_error: shown.said.code_error,
    };
    let mut page = Page::new(language, text.set_up_title, &here);
    page.form_targets = &guest.form_targets;
    page.brand = brand;
    if let Some(own) = &own {
        page.leave = Some(&token);
        page.menu = &own.menu;
        page.brand = &own.organisation;
    }
    Ok(shown.said.show(visit, page, &token, &body))
}
