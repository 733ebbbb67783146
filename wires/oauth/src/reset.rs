//! For who forgot their password: a page that asks for the address, and one that the link of the letter leads to.
//!
//! Whoever asks hears the same and waits as long, whether or not there is such an account.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::Work;
use door::pages::Page;
use door::pages::forms::FIELD;
use flows::mail::account::{CODE, News, RESET_PATH, ask_for_reset, tell};
use identity::invitations::Address;
use identity::protocol::form::{Form, encode};
use identity::{password_links, persons};
use kernel::{Error, Result};
use secrecy::SecretString;

use crate::refusals::Trouble;
use crate::views::{self, Message};
use crate::visit::{Fields, Visit, see};
use crate::words::reset::Words as Text;
use crate::words::{self, Words};

const HERE: &str = "/login/reset";
/// Tells the page that a letter is on its way, if there is whom to write to.
const ASKED: &str = "asked";
/// Tells the sign-in page that somebody has another password.
pub(crate) const RESET: &str = "reset";
const EMAIL_CHARS_MAX: usize = 320;

#[derive(Template)]
#[template(path = "reset.html")]
struct Asking<'a> {
    words: &'static Words,
    text: &'static Text,
    token: &'a str,
    error: Option<&'static str>,
}

/// `GET`: asks for the address.
pub(crate) async fn show(visit: Visit) -> Response {
    let text = words::reset::of(visit.language(None));
    if visit.query.first(ASKED).is_some() {
        message(&visit, StatusCode::OK, text.asked)
    } else {
        ask_page(&visit, None)
    }
}

/// `POST` of the address.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let asked = async {
        let form = fields?;
        if !visit.is_ours(&form) {
            return Ok(Trouble::stale().show(&visit));
        }
        let email = form.first("email").unwrap_or_default().trim();
        if email.is_empty() || email.chars().count() > EMAIL_CHARS_MAX {
            return Ok(ask_page(&visit, Some(words::of(visit.language(None)).email_missing)));
        }
        visit.rates.address(Work::Link, visit.origin.address)?;
        let account = Address::typed(email).hash(&visit.house.vault);
        let input = (account, visit.cookies.device_hash(&visit.headers));
        let asked = visit
            .house
            .db
            .write(input, |tx, (account, browser)| Box::pin(ask_for_reset(tx, account, browser.as_ref())));
        asked.await?;
        Ok(see(&format!("{HERE}?{ASKED}=1")))
    };
    asked.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

fn ask_page(visit: &Visit, error: Option<&'static str>) -> Response {
    let language = visit.language(None);
    let (text, token) = (words::reset::of(language), visit.form_token());
    let mut page = Page::new(language, text.title, HERE);
    if error.is_some() {
        page.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    let body = Asking { words: words::of(language), text, token: token.value(), error };
    let mut response = page.show(&body);
    token.bind(&mut response, visit.cookies);
    visit.keep_language(&mut response);
    response
}

/// `GET` of the link: asks for the new password, and changes nothing.
pub(crate) async fn show_new(visit: Visit) -> Response {
    let code = visit.query.first(CODE).unwrap_or_default();
    let shown = async {
        Ok(if opens(&visit, code).await? { choose_page(&visit, code, [None, None]) } else { closed(&visit) })
    };
    shown.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `POST` of the new password.
pub(crate) async fn submit_new(visit: Visit, Fields(fields): Fields) -> Response {
    let changed = async {
        let form = fields?;
        if !visit.is_ours(&form) {
            return Ok(Trouble::stale().show(&visit));
        }
        let code = form.first(CODE).unwrap_or_default();
        if !opens(&visit, code).await? {
            return Ok(closed(&visit));
        }
        match read_password(&form, words::of(visit.language(None))) {
            Ok(password) => change(&visit, code, &password).await,
            Err(said) => Ok(choose_page(&visit, code, said)),
        }
    };
    changed.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// What is wrong with a new password that was typed twice, beside each field.
pub(crate) fn read_password(
    form: &Form,
    words: &'static Words,
) -> std::result::Result<SecretString, [Option<&'static str>; 2]> {
    let (new, again) = (form.first("new").unwrap_or_default(), form.first("again").unwrap_or_default());
    let password = SecretString::from(new);
    match persons::check_password(&password) {
        Ok(()) if new != again => Err([None, Some(words.password_differs)]),
        Ok(()) => Ok(password),
        Err(Error::TooLarge { .. }) => Err([Some(words.password_long), None]),
        Err(_) => Err([Some(words.password_short), None]),
    }
}

/// Whether a code opens. Codes that do not count against the address that tries them.
async fn opens(visit: &Visit, code: &str) -> Result<bool> {
    visit.rates.may(Work::Link, visit.origin.address)?;
    let hash = vault::token_hash(code);
    let found = visit.house.read(hash, |tx, hash| Box::pin(password_links::find(tx, hash))).await?;
    if found.is_none() {
        visit.rates.note(Work::Link, visit.origin.address);
    }
    Ok(found.is_some())
}

async fn change(visit: &Visit, code: &str, password: &SecretString) -> Result<Response> {
    // The hash of a password costs as much as a try of one.
    visit.rates.address(Work::Link, visit.origin.address)?;
    let hash = visit.house.desk.hash(password).await?;
    let input = (vault::token_hash(code), hash, visit.origin, visit.issuer().to_owned());
    let changed = visit.house.db.write(input, |tx, (link, hash, origin, url)| {
        Box::pin(async move {
            let person = password_links::set_password(tx, link, hash, *origin).await?;
            tell(tx, person, News::PasswordChanged, url).await
        })
    });
    match changed.await {
        Err(Error::Gone { .. }) => return Ok(closed(visit)),
        changed => changed?,
    }
    let mut response = see(&format!("/login?{RESET}=1"));
    visit.cookies.clear_session(&mut response);
    Ok(response)
}

fn choose_page(visit: &Visit, code: &str, [new_error, again_error]: [Option<&'static str>; 2]) -> Response {
    let language = visit.language(None);
    let (text, token) = (words::reset::of(language), visit.form_token());
    let here = format!("{RESET_PATH}?{CODE}={}", encode(code));
    let mut page = Page::new(language, text.new_title, &here);
    if new_error.or(again_error).is_some() {
        page.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    let (words, token_value) = (words::of(language), token.value());
    let body = views::Password {
        words,
        token: token_value,
        title: text.new_title,
        lead: words.change_password_lead,
        action: RESET_PATH,
        save: text.save,
        back: None,
        code: Some(code),
        has_old: false,
        error: None,
        old_error: None,
        new_error,
        again_error,
    };
    let mut response = page.show(&body);
    token.bind(&mut response, visit.cookies);
    visit.keep_language(&mut response);
    response
}

/// A link that opens nothing says so, and where to get another.
fn closed(visit: &Visit) -> Response {
    message(visit, StatusCode::NOT_FOUND, words::reset::of(visit.language(None)).closed)
}

fn message(visit: &Visit, status: StatusCode, (title, text): words::Said) -> Response {
    let language = visit.language(None);
    let onward = match status {
        StatusCode::OK => ("/login", words::of(language).sign_in),
        _ => (HERE, words::reset::of(language).title),
    };
    let page = Page { status, ..Page::new(language, title, HERE) };
    let mut response = page.show(&Message { title, text, onward: Some(onward) });
    visit.keep_language(&mut response);
    response
}
