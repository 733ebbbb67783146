//! What stands before every route: a token with the scope `desk` of somebody who works for the organisation.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use door::{Door, problem};
use kernel::{Actor, Error, Result, Scope};

/// Lets a request in, or refuses it.
pub(crate) async fn admit(State(door): State<Door>, request: Request, next: Next) -> Response {
    problem::admit(&door, (Scope::Desk, must_work_here), request, next).await
}

fn must_work_here(actor: &Actor) -> Result<()> {
    if actor.is_staff() {
        return Ok(());
    }
    Err(Error::not_allowed("not_staff", "Only who works for the organisation may do this."))
}
