//! What the organisation is called and speaks, how long people stay signed in, and of whom two factors are asked.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::forms::FIELD;
use door::pages::roles;
use identity::protocol::form::Form;
use identity::settings::{self, Reach, Settings};
use identity::{By, Language, policies};
use kernel::{Error, Result, Role};
use serde::{Deserialize, Serialize};

use super::desk::{self, Desk, Frame};
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit};
use crate::words::administration::{Organisation as Words, organisation as text_of};

/// Where the page is.
pub(crate) const HERE: &str = "/administration/organisation";
/// Where its form of second factors goes.
pub(crate) const FACTORS: &str = "/administration/organisation/second-factor";

/// What has just been done.
#[derive(Debug, Serialize, Deserialize)]
enum Told {
    Changed,
    Asked,
}

/// What stood in the form, and which field does not fit.
type Unfit = (Settings, &'static str);

#[derive(Template)]
#[template(path = "administration/organisation.html")]
struct View<'a> {
    frame: Frame<'a>,
    text: &'static Words,
    shown: Shown,
    /// The field that does not fit.
    unfit: Option<&'static str>,
    sandbox: bool,
    roles: Vec<RoleRow>,
}

/// What stands in the fields.
struct Shown {
    name: String,
    time_zone: String,
    own: Language,
    languages: Vec<Language>,
    idle_minutes: i64,
    life_hours: i64,
}

struct RoleRow {
    role: &'static str,
    label: &'static str,
    is_asked: bool,
    reach: String,
}

impl View<'_> {
    fn is_unfit(&self, field: &str) -> bool {
        self.unfit == Some(field)
    }
}

impl From<Settings> for Shown {
    fn from(settings: Settings) -> Self {
        let own = settings.languages.first().copied().unwrap_or_default();
        let Settings { name, time_zone, languages, idle_minutes, life_hours } = settings;
        Self { name, time_zone, own, languages, idle_minutes, life_hours }
    }
}

/// `GET`: the page.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        match desk::enter(&visit).await? {
            Ok(desk) => page(&visit, &desk, None).await,
            Err(response) => Ok(response),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn page(visit: &Visit, desk: &Desk, unfit: Option<Unfit>) -> Result<Response> {
    let read = visit.house.read(desk.actor(visit), |tx, actor| {
        Box::pin(async move {
            let reach = settings::reach(tx, By::Actor(actor), actor.organisation).await?;
            Ok((reach, policies::second_factor_roles(tx, actor.organisation).await?))
        })
    });
    let (reach, asked) = read.await?;
    let text = text_of(desk.language);
    let mut frame = desk.frame();
    let told = desk::told::<Told>(visit).filter(|_| unfit.is_none());
    frame.told = told.as_ref().map(|told| match told {
        Told::Changed => text.changed,
        Told::Asked => text.asked,
    });
    let title = frame.desk.organisation;
    let (shown, unfit) = match unfit {
        Some((typed, field)) => (typed.into(), Some(field)),
        None => (Settings::of(&desk.organisation).into(), None),
    };
    let status = if unfit.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let roles = role_rows(desk, &reach, &asked);
    let view = View { frame, text, shown, unfit, sandbox: desk.organisation.sandbox, roles };
    let mut response = desk.show_as(visit, status, title, &view).await?;
    if told.is_some() {
        visit.cookies.clear_said(&mut response);
    }
    Ok(response)
}

/// Each role that signs in, and whom it would reach.
fn role_rows(desk: &Desk, reach: &[Reach], asked: &[Role]) -> Vec<RoleRow> {
    let text = text_of(desk.language);
    let signs_in = |role: &Role| !matches!(role, Role::Partner | Role::Scheduler | Role::Guest);
    let row = |role: Role| {
        let here = reach.iter().find(|one| one.role == role);
        let (people, without) = here.map_or((0, 0), |one| (one.people, one.without));
        let says = if people == 0 { text.reach_nobody } else { text.reach };
        RoleRow {
            role: role.name(),
            label: roles(desk.language, role),
            is_asked: asked.contains(&role),
            reach: says.replace("{people}", &people.to_string()).replace("{without}", &without.to_string()),
        }
    };
    Role::ALL.into_iter().filter(signs_in).map(row).collect()
}

fn read(form: &Form) -> Settings {
    let field = |name| form.first(name).unwrap_or_default().trim();
    let own = Language::of_tag(field("own"));
    let others = form.all("language").filter_map(Language::of_tag).filter(|one| Some(*one) != own);
    // What is no number is out of range.
    let number = |name| field(name).parse().unwrap_or(-1);
    Settings {
        name: field("name").to_owned(),
        time_zone: field("time_zone").to_owned(),
        languages: own.into_iter().chain(others).collect(),
        idle_minutes: number("idle"),
        life_hours: number("life"),
    }
}

/// `POST`: changes what it is called and speaks, and how long people stay signed in.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let changed = async {
        let (form, desk) = match desk::sent_by(&visit, fields, HERE).await? {
            Ok(sent) => sent,
            Err(response) => return Ok(response),
        };
        let new = read(&form);
        let input = (desk.actor(&visit), new.clone());
        let changed = visit.house.db.write(input, |tx, (actor, new)| {
            Box::pin(settings::change(tx, By::Actor(actor), actor.organisation, new))
        });
        match changed.await {
            Ok(()) => desk::tell(&visit, HERE, &Told::Changed),
            Err(Error::Invalid { field, .. }) => page(&visit, &desk, Some((new, field))).await,
            Err(error) => Err(error),
        }
    };
    changed.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`: chooses of whom two factors are asked.
pub(crate) async fn submit_factors(visit: Visit, Fields(fields): Fields) -> Response {
    let asked = async {
        let (form, desk) = match desk::sent_by(&visit, fields, HERE).await? {
            Ok(sent) => sent,
            Err(response) => return Ok(response),
        };
        let unknown = || Error::invalid("roles", "role_unknown", "There is no such role.");
        let named = |name: &str| Role::named(name).ok_or_else(unknown);
        let roles = form.all("role").map(named).collect::<Result<Vec<Role>>>()?;
        let set = visit.house.db.write((desk.actor(&visit), roles), |tx, (actor, roles)| {
            Box::pin(settings::ask_two_of(tx, By::Actor(actor), actor.organisation, roles))
        });
        set.await?;
        desk::tell(&visit, HERE, &Told::Asked)
    };
    asked.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_the_house_comes_first_and_once() {
        let form = Form::parse("own=de&language=nl&language=de&language=xx&idle=30&life=ten&name=+x+");
        let read = read(&form.expect("text"));
        assert_eq!(read.languages, [Language::De, Language::Nl]);
        assert_eq!((read.idle_minutes, read.life_hours, read.name.as_str()), (30, -1, "x"));
    }
}
