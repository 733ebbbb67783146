//! The sign-in page.

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::Response;
use door::Unproven;
use door::pages::{Page, paths};
use identity::authorization::Considered;
use identity::protocol::authorize::{Decision, SignIn};
use identity::protocol::form::Form;
use identity::sign_in::{self, Memo};
use identity::{Method, Methods, Verdict};
use kernel::{Error, PersonId, Result};
use secrecy::SecretString;

use crate::arrive::{Came, SECOND, arrive};
use crate::assets::allow_script;
use crate::authorize::login_hint;
use crate::fresh::AGAIN;
use crate::leave::LEFT;
use crate::onward::{Guest, Onward};
use crate::refusals::Trouble;
use crate::reset::RESET;
use crate::tries;
use crate::views;
use crate::visit::{Fields, Visit, see};
use crate::words::{self, Words};

/// Characters of an address that are looked at.
const EMAIL_CHARS_MAX: usize = 320;

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
        None if visit.query.first(AGAIN) == Some("1") => Some(words.sign_in_again),
        None if visit.who().await?.is_some() => return Ok(onward.go()),
        None if visit.query.first(LEFT) == Some("1") => Some(words.signed_out),
        None if visit.query.first(RESET) == Some("1") => {
            Some(words::reset::of(visit.language(Some(onward))).done)
        }
        None if visit.query.first(paths::UNSENT) == Some("1") => Some(words.unsent),
        None | Some(Decision::NeedSignIn(SignIn::Nobody)) => None,
        Some(Decision::NeedSignIn(SignIn::Again)) => Some(words.sign_in_again),
        Some(Decision::NeedSignIn(SignIn::StepUp)) => return Ok(see(&onward.by_way_of(SECOND))),
        Some(Decision::NeedSignIn(SignIn::Stranger)) => Some(words.stranger),
        Some(_) => return Ok(onward.go()),
    };
    let email = login_hint(visit);
    Ok(form_page(visit, onward, considered.as_ref(), &Said { notice, email, ..Said::default() }))
}

async fn try_form(visit: &Visit, form: &Form) -> Result<Response> {
    let onward = Onward::read(form);
    let considered = onward.considered(visit).await?;
    let words = words::of(visit.language(Some(&onward)));
    let email = form.first("email").unwrap_or_default().trim();
    let said = match read_fields(visit, form, email, words) {
        Ok(password) => match sign_in(visit, &onward, considered.as_ref(), email, &password).await {
            Ok(Some(response)) => return Ok(response),
            Ok(None) => {
                let error = Some(words.wrong.to_owned());
                Said { status: StatusCode::UNPROCESSABLE_ENTITY, error, ..Said::default() }
            }
            Err(Error::LimitReached { retry_after, .. }) => wait(words, tries::whole_seconds(retry_after)),
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
    Said {
        status: StatusCode::TOO_MANY_REQUESTS,
        error: Some(tries::wait_in_words(words, seconds)),
        retry_after_s: Some(seconds),
        ..Said::default()
    }
}

/// The steps of [`identity::sign_in`]; `None` for a wrong password and for an account that there is not.
async fn sign_in(
    visit: &Visit,
    onward: &Onward,
    considered: Option<&Considered>,
    email: &str,
    password: &SecretString,
) -> Result<Option<Response>> {
    let (recalled, tried, toll) = tries::begin(visit, email).await?;
    let account = recalled.account.as_ref();
    let memo = match visit.house.desk.verify(tried, password, account).await? {
        Verdict::Right(proven) => {
            let towards = considered.and_then(|one| one.client.as_ref()).map(|client| client.organisation);
            let methods = Methods::of(Method::Password);
            let came =
                Came { person: proven.person(), methods, towards, proven: Some(&proven), is_again: false };
            if let Some(response) = arrive(visit, onward, came).await? {
                toll.give_back(visit);
                return Ok(Some(response));
            }
            visit.house.desk.turn_away(&proven)
        }
        Verdict::Wrong(memo) => memo,
    };
    toll.keep(visit);
    refuse(visit, account.map(|account| account.person), memo).await.map(|()| None)
}

async fn refuse(visit: &Visit, person: Option<PersonId>, memo: Memo) -> Result<()> {
    Unproven::Password.note(visit.origin.request);
    let input = (person, visit.origin, memo);
    let noted = visit.house.db.write(input, |tx, (person, origin, memo)| {
        Box::pin(async move {
            sign_in::note_refusal(tx, *person, *origin).await?;
            sign_in::remember(tx, memo).await
        })
    });
    noted.await
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
        passkeys: words::passkeys::of(language),
        reset: words::reset::of(language),
        link: &onward.by_way_of(crate::link::HERE),
    };
    let mut page = Page::new(language, words.sign_in, &here);
    page.form_targets = &guest.form_targets;
    page.status = said.status;
    page.brand = guest.brand.as_deref().unwrap_or(page.brand);
    let mut response = page.show(&body);
    allow_script(&mut response);
    token.bind(&mut response, visit.cookies);
    visit.keep_language(&mut response);
    if let Some(seconds) = said.retry_after_s {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
