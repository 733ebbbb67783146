//! What can be booked at Praktijk De Linde: its place, who and what is there, and the types with their waiting list.

use booking::setup::categories::{self, NewCategory};
use booking::setup::institutions::{self, NewInstitution};
use booking::setup::resources::{self, NewResource};
use booking::setup::types::{self, NewType};
use booking::setup::{Author, insurances};
use booking::{Asap, InsuranceKind, ResourceKind, Weekly};
use flows::House;
use kernel::{CategoryId, Error, InstitutionId, OrganisationId, PersonId, ResourceId, Result};
use store::Tx;

use super::cast::{ORGANISATIONS, PEOPLE};
use super::told::Found;

/// Where the calendars are.
const WHERE: &str = "linde";
const BY: Author<'static> = Author::Operator;

/// Number, name and kind.
const INSURANCES: [(i64, &str, InsuranceKind); 4] = [
    (136, "Zilveren Kruis", InsuranceKind::Statutory),
    (137, "AOK Nordost", InsuranceKind::Statutory),
    (138, "Allianz Private", InsuranceKind::Private),
    (140, "I pay myself", InsuranceKind::SelfPayer),
];

/// Who and what is there, by a key of the cast or a name.
const RESOURCES: [(&str, ResourceKind); 5] = [
    ("devries", ResourceKind::Practitioner),
    ("bakker", ResourceKind::Practitioner),
    ("jansen", ResourceKind::Practitioner),
    ("Treatment room", ResourceKind::Room),
    ("Course room", ResourceKind::Room),
];

/// What patients are asked before a blood test.
const FORM: &str = r#"[{"name":"Do you take blood thinners?","required":true,"type":"select","config":{"options":["Yes","No","I do not know"]}},{"name":"Anything that we should know?","required":false,"type":"textarea","config":{}}]"#;

/// Makes them unless they are there: first who and what is there, then what can be booked.
pub async fn build(house: &House, found: &Found) -> Result<()> {
    let here = ORGANISATIONS.iter().zip(&found.organisations).find(|(cast, _)| cast.key == WHERE);
    let here = here.ok_or_else(|| Error::bug("a key of the cast that names nothing"))?.1.id;
    let people = found.people.clone();
    let placed = house.db.write((here, people), |tx, (here, people)| Box::pin(places(tx, *here, people)));
    let place = placed.await?;
    house.db.write((here, place), |tx, (here, place)| Box::pin(offers(tx, *here, place))).await
}

/// The place and who and what is there, in the order of [`RESOURCES`].
struct Place {
    id: InstitutionId,
    resources: Vec<ResourceId>,
}

async fn places(tx: &Tx, here: OrganisationId, people: &[PersonId]) -> Result<Place> {
    if let Some(standing) = institutions::list(tx, here).await?.first() {
        let there = resources::list(tx, here).await?;
        let named = |key: &str| there.iter().find(|one| one.name == called(key)).map(|one| one.id);
        return Ok(Place {
            id: standing.id,
            resources: RESOURCES.iter().filter_map(|(key, _)| named(key)).collect(),
        });
    }
    let id = institutions::add(tx, BY, here, &institution()).await?;
    for (number, name, kind) in INSURANCES {
        insurances::add(tx, BY, here, Some(number), name, kind).await?;
    }
    let mut all = Vec::new();
    for (key, kind) in RESOURCES {
        let person = PEOPLE.iter().zip(people).find(|(cast, _)| cast.key == key).map(|(_, id)| *id);
        let new = NewResource { institution: id, kind, name: called(key), person };
        let one = resources::add(tx, BY, here, &new).await?;
        resources::set_hours(tx, BY, here, one, &hours(kind)).await?;
        all.push(one);
    }
    Ok(Place { id, resources: all })
}

/// Letters go out at any hour, so that a visitor sees them at once.
fn institution() -> NewInstitution {
    NewInstitution {
        address: "Lindelaan 1\n3511 AB Utrecht\nNederland".to_owned(),
        quiet: (0, 0),
        letters_per_day_max: 20,
        ..NewInstitution::named("Praktijk De Linde", "Europe/Amsterdam")
    }
}

/// What is behind a key is called: somebody by their name, and a room as it is.
fn called(key: &str) -> String {
    let person = PEOPLE.iter().find(|cast| cast.key == key);
    person.map_or_else(|| key.to_owned(), |cast| format!("{} {}", cast.first_name, cast.last_name))
}

/// Weekdays and Saturday morning; rooms are open as long as anybody is there.
fn hours(kind: ResourceKind) -> Vec<Weekly> {
    let at = |weekday, from, until| Weekly { weekday, from, until, first_day: None, last_day: None };
    let days: &[_] = match kind {
        ResourceKind::Practitioner => &[(8 * 60, 12 * 60), (13 * 60, 17 * 60)],
        ResourceKind::Room | ResourceKind::Device => &[(8 * 60, 18 * 60)],
    };
    let weekdays = (1..=5).flat_map(|day| days.iter().map(move |(from, until)| at(day, *from, *until)));
    weekdays.chain([at(6, 9 * 60, 12 * 60)]).collect()
}

async fn offers(tx: &Tx, here: OrganisationId, place: &Place) -> Result<()> {
    if !categories::list(tx, here).await?.is_empty() {
        return Ok(());
    }
    let [devries, bakker, jansen, treatment, course] = place.resources[..] else {
        return Err(Error::bug("other resources than those of the cast"));
    };
    let doctor = NewCategory {
        number: Some(53),
        subtitle: Some("General practice".to_owned()),
        is_person: true,
        ..NewCategory::named(place.id, "Dr. de Vries")
    };
    let doctor = categories::add(tx, BY, here, &doctor).await?;
    for new in of_doctor(doctor, devries) {
        types::add(tx, BY, here, &new).await?;
    }
    let nurses = NewCategory {
        number: Some(54),
        subtitle: Some("Nurse and cardiologist".to_owned()),
        ..NewCategory::named(place.id, "Nursing and tests")
    };
    let nurses = categories::add(tx, BY, here, &nurses).await?;
    for new in of_nurses(nurses, [bakker, jansen, treatment, course]) {
        types::add(tx, BY, here, &new).await?;
    }
    Ok(())
}

/// One with a waiting list, to be booked, moved and cancelled until it starts, and a video visit.
fn of_doctor(category: CategoryId, devries: ResourceId) -> [NewType; 2] {
    let first = NewType::named(category, "First consultation", 20, vec![devries]);
    let video = NewType::named(category, "Video consultation", 15, vec![devries]);
    [
        NewType {
            number: Some(198),
            notice: 0,
            cancel: 0,
            reschedule: 0,
            asap: Asap { enabled: true, debounce: 0, ..first.asap },
            ..first
        },
        NewType { number: Some(199), is_video: true, notice: 0, ..video },
    ]
}

/// With somebody and a room, with either of two, with questions, and for six together.
fn of_nurses(category: CategoryId, [bakker, jansen, treatment, course]: [ResourceId; 4]) -> [NewType; 4] {
    let new = |number, name, duration, parts| NewType {
        number: Some(number),
        parts,
        ..NewType::named(category, name, duration, Vec::new())
    };
    [
        NewType { buffers: (0, 5), ..new(200, "Dressing change", 20, vec![vec![jansen], vec![treatment]]) },
        new(201, "Blood pressure", 15, vec![vec![bakker, jansen]]),
        NewType {
            comment_form: Some(FORM.to_owned()),
            ..new(202, "Blood test", 10, vec![vec![jansen], vec![treatment]])
        },
        NewType { capacity: 6, ..new(203, "Course on diabetes", 60, vec![vec![jansen], vec![course]]) },
    ]
}
