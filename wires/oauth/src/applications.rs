//! The page on which developers register applications, see what became of them, and get people to try them with.

mod approve;
mod asked;
mod views;

use axum::http::StatusCode;
use axum::response::Response;
use door::Work;
use door::pages::{Corner, Page, menu};
use identity::applications::{self, Application};
use identity::invented::{self, Invented, TestPerson};
use identity::protocol::form::Form;
use identity::{Organisation, Person, Recognised, find_people, organisations};
use kernel::{Actor, ClientId, Error, Kind, Result};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use store::Tx;

use crate::account::sent_by;
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit, see};
use crate::words::applications::words;

pub(crate) use approve::{decide, show as show_waiting};
use asked::{Asked, Faults};

const HERE: &str = "/account/applications";

/// What has just been done, for one look at the page.
#[derive(Debug, Serialize, Deserialize)]
enum Done {
    Registered { name: String, client_id: String, secret: Option<String> },
    TestPeople { password: String },
}

/// What stands on the page.
struct Shown {
    applications: Vec<Application>,
    organisation: Organisation,
    /// Who may approve here.
    administrators: Vec<Person>,
    is_administrator: bool,
    people: Vec<TestPerson>,
}

/// `GET`: the page.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        match visit.who().await? {
            Some(who) => page(&visit, &who, &Asked::default(), &Faults::default()).await,
            None => Ok(see("/login?return=%2Faccount%2Fapplications")),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn read(tx: &Tx, actor: &Actor) -> Result<Shown> {
    applications::must_develop(tx, actor).await?;
    let organisation = organisations::find(tx, actor.organisation).await?.ok_or(Error::Unauthenticated)?;
    let ids = applications::administrators(tx, actor.organisation).await?;
    Ok(Shown {
        applications: applications::of_developer(tx, actor.person).await?,
        organisation,
        administrators: find_people(tx, actor, &ids).await?,
        is_administrator: ids.contains(&actor.person),
        people: invented::of_developer(tx, actor.person).await?,
    })
}

async fn page(visit: &Visit, who: &Recognised, asked: &Asked, faults: &Faults) -> Result<Response> {
    let shown = visit.house.read(who.actor(visit.origin), |tx, actor| Box::pin(read(tx, actor))).await?;
    let language = visit.language(None);
    let (words, token) = (words(language), visit.form_token());
    let done = visit.said::<Done>(HERE);
    let body = views::Applications::of(words, token.value(), &shown, (asked, faults), done.as_ref());
    let mut page = Page::new(language, words.title, HERE);
    page.leave = Some(&token);
    page.status = if faults.any() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let menu = menu(language, Corner::Account, Some(visit.unread(who).await?));
    page.menu = &menu;
    page.brand = &shown.organisation.name;
    let mut response = page.show(&body);
    if done.is_some() {
        visit.cookies.clear_said(&mut response);
    }
    visit.keep_language(&mut response);
    Ok(response)
}

/// Back to the page, which tells this once.
fn tell(visit: &Visit, done: &Done) -> Result<Response> {
    let mut response = see(HERE);
    visit.say(&mut response, HERE, done)?;
    Ok(response)
}

/// `POST`: registers an application.
pub(crate) async fn register(visit: Visit, Fields(fields): Fields) -> Response {
    let answer = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        must_develop(&visit, &who).await?;
        let asked = Asked::read(&form);
        let faults = asked.faults();
        if faults.any() {
            return page(&visit, &who, &asked, &faults).await;
        }
        let input = (who.actor(visit.origin), asked.clone());
        let registered = visit.house.db.write(input, |tx, (actor, asked)| {
            Box::pin(async move {
                let place =
                    if asked.is_trial { invented::sandbox(tx, actor).await? } else { actor.organisation };
                applications::register(tx, actor, &asked.client(place)).await
            })
        });
        match registered.await {
            Ok((id, secret)) => {
                let secret = secret.map(|secret| secret.expose_secret().to_owned());
                tell(&visit, &Done::Registered { name: asked.name, client_id: id.hex(), secret })
            }
            Err(Error::TooLarge { limit }) if limit.name == "applications" => {
                page(&visit, &who, &asked, &Faults { too_many: true, ..Faults::default() }).await
            }
            Err(error) => Err(error),
        }
    };
    answer.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// Passes for who may register applications, before anything is read of what they sent.
async fn must_develop(visit: &Visit, who: &Recognised) -> Result<()> {
    let actor = who.actor(visit.origin);
    visit.house.read(actor, |tx, actor| Box::pin(applications::must_develop(tx, actor))).await
}

/// Which application a form is about.
fn named(form: &Form) -> Result<ClientId> {
    let id = form.first("application").and_then(ClientId::from_hex);
    id.ok_or(Error::not_found(Kind::Client))
}

/// `POST`: notes that somebody wishes an application of theirs to go into production.
pub(crate) async fn wish(visit: Visit, Fields(fields): Fields) -> Response {
    let wished = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        must_develop(&visit, &who).await?;
        let actor = who.actor(visit.origin);
        let input = (actor, named(&form)?);
        let wished =
            visit.house.db.write(input, |tx, (actor, id)| Box::pin(applications::wish(tx, actor, *id)));
        wished.await?;
        Ok(see(HERE))
    };
    wished.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`: removes an application of theirs.
pub(crate) async fn remove(visit: Visit, Fields(fields): Fields) -> Response {
    let removed = async {
        let Some((form, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        must_develop(&visit, &who).await?;
        let actor = who.actor(visit.origin);
        let input = (actor, named(&form)?);
        let removed =
            visit.house.db.write(input, |tx, (actor, id)| Box::pin(applications::withdraw(tx, actor, *id)));
        removed.await?;
        Ok(see(HERE))
    };
    removed.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`: gives them people to try things with, or those whom they have a new password.
pub(crate) async fn test_people(visit: Visit, Fields(fields): Fields) -> Response {
    let given = async {
        let Some((_, who)) = sent_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        must_develop(&visit, &who).await?;
        let (house, actor) = (&visit.house, who.actor(visit.origin));
        // The hash of a password costs as much as a try of one.
        visit.rates.account(Work::Link, who.person)?;
        let password = invented::password(&house.rng);
        let hash = house.desk.hash(&password).await?;
        let invented = Invented::seal((&house.vault, &house.clock, &house.rng))?;
        let given = house.db.write((actor, invented, hash), |tx, (actor, invented, hash)| {
            Box::pin(invented::give(tx, actor, invented, hash))
        });
        given.await?;
        tell(&visit, &Done::TestPeople { password: password.expose_secret().to_owned() })
    };
    given.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}
