//! The KPN Healthcare Messenger REST API (a white label of the Alterdesk Messenger), as its clients know it.
//!
//! Its quirks and our readings stand in `docs/dialects/kpn.md`. Everything answers JSON, never with 202, and under
//! each of the base paths that the operator chose.

mod answers;
mod chat_routes;
mod conversations;
mod exports;
mod files;
mod groupchats;
mod layers;
mod members;
mod messages;
mod openapi;
mod people;
mod refusals;
mod taken;
pub mod words;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::routing::any_service;
use door::Door;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use openapi::document;
pub use refusals::{ErrorBody, Refusal};

/// Where the same routes are served unless the operator says otherwise (docs/dialects/kpn.md, where it is served).
pub const BASE_PATHS: [&str; 3] =
    ["/v1", "/communication/kpn/healthcare-messenger", "/communication/kpn/healthcare-messenger/v1"];

/// Every route, on one page.
fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        // The caller, and people.
        .routes(routes!(people::me))
        .routes(routes!(people::contacts))
        .routes(routes!(people::user))
        // Chats of two, named by the other person.
        .routes(routes!(conversations::list))
        .routes(routes!(conversations::get, conversations::close))
        .routes(routes!(conversations::messages, conversations::post))
        .routes(routes!(conversations::message, conversations::delete))
        .routes(routes!(conversations::read))
        .routes(routes!(conversations::upload))
        .routes(routes!(conversations::link))
        .routes(routes!(conversations::download))
        .routes(routes!(conversations::pdf_link))
        .routes(routes!(conversations::pdf))
        .routes(routes!(conversations::export_link))
        .routes(routes!(conversations::export))
        // Chats of many.
        .routes(routes!(groupchats::list, groupchats::begin))
        .routes(routes!(groupchats::get, groupchats::rename, groupchats::close))
        .routes(routes!(groupchats::settings))
        .routes(routes!(members::list, members::add, members::remove))
        .routes(routes!(members::owner))
        .routes(routes!(members::add_admins, members::remove_admins))
        .routes(routes!(groupchats::messages, groupchats::post))
        .routes(routes!(groupchats::message, groupchats::delete))
        .routes(routes!(groupchats::read))
        .routes(routes!(groupchats::upload))
        .routes(routes!(groupchats::link))
        .routes(routes!(groupchats::download))
        .routes(routes!(groupchats::pdf_link))
        .routes(routes!(groupchats::pdf))
        .routes(routes!(groupchats::export_link))
        .routes(routes!(groupchats::export))
}

/// The wire, under each base path that the operator chose.
pub fn router(door: &Door) -> Router {
    let (routes, _) = routes().split_for_parts();
    let routes = routes
        .method_not_allowed_fallback(async |headers: HeaderMap, body: Body| {
            door::body::refuse(&headers, body).await;
            Refusal::wrong_verb()
        })
        .fallback(async |headers: HeaderMap, body: Body| {
            door::body::refuse(&headers, body).await;
            Refusal::no_such_path()
        })
        .layer(DefaultBodyLimit::disable())
        .layer(axum::middleware::from_fn_with_state(door.clone(), layers::surround))
        .with_state(door.clone());
    // One client joins the base path and the path of an upload with a slash too many.
    door.house.settings.kpn_paths.iter().fold(Router::new(), |all, base| {
        all.nest(base, routes.clone())
            .nest(&format!("{base}//"), routes.clone())
            .route(&format!("{base}/"), any_service(routes.clone()))
    })
}
