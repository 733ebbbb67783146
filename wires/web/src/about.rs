//! What a group is, who is in it, and what its people may change about it.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use door::pages::forms::FIELD;
use door::pages::{Corner, role};
use flows::{ChatRef, FullChat};
use identity::Person;
use kernel::{Actor, ChatId, Error, Kind, PersonId, Result, Role};
use messaging::{May, Member, Right, Standing};
use store::Tx;

use crate::assets::{COPY_SCRIPT_PATH, STYLE_PATH};
use crate::did::{Did, Notice};
use crate::ending::after_closing;
use crate::forms::OurForm;
use crate::groups;
use crate::guests::Access;
use crate::managing::{Duties, Openness};
use crate::place::{Place, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::teams::{self, Choice};
use crate::times::Times;
use crate::visitor::{Visitor, see_other};
use crate::words::{self, About, Chats, Managing, fill};

#[derive(Template)]
#[template(path = "about.html")]
struct Page<'a> {
    words: &'static Chats,
    about: &'static About,
    field: &'static str,
    token: &'a str,
    path: String,
    name: String,
    count: String,
    people: Vec<Row>,
    /// Whom it is about, and whether they read along; told to staff.
    patient: Option<String>,
    team: Option<String>,
    teams: Vec<Choice>,
    may: May,
    after_closing: String,
    group: &'static words::Group,
    times: Times,
    managing: &'static Managing,
    openness: Openness,
    guests: Option<Access>,
    typed: Typed,
    /// What was done just now.
    done: Option<Notice>,
}

/// Somebody in it.
struct Row {
    id: String,
    name: String,
    role: &'static str,
    standing: &'static str,
    /// What the button says that takes them out, and what follows, for who may.
    remove: Option<(String, String)>,
    duties: Option<Duties>,
}

/// The subject that was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    subject: Option<String>,
    error: Option<String>,
}

/// The chat, the patient whom it is about when that is nobody in it, and its guests for who manages it.
type Looked = (FullChat, Option<Person>, Vec<PersonId>);

/// The page.
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let done = Did::notice(&visitor, place, &headers);
    let is_said = done.is_some();
    let mut response = page(&web, &visitor, place, Typed::default(), done).await?;
    if is_said {
        web.cookies.clear_said(&mut response);
    }
    Ok(response)
}

async fn page(
    web: &Web,
    visitor: &Visitor,
    place: Place,
    typed: Typed,
    done: Option<Notice>,
) -> Result<Response> {
    let read = visitor.caller.read(place.chat, |tx, actor, chat| Box::pin(look(tx, actor, *chat)));
    let (full, patient, guests) = read.await?;
    let (words, about) = (visitor.words(), visitor.about());
    let manages = |person: &&Person| {
        full.members.iter().any(|one| one.person == person.id && one.standing >= Standing::Admin)
    };
    let may = full.chat.may(&visitor.caller.actor);
    let chosen = full.chat.team.map(|team| team.uuid()).unwrap_or_default();
    let is_staff = visitor.caller.actor.is_staff();
    let teams = if is_staff { teams::choices(visitor, &chosen).await? } else { Vec::new() };
    let (status, title) = match typed.error {
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, fill(words.title_of_error, &[about.title])),
        None => (StatusCode::OK, about.title.to_owned()),
    };
    let body = Page {
        words,
        about,
        field: FIELD,
        token: visitor.view.token.value(),
        path: path_of(place.chat),
        name: full.chat.subject.clone().unwrap_or_else(|| words.group.to_owned()),
        count: fill(words.group_of, &[&full.members.len().to_string()]),
        people: rows(visitor, &full, may, &guests),
        patient: is_about(visitor, &full, patient.as_ref()),
        team: teams.iter().find(|team| team.is_chosen).map(|team| team.name.clone()),
        teams,
        may,
        after_closing: after_closing(visitor, full.people.iter().filter(manages)),
        group: words::group(visitor.view.language),
        times: Times::of(visitor.view.language, &full.chat.settings),
        managing: words::managing(visitor.view.language),
        openness: Openness::of(&full.chat.settings),
        guests: Access::of(visitor, &full, may, &guests),
        typed,
        done,
    };
    // What was refused is answered at a path that only takes forms; the languages lead to one that shows the page.
    let here = format!("{}/about", body.path);
    let page = door::pages::Page { status, ..door::pages::Page::new(visitor.view.language, &title, &here) };
    Ok(visitor.show_at(web, page, Corner::Chats, &body))
}

/// Reads it for its reader.
pub async fn look(tx: &Tx, actor: &Actor, chat: ChatRef) -> Result<Looked> {
    let full = flows::chats::full(tx, actor, chat).await?.ok_or(Error::not_found(chat.kind()))?;
    let patient = flows::chats::people(tx, actor, full.absent_patient).await?.pop();
    let manages = full.chat.may(actor).manages();
    let guests = if manages { flows::guests::guests_in(tx, actor, chat).await? } else { Vec::new() };
    Ok((full, patient, guests))
}

/// Whom it is about: somebody who is not in it, else the patients who are. A patient is not told of another so.
fn is_about(visitor: &Visitor, full: &FullChat, absent: Option<&Person>) -> Option<String> {
    if !visitor.caller.actor.is_staff() {
        return None;
    }
    let about = visitor.about();
    let said = |names: &str, hint| format!("{}. {hint}", fill(about.is_about, &[names]));
    if let Some(person) = absent {
        return Some(said(&person.full_name(), about.patient_absent));
    }
    let patients = full.people.iter().filter(|person| person.role == Role::Patient);
    let names: Vec<String> = patients.map(Person::full_name).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(said(one, about.reads_along)),
        _ => Some(said(&names.join(", "), about.read_along)),
    }
}

fn rows(visitor: &Visitor, full: &FullChat, may: May, guests: &[PersonId]) -> Vec<Row> {
    let people: HashMap<PersonId, &Person> = full.people.iter().map(|person| (person.id, person)).collect();
    let (words, about) = (visitor.words(), visitor.about());
    let managing = words::managing(visitor.view.language);
    let row = |member: &Member| {
        let person = people.get(&member.person);
        let name = person.map_or_else(|| words.somebody.to_owned(), |person| person.full_name());
        let remove = || (fill(about.remove_now, &[&name]), fill(about.remove_hint, &[&name]));
        Row {
            id: member.person.uuid(),
            role: person.map_or("", |person| role(visitor.view.language, person.role)),
            standing: match member.standing {
                Standing::Owner => about.owner,
                Standing::Admin => about.admin,
                Standing::Member => "",
            },
            remove: may.remove(member).then(remove),
            duties: Some(member)
                .filter(|member| !guests.contains(&member.person))
                .and_then(|member| Duties::of(managing, may, member, &name)),
            name,
        }
    };
    full.members.iter().map(row).collect()
}

/// Gives the group another subject, or shows the page again with what is wrong with it.
pub async fn rename(
    State(web): State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let (chat, caller) = (group(place)?, &visitor.caller);
    let subject = form.first("subject").unwrap_or_default().trim().to_owned();
    let why = if subject.is_empty() {
        visitor.words().subject_missing.to_owned()
    } else {
        match flows::chats::rename(&caller.house, &caller.actor, chat, &subject).await {
            Ok(()) => return Did::Rename.back_to(&visitor, place),
            Err(error) => words::trouble(visitor.view.language).mendable(&error, None).ok_or(error)?,
        }
    };
    let typed = Typed { subject: Some(subject), error: Some(why) };
    Ok(page(&web, &visitor, place, typed, None).await?)
}

/// Takes somebody out of the group.
pub async fn remove(
    _: State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let person = form.first("person").and_then(PersonId::from_uuid).ok_or(Error::not_found(Kind::Person))?;
    let input = (place.chat, person);
    let removed = visitor.caller.write(input, |tx, actor, (chat, person)| {
        Box::pin(async move {
            let open = flows::chats::open(tx, actor, *chat, Right::Receive).await?;
            flows::chats::remove_members(tx, &open, &[*person]).await
        })
    });
    removed.await?;
    Did::RemoveMember.back_to(&visitor, place)
}

/// Assigns the group to a team, or takes it away from its team.
pub async fn assign(
    _: State<Web>,
    visitor: Visitor,
    place: Place,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    let team = groups::team(form.first("team").unwrap_or_default())?;
    let assigned = visitor.caller.write((place.chat, team), |tx, actor, (chat, team)| {
        Box::pin(flows::chats::assign_to_team(tx, actor, *chat, *team))
    });
    assigned.await?;
    Did::Assign.back_to(&visitor, place)
}

/// The group of this place; a chat of two has no such page.
pub fn group(place: Place) -> Result<ChatId> {
    match place.chat {
        ChatRef::Group(chat) => Ok(chat),
        _ => Err(Error::not_found(Kind::GroupChat)),
    }
}

pub fn back_to(place: Place) -> Response {
    see_other(&format!("{}/about", path_of(place.chat)))
}
