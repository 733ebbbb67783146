//! Who may act in a patient's stead (docs/access.md, rule 7).

use kernel::{Error, Event, Id, Kind, OrganisationId, PersonId, Result, Role};
use store::{Tx, args};

use crate::log::{self, By};
use crate::memberships;
use crate::rows::memberships as rows;

/// What a mandate's id names.
#[derive(Debug)]
pub enum MandateOf {}
/// The id of a mandate.
pub type MandateId = Id<MandateOf>;

/// Why somebody may act for a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MandateKind {
    /// A parent for a child.
    Parent,
    /// Somebody who cares for the patient at home.
    Carer,
    /// A guardian whom a court named.
    Guardian,
    /// Somebody who translates.
    Interpreter,
}

impl MandateKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Parent, Self::Carer, Self::Guardian, Self::Interpreter];

    /// Its name in the database and in commands.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parent => "parent",
            Self::Carer => "carer",
            Self::Guardian => "guardian",
            Self::Interpreter => "interpreter",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A mandate that stands. To read is always part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// Which.
    pub id: MandateId,
    /// For whom.
    pub patient: PersonId,
    /// Who may act.
    pub proxy: PersonId,
    /// Why.
    pub kind: MandateKind,
    /// Whether they may write messages.
    pub may_write: bool,
    /// Whether they may book appointments.
    pub may_book: bool,
}

/// A mandate to give.
#[derive(Clone, Debug)]
pub struct NewMandate {
    /// Where.
    pub organisation: OrganisationId,
    /// For whom.
    pub patient: PersonId,
    /// Who may act.
    pub proxy: PersonId,
    /// Why.
    pub kind: MandateKind,
    /// Whether they may write messages.
    pub may_write: bool,
    /// Whether they may book appointments.
    pub may_book: bool,
    /// Who gives it: the patient, or somebody of the organisation.
    pub given_by: PersonId,
    /// When it ends by itself, in milliseconds since 1970.
    pub end_ms: Option<i64>,
}

/// Gives a mandate over a patient of the organisation.
pub async fn give(tx: &Tx, by: By<'_>, new: &NewMandate) -> Result<MandateId> {
    if new.patient == new.proxy {
        return Err(Error::invalid("proxy", "proxy_is_patient", "Nobody acts in their own stead."));
    }
    if !memberships::roles(tx, new.organisation, new.patient).await?.contains(&Role::Patient) {
        return Err(Error::not_found(Kind::Person));
    }
    let id = tx.new_id();
    let values = args![
        &id,
        &new.organisation,
        &new.patient,
        &new.proxy,
        new.kind.name(),
        new.may_write,
        new.may_book,
        &new.given_by,
        tx.now_ms(),
        new.end_ms
    ];
    tx.run(rows::INSERT_MANDATE, &values).await?;
    tx.emit(Event::PersonChanged { person: new.proxy });
    log::mandate(tx, by, new.organisation, new.patient, id.as_bytes(), "mandate given").await?;
    Ok(id)
}

/// Ends a mandate now.
pub async fn end(tx: &Tx, by: By<'_>, organisation: OrganisationId, id: MandateId) -> Result<()> {
    let values = args![&organisation, &id, tx.now_ms()];
    let ended =
        tx.one(rows::END_MANDATE, &values, |row| Ok((row.get::<PersonId>(0)?, row.get::<PersonId>(1)?)));
    let (proxy, patient) = ended.await?.ok_or(Error::not_found(Kind::Person))?;
    tx.emit(Event::PersonChanged { person: proxy });
    log::mandate(tx, by, organisation, patient, id.as_bytes(), "mandate ended").await
}

/// The mandates in an organisation that let somebody act for others now.
pub async fn of_proxy(tx: &Tx, organisation: OrganisationId, proxy: PersonId) -> Result<Vec<Mandate>> {
    tx.all(rows::MANDATES_OF_PROXY, &args![&organisation, &proxy, tx.now_ms()], rows::mandate).await
}
