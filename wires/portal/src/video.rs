//! The way into a video visit (row 19).

use axum::Json;
use door::Caller;
use flows::video;
use secrecy::ExposeSecret as _;

use crate::answers::Changing;
use crate::instants::Zone;
use crate::refusals::Refusal;
use crate::taken::{At, Given, appointment};
use crate::words::{For, One, VideoLink};

/// Makes an address by which a video visit is joined in one browser, when it can be joined now.
#[utoipa::path(
    post, path = "/appointments/{id}/video_consultation", tag = "Appointments", operation_id = "openVideoConsultation",
    params(("id" = String, Path, description = "Of the appointment"), For),
    responses((status = 200, body = One<VideoLink>), Changing),
)]
pub async fn open(caller: Caller, At(id): At<String>, given: Given) -> Result<Json<One<VideoLink>>, Refusal> {
    let id = appointment(&caller, &id)?;
    let actor = given.actor(&caller, false).await?;
    let link = video::open(&caller.house, &actor, id).await?;
    let zone = Zone::named(&link.time_zone)?;
    Ok(Json(One {
        data: VideoLink {
            url: link.url.expose_secret().to_owned(),
            valid_from: zone.write(link.window.from_ms),
            valid_until: zone.write(link.window.until_ms),
        },
    }))
}
