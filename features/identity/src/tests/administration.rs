//! What administrators do to people and settings, and what is read of it afterwards.

use jiff::SignedDuration;
use kernel::{Actor, Error, OrganisationId, PersonId, Result, Role, Scopes};
use testkit::{Ground, bedside_test};

use super::house::{CALLBACK, House, read, write};
use crate::clients::NewClient;
use crate::settings::{self, Settings};
use crate::{
    By, Dialect, Language, applications, factors, memberships, password_links, persons, policies, sessions,
};

impl House {
    /// Has an organisation keep people signed in for no longer than this.
    async fn limit(&self, organisation: OrganisationId, idle_minutes: i64, life_hours: i64) {
        let new = Settings {
            name: "Ziekenhuis".to_owned(),
            time_zone: "Europe/Amsterdam".to_owned(),
            languages: vec![Language::Nl],
            idle_minutes,
            life_hours,
        };
        write!(self, |tx, organisation, new| settings::change(tx, By::Operator, *organisation, new))
            .expect("limits");
    }

    async fn go_on(&self, hash: [u8; 32], to: OrganisationId) {
        let who = self.session(hash).await.expect("a session");
        let id = who.session.expect("its id");
        let actor = who.actor(self.origin);
        write!(self, |tx, actor, id, to| sessions::switch(tx, actor, *id, *to)).expect("there");
    }

    /// Uses a session that stands.
    async fn use_session(&self, hash: [u8; 32]) {
        let id = self.session(hash).await.expect("it stands").session.expect("its id");
        let touch = sessions::touch(id, self.ground.clock.now_ms());
        self.ground.db.run_alone(touch).await.expect("touched");
    }

    /// Has an administrator send a letter for another password, and says whether one went out.
    async fn letter(&self, actor: &Actor, person: PersonId) -> Result<bool> {
        let linde = self.linde;
        let made = write!(self, |tx, actor, linde, person| {
            password_links::make_by_hand(tx, By::Actor(actor), *linde, *person)
        });
        Ok(made?.is_some())
    }

    /// What was done to this, as the log says it, by the alphabet.
    async fn told_of(&self, object: [u8; 12]) -> Vec<String> {
        let told = read!(self, |tx, object| async {
            let sql = "SELECT reason FROM audit_lines WHERE object = $1 AND reason IS NOT NULL";
            tx.all(sql, &store::args![object], |row| row.get::<String>(0)).await
        });
        let mut told = told.expect("lines");
        told.sort();
        told
    }

    /// What a patient reads of what was done to their account, by the alphabet.
    async fn told_to(&self, patient: PersonId) -> Vec<String> {
        let told = read!(self, |tx, patient| async {
            let sql = "SELECT reason FROM audit_lines
                WHERE object = $1 AND patient = $1 AND reason IS NOT NULL";
            tx.all(sql, &store::args![patient], |row| row.get::<String>(0)).await
        });
        let mut told = told.expect("lines");
        told.sort();
        told
    }
}

#[bedside_test]
async fn a_patient_reads_each_thing_that_an_administrator_did_to_their_account(ground: Ground) {
    let house = House::open(ground).await;
    let linde = house.linde;
    let anna = house.person(linde, "Anna", Role::Patient).await;
    let femke = house.person(linde, "Femke", Role::Administrator).await;
    let actor = house.actor(femke).await;
    let role = Role::Auditor;
    let auditor = write!(house, |tx, actor, linde, anna, role| {
        memberships::add(tx, By::Actor(actor), *linde, *anna, *role, "")
    });
    let auditor = auditor.expect("an auditor, too");
    write!(house, |tx, actor, linde, auditor| memberships::end(tx, By::Actor(actor), *linde, *auditor))
        .expect("no auditor");
    write!(house, |tx, actor, linde, anna| persons::disable(tx, By::Actor(actor), *linde, *anna))
        .expect("out");
    write!(house, |tx, actor, linde, anna| persons::enable(tx, By::Actor(actor), *linde, *anna)).expect("in");
    write!(house, |tx, actor, linde, anna| factors::take_away(tx, By::Actor(actor), *linde, *anna))
        .expect("without factors");
    assert!(house.letter(&actor, anna).await.expect("a letter"));
    let all = read!(house, |tx, anna| memberships::of_person(tx, *anna)).expect("memberships");
    let patient = all[0].id;
    write!(house, |tx, actor, linde, patient| memberships::end(tx, By::Actor(actor), *linde, *patient))
        .expect("no patient");
    let expected = [
        "membership added: auditor",
        "membership ended: auditor",
        "membership ended: patient",
        "password letter asked for",
        "person disabled",
        "person enabled",
        "second factors taken away",
    ];
    assert_eq!(house.told_to(anna).await, expected);
    assert!(house.told_to(femke).await.is_empty(), "who is no patient has no such page");
}

#[bedside_test]
async fn a_line_says_of_whom_two_factors_are_asked_and_how_long_sessions_live(ground: Ground) {
    let house = House::open(ground).await;
    let hospital = house.hospital;
    for roles in [Some(vec![Role::Doctor, Role::Nurse]), Some(Vec::new()), None] {
        write!(house, |tx, hospital, roles| {
            policies::set_second_factor_roles(tx, By::Operator, *hospital, roles.as_deref())
        })
        .expect("a policy");
    }
    house.limit(hospital, 10, 2).await;
    let told = house.told_of(*hospital.as_bytes()).await;
    for what in [
        "second factor policy set: doctor nurse",
        "second factor policy set: nobody",
        "second factor policy set: by default",
        "organisation changed: idle 10 minutes, life 2 hours",
    ] {
        assert_eq!(told.iter().filter(|one| *one == what).count(), 1, "{what}: {told:?}");
    }
}

#[bedside_test]
async fn who_goes_on_in_a_stricter_organisation_stays_signed_in_no_longer_than_it_says(ground: Ground) {
    let house = House::open(ground).await;
    let (linde, hospital) = (house.linde, house.hospital);
    let anna = house.person(linde, "Anna", Role::Patient).await;
    house.member(hospital, anna, Role::Patient).await.expect("a patient of both");
    house.limit(hospital, 10, 2).await;
    let (idle, used) = (house.sign_in(anna).await, house.sign_in(anna).await);
    let stays = house.sign_in(anna).await;
    for hash in [idle, used] {
        house.go_on(hash, hospital).await;
    }
    house.go_on(used, linde).await;
    for minutes in (9..=117).step_by(9) {
        house.ground.clock.pass(SignedDuration::from_mins(9));
        for hash in [used, stays] {
            house.use_session(hash).await;
        }
        assert_eq!(house.session(idle).await.is_some(), minutes < 10, "ten minutes without a request");
    }
    house.ground.clock.pass(SignedDuration::from_mins(3));
    assert!(house.session(used).await.is_none(), "two hours at most, also where it came back to");
    house.use_session(stays).await;
    house.go_on(stays, hospital).await;
    assert!(house.session(stays).await.is_none(), "it is older than a session lives there");
}

#[bedside_test]
async fn an_administrator_sends_so_many_letters_and_none_that_opens_what_others_rely_on(ground: Ground) {
    let house = House::open(ground).await;
    let linde = house.linde;
    let anna = house.person(linde, "Anna", Role::Patient).await;
    let bram = house.person(linde, "Bram", Role::Patient).await;
    house.member(house.hospital, bram, Role::Patient).await.expect("a patient of both");
    let femke = house.person(linde, "Femke", Role::Administrator).await;
    let actor = house.actor(femke).await;
    assert!(house.letter(&actor, anna).await.expect("her first password"));
    let soon = house.letter(&actor, anna).await;
    assert!(matches!(soon, Err(Error::LimitReached { retry_after: Some(_), .. })), "{soon:?}");
    let by_hand =
        write!(house, |tx, linde, anna| { password_links::make_by_hand(tx, By::Operator, *linde, *anna) });
    assert!(by_hand.expect("an answer").is_some(), "the operator sends however many");
    house.ground.clock.pass(SignedDuration::from_mins(2));
    assert!(house.letter(&actor, anna).await.expect("a letter"));

    let refused = house.letter(&actor, bram).await;
    // He does without a password, and the hospital relies on it.
    assert!(
        matches!(&refused, Err(Error::Precondition { why }) if why.code == "belongs_elsewhere"),
        "{refused:?}"
    );
    assert!(house.told_to(bram).await.is_empty(), "nothing is asked for");
    let hash = "hash".to_owned();
    write!(house, |tx, linde, bram, hash| persons::set_password(tx, By::Operator, *linde, *bram, hash))
        .expect("a password");
    assert!(house.letter(&actor, bram).await.expect("a letter"));
}

#[bedside_test]
async fn what_an_administrator_adds_is_theirs_and_nobody_else_has_looked_at_it(ground: Ground) {
    let house = House::open(ground).await;
    let linde = house.linde;
    let femke = house.person(linde, "Femke", Role::Administrator).await;
    let actor = house.actor(femke).await;
    let new = NewClient {
        redirect_uris: vec![CALLBACK.to_owned()],
        scopes: Scopes::parse("read write").0,
        ..NewClient::of(linde, "Ward board", Dialect::Kpn)
    };
    let hers = write!(house, |tx, actor, new| applications::add(tx, By::Actor(actor), new));
    let operators = write!(house, |tx, new| applications::add(tx, By::Operator, new));
    for (added, by) in [(hers, Some(femke)), (operators, None)] {
        let id = added.expect("an application").0;
        let found = read!(house, |tx, linde, id| applications::find(tx, *linde, *id)).expect("an answer");
        let found = found.expect("the application");
        assert_eq!((found.registered_by, found.client.vetted), (by, by.is_none()));
        assert!(!found.client.pending, "it works at once");
    }
}
