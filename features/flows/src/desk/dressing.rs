//! The names that go with appointments: of patients, types, places and of whom they are with.

use std::collections::{BTreeSet, HashMap};

use booking::Appointment;
use booking::appointments::Details;
use booking::calendar;
use booking::desk::DayEntry;
use booking::labels::{self, Label, Labels};
use identity::{Language, Person, details, find_people};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::{Actor, PersonId, ResourceId, Result};
use store::Tx;
use vault::KeyRing;

/// An appointment as the desk sees it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The appointment.
    pub appointment: Appointment,
    /// Whose; nothing where who looks may know no more than that the time is taken.
    pub patient: Option<Patient>,
    /// Its type.
    pub kind: Label,
    /// Where.
    pub institution: Label,
    /// Who pays.
    pub insurance: Option<Label>,
    /// With whom and what, by name.
    pub resources: Vec<(ResourceId, String)>,
    /// What was said.
    pub details: Details,
    /// In which it is shown.
    pub zone: TimeZone,
}

/// Whose an appointment is.
#[derive(Clone, Debug)]
pub struct Patient {
    /// Who.
    pub id: PersonId,
    /// Their name; a sign for it of who left for good.
    pub name: String,
    /// When they were born, when it is known.
    pub born_on: Option<Date>,
}

/// Names, read with the appointments that they go with.
pub(super) struct Dressing {
    labels: Labels,
    people: HashMap<PersonId, Person>,
    born: HashMap<PersonId, Date>,
}

/// Reads the names that go with appointments of these patients, whom the actor came by through a door.
pub(super) async fn dress(
    tx: &Tx,
    actor: &Actor,
    patients: impl IntoIterator<Item = PersonId>,
) -> Result<Dressing> {
    let ids: Vec<PersonId> = patients.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let labels = labels::of(tx, actor.organisation).await?;
    let people = find_people(tx, actor, &ids).await?;
    let born = births(tx, &ids).await?;
    Ok(Dressing { labels, people: people.into_iter().map(|one| (one.id, one)).collect(), born })
}

/// The same for the entries of a list, of whose patients who looks may know.
pub(super) async fn dress_entries(tx: &Tx, actor: &Actor, entries: &[DayEntry]) -> Result<Dressing> {
    let known = entries.iter().filter(|entry| entry.ground.is_some());
    dress(tx, actor, known.map(|entry| entry.appointment.patient).chain([actor.person])).await
}

/// When these people were born, of whom it is known.
pub(super) async fn births(tx: &Tx, people: &[PersonId]) -> Result<HashMap<PersonId, Date>> {
    let known = details::of_all(tx, people).await?;
    Ok(known.into_iter().filter_map(|(id, known)| Some((id, known.born_on?))).collect())
}

impl Dressing {
    /// What somebody is spoken to in, when their name was read.
    pub fn language_of(&self, person: PersonId) -> Option<Language> {
        self.people.get(&person).map(|person| person.language)
    }

    /// An entry of a list with its names. Where who looks may not know whose it is, it tells that the time is taken.
    ///
    /// # Errors
    /// The vault's, and as [`Self::show`].
    pub fn show_entry(&self, ring: &KeyRing, entry: DayEntry) -> Result<Shown> {
        let DayEntry { appointment, resources, details, ground, .. } = entry;
        if ground.is_none() {
            let shown = self.show((appointment, resources), Details::default())?;
            return Ok(Shown { patient: None, insurance: None, ..shown });
        }
        let details = Details::open(ring, appointment.id, &details)?;
        self.show((appointment, resources), details)
    }

    /// An appointment with its names.
    ///
    /// # Errors
    /// [`calendar::zone`]'s.
    pub fn show(
        &self,
        (appointment, resources): (Appointment, Vec<ResourceId>),
        details: Details,
    ) -> Result<Shown> {
        let label = |found: Option<&Label>| found.cloned().unwrap_or_default();
        let called = |id: &ResourceId| self.labels.resources.get(id).cloned().unwrap_or_default();
        let person = self.people.get(&appointment.patient);
        let mut resources: Vec<_> = resources.iter().map(|id| (*id, called(id))).collect();
        resources.sort_by(|(_, one), (_, other)| one.cmp(other));
        Ok(Shown {
            patient: Some(Patient {
                id: appointment.patient,
                name: person.map_or_else(|| "…".to_owned(), Person::full_name),
                born_on: self.born.get(&appointment.patient).copied(),
            }),
            kind: label(self.labels.kinds.get(&appointment.kind)),
            institution: label(self.labels.institutions.get(&appointment.institution)),
            insurance: appointment.insurance.map(|id| label(self.labels.insurances.get(&id))),
            resources,
            zone: calendar::zone(&appointment.time_zone)?,
            appointment,
            details,
        })
    }
}
