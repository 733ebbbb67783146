//! The page whose only form goes to an application (OAuth 2.0 Form Post Response Mode). A script of ours sends it, and
//! where none runs, the person does.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use door::Door;
use door::pages::Page;
use door::pages::assets::{file, path};
use identity::protocol::redirect;

use crate::visit::Visit;
use crate::{views, words};

const SCRIPT: &str = include_str!("../assets/send.js");
/// Where the script is that sends the form.
pub(crate) static SCRIPT_PATH: LazyLock<String> = LazyLock::new(|| path("send", "js", SCRIPT));

pub(crate) fn routes() -> Router<Door> {
    Router::new().route(&SCRIPT_PATH, get(async || file(SCRIPT, "text/javascript; charset=utf-8")))
}

/// The page with an answer to this registered address.
pub(crate) fn show(visit: &Visit, to: &str, parameters: &[(&'static str, String)]) -> Response {
    let language = visit.language(None);
    let words = words::of(language);
    let targets: Vec<String> = redirect::origin(to).into_iter().collect();
    let mut page = Page::new(language, words.form_post.0, "/account");
    page.form_targets = &targets;
    let mut response = page.show(&views::FormPost { words, action: to, parameters });
    allow_script(&mut response);
    response
}

/// Lets the page run scripts of ours, and nothing else besides what pages may anyway.
fn allow_script(response: &mut Response) {
    let policy = response.headers().get(CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let policy = policy.map(|policy| HeaderValue::try_from(format!("{policy}; script-src 'self'")));
    if let Some(Ok(policy)) = policy {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
}
