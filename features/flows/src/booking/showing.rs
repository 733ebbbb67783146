//! Appointments with what is needed to show them.

use std::collections::BTreeMap;

use booking::access::{self, Right};
use booking::appointments::{self, Details, Filter};
use booking::setup::{categories, institutions, insurances, types};
use booking::{Appointment, AppointmentType, Category, Institution, Insurance, asap};
use kernel::{
    Actor, AppointmentId, AppointmentTypeId, CategoryId, Error, InstitutionId, InsuranceId, Kind,
    OrganisationId, Result,
};
use store::Tx;
use vault::KeyRing;

use crate::House;

/// Appointments that one transaction looks up the words for, each of them perhaps of a type of its own.
const DRESSED_AT_ONCE: usize = 12;

/// An appointment with what is needed to show it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The appointment.
    pub appointment: Appointment,
    /// What was said when it was booked.
    pub details: Details,
    /// Its type.
    pub kind: AppointmentType,
    /// Its category.
    pub category: Category,
    /// Its place.
    pub institution: Institution,
    /// Who pays.
    pub insurance: Option<Insurance>,
    /// On the waiting list: the address, when it is.
    pub asap_email: Option<String>,
}

/// One appointment of the patient whom the actor speaks of.
///
/// # Errors
/// [`Error::NotFound`] for anybody else's.
pub async fn appointment(house: &House, actor: &Actor, id: AppointmentId) -> Result<Shown> {
    let read = house.read((actor.clone(), id), |tx, (actor, id)| {
        Box::pin(async move {
            let open = access::open(tx, actor, *id, Right::Read).await?;
            Ok((open.appointment().clone(), appointments::details(tx, &open).await?))
        })
    });
    let mut shown = dressed(house, actor, vec![read.await?]).await?;
    shown.pop().ok_or_else(|| Error::bug("an appointment that was read"))
}

/// Appointments of the patient whom the actor speaks of; page 1 is the first. How many there are in all comes with them.
///
/// # Errors
/// The store's.
pub async fn appointments(
    house: &House,
    actor: &Actor,
    filter: Filter,
    page: u32,
    per_page: u32,
) -> Result<(Vec<Shown>, i64)> {
    let input = (actor.clone(), filter, page, per_page);
    let read = house.read(input, |tx, (actor, filter, page, per_page)| {
        Box::pin(appointments::list(tx, actor, *filter, *page, *per_page))
    });
    let (found, count) = read.await?;
    Ok((dressed(house, actor, found).await?, count))
}

/// Appointments that were read, with their words.
pub(super) async fn dressed(
    house: &House,
    actor: &Actor,
    mut found: Vec<(Appointment, Vec<u8>)>,
) -> Result<Vec<Shown>> {
    let ring = house.vault.ring_of(&house.db, actor.organisation).await?;
    let mut shown = Vec::with_capacity(found.len());
    while !found.is_empty() {
        let some: Vec<_> = found.drain(..found.len().min(DRESSED_AT_ONCE)).collect();
        let input = (actor.organisation, ring.clone(), some);
        let dressing = house.read(input, |tx, (organisation, ring, some)| {
            Box::pin(async move {
                let mut wardrobe = Wardrobe::of(tx, *organisation, ring);
                wardrobe.dress(some).await
            })
        });
        shown.extend(dressing.await?);
    }
    Ok(shown)
}

/// What was looked up already.
struct Wardrobe<'t> {
    tx: &'t Tx,
    organisation: OrganisationId,
    ring: &'t KeyRing,
    kinds: BTreeMap<AppointmentTypeId, AppointmentType>,
    categories: BTreeMap<CategoryId, Category>,
    institutions: BTreeMap<InstitutionId, Institution>,
    insurances: BTreeMap<InsuranceId, Insurance>,
}

impl<'t> Wardrobe<'t> {
    const fn of(tx: &'t Tx, organisation: OrganisationId, ring: &'t KeyRing) -> Self {
        Self {
            tx,
            organisation,
            ring,
            kinds: BTreeMap::new(),
            categories: BTreeMap::new(),
            institutions: BTreeMap::new(),
            insurances: BTreeMap::new(),
        }
    }

    async fn dress(&mut self, some: &[(Appointment, Vec<u8>)]) -> Result<Vec<Shown>> {
        let ids: Vec<AppointmentId> = some.iter().map(|(appointment, _)| appointment.id).collect();
        let waiting = asap::of(self.tx, self.organisation, &ids).await?;
        let mut shown = Vec::with_capacity(some.len());
        for (appointment, sealed) in some {
            let waits = waiting.iter().find(|subscription| subscription.appointment == appointment.id);
            shown.push(Shown {
                details: Details::open(self.ring, appointment.id, sealed)?,
                kind: self.kind(appointment.kind).await?,
                category: self.category(appointment.category).await?,
                institution: self.institution(appointment.institution).await?,
                insurance: self.insurance(appointment.insurance).await?,
                asap_email: waits.map(|subscription| subscription.email(self.ring)).transpose()?,
                appointment: appointment.clone(),
            });
        }
        Ok(shown)
    }

    async fn kind(&mut self, id: AppointmentTypeId) -> Result<AppointmentType> {
        if let Some(known) = self.kinds.get(&id) {
            return Ok(known.clone());
        }
        let found = types::find(self.tx, self.organisation, id).await?;
        let found = found.ok_or(Error::not_found(Kind::AppointmentType))?;
        Ok(self.kinds.entry(id).or_insert(found).clone())
    }

    async fn category(&mut self, id: CategoryId) -> Result<Category> {
        if let Some(known) = self.categories.get(&id) {
            return Ok(known.clone());
        }
        let found = categories::find(self.tx, self.organisation, id).await?;
        let found = found.ok_or(Error::not_found(Kind::Category))?;
        Ok(self.categories.entry(id).or_insert(found).clone())
    }

    async fn institution(&mut self, id: InstitutionId) -> Result<Institution> {
        if let Some(known) = self.institutions.get(&id) {
            return Ok(known.clone());
        }
        let found = institutions::find(self.tx, self.organisation, id).await?;
        let found = found.ok_or(Error::not_found(Kind::Institution))?;
        Ok(self.institutions.entry(id).or_insert(found).clone())
    }

    async fn insurance(&mut self, id: Option<InsuranceId>) -> Result<Option<Insurance>> {
        let Some(id) = id else { return Ok(None) };
        if let Some(known) = self.insurances.get(&id) {
            return Ok(Some(known.clone()));
        }
        let found = insurances::find(self.tx, self.organisation, id).await?;
        if let Some(found) = &found {
            self.insurances.insert(id, found.clone());
        }
        Ok(found)
    }
}
