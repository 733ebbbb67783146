//! Whoever comes by the link of a letter or of an application, and need not have signed in.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use door::Work;
use door::pages::{Language, language};
use identity::protocol::form::Form;
use kernel::{Error, Origin};

use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::View;

/// Who came by a link.
pub struct Reader {
    /// What the link ends with.
    pub token: String,
    /// From where they came.
    pub origin: Origin,
    /// Their request.
    pub parts: Parts,
}

impl FromRequestParts<Web> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Refusal> {
        let token = Path::<String>::from_request_parts(parts, web).await;
        let Path(token) = token.map_err(|_| Error::not_found(kernel::Kind::Page))?;
        Ok(Self { token, origin: web.door.origin(parts), parts: parts.clone() })
    }
}

impl Reader {
    /// How to speak to them: as their patient is spoken to, unless they chose something else in this browser.
    pub fn view(&self, web: &Web, known: Option<Language>) -> View {
        let view = web.view(&self.parts);
        let Some(known) = known else { return view };
        let query = Form::parse(self.parts.uri.query().unwrap_or_default()).unwrap_or_default();
        let language = language(&self.parts.headers, web.cookies, &query, Some(known.code()));
        view.spoken_in(language)
    }

    /// Links that lead nowhere count against the address that tries them.
    pub fn counted(&self, web: &Web, error: Error) -> Refusal {
        if matches!(error, Error::NotFound { .. })
            && let Err(too_often) = web.door.rates.address(Work::Link, self.origin.address)
        {
            return too_often.into();
        }
        error.into()
    }
}
