//! What holds for all calendars of the organisation, and working on paper.

use axum::Json;
use booking::setup::Author;
use booking::setup::settings::{self, Settings as Known};
use door::Caller;
use door::problem::{Asking, Changing, Refusal, Words};
use identity::applications::must_administer;
use kernel::Result;
use kernel::clock::instant_of_ms;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What holds for all calendars.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    /// Whether a patient may have two appointments at the same time.
    pub patients_may_overlap: bool,
    /// Since when the practice works on paper (RFC 3339); null when it does not.
    pub downtime_since: Option<String>,
    /// Another number with each change of what can be booked.
    pub revision: i64,
}

impl From<Known> for Settings {
    fn from(known: Known) -> Self {
        Self {
            patients_may_overlap: known.patients_may_overlap,
            downtime_since: known.downtime_since_ms.map(|ms| instant_of_ms(ms).to_string()),
            revision: known.revision,
        }
    }
}

/// What is to hold.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// Whether a patient may have two appointments at the same time.
    #[schema(example = false)]
    pub patients_may_overlap: bool,
}

/// Working on paper.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Downtime {
    /// Whether the practice works on paper from now on, or no longer.
    #[schema(example = false)]
    pub on_paper: bool,
}

/// What holds for all calendars.
#[utoipa::path(
    get, path = "/settings", tag = "Settings", operation_id = "getSettings",
    responses((status = 200, body = Settings), Asking),
    security(("oauth" = ["desk"]))
)]
pub async fn show(caller: Caller) -> Result<Json<Settings>, Refusal> {
    let found = caller.read((), |tx, actor, ()| Box::pin(settings::of(tx, actor.organisation)));
    Ok(Json(found.await?.into()))
}

/// Changes it.
#[utoipa::path(
    put, path = "/settings", tag = "Settings", operation_id = "changeSettings",
    request_body = SettingsChange,
    responses((status = 200, body = Settings), Changing),
    security(("oauth" = ["desk"]))
)]
pub async fn change(caller: Caller, Words(change): Words<SettingsChange>) -> Result<Json<Settings>, Refusal> {
    let changed = caller.write(change, |tx, actor, change| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            let (here, may) = (actor.organisation, change.patients_may_overlap);
            settings::let_patients_overlap(tx, Author::Staff(actor), here, may).await?;
            settings::of(tx, here).await
        })
    });
    Ok(Json(changed.await?.into()))
}

/// Begins or ends working on paper: meanwhile everything can be read and nothing changed.
#[utoipa::path(
    put, path = "/downtime", tag = "Settings", operation_id = "setDowntime",
    request_body = Downtime,
    responses((status = 200, body = Settings), Asking),
    security(("oauth" = ["desk"]))
)]
pub async fn downtime(caller: Caller, Words(asked): Words<Downtime>) -> Result<Json<Settings>, Refusal> {
    let changed = caller.write(asked, |tx, actor, asked| {
        Box::pin(async move {
            must_administer(tx, actor).await?;
            settings::set_downtime(tx, Author::Staff(actor), actor.organisation, asked.on_paper).await?;
            settings::of(tx, actor.organisation).await
        })
    });
    Ok(Json(changed.await?.into()))
}
