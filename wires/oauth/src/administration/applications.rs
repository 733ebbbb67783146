//! The applications of the organisation, and the form by which an administrator registers one.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::forms::FIELD;
use identity::By;
use identity::applications::{self, Application, must_administer};
use identity::scopes::{ScopeRule, TABLE};
use kernel::limits::PAGE_ROWS_DEFAULT;
use kernel::{Page, Result};
use secrecy::ExposeSecret as _;

use super::application::{Told, path_of, state};
use super::asked::{Asked, DIALECTS, Faults, offered};
use super::desk::{self, Desk, Frame};
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit};
use crate::words::administration::{Applications, applications as text_of};
use crate::words::applications::{Words, words};

/// Where they are listed.
pub(crate) const HERE: &str = "/administration/applications";
/// Where one is registered.
pub(crate) const ADD: &str = "/administration/applications/new";

#[derive(Template)]
#[template(path = "administration/applications.html")]
struct View<'a> {
    frame: Frame<'a>,
    text: &'static Applications,
    rows: Vec<Row<'a>>,
    /// Whether one waits for a yes.
    has_waiting: bool,
    number: u32,
    has_more: bool,
}

struct Row<'a> {
    path: String,
    name: &'a str,
    product: &'static str,
    state: String,
    is_wished: bool,
}

#[derive(Template)]
#[template(path = "administration/add_application.html")]
struct Add<'a> {
    frame: Frame<'a>,
    text: &'static Applications,
    words: &'static Words,
    asked: &'a Asked,
    faults: Faults,
    scopes: Vec<ScopeRow>,
}

/// What it may be let ask for.
struct ScopeRow {
    name: &'static str,
    sentence: &'static str,
    is_asked: bool,
}

impl Add<'_> {
    fn addresses_error(&self) -> Option<&'static str> {
        match self.faults {
            Faults { addresses_missing: true, .. } => Some(self.words.addresses_missing),
            Faults { addresses_unfit: true, .. } => Some(self.words.addresses_unfit),
            _ => None,
        }
    }
}

/// `GET`: a page of them.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        match desk::enter(&visit).await? {
            Ok(desk) => list(&visit, &desk).await,
            Err(response) => Ok(response),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn list(visit: &Visit, desk: &Desk) -> Result<Response> {
    let all = visit.house.read(desk.actor(visit), |tx, actor| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            applications::list(tx, actor.organisation).await
        })
    });
    let all = all.await?;
    let has_waiting = all.iter().any(Application::waits_for_approval);
    let (number, total) = (desk::number(&visit.query), all.len());
    let here = Page::numbered(number, PAGE_ROWS_DEFAULT);
    let beyond = (number as usize).saturating_add(1).saturating_mul(PAGE_ROWS_DEFAULT as usize);
    let (words, shown) = (words(desk.language), here.of(all));
    let row = |one: &'_ Application| (words.product_of(&one.client.dialect), state(words, one));
    let rows = shown.iter().map(|one| {
        let (product, state) = row(one);
        let (path, name) = (path_of(one.client.id), one.client.name.as_str());
        Row { path, name, product, state, is_wished: one.wish.is_some() }
    });
    let mut frame = desk.frame();
    let told = desk::told::<Told>(visit);
    let text = text_of(desk.language);
    frame.told = matches!(told, Some(Told::Removed)).then_some(text.removed);
    let title = frame.desk.applications;
    let view = View { frame, text, rows: rows.collect(), has_waiting, number, has_more: total > beyond };
    let mut response = desk.show(visit, title, &view).await?;
    if told.is_some() {
        visit.cookies.clear_said(&mut response);
    }
    Ok(response)
}

/// `GET`: the form.
pub(crate) async fn show_form(visit: Visit) -> Response {
    let shown = async {
        match desk::enter(&visit).await? {
            Ok(desk) => form(&visit, &desk, &Asked::default(), Faults::default()).await,
            Err(response) => Ok(response),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn form(visit: &Visit, desk: &Desk, asked: &Asked, faults: Faults) -> Result<Response> {
    let offered = offered();
    let rules = TABLE.iter().filter(|rule| offered.has(rule.scope));
    let row = |rule: &ScopeRule| ScopeRow {
        name: rule.scope.name(),
        sentence: rule.sentences.in_language(desk.language),
        is_asked: asked.scopes.has(rule.scope),
    };
    let scopes = rules.map(row).collect();
    let (words, text) = (words(desk.language), text_of(desk.language));
    let view = Add { frame: desk.frame(), text, words, asked, faults, scopes };
    let status = if faults.any() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    desk.show_as(visit, status, text.add, &view).await
}

/// `POST` of the form.
pub(crate) async fn add(visit: Visit, Fields(fields): Fields) -> Response {
    let added = async {
        let (fields, desk) = match desk::sent_by(&visit, fields, ADD).await? {
            Ok(sent) => sent,
            Err(response) => return Ok(response),
        };
        let asked = Asked::read(&fields);
        let faults = asked.faults();
        if faults.any() {
            return form(&visit, &desk, &asked, faults).await;
        }
        register(&visit, &desk, &asked).await
    };
    added.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// Registers it, and tells its secret once on its page. What does not go together is a fault of the addresses: those of a
/// portal are all of one host.
async fn register(visit: &Visit, desk: &Desk, asked: &Asked) -> Result<Response> {
    let input = (desk.actor(visit), asked.client(desk.organisation.id));
    let added = visit
        .house
        .db
        .write(input, |tx, (actor, new)| Box::pin(applications::add(tx, By::Actor(actor), new)));
    match added.await {
        Ok((id, secret)) => {
            let secret = secret.map(|secret| secret.expose_secret().to_owned());
            desk::tell(visit, &path_of(id), &Told::Added { secret })
        }
        Err(kernel::Error::Invalid { .. }) => {
            form(visit, desk, asked, Faults { addresses_unfit: true, ..Faults::default() }).await
        }
        Err(error) => Err(error),
    }
}
