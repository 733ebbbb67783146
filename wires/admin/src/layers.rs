//! What stands before every route: a token with the scope `admin`. Whether its person administers is asked by each handler, in
//! its transaction.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use door::{Door, problem};
use kernel::Scope;

/// Lets a request in, or refuses it.
pub(crate) async fn admit(State(door): State<Door>, request: Request, next: Next) -> Response {
    problem::admit(&door, (Scope::Admin, |_| Ok(())), request, next).await
}
