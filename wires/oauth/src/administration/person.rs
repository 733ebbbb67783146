//! One person's page: what they are here, where they are signed in, what acts for them and how they prove themselves.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::forms::FIELD;
use door::pages::role;
use identity::grants::ConnectedApp;
use identity::oversight::{self, Held, Look};
use identity::sessions::SessionView;
use identity::{By, Person, find_person, scopes};
use kernel::{Error, Kind, PersonId, Result, Role};

use super::deeds::{self, Deed, Refused, Told};
use super::desk::{self, Desk, Frame};
use crate::account::device_in_words;
use crate::refusals::Trouble;
use crate::views::{AppRow, SessionRow};
use crate::visit::{Fields, Visit};
use crate::words;
use crate::words::administration::{Person as Words, person as text_of};

#[derive(Template)]
#[template(path = "administration/person.html")]
struct View<'a> {
    frame: Frame<'a>,
    text: &'static Words,
    /// Where its forms go.
    here: &'a str,
    name: String,
    email: Option<&'a str>,
    state: &'static str,
    is_shut_out: bool,
    /// Whether an administrator looks at themselves: another has to change it.
    is_oneself: bool,
    roles: Vec<RoleRow>,
    /// Roles that they do not have and may get.
    more_roles: Vec<(&'static str, &'static str)>,
    sessions: Vec<SessionRow<'a>>,
    apps: Vec<AppRow<'a>>,
    factors: Vec<String>,
    /// Why nothing was taken away: nobody made sure that it is them.
    is_unsure: bool,
}

struct RoleRow {
    role: &'static str,
    label: &'static str,
    position: String,
    since: String,
    until: Option<String>,
    is_pending: bool,
    stands: bool,
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

/// Whose page it is.
fn named(visit: &Visit) -> Result<PersonId> {
    PersonId::from_uuid(desk::last_part(visit)).ok_or(Error::not_found(Kind::Person))
}

/// `POST`: does something to their account, and says so on their page.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let done = async {
        let (form, desk) = match desk::sent_by(&visit, fields, &visit.path).await? {
            Ok(sent) => sent,
            Err(response) => return Ok(response),
        };
        let id = named(&visit)?;
        match deeds::run(&visit, &desk, id, Deed::read(&form)?).await? {
            Ok(told) => desk::tell(&visit, &visit.path, &told),
            Err(refused) => page(&visit, &desk, id, Some(refused)).await,
        }
    };
    done.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn page(visit: &Visit, desk: &Desk, id: PersonId, refused: Option<Refused>) -> Result<Response> {
    let read = visit.house.read((desk.actor(visit), id), |tx, (actor, id)| {
        Box::pin(async move {
            let by = By::Actor(actor);
            let of = oversight::open(tx, by, actor.organisation, *id).await?;
            let person = find_person(tx, actor, *id).await?.ok_or(Error::not_found(Kind::Person))?;
            Ok((person, oversight::look(tx, by, of).await?))
        })
    });
    let (person, look) = read.await?;
    let text = text_of(desk.language);
    let told = desk::told::<Told>(visit).filter(|_| refused.is_none());
    let mut view = view(visit, desk, &person, &look);
    view.frame.told = told.map(|told| told.says(text));
    view.frame.error = refused.map(|refused| refused.says(text));
    view.is_unsure = refused == Some(Refused::Unsure);
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut response = desk.show_as(visit, status, &view.name, &view).await?;
    if told.is_some() {
        visit.cookies.clear_said(&mut response);
    }
    Ok(response)
}

fn view<'a>(visit: &'a Visit, desk: &'a Desk, person: &'a Person, look: &'a Look) -> View<'a> {
    let (text, now) = (text_of(desk.language), visit.house.clock.now_ms());
    let held = |one: &Held| RoleRow {
        role: one.role.name(),
        label: role(desk.language, one.role),
        position: one.position.clone(),
        since: desk.when(one.start_ms),
        until: one.end_ms.map(|ms| desk.when(ms)),
        is_pending: one.is_pending,
        stands: one.stands(now),
    };
    let may_get = |one: &Role| {
        let is_given = !matches!(one, Role::Partner | Role::Scheduler | Role::Guest);
        is_given && !look.roles.iter().any(|held| held.role == *one && held.stands(now))
    };
    let more = Role::ALL.into_iter().filter(may_get);
    View {
        frame: desk.frame(),
        text,
        here: &visit.path,
        name: person.full_name(),
        email: person.email.as_deref(),
        state: match (look.is_shut_out, person.is_pending) {
            (true, _) => text.is_shut_out,
            (false, true) => text.is_pending,
            (false, false) => text.is_there,
        },
        is_shut_out: look.is_shut_out,
        is_oneself: person.id == desk.who.person,
        roles: look.roles.iter().map(held).collect(),
        more_roles: more.map(|one| (one.name(), role(desk.language, one))).collect(),
        sessions: look.sessions.iter().map(|one| session_row(desk, one)).collect(),
        apps: look.apps.iter().map(|one| app_row(desk, one)).collect(),
        factors: factors(text, look),
        is_unsure: false,
    }
}

fn session_row<'a>(desk: &Desk, one: &'a SessionView) -> SessionRow<'a> {
    SessionRow {
        id: one.id.hex(),
        device: device_in_words(one.device, words::of(desk.language)),
        organisation: &one.organisation_name,
        signed_in: desk.when(one.signed_in_ms),
        seen: desk.when(one.seen_ms),
        is_this: desk.who.session == Some(one.id),
    }
}

fn app_row<'a>(desk: &Desk, one: &'a ConnectedApp) -> AppRow<'a> {
    AppRow {
        grant: one.grant.hex(),
        name: &one.client_name,
        organisation: &one.organisation_name,
        since: desk.when(one.made_ms),
        used: one.used_ms.map(|ms| desk.when(ms)),
        sentences: scopes::sentences(one.scopes, desk.language).collect(),
    }
}

/// Which kinds they have; never what they are.
fn factors(text: &Words, look: &Look) -> Vec<String> {
    let factors = &look.factors;
    let app = factors.has_app().then(|| text.by_app.to_owned());
    let sms = factors.has_sms.then(|| text.by_sms.to_owned());
    let passkeys = (factors.passkeys > 0).then(|| format!("{} {}", text.passkeys, factors.passkeys));
    let codes = factors.is_any().then(|| format!("{} {}", text.codes_left, factors.codes_left));
    [app, sms, passkeys, codes].into_iter().flatten().collect()
}
