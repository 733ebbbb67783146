use jiff::SignedDuration;
use kernel::{Error, Role, Scope};
use testkit::{Ground, bedside_test};

use super::house::{House, read, write};
use crate::arrivals::Holder;
use crate::sign_in::{Account, Arrival};
use crate::{By, Device, Method, Methods, clients, memberships, persons, sessions, sign_in, teams};

#[bedside_test]
async fn a_session_ends_when_it_was_idle_and_in_any_case(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let hash = house.sign_in(anna).await;
    let who = house.session(hash).await.expect("a session");
    assert!(!who.is_due_for_touch(house.ground.clock.now_ms()));
    for _ in 0..25 {
        house.ground.clock.pass(SignedDuration::from_mins(29));
        let Some(who) = house.session(hash).await else { break };
        assert!(who.is_due_for_touch(house.ground.clock.now_ms()));
        let id = who.session.expect("a session");
        let touch = sessions::touch(id, house.ground.clock.now_ms());
        house.ground.db.run_alone(touch).await.expect("touched");
    }
    assert!(house.session(hash).await.is_none(), "twelve hours at most");
    let idle = house.sign_in(anna).await;
    house.ground.clock.pass(SignedDuration::from_mins(30));
    assert!(house.session(idle).await.is_none(), "half an hour without a request");
}

#[bedside_test]
async fn signing_in_again_ends_the_session_that_the_browser_had(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let old = house.sign_in(anna).await;
    let arrival = Arrival {
        person: anna,
        towards: None,
        instead_of: Some(old),
        device: Device::default(),
        methods: Methods::of(Method::Password),
        origin: house.origin,
    };
    write!(house, |tx, arrival| sign_in::begin(tx, arrival)).expect("a session");
    assert!(house.session(old).await.is_none());
    let listed = read!(house, |tx, anna| sessions::list(tx, *anna)).expect("a list");
    assert_eq!(listed.len(), 1);
}

#[bedside_test]
async fn who_is_disabled_or_left_stands_for_nobody_by_token_or_session(ground: Ground) {
    let house = House::open(ground).await;
    let (linde, hospital) = (house.linde, house.hospital);
    let devries = house.person(linde, "Pieter", Role::Doctor).await;
    house.member(hospital, devries, Role::Doctor).await.expect("a member of both");
    let (client, secret) = house.client(false).await;
    let hash = house.sign_in(devries).await;
    let actor = house.session(hash).await.expect("a session").actor(house.origin);
    let code = house.code(&actor, &client, "read").await;
    let token = house.redeem(&client, secret.as_ref(), &code).await.expect("a token").access_token;
    let here = read!(house, |tx, devries| memberships::of_person(tx, *devries)).expect("memberships")[0].id;
    write!(house, |tx, linde, here| memberships::end(tx, By::Operator, *linde, *here)).expect("ended");
    assert!(house.holder(&token).await.is_none() && house.session(hash).await.is_none());
    // In the other organisation they still are somebody.
    let there = house.sign_in(devries).await;
    assert_eq!(house.session(there).await.expect("a session").organisation, hospital);
    let foreign = write!(house, |tx, linde, devries| persons::disable(tx, By::Operator, *linde, *devries));
    assert!(matches!(foreign, Err(Error::NotFound { .. })), "no power over people of another organisation");
    write!(house, |tx, hospital, devries| persons::disable(tx, By::Operator, *hospital, *devries))
        .expect("disabled");
    assert!(house.session(there).await.is_none());
}

#[bedside_test]
async fn a_removed_client_and_a_lost_right_take_effect_at_once(ground: Ground) {
    let house = House::open(ground).await;
    let linde = house.linde;
    let jansen = house.person(linde, "Joke", Role::Nurse).await;
    house.member(linde, jansen, Role::Administrator).await.expect("an administrator too");
    let (client, secret) = house.client(false).await;
    let actor = house.actor(jansen).await;
    assert_eq!(actor.role, Role::Nurse, "a clinician speaks before an administrator");
    assert!(actor.scopes.has(Scope::Admin));
    let code = house.code(&actor, &client, "read admin").await;
    let token = house.redeem(&client, secret.as_ref(), &code).await.expect("a token").access_token;
    assert!(house.holder(&token).await.expect("her").scopes.has(Scope::Admin));
    let all = read!(house, |tx, jansen| memberships::of_person(tx, *jansen)).expect("memberships");
    let admin = all.iter().find(|one| one.role == Role::Administrator).expect("the role").id;
    write!(house, |tx, linde, admin| memberships::end(tx, By::Operator, *linde, *admin)).expect("ended");
    assert!(house.holder(&token).await.is_none(), "it was allowed as an administrator, too");
    let actor = house.actor(jansen).await;
    assert!(actor.scopes.has(Scope::Read) && !actor.scopes.has(Scope::Admin), "she is still a nurse");
    let code = house.code(&actor, &client, "read").await;
    let token = house.redeem(&client, secret.as_ref(), &code).await.expect("a token").access_token;
    assert!(house.holder(&token).await.is_some());
    let id = client.id;
    write!(house, |tx, id| clients::remove(tx, By::Operator, *id)).expect("removed");
    assert!(house.holder(&token).await.is_none());
    assert!(house.find_client(id).await.is_none());
}

#[bedside_test]
async fn somebody_is_recognised_with_the_teams_of_that_organisation_only(ground: Ground) {
    let house = House::open(ground).await;
    let (linde, hospital) = (house.linde, house.hospital);
    let jansen = house.person(linde, "Joke", Role::Nurse).await;
    house.member(hospital, jansen, Role::Nurse).await.expect("a member of both");
    let name = "Ward".to_owned();
    let ours = write!(house, |tx, linde, name| teams::add(tx, By::Operator, *linde, name)).expect("a team");
    let theirs =
        write!(house, |tx, hospital, name| teams::add(tx, By::Operator, *hospital, name)).expect("a team");
    for _ in 0..2 {
        write!(house, |tx, linde, ours, jansen| teams::add_member(tx, By::Operator, *linde, *ours, *jansen))
            .expect("twice is once");
    }
    write!(house, |tx, hospital, theirs, jansen| teams::add_member(
        tx,
        By::Operator,
        *hospital,
        *theirs,
        *jansen
    ))
    .expect("on the team");
    let crossed = write!(house, |tx, linde, theirs, jansen| {
        teams::add_member(tx, By::Operator, *linde, *theirs, *jansen)
    });
    assert!(crossed.is_err(), "a team of another organisation does not exist here");
    assert_eq!(*house.actor(jansen).await.teams, [ours]);
}

#[bedside_test]
async fn who_is_disabled_while_the_old_password_is_checked_gets_no_new_one(ground: Ground) {
    let house = House::open(ground).await;
    let linde = house.linde;
    let anna = house.person(linde, "Anna", Role::Patient).await;
    let (old, new) = ("old".to_owned(), "new".to_owned());
    write!(house, |tx, linde, anna, old| persons::set_password(tx, By::Operator, *linde, *anna, old))
        .expect("a password");
    let actor = house.actor(anna).await;
    let proven = Account { person: anna, hash: old.into() };
    let change = async |by: Holder| {
        write!(house, |tx, actor, by, proven, new| {
            persons::change_password(tx, (actor, *by), proven, new, None)
        })
    };
    let before = Holder::Session(house.sign_in(anna).await);
    write!(house, |tx, linde, anna| persons::disable(tx, By::Operator, *linde, *anna)).expect("disabled");
    let refused = change(before).await;
    assert!(matches!(refused, Err(Error::Unauthenticated)), "{refused:?}");
    write!(house, |tx, linde, anna| persons::enable(tx, By::Operator, *linde, *anna)).expect("enabled");
    write!(house, |tx, proven| sign_in::confirm(tx, proven)).expect("the old password is still theirs");
    let refused = change(before).await;
    assert!(matches!(refused, Err(Error::Unauthenticated)), "that session stays ended: {refused:?}");
    let anew = Holder::Session(house.sign_in(anna).await);
    change(anew).await.expect("theirs to change again");
    let late = write!(house, |tx, proven| sign_in::confirm(tx, proven));
    assert!(matches!(late, Err(Error::Unauthenticated)), "{late:?}");
}

#[bedside_test]
async fn an_account_is_found_by_its_address_however_it_is_written_and_not_when_disabled(ground: Ground) {
    let house = House::open(ground).await;
    let linde = house.linde;
    let anna = house.person(linde, "Anna", Role::Patient).await;
    let hash = "hash".to_owned();
    let session = house.sign_in(anna).await;
    write!(house, |tx, linde, anna, hash| persons::set_password(tx, By::Operator, *linde, *anna, hash))
        .expect("a password");
    assert!(house.session(session).await.is_none(), "a new password signs out everywhere");
    let email = house.vault.blind(persons::systems::EMAIL, " ANNA@demo.test ");
    let found = read!(house, |tx, email| sign_in::find_account(tx, email)).expect("an answer");
    assert_eq!(found.map(|account| account.person), Some(anna));
    write!(house, |tx, linde, anna| persons::disable(tx, By::Operator, *linde, *anna)).expect("disabled");
    assert!(read!(house, |tx, email| sign_in::find_account(tx, email)).expect("an answer").is_none());
}
