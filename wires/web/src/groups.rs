//! Beginning a group: what it is for, whose it is, and who is in it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::Corner;
use door::pages::forms::FIELD;
use flows::ChatRef;
use identity::protocol::form::Form;
use kernel::{Error, Kind, PersonId, Result, TeamId};
use messaging::GroupDraft;

use crate::assets::STYLE_PATH;
use crate::forms::OurForm;
use crate::once;
use crate::picker::{Picker, Turn};
use crate::place::path_of;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::teams::{self, Choice};
use crate::visitor::{Visitor, see_other};
use crate::words::{self, About, Chats, fill};

/// Where the form is, and is sent.
const PATH: &str = "/chats/new-group";

#[derive(Template)]
#[template(path = "group.html")]
struct Page<'a> {
    words: &'static Chats,
    about: &'static About,
    field: &'static str,
    token: &'a str,
    is_staff: bool,
    teams: Vec<Choice>,
    picker: Picker,
    typed: Typed,
}

/// What stood in the form that was sent, and what is wrong with it.
#[derive(Default)]
pub struct Typed {
    /// The number of the form, so that sending it twice begins one group.
    once: String,
    subject: String,
    team: String,
    about: String,
    pub chosen: Vec<String>,
    subject_error: Option<String>,
    pub members_error: Option<String>,
}

impl Typed {
    pub fn of(form: &Form) -> Self {
        let field = |name| form.first(name).unwrap_or_default().trim().to_owned();
        let chosen = form.all("member").map(str::to_owned).collect();
        Self {
            once: field("once"),
            subject: field("subject"),
            team: field("team"),
            about: field("about"),
            chosen,
            ..Self::default()
        }
    }

    fn look_for_gaps(&mut self, words: &Chats) {
        if self.subject.is_empty() {
            self.subject_error = Some(words.subject_missing.to_owned());
        }
        if self.chosen.is_empty() {
            self.members_error = Some(words.members_missing.to_owned());
        }
    }

    /// Says beside the field what is wrong with it; an error that they cannot mend comes back.
    fn explain(&mut self, visitor: &Visitor, error: Error) -> Result<()> {
        let trouble = words::trouble(visitor.view.language);
        let at = if is_about_subject(&error) { &mut self.subject_error } else { &mut self.members_error };
        *at = Some(trouble.mendable(&error, None).ok_or(error)?);
        Ok(())
    }

    fn has_error(&self) -> bool {
        self.subject_error.is_some() || self.members_error.is_some()
    }
}

/// The empty form, for who may begin a group at all.
pub async fn form(State(web): State<Web>, visitor: Visitor) -> Result<Response, Refusal> {
    if visitor.is_guest {
        return Err(Error::not_allowed("guest_of_one_chat", "A guest is in one chat alone.").into());
    }
    Ok(page(&web, &visitor, Typed::default(), Turn::default()).await?)
}

async fn page(web: &Web, visitor: &Visitor, mut typed: Typed, turn: Turn) -> Result<Response> {
    if typed.once.is_empty() {
        typed.once = once::number(&visitor.caller.house.rng);
    }
    let words = visitor.words();
    let is_staff = visitor.caller.actor.is_staff();
    let (status, title) = if typed.has_error() {
        (StatusCode::UNPROCESSABLE_ENTITY, fill(words.title_of_error, &[words.group_title]))
    } else {
        (StatusCode::OK, words.group_title.to_owned())
    };
    let body = Page {
        words,
        about: visitor.about(),
        field: FIELD,
        token: visitor.view.token.value(),
        is_staff,
        teams: if is_staff { teams::choices(visitor, &typed.team).await? } else { Vec::new() },
        picker: Picker::turned(visitor, turn, &typed.chosen, &typed.about, &[]).await?,
        typed,
    };
    Ok(visitor.show_as(web, status, &title, Corner::Chats, &body))
}

/// Begins the group, or shows the form again: another page of its people, or with what is wrong with it.
pub async fn begin(
    State(web): State<Web>,
    visitor: Visitor,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let mut typed = Typed::of(&form);
    if let Some(turn) = Turn::wanted(&form) {
        return Ok(page(&web, &visitor, typed, turn).await?);
    }
    typed.look_for_gaps(visitor.words());
    if !typed.has_error() {
        match start(&visitor, &typed).await {
            Ok(path) => return Ok(see_other(&path)),
            Err(error) => typed.explain(&visitor, error)?,
        }
    }
    let here = Turn::asked(&form, "at").unwrap_or_default();
    Ok(page(&web, &visitor, typed, here.of_people()).await?)
}

fn is_about_subject(error: &Error) -> bool {
    match error {
        Error::Invalid { field, .. } => *field == "subject",
        Error::TooLarge { limit } => limit.name == "subject_chars",
        _ => false,
    }
}

async fn start(visitor: &Visitor, typed: &Typed) -> Result<String> {
    let members = people(&typed.chosen)?;
    let about = people(std::slice::from_ref(&typed.about).iter().filter(|about| !about.is_empty()))?.pop();
    let (subject, team) = (typed.subject.clone(), team(&typed.team)?);
    let draft = GroupDraft { subject, team, about, ..GroupDraft::default() };
    let fields = [&typed.subject, &typed.team, &typed.about].into_iter().chain(&typed.chosen);
    let said: Vec<&str> = fields.map(String::as_str).collect();
    let caller = once::named(&visitor.caller, PATH, &typed.once, &said);
    let beginning = flows::chats::begin_group(&caller.house, &caller.actor, draft, members);
    let begun = once::done(&caller, beginning).await?;
    Ok(format!("{}#write", path_of(ChatRef::Group(begun.made))))
}

/// The people of these ids, as a form brings them.
pub fn people<'a>(ids: impl IntoIterator<Item = &'a String>) -> Result<Vec<PersonId>> {
    let unknown = || Error::invalid("members", "user_not_found", "no such person");
    ids.into_iter().map(|id| PersonId::from_uuid(id).ok_or_else(unknown)).collect()
}

/// The team of this id, as a form brings it; nothing is no team.
pub fn team(id: &str) -> Result<Option<TeamId>> {
    match id {
        "" => Ok(None),
        id => TeamId::from_uuid(id).map(Some).ok_or(Error::not_found(Kind::Team)),
    }
}
