//! The page where somebody with a session proves themselves once more, before they change how they sign in: by their
//! password, and by a second factor once they have one. Who only found their open page has neither.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use door::Unproven;
use door::pages::forms::FIELD;
use identity::invitations::Address;
use identity::profile::sign_in_name;
use identity::protocol::form::Form;
use identity::sign_in::{self, Memo};
use identity::{Method, Methods, Proven, Recognised, Verdict, persons};
use kernel::{Error, Result};
use secrecy::SecretString;

use crate::arrive::{Came, arrive};
use crate::frame::framed;
use crate::onward::Onward;
use crate::refusals::Trouble;
use crate::second::Said;
use crate::tries;
use crate::visit::{Fields, Visit, see};
use crate::words::second::{self, SecondWords};
use crate::words::{self, Words};

pub(crate) const HERE: &str = "/account/second-factor/prove";

#[derive(Template)]
#[template(path = "prove.html")]
struct View<'a> {
    words: &'static Words,
    text: &'static SecondWords,
    token: &'a str,
    onward: &'a str,
    has_password: bool,
    error: Option<&'a str>,
    password_error: Option<&'a str>,
}

/// `GET`: the form.
pub(crate) async fn show(visit: Visit) -> Response {
    let onward = Onward::read(&visit.query);
    let shown = async {
        match visit.who().await? {
            Some(who) => page(&visit, &who, &onward, &Said::default()).await,
            None => Ok(see(&onward.by_way_of("/login"))),
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
    let who = visit.who().await?.filter(|_| visit.is_ours(form));
    let Some(who) = who else { return Ok(Trouble::stale().show(visit)) };
    let onward = Onward::read(form);
    let words = words::of(visit.language(None));
    let password = form.first("password").unwrap_or_default();
    let said = match try_password(visit, &who, &onward, &SecretString::from(password)).await {
        Ok(Some(response)) => return Ok(response),
        Ok(None) => Said::code(words.password_wrong),
        Err(Error::LimitReached { retry_after, .. }) => {
            let seconds = tries::whole_seconds(retry_after);
            let (status, error) = (StatusCode::TOO_MANY_REQUESTS, tries::wait_in_words(words, seconds));
            Said { status, error: Some(error), code_error: None, retry_after_s: Some(seconds) }
        }
        Err(error) => return Err(error),
    };
    page(visit, &who, &onward, &said).await
}

/// Tries the password as at a sign-in: when it is right, what follows is what follows there.
async fn try_password(
    visit: &Visit,
    who: &Recognised,
    onward: &Onward,
    password: &SecretString,
) -> Result<Option<Response>> {
    let name = visit.house.read(who.person, |tx, person| Box::pin(sign_in_name(tx, *person))).await?;
    let (recalled, tried, toll) = tries::begin(visit, &name.unwrap_or_default()).await?;
    let account = recalled.account.filter(|account| account.person == who.person);
    match visit.house.desk.verify(tried, password, account.as_ref()).await? {
        Verdict::Right(proven) => {
            toll.give_back(visit);
            renew(visit, who, onward, &proven).await.map(Some)
        }
        Verdict::Wrong(memo) => {
            toll.keep(visit);
            refuse(visit, who, memo).await.map(|()| None)
        }
    }
}

/// Who has signed out everywhere in between signs in as anybody does.
async fn renew(visit: &Visit, who: &Recognised, onward: &Onward, proven: &Proven) -> Result<Response> {
    let came = Came {
        person: who.person,
        methods: Methods::of(Method::Password),
        towards: Some(who.organisation),
        proven: Some(proven),
        is_again: true,
    };
    let arrived = arrive(visit, onward, came).await?;
    Ok(arrived.unwrap_or_else(|| see(&onward.by_way_of("/login"))))
}

async fn refuse(visit: &Visit, who: &Recognised, memo: Memo) -> Result<()> {
    Unproven::Password.note(visit.origin.request);
    let noted = visit.house.db.write((who.actor(visit.origin), memo), |tx, (actor, memo)| {
        Box::pin(async move {
            persons::note_password_refused(tx, actor).await?;
            sign_in::remember(tx, memo).await
        })
    });
    noted.await
}

async fn page(visit: &Visit, who: &Recognised, onward: &Onward, said: &Said) -> Result<Response> {
    let language = visit.language(None);
    let has_password = visit.house.read(who.person, |tx, person| {
        Box::pin(async move {
            let Some(name) = sign_in_name(tx, *person).await? else { return Ok(false) };
            let hash = Address::typed(&name).hash(tx.tool::<vault::Vault>()?);
            Ok(sign_in::find_account(tx, &hash).await?.is_some_and(|account| account.person == *person))
        })
    });
    let (text, token) = (second::of(language), visit.form_token());
    let body = View {
        words: words::of(language),
        text,
        token: token.value(),
        onward: onward.path(),
        has_password: has_password.await?,
        error: said.error.as_deref(),
        password_error: said.code_error,
    };
    framed(visit, who, text.prove, &body, said).await
}
