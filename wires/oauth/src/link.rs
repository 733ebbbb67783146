//! Signing in by a link: where it is asked for, and where it leads. A link is asked for by mail programs and their
//! guards, too, so that looking at it changes nothing; its button signs in, in whichever browser it was opened.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::pages::Page;
use door::pages::forms::FIELD;
use door::{Unproven, Work};
use flows::sign_in_links::{CODE, PATH, Wish, ask};
use identity::arrivals::{self, Arrived};
use identity::invitations::Address;
use identity::protocol::acr;
use identity::protocol::form::{Form, encode};
use identity::sign_in::{self, Arrival};
use identity::sign_in_links::{self, Link};
use identity::{Method, Methods, halves, notices};
use kernel::{Error, Result};

use crate::arrive::lead;
use crate::onward::{Guest, Onward};
use crate::refusals::Trouble;
use crate::second::Said;
use crate::tries;
use crate::views::Message;
use crate::visit::{Fields, Visit, see};
use crate::way::{self, Kept, Leads};
use crate::words::link::{self, LinkWords};
use crate::words::{self, Words, second};

pub(crate) const HERE: &str = "/login/link";
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
    onward: &'a str,
    /// The sign-in page.
    back: &'a str,
    error: Option<&'a str>,
    email_error: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "link_sent.html")]
struct Sent<'a> {
    text: &'static LinkWords,
    /// The sign-in page.
    back: &'a str,
    /// The form, once more.
    again: &'a str,
    /// In which browser the link leads on to an application.
    here_only: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "by_link.html")]
struct Opening<'a> {
    words: &'static Words,
    text: &'static LinkWords,
    token: &'a str,
    code: &'a str,
    address: &'a str,
    /// The application that this browser goes on to.
    towards: Option<&'a str>,
    /// Where another browser is on its way to.
    elsewhere: Option<&'a str>,
}

/// `GET`: the form that asks for a link, or what follows it.
pub(crate) async fn show(visit: Visit) -> Response {
    let onward = Onward::read(&visit.query);
    let shown = if visit.query.first(SENT) == Some("1") {
        sent_page(&visit, &onward).await
    } else {
        asking_page(&visit, &onward, &Said::default()).await
    };
    shown.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
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
    let onward = Onward::read(form);
    let language = visit.language(Some(&onward));
    let email = form.first("email").unwrap_or_default().trim();
    if email.is_empty() || email.chars().count() > EMAIL_CHARS_MAX {
        return asking_page(visit, &onward, &Said::code(link::of(language).email_missing)).await;
    }
    let hash = Address::typed(email).hash(&visit.house.vault);
    let (tried, toll, by_known) = match tries::begin_wish(visit, DOOR, &hash).await {
        Err(Error::LimitReached { retry_after, .. }) => {
            return asking_page(visit, &onward, &Said::wait(second::of(language), retry_after)).await;
        }
        begun => begun?,
    };
    // Each wish counts, whatever comes of it: nobody's mailbox is to be filled.
    toll.keep(visit);
    let considered = onward.considered(visit).await?;
    let kept = Kept::to(visit, &onward);
    let way = kept.way(way::towards(considered.as_ref(), &onward));
    let wish = Wish { address_hash: hash, by_known, way: Some(way) };
    ask(&visit.house, wish, visit.house.desk.counted(&tried)).await?;
    let mut response = see(&format!("{}&{SENT}=1", onward.by_way_of(HERE)));
    kept.hand(visit, &mut response)?;
    Ok(response)
}

async fn asking_page(visit: &Visit, onward: &Onward, said: &Said) -> Result<Response> {
    let language = visit.language(Some(onward));
    let (text, token) = (link::of(language), visit.form_token());
    let guest = Guest::of(onward.considered(visit).await?.as_ref(), onward);
    let (here, back) = (onward.by_way_of(HERE), onward.by_way_of("/login"));
    let (error, email_error) = (said.error.as_deref(), said.code_error);
    let body = Asking { text, token: token.value(), onward: onward.path(), back: &back, error, email_error };
    let mut page = Page::new(language, text.title, &here);
    page.brand = guest.brand.as_deref().unwrap_or(page.brand);
    Ok(said.show(visit, page, &token, &body))
}

/// Says the same of any address.
async fn sent_page(visit: &Visit, onward: &Onward) -> Result<Response> {
    let language = visit.language(Some(onward));
    let text = link::of(language);
    let considered = onward.considered(visit).await?;
    let guest = Guest::of(considered.as_ref(), onward);
    let here_only = way::towards(considered.as_ref(), onward)
        .filter(|_| Kept::is_on(visit, onward))
        .map(|client| text.here_only.replace("{}", &client.name));
    let (again, back) = (onward.by_way_of(HERE), onward.by_way_of("/login"));
    let here = format!("{again}&{SENT}=1");
    let body = Sent { text, back: &back, again: &again, here_only: here_only.as_deref() };
    let mut page = Page::new(language, text.sent.0, &here);
    page.brand = guest.brand.as_deref().unwrap_or(page.brand);
    let mut response = page.show(&body);
    visit.keep_language(&mut response);
    Ok(response)
}

/// `GET` of the link: whom it signs in, where it leads in this browser, and a button.
pub(crate) async fn show_link(visit: Visit) -> Response {
    let code = visit.query.first(CODE).unwrap_or_default();
    let shown = async {
        match found(&visit, code).await? {
            Some((link, address)) => opening_page(&visit, code, &link, &address).await,
            None => Ok(closed(&visit)),
        }
    };
    shown.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

async fn opening_page(visit: &Visit, code: &str, link: &Link, address: &str) -> Result<Response> {
    let leads = Leads::of(visit, link.way.as_ref());
    let onward = leads.onward();
    let language = visit.language(Some(&onward));
    let (text, token) = (link::of(language), visit.form_token());
    let considered = onward.considered(visit).await?;
    let towards = way::towards(considered.as_ref(), &onward).map(|client| client.name.as_str());
    let elsewhere = leads.elsewhere(visit).await?.map(|name| text.open_elsewhere.replace("{}", &name));
    let (guest, here) = (Guest::of(considered.as_ref(), &onward), format!("{PATH}?{CODE}={}", encode(code)));
    let body = Opening {
        words: words::of(language),
        text,
        token: token.value(),
        code,
        address,
        towards,
        elsewhere: elsewhere.as_deref(),
    };
    let mut page = Page::new(language, text.open, &here);
    page.form_targets = &guest.form_targets;
    page.brand = guest.brand.as_deref().unwrap_or(page.brand);
    let mut response = page.show(&body);
    token.bind(&mut response, visit.cookies);
    visit.keep_language(&mut response);
    Ok(response)
}

/// A link that opens, and the masked address of whom it signs in. Codes that lead nowhere count against the address that
/// tries them.
async fn found(visit: &Visit, code: &str) -> Result<Option<(Link, String)>> {
    if code.is_empty() {
        return Ok(None);
    }
    visit.rates.may(Work::Link, visit.origin.address)?;
    let found = visit.house.read(vault::token_hash(code), |tx, hash| {
        Box::pin(async move {
            let Some(link) = sign_in_links::find(tx, hash).await? else { return Ok(None) };
            let address = sign_in_links::masked_address(tx, link.person).await?;
            Ok(address.map(|address| (link, address)))
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
        match found(&visit, code).await? {
            Some((link, _)) => sign_in_by(&visit, code, &link).await,
            None => Ok(closed(&visit)),
        }
    };
    match opened.await {
        Err(Error::Gone { .. } | Error::Unauthenticated) => {
            Unproven::Code.note(visit.origin.request);
            closed(&visit)
        }
        opened => opened.unwrap_or_else(|error| Trouble::of(&error).show(&visit)),
    }
}

async fn sign_in_by(visit: &Visit, code: &str, link: &Link) -> Result<Response> {
    let leads = Leads::of(visit, link.way.as_ref());
    let onward = leads.onward();
    let considered = onward.considered(visit).await?;
    let arrival = Arrival {
        person: link.person,
        towards: way::towards(considered.as_ref(), &onward).map(|client| client.organisation),
        instead_of: visit.session_hash(),
        device: visit.device(),
        methods: Methods::of(Method::Link),
        origin: visit.origin,
    };
    let needs_two = onward.request().is_some_and(acr::asks_for_two);
    let known_by = visit.cookies.device_hash(&visit.headers);
    let input = (vault::token_hash(code), arrival, needs_two, visit.half_hash(), known_by);
    let arrived = visit.house.db.write(input, |tx, (hash, arrival, needs_two, half, known_by)| {
        Box::pin(async move {
            let person = sign_in_links::open(tx, hash, arrival.origin).await?;
            let arrival = Arrival { person, ..*arrival };
            let arrived = arrivals::arrive(tx, &arrival, None, *needs_two).await?;
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
    let mut response = lead(visit, &onward, &arrived, language);
    if matches!(leads, Leads::On(_)) {
        visit.cookies.clear_way(&mut response);
    }
    Ok(response)
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
