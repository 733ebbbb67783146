//! What there is to book, in the words of a practice.

mod appointment;
mod insurance;

use jiff::civil::{Date, DateTime};
use kernel::{AbsenceId, AppointmentTypeId, CategoryId, InstitutionId, InsuranceId, PersonId, ResourceId};

pub use appointment::{Appointment, State};
pub use insurance::{Insurance, InsuranceKind};

/// The number by which portals know an institution, an insurance, a category or a type; unique in its organisation.
pub type Number = i64;

/// Minutes of a local day, or beyond it into the next.
pub type Minute = i16;

/// A place of the organisation where patients come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Institution {
    /// Which.
    pub id: InstitutionId,
    /// What portals know it by.
    pub number: Number,
    /// What it is called.
    pub name: String,
    /// Its postal address, in one or several lines.
    pub address: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// Where its picture is.
    pub photo_url: Option<String>,
    /// The details that a patient must have given before they book.
    pub required_details: Vec<Detail>,
    /// Minutes of its day between which no letter about an earlier time goes out; the same twice is never.
    pub quiet: (Minute, Minute),
    /// Letters a day about earlier times, for one subscription.
    pub letters_per_day_max: i64,
    /// A video visit can be joined from so many minutes before its start until so many after its end.
    pub video_minutes: (i64, i64),
}

/// A detail of a patient that an institution may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Detail {
    /// Gender.
    Gender,
    /// Date of birth.
    BornOn,
    /// Telephone.
    Phone,
    /// Mobile number.
    Mobile,
    /// Street and number, postal code, city and country.
    Address,
    /// Insurance.
    Insurance,
    /// Number at the insurance.
    InsuranceNumber,
}

impl Detail {
    /// Every detail.
    pub const ALL: [Self; 7] = [
        Self::Gender,
        Self::BornOn,
        Self::Phone,
        Self::Mobile,
        Self::Address,
        Self::Insurance,
        Self::InsuranceNumber,
    ];

    /// Its name in the database and in commands.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gender => "gender",
            Self::BornOn => "born_on",
            Self::Phone => "phone",
            Self::Mobile => "mobile",
            Self::Address => "address",
            Self::Insurance => "insurance",
            Self::InsuranceNumber => "insurance_number",
        }
    }

    /// The detail of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|detail| detail.name() == name)
    }
}

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResourceKind {
    /// Somebody.
    Practitioner,
    /// A room.
    Room,
    /// A device.
    Device,
}

impl ResourceKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Practitioner, Self::Room, Self::Device];

    /// Its name in the database and in commands.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Practitioner => "practitioner",
            Self::Room => "room",
            Self::Device => "device",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Who or what an appointment needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Which.
    pub id: ResourceId,
    /// Where.
    pub institution: InstitutionId,
    /// What.
    pub kind: ResourceKind,
    /// What it is called.
    pub name: String,
    /// Who the practitioner is.
    pub person: Option<PersonId>,
}

/// When a resource is there, each week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekly {
    /// 1 is Monday, 7 is Sunday (ISO 8601).
    pub weekday: i8,
    /// From this minute of the local day.
    pub from: Minute,
    /// Until this one, which may lie in the next day: 1,440 is midnight, 2,880 the midnight after.
    pub until: Minute,
    /// The first day on which it holds.
    pub first_day: Option<Date>,
    /// The last one.
    pub last_day: Option<Date>,
}

/// A day on which other hours hold than in other weeks, holidays included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Which day.
    pub day: Date,
    /// The minutes between which the resource is there; none when it is not.
    pub open: Vec<(Minute, Minute)>,
}

/// When a resource is away, by the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Which.
    pub id: AbsenceId,
    /// Who or what.
    pub resource: ResourceId,
    /// From then.
    pub from: DateTime,
    /// Until then.
    pub until: DateTime,
}

/// What patients choose first: often a doctor, or a speciality.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Which.
    pub id: CategoryId,
    /// What portals know it by.
    pub number: Number,
    /// Where.
    pub institution: InstitutionId,
    /// What it is called.
    pub name: String,
    /// A line below it.
    pub subtitle: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// Where its picture is.
    pub photo_url: Option<String>,
    /// It is one person: nobody else takes their place when they are taken.
    pub is_person: bool,
    /// The ages in years that it is for, both included.
    pub ages: (Option<i64>, Option<i64>),
    /// Whom it is for; for all when none is named.
    pub insurances: Vec<InsuranceId>,
}

/// How earlier times are offered to those who wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// To all who could take it; the first to accept has it.
    Broadcast,
    /// To one after the other, whoever waited longest first, for whom it is kept meanwhile.
    Sequential,
}

impl Strategy {
    /// Its name in the database and in commands.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Broadcast => "broadcast",
            Self::Sequential => "sequential",
        }
    }

    /// The strategy of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Broadcast, Self::Sequential].into_iter().find(|strategy| strategy.name() == name)
    }
}

/// When in the week a type may begin, by the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: i8,
    /// Its start lies at this minute of the local day or later,
    pub from: Minute,
    /// and before this one.
    pub until: Minute,
}

/// What can be booked in a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppointmentType {
    /// Which.
    pub id: AppointmentTypeId,
    /// What portals know it by.
    pub number: Number,
    /// In which category.
    pub category: CategoryId,
    /// What it is called.
    pub name: String,
    /// More about it.
    pub description: Option<String>,
    /// Minutes that patients are shown.
    pub duration: i64,
    /// Minutes before and after it that are taken as well.
    pub buffers: (i64, i64),
    /// Minutes between two starts.
    pub grid: i64,
    /// Elapsed minutes before its start at which it can be booked at the latest.
    pub notice: i64,
    /// Local days ahead on which it can be booked.
    pub horizon: i64,
    /// Elapsed minutes before its start until which a patient may cancel.
    pub cancel: i64,
    /// Elapsed minutes before its start until which a patient may move it.
    pub reschedule: i64,
    /// How often a patient may move one appointment; any number of times when it is not said.
    pub reschedules_max: Option<i64>,
    /// How many patients come to one appointment together.
    pub capacity: i64,
    /// Whether it is a video visit.
    pub is_video: bool,
    /// Whether the staff must say yes before it counts.
    pub needs_confirmation: bool,
    /// Whether it can be booked by who signed in alone.
    pub requires_account: bool,
    /// Whether somebody of the practice must attend to the patient (`attendant_user_required`).
    pub needs_attendant: bool,
    /// What patients are asked when they book; see [`crate::comments`].
    pub comment_form: Option<String>,
    /// When in the week it may begin; whenever its resources are there, when nothing is said.
    pub windows: Vec<Window>,
    /// Whom it is for; for whom its category is for, when none is named.
    pub insurances: Vec<InsuranceId>,
    /// What it needs: one resource of each part. The hours of the first part carry the grid.
    pub parts: Vec<Vec<ResourceId>>,
    /// Its waiting list.
    pub asap: Asap,
}

/// The waiting list of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asap {
    /// "Allow patients to register for earlier appointment notifications".
    pub enabled: bool,
    /// How earlier times are offered.
    pub strategy: Strategy,
    /// In turn: for so many minutes it is kept for one.
    pub hold: i64,
    /// So many minutes are waited after something was freed.
    pub debounce: i64,
    /// Whether who moved stays on the list.
    pub stays: bool,
}
