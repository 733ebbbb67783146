//! What patients are asked when they book: a form of the practice, and whether answers fit it.

use serde::{Deserialize, Serialize};

/// One question of a form, as it is kept in JSON: `{name, required, type, config}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What is asked, which is also its key.
    pub name: String,
    /// Whether an answer must be given.
    #[serde(default)]
    pub required: bool,
    /// `text`, `textarea`, `select`, `checkbox`, `date` or `number`.
    #[serde(rename = "type")]
    pub kind: String,
    /// For `select`: `{"options": ["…"]}`; else nothing.
    #[serde(default)]
    pub config: serde_json::Value,
}

/// The questions of a form.
///
/// # Errors
/// [`kernel::Error::Invalid`] for what is no form.
pub fn form(json: &str) -> kernel::Result<Vec<Question>> {
    todo!()
}

/// Which answers do not fit, and why, in English; nothing when all do. An answer to what was not asked does not fit.
#[must_use]
pub fn faults(form: &[Question], answers: &[(String, String)]) -> Vec<(String, &'static str)> {
    todo!()
}
