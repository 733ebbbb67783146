//! The partner's names around the company, its people and lists of them.

use identity::Organisation;
use identity::imports::{Outcome, Report, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The caller's company.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Company {
    /// UUID.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its own language: `nl`, `en`, `de` or `fr`.
    pub language: String,
    /// Every language that it speaks.
    pub languages: Vec<String>,
    /// Its IANA time zone.
    pub time_zone: String,
}

impl From<&Organisation> for Company {
    fn from(organisation: &Organisation) -> Self {
        let languages: Vec<String> =
            organisation.languages.iter().map(|language| language.code().to_owned()).collect();
        Self {
            id: organisation.id.uuid(),
            name: organisation.name.clone(),
            language: organisation.languages.first().copied().unwrap_or_default().code().to_owned(),
            languages,
            time_zone: organisation.time_zone.clone(),
        }
    }
}

/// What the caller says of themselves; what is left out stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct NewProfile {
    /// What they are spoken to in: `nl`, `en`, `de` or `fr`.
    #[serde(default)]
    #[schema(example = "nl")]
    pub language: Option<String>,
    /// What they do there, for who works there; up to 200 characters.
    #[serde(default)]
    pub position: Option<String>,
    /// The company's to change: must be left out.
    #[serde(default)]
    pub first_name: Option<String>,
    /// The company's to change: must be left out.
    #[serde(default)]
    pub last_name: Option<String>,
    /// Proven by a letter, and not changed here: must be left out.
    #[serde(default)]
    pub email: Option<String>,
}

/// People to import as coworkers.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewImport {
    /// Whether each of them gets an invitation by mail, as they do unless this is false.
    #[serde(default)]
    pub send_email: Option<bool>,
    /// The people, up to 5,000.
    #[serde(deserialize_with = "crate::taken::objects")]
    pub users: Vec<ImportUser>,
}

/// Somebody to import. A row that does not fit is refused by itself, and the others are not.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ImportUser {
    /// E-mail address, by which they are found and sign in.
    #[serde(default)]
    #[schema(example = "eva@example.org")]
    pub email: Option<String>,
    /// Given name.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// What they are called by at the company's own sign-in.
    #[serde(default)]
    pub saml_username: Option<String>,
    /// The name that they have in another program of the company.
    #[serde(default)]
    pub username: Option<String>,
}

/// A list that was taken in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportTaken {
    /// UUID.
    pub id: String,
    /// `working`, and then `done`.
    pub state: &'static str,
    /// Rows on the list.
    pub total: i64,
}

/// What became of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// UUID.
    pub id: String,
    /// `working`, and then `done`.
    pub state: &'static str,
    /// Rows on the list.
    pub total: i64,
    /// Rows that made somebody a coworker.
    pub made: i64,
    /// Rows whose address somebody of the company has.
    pub already_there: i64,
    /// Rows that did not fit.
    pub refused: i64,
    /// Some of the rows, in their order.
    pub rows: Vec<ImportRow>,
}

/// What became of a row.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportRow {
    /// Its place on the list, the first being 0.
    pub row: i64,
    /// `waiting`, `made`, `already_there` or `refused`.
    pub outcome: &'static str,
    /// Why it was refused: `email_unfit`, `name_unfit`, `name_length`, `identifier_unfit`, `username_taken`, or
    /// `not_a_coworker` when the address is that of a patient or guest.
    pub reason: Option<String>,
    /// UUID of the person, when there is one.
    pub user_id: Option<String>,
}

impl ImportReport {
    /// The report of the list of this id.
    #[must_use]
    pub fn of(id: String, report: &Report) -> Self {
        let count = |outcome| {
            report
                .outcomes
                .iter()
                .find(|(one, _)| *one == outcome)
                .map(|(_, count)| *count)
                .unwrap_or_default()
        };
        Self {
            id,
            state: if report.state == State::Done { "done" } else { "working" },
            total: report.count,
            made: count(Outcome::Made),
            already_there: count(Outcome::AlreadyThere),
            refused: count(Outcome::Refused),
            rows: report
                .rows
                .iter()
                .map(|row| ImportRow {
                    row: row.place,
                    outcome: row.outcome.name(),
                    reason: row.reason.clone(),
                    user_id: row.person.map(|person| person.uuid()),
                })
                .collect(),
        }
    }
}
