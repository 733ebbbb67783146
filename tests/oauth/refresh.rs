//! Refresh tokens: each is used once, a lost answer is told again, and one that comes back ends all that came of it.

use futures_util::future::join_all;
use identity::clients::NewClient;
use identity::protocol::pkce::challenge_of;
use identity::{By, Dialect, GrantType, clients, persons};
use jiff::SignedDuration;
use kernel::{ClientId, Scopes};
use serde_json::Value;
use testkit::bedside_test;

use super::app::{App, Fields, PASSWORD, browser, fields, sign_in, try_token};
use crate::cast::{Answer, Organisation, Somebody, Ward};
use crate::secrecy::access_log::lines;

/// An access token of a sandbox lives for three days, whatever its application speaks.
pub const SANDBOX_S: i64 = 3 * 24 * 3_600;
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What our own applications are like.
pub fn own(new: &mut NewClient) {
    new.dialect = Dialect::Own;
    new.grant_types = Dialect::Own.grant_types().to_vec();
    new.scopes = Scopes::parse("read write openid offline_access").0;
    new.trusted = true;
}

async fn scene(ward: &Ward) -> (Organisation, Somebody, App) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, own).await;
    (linde, anna, app)
}

fn form(app: &App, token: &str, more: &[(&str, &str)]) -> Fields {
    let own = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.secret.as_str()),
    ];
    let mut form = fields(&[&own, more].concat());
    form.retain(|(_, value)| !value.is_empty());
    form
}

async fn refresh(app: &App, token: &str, more: &[(&str, &str)]) -> Answer {
    app.redeem(&form(app, token, more)).await
}

/// The access token and the refresh token of an answer.
#[track_caller]
fn pair(answer: &Value) -> (String, String) {
    let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{name} in {answer}")).to_owned();
    (text("access_token"), text("refresh_token"))
}

#[track_caller]
fn refused(answer: &Answer, error: &str) {
    assert_eq!((answer.status, &answer.json["error"]), (400, &error.into()), "{}", answer.text);
}

async fn redeemed(app: &App, person: &Somebody, changed: &[(&str, &str)]) -> Value {
    app.redeem(&app.token_form(&app.code(person, changed).await, &[])).await.ok()
}

#[bedside_test]
async fn each_refresh_gives_another_pair_and_prolongs_the_stay(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let first = redeemed(&app, &anna, &[("scope", "read write")]).await;
    assert_eq!((&first["token_type"], &first["expires_in"]), (&"Bearer".into(), &SANDBOX_S.into()));
    let (mut access, mut token) = pair(&first);
    for _ in 0..3 {
        ward.clock.pass(SignedDuration::from_hours(29 * 24));
        assert_eq!(app.try_token(&access).await, 401, "long over");
        let next = refresh(&app, &token, &[]).await;
        assert_eq!((next.header("cache-control"), next.header("pragma")), ("no-store", "no-cache"));
        let next = next.ok();
        assert_eq!((&next["scope"], &next["expires_in"]), (&"read write".into(), &SANDBOX_S.into()));
        let (next_access, next_token) = pair(&next);
        assert!(next_token != token && next_access != access && next_access != next_token);
        assert_eq!(app.try_token(&next_access).await, 200);
        assert_eq!(app.try_token(&next_token).await, 401, "a refresh token is no access token");
        (access, token) = (next_access, next_token);
    }
    ward.clock.pass(SignedDuration::from_hours(30 * 24));
    refused(&refresh(&app, &token, &[]).await, "invalid_grant");
}

#[bedside_test]
async fn a_lost_answer_is_told_again_for_ten_seconds_and_no_longer(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let (first_access, token) = pair(&redeemed(&app, &anna, &[]).await);
    let answer = refresh(&app, &token, &[]).await.ok();
    ward.clock.pass(SignedDuration::from_secs(10));
    assert_eq!(refresh(&app, &token, &[]).await.ok(), answer, "word for word");
    let (access, next) = pair(&answer);
    let (later_access, later) = pair(&refresh(&app, &next, &[]).await.ok());
    for token in [&first_access, &access, &later_access] {
        assert_eq!(app.try_token(token).await, 200);
    }
    ward.clock.pass(SignedDuration::from_millis(1));
    refused(&refresh(&app, &token, &[]).await, "invalid_grant");
    for token in [&first_access, &access, &later_access] {
        assert_eq!(app.try_token(token).await, 401, "all that came of the same code");
    }
    for token in [&token, &next, &later] {
        refused(&refresh(&app, token, &[]).await, "invalid_grant");
    }
    let reused: Vec<_> = lines(&ward).await;
    let reused: Vec<_> =
        reused.iter().filter(|line| line.reason.as_deref() == Some("refresh token used twice")).collect();
    assert_eq!(reused.len(), 1);
    assert_eq!((reused[0].kind.as_str(), reused[0].outcome.as_str()), ("token_revoked", "refused"));
    assert_eq!((reused[0].person, reused[0].patient), (Some(anna.id), Some(anna.id)));
    let anew = redeemed(&app, &anna, &[]).await;
    assert_eq!(app.try_token(&pair(&anew).0).await, 200, "another code has another family");
}

#[bedside_test]
async fn a_refresh_may_ask_for_less_and_the_next_for_all_again_and_never_for_more(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let (_, token) = pair(&redeemed(&app, &anna, &[("scope", "read write")]).await);
    for beyond in ["read write offline_access", "admin", "everything", " "] {
        refused(&refresh(&app, &token, &[("scope", beyond)]).await, "invalid_scope");
    }
    let less = refresh(&app, &token, &[("scope", "read")]).await.ok();
    assert_eq!(less["scope"], "read");
    let all = refresh(&app, &pair(&less).1, &[]).await.ok();
    assert_eq!(all["scope"], "read write");
    refused(&refresh(&app, "", &[]).await, "invalid_request");
    let mut twice = form(&app, &pair(&all).1, &[]);
    twice.push(("scope".to_owned(), "read".to_owned()));
    twice.push(("scope".to_owned(), "write".to_owned()));
    refused(&app.redeem(&twice).await, "invalid_request");
    assert_eq!(refresh(&app, &pair(&all).1, &[]).await.status, 200, "nothing of that used it up");
}

#[bedside_test]
async fn who_gets_a_refresh_token(ward: Ward) {
    let (linde, anna, _) = scene(&ward).await;
    let of = |dialect: Dialect| {
        App::of(&linde, move |new| {
            own(new);
            new.dialect = dialect;
            new.grant_types = vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
        })
    };
    for (dialect, scope, gets) in [
        (Dialect::Kpn, "read offline_access", false),
        (Dialect::Own, "read", true),
        (Dialect::Own, "openid read", true),
        (Dialect::Portal, "openid read", true),
        (Dialect::Fhir, "read", true),
        (Dialect::Fhir, "openid read", false),
        (Dialect::Fhir, "openid read offline_access", true),
    ] {
        let answer = redeemed(&of(dialect).await, &anna, &[("scope", scope)]).await;
        assert_eq!(answer.get("refresh_token").is_some(), gets, "{dialect:?} {scope}: {answer}");
        let is_portal = dialect == Dialect::Portal;
        let made = is_portal.then(|| (ward.clock.now_ms() / 1_000).into());
        assert_eq!(answer.get("created_at"), made.as_ref(), "{dialect:?}");
        assert_eq!(answer["token_type"], if dialect == Dialect::Kpn { "bearer" } else { "Bearer" });
        assert_eq!(answer.get("expires_in").is_some(), dialect != Dialect::Kpn);
    }
    let without = App::of(&linde, |new| {
        own(new);
        new.grant_types = vec![GrantType::AuthorizationCode];
    })
    .await;
    assert!(redeemed(&without, &anna, &[]).await.get("refresh_token").is_none());
}

#[bedside_test]
async fn a_refresh_token_is_good_for_its_client_alone_and_a_thief_does_not_spoil_it(ward: Ward) {
    let (linde, anna, app) = scene(&ward).await;
    let thief = App::of(&linde, own).await;
    let (access, token) = pair(&redeemed(&app, &anna, &[]).await);
    refused(&refresh(&thief, &token, &[]).await, "invalid_grant");
    let next = pair(&refresh(&app, &token, &[]).await.ok());
    ward.clock.pass(SignedDuration::from_secs(11));
    refused(&refresh(&thief, &token, &[]).await, "invalid_grant");
    assert_eq!((app.try_token(&access).await, app.try_token(&next.0).await), (200, 200));
    let wrong = app.redeem(&form(&app.with_secret("wrong"), &next.1, &[])).await;
    assert_eq!((wrong.status, &wrong.json["error"]), (401, &"invalid_client".into()));
    assert_eq!(refresh(&app, &next.1, &[]).await.status, 200);
}

#[bedside_test]
async fn a_public_client_refreshes_without_a_secret(ward: Ward) {
    let (linde, anna, _) = scene(&ward).await;
    let app = App::of(&linde, |new| {
        own(new);
        new.public = true;
    })
    .await;
    let challenge = challenge_of(VERIFIER);
    let asked = [("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")];
    let code = app.code(&anna, &asked).await;
    let (_, token) = pair(&app.redeem(&app.token_form(&code, &[("code_verifier", VERIFIER)])).await.ok());
    let (access, _) = pair(&refresh(&app, &token, &[]).await.ok());
    assert_eq!(app.try_token(&access).await, 200);
    ward.clock.pass(SignedDuration::from_secs(11));
    refused(&refresh(&app, &token, &[]).await, "invalid_grant");
    assert_eq!(app.try_token(&access).await, 401);
}

/// A way in which what a person allowed ends.
async fn end(
    ward: &Ward,
    way: usize,
    (anna, app): (&Somebody, &App),
    (code, tokens): (&str, &(String, String)),
) {
    let house = &ward.house;
    let give_back = async |token: &str| {
        let own = [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", token)];
        let hint = ("token_type_hint", if way == 3 { "refresh_token" } else { "no_such_hint" });
        let form = fields(&[&own[..], &[hint]].concat());
        assert_eq!(app.post("/oauth/revoke", &form, None).await.status, 200);
    };
    let input = (anna.organisation.id, anna.id, ClientId::from_hex(&app.client_id).unwrap());
    match way {
        0 => refused(&app.redeem(&app.token_form(code, &[])).await, "invalid_grant"),
        1 => {
            let mut visit = browser(ward);
            let page = visit.open("/account").await;
            let page = sign_in(&mut visit, &page, anna).await;
            assert_eq!(page.path, "/account");
            // The newest stands first.
            let form =
                page.forms().into_iter().find(|form| form.action == "/account/end-app").expect("a form");
            assert_eq!(visit.post("/account/end-app", &form.fields, &[]).await.status, 303);
        }
        2 => {
            let done = house.db.write(input, |tx, (organisation, person, _)| {
                Box::pin(async move {
                    persons::disable(tx, By::Operator, *organisation, *person).await?;
                    persons::enable(tx, By::Operator, *organisation, *person).await
                })
            });
            done.await.expect("disabled and let in again");
        }
        3 | 4 => give_back(&tokens.1).await,
        _ => {
            let removed = house
                .db
                .write(input, |tx, (.., client)| Box::pin(clients::remove(tx, By::Operator, *client)));
            removed.await.expect("removed");
        }
    }
}

#[bedside_test]
async fn whatever_ends_what_was_allowed_ends_its_refresh_tokens_too(ward: Ward) {
    let (linde, anna, _) = scene(&ward).await;
    for way in 0..6 {
        let app = App::of(&linde, own).await;
        let code = app.code(&anna, &[]).await;
        let first = pair(&app.redeem(&app.token_form(&code, &[])).await.ok());
        let tokens = pair(&refresh(&app, &first.1, &[]).await.ok());
        ward.clock.pass(SignedDuration::from_secs(2));
        end(&ward, way, (&anna, &app), (&code, &tokens)).await;
        let late = refresh(&app, &tokens.1, &[]).await;
        let error = if way == 5 { "invalid_client" } else { "invalid_grant" };
        assert_eq!(late.json["error"], error, "{way}: {}", late.text);
        for access in [&first.0, &tokens.0] {
            assert_eq!(app.try_token(access).await, 401, "{way}");
        }
        let repeated = refresh(&app, &first.1, &[]).await;
        assert_eq!(repeated.json["error"], error, "{way}: nor is a lost answer told again");
    }
}

#[bedside_test]
async fn an_access_token_that_is_given_back_leaves_the_refresh_token_alone(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let (access, token) = pair(&redeemed(&app, &anna, &[]).await);
    let own =
        [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", access.as_str())];
    assert_eq!(app.post("/oauth/revoke", &fields(&own), None).await.status, 200);
    assert_eq!(app.try_token(&access).await, 401);
    assert_eq!(refresh(&app, &token, &[]).await.status, 200);
}

#[bedside_test]
async fn of_fifty_who_bring_a_refresh_token_at_once_all_get_the_one_answer(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let elsewhere = ward.elsewhere().await;
    let urls = [ward.url.clone(), elsewhere.as_ref().map_or(&ward.url, |node| &node.url).clone()];
    let (_, mut token) = pair(&redeemed(&app, &anna, &[]).await);
    for _ in 0..4 {
        let form = form(&app, &token, &[]);
        let requests = (0..50).map(|number| {
            let request = ward.http.post(format!("{}/oauth/token", urls[number % 2])).form(&form);
            tokio::spawn(async move { Answer::of(request.send().await.expect("an answer")).await })
        });
        let answers: Vec<Answer> = join_all(requests).await.into_iter().map(Result::unwrap).collect();
        let given: Vec<&Value> =
            answers.iter().filter(|one| one.status == 200).map(|one| &one.json).collect();
        let others = answers.iter().filter(|one| one.status != 200 && one.status != 429);
        assert_eq!(others.map(|one| &one.text).collect::<Vec<_>>(), Vec::<&String>::new());
        assert!(!given.is_empty() && given.iter().all(|one| *one == given[0]), "{given:?}");
        token = pair(given[0]).1;
        ward.clock.pass(SignedDuration::from_mins(1));
    }
    let issued = lines(&ward).await.iter().filter(|line| line.kind == "token_issued").count();
    assert_eq!(issued, 5, "one for the code, and one for each refresh token");
    if let Some(node) = elsewhere {
        node.close().await;
    }
}

// Two servers over one database, in one process: time is injected, and both have to go by the same.
#[bedside_test]
async fn a_family_that_ends_here_ends_within_a_second_on_another_server(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let Some(node) = ward.elsewhere().await else { return };
    let (access, token) = pair(&redeemed(&app, &anna, &[]).await);
    assert_eq!(try_token(&ward, &node.url, &access).await, 200);
    let own =
        [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", token.as_str())];
    assert_eq!(app.post("/oauth/revoke", &fields(&own), None).await.status, 200);
    ward.clock.pass(SignedDuration::from_secs(1));
    assert_eq!(try_token(&ward, &node.url, &access).await, 401);
    let there = ward.http.post(format!("{}/oauth/token", node.url)).form(&form(&app, &token, &[]));
    refused(&Answer::of(there.send().await.unwrap()).await, "invalid_grant");
    node.close().await;
}

#[bedside_test]
async fn what_ended_long_ago_is_removed_and_what_stands_is_not(ward: Ward) {
    let (_, anna, app) = scene(&ward).await;
    let (_, old) = pair(&redeemed(&app, &anna, &[]).await);
    ward.clock.pass(SignedDuration::from_hours(20 * 24));
    let (_, token) = pair(&redeemed(&app, &anna, &[]).await);
    let kept = async || {
        let count = "SELECT (SELECT COUNT(*) FROM refresh_tokens), (SELECT COUNT(*) FROM refresh_families)";
        let both = |row: &store::Row<'_>| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?));
        let read = ward.house.db.read(count, move |tx, count| Box::pin(tx.one(count, &[], both)));
        read.await.expect("a count").expect("a row")
    };
    bedside::house::tidy_up(&ward.house).await.expect("tidy");
    assert_eq!(kept().await, (2, 2));
    ward.clock.pass(SignedDuration::from_hours(11 * 24 + 1));
    bedside::house::tidy_up(&ward.house).await.expect("tidy");
    assert_eq!(kept().await, (1, 1), "a day after its end");
    refused(&refresh(&app, &old, &[]).await, "invalid_grant");
    assert_eq!(refresh(&app, &token, &[]).await.status, 200);
}
