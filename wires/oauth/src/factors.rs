//! Somebody's own page of second factors: what they have set up, setting up more, and taking it away.
//!
//! What is on it can be changed by who has proven themselves within ten minutes, and by both factors once they have two.

pub(crate) mod app;
pub(crate) mod recovery;
pub(crate) mod sms;

use askama::Template;
use axum::response::Response;
use door::pages::forms::FIELD;
use identity::arrivals::Holder;
use identity::factors::{self, Enrolled, Which};
use identity::halves::Half;
use identity::protocol::form::{Form, encode};
use identity::{Recognised, guests};
use kernel::{Error, Result};

use crate::arrive::SECOND;
use crate::frame::framed;
use crate::onward::Onward;
use crate::prove;
use crate::refusals::Trouble;
use crate::second::{DOOR, Said, Waiting, refuse};
use crate::tries;
use crate::visit::{Fields, Visit, see};
use crate::words::second::{self, SecondWords};
use crate::words::{self, Words};

/// The page.
pub(crate) const HERE: &str = "/account/second-factor";
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

/// Somebody who may change their second factors now.
struct Owner {
    who: Recognised,
    waiting: Waiting,
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
    let (goes, now) = (owner.waiting.goes(visit), house.clock.now_ms());
    let offer = factors::offer(&house.vault, &owner.waiting.enrolled, goes.by.hash(), typed, now)?;
    let shown = (offer, house.desk.memo_of(&tried, person));
    if flows::factors::remove(house, person, goes, which, shown).await? {
        house.desk.passed(&tried);
        toll.give_back(visit);
        return Ok(true);
    }
    toll.keep(visit);
    refuse(visit, &tried, person).await.map(|()| false)
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
