//! Signing out by an application's wish (OpenID Connect RP-Initiated Logout). Nobody is sent to an address that the
//! application has not registered for this, and nobody is signed out without a word of theirs unless the application
//! shows by an ID token that it means them.

use axum::http::StatusCode;
use axum::response::Response;
use door::pages::{Page, forms};
use identity::protocol::form::Form;
use identity::protocol::redirect;
use identity::{Client, clients};
use kernel::Result;

use crate::leave::{self, LEFT};
use crate::refusals::Trouble;
use crate::visit::{Fields, Visit, redirect as lead, see};
use crate::{id_token, views, words};

const PATH: &str = "/oauth/logout";
/// What of a request is read, and asked again on our page.
const NAMES: [&str; 5] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"];

/// A request that fits.
struct Wish {
    client: Option<Client>,
    /// The registered address to go on to, with the state in it.
    onward: Option<String>,
    is_anybody: bool,
    /// Whether the application showed that it means who has signed in.
    is_them: bool,
}

/// `GET`: signs out, or asks first.
pub(crate) async fn show(visit: Visit) -> Response {
    if !visit.is_readable {
        return Trouble::unfit_sign_out().show(&visit);
    }
    let query = visit.query.clone();
    match consider(&visit, &query).await {
        Ok(None) => Trouble::unfit_sign_out().show(&visit),
        Ok(Some(wish)) if wish.is_anybody && !wish.is_them => ask(&visit, &query, &wish),
        Ok(Some(wish)) => leave::end(&visit, wish.go()).await,
        Err(error) => Trouble::of(&error).show(&visit),
    }
}

/// `POST`: of our page, the person's yes; of an application, the same by `GET`, where the browser brings its session. Both
/// go on there, since no form of ours leads outward itself.
pub(crate) async fn submit(visit: Visit, Fields(fields): Fields) -> Response {
    let form = match fields {
        Ok(form) => form,
        Err(error) => return Trouble::of(&error).show(&visit),
    };
    if form.first(forms::FIELD).is_none() {
        return see(&here(&form));
    }
    if !visit.is_ours(&form) {
        return Trouble::stale().show(&visit);
    }
    match consider(&visit, &form).await {
        Ok(None) => Trouble::unfit_sign_out().show(&visit),
        Ok(Some(_)) => leave::end(&visit, see(&here(&form))).await,
        Err(error) => Trouble::of(&error).show(&visit),
    }
}

/// This address with what is read of a request, each parameter as often as it stands.
fn here(form: &Form) -> String {
    let pairs = NAMES.iter().flat_map(|name| form.all(name).map(move |value| (*name, value)));
    let read = pairs.fold(Form::default(), |read, (name, value)| read.with(name, value));
    format!("{PATH}?{}", read.encode())
}

/// `None` for a request that does not fit.
async fn consider(visit: &Visit, form: &Form) -> Result<Option<Wish>> {
    if NAMES.iter().any(|name| form.one(name).is_err()) {
        return Ok(None);
    }
    let value = |name| form.one(name).ok().flatten();
    let hint = id_token::hint(visit, form).await?;
    let meant = hint.as_ref().map(|hint| hint.audience.as_str());
    let named = match (value("client_id"), meant) {
        (Some(named), Some(meant)) if named != meant => return Ok(None),
        (named, meant) => named.or(meant),
    };
    let client = match named.map(str::to_owned) {
        None => None,
        Some(id) => match visit.house.db.read(id, |tx, id| Box::pin(clients::find_named(tx, id))).await? {
            None => return Ok(None),
            found => found,
        },
    };
    let (uri, state) = (value("post_logout_redirect_uri"), value("state"));
    let Some(onward) = redirect::after_sign_out(client.as_ref(), uri, state) else { return Ok(None) };
    let who = visit.who().await?;
    let is_them = match (&hint, &client, &who) {
        (Some(hint), Some(client), Some(who)) => hint.names(&visit.house.vault, client, who.person),
        _ => false,
    };
    Ok(Some(Wish { client, onward, is_anybody: who.is_some(), is_them }))
}

impl Wish {
    fn go(&self) -> Response {
        match &self.onward {
            Some(to) => lead(StatusCode::FOUND, to),
            None => see(&format!("/login?{LEFT}=1")),
        }
    }
}

fn ask(visit: &Visit, query: &Form, wish: &Wish) -> Response {
    let language = visit.language(None);
    let (words, token) = (words::of(language), visit.form_token());
    let value = |name| query.first(name).map(|value| (name, value.to_owned()));
    let parameters: Vec<(&'static str, String)> = NAMES.into_iter().filter_map(value).collect();
    let here = here(query);
    let client = wish.client.as_ref().map(|client| client.name.as_str());
    let targets: Vec<String> = wish.onward.as_deref().and_then(redirect::origin).into_iter().collect();
    let mut page = Page::new(language, words.sign_out.0, &here);
    page.form_targets = &targets;
    let body = views::SignOut { words, token: token.value(), client, parameters: &parameters };
    let mut response = page.show(&body);
    token.bind(&mut response, visit.cookies);
    visit.keep_language(&mut response);
    response
}
