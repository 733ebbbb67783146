//! What was done to a group just now, as the page about it says above all else: what changed may stand far below.

use axum::http::HeaderMap;
use axum::response::Response;
use door::pages::{Cookies, Hearing};
use serde::{Deserialize, Serialize};

use crate::place::{Place, path_of};
use crate::refusals::Refusal;
use crate::visitor::{Visitor, see_other};
use crate::words::{self, Done};

/// Something that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Did {
    GiveLink,
    EndLink,
    HandOver,
    NameAdmin,
    EndAdmin,
    Rename,
    Assign,
    ChangeOpenness,
    ChangeTimes,
    ChangePicture,
    RemovePicture,
    RemoveMember,
    AddMembers,
}

/// The notice that says so.
pub struct Notice {
    pub said: &'static str,
    /// Where on the page it is to be seen, and what the link there says.
    pub onward: Option<(&'static str, &'static str)>,
}

impl Did {
    const fn said(self, words: &Done) -> &'static str {
        match self {
            Self::GiveLink => words.link,
            Self::EndLink => words.links_ended,
            Self::HandOver => words.owner,
            Self::NameAdmin => words.admin,
            Self::EndAdmin => words.no_admin,
            Self::Rename => words.renamed,
            Self::Assign => words.team,
            Self::ChangeOpenness => words.openness,
            Self::ChangeTimes => words.times,
            Self::ChangePicture => words.picture,
            Self::RemovePicture => words.no_picture,
            Self::RemoveMember => words.removed,
            Self::AddMembers => words.added,
        }
    }

    /// Leads back to the page about the group, which says so to them once.
    pub fn back_to(self, visitor: &Visitor, place: Place) -> Result<Response, Refusal> {
        let mut response = see_other(&format!("{}/about", path_of(place.chat)));
        let page = page(visitor, place);
        cookies(visitor).say(&mut response, &visitor.caller.house.vault, hearing(visitor, &page), &self)?;
        Ok(response)
    }

    /// What they did just now, as the page about the group is to say.
    pub fn notice(visitor: &Visitor, place: Place, headers: &HeaderMap) -> Option<Notice> {
        let vault = &visitor.caller.house.vault;
        let page = page(visitor, place);
        let did: Self = cookies(visitor).said(headers, vault, hearing(visitor, &page))?;
        let words = words::done(visitor.view.language);
        let onward = (did == Self::GiveLink).then_some(("#guests", words.to_link));
        Some(Notice { said: did.said(words), onward })
    }
}

/// What is said goes to whoever did it, about this group.
fn page(visitor: &Visitor, place: Place) -> String {
    format!("{} {}", visitor.me.id.uuid(), path_of(place.chat))
}

fn hearing<'a>(visitor: &Visitor, page: &'a str) -> Hearing<'a> {
    let session = visitor.session.map(|session| vault::token_hash(&session.hex()));
    Hearing { page, session, now_ms: visitor.caller.house.clock.now_ms() }
}

fn cookies(visitor: &Visitor) -> Cookies {
    Cookies::at(&visitor.caller.house.settings.public_url)
}
