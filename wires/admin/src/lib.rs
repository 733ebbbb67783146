//! The JSON API by which administrators look after their organisation: its settings, applications, people, sessions and
//! what people allow applications.
//!
//! Each call brings a token of scope `admin`, and who it stands for is an administrator of the organisation that they
//! act in; what belongs to another organisation answers as if it did not exist.

mod clients;
mod details;
mod factors;
mod keys;
mod layers;
mod merging;
mod openapi;
mod organisation;
mod people;
mod standing;
mod wishes;
mod words;

use axum::Router;
use door::Door;
use door::problem::Refusal;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use openapi::document;

/// Where it is served.
pub const BASE_PATH: &str = "/api/admin/v1";

/// Every route, on one page.
fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(organisation::show, organisation::change))
        .routes(routes!(organisation::second_factor))
        .routes(routes!(clients::list, clients::add))
        .routes(routes!(clients::show, clients::change, clients::remove))
        .routes(routes!(clients::rotate_secret))
        .routes(routes!(clients::approve))
        .routes(routes!(clients::decline))
        .routes(routes!(wishes::list))
        .routes(routes!(wishes::decline))
        .routes(routes!(people::list, people::invite))
        .routes(routes!(people::show))
        .routes(routes!(details::show, details::note))
        .routes(routes!(people::disable))
        .routes(routes!(people::enable))
        .routes(routes!(people::give_role))
        .routes(routes!(people::take_role))
        .routes(routes!(people::reset))
        .routes(routes!(factors::show, factors::take_away))
        .routes(routes!(merging::merge))
        .routes(routes!(merging::unmerge))
        .routes(routes!(keys::list))
        .routes(routes!(standing::sessions, standing::end_sessions))
        .routes(routes!(standing::end_session))
        .routes(routes!(standing::grants))
        .routes(routes!(standing::end_grant))
        .routes(routes!(standing::tokens))
        .routes(routes!(standing::end_token))
}

/// The wire.
pub fn router(door: &Door) -> Router {
    let (routes, _) = routes().split_for_parts();
    let routes = door::fenced(routes, Refusal::wrong_verb, Refusal::no_such_path)
        .layer(axum::middleware::from_fn_with_state(door.clone(), layers::admit))
        .with_state(door.clone());
    Router::new().nest(BASE_PATH, routes)
}
