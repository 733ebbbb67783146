//! The page that asks whether an application may act for somebody.

use axum::response::Response;
use door::pages::Page;
use identity::authorization::{self, Considered};
use identity::protocol::authorize::Decision;
use identity::protocol::form::Form;
use identity::{Client, find_person, scopes};
use kernel::{Result, Scopes};

use crate::onward::{Guest, Onward};
use crate::refusals::Trouble;
use crate::views;
use crate::visit::{Fields, Visit};
use crate::words;

/// `GET`: the question, when there is one.
pub(crate) async fn show(visit: Visit) -> Response {
    let onward = Onward::read(&visit.query);
    match ask(&visit, &onward).await {
        Ok(response) => response,
        Err(error) => Trouble::of(&error).show(&visit),
    }
}

/// `POST` of the answer.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let answered = match fields {
        Ok(form) => note(&visit, &form).await,
        Err(error) => Err(error),
    };
    answered.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn ask(visit: &Visit, onward: &Onward) -> Result<Response> {
    let Some(considered) = onward.considered(visit).await? else { return Ok(onward.go()) };
    match (&considered.decision, &considered.client) {
        (Decision::NeedConsent(scopes), Some(client)) => {
            question(visit, onward, &considered, client, *scopes).await
        }
        // The authorize page knows what to do with everything else.
        _ => Ok(onward.go()),
    }
}

async fn question(
    visit: &Visit,
    onward: &Onward,
    considered: &Considered,
    client: &Client,
    asked: Scopes,
) -> Result<Response> {
    let name = match considered.actor(visit.origin) {
        Some(actor) => {
            let me =
                visit.house.read(actor, |tx, actor| Box::pin(find_person(tx, actor, actor.person))).await?;
            me.map(|me| me.full_name()).unwrap_or_default()
        }
        None => String::new(),
    };
    let language = visit.language(Some(onward));
    let words = words::of(language);
    let (guest, token) = (Guest::of(Some(considered), onward), visit.form_token());
    let (here, other) = (onward.by_way_of("/consent"), onward.signing_in_again().by_way_of("/login"));
    let names = asked.names();
    let body = views::Consent {
        words,
        token: token.value(),
        onward: onward.path(),
        client: &client.name,
        organisation: &client.organisation_name,
        name: &name,
        other_account: &other,
        sentences: scopes::sentences(asked, language).collect(),
        scopes: &names,
    };
    let mut page = Page::new(language, words.consent, &here);
    page.form_targets = &guest.form_targets;
    page.brand = guest.brand.as_deref().unwrap_or(page.brand);
    let mut response = page.show(&body);
    visit.keep_language(&mut response);
    Ok(response)
}

async fn note(visit: &Visit, form: &Form) -> Result<Response> {
    let onward = Onward::read(form);
    let Some(request) = onward.request().cloned() else { return Ok(onward.go()) };
    if !visit.is_ours(form) {
        return Ok(Trouble::stale().show(visit));
    }
    let shown = Scopes::parse(form.first("scopes").unwrap_or_default()).0;
    let allowed = match form.first("answer") {
        Some("allow") => Some(shown),
        Some("deny") => None,
        // Neither button: ask again.
        _ => return ask(visit, &onward).await,
    };
    let input = (request, onward.brought(visit).await?, allowed, visit.origin);
    visit
        .house
        .db
        .write(input, |tx, (form, brought, allowed, origin)| {
            Box::pin(authorization::answer(tx, form, brought, *allowed, *origin))
        })
        .await?;
    let onward = if allowed.is_some() { onward.consented() } else { onward.refused() };
    Ok(onward.go())
}
