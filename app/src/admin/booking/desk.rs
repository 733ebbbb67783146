//! What the desk of a practice does, by command: appointments, the list of a day, absences, working on paper, and how the
//! waiting list does.

use std::path::PathBuf;

use audit::Deed;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use booking::Number;
use booking::appointments::Details;
use booking::calendar::Slot;
use booking::setup::{Author, absences, settings};
use clap::{Args, Subcommand};
use flows::House;
use flows::desk::{self, Displaced, Order, Place, Shown};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use kernel::clock::instant_of_ms;
use kernel::{AbsenceId, Actor, AppointmentId, Error, Id, Kind, OrganisationId, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::found;
use super::hours::OfPlace;
use crate::admin::answers::{Of, id, instant, note, organisation_id, person_known_in};

/// Lists of so many days are printed in one go.
const DAYS_MAX: u32 = 31;

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
        let why = "A time is written with its offset, as in 2026-12-01T09:00:00+01:00.";
        let start: Timestamp =
            self.start.parse().map_err(|_| Error::invalid("start", "time_unreadable", why))?;
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
        Ok(Place { start_ms: start.as_millisecond(), resources, overbook: self.overbook, hold: None })
    }
}

/// What to book.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Create {
    #[command(flatten)]
    #[serde(flatten)]
    #[expect(missing_docs, reason = "documented in Of")]
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
    #[expect(missing_docs, reason = "documented in When")]
    pub when: When,
}

/// An appointment.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct One {
    #[command(flatten)]
    #[serde(flatten)]
    #[expect(missing_docs, reason = "documented in Of")]
    pub of: Of,
    /// Its id
    pub id: String,
}

/// Where to move an appointment.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Move {
    #[command(flatten)]
    #[serde(flatten)]
    #[expect(missing_docs, reason = "documented in One")]
    pub one: One,
    #[command(flatten)]
    #[serde(flatten)]
    #[expect(missing_docs, reason = "documented in When")]
    pub when: When,
}

/// What to cancel.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Cancel {
    #[command(flatten)]
    #[serde(flatten)]
    #[expect(missing_docs, reason = "documented in One")]
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
        }
    }
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

fn named<K>(text: &str, what: Kind) -> Result<Id<K>> {
    id(text).ok_or(Error::not_found(what))
}

fn local(ms: i64, time_zone: &str) -> String {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    instant_of_ms(ms).to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn shown(shown: &Shown) -> Value {
    let known = &shown.appointment;
    json!({
        "id": known.id.uuid(),
        "status": known.state.name(),
        "patient": shown.patient.name,
        "born_on": shown.patient.born_on.map(|day| day.to_string()),
        "type": shown.kind.name,
        "starts_at": local(known.start_ms, &known.time_zone),
        "ends_at": local(known.end_ms, &known.time_zone),
        "with": shown.resources.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(),
        "overbooked": known.is_overbooked,
        "comments": shown.details.comments,
    })
}

/// Which days to list or print.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Day {
    #[command(flatten)]
    #[serde(flatten)]
    #[expect(missing_docs, reason = "documented in OfPlace")]
    pub of: OfPlace,
    /// The local day, such as 2026-12-01; today when left out
    #[arg(long)]
    pub date: Option<Date>,
    /// So many days from then on, 31 at most
    #[arg(long, value_name = "DAYS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=31))]
    #[serde(default = "one_day")]
    pub all_days: u32,
    /// Write the list of one day to this file, as a PDF to be printed
    #[arg(long, value_name = "FILE", conflicts_with = "folder")]
    #[serde(skip)]
    pub out: Option<PathBuf>,
    /// Write the list of each day to this folder, as a PDF to be printed
    #[arg(long, value_name = "DIR")]
    #[serde(skip)]
    pub folder: Option<PathBuf>,
    /// Lists are wanted as documents to be printed.
    #[arg(skip)]
    #[serde(default)]
    pub printed: bool,
}

const fn one_day() -> u32 {
    1
}

impl Day {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        if !(1..=DAYS_MAX).contains(&self.all_days) {
            return Err(Error::invalid("all_days", "out_of_range", "From 1 to 31 days."));
        }
        let organisation = organisation_id(house, &self.of.organisation).await?;
        let found = house.db.read((organisation, self.of.institution), |tx, (organisation, number)| {
            Box::pin(found::institution(tx, *organisation, *number))
        });
        let institution = found.await?;
        let first = match self.date {
            Some(date) => date,
            None => {
                let zone = TimeZone::get(&institution.time_zone).map_err(Error::bug)?;
                instant_of_ms(house.clock.now_ms()).to_zoned(zone).date()
            }
        };
        let actor = desk::operator(house, organisation);
        let mut lists = Vec::new();
        for number in 0..i64::from(self.all_days) {
            let date = first.checked_add(number.days()).map_err(|_| too_far())?;
            lists.push(list(house, &actor, institution.number, date, self.printed).await?);
        }
        if self.printed {
            return Ok(Value::Array(lists));
        }
        Ok(lists.into_iter().filter_map(|list| list["appointments"].as_array().cloned()).flatten().collect())
    }
}

async fn list(
    house: &House,
    actor: &Actor,
    institution: Number,
    date: Date,
    is_printed: bool,
) -> Result<Value> {
    if !is_printed {
        let day = desk::day(house, actor, institution, date).await?;
        let appointments: Value = day.appointments.iter().map(shown).collect();
        return Ok(json!({ "appointments": appointments }));
    }
    let day = desk::taken_along(house, actor, institution, date).await?;
    let pdf = desk::print(&day, day.language).await?;
    let count = day.appointments.len();
    Ok(json!({ "date": date.to_string(), "appointments": count, "pdf": STANDARD.encode(pdf) }))
}

fn too_far() -> Error {
    Error::invalid("date", "date_out_of_range", "There is no such day.")
}

/// Commands on absences.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum AbsenceCommand {
    /// Note that somebody or something is away, and list the appointments that are to be planned again
    Add(NewAbsence),
    /// Remove an absence; what it took can be booked again
    Remove(One),
    /// List absences that end today or later
    List(Of),
    /// List the appointments that fall into an absence, each with the next times to which it could be moved
    Appointments(One),
}

/// When somebody or something is away.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct NewAbsence {
    #[command(flatten)]
    #[serde(flatten)]
    #[expect(missing_docs, reason = "documented in Of")]
    pub of: Of,
    /// Who or what, by id or name
    #[arg(long, value_name = "RESOURCE")]
    pub resource: String,
    /// From when on by the clock there, such as 2026-12-01T08:00
    #[arg(long)]
    pub from: DateTime,
    /// Until when
    #[arg(long)]
    pub until: DateTime,
}

impl AbsenceCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => add_absence(house, what).await,
            Self::Remove(what) => remove_absence(house, what).await,
            Self::List(what) => list_absences(house, what).await,
            Self::Appointments(what) => {
                let organisation = organisation_id(house, &what.of.organisation).await?;
                displaced(house, organisation, named(&what.id, Kind::Absence)?).await
            }
        }
    }
}

async fn add_absence(house: &House, new: NewAbsence) -> Result<Value> {
    let organisation = organisation_id(house, &new.of.organisation).await?;
    let input = (organisation, new.resource, (new.from, new.until));
    let added = house.db.write(input, |tx, (organisation, resource, (from, until))| {
        Box::pin(async move {
            let resource = found::resource(tx, *organisation, resource).await?.id;
            absences::add(tx, Author::Operator, *organisation, resource, *from, *until).await
        })
    });
    let absence = added.await?;
    Ok(json!({ "id": absence.uuid(), "to_plan_again": displaced(house, organisation, absence).await? }))
}

async fn remove_absence(house: &House, one: One) -> Result<Value> {
    let organisation = organisation_id(house, &one.of.organisation).await?;
    let absence: AbsenceId = named(&one.id, Kind::Absence)?;
    let removed = house.db.write((organisation, absence), |tx, (organisation, absence)| {
        Box::pin(absences::remove(tx, Author::Operator, *organisation, *absence))
    });
    removed.await?;
    Ok(json!({ "removed": true }))
}

async fn list_absences(house: &House, of: Of) -> Result<Value> {
    let organisation = organisation_id(house, &of.organisation).await?;
    // A day early: wherever an institution is, what ended yesterday in UTC may go on there.
    let from = instant_of_ms(house.clock.now_ms()).to_zoned(TimeZone::UTC).date().saturating_sub(1.day());
    let listed = house.db.read((organisation, from), |tx, (organisation, from)| {
        Box::pin(async move {
            let names = booking::labels::of(tx, *organisation).await?.resources;
            Ok((absences::list(tx, *organisation, *from).await?, names))
        })
    });
    let (absences, names) = listed.await?;
    note(house, organisation, Deed::Administration, "absences listed").await?;
    let line = |one: &booking::Absence| {
        json!({
            "id": one.id.uuid(),
            "resource": one.resource.uuid(),
            "name": names.get(&one.resource),
            "from": one.from.to_string(),
            "until": one.until.to_string(),
        })
    };
    Ok(absences.iter().map(line).collect())
}

async fn displaced(house: &House, organisation: OrganisationId, absence: AbsenceId) -> Result<Value> {
    let actor = desk::operator(house, organisation);
    let line = |one: &Displaced| {
        let known = &one.shown.appointment;
        let time = |slot: &Slot| local(slot.start_ms, &known.time_zone);
        json!({
            "id": known.id.uuid(),
            "patient": one.shown.patient.name,
            "type": one.shown.kind.name,
            "starts_at": local(known.start_ms, &known.time_zone),
            "next_times": one.next.iter().map(time).collect::<Vec<_>>(),
        })
    };
    Ok(desk::displaced(house, &actor, absence).await?.iter().map(line).collect())
}

/// Commands on working on paper.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum DowntimeCommand {
    /// From now on everything can be read and nothing changed, so that the printed lists stay true
    Begin(Of),
    /// Things can be changed again
    End(Of),
    /// Show since when a practice works on paper
    Show(Of),
}

impl DowntimeCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        let (of, is_down) = match self {
            Self::Begin(of) => (of, Some(true)),
            Self::End(of) => (of, Some(false)),
            Self::Show(of) => (of, None),
        };
        let organisation = organisation_id(house, &of.organisation).await?;
        if let Some(is_down) = is_down {
            let set = house.db.write((organisation, is_down), |tx, (organisation, is_down)| {
                Box::pin(settings::set_downtime(tx, Author::Operator, *organisation, *is_down))
            });
            set.await?;
        } else {
            note(house, organisation, Deed::Administration, "working on paper shown").await?;
        }
        let known = house.db.read(organisation, |tx, organisation| Box::pin(settings::of(tx, *organisation)));
        Ok(json!({ "since": known.await?.downtime_since_ms.map(instant) }))
    }
}

/// Of which days to show the waiting list's figures.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct WaitingList {
    #[command(flatten)]
    #[serde(flatten)]
    #[expect(missing_docs, reason = "documented in Of")]
    pub of: Of,
    /// The first day, such as 2026-12-01
    #[arg(long)]
    pub from: Date,
    /// The last day, a year later at most
    #[arg(long)]
    pub to: Date,
}

impl WaitingList {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        let organisation = organisation_id(house, &self.of.organisation).await?;
        let found = desk::figures(house, organisation, self.from, self.to).await?;
        note(house, organisation, Deed::Administration, "waiting list figures shown").await?;
        Ok(json!({
            "freed": found.freed,
            "offered": found.offered,
            "letters": found.letters,
            "accepted": found.accepted,
            "declined": found.declined,
            "lost": found.lost,
            "minutes_filled": found.minutes_filled,
            "fill_rate": found.fill_rate(),
            "waiting": found.waiting,
        }))
    }
}
