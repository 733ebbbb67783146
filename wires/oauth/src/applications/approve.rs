//! The page on which administrators look at applications that wait, and say yes or no.

use axum::http::StatusCode;
use axum::response::Response;
use door::pages::{Corner, Page, menu};
use identity::applications::{self, Application};
use identity::protocol::form::Form;
use identity::{By, Language, Person, Recognised, find_people, organisations, scopes};
use kernel::{Actor, ClientId, Error, PersonId, Result};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::{named, views};
use crate::account::sent_by;
use crate::fresh;
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit, see};
use crate::words::applications::{Words, words};

const HERE: &str = "/account/applications/approve";

/// What has just been decided, for one look at the page.
#[derive(Debug, Serialize, Deserialize)]
enum Decided {
    Approved,
    Refused,
}

/// What is wrong with the form of an application.
#[derive(Clone, Copy)]
struct Fault {
    of: ClientId,
    /// Whether it is the reason of a no.
    is_reason: bool,
    says: fn(&'static Words) -> &'static str,
}

/// `GET`: what waits.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        match visit.who().await? {
            Some(who) => page(&visit, &who, None).await,
            None => Ok(see("/login?return=%2Faccount%2Fapplications%2Fapprove")),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// What waits, with who registered it.
struct Shown {
    waiting: Vec<Application>,
    developers: Vec<Person>,
    /// What another administrator has to look at.
    own: Vec<ClientId>,
}

async fn read(tx: &Tx, actor: &Actor) -> Result<Shown> {
    applications::must_administer(tx, actor).await?;
    let mut waiting = applications::list(tx, actor.organisation).await?;
    waiting.retain(Application::waits_for_approval);
    let developers: Vec<PersonId> = waiting.iter().filter_map(|one| one.registered_by).collect();
    let developers = find_people(tx, actor, &developers).await?;
    let mut own = Vec::new();
    for one in &waiting {
        if applications::is_own(tx, actor, one).await? {
            own.push(one.client.id);
        }
    }
    Ok(Shown { waiting, developers, own })
}

async fn page(visit: &Visit, who: &Recognised, fault: Option<Fault>) -> Result<Response> {
    let read = visit.house.read(who.actor(visit.origin), |tx, actor| Box::pin(read(tx, actor)));
    let shown = read.await?;
    let language = visit.language(None);
    let (words, token) = (words(language), visit.form_token());
    let decided = visit.said::<Decided>(HERE);
    let row = |one| row(&shown, one, fault, (words, language));
    let body = views::Approvals {
        words,
        token: token.value(),
        notice: decided.as_ref().map(|decided| match decided {
            Decided::Approved => words.approved,
            Decided::Refused => words.refused,
        }),
        waiting: shown.waiting.iter().map(row).collect(),
    };
    let organisation = visit.house.read(who.organisation, |tx, id| Box::pin(organisations::find(tx, *id)));
    let organisation = organisation.await?;
    let mut page = Page::new(language, words.approve_title, HERE);
    page.leave = Some(&token);
    page.status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let menu = menu(language, Corner::Account, Some(visit.unread(who).await?));
    page.menu = &menu;
    page.brand = organisation.as_ref().map_or(page.brand, |organisation| &organisation.name);
    let mut response = page.show(&body);
    if decided.is_some() {
        visit.cookies.clear_said(&mut response);
    }
    visit.keep_language(&mut response);
    Ok(response)
}

fn row<'a>(
    shown: &Shown,
    one: &'a Application,
    fault: Option<Fault>,
    (words, language): (&'static Words, Language),
) -> views::Waiting<'a> {
    let client = &one.client;
    let by = shown.developers.iter().find(|person| Some(person.id) == one.registered_by);
    let says = |is_reason| {
        let here = fault.filter(|fault| fault.of == client.id && fault.is_reason == is_reason);
        here.map(|fault| (fault.says)(words))
    };
    views::Waiting {
        id: client.id.hex(),
        name: &client.name,
        product: words.product_of(&client.dialect),
        by: by.map(Person::full_name),
        sentences: scopes::sentences(client.scopes, language).collect(),
        addresses: &client.redirect_uris,
        is_operators: applications::is_operators(client),
        is_own: shown.own.contains(&client.id),
        error: says(false),
        reason_error: says(true),
    }
}

/// `POST`: says yes or no to one of them.
pub(crate) async fn decide(visit: Visit, Fields(fields): Fields) -> Response {
    let decided = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        let actor = who.actor(visit.origin);
        visit
            .house
            .read(actor.clone(), |tx, actor| Box::pin(applications::must_administer(tx, actor)))
            .await?;
        if !fresh::may_change(&visit, &who).await? {
            return Ok(see(&fresh::proof(&visit, &who, HERE).await?));
        }
        let id = named(&form)?;
        let fault = |says: fn(&'static Words) -> &'static str| Fault { of: id, is_reason: false, says };
        let answer = match form.first("answer") {
            Some("approve") if form.first("looked") != Some("1") => {
                return page(&visit, &who, Some(fault(|words| words.look))).await;
            }
            Some("approve") => Answer::Yes { seen: seen(&form) },
            _ => Answer::No { because: form.first("reason").unwrap_or_default().to_owned() },
        };
        match settle(&visit, actor, id, answer).await {
            Ok(decided) => {
                let mut response = see(HERE);
                visit.say(&mut response, HERE, &decided)?;
                Ok(response)
            }
            Err(Error::Conflict { .. }) => page(&visit, &who, Some(fault(|words| words.changed))).await,
            Err(Error::Invalid { field: "reason", .. }) => {
                let unfit = Fault { is_reason: true, ..fault(|words| words.reason_unfit) };
                page(&visit, &who, Some(unfit)).await
            }
            Err(error) => Err(error),
        }
    };
    decided.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// The addresses that stood beside the button.
fn seen(form: &Form) -> Vec<String> {
    form.all("address").map(str::to_owned).collect()
}

/// What was answered.
#[derive(Clone, Debug)]
enum Answer {
    /// To the addresses that stood there.
    Yes {
        seen: Vec<String>,
    },
    No {
        because: String,
    },
}

/// Approves of an application, or else refuses it: what waits no more is no longer decided.
async fn settle(visit: &Visit, actor: Actor, id: ClientId, answer: Answer) -> Result<Decided> {
    let settled = visit.house.db.write((actor, id, answer), |tx, (actor, id, answer)| {
        Box::pin(async move {
            let by = By::Actor(actor);
            match answer {
                Answer::Yes { seen } => {
                    applications::approve(tx, by, *id, Some(seen)).await?;
                    Ok(Decided::Approved)
                }
                Answer::No { because } => {
                    applications::decline(tx, by, *id, because).await?;
                    Ok(Decided::Refused)
                }
            }
        })
    });
    settled.await
}
