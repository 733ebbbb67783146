//! How well the waiting list fills what is given up. It names no patient, so whoever keeps the calendars may see it.

use axum::Json;
use door::Caller;
use door::problem::{Asking, Query, Refusal};
use jiff::civil::Date;
use kernel::Result;

use crate::times;
use crate::words::figures::Figures;

/// What the waiting list did from one day to another, both included, by the clock of the organisation.
#[utoipa::path(
    get, path = "/waiting-list/figures", tag = "Waiting list", operation_id = "getWaitingListFigures",
    params(
        ("from" = String, Query, description = "The first day", example = "2026-12-01"),
        ("to" = String, Query, description = "The last day, a year later at most", example = "2026-12-31"),
    ),
    responses((status = 200, body = Figures), Asking),
    security(("oauth" = ["desk"]))
)]
pub async fn show(caller: Caller, query: Query) -> Result<Json<Figures>, Refusal> {
    let (from, to) = (day(&query, "from")?, day(&query, "to")?);
    let found = flows::desk::figures(&caller.house, caller.actor.organisation, from, to).await?;
    Ok(Json(Figures::from(&found)))
}

fn day(query: &Query, name: &'static str) -> Result<Date> {
    times::day(name, query.form.first(name).unwrap_or_default())
}
