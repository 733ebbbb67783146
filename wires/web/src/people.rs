//! Whom one may write to, by what they are.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use flows::ChatRef;
use identity::{PeopleFilter, Person, memberships};
use kernel::{Page, Result};

use crate::assets::STYLE_PATH;
use crate::chats::{Pages, and_one_more};
use crate::forms::OurForm;
use crate::pictures::Face;
use crate::place::{Query, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, Chats, Inviting, Search};
use door::pages::forms::FIELD;
use door::pages::{Corner, roles};
use search::Wanted;

/// People on one page.
const ROWS: u32 = 60;

#[derive(Template)]
#[template(path = "people.html")]
struct List<'a> {
    words: &'static Chats,
    search: &'static Search,
    field: &'static str,
    token: &'a str,
    /// How the names begin that were looked for.
    typed: &'a str,
    who: &'static str,
    circles: Vec<Circle>,
    pages: Pages,
    inviting: &'static Inviting,
    may_invite: bool,
}

/// People of one role.
pub struct Circle {
    pub heading: &'static str,
    pub people: Vec<Row>,
}

/// Somebody to write to.
pub struct Row {
    pub id: String,
    pub path: String,
    pub name: String,
    pub about: String,
    pub face: Face,
}

impl List<'_> {
    /// What a link to another page of the list carries on.
    fn more(&self) -> String {
        if self.who == "all" { String::new() } else { format!("&who={}", self.who) }
    }
}

/// Which people are asked for, as the address says it.
fn filter(query: &Query) -> (&'static str, PeopleFilter) {
    match query.0.first("who") {
        Some("staff") => ("staff", PeopleFilter::Staff),
        Some("patients") => ("patients", PeopleFilter::Patients),
        _ => ("all", PeopleFilter::All),
    }
}

/// The list.
pub async fn list(State(web): State<Web>, visitor: Visitor, query: Query) -> Result<Response, Refusal> {
    let (words, number) = (visitor.words(), query.number("page").unwrap_or_default());
    let (who, filter) = filter(&query);
    let mut people = read(&visitor, filter, and_one_more(number, ROWS)).await?;
    let pages = Pages::of(&mut people, number, ROWS);
    let circles = by_role(&visitor, people);
    let search = words::search(visitor.view.language);
    let (inviting, may_invite) = invitation(&visitor);
    let token = visitor.view.token.value();
    let list =
        List { words, search, field: FIELD, token, typed: "", who, circles, pages, inviting, may_invite };
    Ok(visitor.show(&web, words.new_title, Corner::Chats, &list))
}

/// Those whose names begin as somebody typed. What was typed is in no address.
pub async fn find(
    State(web): State<Web>,
    visitor: Visitor,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let typed = form.first("find").unwrap_or_default().trim();
    let number = form.first("page").and_then(|page| page.parse().ok()).unwrap_or_default();
    let mut people = called(&visitor, typed, PeopleFilter::All, and_one_more(number, ROWS)).await?;
    let pages = Pages::of(&mut people, number, ROWS);
    let circles = by_role(&visitor, people);
    let (words, search) = (visitor.words(), words::search(visitor.view.language));
    let (inviting, may_invite) = invitation(&visitor);
    let token = visitor.view.token.value();
    let list =
        List { words, search, field: FIELD, token, typed, who: "", circles, pages, inviting, may_invite };
    Ok(visitor.show(&web, words.new_title, Corner::Chats, &list))
}

/// What the way to an invitation says, and whether it is the visitor's to go.
fn invitation(visitor: &Visitor) -> (&'static Inviting, bool) {
    let actor = &visitor.caller.actor;
    (words::inviting(visitor.view.language), actor.is_staff())
}

/// People whom the visitor may write to and whose names begin so; nobody's begins with what is no word.
pub async fn called(visitor: &Visitor, typed: &str, filter: PeopleFilter, page: Page) -> Result<Vec<Person>> {
    let Ok(wanted) = Wanted::read(typed) else { return Ok(Vec::new()) };
    let (house, actor) = (&visitor.caller.house, &visitor.caller.actor);
    flows::finding::people(house, actor, &wanted, filter, page).await
}

/// People whom the visitor may write to.
pub async fn read(visitor: &Visitor, filter: PeopleFilter, page: Page) -> Result<Vec<Person>> {
    let people = visitor.caller.read((filter, page), |tx, actor, (filter, page)| {
        Box::pin(identity::people_of(tx, actor, *filter, *page))
    });
    people.await
}

/// People under the names of their roles, clinicians first and patients last.
pub fn by_role(visitor: &Visitor, people: Vec<Person>) -> Vec<Circle> {
    let of_role = |role| {
        let people = people.iter().filter(|person: &&Person| person.role == role).map(row).collect();
        Circle { heading: roles(visitor.view.language, role), people }
    };
    memberships::RANK.into_iter().map(of_role).filter(|circle| !circle.people.is_empty()).collect()
}

/// Somebody as the lists show them.
pub fn row(person: &Person) -> Row {
    Row {
        id: person.id.uuid(),
        path: format!("{}#write", path_of(ChatRef::Direct(person.id))),
        name: person.full_name(),
        about: person.position.clone(),
        face: Face::of_person(person),
    }
}
