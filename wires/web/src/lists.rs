//! Adding colleagues from a list: an administrator sends it, and sees what became of each of its lines.

use std::collections::HashMap;

use askama::Template;
use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use door::Work;
use door::pages::Corner;
use door::pages::forms::FIELD;
use door::picture;
use door::upload::Upload;
use identity::Person;
use identity::imports::{self, Listed, Outcome, Report, ReportRow, State as Stage};
use kernel::{Actor, Error, ImportId, Kind, Page, PersonId, Result};
use store::Tx;

use crate::assets::{REPORT_SCRIPT_PATH, STYLE_PATH, allow_script};
use crate::chats::{Pages, and_one_more};
use crate::csv::{self, Row};
use crate::forms::must_be_ours;
use crate::inviting;
use crate::once;
use crate::place::Query;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::{Visitor, see_other};
use crate::words::{self, Chats, Inviting, List, fill};

/// Where the form is.
const HERE: &str = "/people/import";
/// Lines of a report on one page.
const ROWS: u32 = 100;

#[derive(Template)]
#[template(path = "import.html")]
struct Form<'a> {
    list: &'static List,
    inviting: &'static Inviting,
    back: &'static str,
    field: &'static str,
    token: &'a str,
    once: String,
    error: Option<&'static str>,
}

/// The form.
pub async fn form(State(web): State<Web>, visitor: Visitor) -> Result<Response, Refusal> {
    imports::must_administer(&visitor.caller.actor)?;
    Ok(page(&web, &visitor, None))
}

fn page(web: &Web, visitor: &Visitor, error: Option<&'static str>) -> Response {
    let (list, language) = (words::list(visitor.view.language), visitor.view.language);
    let (status, title) = match error {
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, fill(visitor.words().title_of_error, &[list.title])),
        None => (StatusCode::OK, list.title.to_owned()),
    };
    let body = Form {
        list,
        inviting: words::inviting(language),
        back: inviting::HERE,
        field: FIELD,
        token: visitor.view.token.value(),
        once: once::number(&visitor.caller.house.rng),
        error,
    };
    visitor.show_as(web, status, &title, Corner::Chats, &body)
}

/// Takes the list in and leads to its report, or shows the form again with what is wrong with it. A form that comes again
/// is one list.
pub async fn take(
    State(web): State<Web>,
    visitor: Visitor,
    query: Query,
    request: Request,
) -> Result<Response, Refusal> {
    let number = query.0.first("once").unwrap_or_default();
    let headers = request.headers().clone();
    let mut form = Upload::open(request.map(Body::new)).await?;
    let error = match receive(&web, &visitor, number, &headers, &mut form).await {
        Ok(import) => return Ok(see_other(&format!("{HERE}/{}", import.uuid()))),
        Err(error) => error,
    };
    // A browser that still sends must be listened to, or it never hears the answer.
    form.drain().await;
    let why = unfit(words::list(visitor.view.language), &error).ok_or(error)?;
    Ok(page(&web, &visitor, Some(why)))
}

async fn receive(
    web: &Web,
    visitor: &Visitor,
    number: &str,
    headers: &HeaderMap,
    form: &mut Upload,
) -> Result<ImportId> {
    must_be_ours(web, headers, picture::token(form).await?.as_deref())?;
    imports::must_administer(&visitor.caller.actor)?;
    visitor.may(web, Work::Upload)?;
    let (mut text, mut send_email) = (String::new(), false);
    while let Some(part) = form.next_part().await? {
        match part.name() {
            Some("letters") => send_email = true,
            Some("list") => text = part.text().await?,
            _ => {}
        }
    }
    let caller =
        once::named(&visitor.caller, HERE, number, &[&text, if send_email { "letters" } else { "" }]);
    let (list, caller) = (read(&text)?, &caller);
    let taking = flows::imports::take(&caller.house, &caller.actor, &list, send_email);
    once::done(caller, taking).await.map(|did| did.made)
}

/// What the columns of a list are called: the address, the first name, the last name, and what somebody is called at the
/// sign-in of the organisation and in another program of it. In the languages of the pages, by their letters alone.
const HEADINGS: [&[&str]; 5] = [
    &["email", "emailaddress", "emailadres", "emailadresse", "adresseemail", "mail", "courriel"],
    &["firstname", "voornaam", "vorname", "prénom", "prenom"],
    &["lastname", "surname", "achternaam", "nachname", "nom", "nomdefamille"],
    &["samlusername", "saml"],
    &["username", "gebruikersnaam", "benutzername", "nomdutilisateur"],
];

/// The people of a list, each with the number of the line on which they begin. Its first line names its columns, in any order; columns of other names are not looked at.
fn read(text: &str) -> Result<Vec<(i64, Listed)>> {
    let mut rows = csv::rows(text).into_iter();
    let missing = |code| Error::invalid("list", code, "A list has a line of names of columns.");
    let names: Vec<String> = rows
        .next()
        .ok_or_else(|| missing("list_missing"))?
        .cells
        .iter()
        .map(|name| name.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect())
        .collect();
    let column = |wanted: &[&str]| names.iter().position(|name| wanted.contains(&name.as_str()));
    let [email, others @ ..] = HEADINGS.map(column);
    let email = email.ok_or_else(|| missing("no_email"))?;
    let listed = |Row { line, cells }| {
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map(|text| text.trim().to_owned());
        let [first_name, last_name, saml_username, username] = others.map(|at| cell(at).unwrap_or_default());
        let email = cell(Some(email)).unwrap_or_default();
        (line, Listed { email, first_name, last_name, saml_username, username })
    };
    Ok(rows.map(listed).collect())
}

fn unfit(list: &List, error: &Error) -> Option<&'static str> {
    match error {
        Error::TooLarge { .. } => Some(list.too_long),
        Error::Invalid { why, .. } => match why.code {
            "list_missing" => Some(list.missing),
            "no_email" => Some(list.no_email),
            "users_missing" => Some(list.empty),
            "not_utf8" => Some(list.unreadable),
            _ => None,
        },
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "import-report.html")]
struct Shown<'a> {
    words: &'static Chats,
    list: &'static List,
    back: &'static str,
    here: &'a str,
    is_working: bool,
    /// How many lines ended how.
    counts: Vec<(&'static str, String)>,
    rows: Vec<Line>,
    pages: Pages,
}

/// What became of a line.
struct Line {
    place: String,
    /// Who it is, by name or as the line has them.
    who: String,
    outcome: &'static str,
    /// Why nobody was added.
    why: &'static str,
}

/// What became of a list.
pub async fn report(
    State(web): State<Web>,
    visitor: Visitor,
    params: RawPathParams,
    query: Query,
) -> Result<Response, Refusal> {
    let id = params.iter().find(|(name, _)| *name == "import").and_then(|(_, id)| ImportId::from_uuid(id));
    let id = id.ok_or(Error::not_found(Kind::Import))?;
    let number = query.number("page").unwrap_or_default();
    let input = (id, and_one_more(number, ROWS));
    let read = visitor.caller.read(input, |tx, actor, (id, page)| Box::pin(look(tx, actor, *id, *page)));
    let (mut report, people) = read.await?;
    let (list, pages) = (words::list(visitor.view.language), Pages::of(&mut report.rows, number, ROWS));
    let total = report.count.to_string();
    let count = |(outcome, count): &(Outcome, i64)| {
        (said(list, *outcome), fill(list.count, &[&count.to_string(), &total]))
    };
    let vault = &web.door.house.vault;
    let rows = report.rows.iter().map(|row| Ok(line(list, row, row.listed(vault, id)?.as_ref(), &people)));
    let rows = rows.collect::<kernel::Result<_>>()?;
    let body = Shown {
        words: visitor.words(),
        list,
        back: HERE,
        here: &format!("{HERE}/{}", id.uuid()),
        is_working: report.state != Stage::Done,
        counts: report.outcomes.iter().map(count).collect(),
        rows,
        pages,
    };
    let mut response = visitor.show(&web, list.report, Corner::Chats, &body);
    allow_script(&mut response);
    Ok(response)
}

async fn look(
    tx: &Tx,
    actor: &Actor,
    id: ImportId,
    page: Page,
) -> Result<(Report, HashMap<PersonId, Person>)> {
    let report = imports::report(tx, actor, id, page).await?;
    let people = flows::chats::people(tx, actor, report.rows.iter().filter_map(|row| row.person)).await?;
    Ok((report, people.into_iter().map(|person| (person.id, person)).collect()))
}

const fn said(list: &List, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Waiting => list.waiting,
        Outcome::Made => list.made,
        Outcome::AlreadyThere => list.there,
        Outcome::Refused => list.refused,
    }
}

fn line(list: &List, row: &ReportRow, listed: Option<&Listed>, people: &HashMap<PersonId, Person>) -> Line {
    let why = row.reason.as_deref().map(|reason| match reason {
        "email_unfit" => list.email_unfit,
        "username_taken" => list.username_taken,
        _ => list.does_not_fit,
    });
    let name = row.person.and_then(|person| people.get(&person)).map(Person::full_name);
    Line {
        place: fill(list.row, &[&row.place.to_string()]),
        who: name.or_else(|| listed.map(as_written)).unwrap_or_default(),
        outcome: said(list, row.outcome),
        why: why.unwrap_or_default(),
    }
}

/// The names and the address of a line, as far as there are any.
fn as_written(listed: &Listed) -> String {
    let Listed { email, first_name, last_name, .. } = listed;
    let parts = [first_name, last_name, email].map(|part| part.trim());
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_in_any_order_and_case_and_cells_may_be_missing() {
        let list =
            read("Last_Name;note;EMAIL\nde Boer; x ; anna@example.test\n;;\nJansen\n").expect("a list");
        assert_eq!(
            (list[0].0, list[0].1.email.as_str(), list[0].1.last_name.as_str()),
            (2, "anna@example.test", "de Boer")
        );
        assert_eq!(
            (list[1].0, list[1].1.email.as_str(), list[1].1.last_name.as_str(), list[1].1.username.as_str()),
            (4, "", "Jansen", "")
        );
        let code = |text| match read(text) {
            Err(Error::Invalid { why, .. }) => why.code,
            other => panic!("{other:?}"),
        };
        for first in [
            "E-mailadres;Voornaam;Achternaam;Gebruikersnaam",
            "E-Mail-Adresse;Vorname;Nachname;Benutzername",
            "Adresse e-mail;Prénom;Nom;Nom d'utilisateur",
            "E-mail address;First name;Last name;User name",
        ] {
            let list = read(&format!("{first}\nvera@example.test;Vera;Visser;vvisser")).expect("a list");
            let Listed { email, first_name, last_name, username, .. } = &list[0].1;
            let read = [email, first_name, last_name, username].map(String::as_str);
            assert_eq!(read, ["vera@example.test", "Vera", "Visser", "vvisser"], "{first}");
        }
        assert_eq!((code(""), code("name\nAnna")), ("list_missing", "no_email"));
        assert!(read("email\n").expect("of nobody").is_empty());
    }
}
