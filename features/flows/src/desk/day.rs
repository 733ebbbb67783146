//! The appointments of a day, as they are looked at and as they are taken along on paper.

use audit::{Deed, Line};
use booking::calendar;
use booking::desk::{self, DayEntry};
use booking::setup::{institutions, settings};
use booking::{Institution, Number};
use identity::{Language, Organisation, organisations};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Actor, Error, Kind, Result};
use store::Tx;

use super::dressing::{Dressing, Shown, dress_entries};
use crate::House;

/// The appointments of a local day at an institution.
#[derive(Clone, Debug)]
pub struct Day {
    /// What the organisation is called.
    pub organisation: String,
    /// Where.
    pub institution: Institution,
    /// What its clocks show.
    pub zone: TimeZone,
    /// Which day.
    pub date: Date,
    /// When it was read: what changed afterwards is not in it.
    pub as_of_ms: i64,
    /// Since when the practice works on paper.
    pub down_since_ms: Option<i64>,
    /// What the reader's account is spoken to in, or the organisation.
    pub language: Language,
    /// The appointments, by start; cancelled ones are left out.
    pub appointments: Vec<Shown>,
}

impl Day {
    /// An instant at the clocks of the institution.
    #[must_use]
    pub fn at(&self, ms: i64) -> jiff::Zoned {
        instant_of_ms(ms).to_zoned(self.zone.clone())
    }
}

/// What is read in one go.
struct Read {
    organisation: Organisation,
    institution: Institution,
    language: Option<Language>,
    down_since_ms: Option<i64>,
    entries: Vec<DayEntry>,
    dressing: Dressing,
}

/// The appointments of a day. A line about each patient is left.
///
/// # Errors
/// As [`desk::day`]; [`Error::NotFound`] when there is no such institution.
pub async fn day(house: &House, actor: &Actor, institution: Number, date: Date) -> Result<Day> {
    let input = (actor.clone(), institution, date);
    let read = house
        .read_long(input, |tx, (actor, institution, date)| Box::pin(read(tx, actor, *institution, *date)));
    opened(house, actor, date, read.await?).await
}

/// The same to be printed, of which the access log tells besides.
///
/// # Errors
/// As [`day`].
pub async fn taken_along(house: &House, actor: &Actor, institution: Number, date: Date) -> Result<Day> {
    let input = (actor.clone(), institution, date);
    let read = house.read_long(input, |tx, (actor, institution, date)| {
        Box::pin(async move {
            let read = read(tx, actor, *institution, *date).await?;
            let line = Line::of(actor, Deed::DayPrinted).object(read.institution.id.as_bytes());
            audit::write(tx, line.because(date.to_string())).await?;
            Ok(read)
        })
    });
    opened(house, actor, date, read.await?).await
}

async fn read(tx: &Tx, actor: &Actor, institution: Number, date: Date) -> Result<Read> {
    let here = actor.organisation;
    let organisation = organisations::find(tx, here).await?.ok_or(Error::not_found(Kind::Organisation))?;
    let institution = institutions::find_numbered(tx, here, institution).await?;
    let institution = institution.ok_or(Error::not_found(Kind::Institution))?;
    let entries = desk::day(tx, actor, institution.id, date).await?;
    let dressing = dress_entries(tx, actor, &entries).await?;
    let language = dressing.language_of(actor.person);
    let down_since_ms = settings::of(tx, here).await?.downtime_since_ms;
    Ok(Read { organisation, institution, language, down_since_ms, entries, dressing })
}

async fn opened(house: &House, actor: &Actor, date: Date, read: Read) -> Result<Day> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let Read { organisation, institution, language, down_since_ms, entries, dressing } = read;
    let shown = entries.into_iter().map(|entry| dressing.show_entry(&ring, entry));
    let appointments = shown.collect::<Result<Vec<_>>>()?;
    let language = language.or(organisation.languages.first().copied()).unwrap_or_default();
    Ok(Day {
        organisation: organisation.name,
        zone: calendar::zone(&institution.time_zone)?,
        institution,
        date,
        as_of_ms: house.clock.now_ms(),
        down_since_ms,
        language,
        appointments,
    })
}
