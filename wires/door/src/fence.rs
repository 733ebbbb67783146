//! What stands around the routes of a JSON wire, whatever its dialect.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};

use crate::{Door, body};

/// Has a wire answer verbs and paths that it does not have in its own words, once what was sent is out of the way. Each
/// handler limits what it reads itself.
pub fn fenced<R>(routes: Router<Door>, wrong_verb: fn() -> R, no_such_path: fn() -> R) -> Router<Door>
where
    R: IntoResponse + 'static,
{
    let refuse = |refusal: fn() -> R| {
        move |headers: HeaderMap, sent: Body| async move {
            body::refuse(&headers, sent).await;
            refusal()
        }
    };
    routes
        .method_not_allowed_fallback(refuse(wrong_verb))
        .fallback(refuse(no_such_path))
        .layer(DefaultBodyLimit::disable())
}

/// Refusals as a document lists them for an operation, each by its own status: readers of it know no `4XX`. `schema` is
/// what their body is called there.
pub fn documented<'a>(
    (schema, media_type): (&str, &str),
    refusals: impl Iterator<Item = &'a (u16, &'a str)>,
) -> BTreeMap<String, RefOr<Response>> {
    let one = |(status, why): &(u16, &str)| {
        let body = Content::new(Some(Ref::from_schema_name(schema)));
        let response = ResponseBuilder::new().description(*why).content(media_type, body).build();
        (status.to_string(), response.into())
    };
    refusals.map(one).collect()
}
