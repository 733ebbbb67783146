//! Sessions of one factor, and what is asked of their owners since.

use jiff::SignedDuration;
use kernel::{Error, OrganisationId, PersonId, Result, Role};
use secrecy::ExposeSecret as _;
use testkit::{Ground, bedside_test};

use super::house::{House, read, write};
use crate::arrivals::{self, Arrived, Goes, Holder};
use crate::passkeys::{MadePasskey, PasskeyId};
use crate::sign_in::Account;
use crate::{
    By, Device, Method, Methods, factors, halves, merges, passkeys, persons, policies, rows, sessions,
    sign_in,
};

const ONE: Methods = Methods::of(Method::Password);
/// What the line of half a sign-in says that was left.
const NEVER_GIVEN: &str = "second factor never given";

impl House {
    async fn asks(&self, roles: &[Role]) {
        let (hospital, roles) = (self.hospital, roles.to_vec());
        write!(self, |tx, hospital, roles| {
            policies::set_second_factor_roles(tx, By::Operator, *hospital, Some(roles))
        })
        .expect("a policy");
    }

    async fn stand(&self, person: PersonId) -> usize {
        read!(self, |tx, person| sessions::list(tx, *person)).expect("a list").len()
    }

    /// Lines of the access log that give this reason.
    async fn lines(&self, reason: &str) -> i64 {
        let reason = reason.to_owned();
        let count = read!(self, |tx, reason| async {
            let sql = "SELECT COUNT(*) FROM audit_lines WHERE reason = $1";
            tx.one(sql, &store::args![reason], |row| row.get::<i64>(0)).await
        });
        count.expect("an answer").expect("a count")
    }

    /// Has so many sign-ins of each of these wait for a second factor, which began as if there were no bound.
    async fn leave_halves(&self, persons: &[PersonId], each: usize) {
        let (persons, request) = (persons.to_vec(), self.origin.request);
        write!(self, |tx, persons, each, request| async {
            let (methods, ends_ms) = (ONE.names(), tx.now_ms() + halves::LIFE_MS);
            let towards = None::<&OrganisationId>;
            for person in persons {
                for _ in 0..*each {
                    let hash = tx.rng().bytes::<32>();
                    let values =
                        store::args![&hash, person, &methods, towards, ends_ms, request, None::<&str>];
                    tx.run(rows::factors::INSERT_HALF, &values).await?;
                }
            }
            Result::Ok(())
        })
        .expect("halves");
    }

    /// Whether somebody may change how they sign in.
    async fn is_sure(&self, person: PersonId, by: [u8; 32]) -> Result<()> {
        let by = Holder::Session(by);
        write!(self, |tx, by, person| arrivals::must_be_sure(tx, *by, *person)).map(drop)
    }
}

#[bedside_test]
async fn who_becomes_a_nurse_has_no_session_of_one_factor_anywhere_any_more(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let (one, two) = (house.sign_in_by(anna, ONE).await, house.sign_in(anna).await);
    house.member(house.linde, anna, Role::Interpreter).await.expect("a role of a sandbox");
    assert!(house.session(one).await.is_some(), "of which nothing is asked");
    house.member(house.hospital, anna, Role::Nurse).await.expect("a nurse elsewhere");
    assert!(house.session(one).await.is_none(), "the strictest of her organisations counts");
    assert!(house.session(two).await.is_some());
    assert_eq!(house.stand(anna).await, 1);
    house.asks(&[]).await;
    assert!(house.session(one).await.is_none(), "what ended does not come back");
}

#[bedside_test]
async fn a_stricter_policy_counts_at_once_for_everybody_whom_it_is_for(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.hospital, "Anna", Role::Patient).await;
    let bram = house.person(house.linde, "Bram", Role::Patient).await;
    let (hers, his) = (house.sign_in_by(anna, ONE).await, house.sign_in_by(bram, ONE).await);
    let both = house.sign_in(anna).await;
    house.asks(&[Role::Patient]).await;
    assert!(house.session(hers).await.is_none());
    assert!(house.session(both).await.is_some() && house.session(his).await.is_some());
    let late = house.sign_in_by(anna, ONE).await;
    assert!(house.session(late).await.is_none(), "also what began while the policy was chosen");
}

#[bedside_test]
async fn who_is_merged_into_somebody_that_works_signs_in_by_two_factors(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.hospital, "Anna", Role::Patient).await;
    let nurse = house.person(house.hospital, "Anneke", Role::Nurse).await;
    let one = house.sign_in_by(anna, ONE).await;
    let merged = write!(house, |tx, anna, nurse| async {
        let two = merges::prepare(tx, *anna, *nurse).await?;
        merges::merge(tx, By::Operator, &two).await
    });
    merged.expect("one person");
    assert!(house.session(one).await.is_none());
    assert_eq!(house.stand(anna).await, 0);
}

#[bedside_test]
async fn a_session_that_ended_meanwhile_changes_nothing_of_how_somebody_signs_in(ground: Ground) {
    let house = House::open(ground).await;
    let (linde, anna) = (house.linde, house.person(house.linde, "Anna", Role::Patient).await);
    let hash = "old".to_owned();
    write!(house, |tx, linde, anna, hash| persons::set_password(tx, By::Operator, *linde, *anna, hash))
        .expect("a password");
    let actor = house.actor(anna).await;
    let (by, elsewhere) = (house.sign_in(anna).await, house.sign_in(anna).await);
    house.is_sure(anna, by).await.expect("it stands");
    let here = house.session(elsewhere).await.expect("a session").session.expect("its id");
    write!(house, |tx, actor, here| sessions::end_others(tx, actor, *here)).expect("signed out elsewhere");

    let by = Holder::Session(by);
    let (proven, new) = (Account { person: anna, hash: "old".into() }, "new".to_owned());
    let id = PasskeyId::from_bytes([7; 12]);
    let refused = [
        write!(house, |tx, actor, by, proven, new| {
            persons::change_password(tx, (actor, *by), proven, new, None)
        }),
        write!(house, |tx, actor, by, new| passkeys::first_password(tx, (actor, *by), new)),
        write!(house, |tx, actor, by| passkeys::remove_password(tx, (actor, *by))),
        write!(house, |tx, actor, by, id| passkeys::remove(tx, (actor, *by), *id)),
        write!(house, |tx, actor, by, id| passkeys::rename(tx, (actor, *by), *id, "mine")),
    ];
    for (number, refused) in refused.into_iter().enumerate() {
        assert!(matches!(refused, Err(Error::Unauthenticated)), "{number}: {refused:?}");
    }
    write!(house, |tx, proven| sign_in::confirm(tx, proven)).expect("the old password is still theirs");
    assert!(house.session(elsewhere).await.is_some(), "and nothing else ended");
}

#[bedside_test]
async fn who_has_a_second_factor_changes_nothing_by_a_session_of_one_nor_anothers(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let bram = house.person(house.linde, "Bram", Role::Patient).await;
    let (one, two) = (house.sign_in_by(anna, ONE).await, house.sign_in(anna).await);
    house.is_sure(anna, one).await.expect("she has no other");
    let origin = house.origin;
    write!(house, |tx, anna, origin| factors::add_sms(tx, *anna, *origin)).expect("codes by SMS");
    let short = house.is_sure(anna, one).await;
    assert!(matches!(short, Err(Error::Unauthenticated)), "{short:?}");
    house.is_sure(anna, two).await.expect("both");
    let anothers = house.is_sure(bram, two).await;
    assert!(matches!(anothers, Err(Error::Unauthenticated)), "{anothers:?}");
}

#[bedside_test]
async fn a_second_factor_ends_every_other_session_of_one(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let (here, there) = (house.sign_in_by(anna, ONE).await, house.sign_in_by(anna, ONE).await);
    let both = house.sign_in(anna).await;
    let by = Holder::Session(here);
    let goes = Goes { by, instead_of: Some(here), device: Device::default(), origin: house.origin };
    let session = write!(house, |tx, goes| arrivals::go_on(tx, goes, Method::Totp)).expect("in");
    assert!(house.session(here).await.is_none() && house.session(there).await.is_none());
    let known = house.session(vault::token_hash(session.secret.expose_secret())).await.expect("a session");
    assert!(known.methods.are_two() && house.session(both).await.is_some());
}

#[bedside_test]
async fn half_a_sign_in_belongs_to_the_browser_that_goes_on(ground: Ground) {
    let house = House::open(ground).await;
    let eva = house.person(house.hospital, "Eva", Role::Doctor).await;
    let begin = async || {
        let Arrived::Half { secret, .. } = house.arrive(eva, ONE).await else { panic!("half") };
        vault::token_hash(secret.expose_secret())
    };
    let (gone_on_with, left) = (begin().await, begin().await);
    let another = house.person(house.hospital, "Els", Role::Doctor).await;
    for person in [another, eva] {
        write!(house, |tx, person, gone_on_with| halves::end_of(tx, *person, gone_on_with)).expect("ended");
        let found = read!(house, |tx, gone_on_with| halves::find(tx, gone_on_with)).expect("an answer");
        assert_eq!(found.is_some(), person == another, "nobody ends another's");
    }
    house.ground.clock.pass(SignedDuration::from_mins(10));
    house.ground.clock.pass(SignedDuration::from_millis(1));
    let swept = house.ground.db.write((), |tx, ()| Box::pin(halves::sweep(tx, 10)));
    assert_eq!(swept.await.expect("swept"), 1);
    assert!(read!(house, |tx, left| halves::find(tx, left)).expect("an answer").is_none());
}

#[bedside_test]
async fn a_passkey_ends_every_other_session_of_one_factor(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let (here, there) = (house.sign_in_by(anna, ONE).await, house.sign_in_by(anna, ONE).await);
    let both = house.sign_in(anna).await;
    let actor = house.session(here).await.expect("a session").actor(house.origin);
    let (by, made) = (Holder::Session(here), MadePasskey { credential: "{}".to_owned(), hash: [3; 32] });
    write!(house, |tx, actor, by, made| passkeys::add(tx, (actor, *by), made, "mine")).expect("a passkey");
    assert!(house.session(there).await.is_none(), "a password was enough there");
    assert!(house.session(both).await.is_some());
    assert!(house.session(here).await.is_some(), "from where it goes on as one of a passkey");
}

#[bedside_test]
async fn however_many_sessions_somebody_has_they_end_at_once(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    for _ in 0..100 {
        house.sign_in_by(anna, ONE).await;
    }
    house.member(house.hospital, anna, Role::Nurse).await.expect("two factors are asked of her now");
    assert_eq!(house.stand(anna).await, 0);
    assert_eq!(house.lines("two factors are asked").await, 100, "each has its line");

    let bram = house.person(house.linde, "Bram", Role::Patient).await;
    for _ in 0..100 {
        house.sign_in(bram).await;
    }
    let hash = house.sign_in(bram).await;
    let who = house.session(hash).await.expect("a session");
    let (actor, here) = (who.actor(house.origin), who.session.expect("its id"));
    write!(house, |tx, actor, here| sessions::end_others(tx, actor, *here)).expect("signed out elsewhere");
    assert_eq!(house.stand(bram).await, 1);
    assert!(house.session(hash).await.is_some());
}

#[bedside_test]
async fn of_one_person_ten_halves_wait_and_the_oldest_goes(ground: Ground) {
    let house = House::open(ground).await;
    let eva = house.person(house.hospital, "Eva", Role::Doctor).await;
    let els = house.person(house.hospital, "Els", Role::Doctor).await;
    let begin = async |person: PersonId| {
        house.ground.clock.pass(SignedDuration::from_millis(1));
        let Arrived::Half { secret, .. } = house.arrive(person, ONE).await else { panic!("half") };
        vault::token_hash(secret.expose_secret())
    };
    let anothers = begin(els).await;
    let mut begun = Vec::new();
    for _ in 0..12 {
        begun.push(begin(eva).await);
    }
    for (number, half) in begun.into_iter().enumerate() {
        let found = read!(house, |tx, half| halves::find(tx, half)).expect("an answer");
        assert_eq!(found.is_some(), number >= 2, "{number}");
    }
    assert!(read!(house, |tx, anothers| halves::find(tx, anothers)).expect("an answer").is_some());
    assert_eq!(house.lines(NEVER_GIVEN).await, 2, "those that went");
}

#[bedside_test]
async fn however_many_halves_are_left_neither_a_new_password_nor_tidying_up_fails(ground: Ground) {
    let house = House::open(ground).await;
    let (hospital, eva) = (house.hospital, house.person(house.hospital, "Eva", Role::Doctor).await);
    house.leave_halves(&[eva], 150).await;
    let hash = "another".to_owned();
    write!(house, |tx, hospital, eva, hash| persons::set_password(tx, By::Operator, *hospital, *eva, hash))
        .expect("a password");
    assert_eq!(house.lines(NEVER_GIVEN).await, 150);

    let mut many = vec![eva];
    for letter in 'a'..='z' {
        for name in ["Els", "Ans"] {
            many.push(house.person(hospital, &format!("{name}{letter}"), Role::Doctor).await);
        }
    }
    house.leave_halves(&many, 3).await;
    house.ground.clock.pass(SignedDuration::from_mins(11));
    let (most, mut turns) = (1_000_i64, 1);
    while write!(house, |tx, most| halves::sweep(tx, *most)).expect("swept") == 1_000 {
        turns += 1;
    }
    assert_eq!(turns, 4, "forty at a time");
    assert_eq!(house.lines(NEVER_GIVEN).await, 150 + 3 * 53, "each once");
}
