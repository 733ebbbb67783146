//! The appointments of a day, looked at or printed for when the server is down.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use booking::{Number, calendar};
use clap::Args;
use flows::House;
use flows::desk;
use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::{Actor, Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::desk::shown;
use super::found;
use super::hours::OfPlace;
use crate::admin::answers::organisation_id;

/// Lists of so many days are printed in one go.
const DAYS_MAX: u32 = 31;

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
                let zone = calendar::zone(&institution.time_zone)?;
                calendar::local(&zone, house.clock.now_ms()).date()
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
