//! When they are there, and when they are away.

use audit::Deed;
use booking::setup::{Author, institutions, resources};
use booking::{Exception, Minute, Number, Weekly};
use clap::{Args, Subcommand};
use desk::times::{clock, day, minute};
use flows::House;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::found;
use super::places::OneResource;
use crate::admin::answers::{note, organisation_id};

/// Commands on hours.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum HoursCommand {
    /// Replace the weekly hours of a practitioner, a room or a device
    Set(SetHours),
    /// Set the hours of one day, which hold even on a holiday; with none, it is not there on that day
    Day(SetDay),
    /// Show when it is there
    Show(OneResource),
}

/// Commands on holidays.
#[derive(Debug, Subcommand, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum HolidayCommand {
    /// Add a day on which a place is closed
    Add(AddHoliday),
    /// Open a place on a day that was a holiday
    End(EndHoliday),
    /// List the holidays of a place
    List(OfPlace),
}

/// Weekly hours.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct SetHours {
    #[command(flatten)]
    #[serde(flatten)]
    pub which: OneResource,
    /// Days and times, such as 1-5=09:00-12:30 or 6=09:00-12:00, 1 being Monday; given once for each
    #[arg(long = "at", value_name = "DAYS=FROM-UNTIL")]
    pub at: Vec<String>,
}

/// The hours of one day.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct SetDay {
    #[command(flatten)]
    #[serde(flatten)]
    pub which: OneResource,
    /// Which day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub day: String,
    /// Times, such as 10:00-14:00; given once for each
    #[arg(long = "at", value_name = "FROM-UNTIL")]
    pub at: Vec<String>,
    /// Let the weekly hours hold again
    #[arg(long, conflicts_with = "at")]
    pub as_usual: bool,
}

/// A holiday to add.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct AddHoliday {
    /// Which day
    #[arg(value_name = "YYYY-MM-DD")]
    pub day: String,
    /// What it is called
    #[arg(long)]
    pub name: String,
    #[command(flatten)]
    #[serde(flatten)]
    pub of: OfPlace,
}

/// A holiday to end.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct EndHoliday {
    /// Which day
    #[arg(value_name = "YYYY-MM-DD")]
    pub day: String,
    #[command(flatten)]
    #[serde(flatten)]
    pub of: OfPlace,
}

/// A place.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct OfPlace {
    /// The place, by its number; need not be said of the only one
    #[arg(long, value_name = "NUMBER")]
    pub institution: Option<Number>,
    /// The organisation, by its short word
    #[arg(long)]
    pub organisation: String,
}

impl HoursCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Set(what) => set(house, what).await,
            Self::Day(what) => set_day(house, what).await,
            Self::Show(what) => show(house, what).await,
        }
    }
}

async fn set(house: &House, what: SetHours) -> Result<Value> {
    let hours: Vec<_> = what.at.iter().map(|text| weekly(text)).collect::<Result<Vec<_>>>()?.concat();
    let set = house.db.write((what.which, hours), |tx, (which, hours)| {
        Box::pin(async move {
            let here = found::organisation(tx, &which.organisation).await?;
            let id = found::resource(tx, here, &which.resource).await?.id;
            resources::set_hours(tx, Author::Operator, here, id, hours).await
        })
    });
    set.await?;
    Ok(json!({ "set": true }))
}

async fn set_day(house: &House, what: SetDay) -> Result<Value> {
    let on = day("day", &what.day)?;
    let open = what.at.iter().map(|text| stretch(text)).collect::<Result<_>>()?;
    let open = (!what.as_usual).then_some(Exception { day: on, open });
    let set = house.db.write((what.which, on, open), |tx, (which, on, open)| {
        Box::pin(async move {
            let here = found::organisation(tx, &which.organisation).await?;
            let id = found::resource(tx, here, &which.resource).await?.id;
            resources::set_day(tx, Author::Operator, here, id, *on, open.as_ref()).await
        })
    });
    set.await?;
    Ok(json!({ "set": true }))
}

async fn show(house: &House, which: OneResource) -> Result<Value> {
    let here = organisation_id(house, &which.organisation).await?;
    let read = house.db.read((here, which), |tx, (here, which)| {
        Box::pin(async move {
            let id = found::resource(tx, *here, &which.resource).await?.id;
            let today = kernel::clock::instant_of_ms(tx.now_ms()).to_zoned(TimeZone::UTC).date();
            let last = today.checked_add(2.years()).map_err(Error::bug)?;
            let mut rosters = resources::rosters(tx, *here, &[id], &(today..=last)).await?;
            Ok(rosters.remove(&id).unwrap_or_default())
        })
    });
    let roster = read.await?;
    note(house, here, Deed::Administration, "hours shown").await?;
    let weekly = |one: &Weekly| format!("{}={}-{}", one.weekday, clock(one.from), clock(one.until));
    let open = |open: &[(Minute, Minute)]| -> Vec<_> {
        open.iter().map(|(from, until)| format!("{}-{}", clock(*from), clock(*until))).collect()
    };
    let days =
        roster.exceptions.iter().map(|one| json!({ "day": one.day.to_string(), "open": open(&one.open) }));
    let absences = roster.absences.iter().map(
        |one| json!({ "id": one.id.uuid(), "from": one.from.to_string(), "until": one.until.to_string() }),
    );
    Ok(json!({
        "weekly": roster.weekly.iter().map(weekly).collect::<Vec<_>>(),
        "days": days.collect::<Vec<_>>(),
        "absences": absences.collect::<Vec<_>>(),
    }))
}

impl HolidayCommand {
    pub(super) async fn run(self, house: &House) -> Result<Value> {
        match self {
            Self::Add(what) => {
                let on = day("day", &what.day)?;
                replace(house, what.of, on, Some(what.name)).await
            }
            Self::End(what) => {
                let on = day("day", &what.day)?;
                replace(house, what.of, on, None).await
            }
            Self::List(what) => list(house, what).await,
        }
    }
}

/// Closes a place on a day under a name, or opens it.
async fn replace(house: &House, of: OfPlace, on: Date, name: Option<String>) -> Result<Value> {
    let set = house.db.write((of, on, name), |tx, (of, on, name)| {
        Box::pin(async move {
            let here = found::organisation(tx, &of.organisation).await?;
            let id = found::institution(tx, here, of.institution).await?.id;
            let mut days = institutions::holidays(tx, here, id, *on).await?;
            days.retain(|(day, _)| day != on);
            days.extend(name.clone().map(|name| (*on, name)));
            institutions::set_holidays(tx, Author::Operator, here, id, *on, &days).await
        })
    });
    set.await?;
    Ok(json!({ "set": true }))
}

async fn list(house: &House, of: OfPlace) -> Result<Value> {
    let here = organisation_id(house, &of.organisation).await?;
    let read = house.db.read((here, of.institution), |tx, (here, number)| {
        Box::pin(async move {
            let id = found::institution(tx, *here, *number).await?.id;
            institutions::holidays(tx, *here, id, jiff::civil::date(2000, 1, 1)).await
        })
    });
    let all = read.await?;
    note(house, here, Deed::Administration, "holidays listed").await?;
    Ok(all.iter().map(|(day, name)| json!({ "day": day.to_string(), "name": name })).collect())
}

/// The hours that `1-5=09:00-12:30` says: one for each day.
pub(super) fn weekly(text: &str) -> Result<Vec<Weekly>> {
    let why = "Hours are written as 1-5=09:00-12:30, 1 being Monday.";
    let unfit = || Error::invalid("at", "hours_unfit", why);
    let (days, times) = text.split_once('=').ok_or_else(unfit)?;
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let weekday =
        |digit: &str| digit.parse::<i8>().ok().filter(|day| (1..=7).contains(day)).ok_or_else(unfit);
    let (first, last) = (weekday(first)?, weekday(last)?);
    let (from, until) = stretch(times)?;
    let on = |weekday| Weekly { weekday, from, until, first_day: None, last_day: None };
    Ok((first..=last).map(on).collect())
}

/// The minutes that `09:00-12:30` says.
fn stretch(text: &str) -> Result<(Minute, Minute)> {
    let unfit = || Error::invalid("at", "hours_unfit", "Times are written as 09:00-12:30.");
    let (from, until) = text.split_once('-').ok_or_else(unfit)?;
    Ok((minute("at", from)?, minute("at", until)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_for_each_of_their_days() {
        let days: Vec<_> = weekly("1-5=09:00-12:30").expect("hours").iter().map(|one| one.weekday).collect();
        assert_eq!(days, [1, 2, 3, 4, 5]);
        let saturday = weekly("6=22:00-26:00").expect("hours");
        assert_eq!((saturday[0].weekday, saturday[0].from, saturday[0].until), (6, 1_320, 1_560));
        for bad in ["", "1", "0=09:00-10:00", "1-8=09:00-10:00", "1=9-10", "mon=09:00-10:00", "1=09:00"] {
            assert!(weekly(bad).is_err(), "{bad}");
        }
    }
}
