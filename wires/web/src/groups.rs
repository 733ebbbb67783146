//! Beginning a group: what it is about, and who is in it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::forms::FIELD;
use flows::ChatRef;
use identity::PeopleFilter;
use identity::protocol::form::Form;
use kernel::limits::PAGE_ROWS_MAX;
use kernel::{Error, Page, PersonId, Result};
use messaging::GroupDraft;

use crate::assets::STYLE_PATH;
use crate::forms::OurForm;
use crate::people::{self, Circle};
use crate::place::path_of;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::{Visitor, see_other};
use crate::words::{self, Chats, fill};
use door::pages::Corner;

/// People to choose from: a page of a list holds no more.
const CHOICES: i64 = 5 * PAGE_ROWS_MAX as i64;

#[derive(Template)]
#[template(path = "group.html")]
struct Page_<'a> {
    words: &'static Chats,
    field: &'static str,
    token: &'a str,
    circles: Vec<Circle>,
    typed: Typed,
}

/// What stood in the form that was sent, and what is wrong with it.
#[derive(Default)]
struct Typed {
    subject: String,
    chosen: Vec<String>,
    subject_error: Option<String>,
    members_error: Option<String>,
}

impl Typed {
    fn has_error(&self) -> bool {
        self.subject_error.is_some() || self.members_error.is_some()
    }

    fn has(&self, id: &str) -> bool {
        self.chosen.iter().any(|chosen| chosen == id)
    }
}

/// The empty form.
pub async fn form(State(web): State<Web>, visitor: Visitor) -> Result<Response, Refusal> {
    Ok(page(&web, &visitor, Typed::default()).await?)
}

async fn page(web: &Web, visitor: &Visitor, typed: Typed) -> Result<Response> {
    let words = visitor.words();
    let everybody = Page { skip: 0, size: CHOICES };
    let people = people::read(visitor, PeopleFilter::All, everybody).await?;
    let circles = people::by_role(visitor, people);
    let (status, title) = if typed.has_error() {
        (StatusCode::UNPROCESSABLE_ENTITY, fill(words.title_of_error, &[words.group_title]))
    } else {
        (StatusCode::OK, words.group_title.to_owned())
    };
    let token = visitor.view.token.value();
    let body = Page_ { words, field: FIELD, token, circles, typed };
    Ok(visitor.show_as(web, status, &title, Corner::Chats, &body))
}

/// Begins the group, or shows the form again with what is wrong with it.
pub async fn begin(
    State(web): State<Web>,
    visitor: Visitor,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let (subject, chosen) = (form.first("subject").unwrap_or_default().trim().to_owned(), chosen(&form));
    let mut typed = Typed { subject: subject.clone(), chosen: chosen.clone(), ..Typed::default() };
    let words = visitor.words();
    if subject.is_empty() {
        typed.subject_error = Some(words.subject_missing.to_owned());
    }
    if chosen.is_empty() {
        typed.members_error = Some(words.members_missing.to_owned());
    }
    if typed.has_error() {
        return Ok(page(&web, &visitor, typed).await?);
    }
    match start(&visitor, subject, &chosen).await {
        Ok(path) => Ok(see_other(&path)),
        Err(error) => {
            let trouble = words::trouble(visitor.view.language);
            let why = trouble.mendable(&error, None).ok_or(error)?;
            let typed = Typed { subject_error: Some(why), ..typed };
            Ok(page(&web, &visitor, typed).await?)
        }
    }
}

async fn start(visitor: &Visitor, subject: String, chosen: &[String]) -> Result<String> {
    let person = |id: &String| {
        PersonId::from_uuid(id).ok_or_else(|| Error::invalid("members", "user_not_found", "no such person"))
    };
    let members = chosen.iter().map(person).collect::<Result<Vec<_>>>()?;
    let draft = GroupDraft { subject, ..GroupDraft::default() };
    let caller = &visitor.caller;
    let chat = flows::chats::begin_group(&caller.house, &caller.actor, draft, members).await?;
    Ok(format!("{}#write", path_of(ChatRef::Group(chat))))
}

fn chosen(form: &Form) -> Vec<String> {
    form.all("member").map(str::to_owned).collect()
}
