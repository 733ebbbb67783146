//! What was done to a group just now, as the page about it says above all else: what changed may stand far below.

use axum::response::Response;

use crate::place::{Place, Query, path_of};
use crate::visitor::{Visitor, see_other};
use crate::words::{self, Done};

/// Names one of [`Did`] in the path of the page.
const FIELD: &str = "done";

/// Something that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    const ALL: [Self; 13] = [
        Self::GiveLink,
        Self::EndLink,
        Self::HandOver,
        Self::NameAdmin,
        Self::EndAdmin,
        Self::Rename,
        Self::Assign,
        Self::ChangeOpenness,
        Self::ChangeTimes,
        Self::ChangePicture,
        Self::RemovePicture,
        Self::RemoveMember,
        Self::AddMembers,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::GiveLink => "link",
            Self::EndLink => "link-ended",
            Self::HandOver => "owner",
            Self::NameAdmin => "admin",
            Self::EndAdmin => "no-admin",
            Self::Rename => "subject",
            Self::Assign => "team",
            Self::ChangeOpenness => "openness",
            Self::ChangeTimes => "times",
            Self::ChangePicture => "picture",
            Self::RemovePicture => "no-picture",
            Self::RemoveMember => "removed",
            Self::AddMembers => "added",
        }
    }

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

    /// Leads back to the page about the group, which says so.
    pub fn back_to(self, place: Place) -> Response {
        see_other(&format!("{}/about?{FIELD}={}", path_of(place.chat), self.name()))
    }

    /// What a page with this query says was done.
    pub fn notice(visitor: &Visitor, query: &Query) -> Option<Notice> {
        let name = query.0.first(FIELD)?;
        let did = Self::ALL.into_iter().find(|did| did.name() == name)?;
        let words = words::done(visitor.view.language);
        let onward = (did == Self::GiveLink).then_some(("#guests", words.to_link));
        Some(Notice { said: did.said(words), onward })
    }
}
