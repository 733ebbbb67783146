//! OAuth 2.0: the authorization server's endpoints, and the pages where people sign in, allow and look back.
//!
//! The rules are in [`identity::protocol`]; here are the words, the pages and the redirects. Forms post to pages
//! of ours, which answer 303 to the authorize address; only the GET of that address sends anybody outward, by 302.

mod account;
mod administration;
mod applications;
mod arrive;
mod assets;
mod authorize;
mod consent;
mod discovery;
mod factors;
mod form_post;
mod frame;
mod fresh;
mod guest;
mod id_token;
mod introspection;
mod invitation;
mod language;
mod leave;
mod link;
mod log;
mod logout;
mod mandates;
mod notices;
mod onward;
mod open;
mod passkey_sign_in;
mod passkeys;
mod password;
mod picture;
mod prove;
mod refusals;
mod reset;
mod revocation;
mod said;
mod second;
mod set_up;
mod sign_in;
#[cfg(test)]
mod tests;
mod token;
mod tries;
mod userinfo;
mod views;
mod visit;
mod way;
mod words;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use door::Door;
use door::pages::paths;

use factors::{app, recovery, sms};

/// The authorize endpoint under both of its names: ours and KPN's.
pub(crate) const AUTHORIZE_PATHS: [&str; 2] = ["/oauth/authorize", "/healthcaremessenger_oauth/authorize"];
const TOKEN_PATHS: [&str; 2] = ["/oauth/token", "/healthcaremessenger_oauth/token"];

/// Everything that this wire serves, the style sheet of the pages included.
pub fn router(door: &Door) -> Router {
    let endpoints = endpoints().layer(from_fn_with_state(door.clone(), token::admit));
    let told = told().layer(from_fn_with_state(door.clone(), open::admit));
    let endpoints = endpoints.merge(told).layer(from_fn(open::share));
    let pages = pages().layer(from_fn_with_state(door.clone(), refusals::admit));
    endpoints
        .merge(pages)
        .merge(assets::routes())
        .merge(form_post::routes())
        .merge(door::pages::assets::routes())
        .with_state(door.clone())
}

/// What applications call.
fn endpoints() -> Router<Door> {
    let routes = Router::new()
        .route("/oauth/revoke", open(post(revocation::revoke)))
        .route("/oauth/introspect", open(post(introspection::introspect)));
    TOKEN_PATHS.iter().fold(routes, |routes, path| routes.route(path, open(post(token::issue))))
}

/// What applications are told: of this server, and of who signed in to them.
fn told() -> Router<Door> {
    Router::new()
        .route("/.well-known/openid-configuration", open(get(discovery::show)))
        .route("/.well-known/oauth-authorization-server", open(get(discovery::show)))
        .route("/.well-known/smart-configuration", open(get(discovery::smart)))
        .route("/oauth/discovery/keys", open(get(discovery::keys)))
        .route("/oauth/userinfo", open(get(userinfo::show).post(userinfo::show)))
}

/// What pages of elsewhere may call ask first whether they may.
fn open(route: MethodRouter<Door>) -> MethodRouter<Door> {
    route.options(open::preflight)
}

/// What people look at.
fn pages() -> Router<Door> {
    let pages = Router::new()
        .merge(sign_in_pages())
        .merge(account_pages())
        .merge(factor_pages())
        .merge(application_pages())
        .merge(administration_pages())
        .route("/consent", get(consent::show).post(consent::submit))
        .route("/logout", post(leave::submit))
        .route("/oauth/logout", get(logout::show).post(logout::submit))
        .route("/unsubscribe", get(notices::ask_to_end).post(notices::end));
    AUTHORIZE_PATHS
        .iter()
        .fold(pages, |pages, path| pages.route(path, get(authorize::show).post(authorize::submit)))
}

/// Every way in, and what follows it.
fn sign_in_pages() -> Router<Door> {
    Router::new()
        .route("/login", get(sign_in::show).post(sign_in::submit))
        .route("/login/passkey/begin", post(passkey_sign_in::begin))
        .route("/login/passkey", post(passkey_sign_in::submit))
        .route("/login/link", get(link::show).post(link::submit))
        .route(flows::sign_in_links::PATH, get(link::show_link).post(link::open))
        .route(way::ELSEWHERE, get(way::show))
        .route(arrive::SECOND, get(second::show).post(second::submit))
        .route("/login/second/sms", post(second::send))
        .route(arrive::SET_UP, get(set_up::show).post(set_up::submit))
        .route("/login/reset", get(reset::show).post(reset::submit))
        .route(flows::mail::account::RESET_PATH, get(reset::show_new).post(reset::submit_new))
        .route(flows::invitations::PATH, get(invitation::show).post(invitation::submit))
        .route("/invitation/passkey", post(invitation::begin_passkey))
        .route(flows::guests::PATH, get(guest::show).post(guest::submit))
}

/// What people look after of their own.
fn account_pages() -> Router<Door> {
    Router::new()
        .route("/account", get(account::show))
        .route("/account/log", get(log::show))
        .route("/account/password", get(password::show).post(password::submit))
        .route("/.well-known/change-password", get(password::lead))
        .route(passkeys::HERE, get(passkeys::show).post(passkeys::add))
        .route("/account/passkeys/begin", post(passkeys::begin))
        .route("/account/passkeys/rename", post(passkeys::rename))
        .route("/account/passkeys/remove", post(passkeys::remove))
        .route("/account/passkeys/no-password", post(passkeys::remove_password))
        .route("/account/mandates", post(mandates::give))
        .route("/account/mandates/end", post(mandates::end))
        .route("/account/picture", get(picture::show).post(picture::submit))
        .route("/account/picture/remove", post(picture::remove))
        .route("/account/switch", post(account::switch))
        .route("/account/end-session", post(account::end_session))
        .route("/account/end-others", post(account::end_others))
        .route("/account/end-app", post(account::end_app))
        .route("/account/language", post(language::choose))
        .route("/account/notices", post(notices::choose))
        .route("/account/prove", post(notices::ask))
        .route("/account/confirm", get(notices::ask_to_prove).post(notices::prove))
}

/// The applications that somebody registers, and those that wait for a yes.
fn application_pages() -> Router<Door> {
    Router::new()
        .route("/account/applications", get(applications::show).post(applications::register))
        .route("/account/applications/wish", post(applications::wish))
        .route("/account/applications/remove", post(applications::remove))
        .route("/account/applications/test-people", post(applications::test_people))
        .route("/account/applications/approve", get(applications::show_waiting).post(applications::decide))
}

/// What administrators look after.
fn administration_pages() -> Router<Door> {
    use administration::{application, applications, keys, organisation, overview, people, person};
    Router::new()
        .route(paths::ADMINISTRATION, get(overview::show))
        .route(people::HERE, get(people::show).post(people::find))
        .route("/administration/people/{person}", get(person::show).post(person::submit))
        .route(applications::HERE, get(applications::show))
        .route(applications::ADD, get(applications::show_form).post(applications::add))
        .route("/administration/applications/{client}", get(application::show).post(application::submit))
        .route(organisation::HERE, get(organisation::show).post(organisation::submit))
        .route(organisation::FACTORS, post(organisation::submit_factors))
        .route(keys::HERE, get(keys::show))
}

/// Somebody's own second factors.
fn factor_pages() -> Router<Door> {
    Router::new()
        .route(factors::HERE, get(factors::show))
        .route(app::APP, get(app::show).post(app::add))
        .route(sms::SMS, get(sms::show).post(sms::add))
        .route("/account/second-factor/send", post(sms::send))
        .route("/account/second-factor/remove", post(factors::remove))
        .route("/account/second-factor/codes", post(recovery::renew))
        .route(prove::HERE, get(prove::show).post(prove::submit))
        .route(recovery::RECOVERY, get(recovery::show))
}
