//! What somebody typed that was not sent: it is never lost.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use door::pages::{Corner, Page};
use kernel::Error;

use crate::assets::STYLE_PATH;
use crate::refusals::{Refusal, status};
use crate::state::Web;
use crate::visitor::Visitor;
use crate::words::{self, Chats, Trouble, fill};

/// What somebody typed that was not sent, and why.
#[derive(Clone, Debug, Default)]
pub struct Unsent {
    /// The text, to be kept.
    pub text: String,
    /// Why, in their language; empty when nothing was tried.
    pub why: String,
    /// Whether the files were at fault, and not the text.
    pub is_about_files: bool,
    /// How the answer begins.
    pub status: StatusCode,
}

#[derive(Template)]
#[template(path = "unsent.html")]
struct Body<'a> {
    words: &'static Chats,
    trouble: &'static Trouble,
    title: &'a str,
    unsent: &'a Unsent,
}

impl Unsent {
    /// The text on a page of its own, when the conversation cannot be shown any more.
    pub fn show(&self, web: &Web, visitor: &Visitor, error: Error) -> Response {
        if !matches!(error, Error::NotFound { .. } | Error::NotAllowed { .. }) {
            return Refusal(error).into_response();
        }
        let (words, language) = (visitor.words(), visitor.view.language);
        let title = fill(words.title_of_error, &[words.message]);
        let page = Page { status: status(&error), ..Page::new(language, &title, "/chats") };
        let body = Body { words, trouble: words::trouble(language), title: &title, unsent: self };
        visitor.show_at(web, page, Corner::Chats, &body)
    }
}
