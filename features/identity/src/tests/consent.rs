use std::sync::Arc;

use kernel::{Event, Role, Scope, Scopes};
use parking_lot::Mutex;
use testkit::{Ground, bedside_test};

use super::house::{House, read, write};
use crate::protocol::credentials::{Credentials, Proof};
use crate::protocol::token::{self, Refusal};
use crate::tokens::GivenBack;
use crate::{By, clients, grants, tokens};

#[bedside_test]
async fn a_code_becomes_a_token_that_stands_for_who_allowed_it(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let (client, secret) = house.client(false).await;
    let actor = house.actor(anna).await;
    let code = house.code(&actor, &client, "read write").await;
    let redeemed = house.redeem(&client, secret.as_ref(), &code).await.expect("a token");
    assert_eq!((redeemed.scopes.names().as_str(), redeemed.life_s), ("read write", 3 * 24 * 3_600));
    let who = house.holder(&redeemed.access_token).await.expect("somebody");
    assert_eq!((who.person, who.organisation, who.role), (anna, house.linde, Role::Patient));
    assert_eq!((who.client, who.session), (Some(client.id), None));
    assert!(who.scopes.has(Scope::Write) && !who.scopes.has(Scope::Admin));
}

#[bedside_test]
async fn a_code_that_is_used_twice_takes_back_what_it_gave_and_says_so_after_the_commit(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let (client, secret) = house.client(false).await;
    let told = Arc::<Mutex<Vec<Event>>>::default();
    let ear = told.clone();
    house.ground.db.observe(move |events| ear.lock().extend_from_slice(events));
    let code = house.code(&house.actor(anna).await, &client, "read").await;
    let first = house.redeem(&client, secret.as_ref(), &code).await.expect("a token");
    let token =
        house.holder(&first.access_token).await.and_then(|who| who.token).expect("a token that stands");
    let again = house.redeem(&client, secret.as_ref(), &code).await.map(drop);
    assert_eq!(again, Err(token::USED_CODE));
    assert!(house.holder(&first.access_token).await.is_none());
    assert!(told.lock().contains(&Event::TokenRevoked { token }));
}

#[bedside_test]
async fn of_many_who_bring_a_code_at_once_one_at_most_gets_a_token(ground: Ground) {
    let house = Arc::new(House::open(ground).await);
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let (client, secret) = house.client(false).await;
    let code = house.code(&house.actor(anna).await, &client, "read").await;
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let (house, client, secret, code) = (house.clone(), client.clone(), secret.clone(), code.clone());
            tokio::spawn(async move { house.redeem(&client, secret.as_ref(), &code).await })
        })
        .collect();
    let mut minted = Vec::new();
    for one in tries {
        minted.extend(one.await.expect("no panic").ok());
    }
    assert_eq!(minted.len(), 1);
    assert!(house.holder(&minted[0].access_token).await.is_none(), "the others took it back");
}

#[bedside_test]
async fn a_code_is_refused_to_another_client_and_with_a_wrong_secret_and_then_still_good(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let (client, secret) = house.client(false).await;
    let (other, others_secret) = house.client(false).await;
    let code = house.code(&house.actor(anna).await, &client, "read").await;
    let by_other = house.redeem(&other, others_secret.as_ref(), &code).await.map(drop);
    assert_eq!(by_other, Err(token::UNKNOWN_CODE));
    assert_eq!(
        house.redeem(&client, others_secret.as_ref(), &code).await.map(drop),
        Err(Refusal::InvalidClient)
    );
    assert_eq!(house.redeem(&client, None, &code).await.map(drop), Err(Refusal::InvalidClient));
    assert!(house.redeem(&client, secret.as_ref(), &code).await.is_ok());
}

#[bedside_test]
async fn a_code_lives_a_minute(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let (client, secret) = house.client(false).await;
    let code = house.code(&house.actor(anna).await, &client, "read").await;
    house.ground.clock.pass(jiff::SignedDuration::from_secs(60));
    let late = house.redeem(&client, secret.as_ref(), &code).await.map(drop);
    assert!(matches!(late, Err(Refusal::InvalidGrant(_))));
}

#[bedside_test]
async fn two_secrets_stand_while_one_replaces_the_other(ground: Ground) {
    let house = House::open(ground).await;
    let (client, old) = house.client(false).await;
    let id = client.id;
    let hour = 3_600_000_i64;
    let new =
        write!(house, |tx, id, hour| clients::rotate_secret(tx, By::Operator, *id, *hour)).expect("a secret");
    let client_id = client.client_id();
    let good = async |secret: Option<secrecy::SecretString>| {
        let proof = secret.map_or(Proof::Nothing, Proof::Secret);
        let who = Credentials { client_id: client_id.clone(), proof };
        let found = read!(house, |tx, who| clients::authenticate(tx, who));
        found.expect("an answer").is_some()
    };
    assert!(good(old.clone()).await && good(Some(new.clone())).await);
    house.ground.clock.pass(jiff::SignedDuration::from_hours(1));
    assert!(!good(old).await && good(Some(new)).await);
    assert!(!good(None).await, "a confidential client must prove itself");
}

#[bedside_test]
async fn consent_grows_and_its_end_ends_every_token(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let (client, secret) = house.client(false).await;
    let actor = house.actor(anna).await;
    house.code(&actor, &client, "read").await;
    let code = house.code(&actor, &client, "write").await;
    let redeemed = house.redeem(&client, secret.as_ref(), &code).await.expect("a token");
    assert_eq!(redeemed.scopes, Scopes::parse("write").0, "a code is for what was asked this time");
    let apps = read!(house, |tx, anna| grants::of_person(tx, *anna)).expect("a list");
    assert_eq!(apps.len(), 1);
    assert_eq!(apps[0].scopes, Scopes::parse("read write").0);
    let grant = apps[0].grant;
    write!(house, |tx, actor, grant| grants::end(tx, By::Actor(actor), actor.person, *grant)).expect("ended");
    assert!(house.holder(&redeemed.access_token).await.is_none());
    assert!(read!(house, |tx, anna| grants::of_person(tx, *anna)).expect("a list").is_empty());
}

#[bedside_test]
async fn a_client_gives_back_only_its_own_tokens(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let ((client, secret), (other, others_secret)) = (house.client(false).await, house.client(false).await);
    let code = house.code(&house.actor(anna).await, &client, "read").await;
    let token = house.redeem(&client, secret.as_ref(), &code).await.expect("a token").access_token;
    let text = secrecy::ExposeSecret::expose_secret(&token).to_owned();
    let origin = house.origin;
    let give_back = async |client: &crate::Client, secret: Option<secrecy::SecretString>| {
        let proof = secret.map_or(Proof::Nothing, Proof::Secret);
        let who = Credentials { client_id: client.client_id(), proof };
        write!(house, |tx, who, text, origin| tokens::revoke(tx, who, text, *origin)).expect("an answer")
    };
    assert_eq!(give_back(&other, others_secret).await, GivenBack::NotTheirs);
    assert_eq!(give_back(&client, None).await, GivenBack::Unproven);
    assert!(house.holder(&token).await.is_some());
    assert_eq!(give_back(&client, secret.clone()).await, GivenBack::Ended);
    assert!(house.holder(&token).await.is_none());
    assert_eq!(give_back(&client, secret).await, GivenBack::NotTheirs, "no more");
}

#[bedside_test]
async fn a_token_without_a_browser_is_for_sandboxes_and_for_what_the_person_may(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let (client, _) = house.client(false).await;
    let asked = async |client: &crate::Client, scopes: &str| {
        let scopes = Scopes::parse(scopes).0;
        write!(house, |tx, anna, client, scopes| tokens::for_sandbox(
            tx,
            By::Operator,
            *anna,
            client,
            *scopes
        ))
    };
    let who = house.holder(&asked(&client, "read write").await.expect("a token")).await.expect("Anna");
    assert_eq!(who.scopes.names(), "read write");
    let modest = crate::Client { scopes: Scopes::parse("read").0, ..client.clone() };
    let real = crate::Client { sandbox: false, ..client.clone() };
    for (client, scopes, why) in [
        (&client, "read write admin", "The person may not allow: admin."),
        (&modest, "read write", "The application may not ask for: write."),
        (
            &modest,
            "write admin",
            "The application may not ask for: write admin; the person may not allow: admin.",
        ),
        (&real, "read", "Tokens without a browser are for sandbox organisations only."),
    ] {
        match asked(client, scopes).await {
            Err(kernel::Error::NotAllowed { why: said }) => assert_eq!(said.sentence, why),
            other => panic!("{scopes}: {other:?}"),
        }
    }
}
