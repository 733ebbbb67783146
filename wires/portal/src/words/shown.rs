//! What clients are answered.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// What is in it.
    pub data: Vec<T>,
}

/// One thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct One<T> {
    /// It.
    pub data: T,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// What is on it.
    pub data: Vec<T>,
    /// Which it is, from 1.
    pub page: u32,
    /// How much one has room for.
    pub per_page: u32,
    /// How much there is in all.
    pub total: i64,
}

/// Something was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Done {
    /// Always true.
    pub success: bool,
    /// To which appointment.
    pub data: Made,
}

/// An appointment, by its id.
#[derive(Debug, Serialize, ToSchema)]
pub struct Made {
    /// 28 letters and digits.
    #[schema(example = "xbCuVVTNU6rT6E5m8p6Y8h7opzfo")]
    pub id: String,
}

impl Done {
    /// It was done to the appointment that portals call so.
    #[must_use]
    pub fn to(id: String) -> Self {
        Self { success: true, data: Made { id } }
    }
}

/// Who pays for care.
#[derive(Debug, Serialize, ToSchema)]
pub struct Insurance {
    /// Its number.
    #[schema(example = 136)]
    pub id: i64,
    /// What it is called.
    #[schema(example = "AOK Nordost")]
    pub name: String,
    /// `statutory`, `private`, `self_payer` or `other`.
    #[schema(example = "statutory")]
    pub kind: &'static str,
}

/// Categories, and whether they are all there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Categories {
    /// `all`, or `limited` to those that are for whom was said.
    #[schema(example = "limited")]
    pub scope: &'static str,
    /// They.
    pub data: Vec<Category>,
}

/// What patients choose first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Category {
    /// Its number.
    #[schema(example = 53)]
    pub id: i64,
    /// What it is called.
    #[schema(example = "Dr. Green")]
    pub name: String,
    /// A line below it.
    pub subtitle: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// Where its picture is.
    pub photo_url: Option<String>,
}

/// What can be booked in a category.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppointmentType {
    /// Its number.
    #[schema(example = 198)]
    pub id: i64,
    /// What it is called.
    #[schema(example = "First consultation")]
    pub name: String,
    /// More about it.
    pub description: Option<String>,
    /// How long it takes.
    #[schema(example = 20)]
    pub duration_minutes: i64,
    /// "Allow patients to register for earlier appointment notifications".
    pub asap_notifications_enabled: bool,
    /// Whether it is a video visit.
    pub is_video_consultation: bool,
    /// What patients are asked: a list of `{name, required, type, config}`.
    pub comment_form: Option<Value>,
    /// Whether somebody of the practice must attend to the patient.
    pub attendant_user_required: bool,
    /// Whether it can be booked without an account.
    pub patient_can_book_without_account: bool,
}

/// Times that can be booked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Offered {
    /// They, the earliest first.
    pub data: Vec<Availability>,
    /// When there are none: the next local day on which there is one.
    pub next_available_on: Option<String>,
}

/// A time that can be booked, for half an hour; it is not kept for anybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct Availability {
    /// What it is booked by.
    pub id: String,
    /// ISO 8601, with the offset of the place.
    #[schema(example = "2026-12-01T09:00:00+01:00")]
    pub starts_at: String,
    /// ISO 8601, with the offset of the place.
    #[schema(example = "2026-12-01T09:20:00+01:00")]
    pub ends_at: String,
}

/// A local day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Day {
    /// Which.
    #[schema(example = "2026-12-01")]
    pub date: String,
    /// Whether anything can be booked on it.
    pub available: bool,
}

/// An appointment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Appointment {
    /// 28 letters and digits, the same for life.
    #[schema(example = "xbCuVVTNU6rT6E5m8p6Y8h7opzfo")]
    pub id: String,
    /// What its type is called.
    pub name: String,
    /// `booked`, `pending` until the practice says yes, or `cancelled`.
    #[schema(example = "booked")]
    pub status: &'static str,
    /// ISO 8601, with the offset of the place.
    #[schema(example = "2026-12-01T09:00:00+01:00")]
    pub starts_at: String,
    /// ISO 8601, with the offset of the place.
    #[schema(example = "2026-12-01T09:20:00+01:00")]
    pub ends_at: String,
    /// The IANA zone of the place.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Where.
    pub institution_id: i64,
    /// What that is called.
    pub institution_name: String,
    /// In which category.
    pub appointment_category_id: i64,
    /// Of which type.
    pub appointment_type_id: i64,
    /// Who pays.
    pub insurance_id: Option<i64>,
    /// Whether the patient may cancel it now.
    pub is_cancellable: bool,
    /// Until when they may.
    pub cancelable_until: String,
    /// Whether the patient may move it now.
    pub is_reschedulable: bool,
    /// When it was cancelled.
    pub cancelled_at: Option<String>,
    /// Whether it waits for an earlier time.
    pub asap_list: AsapList,
    /// Whether it can.
    pub asap_notifications_enabled: bool,
    /// Whether it is a video visit.
    pub is_video_consultation: bool,
    /// When it was last changed.
    pub updated_at: String,
}

/// Whether an appointment waits for an earlier time.
#[derive(Debug, Serialize, ToSchema)]
pub struct AsapList {
    /// Whether it does. Of another address than the account's it counts once its letter was answered.
    pub subscribed: bool,
    /// Where the letter goes.
    pub email: Option<String>,
}

/// An appointment, and the earliest time before it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Earlier {
    /// The appointment.
    pub appointment: Appointment,
    /// The time; null when nothing earlier is free.
    pub availability: Option<Availability>,
}

/// A place where patients come.
#[derive(Debug, Serialize, ToSchema)]
pub struct Institution {
    /// Its number.
    #[schema(example = 1)]
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Its postal address.
    pub address: String,
    /// Its IANA zone.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Where its picture is.
    pub photo_url: Option<String>,
}

/// A place, and what it asks of patients.
#[derive(Debug, Serialize, ToSchema)]
pub struct InstitutionShown {
    /// The place.
    #[serde(flatten)]
    pub institution: Institution,
    /// Details that a patient must have given before they book.
    #[schema(example = json!(["born_on", "phone"]))]
    pub required_patient_fields: Vec<&'static str>,
}

/// What is known of a patient.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    /// UUID.
    pub id: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// The family name first.
    #[schema(example = "Rogers, Anne")]
    pub full_name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// What practices ask for.
    #[serde(flatten)]
    pub known: Known,
    /// The number of who pays.
    pub insurance_company_id: Option<i64>,
    /// Their number there.
    pub insurance_number: Option<String>,
}

/// What practices ask patients for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Known {
    /// `female`, `male` or `other`.
    pub gender: Option<&'static str>,
    /// Day of birth.
    pub born_on: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Mobile number.
    pub mobile: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country, by its two letters.
    pub country: Option<String>,
}

/// Somebody for whom the patient may act.
#[derive(Debug, Serialize, ToSchema)]
pub struct Relative {
    /// What other calls take as `relative_id`.
    pub id: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Day of birth.
    pub born_on: Option<String>,
}

/// A way into a video visit.
#[derive(Debug, Serialize, ToSchema)]
pub struct VideoLink {
    /// An address for one browser: the first that uses it. The one that was made before opens nothing any more.
    pub url: String,
    /// From when it can be joined.
    pub valid_from: String,
    /// Until when.
    pub valid_until: String,
}
