//! What every page of ours shares: the frame around it, its headers, its language, its cookies and its forms.
//!
//! Always true:
//! - A page works without JavaScript; its headers allow none, but where a wire says otherwise for its own pages.
//! - A form carries a token that is bound to a cookie of the same browser.
//! - Where a page sends somebody next is a path of ours ([`local::safe_path`]).

pub mod assets;
pub mod cookies;
pub mod forms;
pub mod headers;
pub mod local;
mod menu;
pub mod paths;
pub mod picture;
mod roles;
mod said;
mod shell;
mod spoken;
#[cfg(test)]
mod tests;
mod way;
mod words;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
pub use identity::Language;
use identity::protocol::form::Form;

pub use cookies::Cookies;
pub use forms::FormToken;
pub use menu::{Corner, Reader, menu};
pub use roles::{role, roles};
pub use said::Hearing;
pub use shell::{BRAND, Link, Page};
pub use spoken::{Spoken, date_in_figures, size};

/// The language to speak: the one just chosen on the page (`lang`), else the one chosen before, else what the
/// application asked for (`ui_locales`), else that of the account that was signed in to, else what the browser prefers.
#[must_use]
pub fn language(headers: &HeaderMap, cookies: Cookies, query: &Form, ui_locales: Option<&str>) -> Language {
    query
        .first("lang")
        .and_then(Language::of_tag)
        .or_else(|| cookies.language(headers))
        .or_else(|| ui_locales.and_then(Language::of_locales))
        .or_else(|| cookies.account_language(headers))
        .or_else(|| headers.get(ACCEPT_LANGUAGE)?.to_str().ok().and_then(Language::accepted))
        .unwrap_or_default()
}
