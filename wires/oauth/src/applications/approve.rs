//! The page on which administrators look at applications that wait, and say yes or no.

use axum::http::StatusCode;
use axum::response::Response;
use door::pages::{Corner, Page, menu};
use identity::applications::{self, Application};
use identity::protocol::form::Form;
use identity::{By, Person, Recognised, clients, find_people, organisations, scopes};
use kernel::{Actor, ClientId, Error, PersonId, Result};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::{named, views};
use crate::account::sent_by;
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
type Fault = (ClientId, fn(&'static Words) -> &'static str);

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

async fn read(tx: &Tx, actor: &Actor) -> Result<(Vec<Application>, Vec<Person>)> {
    applications::must_administer(tx, actor).await?;
    let mut waiting = applications::list(tx, actor.organisation).await?;
    waiting.retain(|one| one.client.pending);
    let developers: Vec<PersonId> = waiting.iter().filter_map(|one| one.registered_by).collect();
    let developers = find_people(tx, actor, &developers).await?;
    Ok((waiting, developers))
}

async fn page(visit: &Visit, who: &Recognised, fault: Option<Fault>) -> Result<Response> {
    let read = visit.house.read(who.actor(visit.origin), |tx, actor| Box::pin(read(tx, actor)));
    let (waiting, developers) = read.await?;
    let language = visit.language(None);
    let (words, token) = (words(language), visit.form_token());
    let decided = visit.cookies.said::<Decided>(&visit.headers, &visit.house.vault, HERE);
    let row = |one: &'_ Application| {
        let by = developers.iter().find(|person| Some(person.id) == one.registered_by);
        let error = fault.filter(|(id, _)| *id == one.client.id).map(|(_, says)| says(words));
        (by.map(Person::full_name), error, applications::is_operators(&one.client))
    };
    let row = |one| {
        let (by, error, is_operators) = row(one);
        let Application { client, .. } = one;
        views::Waiting {
            id: client.id.hex(),
            name: &client.name,
            product: words.product_of(&client.dialect),
            by,
            sentences: scopes::sentences(client.scopes, language).collect(),
            addresses: &client.redirect_uris,
            is_operators,
            error,
        }
    };
    let body = views::Approvals {
        words,
        token: token.value(),
        notice: decided.as_ref().map(|decided| match decided {
            Decided::Approved => words.approved,
            Decided::Refused => words.refused,
        }),
        waiting: waiting.iter().map(row).collect(),
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
        let id = named(&form)?;
        let is_yes = form.first("answer") == Some("approve");
        if is_yes && form.first("looked") != Some("1") {
            return page(&visit, &who, Some((id, |words| words.look))).await;
        }
        match settle(&visit, actor, id, is_yes.then(|| seen(&form))).await {
            Ok(decided) => {
                let mut response = see(HERE);
                visit.cookies.say(&mut response, &visit.house.vault, HERE, &decided)?;
                Ok(response)
            }
            Err(Error::Conflict { .. }) => page(&visit, &who, Some((id, |words| words.changed))).await,
            Err(error) => Err(error),
        }
    };
    decided.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// The addresses that stood beside the button.
fn seen(form: &Form) -> Vec<String> {
    form.all("address").map(str::to_owned).collect()
}

/// Approves of an application whose addresses are these, or else refuses it: what waits no more is no longer decided.
async fn settle(visit: &Visit, actor: Actor, id: ClientId, seen: Option<Vec<String>>) -> Result<Decided> {
    let settled = visit.house.db.write((actor, id, seen), |tx, (actor, id, seen)| {
        Box::pin(async move {
            let by = By::Actor(actor);
            match seen {
                Some(seen) => {
                    applications::approve(tx, by, *id, Some(seen)).await?;
                    Ok(Decided::Approved)
                }
                None => {
                    if !applications::open(tx, by, *id).await?.pending {
                        return Err(Error::precondition("not_pending", "This application waits for nobody."));
                    }
                    clients::remove(tx, by, *id).await?;
                    Ok(Decided::Refused)
                }
            }
        })
    });
    settled.await
}
