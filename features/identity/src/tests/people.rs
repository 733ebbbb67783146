use kernel::{Error, Page, PersonId, Role};
use testkit::{Ground, bedside_test};

use super::house::{House, read, write};
use crate::mandates::{self, MandateKind, NewMandate};
use crate::persons::{Identifier, NewPerson, systems};
use crate::{
    By, Language, PeopleFilter, find_people, find_person, may_write_to, memberships, passkeys, people_of,
    persons,
};

const ALL: Page = Page { skip: 0, size: 100 };

#[bedside_test]
async fn people_see_those_of_their_own_organisation_and_nobody_else(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let devries = house.person(house.linde, "Pieter", Role::Doctor).await;
    let stranger = house.person(house.hospital, "Chris", Role::Patient).await;
    let actor = house.actor(devries).await;
    let seen =
        read!(house, |tx, actor, anna| find_person(tx, actor, *anna)).expect("an answer").expect("Anna");
    assert_eq!((seen.full_name().as_str(), seen.email.as_deref()), ("Anna de Boer", Some("anna@demo.test")));
    assert!(seen.active && seen.language == Language::Nl);
    let unseen = read!(house, |tx, actor, stranger| find_person(tx, actor, *stranger)).expect("an answer");
    assert_eq!(unseen, None);
    let party = read!(house, |tx, actor, stranger| may_write_to(tx, actor, *stranger)).expect("an answer");
    assert_eq!(party, None);
    let party = read!(house, |tx, actor, anna| may_write_to(tx, actor, *anna)).expect("an answer");
    assert_eq!(party.map(|party| party.role), Some(Role::Patient));
    let people = read!(house, |tx, actor| people_of(tx, actor, PeopleFilter::All, ALL)).expect("a list");
    assert_eq!(people.iter().map(|person| person.id).collect::<Vec<_>>(), [anna], "not oneself");
}

#[bedside_test]
async fn who_has_left_is_still_known_by_name_but_no_contact(ground: Ground) {
    let house = House::open(ground).await;
    let linde = house.linde;
    let anna = house.person(linde, "Anna", Role::Patient).await;
    let devries = house.person(linde, "Pieter", Role::Doctor).await;
    house.member(linde, devries, Role::Administrator).await.expect("two roles");
    let actor = house.actor(anna).await;
    let all = read!(house, |tx, devries| memberships::of_person(tx, *devries)).expect("memberships");
    let seen = read!(house, |tx, actor, devries| find_person(tx, actor, *devries)).expect("an answer");
    assert_eq!(seen.expect("him").role, Role::Doctor);
    for id in all.iter().map(|one| one.id) {
        write!(house, |tx, linde, id| memberships::end(tx, By::Operator, *linde, *id)).expect("ended");
    }
    let seen =
        read!(house, |tx, actor, devries| find_person(tx, actor, *devries)).expect("an answer").expect("him");
    assert!(!seen.active);
    assert_eq!(seen.first_name, "Pieter");
    assert!(
        read!(house, |tx, actor| people_of(tx, actor, PeopleFilter::All, ALL)).expect("a list").is_empty()
    );
    assert_eq!(
        read!(house, |tx, actor, devries| may_write_to(tx, actor, *devries)).expect("an answer"),
        None
    );
}

#[bedside_test]
async fn a_list_is_by_name_and_page_and_what_is_asked_for(ground: Ground) {
    let house = House::open(ground).await;
    let me = house.person(house.linde, "Zoe", Role::Nurse).await;
    let mut everybody: Vec<PersonId> = Vec::new();
    for (first, role) in [("bram", Role::Patient), ("Chris", Role::Patient), ("Anna", Role::Doctor)] {
        everybody.push(house.person(house.linde, first, role).await);
    }
    let actor = house.actor(me).await;
    let names = async |filter: PeopleFilter, page: Page| {
        let people =
            read!(house, |tx, actor, filter, page| people_of(tx, actor, *filter, *page)).expect("a list");
        people.into_iter().map(|person| person.first_name).collect::<Vec<_>>()
    };
    assert_eq!(names(PeopleFilter::All, ALL).await, ["Anna", "bram", "Chris"]);
    assert_eq!(names(PeopleFilter::Staff, ALL).await, ["Anna"]);
    assert_eq!(names(PeopleFilter::All, Page { skip: 1, size: 1 }).await, ["bram"]);
    // Many at once are read in one go, in the order that they were asked for.
    let mut many: Vec<PersonId> = (0..60).map(|n| PersonId::from_bytes([n; 12])).collect();
    many.extend(everybody.iter().rev());
    let found = read!(house, |tx, actor, many| find_people(tx, actor, many)).expect("a list");
    assert_eq!(
        found.iter().map(|person| person.first_name.as_str()).collect::<Vec<_>>(),
        ["Anna", "Chris", "bram"]
    );
}

#[bedside_test]
async fn a_list_too_long_to_be_sorted_by_name_leaves_nobody_out(ground: Ground) {
    let house = House::open(ground).await;
    let me = house.person(house.linde, "Zoe", Role::Nurse).await;
    let mut staff: Vec<PersonId> = Vec::new();
    let mut patients: Vec<PersonId> = Vec::new();
    for number in 0..4 {
        staff.push(house.person(house.linde, &format!("Doctor{}", 9 - number), Role::Doctor).await);
    }
    let left = house.person(house.linde, "Gone", Role::Patient).await;
    for number in 0..70 {
        patients.push(house.person(house.linde, &format!("Patient{}", 99 - number), Role::Patient).await);
    }
    // Two who are both, and are listed once, as staff.
    for person in [patients[3], patients[30]] {
        house.member(house.linde, person, Role::Assistant).await.expect("both");
    }
    let (linde, gone) = (house.linde, left);
    write!(house, |tx, linde, gone| persons::disable(tx, By::Operator, *linde, *gone)).expect("disabled");
    let actor = house.actor(me).await;
    let walk = async |filter: PeopleFilter| {
        let mut seen = Vec::new();
        for number in 0.. {
            let page = Page::numbered(number, 16);
            let people =
                read!(house, |tx, actor, filter, page| people_of(tx, actor, *filter, *page)).expect("a page");
            if people.is_empty() {
                break;
            }
            seen.extend(people.into_iter().map(|person| (person.id, person.role)));
        }
        seen
    };
    let ids = |seen: &[(PersonId, Role)]| seen.iter().map(|one| one.0).collect::<Vec<_>>();
    let everybody: Vec<PersonId> = staff.iter().chain(&patients).copied().collect();
    let all = walk(PeopleFilter::All).await;
    assert_eq!(ids(&all), everybody, "by id, each once, without who is disabled");
    assert!(all.contains(&(patients[3], Role::Assistant)));
    let mut only_patients = patients.clone();
    only_patients.retain(|id| ![patients[3], patients[30]].contains(id));
    assert_eq!(ids(&walk(PeopleFilter::Patients).await), only_patients);
    staff.extend([patients[3], patients[30]]);
    staff[..4].reverse();
    staff[4..].reverse();
    assert_eq!(ids(&walk(PeopleFilter::Staff).await), staff, "few enough to be by name");
    let many: Vec<PersonId> = everybody.iter().rev().copied().collect();
    let found = read!(house, |tx, actor, many| find_people(tx, actor, many)).expect("a list");
    assert_eq!(found.iter().map(|person| person.id).collect::<Vec<_>>(), many);
}

#[bedside_test]
async fn a_list_is_by_name_up_to_the_last_that_is_short_enough(ground: Ground) {
    let house = House::open(ground).await;
    let me = house.person(house.linde, "Zoe", Role::Nurse).await;
    let mut by_id: Vec<PersonId> = Vec::new();
    for number in 0..50 {
        by_id.push(house.person(house.linde, &format!("Patient{}", 99 - number), Role::Patient).await);
    }
    let actor = house.actor(me).await;
    let listed = async || {
        let people = read!(house, |tx, actor| people_of(tx, actor, PeopleFilter::All, ALL)).expect("a list");
        people.into_iter().map(|person| person.id).collect::<Vec<_>>()
    };
    let by_name: Vec<PersonId> = by_id.iter().rev().copied().collect();
    assert_eq!(listed().await, by_name);
    by_id.push(house.person(house.linde, "Anna", Role::Patient).await);
    assert_eq!(listed().await, by_id);
}

#[bedside_test]
async fn nobody_takes_the_identifier_of_another(ground: Ground) {
    let house = House::open(ground).await;
    let linde = house.linde;
    house.person(linde, "Anna", Role::Patient).await;
    let value = "ANNA@DEMO.TEST".to_owned();
    let new = NewPerson {
        first_name: "Other".to_owned(),
        last_name: "Anna".to_owned(),
        language: Language::En,
        identifiers: vec![Identifier { system: systems::EMAIL.to_owned(), value, verified: true }],
    };
    let sealed = new.seal(&house.vault, &house.ground.clock, &house.ground.rng).expect("a person");
    let taken = write!(house, |tx, linde, sealed| persons::add(tx, By::Operator, *linde, sealed));
    assert!(matches!(taken, Err(Error::Conflict { .. })));
    let nurse = house.person(linde, "Joke", Role::Nurse).await;
    let actor = house.actor(nurse).await;
    let people = read!(house, |tx, actor| people_of(tx, actor, PeopleFilter::All, ALL)).expect("a list");
    assert_eq!(people.iter().map(|one| one.first_name.as_str()).collect::<Vec<_>>(), ["Anna"]);
    let person = sealed.id();
    let joined = house.member(linde, person, Role::Patient).await;
    assert!(joined.is_err(), "nothing of the other was kept");
}

#[bedside_test]
async fn a_mandate_is_over_a_patient_and_ends(ground: Ground) {
    let house = House::open(ground).await;
    let linde = house.linde;
    let child = house.person(linde, "Bram", Role::Patient).await;
    let parent = house.person(linde, "Anna", Role::Patient).await;
    let nurse = house.person(linde, "Joke", Role::Nurse).await;
    let end_ms = Some(house.ground.clock.now_ms() + 1_000);
    let (may_write, may_book) = (true, false);
    let kind = MandateKind::Parent;
    let new = NewMandate {
        organisation: linde,
        patient: child,
        proxy: parent,
        kind,
        may_write,
        may_book,
        given_by: nurse,
        end_ms,
    };
    let id = write!(house, |tx, new| mandates::give(tx, By::Operator, new)).expect("a mandate");
    let held =
        async || read!(house, |tx, linde, parent| mandates::of_proxy(tx, *linde, *parent)).expect("a list");
    assert_eq!(held().await.iter().map(|one| (one.id, one.patient)).collect::<Vec<_>>(), [(id, child)]);
    house.ground.clock.pass(jiff::SignedDuration::from_secs(1));
    assert!(held().await.is_empty());
    let over_staff = NewMandate { patient: nurse, end_ms: None, ..new.clone() };
    assert!(write!(house, |tx, over_staff| mandates::give(tx, By::Operator, over_staff)).is_err());
    let lasting = NewMandate { end_ms: None, ..new };
    let id = write!(house, |tx, lasting| mandates::give(tx, By::Operator, lasting)).expect("a mandate");
    write!(house, |tx, linde, id| mandates::end(tx, By::Operator, *linde, *id)).expect("ended");
    assert!(held().await.is_empty());
}

#[bedside_test]
async fn patients_find_each_other_only_where_their_organisation_lets_them(ground: Ground) {
    let house = House::open(ground).await;
    for (organisation, sees) in [(house.linde, true), (house.hospital, false)] {
        let tag = if sees { "1" } else { "2" };
        let anna = house.person(organisation, &format!("Anna{tag}"), Role::Patient).await;
        let bram = house.person(organisation, &format!("Bram{tag}"), Role::Patient).await;
        let jansen = house.person(organisation, &format!("Claire{tag}"), Role::Nurse).await;
        let actor = house.actor(anna).await;
        let found = read!(house, |tx, actor, bram| find_person(tx, actor, *bram)).expect("an answer");
        assert_eq!(found.is_some(), sees);
        let party = read!(house, |tx, actor, bram| may_write_to(tx, actor, *bram)).expect("an answer");
        assert_eq!(party.is_some(), sees);
        let people = read!(house, |tx, actor| people_of(tx, actor, PeopleFilter::All, ALL)).expect("a list");
        assert_eq!(people.iter().any(|person| person.id == bram), sees);
        assert!(people.iter().any(|person| person.id == jansen), "who cares for them is always found");
        let me = read!(house, |tx, actor, anna| find_person(tx, actor, *anna)).expect("an answer");
        assert!(me.is_some(), "one always finds oneself");
        let actor = house.actor(jansen).await;
        let found = read!(house, |tx, actor, bram| find_person(tx, actor, *bram)).expect("an answer");
        assert!(found.is_some(), "staff find everybody");
    }
}

#[bedside_test]
async fn patients_find_and_write_to_clinicians_and_not_to_those_who_manage_or_plan(ground: Ground) {
    let house = House::open(ground).await;
    let hospital = house.hospital;
    let anna = house.person(hospital, "Anna", Role::Patient).await;
    let actor = house.actor(anna).await;
    let mut everybody = Vec::new();
    for role in Role::ALL {
        everybody.push((house.person(hospital, &format!("One{}", role.name()), role).await, role));
    }
    for filter in [PeopleFilter::All, PeopleFilter::Staff] {
        let listed = read!(house, |tx, actor, filter| people_of(tx, actor, *filter, ALL)).expect("a list");
        let roles: Vec<Role> = listed.iter().map(|person| person.role).collect();
        assert_eq!(roles, [Role::Doctor, Role::Nurse, Role::Therapist], "by name, as their roles are here");
    }
    for (person, role) in everybody {
        let found = read!(house, |tx, actor, person| find_person(tx, actor, *person)).expect("an answer");
        let party = read!(house, |tx, actor, person| may_write_to(tx, actor, *person)).expect("an answer");
        let is_clinician = [Role::Doctor, Role::Nurse, Role::Therapist].contains(&role);
        assert_eq!((found.is_some(), party.is_some()), (is_clinician, is_clinician), "{role:?}");
        if role.is_staff() {
            let staff = house.actor(person).await;
            let all = read!(house, |tx, staff| people_of(tx, staff, PeopleFilter::All, ALL)).expect("a list");
            assert_eq!(all.len(), Role::ALL.len(), "{role:?} finds everybody but themselves");
        }
    }
}

#[bedside_test]
async fn the_ways_in_that_somebody_has_are_counted(ground: Ground) {
    let house = &House::open(ground).await;
    let (linde, anna) = (house.linde, house.person(house.linde, "Anna", Role::Patient).await);
    let ways = async || read!(house, |tx, anna| passkeys::ways(tx, *anna)).expect("a count");
    let before = ways().await;
    assert_eq!(
        (before.has_password, before.passkeys, before.has_mail, before.works),
        (false, 0, true, false)
    );
    house.member(linde, anna, Role::Nurse).await.expect("a nurse");
    assert!(ways().await.works);
}
