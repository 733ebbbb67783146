//! The names of places and of insurances.

use booking::setup::institutions::NewInstitution as New;
use booking::{Detail, Institution as Known, Insurance as KnownInsurance, InsuranceKind};
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::times::{clock, day, minute};

/// A place where patients come.
#[derive(Debug, Serialize, ToSchema)]
pub struct Institution {
    /// UUID.
    pub id: String,
    /// What portals know it by.
    pub number: i64,
    /// What it is called.
    pub name: String,
    /// Its postal address, in one or several lines.
    pub address: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// Where its picture is.
    pub photo_url: Option<String>,
    /// What a patient must have told before they book.
    pub required_details: Vec<&'static str>,
    /// Letters about earlier appointments rest from this time of its day,
    pub quiet_from: String,
    /// until this one.
    pub quiet_until: String,
    /// How many of them one patient gets a day for one appointment.
    pub letters_per_day_max: i64,
    /// A video visit can be joined from so many minutes before its start,
    pub video_opens_minutes: i64,
    /// until so many after its end.
    pub video_closes_minutes: i64,
}

impl From<Known> for Institution {
    fn from(known: Known) -> Self {
        Self {
            id: known.id.uuid(),
            number: known.number,
            name: known.name,
            address: known.address,
            time_zone: known.time_zone,
            photo_url: known.photo_url,
            required_details: known.required_details.into_iter().map(Detail::name).collect(),
            quiet_from: clock(known.quiet.0),
            quiet_until: clock(known.quiet.1),
            letters_per_day_max: known.letters_per_day_max,
            video_opens_minutes: known.video_minutes.0,
            video_closes_minutes: known.video_minutes.1,
        }
    }
}

/// A place to add, or what one is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInstitution {
    /// What portals know it by; the next number unless it is said, and the same for as long as the place stands.
    #[serde(default)]
    pub number: Option<i64>,
    /// What it is called, in 1 to 200 characters.
    #[schema(example = "Praktijk De Linde")]
    pub name: String,
    /// Its IANA time zone.
    #[schema(example = "Europe/Amsterdam")]
    pub time_zone: String,
    /// Its postal address, in one or several lines.
    #[serde(default)]
    #[schema(example = "Lindelaan 1\n3511 AB Utrecht")]
    pub address: String,
    /// Where its picture is; `https`.
    #[serde(default)]
    pub photo_url: Option<String>,
    /// What a patient must have told before they book: `gender`, `born_on`, `phone`, `mobile`, `address`, `insurance`,
    /// `insurance_number`.
    #[serde(default)]
    #[schema(example = json!(["phone"]))]
    pub required_details: Vec<String>,
    /// Letters about earlier appointments rest from this time of its day; 21:00 unless it is said,
    #[serde(default)]
    #[schema(example = "21:00")]
    pub quiet_from: Option<String>,
    /// until this one; 07:00 unless it is said. The same time twice is never.
    #[serde(default)]
    #[schema(example = "07:00")]
    pub quiet_until: Option<String>,
    /// How many of them one patient gets a day for one appointment; 3 unless it is said.
    #[serde(default)]
    pub letters_per_day_max: Option<i64>,
    /// A video visit can be joined from so many minutes before its start; 15 unless it is said,
    #[serde(default)]
    pub video_opens_minutes: Option<i64>,
    /// until so many after its end; 60 unless it is said.
    #[serde(default)]
    pub video_closes_minutes: Option<i64>,
}

impl NewInstitution {
    /// The same in the words of the house.
    pub fn meant(self) -> Result<New> {
        let usual = New::named(&self.name, &self.time_zone);
        let time = |field, said: Option<String>, usual| said.map_or(Ok(usual), |text| minute(field, &text));
        let details = self.required_details.iter().map(|name| detail(name)).collect::<Result<_>>()?;
        Ok(New {
            number: self.number,
            address: self.address,
            photo_url: self.photo_url,
            required_details: details,
            quiet: (
                time("quiet_from", self.quiet_from, usual.quiet.0)?,
                time("quiet_until", self.quiet_until, usual.quiet.1)?,
            ),
            letters_per_day_max: self.letters_per_day_max.unwrap_or(usual.letters_per_day_max),
            video_minutes: (
                self.video_opens_minutes.unwrap_or(usual.video_minutes.0),
                self.video_closes_minutes.unwrap_or(usual.video_minutes.1),
            ),
            ..usual
        })
    }
}

fn detail(name: &str) -> Result<Detail> {
    let why = "A detail is one of those that the document of this API names.";
    Detail::named(name).ok_or_else(|| Error::invalid("required_details", "detail_unknown", why))
}

/// A day on which a place is closed.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Which day.
    #[schema(example = "2026-04-27")]
    pub day: String,
    /// What it is called.
    #[schema(example = "Koningsdag")]
    pub name: String,
}

/// The holidays of a place from a day on, in place of those that stood there.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holidays {
    /// From this day on they are replaced.
    #[schema(example = "2026-01-01")]
    pub from: String,
    /// The days, at most 100.
    pub holidays: Vec<Holiday>,
}

impl Holidays {
    /// The same in the words of the house.
    pub fn meant(self) -> Result<(jiff::civil::Date, Vec<(jiff::civil::Date, String)>)> {
        let from = day("from", &self.from)?;
        let days = self.holidays.into_iter().map(|one| Ok((day("holidays", &one.day)?, one.name)));
        Ok((from, days.collect::<Result<_>>()?))
    }
}

/// Who pays for care.
#[derive(Debug, Serialize, ToSchema)]
pub struct Insurance {
    /// UUID.
    pub id: String,
    /// What portals know it by.
    pub number: i64,
    /// What it is called.
    pub name: String,
    /// `statutory`, `private`, `self_payer` or `other`.
    pub kind: &'static str,
}

impl From<KnownInsurance> for Insurance {
    fn from(known: KnownInsurance) -> Self {
        Self { id: known.id.uuid(), number: known.number, name: known.name, kind: known.kind.name() }
    }
}

/// An insurance to add.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInsurance {
    /// What portals know it by; the next number unless it is said.
    #[serde(default)]
    pub number: Option<i64>,
    /// What it is called, in 1 to 200 characters.
    #[schema(example = "Zilveren Kruis")]
    pub name: String,
    /// `statutory`, `private`, `self_payer` or `other`.
    #[schema(example = "statutory")]
    pub kind: String,
}

impl NewInsurance {
    /// Of which kind it is.
    pub fn kind(&self) -> Result<InsuranceKind> {
        let why = "A kind is one of statutory, private, self_payer and other.";
        InsuranceKind::named(&self.kind).ok_or_else(|| Error::invalid("kind", "kind_unknown", why))
    }
}
