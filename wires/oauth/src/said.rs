//! What was wrong with a form, on its way to the page that says so ([`door::pages::Cookies::say`]). A form that is answered
//! by a page of its own is none that a browser can come back to.

use axum::response::Response;
use identity::Language;
use kernel::Result;
use serde::{Deserialize, Serialize};

use crate::visit::{Visit, see};

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Fault {
    Missing,
    Unfit,
    Short,
    Long,
    Differs,
}

/// What stood in the form of an invitation, but for its password, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Said {
    /// The code of the language.
    pub language: String,
    pub first_name: String,
    pub last_name: String,
    pub first: Option<Fault>,
    pub last: Option<Fault>,
    pub new: Option<Fault>,
    pub again: Option<Fault>,
}

impl Said {
    pub fn has_fault(&self) -> bool {
        self.first.or(self.last).or(self.new).or(self.again).is_some()
    }

    pub fn language(&self) -> Option<Language> {
        Language::of_tag(&self.language)
    }

    /// Leads to the page of this link, which says it.
    pub fn lead(&self, visit: &Visit, path: &str, code: &str) -> Result<Response> {
        let mut response = see(path);
        visit.say(&mut response, code, self)?;
        Ok(response)
    }

    /// What this browser brings to the page of this link.
    pub fn brought(visit: &Visit, code: &str) -> Option<Self> {
        visit.said(code)
    }
}
