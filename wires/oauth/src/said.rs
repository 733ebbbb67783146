//! What was wrong with a form, on its way from the request that sent it to the page that says so: sealed in a cookie, for
//! one look within a minute. A form that is answered by a page of its own is none that a browser can come back to.

use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::Language;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use vault::Place;

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

/// It opens for the page of the same link alone.
fn place(row: &[u8; 32]) -> Place<'_> {
    Place { table: "cookies", column: "said", row }
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
        let plain = serde_json::to_vec(self).map_err(Error::bug)?;
        let sealed = visit.house.vault.house().seal(place(&vault::token_hash(code)), &plain);
        let mut response = see(path);
        visit.cookies.set_said(&mut response, &URL_SAFE_NO_PAD.encode(sealed));
        Ok(response)
    }

    /// What this browser brings to the page of this link. What cannot be opened is nothing.
    pub fn brought(visit: &Visit, code: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(visit.cookies.said(&visit.headers)?).ok()?;
        let plain = visit.house.vault.house().open(place(&vault::token_hash(code)), &sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}
