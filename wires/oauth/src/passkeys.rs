//! A person's passkeys: what they have, one more, another name, one less, and doing without a password.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use door::pages::forms::FIELD;
use door::pages::{Corner, Page, menu};
use flows::mail::account::{News, tell};
use identity::passkeys::{self, PasskeyId, PasskeyView, Purpose, Question, Relying, Ways};
use identity::profile::sign_in_name;
use identity::protocol::form::Form;
use identity::sessions::NewSession;
use identity::sign_in::{self, Arrival};
use identity::{Method, Organisation, Recognised, organisations};
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Actor, Error, PersonId, Result};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use store::Tx;

use crate::account::sent_by;
use crate::arrive::SECOND;
use crate::assets::{SCRIPT_PATH, allow_script};
use crate::fresh::{is_fresh, may_change, owes_proof};
use crate::onward::Onward;
use crate::refusals::Trouble;
use crate::tries;
use crate::visit::{Fields, Visit, see};
use crate::words;
use crate::words::passkeys::Words;

pub(crate) const HERE: &str = "/account/passkeys";
const ME: &str = "/login?return=%2Faccount%2Fpasskeys";
/// Tells the page what has just been done.
const DONE: &str = "done";

/// What stands on the page.
#[derive(Template)]
#[template(path = "passkeys.html")]
struct View<'a> {
    text: &'static Words,
    account: &'static str,
    token: &'a str,
    notice: Option<&'static str>,
    error: Option<&'static str>,
    passkeys: Vec<Row>,
    /// Whether they have signed in just now.
    is_fresh: bool,
    may_remove: bool,
    may_lose_password: bool,
    has_password: bool,
}

struct Row {
    id: String,
    name: String,
    since: String,
    used: Option<String>,
}

/// This server as passkeys know it.
pub(crate) fn relying(visit: &Visit) -> Result<Relying> {
    Relying::at(visit.issuer()).ok_or_else(|| {
        Error::unsupported("no_passkeys", "This server has no name that passkeys could be for.")
    })
}

/// Keeps a question, and hands the script what to ask and what to name it by.
pub(crate) async fn ask(
    visit: &Visit,
    purpose: Purpose,
    person: Option<PersonId>,
    question: Question,
) -> Result<Response> {
    let options: Value = serde_json::from_str(&question.options).map_err(Error::bug)?;
    let input = (purpose, person, question.state);
    let secret = visit
        .house
        .db
        .write(input, |tx, (purpose, person, state)| Box::pin(passkeys::ask(tx, *purpose, *person, state)));
    let secret = secret.await?;
    let body = json!({ "question": secret.expose_secret(), "options": options }).to_string();
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body).into_response())
}

/// `GET`: the page.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        match visit.who().await? {
            Some(who) if owes_proof(&visit, &who).await? => Ok(see(&Onward::at(HERE).by_way_of(SECOND))),
            Some(who) => page(&visit, &who, None).await,
            None => Ok(see(ME)),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn read(tx: &Tx, actor: &Actor) -> Result<(Vec<PasskeyView>, Ways, Option<Organisation>)> {
    let all = passkeys::list(tx, actor.person).await?;
    let ways = passkeys::ways(tx, actor.person).await?;
    Ok((all, ways, organisations::find(tx, actor.organisation).await?))
}

async fn page(visit: &Visit, who: &Recognised, error: Option<&'static str>) -> Result<Response> {
    let read = visit.house.read(who.actor(visit.origin), |tx, actor| Box::pin(read(tx, actor)));
    let (all, ways, organisation) = read.await?;
    let language = visit.language(None);
    let (words, text, token) = (words::of(language), words::passkeys::of(language), visit.form_token());
    let zone = organisation.as_ref().and_then(|one| TimeZone::get(&one.time_zone).ok());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let when = |ms: i64| instant_of_ms(ms).to_zoned(zone.clone()).strftime(words.time_format).to_string();
    let row = |one: PasskeyView| Row {
        id: one.id.hex(),
        name: one.name,
        since: when(one.made_ms),
        used: one.used_ms.map(when),
    };
    let notice = match visit.query.first(DONE) {
        Some("added") => Some(text.added),
        Some("renamed") => Some(text.renamed),
        Some("removed") => Some(text.removed),
        Some("password") => Some(text.password_removed),
        _ => None,
    };
    let body = View {
        text,
        account: words.account,
        token: token.value(),
        notice: notice.filter(|_| error.is_none()),
        error,
        passkeys: all.into_iter().map(row).collect(),
        is_fresh: is_fresh(visit, who),
        may_remove: ways.may_lose_passkey(),
        may_lose_password: ways.may_lose_password(),
        has_password: ways.has_password,
    };
    let mut page = Page::new(language, text.title, HERE);
    page.leave = Some(&token);
    if error.is_some() {
        page.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    let menu = menu(language, Corner::Account, Some(visit.unread(who).await?));
    page.menu = &menu;
    page.brand = organisation.as_ref().map_or(page.brand, |organisation| &organisation.name);
    let mut response = page.show(&body);
    allow_script(&mut response);
    visit.keep_language(&mut response);
    Ok(response)
}

/// `POST` of the script: what the browser is to be asked to make.
pub(crate) async fn begin(visit: Visit, Fields(fields): Fields) -> Response {
    let asked = async {
        let Some((_, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        if !may_change(&visit, &who).await? {
            return Err(Error::Unauthenticated);
        }
        let known = visit.house.read(who.person, |tx, person| {
            Box::pin(async move {
                Ok((passkeys::credentials(tx, *person).await?, sign_in_name(tx, *person).await?))
            })
        });
        let (had, name) = known.await?;
        let question = relying(&visit)?.ask_to_make(who.person, &name.unwrap_or_default(), &had)?;
        ask(&visit, Purpose::Add, Some(who.person), question).await
    };
    asked.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `POST`: what the browser made.
pub(crate) async fn add(visit: Visit, Fields(fields): Fields) -> Response {
    let added = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        if !may_change(&visit, &who).await? {
            return Ok(see(HERE));
        }
        let text = words::passkeys::of(visit.language(None));
        match keep(&visit, &who, &form, text).await {
            Ok(session) => {
                tries::note_in(&visit, who.person, &session);
                let mut response = see(&format!("{HERE}?{DONE}=added"));
                visit.cookies.set_session(&mut response, session.secret.expose_secret());
                Ok(response)
            }
            Err(Error::Invalid { .. } | Error::TooLarge { .. }) => page(&visit, &who, Some(text.unfit)).await,
            Err(Error::Conflict { .. }) => page(&visit, &who, Some(text.taken)).await,
            Err(Error::Precondition { .. }) => page(&visit, &who, Some(text.too_many)).await,
            Err(error) => Err(error),
        }
    };
    added.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// Their session goes on as one of somebody who has used it: it was unlocked just now.
async fn keep(visit: &Visit, who: &Recognised, form: &Form, text: &Words) -> Result<NewSession> {
    let question = vault::token_hash(form.first("question").unwrap_or_default());
    let take =
        visit.house.db.write(question, |tx, question| Box::pin(passkeys::take(tx, question, Purpose::Add)));
    let state = take.await?.filter(|(_, person)| *person == Some(who.person));
    let unasked =
        || Error::invalid("question", "question_unknown", "This question was not asked, or too long ago.");
    let (state, _) = state.ok_or_else(unasked)?;
    let made = relying(visit)?.made(&state, form.first("answer").unwrap_or_default())?;
    let name = form.first("name").map(str::trim).filter(|name| !name.is_empty()).unwrap_or(text.first_name);
    let (instead_of, device, origin) = (visit.session_hash(), visit.device(), visit.origin);
    let (person, towards, methods) = (who.person, Some(who.organisation), who.methods.and(Method::Passkey));
    let arrival = Arrival { person, towards, instead_of, device, methods, origin };
    let by = (who.actor(origin), visit.holder()?);
    let input = (by, made, name.to_owned(), visit.issuer().to_owned(), arrival);
    let kept = visit.house.db.write(input, |tx, ((actor, by), made, name, url, arrival)| {
        Box::pin(async move {
            passkeys::add(tx, (actor, *by), made, name).await?;
            tell(tx, actor.person, News::PasskeyAdded, url).await?;
            sign_in::begin(tx, arrival).await
        })
    });
    kept.await
}

/// `POST`: calls one something else.
pub(crate) async fn rename(visit: Visit, Fields(fields): Fields) -> Response {
    let renamed = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        let Some(id) = form.first("passkey").and_then(PasskeyId::from_hex) else { return Ok(see(HERE)) };
        let name = form.first("name").unwrap_or_default().to_owned();
        let input = (who.actor(visit.origin), visit.holder()?, id, name);
        let renamed = visit.house.db.write(input, |tx, (actor, by, id, name)| {
            Box::pin(passkeys::rename(tx, (actor, *by), *id, name))
        });
        match renamed.await {
            Err(Error::Invalid { .. } | Error::TooLarge { .. }) => {
                let text = words::passkeys::of(visit.language(None));
                page(&visit, &who, Some(text.name_unfit)).await
            }
            renamed => renamed.map(|()| see(&format!("{HERE}?{DONE}=renamed"))),
        }
    };
    renamed.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `POST`: removes one, but not the last way in.
pub(crate) async fn remove(visit: Visit, Fields(fields): Fields) -> Response {
    let removed = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        let id = form.first("passkey").and_then(PasskeyId::from_hex);
        let may = may_change(&visit, &who).await?;
        let Some(id) = id.filter(|_| may) else { return Ok(see(HERE)) };
        let input = (who.actor(visit.origin), visit.holder()?, id, visit.issuer().to_owned());
        let removed = visit.house.db.write(input, |tx, (actor, by, id, url)| {
            Box::pin(async move {
                passkeys::remove(tx, (actor, *by), *id).await?;
                tell(tx, actor.person, News::PasskeyRemoved, url).await
            })
        });
        match removed.await {
            Err(Error::Precondition { .. }) => {
                let text = words::passkeys::of(visit.language(None));
                page(&visit, &who, Some(text.last_way)).await
            }
            removed => removed.map(|()| see(&format!("{HERE}?{DONE}=removed"))),
        }
    };
    removed.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `POST`: does without a password from now on.
pub(crate) async fn remove_password(visit: Visit, Fields(fields): Fields) -> Response {
    let removed = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        if !may_change(&visit, &who).await? {
            return Ok(see(HERE));
        }
        let text = words::passkeys::of(visit.language(None));
        if form.first("sure").is_none() {
            return page(&visit, &who, Some(text.be_sure)).await;
        }
        let input = (who.actor(visit.origin), visit.holder()?, visit.issuer().to_owned());
        let removed = visit.house.db.write(input, |tx, (actor, by, url)| {
            Box::pin(async move {
                passkeys::remove_password(tx, (actor, *by)).await?;
                tell(tx, actor.person, News::PasswordRemoved, url).await
            })
        });
        match removed.await {
            Err(Error::Precondition { .. }) => page(&visit, &who, Some(text.last_way)).await,
            removed => removed.map(|()| see(&format!("{HERE}?{DONE}=password"))),
        }
    };
    removed.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}
