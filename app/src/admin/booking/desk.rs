//! What the desk of a practice does with appointments, by command.

use ::desk::times::{instant, start};
use booking::appointments::Details;
use clap::{Args, Subcommand};
use flows::House;
use flows::desk::{self, Order, Place, Shown};
use kernel::limits::PAGE_ROWS_MAX;
use kernel::{Actor, AppointmentId, Error, Id, Kind, OrganisationId, Page, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::found;
use crate::admin::answers::{Of, id, organisation_id, person_known_in};

/// Commands on appointments.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum AppointmentCommand {
    /// Book for a patient, also outside of hours and within the notice
    Create(Create),
    /// Move one, also outside of its window; its id stays
    Move(Move),
    /// Cancel one, also outside of its window
    Cancel(Cancel),
    /// Say yes to one that waits for it
    Confirm(One),
    /// Show one
    Show(One),
    /// List those that wait for a yes, or those of a patient that are not over
    List(Listing),
}

/// When and with whom.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct When {
    /// The start with its offset, such as 2026-12-01T09:00:00+01:00
    #[arg(long)]
    pub start: String,
    /// With whom or what, by id or name; may be given more than once, whoever is free when left out
    #[arg(long = "resource", value_name = "RESOURCE")]
    #[serde(default)]
    pub resources: Vec<String>,
    /// Beside what is there already, knowing
    #[arg(long)]
    #[serde(default)]
    pub overbook: bool,
}

impl When {
    async fn place(self, house: &House, organisation: OrganisationId) -> Result<Place> {
        let start_ms = start(&self.start)?;
        let found = house.db.read((organisation, self.resources), |tx, (organisation, named)| {
            Box::pin(async move {
                let mut found = Vec::new();
                for one in named {
                    found.push(found::resource(tx, *organisation, one).await?.id);
                }
                Ok(found)
            })
        });
        let resources = found.await?;
        Ok(Place { start_ms, resources, overbook: self.overbook, hold: None })
    }
}

/// What to book.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Create {
    #[command(flatten)]
    #[serde(flatten)]
    pub of: Of,
    /// The patient: e-mail address or id
    #[arg(long)]
    pub patient: String,
    /// The number of the type
    #[arg(long = "type", value_name = "NUMBER")]
    #[serde(rename = "type")]
    pub kind: i64,
    /// The number of the insurance
    #[arg(long, value_name = "NUMBER")]
    pub insurance: Option<i64>,
    /// What there is to say about it
    #[arg(long)]
    pub comments: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub when: When,
}

/// An appointment.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct One {
    #[command(flatten)]
    #[serde(flatten)]
    pub of: Of,
    /// Its id
    pub id: String,
}

/// Where to move an appointment.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Move {
    #[command(flatten)]
    #[serde(flatten)]
    pub one: One,
    #[command(flatten)]
    #[serde(flatten)]
    pub when: When,
}

/// Which appointments to list.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Listing {
    #[command(flatten)]
    #[serde(flatten)]
    pub of: Of,
    /// Those ahead that wait for a yes
    #[arg(long, conflicts_with = "patient", required_unless_present = "patient")]
    #[serde(default)]
    pub pending: bool,
    /// Those of this patient that are not over: e-mail address or id
    #[arg(long)]
    pub patient: Option<String>,
}

/// What to cancel.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Cancel {
    #[command(flatten)]
    #[serde(flatten)]
    pub one: One,
    /// Why
    #[arg(long)]
    pub reason: Option<String>,
}

impl AppointmentCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Create(what) => create(house, what).await,
            Self::Move(what) => {
                let (actor, id) = named_in(house, &what.one).await?;
                let to = what.when.place(house, actor.organisation).await?;
                Ok(shown(&desk::move_to(house, &actor, id, to).await?))
            }
            Self::Cancel(what) => {
                let (actor, id) = named_in(house, &what.one).await?;
                Ok(shown(&desk::cancel(house, &actor, id, what.reason.as_deref()).await?))
            }
            Self::Confirm(what) => {
                let (actor, id) = named_in(house, &what).await?;
                Ok(shown(&desk::confirm(house, &actor, id).await?))
            }
            Self::Show(what) => {
                let (actor, id) = named_in(house, &what).await?;
                Ok(shown(&desk::show(house, &actor, id).await?))
            }
            Self::List(what) => list(house, what).await,
        }
    }
}

async fn list(house: &House, of: Listing) -> Result<Value> {
    let actor = desk::operator(house, organisation_id(house, &of.of.organisation).await?);
    let patient = match (&of.patient, of.pending) {
        (Some(named), false) => Some(person_known_in(house, &of.of.organisation, named).await?),
        (None, true) => None,
        _ => return Err(Error::invalid("pending", "list_unsaid", "Those that are pending, or a patient's.")),
    };
    let mut all = Vec::new();
    for number in 0.. {
        let page = Page::numbered(number, PAGE_ROWS_MAX);
        let some = match patient {
            Some(patient) => desk::of_patient(house, &actor, patient, page).await?,
            None => desk::waiting(house, &actor, page).await?,
        };
        all.extend(some.iter().map(shown));
        if some.len() < PAGE_ROWS_MAX as usize {
            break;
        }
    }
    Ok(Value::Array(all))
}

async fn create(house: &House, new: Create) -> Result<Value> {
    let organisation = organisation_id(house, &new.of.organisation).await?;
    let order = Order {
        kind: new.kind,
        patient: person_known_in(house, &new.of.organisation, &new.patient).await?,
        insurance: new.insurance,
        place: new.when.place(house, organisation).await?,
        details: Details { comments: new.comments, ..Details::default() },
    };
    Ok(shown(&desk::create(house, &desk::operator(house, organisation), order).await?))
}

async fn named_in(house: &House, one: &One) -> Result<(Actor, AppointmentId)> {
    let organisation = organisation_id(house, &one.of.organisation).await?;
    Ok((desk::operator(house, organisation), named(&one.id, Kind::Appointment)?))
}

pub(super) fn named<K>(text: &str, what: Kind) -> Result<Id<K>> {
    id(text).ok_or(Error::not_found(what))
}

pub(super) fn shown(shown: &Shown) -> Value {
    let known = &shown.appointment;
    json!({
        "id": known.id.uuid(),
        "status": known.state.name(),
        "patient": shown.patient.as_ref().map(|patient| patient.name.as_str()),
        "born_on": shown.patient.as_ref().and_then(|patient| patient.born_on).map(|day| day.to_string()),
        "type": shown.kind.name,
        "starts_at": instant(known.start_ms, &shown.zone),
        "ends_at": instant(known.end_ms, &shown.zone),
        "with": shown.resources.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(),
        "overbooked": known.is_overbooked,
        "comments": shown.details.comments,
    })
}
