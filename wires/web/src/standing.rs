//! Whether somebody is still signed in, asked by a script before it lets a form go.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::visitor::Visitor;

/// Who has signed in in this browser, and what makes a form one of theirs by now; nobody is answered 401.
pub async fn tell(visitor: Visitor) -> Response {
    let standing = json!({ "person": visitor.me.id.uuid(), "token": visitor.view.token.value() });
    let mut response = Json(standing).into_response();
    door::pages::headers::protect(&mut response, &[]);
    response
}
