//! What clients send, as the document names it. It is read field by field (`taken`), since it comes as JSON, as a form or in
//! the address.
#![expect(dead_code, reason = "the document is made of these; fields are read by their names")]

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// What somebody wants to book.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Chosen {
    /// Which category; `event_category_id` says the same.
    #[param(example = 53)]
    appointment_category_id: i64,
    /// Which type; `event_type_id` says the same.
    #[param(example = 198)]
    appointment_type_id: i64,
    /// Who pays.
    #[param(example = 136)]
    insurance_id: i64,
}

/// The days that are asked about: the next 28 unless said, 366 at most.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Stretch {
    /// The first day where the institution is, or an instant with its offset on that day.
    from: Option<String>,
    /// The last one, included.
    to: Option<String>,
    /// A single day, instead of both.
    date: Option<String>,
}

/// How many entries.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Many {
    /// Entries at most: 200 unless said, 1000 at most.
    limit: Option<u32>,
}

/// For whom.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct For {
    /// A relative (row 18) in whose stead this is asked.
    relative_id: Option<String>,
}

/// For whom categories and types are.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Patient {
    /// Only what is for this insurance.
    #[param(example = 136)]
    insurance_id: Option<i64>,
}

/// Which appointments.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Listing {
    /// `upcoming`, `past` or `cancelled`; all when it is not said.
    status: Option<String>,
    /// Which page, from 1.
    #[param(example = 1)]
    page: Option<u32>,
    /// Appointments a page: 20 unless said, 100 at most.
    #[param(example = 20)]
    per_page: Option<u32>,
}

/// An appointment to book.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewBooking {
    /// The id of a time that was offered.
    availability_id: String,
    /// Whether the patient would come earlier when a time becomes free. It counts once the appointment is confirmed.
    #[schema(example = true)]
    asap_list_opt_in: Option<bool>,
    /// The address for the waiting list; the account's unless said. Once it is known to be the patient's, letters about this
    /// appointment go there, too.
    email: Option<String>,
    /// In the patient's own words.
    #[schema(example = "I cannot climb stairs.")]
    comments: Option<String>,
    /// Answers to the questions of the type's `comment_form`: pairs of a question and its answer.
    structured_comment: Option<Vec<Vec<String>>>,
    /// What the application calls it by.
    #[serde(rename = "ref")]
    reference: Option<String>,
    /// Whether letters are wanted; they are unless said.
    allow_email_notifications: Option<bool>,
    /// Whether SMS are wanted. It is kept; none are sent about appointments.
    allow_sms_notifications: Option<bool>,
    /// A relative (row 18) for whom it is.
    relative_id: Option<String>,
}

/// The time that an appointment is to be moved to.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Moving {
    /// The id of a time that was offered.
    availability_id: String,
    /// A relative (row 18) whose appointment it is.
    relative_id: Option<String>,
}

/// Why an appointment is cancelled.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Cancelling {
    /// In the patient's own words.
    #[schema(example = "I feel better.")]
    reason: Option<String>,
    /// A relative (row 18) whose appointment it is.
    relative_id: Option<String>,
}

/// Somebody who would come earlier.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Subscribing {
    /// Where the letter goes when a time becomes free.
    #[schema(example = "pat@example.org")]
    email: String,
    /// A relative (row 18) whose appointment it is.
    relative_id: Option<String>,
}
