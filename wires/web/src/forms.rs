//! Forms without files, believed only when a page of ours in the same browser sent them.

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use door::pages::forms::{FIELD, comes_from_here, is_ours};
use identity::protocol::form::Form;
use kernel::limits::JSON_BODY_BYTES_MAX;
use kernel::{Error, Result};

use crate::refusals::Refusal;
use crate::state::Web;

/// A form of ours.
pub struct OurForm(pub Form);

impl FromRequest<Web> for OurForm {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> std::result::Result<Self, Response> {
        read(request, web).await.map_err(|error| Refusal(error).into_response())
    }
}

async fn read(request: Request, web: &Web) -> Result<OurForm> {
    let (parts, body) = request.into_parts();
    let body = door::body::whole(body, JSON_BODY_BYTES_MAX).await?;
    let form = std::str::from_utf8(&body).ok().and_then(Form::parse).ok_or_else(foreign)?;
    must_be_ours(web, &parts.headers, form.first(FIELD))?;
    Ok(OurForm(form))
}

/// Passes when the form was sent by a page of ours in the same browser.
///
/// # Errors
/// [`Error::NotAllowed`] with the code `form_not_ours`.
pub fn must_be_ours(web: &Web, headers: &HeaderMap, token: Option<&str>) -> Result<()> {
    let house = &web.door.house;
    if is_ours(headers, web.cookies, &house.vault, &house.settings.public_url, token) {
        return Ok(());
    }
    Err(foreign())
}

/// Passes when no page of another site had the browser ask: for what leaves a line in the access log, though it is only
/// fetched.
///
/// # Errors
/// As [`must_be_ours`].
pub fn must_come_from_here(web: &Web, headers: &HeaderMap) -> Result<()> {
    if comes_from_here(headers, &web.door.house.settings.public_url) { Ok(()) } else { Err(foreign()) }
}

/// What is said of a form that no page of ours sent.
pub fn foreign() -> Error {
    Error::not_allowed("form_not_ours", "This form was not sent by a page of ours in this browser.")
}
