//! The front page: what this is, and in a demo who one can be and what to try.

use askama::Template;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::Response;
use door::pages::Page;

use crate::assets::STYLE_PATH;
use crate::guide::DemoGuide;
use crate::refusals::Refusal;
use crate::state::Web;
use crate::visitor::{View, Visitor};
use crate::words::{self, Front, fill};
use door::pages::{Corner, role};

/// Whoever comes, signed in or not.
pub struct Guest {
    /// Them, when they have signed in.
    pub visitor: Option<Visitor>,
    /// How to speak to them.
    pub view: View,
}

impl FromRequestParts<Web> for Guest {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Refusal> {
        Ok(Self { visitor: web.visitor(parts).await?, view: web.view(parts) })
    }
}

#[derive(Template)]
#[template(path = "front.html")]
struct Body<'a> {
    words: &'static Front,
    hello: Option<String>,
    guide: Option<&'a DemoGuide>,
    view: &'a View,
}

impl Body<'_> {
    fn role(&self, role_of: &kernel::Role) -> &'static str {
        role(self.view.language, *role_of)
    }
}

/// The front page.
pub async fn show(State(web): State<Web>, guest: Guest) -> Response {
    let words = words::front(guest.view.language);
    let hello = guest.visitor.as_ref().map(|visitor| fill(words.hello, &[&visitor.me.first_name]));
    let is_demo = web.door.house.settings.is_demo;
    let guide = web.guide.as_ref().filter(|_| is_demo);
    let body = Body { words, hello, guide, view: &guest.view };
    match &guest.visitor {
        Some(visitor) => visitor.show(&web, words.title, Corner::Home, &body),
        None => {
            let page = Page::new(guest.view.language, words.title, &guest.view.here);
            guest.view.finish(&web, page.show(&body))
        }
    }
}
