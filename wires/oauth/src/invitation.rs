//! The page that the link of an invitation leads to. Looking at it changes nothing; its form is what accepts.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::Work;
use door::pages::forms::FIELD;
use door::pages::{Language, Page, paths};
use flows::invitations::{CODE, PATH};
use identity::arrivals::Arrived;
use identity::invitations::{Address, Arriving, Key, Link, Open, open_link};
use identity::passkeys::{self, MadePasskey, Purpose, Relying};
use identity::protocol::form::{Form, encode};
use identity::sign_in::Arrival;
use identity::{Method, Methods, Recognised, persons};
use kernel::{Error, Kind, PersonId, Result, Role};
use secrecy::{ExposeSecret as _, SecretString};

use crate::arrive::lead;
use crate::assets::{SCRIPT_PATH, allow_script};
use crate::onward::Onward;
use crate::passkeys::{ask, relying};
use crate::refusals::Trouble;
use crate::said::{Fault, Said};
use crate::views::Message;
use crate::visit::{Fields, Visit, see};
use crate::words::invitation::InvitationWords;
use crate::words::{self, Words};

/// Characters of a name that are shown again.
const NAME_CHARS_MAX: usize = 200;

/// What stands on the page.
#[derive(Template)]
#[template(path = "invitation.html")]
struct View<'a> {
    words: &'static Words,
    text: &'static InvitationWords,
    token: &'a str,
    code: &'a str,
    organisation: &'a str,
    state: State<'a>,
}

/// What somebody can do there.
enum State<'a> {
    /// Make an account.
    SignUp(SignUp<'a>),
    /// Sign in at this path: the address is somebody's.
    SignIn(String),
    /// Accept, as who has signed in.
    Accept(String),
    /// Nothing: somebody else has signed in.
    SomebodyElse(String),
}

struct SignUp<'a> {
    /// Words of passkeys, where somebody may come by one.
    passkey: Option<&'static words::passkeys::Words>,
    address: &'a str,
    asks_names: bool,
    language: Language,
    first_name: String,
    last_name: String,
    first_error: Option<&'static str>,
    last_error: Option<&'static str>,
    new_error: Option<&'static str>,
    again_error: Option<&'static str>,
}

/// What somebody wants to come with.
struct Wish {
    names: Option<(String, String)>,
    language: Language,
    key: Wanted,
}

/// By what somebody wants to sign in.
enum Wanted {
    Password(SecretString),
    Passkey(MadePasskey),
}

/// `GET`: what can be done with the link.
pub(crate) async fn show(visit: Visit) -> Response {
    let code = visit.query.first(CODE).unwrap_or_default();
    let shown = async {
        match opened(&visit, code).await? {
            Link::Open(open) => {
                let said = Said::brought(&visit, code).unwrap_or_default();
                let mut response = page(&visit, code, &open, &said, StatusCode::OK).await?;
                if said.has_fault() {
                    visit.cookies.clear_said(&mut response);
                }
                Ok(response)
            }
            other => Ok(closed(&visit, &other)),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST` of the form.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let answer = match fields {
        Ok(form) => try_form(&visit, &form).await,
        Err(error) => Err(error),
    };
    match answer {
        Err(Error::Gone { .. }) => closed(&visit, &Link::Used),
        answer => answer.unwrap_or_else(|error| Trouble::of(&error).show(&visit)),
    }
}

/// What a code leads to. Codes that lead nowhere count against the address that tries them.
async fn opened(visit: &Visit, code: &str) -> Result<Link> {
    if code.is_empty() {
        return Ok(Link::Closed);
    }
    visit.rates.may(Work::Link, visit.origin.address)?;
    let hash = vault::token_hash(code);
    let link = visit.house.read(hash, |tx, hash| Box::pin(open_link(tx, hash))).await?;
    if matches!(link, Link::Closed) {
        visit.rates.note(Work::Link, visit.origin.address);
    }
    Ok(link)
}

async fn try_form(visit: &Visit, form: &Form) -> Result<Response> {
    if !visit.is_ours(form) {
        return Ok(Trouble::stale().show(visit));
    }
    let code = form.first(CODE).unwrap_or_default();
    let open = match opened(visit, code).await? {
        Link::Open(open) => open,
        other => return Ok(closed(visit, &other)),
    };
    match (open.account, visit.who().await?) {
        (Some(account), Some(who)) if account == who.person => accept(visit, &who, &open).await,
        (None, None) => sign_up(visit, form, code, &open).await,
        _ => page(visit, code, &open, &Said::default(), StatusCode::CONFLICT).await,
    }
}

async fn sign_up(visit: &Visit, form: &Form, code: &str, open: &Open) -> Result<Response> {
    let made = if may_have_passkey(visit, open) { made_passkey(visit, form, open).await? } else { None };
    let wish = match read_fields(visit, form, open, made) {
        Ok(wish) => wish,
        Err(said) => return said.lead(visit, &here(code), code),
    };
    // The hash of a password costs as much as a try of one.
    visit.rates.address(Work::Link, visit.origin.address)?;
    let language = wish.language;
    let (key, method) = match wish.key {
        Wanted::Password(password) => {
            (Key::Password(visit.house.desk.hash(&password).await?), Method::Password)
        }
        Wanted::Passkey(made) => {
            (Key::Passkey(made, words::passkeys::of(language).first_name.to_owned()), Method::Passkey)
        }
    };
    let arriving = Arriving { names: wish.names, language, key };
    let (towards, instead_of, device) = (Some(open.organisation), visit.session_hash(), visit.device());
    let (methods, origin) = (Methods::of(method), visit.origin);
    let arrival = Arrival { person: open.person, towards, instead_of, device, methods, origin };
    let arrived = flows::invitations::arrive(&visit.house, open, arriving, arrival).await;
    let (arrived, peer) = match arrived {
        // Somebody came to be known by this address meanwhile: they sign in.
        Err(Error::Conflict { .. }) => return Ok(see(&here(code))),
        arrived => arrived?,
    };
    if let Arrived::In(session) = &arrived {
        visit.holders.keep(session.secret.expose_secret(), open.person);
    }
    let mut response = lead(visit, &Onward::at(&waiting(peer)), &arrived, None);
    visit.cookies.set_language(&mut response, language);
    Ok(response)
}

async fn accept(visit: &Visit, who: &Recognised, open: &Open) -> Result<Response> {
    let session = who.session.ok_or(Error::Unauthenticated)?;
    let actor = who.actor(visit.origin);
    let peer = flows::invitations::join(&visit.house, &actor, session, open).await?;
    Ok(see(&waiting(peer)))
}

/// Where the conversation is that waited, if one did.
fn waiting(peer: Option<PersonId>) -> String {
    peer.map_or_else(|| paths::CHATS.to_owned(), paths::conversation)
}

fn here(code: &str) -> String {
    format!("{PATH}?{CODE}={}", encode(code))
}

/// Whoever works somewhere has a password, too, since a letter is no way in for them.
fn may_have_passkey(visit: &Visit, open: &Open) -> bool {
    open.role == Role::Patient
        && matches!(open.address, Address::Email(_))
        && Relying::at(visit.issuer()).is_some()
}

/// `POST` of the script: what the browser is to be asked to make.
pub(crate) async fn begin_passkey(visit: Visit, Fields(fields): Fields) -> Response {
    let asked = async {
        let form = fields?;
        if !visit.is_ours(&form) {
            return Ok(Trouble::stale().show(&visit));
        }
        let nothing = || Error::not_found(Kind::Invitation);
        let Link::Open(open) = opened(&visit, form.first(CODE).unwrap_or_default()).await? else {
            return Err(nothing());
        };
        if open.account.is_some() || !may_have_passkey(&visit, &open) {
            return Err(nothing());
        }
        let question = relying(&visit)?.ask_to_make(open.person, open.address.text(), &[])?;
        ask(&visit, Purpose::SignUp, Some(open.person), question).await
    };
    asked.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// The passkey that the browser made for who was asked in, when it did and answers what it was asked.
async fn made_passkey(visit: &Visit, form: &Form, open: &Open) -> Result<Option<MadePasskey>> {
    let Some(question) = form.first("question").map(vault::token_hash) else { return Ok(None) };
    let take = visit
        .house
        .db
        .write(question, |tx, question| Box::pin(passkeys::take(tx, question, Purpose::SignUp)));
    let Some((state, _)) = take.await?.filter(|(_, person)| *person == Some(open.person)) else {
        return Ok(None);
    };
    Ok(relying(visit)?.made(&state, form.first("answer").unwrap_or_default()).ok())
}

fn read_fields(
    visit: &Visit,
    form: &Form,
    open: &Open,
    made: Option<MadePasskey>,
) -> std::result::Result<Wish, Said> {
    let language = form.first("language").and_then(Language::of_tag);
    let shown = visit.language(None);
    let field = |name| form.first(name).unwrap_or_default().trim().to_owned();
    let (first_name, last_name) = (field("first_name"), field("last_name"));
    let (new, again) = (form.first("new").unwrap_or_default(), form.first("again").unwrap_or_default());
    let password = SecretString::from(new);
    let unfit = match persons::check_password(&password) {
        _ if made.is_some() => None,
        Ok(()) => None,
        Err(Error::TooLarge { .. }) => Some(Fault::Long),
        Err(_) => Some(Fault::Short),
    };
    let is_unfit = |name: &str| !open.has_name && persons::check_name(name).is_err();
    let is_missing = !open.has_name && last_name.is_empty();
    let said = Said {
        language: language.map(|language| language.code().to_owned()).unwrap_or_default(),
        first: is_unfit(&first_name).then_some(Fault::Unfit),
        last: if is_missing { Some(Fault::Missing) } else { is_unfit(&last_name).then_some(Fault::Unfit) },
        new: unfit,
        again: (made.is_none() && unfit.is_none() && new != again).then_some(Fault::Differs),
        first_name: first_name.chars().take(NAME_CHARS_MAX).collect(),
        last_name: last_name.chars().take(NAME_CHARS_MAX).collect(),
    };
    if said.has_fault() {
        return Err(said);
    }
    let names = (!open.has_name).then_some((first_name, last_name));
    let key = made.map_or(Wanted::Password(password), Wanted::Passkey);
    Ok(Wish { names, language: language.unwrap_or(shown), key })
}

async fn page(visit: &Visit, code: &str, open: &Open, said: &Said, status: StatusCode) -> Result<Response> {
    let (language, who) = (visit.language(None), visit.who().await?);
    let (words, text) = (words::of(language), words::invitation::of(language));
    let (token, here) = (visit.form_token(), here(code));
    let told = |fault: Option<Fault>| {
        fault.map(|fault| match fault {
            Fault::Missing => text.name_missing,
            Fault::Unfit => text.name_unfit,
            Fault::Short => words.password_short,
            Fault::Long => words.password_long,
            Fault::Differs => words.password_differs,
        })
    };
    let state = match (&who, open.account) {
        (Some(who), account) => {
            let name = visit.name_of(who).await?;
            if account == Some(who.person) { State::Accept(name) } else { State::SomebodyElse(name) }
        }
        (None, Some(_)) => State::SignIn(format!("/login?return={}", encode(&here))),
        (None, None) => State::SignUp(SignUp {
            passkey: may_have_passkey(visit, open).then(|| words::passkeys::of(language)),
            address: open.address.text(),
            asks_names: !open.has_name,
            language: said.language().unwrap_or(language),
            first_name: said.first_name.clone(),
            last_name: said.last_name.clone(),
            first_error: told(said.first),
            last_error: told(said.last),
            new_error: told(said.new),
            again_error: told(said.again),
        }),
    };
    let organisation = open.organisation_name.as_str();
    let body = View { words, text, token: token.value(), code, organisation, state };
    let mut page = Page::new(language, text.title, &here);
    page.brand = organisation;
    page.status = status;
    page.leave = who.is_some().then_some(&token);
    let mut response = page.show(&body);
    allow_script(&mut response);
    token.bind(&mut response, visit.cookies);
    visit.keep_language(&mut response);
    Ok(response)
}

/// A link that opens nothing says so, and what to do.
fn closed(visit: &Visit, link: &Link) -> Response {
    let language = visit.language(None);
    let text = words::invitation::of(language);
    let sign_in = Some(("/login", words::of(language).sign_in_button));
    let (status, (title, text), onward) = match link {
        Link::Used => (StatusCode::GONE, text.used, sign_in),
        Link::Open(_) | Link::Closed => (StatusCode::NOT_FOUND, text.closed, None),
    };
    let page = Page { status, ..Page::new(language, title, "/login") };
    let mut response = page.show(&Message { title, text, onward });
    visit.keep_language(&mut response);
    response
}
