//! The page where people give themselves another password.

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::Response;
use door::Unproven;
use door::pages::{Corner, Page, menu};
use flows::mail::account::{News, tell};
use identity::passkeys;
use identity::profile::sign_in_name;
use identity::protocol::form::Form;
use identity::sessions::NewSession;
use identity::sign_in::{self, Arrival, Memo};
use identity::{Method, Methods, Proven, Recognised, Verdict, organisations, persons};
use kernel::{Error, Result};
use secrecy::{ExposeSecret as _, SecretString};

use crate::fresh::{is_fresh, may_change, owes_both, owes_proof, proof};
use crate::refusals::Trouble;
use crate::reset::read_password;
use crate::tries;
use crate::views;
use crate::visit::{Fields, Visit, see};
use crate::words::{self, Words};

const HERE: &str = "/account/password";
/// Tells the account page that the password has just been changed.
pub(crate) const CHANGED: &str = "password_changed";

/// What the form says back.
#[derive(Default)]
struct Said {
    status: StatusCode,
    error: Option<String>,
    /// Beside a field.
    old: Option<&'static str>,
    new: Option<&'static str>,
    again: Option<&'static str>,
    retry_after_s: Option<u64>,
}

/// The old password and the new one.
struct Wish {
    old: SecretString,
    new: SecretString,
}

/// `GET`: where password managers look for the page.
pub(crate) async fn lead() -> Response {
    see(HERE)
}

/// `GET`: the form.
pub(crate) async fn show(visit: Visit) -> Response {
    let shown = async {
        match visit.who().await? {
            Some(who) if !is_fresh(&visit, &who) && !has_password(&visit, &who).await? => {
                Ok(see(crate::passkeys::HERE))
            }
            Some(who) if owes(&visit, &who).await? => Ok(see(&proof(&visit, &who, HERE).await?)),
            Some(who) => form_page(&visit, &who, &Said::default()).await,
            None => Ok(see("/login?return=%2Faccount%2Fpassword")),
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
    let Some(who) = visit.who().await? else { return Ok(Trouble::stale().show(visit)) };
    let words = words::of(visit.language(None));
    if !has_password(visit, &who).await? {
        return choose_first(visit, &who, form, words).await;
    }
    if owes(visit, &who).await? {
        return Ok(see(&proof(visit, &who, HERE).await?));
    }
    let said = match read_fields(form, words) {
        Ok(wish) => match change(visit, &who, &wish).await {
            Ok(Some(session)) => return Ok(welcome(visit, &session)),
            Ok(None) => Said { old: Some(words.password_wrong), ..refused() },
            Err(Error::LimitReached { retry_after, .. }) => {
                let seconds = tries::whole_seconds(retry_after);
                let (status, error) = (StatusCode::TOO_MANY_REQUESTS, tries::wait_in_words(words, seconds));
                Said { status, error: Some(error), retry_after_s: Some(seconds), ..Said::default() }
            }
            Err(error) => return Err(error),
        },
        Err(said) => said,
    };
    form_page(visit, &who, &said).await
}

/// Whether they prove themselves before they see the form: whoever has a second factor shows both.
async fn owes(visit: &Visit, who: &Recognised) -> Result<bool> {
    Ok(owes_proof(visit, who).await? || owes_both(visit, who).await?)
}

async fn has_password(visit: &Visit, who: &Recognised) -> Result<bool> {
    let ways = visit.house.read(who.person, |tx, person| Box::pin(passkeys::ways(tx, *person))).await?;
    Ok(ways.has_password)
}

/// Who signs in by passkeys alone chooses a password besides. Nothing ends by that, since nothing was found out.
async fn choose_first(
    visit: &Visit,
    who: &Recognised,
    form: &Form,
    words: &'static Words,
) -> Result<Response> {
    if !may_change(visit, who).await? {
        return Ok(see(crate::passkeys::HERE));
    }
    let password = match read_password(form, words) {
        Ok(password) => password,
        Err([new, again]) => return form_page(visit, who, &Said { new, again, ..refused() }).await,
    };
    let hash = visit.house.desk.hash(&password).await?;
    let input = (who.actor(visit.origin), visit.holder()?, hash, visit.issuer().to_owned());
    let kept = visit.house.db.write(input, |tx, (actor, by, hash, url)| {
        Box::pin(async move {
            passkeys::first_password(tx, (actor, *by), hash).await?;
            tell(tx, actor.person, News::PasswordChanged, url).await
        })
    });
    kept.await.map(|()| see("/account"))
}

fn refused() -> Said {
    Said { status: StatusCode::UNPROCESSABLE_ENTITY, ..Said::default() }
}

fn read_fields(form: &Form, words: &'static Words) -> std::result::Result<Wish, Said> {
    let field = |name| SecretString::from(form.first(name).unwrap_or_default());
    let (old, new, again) = (field("old"), field("new"), field("again"));
    let unfit = match persons::check_password(&new) {
        Ok(()) if new.expose_secret() == old.expose_secret() => Some(words.password_same),
        Ok(()) => None,
        Err(Error::TooLarge { .. }) => Some(words.password_long),
        Err(_) => Some(words.password_short),
    };
    let said = Said {
        old: old.expose_secret().is_empty().then_some(words.password_missing),
        again: (unfit.is_none() && new.expose_secret() != again.expose_secret())
            .then_some(words.password_differs),
        new: unfit,
        ..refused()
    };
    if said.old.or(said.new).or(said.again).is_some() { Err(said) } else { Ok(Wish { old, new }) }
}

/// Tries the old password as at a sign-in, and lets the new one take its place; `None` when the old one is wrong.
async fn change(visit: &Visit, who: &Recognised, wish: &Wish) -> Result<Option<NewSession>> {
    let name = visit.house.read(who.person, |tx, person| Box::pin(sign_in_name(tx, *person))).await?;
    let (recalled, tried, toll) = tries::begin(visit, &name.unwrap_or_default()).await?;
    let account = recalled.account.filter(|account| account.person == who.person);
    match visit.house.desk.verify(tried, &wish.old, account.as_ref()).await? {
        Verdict::Right(proven) => {
            let hash = visit.house.desk.hash(&wish.new).await?;
            let session = keep(visit, who, &proven, hash).await?;
            tries::let_in(visit, &proven, &session);
            toll.give_back(visit);
            Ok(Some(session))
        }
        Verdict::Wrong(memo) => {
            toll.keep(visit);
            refuse(visit, who, memo).await.map(|()| None)
        }
    }
}

/// Everything of theirs ends with the old password; in this browser a new session begins. A password proves one factor:
/// when they showed two, the new session is as old as they are.
async fn keep(visit: &Visit, who: &Recognised, proven: &Proven, hash: String) -> Result<NewSession> {
    let (origin, device) = (visit.origin, visit.device());
    let both_ms = who.signed_in_ms.filter(|_| who.methods.are_two());
    let methods = if both_ms.is_some() { who.methods } else { Methods::of(Method::Password) };
    let (person, towards) = (who.person, Some(who.organisation));
    let arrival = Arrival { person, towards, instead_of: None, device, methods, origin };
    let known = visit.cookies.device_hash(&visit.headers);
    let url = visit.issuer().to_owned();
    let by = (who.actor(origin), visit.holder()?);
    let input = (by, proven.clone(), hash, known, (arrival, both_ms), url);
    let kept =
        visit.house.db.write(input, |tx, ((actor, by), proven, hash, known, (arrival, both_ms), url)| {
            Box::pin(async move {
                persons::change_password(tx, (actor, *by), proven.account(), hash, known.as_ref()).await?;
                let session = match both_ms {
                    Some(both_ms) => sign_in::begin_since(tx, arrival, *both_ms).await?,
                    None => sign_in::begin(tx, arrival).await?,
                };
                sign_in::remember(tx, proven.memo()).await?;
                tell(tx, actor.person, News::PasswordChanged, url).await?;
                Ok(session)
            })
        });
    kept.await
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

fn welcome(visit: &Visit, session: &NewSession) -> Response {
    let mut response = see(&format!("/account?{CHANGED}=1"));
    visit.cookies.set_session(&mut response, session.secret.expose_secret());
    response
}

async fn form_page(visit: &Visit, who: &Recognised, said: &Said) -> Result<Response> {
    let organisation = visit.house.read(who.organisation, |tx, id| Box::pin(organisations::find(tx, *id)));
    let (organisation, has_old) = (organisation.await?, has_password(visit, who).await?);
    let language = visit.language(None);
    let (words, text, token) = (words::of(language), words::account::of(language), visit.form_token());
    let (title, lead) = if has_old {
        (words.change_password, words.change_password_lead)
    } else {
        (text.choose_password, text.first_password_lead)
    };
    let body = views::Password {
        words,
        token: token.value(),
        title,
        lead,
        action: HERE,
        save: if has_old { words.change_password_button } else { words::reset::of(language).save },
        back: Some(("/account", words.account)),
        code: None,
        has_old,
        error: said.error.as_deref(),
        old_error: said.old,
        new_error: said.new,
        again_error: said.again,
    };
    let mut page = Page::new(language, title, HERE);
    page.leave = Some(&token);
    page.status = said.status;
    let menu = menu(language, Corner::Account, Some(visit.unread(who).await?));
    page.menu = &menu;
    page.brand = organisation.as_ref().map_or(page.brand, |organisation| &organisation.name);
    let mut response = page.show(&body);
    visit.keep_language(&mut response);
    if let Some(seconds) = said.retry_after_s {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}
