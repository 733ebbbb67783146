//! The sign-in page.

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::Response;
use door::pages::Page;
use door::{Charge, Work};
use identity::authorization::Considered;
use identity::protocol::authorize::{Decision, SignIn};
use identity::protocol::form::Form;
use identity::sessions::NewSession;
use identity::sign_in::{self, Arrival, Knock, Memo, Recalled};
use identity::{Admitted, Proven, Trusted, Verdict};
use kernel::{Error, OrganisationId, PersonId, Result};
use secrecy::{ExposeSecret as _, SecretString};

use crate::leave::LEFT;
use crate::onward::{Guest, Onward};
use crate::refusals::Trouble;
use crate::views;
use crate::visit::{Fields, Visit, see};
use crate::words::{self, Words};

/// Characters of an address that are looked at.
const EMAIL_CHARS_MAX: usize = 320;

/// Seconds that are called a moment.
const MOMENT_S: u64 = 15;

/// What the form says back.
#[derive(Default)]
struct Said {
    status: StatusCode,
    email: String,
    /// Above the form.
    notice: Option<&'static str>,
    error: Option<String>,
    /// Beside a field.
    email_error: Option<&'static str>,
    password_error: Option<&'static str>,
    retry_after_s: Option<u64>,
}

/// `GET`: the form, unless somebody has signed in and that will do.
pub(crate) async fn show(visit: Visit) -> Response {
    let onward = Onward::read(&visit.query);
    answer(&visit, show_form(&visit, &onward).await)
}

/// `POST` of the form.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    match fields {
        Ok(form) => answer(&visit, try_form(&visit, &form).await),
        Err(error) => Trouble::of(&error).show(&visit),
    }
}

fn answer(visit: &Visit, response: Result<Response>) -> Response {
    response.unwrap_or_else(|error| Trouble::of(&error).show(visit))
}

async fn show_form(visit: &Visit, onward: &Onward) -> Result<Response> {
    let considered = onward.considered(visit).await?;
    let words = words::of(visit.language(Some(onward)));
    let notice = match considered.as_ref().map(|one| &one.decision) {
        None if visit.who().await?.is_some() => return Ok(onward.go()),
        None if visit.query.first(LEFT) == Some("1") => Some(words.signed_out),
        None | Some(Decision::NeedSignIn(SignIn::Nobody)) => None,
        Some(Decision::NeedSignIn(SignIn::Again)) => Some(words.sign_in_again),
        Some(Decision::NeedSignIn(SignIn::Stranger)) => Some(words.stranger),
        Some(_) => return Ok(onward.go()),
    };
    Ok(form_page(visit, onward, considered.as_ref(), &Said { notice, ..Said::default() }))
}

async fn try_form(visit: &Visit, form: &Form) -> Result<Response> {
    let onward = Onward::read(form);
    let considered = onward.considered(visit).await?;
    let words = words::of(visit.language(Some(&onward)));
    let email = form.first("email").unwrap_or_default().trim();
    let said = match read_fields(visit, form, email, words) {
        Ok(password) => match sign_in(visit, considered.as_ref(), email, &password).await {
            Ok(Some(session)) => return Ok(welcome(visit, &onward, &session)),
            Ok(None) => {
                let error = Some(words.wrong.to_owned());
                Said { status: StatusCode::UNPROCESSABLE_ENTITY, error, ..Said::default() }
            }
            Err(Error::LimitReached { retry_after, .. }) => {
                wait(words, retry_after.map_or(1, |time| time.as_secs()))
            }
            Err(error) => return Err(error),
        },
        Err(said) => said,
    };
    let email = email.chars().take(EMAIL_CHARS_MAX).collect();
    Ok(form_page(visit, &onward, considered.as_ref(), &Said { email, ..said }))
}

fn read_fields(
    visit: &Visit,
    form: &Form,
    email: &str,
    words: &'static Words,
) -> std::result::Result<SecretString, Said> {
    if !visit.is_ours(form) {
        let error = Some(words.stale_form.1.to_owned());
        return Err(Said { status: StatusCode::FORBIDDEN, error, ..Said::default() });
    }
    let password = form.first("password").unwrap_or_default();
    if email.is_empty() || password.is_empty() || email.chars().count() > EMAIL_CHARS_MAX {
        return Err(Said {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            email_error: email.is_empty().then_some(words.email_missing),
            password_error: password.is_empty().then_some(words.password_missing),
            error: (email.chars().count() > EMAIL_CHARS_MAX).then(|| words.wrong.to_owned()),
            ..Said::default()
        });
    }
    Ok(SecretString::from(password))
}

fn wait(words: &'static Words, seconds: u64) -> Said {
    let seconds = seconds.max(1);
    let error = match seconds.div_ceil(60) {
        1 if seconds <= MOMENT_S => words.wait_a_moment.to_owned(),
        1 => words.wait_a_minute.to_owned(),
        minutes => format!("{} {minutes} {}", words.wait_before, words.wait_after),
    };
    Said {
        status: StatusCode::TOO_MANY_REQUESTS,
        error: Some(error),
        retry_after_s: Some(seconds),
        ..Said::default()
    }
}

/// The steps of [`identity::sign_in`]; `None` for a wrong password and for an account that there is not.
async fn sign_in(
    visit: &Visit,
    considered: Option<&Considered>,
    email: &str,
    password: &SecretString,
) -> Result<Option<NewSession>> {
    let (house, address) = (&visit.house, visit.origin.address);
    let device = visit.cookies.device_hash(&visit.headers);
    let knock = Knock::new(&house.vault, email, address, device);
    let recalled = house.read(knock, |tx, knock| Box::pin(sign_in::recall(tx, knock))).await?;
    let (tried, toll) = admit(visit, &knock, &recalled)?;
    let account = recalled.account.as_ref();
    let memo = match house.desk.verify(tried, password, account).await? {
        Verdict::Right(proven) => {
            let towards = considered.and_then(|one| one.client.as_ref()).map(|client| client.organisation);
            if let Some(session) = begin(visit, towards, &proven).await? {
                toll.give_back(visit);
                return Ok(Some(session));
            }
            house.desk.turn_away(&proven)
        }
        Verdict::Wrong(memo) => memo,
    };
    if matches!(toll, Toll::Trusted { .. }) {
        visit.rates.note(Work::SignIn, address);
    }
    refuse(visit, account.map(|account| account.person), memo).await.map(|()| None)
}

/// What a try costs the address that it comes from while it is under way.
enum Toll {
    /// A place among those from there who are known, held until the try is done.
    Trusted { _place: Trusted },
    /// One of the tries that an address has.
    Charged(Charge),
}

impl Toll {
    /// It led in, and costs nothing.
    fn give_back(self, visit: &Visit) {
        if let Self::Charged(charge) = self {
            visit.rates.give_back(charge);
        }
    }
}

/// Whether a password may be checked now, and what the address pays for it.
///
/// Only what fails counts against the address, behind which a whole hospital may begin its day. But a check costs so
/// much that it is charged on the way in and given back to who gets in: else those who come all at once would fill the
/// queue before the first of them has failed. Whoever the account knows is not held up by what others did there, as
/// long as few enough from there come at once, and who signs in again and again is by that alone.
fn admit(visit: &Visit, knock: &Knock, recalled: &Recalled) -> Result<(Admitted, Toll)> {
    let (desk, rates) = (&visit.house.desk, &visit.rates);
    if let Some(account) = &recalled.account {
        rates.account_may(Work::SignIn, account.person)?;
    }
    let toll = match desk.trust(knock, recalled) {
        Some(place) => Toll::Trusted { _place: place },
        None => Toll::Charged(rates.charge(Work::SignIn, visit.origin.address)?),
    };
    match desk.admit(knock, recalled) {
        Ok(tried) => Ok((tried, toll)),
        Err(error) => {
            toll.give_back(visit);
            Err(error)
        }
    }
}

/// The session of somebody whose password was right; `None` when they belong nowhere, which is told no more than
/// anything else.
async fn begin(
    visit: &Visit,
    towards: Option<OrganisationId>,
    proven: &Proven,
) -> Result<Option<NewSession>> {
    let (instead_of, origin) = (visit.session_hash(), visit.origin);
    let arrival = Arrival { person: proven.person(), towards, instead_of, origin };
    let begun = visit.house.db.write((arrival, proven.memo().clone()), |tx, (arrival, memo)| {
        Box::pin(async move {
            let session = sign_in::begin(tx, arrival).await?;
            sign_in::remember(tx, memo).await?;
            Ok(session)
        })
    });
    match begun.await {
        Err(Error::Unauthenticated) => Ok(None),
        Err(error) => Err(error),
        Ok(session) => {
            visit.house.desk.let_in(proven);
            visit.holders.keep(session.secret.expose_secret(), proven.person());
            visit.rates.note_account(Work::SignIn, proven.person());
            Ok(Some(session))
        }
    }
}

async fn refuse(visit: &Visit, person: Option<PersonId>, memo: Memo) -> Result<()> {
    let input = (person, visit.origin, memo);
    let noted = visit.house.db.write(input, |tx, (person, origin, memo)| {
        Box::pin(async move {
            sign_in::note_refusal(tx, *person, *origin).await?;
            sign_in::remember(tx, memo).await
        })
    });
    noted.await
}

fn welcome(visit: &Visit, onward: &Onward, session: &NewSession) -> Response {
    let mut response = see(onward.signed_in().path());
    visit.cookies.set_session(&mut response, session.secret.expose_secret());
    response
}

fn form_page(visit: &Visit, onward: &Onward, considered: Option<&Considered>, said: &Said) -> Response {
    let language = visit.language(Some(onward));
    let words = words::of(language);
    let (guest, token) = (Guest::of(considered, onward), visit.form_token());
    let here = onward.by_way_of("/login");
    let client = considered.filter(|_| guest.brand.is_some()).and_then(|one| one.client.as_ref());
    let body = views::SignIn {
        words,
        token: token.value(),
        onward: onward.path(),
        towards: client.map(|client| client.name.as_str()),
        email: &said.email,
        notice: said.notice,
        error: said.error.as_deref(),
        email_error: said.email_error,
        password_error: said.password_error,
    };
    let mut page = Page::new(language, words.sign_in, &here);
    page.form_targets = &guest.form_targets;
    page.status = said.status;
    page.brand = guest.brand.as_deref().unwrap_or(page.brand);
    let mut response = page.show(&body);
    token.bind(&mut response, visit.cookies);
    visit.keep_language(&mut response);
    if let Some(seconds) = said.retry_after_s {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
