//! Notices: who is told by mail that something waits for them, when, and whether mail reaches them at all.

use audit::{Deed, Line};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use kernel::clock::instant_of_ms;
use kernel::{Actor, Error, Kind, OrganisationId, Origin, PersonId, Result};
use store::{Row, Tx, args};
use vault::Vault;

use crate::log::{self, By};
use crate::persons::{identifier_place, identifier_row, systems};
use crate::rows::notices as rows;
use crate::{Language, memberships, organisations};

/// How long something waits unread before its reader is told, unless the organisation chose otherwise.
const AFTER_MINUTES: i64 = 10;
/// From ten in the evening to seven in the morning.
const NIGHT: Quiet = Quiet { from_minute: 22 * 60, until_minute: 7 * 60 };
const AFTER_MINUTES_MAX: i64 = 7 * 24 * 60;
const DAY_MINUTES: i64 = 24 * 60;
/// The pause between two letters that prove that mail reaches somebody.
const PROOF_PAUSE_MS: i64 = 5 * 60_000;

/// Hours in which nobody is told: minutes of the day, of which the first may be later than the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// From when on.
    pub from_minute: i64,
    /// Up to when; the same as the first is never.
    pub until_minute: i64,
}

/// What an organisation chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long something waits unread before its reader is told.
    pub after_minutes: i64,
    /// When nobody is told.
    pub quiet: Quiet,
}

/// What a person chose, in all their organisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// Whether they are told at all.
    pub wanted: bool,
    /// When they are not; `None` for the hours of the organisation.
    pub quiet: Option<Quiet>,
}

/// Somebody whom mail reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Where.
    pub email: String,
    /// What they are spoken to in.
    pub language: Language,
    /// What they chose.
    pub wishes: Wishes,
}

/// An e-mail address of somebody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAddress {
    /// The address.
    pub email: String,
    /// The keyed hash that it is found by.
    pub hash: [u8; 32],
    /// Whether it was verified to be theirs.
    pub is_verified: bool,
    /// Whether what is sent there comes back.
    pub is_undeliverable: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { after_minutes: AFTER_MINUTES, quiet: NIGHT }
    }
}

impl Default for Wishes {
    fn default() -> Self {
        Self { wanted: true, quiet: None }
    }
}

impl Quiet {
    /// Hours such as `22:00` and `07:00`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no time of the day.
    pub fn between(from: &str, until: &str) -> Result<Self> {
        Ok(Self { from_minute: minute(from)?, until_minute: minute(until)? })
    }

    /// Its beginning as `22:00`.
    #[must_use]
    pub fn from(self) -> String {
        clock_face(self.from_minute)
    }

    /// Its end as `07:00`.
    #[must_use]
    pub fn until(self) -> String {
        clock_face(self.until_minute)
    }

    /// When it ends, if this instant lies within it.
    #[must_use]
    pub fn ends_ms(self, now_ms: i64, zone: &TimeZone) -> Option<i64> {
        let now = instant_of_ms(now_ms).to_zoned(zone.clone());
        let minute = i64::from(now.hour()) * 60 + i64::from(now.minute());
        let (from, until) = (self.from_minute, self.until_minute);
        let is_within =
            if from <= until { from <= minute && minute < until } else { minute >= from || minute < until };
        if !is_within {
            return None;
        }
        let date = now.date();
        let day = if minute < until { date } else { date.tomorrow().unwrap_or(date) };
        let time = Time::new((until / 60) as i8, (until % 60) as i8, 0, 0).unwrap_or(Time::midnight());
        let end = day.to_datetime(time).to_zoned(zone.clone()).ok()?;
        Some(end.timestamp().as_millisecond().max(now_ms + 1))
    }
}

fn minute(text: &str) -> Result<i64> {
    let unfit = || Error::invalid("quiet", "time_unfit", "A time of the day is written 22:00.");
    let (hours, minutes) = text.trim().split_once(':').ok_or_else(unfit)?;
    let number = |text: &str, most: i64| {
        let is_plain = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|number| is_plain && *number < most).ok_or_else(unfit)
    };
    // Some browsers send seconds, too.
    let minutes = minutes.split(':').next().unwrap_or_default();
    Ok(number(hours, 24)? * 60 + number(minutes, 60)?)
}

fn clock_face(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// What the organisation chose, or what holds when it did not.
pub async fn settings(tx: &Tx, organisation: OrganisationId) -> Result<Settings> {
    let asked = args![&organisation];
    let found = tx.one(rows::SETTINGS, &asked, |row| {
        let quiet = Quiet { from_minute: row.get(1)?, until_minute: row.get(2)? };
        Ok(Settings { after_minutes: row.get(0)?, quiet })
    });
    Ok(found.await?.unwrap_or_default())
}

/// Chooses for an organisation.
pub async fn set_settings(
    tx: &Tx,
    by: By<'_>,
    organisation: OrganisationId,
    settings: Settings,
) -> Result<()> {
    if !(1..=AFTER_MINUTES_MAX).contains(&settings.after_minutes) {
        let why = "Between a minute and a week may pass before somebody is told.";
        return Err(Error::invalid("after_minutes", "minutes_unfit", why));
    }
    must_be_of_a_day(settings.quiet)?;
    let Settings { after_minutes, quiet } = settings;
    let row = args![&organisation, after_minutes, quiet.from_minute, quiet.until_minute];
    tx.run(rows::SET_SETTINGS, &row).await?;
    log::administration(tx, by, organisation, organisation.as_bytes(), "notices of unread messages set").await
}

fn must_be_of_a_day(quiet: Quiet) -> Result<()> {
    let is_of_a_day = |minute: i64| (0..DAY_MINUTES).contains(&minute);
    if is_of_a_day(quiet.from_minute) && is_of_a_day(quiet.until_minute) {
        return Ok(());
    }
    Err(Error::invalid("quiet", "time_unfit", "A time of the day is written 22:00."))
}

/// What a person chose, or what holds when they did not.
pub async fn wishes(tx: &Tx, person: PersonId) -> Result<Wishes> {
    Ok(tx.one(rows::WISHES, &args![&person], |row| wishes_of(row, 0)).await?.unwrap_or_default())
}

fn wishes_of(row: &Row<'_>, at: usize) -> Result<Wishes> {
    let quiet = row.get::<Option<i64>>(at + 1)?.zip(row.get::<Option<i64>>(at + 2)?);
    let quiet = quiet.map(|(from_minute, until_minute)| Quiet { from_minute, until_minute });
    Ok(Wishes { wanted: row.get::<Option<bool>>(at)?.unwrap_or(true), quiet })
}

/// Chooses for the actor.
pub async fn set_wishes(tx: &Tx, actor: &Actor, wishes: Wishes) -> Result<()> {
    wishes.quiet.map_or(Ok(()), must_be_of_a_day)?;
    keep(tx, actor.person, wishes).await?;
    log::changed_oneself(tx, actor, "notices by mail set").await
}

async fn is_sandbox(tx: &Tx, organisation: OrganisationId) -> Result<bool> {
    Ok(organisations::find(tx, organisation).await?.is_some_and(|here| here.sandbox))
}

/// Switches the notices of somebody off who came with the link of one, without a session. The link works again and
/// again; what is off already leaves no line.
///
/// # Errors
/// [`Error::NotFound`] when the letter was of a sandbox, whose staff read it, and they are told of other places, too.
pub async fn switch_off(
    tx: &Tx,
    organisation: OrganisationId,
    person: PersonId,
    origin: Origin,
) -> Result<()> {
    if is_sandbox(tx, organisation).await? {
        for other in memberships::of_person(tx, person).await? {
            if !is_sandbox(tx, other.organisation).await? {
                return Err(Error::not_found(Kind::Page));
            }
        }
    }
    let now = wishes(tx, person).await?;
    if !now.wanted {
        return Ok(());
    }
    keep(tx, person, Wishes { wanted: false, ..now }).await?;
    let line = Line::without_actor(organisation, Deed::Administration).by(Some(person)).from(origin);
    note(tx, line, (organisation, person), "notices by mail switched off").await
}

async fn keep(tx: &Tx, person: PersonId, wishes: Wishes) -> Result<()> {
    let (from, until) = (wishes.quiet.map(|one| one.from_minute), wishes.quiet.map(|one| one.until_minute));
    tx.run(rows::SET_WISHES, &args![&person, wishes.wanted, from, until]).await.map(drop)
}

/// A line about a person, who sees it when they are a patient.
async fn note(
    tx: &Tx,
    line: Line,
    (organisation, person): (OrganisationId, PersonId),
    what: &'static str,
) -> Result<()> {
    let patient = memberships::patient(tx, organisation, person).await?;
    audit::write(tx, line.about(patient).object(person.as_bytes()).because(what)).await
}

/// Somebody of the organisation whom mail reaches; `None` for whom it does not, or who is no more there.
pub async fn recipient(tx: &Tx, organisation: OrganisationId, person: PersonId) -> Result<Option<Recipient>> {
    let ring = tx.tool::<Vault>()?.house();
    let asked = args![&organisation, &person, tx.now_ms()];
    let found = tx.one(rows::RECIPIENT, &asked, |row| {
        let hash = row.get::<[u8; 32]>(1)?;
        let place = identifier_row(person, &hash);
        Ok(Recipient {
            email: ring.open_text(identifier_place(&place), &row.get::<Vec<u8>>(2)?)?,
            language: Language::of_tag(&row.get::<String>(0)?).unwrap_or_default(),
            wishes: wishes_of(row, 3)?,
        })
    });
    found.await
}

/// The e-mail address of a person, when they have one.
pub async fn address(tx: &Tx, person: PersonId) -> Result<Option<KnownAddress>> {
    let ring = tx.tool::<Vault>()?.house();
    let asked = args![&person];
    let found = tx.one(rows::ADDRESS, &asked, |row| {
        let hash = row.get::<[u8; 32]>(0)?;
        let place = identifier_row(person, &hash);
        Ok(KnownAddress {
            email: ring.open_text(identifier_place(&place), &row.get::<Vec<u8>>(1)?)?,
            hash,
            is_verified: row.get::<Option<i64>>(2)?.is_some(),
            is_undeliverable: row.get::<Option<i64>>(3)?.is_some(),
        })
    });
    found.await
}

/// What a person is spoken to in.
pub async fn language(tx: &Tx, person: PersonId) -> Result<Option<Language>> {
    tx.one(rows::LANGUAGE, &args![&person], |row| {
        Ok(Language::of_tag(&row.get::<String>(0)?).unwrap_or_default())
    })
    .await
}

/// Notes that what is sent to an address comes back. Nothing more is sent there until it is [proven](prove).
pub async fn mark_undeliverable(tx: &Tx, organisation: OrganisationId, email: &str) -> Result<()> {
    let hash = tx.tool::<Vault>()?.blind(systems::EMAIL, email);
    let row = args![&hash, tx.now_ms()];
    let Some(person) = tx.one(rows::MARK_UNDELIVERABLE, &row, |row| row.get::<PersonId>(0)).await? else {
        return Ok(());
    };
    let line = Line::without_actor(organisation, Deed::Administration);
    note(tx, line, (organisation, person), "mail does not arrive").await
}

/// Whether it is noted of an address that what is sent there comes back.
pub async fn is_undeliverable(tx: &Tx, email: &str) -> Result<bool> {
    let hash = tx.tool::<Vault>()?.blind(systems::EMAIL, email);
    Ok(tx.one(rows::IS_UNDELIVERABLE, &args![&hash], |row| row.get::<i64>(0)).await?.is_some())
}

/// Whether a letter may be sent that proves that mail reaches somebody: not one after the other.
pub async fn ask_for_proof(tx: &Tx, person: PersonId) -> Result<bool> {
    let now = tx.now_ms();
    Ok(tx.run(rows::ASK_FOR_PROOF, &args![&person, now, now - PROOF_PAUSE_MS]).await? > 0)
}

/// Somebody came with the link of a letter to this address: it is theirs, and mail arrives there. Says whether they
/// still have it.
pub async fn prove(
    tx: &Tx,
    (organisation, person): (OrganisationId, PersonId),
    hash: &[u8; 32],
    origin: Origin,
) -> Result<bool> {
    let is_sandbox = is_sandbox(tx, organisation).await?;
    if tx.run(rows::PROVE, &args![&person, hash, tx.now_ms(), is_sandbox]).await? == 0 {
        return Ok(false);
    }
    let line = Line::without_actor(organisation, Deed::Administration).by(Some(person)).from(origin);
    note(tx, line, (organisation, person), "e-mail address confirmed").await?;
    Ok(true)
}

/// Somebody who may have to be told that something waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueNotice {
    /// Where it waits.
    pub organisation: OrganisationId,
    /// For whom.
    pub person: PersonId,
    /// Since when that is to be looked at.
    pub due_ms: i64,
    /// When they were told last.
    pub noticed_ms: Option<i64>,
}

/// What comes of one that was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is nothing to tell.
    Nothing,
    /// It is to be looked at again then.
    Later(i64),
    /// They are told now.
    Told,
}

/// Notes that something came for somebody, to be looked at from this instant on.
pub async fn note_due(tx: &Tx, organisation: OrganisationId, person: PersonId, due_ms: i64) -> Result<()> {
    tx.run(rows::NOTE_DUE, &args![&organisation, &person, due_ms]).await.map(drop)
}

/// Who is to be looked at now, of all organisations.
pub async fn due(tx: &Tx, most: i64) -> Result<Vec<DueNotice>> {
    let notice = |row: &Row<'_>| {
        Ok(DueNotice {
            organisation: row.get(0)?,
            person: row.get(1)?,
            due_ms: row.get(2)?,
            noticed_ms: row.get(3)?,
        })
    };
    tx.all(rows::DUE, &args![tx.now_ms(), most], notice).await
}

/// Keeps what came of it, and says whether nobody else did so before.
pub async fn settle(tx: &Tx, notice: &DueNotice, outcome: Outcome) -> Result<bool> {
    let (due_ms, noticed_ms) = match outcome {
        Outcome::Nothing => (None, notice.noticed_ms),
        Outcome::Later(due_ms) => (Some(due_ms), notice.noticed_ms),
        Outcome::Told => (None, Some(tx.now_ms())),
    };
    let row = args![&notice.organisation, &notice.person, notice.due_ms, due_ms, noticed_ms];
    Ok(tx.run(rows::SETTLE, &row).await? > 0)
}

/// Up to when messages were looked at.
pub async fn walked_until(tx: &Tx) -> Result<Option<i64>> {
    tx.one(rows::WALKED, &[], |row| row.get(0)).await
}

/// Messages were looked at up to this instant.
pub async fn walk_on(tx: &Tx, until_ms: i64) -> Result<()> {
    tx.run(rows::WALK_ON, &args![until_ms]).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
    }

    fn ends(quiet: Quiet, now: &str) -> Option<String> {
        let zone = TimeZone::get("Europe/Amsterdam").unwrap();
        quiet.ends_ms(at(now), &zone).map(|ms| instant_of_ms(ms).to_string())
    }

    #[test]
    fn a_night_ends_in_the_morning_of_the_place_where_it_is() {
        assert_eq!(ends(NIGHT, "2026-01-15T20:59:59Z"), None, "21:59");
        assert_eq!(ends(NIGHT, "2026-01-15T21:00:00Z").as_deref(), Some("2026-01-16T06:00:00Z"));
        assert_eq!(ends(NIGHT, "2026-01-16T05:59:00Z").as_deref(), Some("2026-01-16T06:00:00Z"));
        assert_eq!(ends(NIGHT, "2026-01-16T06:00:00Z"), None, "seven");
        // The night in which the clocks go on is an hour shorter.
        assert_eq!(ends(NIGHT, "2026-03-28T22:30:00Z").as_deref(), Some("2026-03-29T05:00:00Z"));
        let noon = Quiet::between("12:00", "13:00").unwrap();
        assert_eq!(ends(noon, "2026-07-01T10:30:00Z").as_deref(), Some("2026-07-01T11:00:00Z"));
        assert_eq!(ends(noon, "2026-07-01T11:00:00Z"), None);
        let never = Quiet::between("00:00", "0:00").unwrap();
        assert_eq!(ends(never, "2026-07-01T22:00:00Z"), None);
    }

    #[test]
    fn a_time_of_the_day_is_read_as_it_is_written() {
        let quiet = Quiet::between("22:05", "7:00:00").unwrap();
        assert_eq!((quiet.from(), quiet.until()), ("22:05".to_owned(), "07:00".to_owned()));
        for unfit in ["", "22", "24:00", "12:60", "-1:00", "+1:00", "a:b", "022:00"] {
            assert!(Quiet::between(unfit, "07:00").is_err(), "{unfit}");
        }
    }
}
