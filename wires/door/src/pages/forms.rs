//! Forms that only our own pages can send.

use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, Response};
use kernel::Rng;
use kernel::id::hex;
use vault::Vault;

use super::cookies::{self, Cookies};

/// The name of the hidden field.
pub const FIELD: &str = "form_token";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a form of ours carries, and the cookie to set when the browser had none to bind it to.
#[derive(Debug)]
pub struct FormToken {
    token: String,
    new_cookie: Option<String>,
}

impl FormToken {
    /// A token for the browser that sent this request: bound to its session, or else to a cookie for forms.
    #[must_use]
    pub fn of(headers: &HeaderMap, cookies: Cookies, vault: &Vault, rng: &Rng) -> Self {
        match bound_to(headers, cookies) {
            Some(secret) => Self { token: token_for(vault, secret), new_cookie: None },
            None => {
                let secret = hex(&rng.bytes::<32>());
                Self { token: token_for(vault, &secret), new_cookie: Some(secret) }
            }
        }
    }

    /// A token that is good for this form alone, also when somebody has signed in in the browser that sent this request:
    /// bound to the cookie for forms, which outlives sessions. So the name says whose form it is, and which.
    #[must_use]
    pub fn held(form: &str, headers: &HeaderMap, cookies: Cookies, vault: &Vault, rng: &Rng) -> Self {
        let known = cookies::read(headers, cookies.form_name()).map(str::to_owned);
        let new_cookie = known.is_none().then(|| hex(&rng.bytes::<32>()));
        let secret = known.as_ref().or(new_cookie.as_ref());
        let token = secret.map(|secret| held_token_for(vault, secret, form)).unwrap_or_default();
        Self { token, new_cookie }
    }

    /// The value of the hidden field [`FIELD`].
    #[must_use]
    pub fn value(&self) -> &str {
        &self.token
    }

    /// Hands the browser what the token is bound to, when it had nothing.
    pub fn bind<B>(&self, response: &mut Response<B>, cookies: Cookies) {
        if let Some(secret) = &self.new_cookie {
            cookies.set(response, cookies.form_name(), secret, "; Max-Age=31536000");
        }
    }
}

/// Whether a form was sent by a page of ours in the same browser.
#[must_use]
pub fn is_ours(
    headers: &HeaderMap,
    cookies: Cookies,
    vault: &Vault,
    public_url: &str,
    token: Option<&str>,
) -> bool {
    let bound = bound_to(headers, cookies).zip(token);
    let fits =
        |(secret, token): (&str, &str)| vault::same(token_for(vault, secret).as_bytes(), token.as_bytes());
    comes_from_here(headers, public_url) && bound.is_some_and(fits)
}

/// Whether the form of this name was held in the same browser, while nobody was signed in there.
#[must_use]
pub fn is_held(
    form: &str,
    headers: &HeaderMap,
    cookies: Cookies,
    vault: &Vault,
    public_url: &str,
    token: &str,
) -> bool {
    let secret = cookies::read(headers, cookies.form_name());
    let fits = |secret: &str| vault::same(held_token_for(vault, secret, form).as_bytes(), token.as_bytes());
    comes_from_here(headers, public_url) && secret.is_some_and(fits)
}

/// Whether the browser itself says that a page of ours sent the form. It is a word for browsers that lost the cookie
/// that the form was bound to, and will do where nothing comes of the form but that it is shown to its sender again.
#[must_use]
pub fn is_surely_from_here(headers: &HeaderMap) -> bool {
    headers.get(FETCH_SITE).is_some_and(|site| site == "same-origin")
}

/// What the browser itself says of where the form or the link stood. Our pages send no referrer, so `Origin` may be
/// `null`.
#[must_use]
pub fn comes_from_here(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let same_site = text(&FETCH_SITE).is_none_or(|site| matches!(site, "same-origin" | "none"));
    let same_origin = text(&ORIGIN).is_none_or(|origin| {
        let host = origin.split_once("://").map(|(_, host)| host);
        origin == "null" || origin == public_url || (host.is_some() && host == text(&HOST))
    });
    same_site && same_origin
}

fn bound_to(headers: &HeaderMap, cookies: Cookies) -> Option<&str> {
    cookies.session(headers).or_else(|| cookies::read(headers, cookies.form_name()))
}

fn held_token_for(vault: &Vault, secret: &str, form: &str) -> String {
    token_for(vault, &format!("{secret} held for {form}"))
}

/// The keyed hash folds case, so that what goes in is hexadecimal.
fn token_for(vault: &Vault, secret: &str) -> String {
    hex(&vault.blind("form", &hex(&vault::token_hash(secret))))
}
