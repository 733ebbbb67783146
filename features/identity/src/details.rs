//! What practices ask patients for before they book: gender, day of birth, telephone and postal address. Sealed as their
//! names are.

use std::collections::HashMap;

use jiff::civil::Date;
use kernel::{Error, Event, OrganisationId, PersonId, Result};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, args};
use vault::{KeyRing, Place, Vault};

use crate::log::{self, By};
use crate::persons::must_belong;
use crate::rows::details as rows;

const CHARS_MAX: usize = 200;
const PHONE_CHARS_MAX: usize = 30;
const ZIP_CHARS_MAX: usize = 20;
/// Nobody was born before it.
const BORN_FROM: Date = Date::constant(1880, 1, 1);

/// A gender, as FHIR's administrative one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Another.
    Other,
}

impl Gender {
    /// Every gender.
    pub const ALL: [Self; 3] = [Self::Female, Self::Male, Self::Other];

    /// Its name in commands and on wires.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
            Self::Other => "other",
        }
    }

    /// The gender of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gender| gender.name() == name)
    }
}

/// What is known of somebody. What is not is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Day of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub born_on: Option<Date>,
    /// Telephone; a mobile number is an identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Country, by its two letters (ISO 3166-1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// Details, sealed for one person.
#[derive(Clone, Debug)]
pub struct SealedDetails {
    person: PersonId,
    details: Vec<u8>,
}

impl Details {
    /// Whether a letter could be sent by post.
    #[must_use]
    pub const fn has_address(&self) -> bool {
        self.street.is_some() && self.zip.is_some() && self.city.is_some()
    }

    /// Checks and seals them for this person, outside any transaction.
    ///
    /// # Errors
    /// [`Error::Invalid`] of the field that does not fit.
    pub fn seal(&self, ring: &KeyRing, today: Date, person: PersonId) -> Result<SealedDetails> {
        let details = self.trimmed();
        details.check(today)?;
        let json = serde_json::to_vec(&details).map_err(Error::bug)?;
        Ok(SealedDetails { person, details: ring.seal(place(&person), &json) })
    }

    fn trimmed(&self) -> Self {
        let text = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        Self {
            phone: text(&self.phone),
            street: text(&self.street),
            zip: text(&self.zip),
            city: text(&self.city),
            country: text(&self.country).map(|country| country.to_ascii_uppercase()),
            ..self.clone()
        }
    }

    fn check(&self, today: Date) -> Result<()> {
        let texts = [
            ("phone", &self.phone, PHONE_CHARS_MAX),
            ("street", &self.street, CHARS_MAX),
            ("zip", &self.zip, ZIP_CHARS_MAX),
            ("city", &self.city, CHARS_MAX),
        ];
        for (field, text, most) in texts {
            let text = text.as_deref().unwrap_or_default();
            crate::fits::name(field, text)?;
            if text.chars().count() > most {
                return Err(Error::invalid(field, "detail_length", format!("At most {most} characters.")));
            }
        }
        let is_phone = |phone: &str| {
            phone.chars().all(|c| c.is_ascii_digit() || " +-/().".contains(c))
                && phone.chars().any(|c| c.is_ascii_digit())
        };
        if self.phone.as_deref().is_some_and(|phone| !is_phone(phone)) {
            let why = "A telephone number has digits, and + - / ( ) . and blanks between them.";
            return Err(Error::invalid("phone", "phone_unfit", why));
        }
        let is_country =
            |country: &str| country.len() == 2 && country.bytes().all(|c| c.is_ascii_uppercase());
        if self.country.as_deref().is_some_and(|country| !is_country(country)) {
            return Err(Error::invalid("country", "country_unfit", "A country has two letters, such as NL."));
        }
        if self.born_on.is_some_and(|born_on| born_on < BORN_FROM || born_on > today) {
            return Err(Error::invalid("born_on", "born_on_unfit", "Nobody alive was born on this day."));
        }
        Ok(())
    }
}

pub(crate) fn place(person: &PersonId) -> Place<'_> {
    Place { table: "person_details", column: "details", row: person.as_bytes() }
}

fn opened(ring: &KeyRing, person: PersonId, sealed: &[u8]) -> Result<Details> {
    // The error of the parser could hold what it read.
    serde_json::from_slice(&ring.open(place(&person), sealed)?)
        .map_err(|_| Error::bug("details of somebody that are no JSON of ours"))
}

/// What is known of somebody. Whoever shows it to anybody leaves a line of its own.
///
/// # Errors
/// The store's, and the vault's.
pub async fn of(tx: &Tx, person: PersonId) -> Result<Details> {
    let ring = tx.tool::<Vault>()?.house();
    let read = |row: &Row<'_>| opened(&ring, person, &row.get::<Vec<u8>>(0)?);
    Ok(tx.one(rows::GET, &args![&person], read).await?.unwrap_or_default())
}

/// What is known of each of these; nothing of some is left out.
///
/// # Errors
/// As [`of`].
pub async fn of_all(tx: &Tx, people: &[PersonId]) -> Result<HashMap<PersonId, Details>> {
    let ring = tx.tool::<Vault>()?.house();
    let read = |row: &Row<'_>| {
        let person = row.get::<PersonId>(0)?;
        Ok((person, opened(&ring, person, &row.get::<Vec<u8>>(1)?)?))
    };
    Ok(tx.all_of(rows::OF, people, &[], read).await?.into_iter().collect())
}

/// Notes what is known of somebody of the organisation, in place of what was noted before.
///
/// # Errors
/// [`Error::NotFound`] for who does not belong there.
pub async fn set(tx: &Tx, by: By<'_>, organisation: OrganisationId, sealed: &SealedDetails) -> Result<()> {
    let person = sealed.person;
    let patient = must_belong(tx, organisation, person).await?;
    tx.run(rows::PUT, &args![&person, &sealed.details, tx.now_ms()]).await?;
    tx.emit(Event::PersonChanged { person });
    log::named(tx, by, organisation, (person, patient), "details noted").await
}

/// Notes that what is known of somebody was shown to who looks after the organisation.
///
/// # Errors
/// [`Error::NotFound`] for who does not belong there.
pub async fn shown(tx: &Tx, by: By<'_>, organisation: OrganisationId, person: PersonId) -> Result<Details> {
    let patient = must_belong(tx, organisation, person).await?;
    log::named(tx, by, organisation, (person, patient), "details read").await?;
    of(tx, person).await
}

/// Details of who is gone, sealed anew for who is kept and has none.
#[derive(Clone, Debug)]
pub(crate) struct Moved {
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Moved {
    pub async fn seal(tx: &Tx, keep: PersonId, gone: PersonId) -> Result<Option<Self>> {
        let ring = tx.tool::<Vault>()?.house();
        let read = |row: &Row<'_>| {
            let before = row.get::<Vec<u8>>(0)?;
            let after = ring.seal(place(&keep), &ring.open(place(&gone), &before)?);
            Ok(Self { before, after })
        };
        tx.one(rows::FOR_MERGE, &args![&keep, &gone], read).await
    }

    /// Gives them to who is kept. Who is gone has them, too, so that nothing is lost when it is undone. Says whether they
    /// are still what was sealed.
    pub async fn take(&self, tx: &Tx, keep: PersonId, gone: PersonId) -> Result<bool> {
        let now = tx.one(rows::GET, &args![&gone], |row| row.get::<Vec<u8>>(0)).await?;
        if now.as_ref() != Some(&self.before) {
            return Ok(false);
        }
        tx.run(rows::TAKE, &args![&keep, &self.after, tx.now_ms(), &gone]).await?;
        Ok(true)
    }
}

/// Takes from who was kept what came from who was gone, unless something else was noted since.
pub(crate) async fn give_back(tx: &Tx, keep: PersonId, gone: PersonId) -> Result<()> {
    tx.run(rows::GIVE_BACK, &args![&keep, &gone]).await.map(drop)
}
