//! Every wire behind one door.

use std::any::Any;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use door::{Door, neutral, note_request};
use flows::House;
use tower_http::catch_panic::CatchPanicLayer;
use web::{ApiDoc, DemoGuide};

use crate::generate::{self, Api};

/// Everything that clients may ask of the house.
pub fn router(house: &House) -> Router {
    guided_router(house, None)
}

/// The same, with what the front page tells the visitors of a demo.
pub fn guided_router(house: &House, guide: Option<DemoGuide>) -> Router {
    let door = Door::new(house.clone());
    Router::new()
        .merge(oauth::router(&door))
        .merge(kpn::router(&door))
        .merge(web::router(&door, guide, generate::apis().into_iter().map(doc).collect()))
        .fallback(async || neutral(StatusCode::NOT_FOUND, "not_found"))
        .method_not_allowed_fallback(async || neutral(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(door, note_request))
}

fn doc(api: Api) -> ApiDoc {
    ApiDoc {
        name: api.name,
        title: api.title.to_owned(),
        json: api.openapi,
        postman_collection: api.collection,
        postman_environment: api.environment,
    }
}

/// The panic itself has told where it was; its text may hold what the client sent, so it is not repeated.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    neutral(StatusCode::INTERNAL_SERVER_ERROR, "internal_error")
}
