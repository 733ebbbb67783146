//! Somebody's own page of second factors: what they have set up, setting up more, and taking it away.
//!
//! What is on it can be changed by who has proven themselves within ten minutes, and by both factors once they have two.

use askama::Template;
use axum::response::Response;
use door::pages::forms::FIELD;
use door::pages::{Corner, Page, menu};
use flows::factors::Setup;
use identity::arrivals::Holder;
use identity::factors::{self, Enrolled, Which};
use identity::halves::Half;
use identity::protocol::form::{Form, encode};
use identity::{Recognised, guests, organisations};
use kernel::{Error, Result};

use crate::arrive::SECOND;
use crate::onward::Onward;
use crate::prove;
use crate::refusals::Trouble;
use crate::second::{DOOR, Said, Waiting, refuse, sms_notice};
use crate::set_up;
use crate::tries;
use crate::visit::{Fields, Visit, see};
use crate::words::second::{self, SecondWords};
use crate::words::{self, Words};

/// The page.
pub(crate) const HERE: &str = "/account/second-factor";
/// Where an authenticator application is set up.
pub(crate) const APP: &str = "/account/second-factor/app";
/// Where codes by SMS are set up.
const SMS: &str = "/account/second-factor/sms";
/// Where recovery codes are shown once.
pub(crate) const RECOVERY: &str = "/account/recovery-codes";
/// Tells the page what has just been done.
pub(crate) const DONE: &str = "done";
/// How long somebody who has signed in may change how they do so.
const FRESH_MS: i64 = 10 * 60_000;

#[derive(Template)]
#[template(path = "factors.html")]
struct View<'a> {
    words: &'static Words,
    text: &'static SecondWords,
    token: &'a str,
    has_app: bool,
    has_sms: bool,
    can_have_sms: bool,
    codes_left: i64,
    notice: Option<&'a str>,
    error: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "sms.html")]
struct SmsView<'a> {
    text: &'static SecondWords,
    token: &'a str,
    notice: Option<&'a str>,
    error: Option<&'a str>,
    code_error: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "recovery.html")]
struct Recovery<'a> {
    text: &'static SecondWords,
    codes: Vec<String>,
    onward: &'a str,
}

/// Somebody who may change their second factors now.
pub(crate) struct Owner {
    pub who: Recognised,
    pub waiting: Waiting,
}

/// Where a form or page of second factors goes on to: back to their page, unless somebody was on their way elsewhere.
fn onward_of(form: &Form) -> Onward {
    match form.first("return") {
        Some(_) => Onward::read(form),
        None => Onward::read(&form.clone().with("return", HERE)),
    }
}

/// Who may change their second factors now; or where they prove themselves first, before they come back to `page`.
async fn owner(visit: &Visit, onward: &Onward, page: &str) -> Result<std::result::Result<Owner, Response>> {
    let back = format!("{page}?return={}", encode(onward.path()));
    let (Some(who), Some(hash)) = (visit.who().await?, visit.session_hash()) else {
        return Ok(Err(see(&format!("/login?return={}", encode(&back)))));
    };
    let read = visit.house.read(who.actor(visit.origin), |tx, actor| {
        Box::pin(async move {
            Ok((guests::is_guest(tx, actor).await?, factors::enrolled(tx, actor.person).await?))
        })
    });
    let (is_guest, enrolled) = read.await?;
    if is_guest {
        return Err(Error::not_allowed("guest_has_no_account", "Guests of a group do not sign in."));
    }
    if enrolled.can_prove() && !who.methods.are_two() {
        return Ok(Err(see(&format!("{SECOND}?return={}", encode(&back)))));
    }
    let age_ms = visit.house.clock.now_ms() - who.signed_in_ms.unwrap_or_default();
    if age_ms > FRESH_MS {
        return Ok(Err(see(&format!("{}?return={}", prove::HERE, encode(&back)))));
    }
    let half = Half { person: who.person, methods: who.methods, towards: Some(who.organisation) };
    let waiting = Waiting { by: Holder::Session(hash), half, enrolled };
    Ok(Ok(Owner { who, waiting }))
}

/// The form of somebody who may change their second factors now.
async fn sent_by(
    visit: &Visit,
    fields: Result<Form>,
    page: &str,
) -> Result<std::result::Result<(Form, Owner), Response>> {
    let form = fields?;
    if !visit.is_ours(&form) || visit.who().await?.is_none() {
        return Ok(Err(Trouble::stale().show(visit)));
    }
    Ok(owner(visit, &onward_of(&form), page).await?.map(|owner| (form, owner)))
}

/// `GET`: what is set up.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        match owner(&visit, &onward_of(&visit.query), HERE).await? {
            Ok(owner) => page(&visit, &owner, &Said::default()).await,
            Err(response) => Ok(response),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `GET`: an application to set up.
pub(crate) async fn show_app(visit: Visit) -> Response {
    let shown = async {
        let onward = onward_of(&visit.query);
        match owner(&visit, &onward, APP).await? {
            Ok(owner) => set_up::own_page(&visit, &onward, &owner.waiting).await,
            Err(response) => Ok(response),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`: an application that showed a code.
pub(crate) async fn add_app(visit: Visit, Fields(fields): Fields) -> Response {
    let added = async {
        match sent_by(&visit, fields, APP).await? {
            Ok((form, owner)) => {
                set_up::try_code(&visit, &form, &onward_of(&form), &owner.waiting, APP).await
            }
            Err(response) => Ok(response),
        }
    };
    added.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `GET`: codes by SMS.
pub(crate) async fn show_sms(visit: Visit) -> Response {
    let shown = async {
        match owner(&visit, &onward_of(&visit.query), SMS).await? {
            Ok(owner) => sms_page(&visit, &owner, &Said::default()).await,
            Err(response) => Ok(response),
        }
    };
    shown.await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

/// `POST`: has a code sent by SMS, to set those up.
pub(crate) async fn send(visit: Visit, Fields(fields): Fields) -> Response {
    let sent = async {
        let owner = match sent_by(&visit, fields, SMS).await? {
            Ok((_, owner)) => owner,
            Err(response) => return Ok(response),
        };
        let Waiting { by, half, .. } = &owner.waiting;
        let browser = visit.cookies.device_hash(&visit.headers);
        match flows::factors::send_sms(&visit.house, half.person, by.hash(), browser).await {
            Ok(true) => Ok(see(&format!("{SMS}?sms=sent"))),
            Ok(false) => Ok(see(&format!("{SMS}?sms=unsent"))),
            Err(Error::LimitReached { retry_after, .. }) => {
                let text = second::of(visit.language(None));
                sms_page(&visit, &owner, &Said::wait(text, retry_after)).await
            }
            Err(error) => Err(error),
        }
    };
    sent.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `POST`: the code that came by SMS.
pub(crate) async fn add_sms(visit: Visit, Fields(fields): Fields) -> Response {
    let added = async {
        let (form, owner) = match sent_by(&visit, fields, SMS).await? {
            Ok(sent) => sent,
            Err(response) => return Ok(response),
        };
        let text = second::of(visit.language(None));
        let Waiting { by, half, .. } = &owner.waiting;
        let typed = form.first("code").unwrap_or_default().trim();
        if typed.is_empty() {
            return sms_page(&visit, &owner, &Said::code(text.code_missing)).await;
        }
        let offer = factors::offer_sms(&visit.house.vault, half.person, by.hash(), typed);
        let (codes, hashes) = set_up::first_codes(&visit, &owner.waiting);
        let goes = owner.waiting.goes(&visit);
        let setup = Setup::Sms(offer);
        match flows::factors::set_up(&visit.house, half.person, goes, setup, hashes).await? {
            Some(session) => set_up::finish(&visit, &onward_of(&form), &owner.waiting, &session, &codes),
            None => sms_page(&visit, &owner, &Said::code(text.code_wrong)).await,
        }
    };
    added.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `POST`: takes one away from somebody who shows a code of one.
pub(crate) async fn remove(visit: Visit, Fields(fields): Fields) -> Response {
    let removed = async {
        let (form, owner) = match sent_by(&visit, fields, HERE).await? {
            Ok(sent) => sent,
            Err(response) => return Ok(response),
        };
        let text = second::of(visit.language(None));
        let wrong = |error: &str| Said {
            error: Some(error.to_owned()),
            code_error: None,
            ..Said::code(text.code_wrong)
        };
        let said = match form.first("code").unwrap_or_default().trim() {
            "" => wrong(text.code_missing),
            typed => match take_away(&visit, &owner, which(&form)?, typed).await {
                Ok(true) => return Ok(see(&format!("{HERE}?{DONE}=removed"))),
                Ok(false) => wrong(text.code_wrong),
                Err(Error::LimitReached { retry_after, .. }) => Said::wait(text, retry_after),
                Err(error) => return Err(error),
            },
        };
        page(&visit, &owner, &said).await
    };
    removed.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

fn which(form: &Form) -> Result<Which> {
    match form.first("which") {
        Some("app") => Ok(Which::App),
        Some("sms") => Ok(Which::Sms),
        _ => Err(Error::invalid("which", "factor_unknown", "one of app and sms")),
    }
}

async fn take_away(visit: &Visit, owner: &Owner, which: Which, typed: &str) -> Result<bool> {
    let (house, person) = (&visit.house, owner.who.person);
    let (tried, toll) = tries::begin_at(visit, DOOR, person.as_bytes(), Some(person)).await?;
    let (holder, now) = (owner.waiting.by.hash(), house.clock.now_ms());
    let offer = factors::offer(&house.vault, &owner.waiting.enrolled, holder, typed, now)?;
    let end = (house.desk.memo_of(&tried, person), visit.origin);
    if flows::factors::remove(house, person, which, offer, end).await? {
        house.desk.passed(&tried);
        toll.give_back(visit);
        return Ok(true);
    }
    toll.keep(visit);
    refuse(visit, &tried, person).await.map(|()| false)
}

/// `POST`: new recovery codes, shown once.
pub(crate) async fn new_codes(visit: Visit, Fields(fields): Fields) -> Response {
    let made = async {
        let owner = match sent_by(&visit, fields, HERE).await? {
            Ok((_, owner)) => owner,
            Err(response) => return Ok(response),
        };
        if !owner.waiting.enrolled.is_any() {
            return Ok(see(HERE));
        }
        let (house, person) = (&visit.house, owner.who.person);
        let (codes, hashes) = factors::new_codes(&house.vault, &house.rng, person);
        let set = house.db.write((person, hashes, visit.origin), |tx, (person, hashes, origin)| {
            Box::pin(factors::set_codes(tx, *person, hashes, *origin))
        });
        set.await?;
        let mut response = see(&format!("{RECOVERY}?return={}", encode(HERE)));
        visit.cookies.say(&mut response, &house.vault, RECOVERY, &codes)?;
        Ok(response)
    };
    made.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// `GET`: the recovery codes that were made just now.
pub(crate) async fn show_codes(visit: Visit) -> Response {
    let shown = async {
        let Some(who) = visit.who().await? else {
            return Ok(see("/login?return=%2Faccount%2Fsecond-factor"));
        };
        let onward = onward_of(&visit.query);
        let codes: Option<Vec<String>> = visit.cookies.said(&visit.headers, &visit.house.vault, RECOVERY);
        let text = second::of(visit.language(Some(&onward)));
        let body = Recovery { text, codes: codes.unwrap_or_default(), onward: onward.path() };
        let mut response = framed(&visit, &who, text.kept_title, &body, &Said::default()).await?;
        visit.cookies.clear_said(&mut response);
        Ok(response)
    };
    shown.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

async fn page(visit: &Visit, owner: &Owner, said: &Said) -> Result<Response> {
    let language = visit.language(None);
    let (text, token) = (second::of(language), visit.form_token());
    let can = visit.house.read(owner.who.person, |tx, id| Box::pin(flows::factors::can_get_sms(tx, *id)));
    let notice = match visit.query.first(DONE) {
        Some("removed") => Some(text.removed),
        Some("added") => Some(text.added),
        _ => None,
    };
    let enrolled: &Enrolled = &owner.waiting.enrolled;
    let body = View {
        words: words::of(language),
        text,
        token: token.value(),
        has_app: enrolled.has_app(),
        has_sms: enrolled.has_sms,
        can_have_sms: can.await?,
        codes_left: enrolled.codes_left,
        notice,
        error: said.error.as_deref(),
    };
    framed(visit, &owner.who, text.factors, &body, said).await
}

async fn sms_page(visit: &Visit, owner: &Owner, said: &Said) -> Result<Response> {
    let (text, token) = (second::of(visit.language(None)), visit.form_token());
    let body = SmsView {
        text,
        token: token.value(),
        notice: sms_notice(visit, text),
        error: said.error.as_deref(),
        code_error: said.code_error,
    };
    framed(visit, &owner.who, text.sms_title, &body, said).await
}

/// A page of somebody's own.
pub(crate) async fn framed(
    visit: &Visit,
    who: &Recognised,
    title: &str,
    body: &impl Template,
    said: &Said,
) -> Result<Response> {
    let organisation = visit.house.read(who.organisation, |tx, id| Box::pin(organisations::find(tx, *id)));
    let organisation = organisation.await?;
    let (language, token) = (visit.language(None), visit.form_token());
    let mut page = Page::new(language, title, &visit.path);
    page.leave = Some(&token);
    page.status = said.status;
    let menu = menu(language, Corner::Account, Some(visit.unread(who).await?));
    page.menu = &menu;
    page.brand = organisation.as_ref().map_or(page.brand, |organisation| &organisation.name);
    let mut response = page.show(body);
    visit.keep_language(&mut response);
    said.mark(&mut response);
    Ok(response)
}
