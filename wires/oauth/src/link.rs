//! Signing in by a link: where it is asked for, and where it leads. A link is asked for by mail programs and their
//! guards, too, so that looking at it changes nothing; its button signs in, in whichever browser it was opened.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::Page;
use door::pages::forms::FIELD;
use door::{Unproven, Work};
use flows::sign_in_links::{CODE, PATH, ask};
use identity::arrivals::{self, Arrived};
use identity::invitations::Address;
use identity::protocol::form::{Form, encode};
use identity::sign_in::{self, Arrival};
use identity::{Method, Methods, halves, notices, sign_in_links};
use kernel::{Error, Result};

use crate::arrive::lead;
use crate::onward::Onward;
use crate::refusals::Trouble;
use crate::second::Said;
use crate::tries;
use crate::views::Message;
use crate::visit::{Fields, Visit, see};
use crate::words::link::{self, LinkWords};
use crate::words::second;

const HERE: &str = "/login/link";
/// Tells the page that a link was asked for.
const SENT: &str = "sent";
/// The door at which wishes for a link are counted.
const DOOR: &str = "sign_in_link";
/// Characters of an address that are looked at.
const EMAIL_CHARS_MAX: usize = 320;

#[derive(Template)]
#[template(path = "ask_link.html")]
struct Asking<'a> {
    text: &'static LinkWords,
    token: &'a str,
    notice: Option<&'a str>,
    error: Option<&'a str>,
    email_error: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "by_link.html")]
struct Opening<'a> {
    text: &'static LinkWords,
    token: &'a str,
    code: &'a str,
    address: &'a str,
}

/// `GET`: the form that asks for a link.
pub(crate) async fn show(visit: Visit) -> Response {
    asking_page(&visit, &Said::default())
}

/// `POST` of that form.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let answer = match fields {
        Ok(form) => try_form(&visit, &form).await,
        Err(error) => Err(error),
    };
    answer.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// Does the same for an address that is somebody's and for one that is nobody's.
async fn try_form(visit: &Visit, form: &Form) -> Result<Response> {
    if !visit.is_ours(form) {
        return Ok(Trouble::stale().show(visit));
    }
    let language = visit.language(None);
    let email = form.first("email").unwrap_or_default().trim();
    if email.is_empty() || email.chars().count() > EMAIL_CHARS_MAX {
        return Ok(asking_page(visit, &Said::code(link::of(language).email_missing)));
    }
    let hash = Address::typed(email).hash(&visit.house.vault);
    let (tried, toll, by_known) = match tries::begin_wish(visit, DOOR, &hash).await {
        Err(Error::LimitReached { retry_after, .. }) => {
            return Ok(asking_page(visit, &Said::wait(second::of(language), retry_after)));
        }
        begun => begun?,
    };
    // Each wish counts, whatever comes of it: nobody's mailbox is to be filled.
    toll.keep(visit);
    ask(&visit.house, hash, by_known, visit.house.desk.counted(&tried)).await?;
    Ok(see(&format!("{HERE}?{SENT}=1")))
}

fn asking_page(visit: &Visit, said: &Said) -> Response {
    let language = visit.language(None);
    let (text, token) = (link::of(language), visit.form_token());
    let notice = (visit.query.first(SENT) == Some("1")).then_some(text.sent);
    let (error, email_error) = (said.error.as_deref(), said.code_error);
    let body = Asking { text, token: token.value(), notice, error, email_error };
    said.show(visit, Page::new(language, text.title, HERE), &token, &body)
}

/// `GET` of the link: whom it signs in, and a button.
pub(crate) async fn show_link(visit: Visit) -> Response {
    let code = visit.query.first(CODE).unwrap_or_default();
    let shown = async {
        let Some(address) = address_of(&visit, code).await? else { return Ok(closed(&visit)) };
        let language = visit.language(None);
        let (text, token) = (link::of(language), visit.form_token());
        let here = format!("{PATH}?{CODE}={}", encode(code));
        let body = Opening { text, token: token.value(), code, address: &address };
        Ok(Said::default().show(&visit, Page::new(language, text.open, &here), &token, &body))
    };
    shown.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// The masked address of whom a link signs in. Codes that lead nowhere count against the address that tries them.
async fn address_of(visit: &Visit, code: &str) -> Result<Option<String>> {
    if code.is_empty() {
        return Ok(None);
    }
    visit.rates.may(Work::Link, visit.origin.address)?;
    let found = visit.house.read(vault::token_hash(code), |tx, hash| {
        Box::pin(async move {
            match sign_in_links::find(tx, hash).await? {
                Some(person) => sign_in_links::masked_address(tx, person).await,
                None => Ok(None),
            }
        })
    });
    let found = found.await?;
    if found.is_none() {
        visit.rates.note(Work::Link, visit.origin.address);
    }
    Ok(found)
}

/// `POST` of the button: signs in, once.
pub(crate) async fn open(visit: Visit, Fields(fields): Fields) -> Response {
    let opened = async {
        let form = fields?;
        let code = form.first(CODE).unwrap_or_default();
        if !visit.is_ours(&form) {
            return Ok(Trouble::stale().show(&visit));
        }
        if address_of(&visit, code).await?.is_none() {
            return Ok(closed(&visit));
        }
        sign_in_by(&visit, code).await
    };
    match opened.await {
        Err(Error::Gone { .. } | Error::Unauthenticated) => {
            Unproven::Code.note(visit.origin.request);
            closed(&visit)
        }
        opened => opened.unwrap_or_else(|error| Trouble::of(&error).show(&visit)),
    }
}

async fn sign_in_by(visit: &Visit, code: &str) -> Result<Response> {
    let browser = (visit.session_hash(), visit.device(), visit.origin);
    let known_by = visit.cookies.device_hash(&visit.headers);
    let input = (vault::token_hash(code), browser, visit.half_hash(), known_by);
    let arrived = visit.house.db.write(input, |tx, (hash, browser, half, known_by)| {
        Box::pin(async move {
            let (instead_of, device, origin) = *browser;
            let person = sign_in_links::open(tx, hash, origin).await?;
            let methods = Methods::of(Method::Link);
            let arrival = Arrival { person, towards: None, instead_of, device, methods, origin };
            let arrived = arrivals::arrive(tx, &arrival, None, false).await?;
            if let Some(half) = half {
                halves::end_of(tx, person, half).await?;
            }
            if let (Arrived::In(_), Some(browser)) = (&arrived, known_by) {
                sign_in::know_browser(tx, person, browser).await?;
            }
            Ok((arrived, person, notices::language(tx, person).await?))
        })
    });
    let (arrived, person, language) = arrived.await?;
    if let Arrived::In(session) = &arrived {
        tries::note_in(visit, person, session);
    }
    Ok(lead(visit, &Onward::read(&Form::default()), &arrived, language))
}

/// A link that opens nothing says so, and what to do.
fn closed(visit: &Visit) -> Response {
    let language = visit.language(None);
    let text = link::of(language);
    let page = Page { status: StatusCode::NOT_FOUND, ..Page::new(language, text.closed_title, HERE) };
    let onward = Some((HERE, text.ask));
    let mut response = page.show(&Message { title: text.closed_title, text: text.closed, onward });
    visit.keep_language(&mut response);
    response
}
