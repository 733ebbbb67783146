//! A person's own page: by what they sign in and where they have, which applications and people act for them, and who
//! looked.

mod ends;

use audit::{Edge, Whose};
use axum::response::Response;
use door::pages::{Corner, Page, menu};
use identity::applications;
use identity::grants::{self, ConnectedApp};
use identity::passkeys::{self, Ways};
use identity::protocol::form::Form;
use identity::sessions::{self, SessionView};
use identity::{
    Device, Language, Organisation, Person, Recognised, find_person, guests, organisations, scopes, sign_in,
};
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Actor, OrganisationId, Result, Role};
use store::Tx;

use crate::log::{self, Reading};
use crate::mandates;
use crate::notices;
use crate::password;
use crate::refusals::Trouble;
use crate::views;
use crate::visit::{Visit, see};
use crate::words::{self, Words};

pub(crate) use ends::{end_app, end_others, end_session, switch};

const HERE: &str = "/account";
/// Tells the page that an application's rights have just been taken away.
const ENDED: &str = "ended";
/// Rows of the access log on the page; the others are on a page of their own.
const LOG_ROWS: usize = 6;
/// For how long the page says what has just been done, however often it is opened.
const NOTICE_MS: i64 = 60_000;

/// What stands on the page.
struct Own {
    me: Option<Person>,
    organisation: Option<Organisation>,
    organisations: Vec<(OrganisationId, String)>,
    sessions: Vec<SessionView>,
    apps: Vec<ConnectedApp>,
    notices: notices::Chosen,
    log: Reading,
    mandates: mandates::Standing,
    ways: Ways,
    is_guest: bool,
    is_developer: bool,
    /// Whether they are known in another browser, signed in there or not.
    is_known_elsewhere: bool,
}

/// `GET`: the page.
pub(crate) async fn show(visit: Visit) -> Response {
    match show_own(&visit).await {
        Ok(response) => response,
        Err(error) => Trouble::of(&error).show(&visit),
    }
}

async fn show_own(visit: &Visit) -> Result<Response> {
    let Some(who) = visit.who().await? else { return Ok(see("/login?return=%2Faccount")) };
    let input = (who.actor(visit.origin), who.roles.clone(), visit.cookies.device_hash(&visit.headers));
    let own = visit
        .house
        .read(input, |tx, (actor, roles, browser)| Box::pin(read_own(tx, actor, roles, browser.as_ref())));
    let own = own.await?;
    let language = visit.language(None);
    let words = words::of(language);
    let token = visit.form_token();
    let days = newest(own.log.days(language, &visit.house.clock));
    let mut body = view(&who, &own, days, (language, token.value()));
    let app_ended = (visit.query.first(ENDED) == Some("1")).then_some(words.app_ended);
    body.notices = own.notices.view(visit);
    let zone = own.zone();
    let when = |ms| in_words(&zone, ms, words);
    body.mandates = own.mandates.view(visit, language, token.value(), &when);
    body.notice = is_changed(visit, &who).then_some(words.password_changed).or(app_ended);
    let mut page = Page::new(language, words.account, HERE);
    page.leave = Some(&token);
    let menu = menu(language, Corner::Account, Some(visit.unread(&who).await?));
    page.menu = &menu;
    page.brand = own.organisation.as_ref().map_or(page.brand, |organisation| &organisation.name);
    let mut response = page.show(&body);
    visit.keep_language(&mut response);
    Ok(response)
}

/// Whether they come from changing their password, by which their session began just now.
fn is_changed(visit: &Visit, who: &Recognised) -> bool {
    let is_new = |at_ms: i64| visit.house.clock.now_ms() - at_ms < NOTICE_MS;
    visit.query.first(password::CHANGED).is_some()
        && who.session.is_some_and(|session| is_new(session.made_ms()))
}

impl Own {
    fn zone(&self) -> TimeZone {
        let zone = self.organisation.as_ref().and_then(|one| TimeZone::get(&one.time_zone).ok());
        zone.unwrap_or(TimeZone::UTC)
    }
}

pub(crate) fn in_words(zone: &TimeZone, ms: i64, words: &Words) -> String {
    instant_of_ms(ms).to_zoned(zone.clone()).strftime(words.time_format).to_string()
}

/// As many rows as the page has room for.
fn newest(mut days: Vec<views::LogDay>) -> Vec<views::LogDay> {
    let mut room = LOG_ROWS;
    for day in &mut days {
        day.rows.truncate(room);
        room -= day.rows.len();
    }
    days.retain(|day| !day.rows.is_empty());
    days
}

async fn read_own(tx: &Tx, actor: &Actor, roles: &[Role], browser: Option<&[u8; 32]>) -> Result<Own> {
    Ok(Own {
        me: find_person(tx, actor, actor.person).await?,
        organisation: organisations::find(tx, actor.organisation).await?,
        organisations: sessions::organisations_of(tx, actor.person).await?,
        sessions: sessions::list(tx, actor.person).await?,
        apps: grants::of_person(tx, actor.person).await?,
        notices: notices::read(tx, actor).await?,
        log: log::read(tx, actor, Whose::Others, Edge::Newest).await?,
        mandates: mandates::read(tx, actor, roles).await?,
        ways: passkeys::ways(tx, actor.person).await?,
        is_guest: guests::is_guest(tx, actor).await?,
        is_developer: applications::is_developer(tx, actor).await?,
        is_known_elsewhere: match browser {
            Some(browser) => sign_in::is_known_elsewhere(tx, actor.person, browser).await?,
            None => false,
        },
    })
}

fn view<'a>(
    who: &Recognised,
    own: &'a Own,
    days: Vec<views::LogDay>,
    (language, token): (Language, &'a str),
) -> views::Account<'a> {
    let words = words::of(language);
    let zone = own.zone();
    let when = |ms: i64| in_words(&zone, ms, words);
    let others = own.organisations.iter().filter(|_| own.organisations.len() > 1);
    let organisation = |one: &'a (OrganisationId, String)| views::OrganisationRow {
        id: one.0.hex(),
        name: &one.1,
        is_here: one.0 == who.organisation,
    };
    let session = |one: &'a SessionView| views::SessionRow {
        id: one.id.hex(),
        device: device_in_words(one.device, words),
        organisation: &one.organisation_name,
        signed_in: when(one.signed_in_ms),
        seen: when(one.seen_ms),
        is_this: who.session == Some(one.id),
    };
    let app = |one: &'a ConnectedApp| views::AppRow {
        grant: one.grant.hex(),
        name: &one.client_name,
        organisation: &one.organisation_name,
        since: when(one.made_ms),
        used: one.used_ms.map(when),
        sentences: scopes::sentences(one.scopes, language).collect(),
    };
    views::Account {
        words,
        token,
        notice: None,
        picture: words::picture::words(language).title,
        administration: who
            .roles
            .contains(&Role::Administrator)
            .then_some(words::administration::desk(language).title),
        applications: own.is_developer.then_some(words::applications::words(language).title),
        text: words::account::of(language),
        is_guest: own.is_guest,
        has_password: own.ways.has_password,
        passkeys: own.ways.passkeys,
        spoken: own.me.as_ref().map_or(language, |me| me.language),
        name: own.me.as_ref().map(Person::full_name).unwrap_or_default(),
        email: own.me.as_ref().and_then(|me| me.email.as_deref()),
        organisations: others.map(organisation).collect(),
        sessions: own.sessions.iter().map(session).collect(),
        has_others: own.sessions.len() > 1 || own.is_known_elsewhere,
        apps: own.apps.iter().map(app).collect(),
        notices: None,
        mandates: None,
        days,
    }
}

/// Such as "Firefox on Windows".
pub(crate) fn device_in_words(device: Device, words: &Words) -> String {
    let browser = device.browser().unwrap_or(words.other_browser);
    match device.system() {
        Some(system) => format!("{browser} {} {system}", words.device_on),
        None => browser.to_owned(),
    }
}

/// The form and who sent it; `None` when it is not from a page of ours or nobody has signed in.
pub(crate) async fn sent_by(visit: &Visit, fields: Result<Form>) -> Result<Option<(Form, Recognised)>> {
    let form = fields?;
    if !visit.is_ours(&form) {
        return Ok(None);
    }
    Ok(visit.who().await?.map(|who| (form, who)))
}
