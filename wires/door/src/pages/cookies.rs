//! Our cookies: the session, the binding of forms, and the chosen language.

use axum::http::header::{COOKIE, HeaderValue, SET_COOKIE};
use axum::http::{HeaderMap, Response};
use identity::Language;

/// How cookies are named and set, by how this server is reached.
///
/// Browsers take a name with `__Host-` only over https, so that over plain http (which is for this very machine)
/// the same cookies go without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cookies {
    pub(super) secure: bool,
}

impl Cookies {
    /// The cookies of a server at this public URL.
    #[must_use]
    pub fn at(public_url: &str) -> Self {
        Self { secure: public_url.starts_with("https://") }
    }

    /// The name of the cookie that holds the session's secret.
    #[must_use]
    pub const fn session_name(self) -> &'static str {
        if self.secure { "__Host-bedside" } else { "bedside" }
    }

    /// The name of the cookie that forms are bound to before anybody has signed in. It stays for a year, so that a
    /// browser is known again that has signed in before.
    #[must_use]
    pub(super) const fn form_name(self) -> &'static str {
        if self.secure { "__Host-bedside-form" } else { "bedside-form" }
    }

    /// The name of the cookie that holds the secret of a sign-in that waits for a second factor.
    const fn half_name(self) -> &'static str {
        if self.secure { "__Host-bedside-half" } else { "bedside-half" }
    }

    /// The name of the cookie by which a browser is known that used a link to a video visit.
    const fn video_name(self) -> &'static str {
        if self.secure { "__Host-bedside-video" } else { "bedside-video" }
    }

    /// The name of the cookie that holds the language which somebody chose on a page; nothing secret.
    const fn language_name(self) -> &'static str {
        if self.secure { "__Host-bedside-lang" } else { "bedside-lang" }
    }

    /// The name of the cookie that holds the language of the account that was last signed in to; nothing secret.
    const fn account_language_name(self) -> &'static str {
        if self.secure { "__Host-bedside-account-lang" } else { "bedside-account-lang" }
    }

    /// The language that somebody chose on a page of this browser.
    pub(super) fn language(self, headers: &HeaderMap) -> Option<Language> {
        read(headers, self.language_name()).and_then(Language::of_tag)
    }

    /// The language of the account that was last signed in to in this browser.
    pub(super) fn account_language(self, headers: &HeaderMap) -> Option<Language> {
        read(headers, self.account_language_name()).and_then(Language::of_tag)
    }

    /// The session's secret that a request brings, not yet believed.
    #[must_use]
    pub fn session(self, headers: &HeaderMap) -> Option<&str> {
        read(headers, self.session_name())
    }

    /// The hash of the session's secret that a request brings, as [`identity::recognise_session`] takes it.
    #[must_use]
    pub fn session_hash(self, headers: &HeaderMap) -> Option<[u8; 32]> {
        self.session(headers).map(vault::token_hash)
    }

    /// The hash of what the browser was given on its first visit, by which [`identity::Desk`] knows it again.
    #[must_use]
    pub fn device_hash(self, headers: &HeaderMap) -> Option<[u8; 32]> {
        read(headers, self.form_name()).map(vault::token_hash)
    }

    /// Hands the browser a session; it ends with the browser or with the session, whichever is first.
    pub fn set_session<B>(self, response: &mut Response<B>, secret: &str) {
        self.set(response, self.session_name(), secret, "");
    }

    /// Takes the session from the browser.
    pub fn clear_session<B>(self, response: &mut Response<B>) {
        self.set(response, self.session_name(), "", "; Max-Age=0");
    }

    /// The hash of the secret of a half-done sign-in that a request brings.
    #[must_use]
    pub fn half_hash(self, headers: &HeaderMap) -> Option<[u8; 32]> {
        read(headers, self.half_name()).map(vault::token_hash)
    }

    /// Hands the browser a half-done sign-in, for as long as it waits.
    pub fn set_half<B>(self, response: &mut Response<B>, secret: &str) {
        self.set(response, self.half_name(), secret, "; Max-Age=600");
    }

    /// Takes the half-done sign-in from the browser.
    pub fn clear_half<B>(self, response: &mut Response<B>) {
        self.set(response, self.half_name(), "", "; Max-Age=0");
    }

    /// What makes this browser the one that used a link to a video visit.
    #[must_use]
    pub fn video(self, headers: &HeaderMap) -> Option<&str> {
        read(headers, self.video_name())
    }

    /// Makes this browser one that can use such links, for a day.
    pub fn set_video<B>(self, response: &mut Response<B>, secret: &str) {
        self.set(response, self.video_name(), secret, "; Max-Age=86400");
    }

    /// Remembers the language that somebody chose, for a year.
    pub fn set_language<B>(self, response: &mut Response<B>, language: Language) {
        self.set(response, self.language_name(), language.code(), "; Max-Age=31536000");
    }

    /// Remembers the language of the account that is signed in to, until the browser is closed or another account is
    /// signed in to.
    pub fn set_account_language<B>(self, response: &mut Response<B>, language: Language) {
        self.set(response, self.account_language_name(), language.code(), "");
    }

    pub(super) fn set<B>(self, response: &mut Response<B>, name: &str, value: &str, more: &str) {
        let secure = if self.secure { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}");
        // Values of ours are base64url, hex or a language code, which every header may carry.
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
}

/// The value of a cookie. Some clients replay cookies with their attributes; those are just other names here.
#[must_use]
pub(super) fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs = all.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value).filter(|value| !value.is_empty())
}
