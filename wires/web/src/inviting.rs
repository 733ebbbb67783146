//! Inviting people: a form for one at a time.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::forms::FIELD;
use door::pages::{Corner, role};
use flows::ChatRef;
use flows::invitations::Invite;
use identity::Person;
use identity::invitations::{Address, may_invite};
use identity::protocol::form::Form;
use kernel::{Actor, Error, PersonId, Result, Role, Scope};
use store::Tx;

use crate::assets::STYLE_PATH;
use crate::forms::OurForm;
use crate::once;
use crate::place::{Query, path_of};
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::{Visitor, see_other};
use crate::words::{self, Chats, Inviting, List, fill};

/// Where the form is.
pub const HERE: &str = "/people/invite";
/// Who was invited just now.
const INVITED: &str = "done";
/// What people can be invited as, by their names in the form. Who works here begins as an assistant, and is given another
/// role by the operator.
const ROLES: [(&str, Role); 3] =
    [("patient", Role::Patient), ("contact", Role::Guest), ("coworker", Role::Assistant)];

#[derive(Template)]
#[template(path = "invite.html")]
struct Page<'a> {
    words: &'static Chats,
    inviting: &'static Inviting,
    field: &'static str,
    token: &'a str,
    once: String,
    may: May,
    list: &'static List,
    /// Who was invited just now.
    done: Option<Done>,
    typed: Typed,
}

/// Who was invited just now.
struct Done {
    said: String,
    /// Where the conversation with them is, and what the link to it says.
    onward: (String, String),
}

impl Done {
    /// What became of it, by how they stand here now: who had come before was not invited, whatever the form asked for.
    fn of(visitor: &Visitor, person: &Person) -> Self {
        let words = words::inviting(visitor.view.language);
        let (name, role) = (person.full_name(), role(visitor.view.language, person.role));
        let said = if person.is_pending { words.done } else { words.there };
        let hint = if person.is_pending { words.done_hint } else { words.there_hint };
        let path = format!("{}#write", path_of(ChatRef::Direct(person.id)));
        let onward = (path, fill(words.write, &[&name]));
        Self { said: format!("{} {hint}", fill(said, &[&name, role])), onward }
    }
}

/// Whom the visitor may invite.
#[derive(Clone, Copy)]
struct May {
    coworkers: bool,
    lists: bool,
}

/// What stood in the form that was sent, and what is wrong with it.
#[derive(Default)]
struct Typed {
    who: String,
    address: String,
    first_name: String,
    last_name: String,
    text: String,
    who_error: Option<&'static str>,
    address_error: Option<&'static str>,
    name_error: Option<&'static str>,
    text_error: Option<String>,
}

impl Typed {
    fn of(form: &Form) -> Self {
        let field = |name| form.first(name).unwrap_or_default().trim().to_owned();
        Self {
            who: field("who"),
            address: field("address"),
            first_name: field("first_name"),
            last_name: field("last_name"),
            text: form.first("text").unwrap_or_default().replace("\r\n", "\n"),
            ..Self::default()
        }
    }

    fn has_error(&self) -> bool {
        self.who_error.or(self.address_error).or(self.name_error).is_some() || self.text_error.is_some()
    }

    /// Whom to invite; what is missing is said beside its field.
    fn read(&mut self, words: &Inviting) -> Option<Invite> {
        let role = ROLES.into_iter().find(|(name, _)| *name == self.who).map(|(_, role)| role);
        self.who_error = role.is_none().then_some(words.who_missing);
        let address = Address::written(&self.address);
        self.address_error = address.as_ref().err().map(|error| about_address(words, error));
        let (text, has_text) = (self.text.clone(), !self.text.trim().is_empty());
        Some(Invite {
            address: address.ok()?,
            role: role?,
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            begins_conversation: has_text,
            text: if has_text { text } else { String::new() },
            writes: true,
            aux_id: None,
        })
    }

    /// Says beside its field what is wrong; an error that they cannot mend comes back.
    fn explain(&mut self, visitor: &Visitor, error: Error) -> Result<()> {
        let words = words::inviting(visitor.view.language);
        match &error {
            Error::Invalid { field: "first_name" | "last_name", .. } => {
                self.name_error = Some(words.name_unfit);
            }
            Error::Invalid { field: "email" | "phone_number", .. } | Error::Unsupported { .. } => {
                self.address_error = Some(about_address(words, &error));
            }
            Error::LimitReached { .. } => self.address_error = Some(words.too_many),
            Error::NotAllowed { why } if why.code == "may_not_invite" && self.who == "coworker" => {
                self.who_error = Some(words.may_not);
            }
            _ => {
                let trouble = words::trouble(visitor.view.language);
                self.text_error = Some(trouble.mendable(&error, None).ok_or(error)?);
            }
        }
        Ok(())
    }
}

fn about_address(words: &Inviting, error: &Error) -> &'static str {
    match error {
        Error::Invalid { why, .. } | Error::Unsupported { why } => match why.code {
            "address_missing" => words.address_missing,
            "cannot_invite_yourself" => words.yourself,
            "sms_not_available" => words.no_sms,
            "phone_number_unfit" => words.number_unfit,
            _ => words.email_unfit,
        },
        _ => words.email_unfit,
    }
}

/// The empty form, and who was invited by the one before.
pub async fn form(State(web): State<Web>, visitor: Visitor, query: Query) -> Result<Response, Refusal> {
    let done = query.0.first(INVITED).and_then(PersonId::from_uuid);
    Ok(page(&web, &visitor, Typed { who: "patient".to_owned(), ..Typed::default() }, done).await?)
}

async fn page(web: &Web, visitor: &Visitor, typed: Typed, done: Option<PersonId>) -> Result<Response> {
    let (may, done) = visitor.caller.read(done, |tx, actor, done| Box::pin(look(tx, actor, *done))).await?;
    let inviting = words::inviting(visitor.view.language);
    let (status, title) = if typed.has_error() {
        let title = fill(visitor.words().title_of_error, &[inviting.title]);
        (StatusCode::UNPROCESSABLE_ENTITY, title)
    } else {
        (StatusCode::OK, inviting.title.to_owned())
    };
    let body = Page {
        words: visitor.words(),
        inviting,
        field: FIELD,
        token: visitor.view.token.value(),
        once: once::number(&visitor.caller.house.rng),
        may,
        list: words::list(visitor.view.language),
        done: done.as_ref().map(|person| Done::of(visitor, person)),
        typed,
    };
    Ok(visitor.show_as(web, status, &title, Corner::Chats, &body))
}

/// Whom the visitor may invite, and whom they did.
async fn look(tx: &Tx, actor: &Actor, done: Option<PersonId>) -> Result<(May, Option<Person>)> {
    may_invite(tx, actor, Role::Patient).await?;
    let coworkers = match may_invite(tx, actor, Role::Assistant).await {
        Err(Error::NotAllowed { .. }) => false,
        asked => asked.map(|()| true)?,
    };
    let lists = actor.scopes.has(Scope::Admin);
    let Some(done) = done else { return Ok((May { coworkers, lists }, None)) };
    Ok((May { coworkers, lists }, identity::find_person(tx, actor, done).await?))
}

/// Invites whom the form names, or shows it again with what is wrong with it.
pub async fn invite(
    State(web): State<Web>,
    visitor: Visitor,
    OurForm(form): OurForm,
) -> Result<Response, Refusal> {
    // Who may invite nobody is not told what is wrong with the form.
    visitor.caller.read((), |tx, actor, ()| Box::pin(may_invite(tx, actor, Role::Patient))).await?;
    let mut typed = Typed::of(&form);
    if let Some(invite) = typed.read(words::inviting(visitor.view.language)) {
        let caller = once::by_form(&visitor.caller, HERE, &form);
        let inviting = flows::invitations::invite(&caller.house, &caller.actor, &invite);
        match once::done(&caller, inviting).await {
            Ok(asked) => return Ok(see_other(&format!("{HERE}?{INVITED}={}", asked.made.uuid()))),
            Err(error) => typed.explain(&visitor, error)?,
        }
    }
    Ok(page(&web, &visitor, typed, None).await?)
}
