//! The frame around every page.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LANGUAGE, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use identity::Language;
use identity::protocol::form::encode;

use super::words::{self, Words};
use super::{FormToken, assets, forms, headers};

/// A page: what the frame needs to know of it.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// What it is spoken in.
    pub language: Language,
    /// Where somebody is; the first words of the window's title.
    pub title: &'a str,
    /// Whose house it is, in the header and at the end of the window's title.
    pub brand: &'a str,
    /// Path and query to get this page again, in another language.
    pub here: &'a str,
    /// The places beside this one.
    pub menu: &'a [Link<'a>],
    /// When somebody has signed in: the form token of the button to sign out.
    pub leave: Option<&'a FormToken>,
    /// Origins besides ours that a form of the page may lead to.
    pub form_targets: &'a [String],
    /// How the answer begins.
    pub status: StatusCode,
}

/// An entry of the menu.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// Where it leads.
    pub path: &'a str,
    /// What it says.
    pub text: &'a str,
    /// Whether it leads to the page on which it stands.
    pub is_here: bool,
    /// How much behind it is new, where that is counted.
    pub unread: Option<u32>,
}

#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a, B: Template> {
    page: &'a Page<'a>,
    words: &'static Words,
    body: &'a B,
}

/// The name that pages carry when no organisation lends them its own.
pub const BRAND: &str = "Bedside";

impl<'a> Page<'a> {
    /// A plain page of this title, reached again at `here`.
    #[must_use]
    pub const fn new(language: Language, title: &'a str, here: &'a str) -> Self {
        let (menu, form_targets): (&[Link<'_>], &[String]) = (&[], &[]);
        Self { language, title, brand: BRAND, here, menu, leave: None, form_targets, status: StatusCode::OK }
    }

    /// The page as an answer, with its body in the frame. A template that fails is a 500 without words.
    #[must_use]
    pub fn show(&self, body: &impl Template) -> Response {
        let shell = Shell { page: self, words: words::of(self.language), body };
        let mut response = match shell.render() {
            Ok(html) => (self.status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, "a page could not be made");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        };
        headers::protect(&mut response, self.form_targets);
        response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(self.language.code()));
        response
    }
}

impl<B: Template> Shell<'_, B> {
    /// This page in another language.
    fn here_in(&self, language: &Language) -> String {
        let joint = if self.page.here.contains('?') { '&' } else { '?' };
        format!("{}{joint}lang={}", self.page.here, encode(language.code()))
    }

    fn form_field(&self) -> &'static str {
        forms::FIELD
    }

    fn style_path(&self) -> &'static str {
        &assets::STYLE_PATH
    }

    /// As far as what is new is counted: from there on there may be more.
    const fn counted_max() -> i64 {
        messaging::UNREAD_CHATS_MAX
    }

    fn icon_path(&self) -> &'static str {
        &assets::ICON_PATH
    }
}
