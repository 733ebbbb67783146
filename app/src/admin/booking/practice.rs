//! What holds for a whole practice: whether it works on paper, and how well its waiting list does.

use audit::Deed;
use booking::setup::{Author, settings};
use clap::{Args, Subcommand};
use flows::House;
use flows::desk;
use jiff::civil::Date;
use kernel::Result;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::admin::answers::{Of, instant, note, organisation_id};

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

/// What holds for all calendars of a practice.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Overlap {
    #[command(flatten)]
    #[serde(flatten)]
    pub of: Of,
    /// Whether a patient may have two appointments at the same time
    #[arg(long, value_name = "true|false", action = clap::ArgAction::Set)]
    pub allowed: bool,
}

impl Overlap {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        let organisation = organisation_id(house, &self.of.organisation).await?;
        let set = house.db.write((organisation, self.allowed), |tx, (organisation, allowed)| {
            Box::pin(settings::let_patients_overlap(tx, Author::Operator, *organisation, *allowed))
        });
        set.await?;
        Ok(json!({ "patients_may_overlap": self.allowed }))
    }
}

/// Of which days to show the waiting list's figures.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct WaitingList {
    #[command(flatten)]
    #[serde(flatten)]
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
