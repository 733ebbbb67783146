//! Who may act in a patient's stead (docs/access.md, rule 7).

use kernel::{Actor, Error, Event, Id, Kind, OrganisationId, PersonId, Result, Role};
use store::{Tx, args};

use crate::log::{self, By};
use crate::rows::memberships as rows;
use crate::{memberships, persons};

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
    /// Since when, in milliseconds since 1970.
    pub start_ms: i64,
    /// Until when, unless it is ended before.
    pub end_ms: Option<i64>,
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

/// The mandates that a patient of the organisation gave, or that were given over them, and that stand now; the newest
/// first.
pub async fn of_patient(tx: &Tx, organisation: OrganisationId, patient: PersonId) -> Result<Vec<Mandate>> {
    tx.all(rows::MANDATES_OF_PATIENT, &args![&organisation, &patient, tx.now_ms()], rows::mandate).await
}

/// What a patient allows somebody.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// The keyed hash of the e-mail address of who may act.
    pub proxy: [u8; 32],
    /// Why.
    pub kind: MandateKind,
    /// Whether they may write messages.
    pub may_write: bool,
    /// Whether they may book appointments.
    pub may_book: bool,
    /// When it ends by itself, in milliseconds since 1970.
    pub end_ms: Option<i64>,
}

/// Lets the actor, a patient, have somebody of the same organisation act for them.
///
/// # Errors
/// [`Error::NotAllowed`] to who is no patient there, [`Error::NotFound`] when nobody there has this address,
/// [`Error::Conflict`] when they may act already, [`Error::Invalid`] for an end that has passed.
pub async fn give_own(tx: &Tx, actor: &Actor, wish: &Wish) -> Result<MandateId> {
    let (organisation, patient) = (actor.organisation, actor.person);
    if memberships::patient(tx, organisation, patient).await?.is_none() {
        return Err(Error::not_allowed("not_patient", "A patient has others act for them."));
    }
    if wish.end_ms.is_some_and(|end_ms| end_ms <= tx.now_ms()) {
        return Err(Error::invalid("until", "until_passed", "This day has passed."));
    }
    let nobody = || Error::not_found(Kind::Person);
    let system = persons::systems::EMAIL;
    let proxy = persons::find_known_in(tx, organisation, system, &wish.proxy).await?.ok_or_else(nobody)?;
    if memberships::roles(tx, organisation, proxy).await?.is_empty() {
        return Err(nobody());
    }
    if of_patient(tx, organisation, patient).await?.iter().any(|one| one.proxy == proxy) {
        return Err(Error::conflict("mandate_stands", "They may act already."));
    }
    let Wish { kind, may_write, may_book, end_ms, .. } = *wish;
    let new =
        NewMandate { organisation, patient, proxy, kind, may_write, may_book, given_by: patient, end_ms };
    give(tx, By::Actor(actor), &new).await
}

/// Ends a mandate that the actor gave or has.
///
/// # Errors
/// [`Error::NotFound`] for any other.
pub async fn end_own(tx: &Tx, actor: &Actor, id: MandateId) -> Result<()> {
    let values = args![&actor.organisation, &id, &actor.person];
    if tx.one(rows::IS_MANDATE_OF, &values, |row| row.get::<MandateId>(0)).await?.is_none() {
        return Err(Error::not_found(Kind::Person));
    }
    end(tx, By::Actor(actor), actor.organisation, id).await
}
