//! The people of the organisation, by page, and those whose names begin so.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::forms::FIELD;
use door::pages::role;
use identity::applications::must_administer;
use identity::{PeopleFilter, Person, people_called, roster, shut_out, staff_of};
use kernel::limits::PAGE_ROWS_DEFAULT;
use kernel::{Page, Result};
use search::{Of, Wanted};

use super::desk::{self, Desk, Frame};
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit};
use crate::words::administration::{People, people as words};

/// Where the page is.
pub(crate) const HERE: &str = "/administration/people";

/// Whom the page lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Among {
    Staff,
    Everybody,
    ShutOut,
}

impl Among {
    fn of(visit: &Visit) -> Self {
        match visit.query.first("show") {
            Some("all") => Self::Everybody,
            Some("out") => Self::ShutOut,
            _ => Self::Staff,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Everybody => "all",
            Self::ShutOut => "out",
        }
    }
}

#[derive(Template)]
#[template(path = "administration/people.html")]
struct View<'a> {
    frame: Frame<'a>,
    text: &'static People,
    /// Whom it lists; `None` for those who were looked for.
    among: Option<&'static str>,
    /// What was looked for.
    name: &'a str,
    name_error: Option<&'static str>,
    rows: Vec<Row>,
    number: u32,
    has_more: bool,
}

struct Row {
    /// Where their page is; who came as the guest of a chat has none.
    path: Option<String>,
    name: String,
    role: &'static str,
    position: String,
    state: Option<&'static str>,
}

/// `GET`: a page of the list.
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
    let (among, number) = (Among::of(visit), desk::number(&visit.query));
    let input = (desk.actor(visit), among, Page::numbered(number, PAGE_ROWS_DEFAULT));
    let people = visit.house.read(input, |tx, (actor, among, page)| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            match among {
                Among::Staff => staff_of(tx, actor, *page).await,
                Among::Everybody => roster(tx, actor, *page).await,
                Among::ShutOut => shut_out(tx, actor, *page).await,
            }
        })
    });
    let people = people.await?;
    let view = view(desk, &people, number);
    page(visit, desk, View { among: Some(among.name()), ..view }).await
}

fn view<'a>(desk: &'a Desk, people: &[Person], number: u32) -> View<'a> {
    let text = words(desk.language);
    let row = |person: &Person| Row {
        path: (!person.is_guest_of_chat).then(|| format!("{HERE}/{}", person.id.uuid())),
        name: person.full_name(),
        role: role(desk.language, person.role),
        position: person.position.clone(),
        state: match (person.active, person.is_pending) {
            (true, _) => None,
            (false, true) => Some(text.pending),
            (false, false) => Some(text.shut_out),
        },
    };
    View {
        frame: desk.frame(),
        text,
        among: None,
        name: "",
        name_error: None,
        rows: people.iter().map(row).collect(),
        number,
        has_more: people.len() >= PAGE_ROWS_DEFAULT as usize,
    }
}

async fn page(visit: &Visit, desk: &Desk, view: View<'_>) -> Result<Response> {
    let status = if view.name_error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    desk.show_as(visit, status, view.frame.desk.people, &view).await
}

/// `POST`: those whose names begin so. It is a form, since names do not stand in addresses.
pub(crate) async fn find(visit: Visit, Fields(fields): Fields) -> Response {
    let found = async {
        let Some((form, desk)) = desk::asked_by(&visit, fields).await? else {
            return Ok(Trouble::stale().show(&visit));
        };
        look_for(&visit, &desk, form.first("name").unwrap_or_default().trim(), desk::number(&form)).await
    };
    found.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn look_for(visit: &Visit, desk: &Desk, name: &str, number: u32) -> Result<Response> {
    let Ok(wanted) = Wanted::read(name) else {
        let error = Some(words(desk.language).find_unfit);
        return page(visit, desk, View { name, name_error: error, ..view(desk, &[], 0) }).await;
    };
    visit.house.vault.ring_of(&visit.house.db, desk.organisation.id).await?;
    let tokens = wanted.tokens(&visit.house.vault.search_key_of(desk.organisation.id), Of::Name);
    let input = (desk.actor(visit), tokens, Page::numbered(number, PAGE_ROWS_DEFAULT));
    let people = visit.house.read(input, |tx, (actor, tokens, page)| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            people_called(tx, actor, PeopleFilter::All, tokens, *page).await
        })
    });
    let people = people.await?;
    page(visit, desk, View { name, ..view(desk, &people, number) }).await
}
