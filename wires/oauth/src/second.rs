//! The page that asks for a second factor: of somebody whose password was right, and of somebody with a session who
//! needs to be known better.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::Response;
use door::Unproven;
use door::pages::forms::FIELD;
use door::pages::{FormToken, Page};
use identity::arrivals::{self, Goes, Holder};
use identity::factors::{self, Enrolled};
use identity::halves::Half;
use identity::protocol::form::Form;
use identity::sign_in;
use kernel::{Error, Result};

use crate::arrive::{SECOND, SET_UP, welcome};
use crate::assets::{SCRIPT_PATH, allow_script};
use crate::onward::{Guest, Onward};
use crate::refusals::Trouble;
use crate::tries;
use crate::visit::{Fields, Visit, see};
use crate::words::passkeys;
use crate::words::second::{self, SecondWords};

/// The door at which tries of a second factor are counted.
pub(crate) const DOOR: &str = "second_factor";
/// Tells the page what became of a code by SMS.
const SENT: &str = "sms";

#[derive(Template)]
#[template(path = "second.html")]
struct View<'a> {
    text: &'static SecondWords,
    token: &'a str,
    onward: &'a str,
    has_app: bool,
    has_sms: bool,
    /// What the button of passkeys says, for whoever has one.
    passkeys: Option<&'static passkeys::Words>,
    notice: Option<&'a str>,
    error: Option<&'a str>,
    code_error: Option<&'a str>,
}

/// What the form says back.
#[derive(Default)]
pub(crate) struct Said {
    pub status: StatusCode,
    pub error: Option<String>,
    pub code_error: Option<&'static str>,
    pub retry_after_s: Option<u64>,
}

impl Said {
    pub fn code(error: &'static str) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, code_error: Some(error), ..Self::default() }
    }

    /// Too many tries, or too many codes.
    pub fn wait(text: &SecondWords, retry_after: Option<std::time::Duration>) -> Self {
        let seconds = tries::whole_seconds(retry_after);
        let error = Some(text.again.after(text.wait, seconds));
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self { status, error, code_error: None, retry_after_s: Some(seconds) }
    }

    /// A page with a form for whoever comes by, which says this back; its token is bound to the browser.
    pub fn show(
        &self,
        visit: &Visit,
        mut page: Page<'_>,
        token: &FormToken,
        body: &impl Template,
    ) -> Response {
        page.status = self.status;
        let mut response = page.show(body);
        token.bind(&mut response, visit.cookies);
        visit.keep_language(&mut response);
        self.mark(&mut response);
        response
    }

    pub fn mark(&self, response: &mut Response) {
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
}

/// Somebody who is to prove themselves once more.
pub(crate) struct Waiting {
    pub by: Holder,
    pub half: Half,
    pub enrolled: Enrolled,
}

impl Waiting {
    pub fn goes(&self, visit: &Visit) -> Goes {
        let (instead_of, device) = (visit.session_hash(), visit.device());
        Goes { by: self.by, instead_of, device, origin: visit.origin }
    }

    /// Where they go on to: the wish for a sign-in is met by a whole one.
    fn onward(&self, onward: &Onward) -> Onward {
        match self.by {
            Holder::Half(_) => onward.signed_in(),
            Holder::Session(_) => onward.clone(),
        }
    }
}

/// Who waits in this browser: a half-done sign-in before a session that is known by one factor.
pub(crate) async fn waiting(visit: &Visit) -> Result<Option<Waiting>> {
    let half = visit.half_hash().map(Holder::Half);
    let session = visit.session_hash().map(Holder::Session);
    let found = visit.house.read([half, session], |tx, holders| {
        Box::pin(async move {
            for by in holders.iter().flatten() {
                let half = arrivals::who_goes(tx, *by).await?.filter(|half| !half.methods.are_two());
                if let Some(half) = half {
                    let enrolled = factors::enrolled(tx, half.person).await?;
                    return Ok(Some(Waiting { by: *by, half, enrolled }));
                }
            }
            Ok(None)
        })
    });
    found.await
}

/// Where somebody goes of whom nothing is waited for here, or something else.
pub(crate) async fn elsewhere(visit: &Visit, onward: &Onward, waiting: Option<&Waiting>) -> Result<Response> {
    Ok(match waiting {
        Some(Waiting { by: Holder::Half(_), enrolled, .. }) if !enrolled.can_prove() => {
            see(&onward.by_way_of(SET_UP))
        }
        Some(waiting) if !waiting.enrolled.can_prove() => see(&onward.by_way_of(crate::factors::app::APP)),
        Some(_) => see(&onward.by_way_of(SECOND)),
        None if visit.who().await?.is_some() => onward.go(),
        None => see(&onward.by_way_of("/login")),
    })
}

/// `GET`: the form.
pub(crate) async fn show(visit: Visit) -> Response {
    let onward = Onward::read(&visit.query);
    let shown = async {
        match waiting(&visit).await? {
            Some(waiting) if waiting.enrolled.can_prove() => {
                form_page(&visit, &onward, &waiting, &Said::default()).await
            }
            waiting => elsewhere(&visit, &onward, waiting.as_ref()).await,
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
    answer.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn try_form(visit: &Visit, form: &Form) -> Result<Response> {
    if !visit.is_ours(form) {
        return Ok(Trouble::stale().show(visit));
    }
    let onward = Onward::read(form);
    let waiting = match waiting(visit).await? {
        Some(waiting) if waiting.enrolled.is_any() => waiting,
        waiting => return elsewhere(visit, &onward, waiting.as_ref()).await,
    };
    let text = second::of(visit.language(Some(&onward)));
    let typed = form.first("code").unwrap_or_default().trim();
    let said = match typed {
        "" => Said::code(text.code_missing),
        typed => match go_in(visit, &onward, &waiting, typed).await {
            Ok(Some(response)) => return Ok(response),
            Ok(None) => Said::code(text.code_wrong),
            Err(Error::LimitReached { retry_after, .. }) => Said::wait(text, retry_after),
            Err(error) => return Err(error),
        },
    };
    form_page(visit, &onward, &waiting, &said).await
}

/// Tries a code, as a password is tried; `None` for one that proves nothing.
async fn go_in(visit: &Visit, onward: &Onward, waiting: &Waiting, typed: &str) -> Result<Option<Response>> {
    let (house, person) = (&visit.house, waiting.half.person);
    let (tried, toll) = tries::begin_at(visit, DOOR, person.as_bytes(), Some(person)).await?;
    let (holder, now) = (waiting.by.hash(), house.clock.now_ms());
    let offer = factors::offer(&house.vault, &waiting.enrolled, holder, typed, now)?;
    let memo = house.desk.memo_of(&tried, person);
    let done = flows::factors::complete(house, person, waiting.goes(visit), offer, memo).await?;
    let Some((_, session)) = done else {
        toll.keep(visit);
        refuse(visit, &tried, person).await?;
        return Ok(None);
    };
    house.desk.passed(&tried);
    toll.give_back(visit);
    tries::note_in(visit, person, &session);
    let mut response = welcome(visit, &waiting.onward(onward), &session, None);
    visit.cookies.clear_half(&mut response);
    Ok(Some(response))
}

/// Counts a code that proves nothing, and writes that somebody was refused.
pub(crate) async fn refuse(
    visit: &Visit,
    tried: &identity::Admitted,
    person: kernel::PersonId,
) -> Result<()> {
    Unproven::Code.note(visit.origin.request);
    let input = (person, visit.origin, visit.house.desk.failed(tried));
    let noted = visit.house.db.write(input, |tx, (person, origin, memo)| {
        Box::pin(async move {
            factors::note(tx, *person, None, *origin).await?;
            sign_in::remember(tx, memo).await
        })
    });
    noted.await
}

/// `POST`: sends a code by SMS.
pub(crate) async fn send(visit: Visit, Fields(fields): Fields) -> Response {
    let sent = async {
        let form = fields?;
        if !visit.is_ours(&form) {
            return Ok(Trouble::stale().show(&visit));
        }
        let onward = Onward::read(&form);
        let waiting = match waiting(&visit).await? {
            Some(waiting) if waiting.enrolled.has_sms => waiting,
            waiting => return elsewhere(&visit, &onward, waiting.as_ref()).await,
        };
        let (holder, browser) = (waiting.by.hash(), visit.cookies.device_hash(&visit.headers));
        match flows::factors::send_sms(&visit.house, waiting.half.person, holder, browser).await {
            Ok(sent) => {
                let word = if sent { "sent" } else { "unsent" };
                Ok(see(&format!("{}&{SENT}={word}", onward.by_way_of(SECOND))))
            }
            Err(Error::LimitReached { retry_after, .. }) => {
                let text = second::of(visit.language(Some(&onward)));
                form_page(&visit, &onward, &waiting, &Said::wait(text, retry_after)).await
            }
            Err(error) => Err(error),
        }
    };
    sent.await.unwrap_or_else(|error: Error| Trouble::of(&error).show(&visit))
}

/// What a page says of a code by SMS.
pub(crate) fn sms_notice(visit: &Visit, text: &SecondWords) -> Option<&'static str> {
    match visit.query.first(SENT) {
        Some("sent") => Some(text.sms_sent),
        Some("unsent") => Some(text.sms_unsent),
        _ => None,
    }
}

async fn form_page(visit: &Visit, onward: &Onward, waiting: &Waiting, said: &Said) -> Result<Response> {
    let language = visit.language(Some(onward));
    let (text, token) = (second::of(language), visit.form_token());
    let guest = Guest::of(onward.considered(visit).await?.as_ref(), onward);
    let here = onward.by_way_of(SECOND);
    let has_passkeys = waiting.enrolled.passkeys > 0;
    let title = if waiting.enrolled.is_any() { text.title } else { text.title_passkey };
    let body = View {
        text,
        token: token.value(),
        onward: onward.path(),
        has_app: waiting.enrolled.has_app(),
        has_sms: waiting.enrolled.has_sms,
        passkeys: has_passkeys.then(|| passkeys::of(language)),
        notice: sms_notice(visit, text),
        error: said.error.as_deref(),
        code_error: said.code_error,
    };
    let mut page = Page::new(language, title, &here);
    page.form_targets = &guest.form_targets;
    page.brand = guest.brand.as_deref().unwrap_or(page.brand);
    let mut response = said.show(visit, page, &token, &body);
    if has_passkeys {
        allow_script(&mut response);
    }
    Ok(response)
}
