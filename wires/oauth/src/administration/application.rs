//! One application's page: how it stands, where it sends people back to, and how old its secrets are.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::forms::FIELD;
use identity::applications::{self, Application, SecretAge};
use identity::protocol::form::Form;
use identity::{By, Person, clients, find_people, scopes};
use kernel::{ClientId, Error, Kind, Result};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::asked::{Faults, lines};
use super::desk::{self, Desk, Frame};
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit};
use crate::words::administration::{Applications, applications as text_of};
use crate::words::applications::{Words, words};

/// For how many hours an old secret may go on beside the new one.
const OVERLAPS_H: [i64; 3] = [24, 168, 0];
const HOUR_MS: i64 = 3_600_000;

/// What has just been done, for one look at the page.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Told {
    Added { secret: Option<String> },
    Renewed { secret: String },
    Moved,
    Removed,
}

/// What a form asks for.
#[derive(Clone, Debug)]
enum Deed {
    Renew { overlap_ms: i64 },
    Move(Vec<String>),
    Remove,
}

#[derive(Template)]
#[template(path = "administration/application.html")]
struct View<'a> {
    frame: Frame<'a>,
    text: &'static Applications,
    words: &'static Words,
    here: &'a str,
    name: &'a str,
    client_id: String,
    state: String,
    is_wished: bool,
    product: &'static str,
    /// Who registered it.
    by: Option<String>,
    since: String,
    /// A secret to show this once.
    secret: Option<&'a str>,
    sentences: Vec<&'static str>,
    addresses: &'a [String],
    /// As they stand in the field.
    written: String,
    after: &'a [String],
    addresses_error: Option<&'static str>,
    is_public: bool,
    has_keys: bool,
    secrets: Vec<(String, Option<String>)>,
    /// Whether only an operator may change it.
    is_operators: bool,
    /// Whether somebody has yet to say yes or no.
    waits: bool,
}

/// Where an application's page is.
pub(super) fn path_of(id: ClientId) -> String {
    format!("{}/{}", super::applications::HERE, id.hex())
}

/// How it stands; and why, where it was refused.
pub(super) fn state(words: &Words, one: &Application) -> String {
    let says = match (one.client.pending, &one.declined) {
        (true, Some(declined)) => return format!("{} {}", words.declined, declined.because),
        (true, None) => words.waits,
        (false, _) if one.client.sandbox => words.in_sandbox,
        (false, _) => words.works,
    };
    says.to_owned()
}

/// `GET`: the page.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        match desk::enter(&visit).await? {
            Ok(desk) => page(&visit, &desk, named(&visit)?, None).await,
            Err(response) => Ok(response),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

fn named(visit: &Visit) -> Result<ClientId> {
    ClientId::from_hex(desk::last_part(visit)).ok_or(Error::not_found(Kind::Client))
}

impl Deed {
    fn read(form: &Form) -> Result<Self> {
        let unknown = || Error::invalid("act", "act_unknown", "No page of ours asks for this.");
        match form.first("act").unwrap_or_default() {
            "renew" => {
                let hours: i64 = form.first("overlap").and_then(|text| text.parse().ok()).unwrap_or(24);
                let hours = OVERLAPS_H.contains(&hours).then_some(hours).ok_or_else(unknown)?;
                Ok(Self::Renew { overlap_ms: hours * HOUR_MS })
            }
            "move" => Ok(Self::Move(lines(form.first("addresses").unwrap_or_default()))),
            "remove" => Ok(Self::Remove),
            _ => Err(unknown()),
        }
    }
}

/// `POST`: does something to it.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let done = async {
        let (form, desk) = match desk::sent_by(&visit, fields, &visit.path).await? {
            Ok(sent) => sent,
            Err(response) => return Ok(response),
        };
        let (id, deed) = (named(&visit)?, Deed::read(&form)?);
        if let Deed::Move(uris) = &deed {
            let faults = Faults::of_addresses(uris);
            if faults.any() {
                return page(&visit, &desk, id, Some((uris, faults))).await;
            }
        }
        match (run(&visit, &desk, id, &deed).await, &deed) {
            (Ok(Told::Removed), _) => desk::tell(&visit, super::applications::HERE, &Told::Removed),
            (Ok(told), _) => desk::tell(&visit, &visit.path, &told),
            (Err(Error::Invalid { .. }), Deed::Move(uris)) => {
                let faults = Faults { addresses_unfit: true, ..Faults::default() };
                page(&visit, &desk, id, Some((uris, faults))).await
            }
            (Err(error), _) => Err(error),
        }
    };
    done.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn run(visit: &Visit, desk: &Desk, id: ClientId, deed: &Deed) -> Result<Told> {
    let done = visit.house.db.write((desk.actor(visit), id, deed.clone()), |tx, (actor, id, deed)| {
        Box::pin(async move {
            let by = By::Actor(actor);
            match deed {
                Deed::Renew { overlap_ms } => {
                    applications::open_to_change(tx, by, *id).await?;
                    clients::rotate_secret(tx, by, *id, *overlap_ms).await.map(Some)
                }
                Deed::Move(uris) => {
                    applications::open_to_change(tx, by, *id).await?;
                    clients::set_redirects(tx, by, *id, uris).await.map(|()| None)
                }
                Deed::Remove => {
                    applications::open(tx, by, *id).await?;
                    clients::remove(tx, by, *id).await.map(|()| None)
                }
            }
        })
    });
    Ok(match (deed, done.await?) {
        (Deed::Remove, _) => Told::Removed,
        (_, Some(secret)) => Told::Renewed { secret: secret.expose_secret().to_owned() },
        (_, None) => Told::Moved,
    })
}

async fn known(visit: &Visit, desk: &Desk, id: ClientId) -> Result<(Application, Option<Person>)> {
    let read = visit.house.read((desk.actor(visit), id), |tx, (actor, id)| {
        Box::pin(async move {
            applications::open(tx, By::Actor(actor), *id).await?;
            let found = applications::find(tx, actor.organisation, *id).await?;
            let found = found.ok_or(Error::not_found(Kind::Client))?;
            let by: Vec<_> = found.registered_by.into_iter().collect();
            Ok((found, find_people(tx, actor, &by).await?.pop()))
        })
    });
    read.await
}

async fn page(
    visit: &Visit,
    desk: &Desk,
    id: ClientId,
    fault: Option<(&[String], Faults)>,
) -> Result<Response> {
    let (one, by) = known(visit, desk, id).await?;
    let told = desk::told::<Told>(visit).filter(|_| fault.is_none());
    let mut view = view(visit, desk, &one, by.as_ref());
    match &told {
        Some(Told::Added { secret }) => {
            view.frame.told = Some(view.words.registered);
            view.secret = secret.as_deref();
        }
        Some(Told::Renewed { secret }) => {
            view.frame.told = Some(view.text.renewed);
            view.secret = Some(secret);
        }
        Some(Told::Moved) => view.frame.told = Some(view.text.moved),
        Some(Told::Removed) | None => {}
    }
    let mut status = StatusCode::OK;
    if let Some((uris, faults)) = fault {
        status = StatusCode::UNPROCESSABLE_ENTITY;
        view.written = uris.join("\n");
        let words = view.words;
        let missing = faults.addresses_missing;
        view.addresses_error = Some(if missing { words.addresses_missing } else { words.addresses_unfit });
    }
    let mut response = desk.show_as(visit, status, view.name, &view).await?;
    if told.is_some() {
        visit.cookies.clear_said(&mut response);
    }
    Ok(response)
}

fn view<'a>(visit: &'a Visit, desk: &'a Desk, one: &'a Application, by: Option<&Person>) -> View<'a> {
    let (words, client) = (words(desk.language), &one.client);
    let age = |age: &SecretAge| (desk.when(age.made_ms), age.ends_ms.map(|ms| desk.when(ms)));
    View {
        frame: desk.frame(),
        text: text_of(desk.language),
        words,
        here: &visit.path,
        name: &client.name,
        client_id: client.id.hex(),
        state: state(words, one),
        is_wished: one.wish.is_some(),
        product: words.product_of(&client.dialect),
        by: by.map(Person::full_name),
        since: desk.when(one.made_ms),
        secret: None,
        sentences: scopes::sentences(client.scopes, desk.language).collect(),
        addresses: &client.redirect_uris,
        written: client.redirect_uris.join("\n"),
        after: &client.post_logout_uris,
        addresses_error: None,
        is_public: client.public,
        has_keys: client.jwks.is_some(),
        secrets: one.secrets.iter().map(age).collect(),
        is_operators: applications::is_operators(client),
        waits: one.waits_for_approval(),
    }
}
