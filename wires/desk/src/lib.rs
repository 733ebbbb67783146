//! The JSON API of a practice's desk: its calendars, what can be booked, and the appointments of its patients.
//!
//! Each call brings a token of scope `desk` of somebody who works for the organisation that they act in; what belongs to
//! another organisation answers as if it did not exist. What patients can book is changed by administrators alone.

mod absences;
mod appointments;
mod categories;
mod days;
mod figures;
mod holds;
mod institutions;
mod insurances;
mod layers;
mod openapi;
mod patients;
mod resources;
mod settings;
pub mod times;
mod types;
mod words;

use axum::Router;
use door::Door;
use door::problem::Refusal;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use openapi::document;

/// Where it is served.
pub const BASE_PATH: &str = "/api/desk/v1";

/// Every route, on one page.
fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(institutions::list, institutions::add))
        .routes(routes!(institutions::show, institutions::change, institutions::end))
        .routes(routes!(institutions::holidays, institutions::set_holidays))
        .routes(routes!(resources::list, resources::add))
        .routes(routes!(resources::show, resources::change, resources::end))
        .routes(routes!(resources::hours, resources::set_hours))
        .routes(routes!(resources::set_day, resources::unset_day))
        .routes(routes!(absences::list, absences::add))
        .routes(routes!(absences::remove))
        .routes(routes!(insurances::list, insurances::add))
        .routes(routes!(insurances::end))
        .routes(routes!(categories::list, categories::add))
        .routes(routes!(categories::show, categories::change, categories::end))
        .routes(routes!(types::list, types::add))
        .routes(routes!(types::show, types::change, types::end))
        .routes(routes!(settings::show, settings::change))
        .routes(routes!(settings::downtime))
        .merge(of_appointments())
}

/// Those of appointments and of the patients who have them.
fn of_appointments() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(appointments::waiting, appointments::book))
        .routes(routes!(appointments::show))
        .routes(routes!(appointments::move_to))
        .routes(routes!(appointments::cancel))
        .routes(routes!(appointments::confirm))
        .routes(routes!(holds::keep))
        .routes(routes!(holds::release))
        .routes(routes!(days::show))
        .routes(routes!(days::pdf))
        .routes(routes!(days::page))
        .routes(routes!(days::displaced))
        .routes(routes!(patients::show))
        .routes(routes!(patients::appointments))
        .routes(routes!(patients::insure))
        .routes(routes!(patients::block))
        .routes(routes!(patients::unblock))
        .routes(routes!(figures::show))
}

/// The wire.
pub fn router(door: &Door) -> Router {
    let (routes, _) = routes().split_for_parts();
    let routes = door::fenced(routes, Refusal::wrong_verb, Refusal::no_such_path)
        .layer(axum::middleware::from_fn_with_state(door.clone(), layers::admit))
        .with_state(door.clone());
    Router::new().nest(BASE_PATH, routes)
}
