//! The patient portal API (MyPatientPortal), as its clients know it: booking, moving and cancelling appointments, the
//! waiting list, and what a patient is asked for.
//!
//! Its quirks and our readings stand in `docs/dialects/portal.md`. What may be asked with which scopes stands in one
//! table, [`table::ROWS`], from which come the guard of every route and what the document says of it.

mod answers;
mod appointments;
mod asap;
mod calendar;
mod catalogue;
mod changes;
mod instants;
mod institutions;
mod layers;
mod openapi;
mod profile;
mod proofs;
mod refusals;
mod sentences;
pub mod table;
mod taken;
mod times;
mod video;
pub mod words;

use axum::Router;
use axum::routing::{any_service, get};
use door::Door;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use openapi::document;
pub use refusals::{ErrorBody, Refusal};

/// Where the same routes are served unless the operator says otherwise (docs/dialects/portal.md, where it is served).
pub const BASE_PATHS: [&str; 2] = ["/api/v1", "/api/portal/v1"];

/// What the paths below a base path begin with.
pub const FIRST_SEGMENTS: [&str; 9] = [
    "appointment_categories",
    "appointment_types",
    "appointments",
    "availabilities",
    "available_days",
    "booking",
    "institutions",
    "insurances",
    "profile",
];

/// Every route, on one page; the comments are the vendor's rows.
fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        // 1 to 4, and 12: what can be booked.
        .routes(routes!(catalogue::insurances))
        .routes(routes!(catalogue::categories))
        .routes(routes!(catalogue::types))
        .routes(routes!(times::availabilities))
        .routes(routes!(times::days))
        // 5 to 7: booking, moving, cancelling.
        .routes(routes!(changes::book))
        .routes(routes!(changes::reschedule))
        .routes(routes!(changes::cancel))
        // 8 to 11, and 13: what was booked.
        .routes(routes!(times::of_appointment))
        .routes(routes!(appointments::list))
        .routes(routes!(appointments::show))
        .routes(routes!(appointments::earlier))
        .routes(routes!(calendar::show))
        // 14: the waiting list.
        .routes(routes!(asap::subscribe, asap::leave))
        // 15 to 18: the patient, and where they come.
        .routes(routes!(profile::show))
        .routes(routes!(profile::relatives))
        .routes(routes!(institutions::list))
        .routes(routes!(institutions::show))
        // 19: video visits.
        .routes(routes!(video::open))
}

/// The wire, under each base path that the operator chose.
pub fn router(door: &Door) -> Router {
    let (routes, _) = routes().split_for_parts();
    // Some calendar programs want an address that looks like a file.
    let routes = routes.route(&format!("{}{}", calendar::PATH, table::CALENDAR_SUFFIX), get(calendar::show));
    let routes = door::fenced(routes, Refusal::wrong_verb, Refusal::no_such_path)
        .layer(axum::middleware::from_fn_with_state(door.clone(), layers::surround))
        .with_state(door.clone());
    let paths = &door.house.settings.portal_paths;
    paths.iter().fold(Router::new(), |all, base| {
        all.nest(base, routes.clone()).route(&format!("{base}/"), any_service(routes.clone()))
    })
}
