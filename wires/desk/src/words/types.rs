//! The names of types.

use booking::setup::types::NewType as New;
use booking::{AppointmentType as Known, Asap, Strategy, Window as KnownWindow};
use kernel::{CategoryId, Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, Type};

use super::ids;
use crate::times::{clock, minute};

/// When in the week a type may begin.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// 1 is Monday, 7 is Sunday.
    #[schema(example = 1)]
    pub weekday: i8,
    /// At this time or later,
    #[schema(example = "09:00")]
    pub from: String,
    /// and before this one.
    #[schema(example = "12:00")]
    pub until: String,
}

impl Window {
    fn of(known: &KnownWindow) -> Self {
        Self { weekday: known.weekday, from: clock(known.from), until: clock(known.until) }
    }

    fn meant(&self) -> Result<KnownWindow> {
        let (from, until) = (minute("windows", &self.from)?, minute("windows", &self.until)?);
        Ok(KnownWindow { weekday: self.weekday, from, until })
    }
}

/// What can be booked in a category.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppointmentType {
    /// UUID.
    pub id: String,
    /// UUID of its category.
    pub category: String,
    /// How it is set up; its number is what portals know it by.
    #[serde(flatten)]
    pub setup: TypeSetup,
}

/// How a type is set up; what is left out is as usual.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypeSetup {
    /// What portals know it by; the next number unless it is said, and the same for as long as it stands.
    #[serde(default)]
    pub number: Option<i64>,
    /// What it is called, in 1 to 200 characters.
    #[schema(example = "First consultation")]
    pub name: String,
    /// More about it.
    #[serde(default)]
    pub description: Option<String>,
    /// Minutes that patients are shown.
    #[schema(example = 20)]
    pub duration_minutes: i64,
    /// Minutes before it that are taken as well.
    #[serde(default)]
    pub buffer_before_minutes: i64,
    /// Minutes after it that are taken as well.
    #[serde(default)]
    #[schema(example = 5)]
    pub buffer_after_minutes: i64,
    /// Minutes between two starts; as long as it lasts unless it is said.
    #[serde(default)]
    pub grid_minutes: Option<i64>,
    /// Minutes before its start at which it can be booked at the latest; 120 unless it is said.
    #[serde(default)]
    pub notice_minutes: Option<i64>,
    /// Days ahead on which it can be booked; 60 unless it is said.
    #[serde(default)]
    pub horizon_days: Option<i64>,
    /// Minutes before its start until which a patient may cancel; a day unless it is said.
    #[serde(default)]
    pub cancel_minutes: Option<i64>,
    /// Minutes before its start until which a patient may move it; a day unless it is said.
    #[serde(default)]
    pub reschedule_minutes: Option<i64>,
    /// How often a patient may move one appointment; any number of times when it is left out.
    #[serde(default)]
    pub reschedules_max: Option<i64>,
    /// How many patients come to one appointment together; 1 unless it is said.
    #[serde(default)]
    pub capacity: Option<i64>,
    /// Whether it is a video visit.
    #[serde(default)]
    pub is_video: bool,
    /// Whether the staff must say yes before it counts.
    #[serde(default)]
    pub needs_confirmation: bool,
    /// Whether it can be booked by who signed in alone; so unless it is said.
    #[serde(default)]
    pub requires_account: Option<bool>,
    /// Whether somebody of the practice must attend to the patient; so unless it is said.
    #[serde(default)]
    pub needs_attendant: Option<bool>,
    /// What patients are asked when they book: questions of `{name, required, type, config}`.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    pub comment_form: Option<Value>,
    /// When in the week it may begin; whenever its resources are there when it is empty.
    #[serde(default)]
    pub windows: Vec<Window>,
    /// UUIDs of the insurances that it is for; those of its category when it is empty.
    #[serde(default)]
    pub insurances: Vec<String>,
    /// UUIDs of what it needs: one resource of each part. The hours of the first part carry the grid.
    pub resources: Vec<Vec<String>>,
    /// Whether patients with a later appointment may ask to be told when an earlier time is free.
    #[serde(default)]
    #[schema(schema_with = asap_notifications_enabled, required = false)]
    pub asap_notifications_enabled: bool,
    /// How earlier times are offered: `broadcast` to all, or `sequential` to one after the other; `broadcast` unless it
    /// is said.
    #[serde(default)]
    pub asap_strategy: Option<String>,
    /// Sequential: for so many minutes a time is kept for one; 60 unless it is said.
    #[serde(default)]
    pub asap_hold_minutes: Option<i64>,
    /// So many minutes are waited after something was freed; 3 unless it is said.
    #[serde(default)]
    pub asap_debounce_minutes: Option<i64>,
    /// Whether who moved stays on the list; so unless it is said.
    #[serde(default)]
    pub asap_stays: Option<bool>,
}

/// The setting is called what practices know it as.
fn asap_notifications_enabled() -> Object {
    let label = "Allow patients to register for earlier appointment notifications";
    let what = "Whether patients with a later appointment may ask to be told when an earlier time is free.";
    Object::builder().schema_type(Type::Boolean).title(Some(label)).description(Some(what)).build()
}

impl From<Known> for AppointmentType {
    fn from(known: Known) -> Self {
        let uuids = |part: &Vec<_>| part.iter().map(kernel::ResourceId::uuid).collect();
        let setup = TypeSetup {
            number: Some(known.number),
            resources: known.parts.iter().map(uuids).collect(),
            name: known.name,
            description: known.description,
            duration_minutes: known.duration,
            buffer_before_minutes: known.buffers.0,
            buffer_after_minutes: known.buffers.1,
            grid_minutes: Some(known.grid),
            notice_minutes: Some(known.notice),
            horizon_days: Some(known.horizon),
            cancel_minutes: Some(known.cancel),
            reschedule_minutes: Some(known.reschedule),
            reschedules_max: known.reschedules_max,
            capacity: Some(known.capacity),
            is_video: known.is_video,
            needs_confirmation: known.needs_confirmation,
            requires_account: Some(known.requires_account),
            needs_attendant: Some(known.needs_attendant),
            comment_form: known.comment_form.and_then(|form| form.parse().ok()),
            windows: known.windows.iter().map(Window::of).collect(),
            insurances: known.insurances.iter().map(kernel::Id::uuid).collect(),
            asap_notifications_enabled: known.asap.enabled,
            asap_strategy: Some(known.asap.strategy.name().to_owned()),
            asap_hold_minutes: Some(known.asap.hold),
            asap_debounce_minutes: Some(known.asap.debounce),
            asap_stays: Some(known.asap.stays),
        };
        Self { id: known.id.uuid(), category: known.category.uuid(), setup }
    }
}

impl TypeSetup {
    /// The same in the words of the house, in a category.
    pub fn meant(self, category: CategoryId) -> Result<New> {
        let usual = New::named(category, &self.name, self.duration_minutes, Vec::new());
        let parts = self.resources.iter().map(|part| ids("resources", part)).collect::<Result<_>>()?;
        let asap = self.asap(usual.asap)?;
        Ok(New {
            number: self.number,
            description: self.description,
            buffers: (self.buffer_before_minutes, self.buffer_after_minutes),
            grid: self.grid_minutes.unwrap_or(usual.grid),
            notice: self.notice_minutes.unwrap_or(usual.notice),
            horizon: self.horizon_days.unwrap_or(usual.horizon),
            cancel: self.cancel_minutes.unwrap_or(usual.cancel),
            reschedule: self.reschedule_minutes.unwrap_or(usual.reschedule),
            reschedules_max: self.reschedules_max,
            capacity: self.capacity.unwrap_or(usual.capacity),
            is_video: self.is_video,
            needs_confirmation: self.needs_confirmation,
            requires_account: self.requires_account.unwrap_or(usual.requires_account),
            needs_attendant: self.needs_attendant.unwrap_or(usual.needs_attendant),
            comment_form: self.comment_form.filter(|form| !form.is_null()).map(|form| form.to_string()),
            windows: self.windows.iter().map(Window::meant).collect::<Result<_>>()?,
            insurances: ids("insurances", &self.insurances)?,
            parts,
            asap,
            ..usual
        })
    }

    fn asap(&self, usual: Asap) -> Result<Asap> {
        let strategy = self.asap_strategy.as_deref().map_or(Ok(usual.strategy), |name| {
            let why = "A strategy is broadcast or sequential.";
            Strategy::named(name).ok_or_else(|| Error::invalid("asap_strategy", "strategy_unknown", why))
        })?;
        Ok(Asap {
            enabled: self.asap_notifications_enabled,
            strategy,
            hold: self.asap_hold_minutes.unwrap_or(usual.hold),
            debounce: self.asap_debounce_minutes.unwrap_or(usual.debounce),
            stays: self.asap_stays.unwrap_or(usual.stays),
        })
    }
}
