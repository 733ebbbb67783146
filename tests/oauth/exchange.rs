//! One application's token for another's (RFC 8693): the same person, no more rights, and told who acts.

use identity::clients::NewClient;
use identity::{By, Dialect, GrantType, clients};
use jiff::SignedDuration;
use kernel::{ClientId, Scopes};
use serde_json::json;
use testkit::bedside_test;

use super::app::{App, Fields, PASSWORD, fields};
use super::refresh::{SANDBOX_S, own};
use crate::cast::{Answer, Organisation, Somebody, Ward};
use crate::secrecy::access_log::lines;

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

fn hospital(new: &mut NewClient) {
    new.dialect = Dialect::Fhir;
    new.grant_types = vec![GrantType::TokenExchange, GrantType::ClientCredentials];
    new.scopes = Scopes::parse("read openid system/Communication.rs").0;
}

async fn scene(ward: &Ward) -> (Organisation, Somebody, App, App) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let (app, hospital) = (App::of(&linde, own).await, App::of(&linde, hospital).await);
    (linde, anna, app, hospital)
}

fn form(app: &App, subject: &str, changed: &[(&str, &str)]) -> Fields {
    let own = [
        ("grant_type", EXCHANGE),
        ("subject_token", subject),
        ("subject_token_type", ACCESS_TOKEN),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.secret.as_str()),
    ];
    let kept = own.iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    let all = kept.chain(changed).filter(|(_, value)| !value.is_empty());
    fields(&all.copied().collect::<Vec<_>>())
}

async fn exchange(app: &App, subject: &str, changed: &[(&str, &str)]) -> Answer {
    app.redeem(&form(app, subject, changed)).await
}

#[bedside_test]
async fn a_token_is_exchanged_for_one_that_may_do_less_and_says_who_acts(ward: Ward) {
    let (_, anna, app, hospital) = scene(&ward).await;
    let asked = [("scope", "openid read write")];
    let subject = app.token(&app.code(&anna, &asked).await).await;
    ward.clock.pass(SignedDuration::from_mins(20));
    let given = exchange(&hospital, &subject, &[]).await.ok();
    assert_eq!(given["issued_token_type"], ACCESS_TOKEN);
    assert_eq!((&given["token_type"], &given["scope"]), (&"Bearer".into(), &"read".into()));
    assert_eq!(given["expires_in"], SANDBOX_S - 20 * 60, "no longer than the token that it was given for");
    assert!(given.get("refresh_token").is_none() && given.get("id_token").is_none());
    let token = given["access_token"].as_str().unwrap();
    assert_eq!(app.try_token(token).await, 200);
    let look_up =
        [("client_id", hospital.client_id.as_str()), ("client_secret", &hospital.secret), ("token", token)];
    let told = app.post("/oauth/introspect", &fields(&look_up), None).await.ok();
    assert_eq!((&told["sub"], &told["client_id"]), (&anna.uuid().into(), &hospital.client_id.clone().into()));
    assert_eq!(told["act"], json!({ "sub": hospital.client_id }));
    let lines = lines(&ward).await;
    let line = lines.iter().find(|line| line.reason.as_deref() == Some("token exchanged")).expect("a line");
    assert_eq!((line.person, line.patient), (Some(anna.id), Some(anna.id)));
    assert_eq!(line.client.map(|client| client.hex()), Some(hospital.client_id.clone()));
}

#[bedside_test]
async fn what_the_exchanged_token_rests_on_ends_it_too(ward: Ward) {
    let (linde, anna, app, hospital) = scene(&ward).await;
    let code = app.code(&anna, &[]).await;
    let subject = app.token(&code).await;
    let exchanged = async |hospital: &App, subject: &str| {
        exchange(hospital, subject, &[]).await.ok()["access_token"].as_str().unwrap().to_owned()
    };
    let give_back = async |holder: &App, token: &str| {
        let own =
            [("client_id", holder.client_id.as_str()), ("client_secret", &holder.secret), ("token", token)];
        assert_eq!(app.post("/oauth/revoke", &fields(&own), None).await.status, 200);
    };
    let (first, second) = (exchanged(&hospital, &subject).await, exchanged(&hospital, &subject).await);
    give_back(&app, &first).await;
    assert_eq!(app.try_token(&first).await, 200, "it is not the other application's to give back");
    give_back(&hospital, &first).await;
    assert_eq!((app.try_token(&first).await, app.try_token(&second).await), (401, 200));
    app.redeem(&app.token_form(&code, &[])).await;
    assert_eq!(app.try_token(&second).await, 401, "the code was in two hands");
    let subject = app.token(&app.code(&anna, &[]).await).await;
    let third = exchanged(&hospital, &subject).await;
    give_back(&app, &subject).await;
    assert_eq!(app.try_token(&third).await, 401, "what it was given for was given back");
    let subject = app.token(&app.code(&anna, &[]).await).await;
    let third = exchanged(&hospital, &subject).await;
    let id = ClientId::from_hex(&hospital.client_id).unwrap();
    let removed = ward.house.db.write(id, |tx, id| Box::pin(clients::remove(tx, By::Operator, *id)));
    removed.await.expect("removed");
    assert_eq!((app.try_token(&third).await, app.try_token(&subject).await), (401, 200));
    let other = App::of(&linde, super::exchange::hospital).await;
    let fourth = exchanged(&other, &subject).await;
    let input = (linde.id, anna.id);
    let disabled = ward.house.db.write(input, |tx, (organisation, person)| {
        Box::pin(identity::persons::disable(tx, By::Operator, *organisation, *person))
    });
    disabled.await.expect("disabled");
    assert_eq!(app.try_token(&fourth).await, 401);
}

#[bedside_test]
async fn what_cannot_be_exchanged_is_refused_in_the_standards_words(ward: Ward) {
    let (_, anna, app, hospital) = scene(&ward).await;
    let eik = ward.organisation("eik").await;
    let stranger = App::of(&eik, super::exchange::hospital).await;
    let subject = app.token(&app.code(&anna, &[("scope", "read write")]).await).await;
    let refused = |answer: &Answer, error: &str, why: &str| {
        assert_eq!((answer.status, &answer.json["error"]), (400, &error.into()), "{why}: {}", answer.text);
    };
    for (name, value, error) in [
        ("subject_token", "", "invalid_request"),
        ("subject_token", "none of ours", "invalid_request"),
        ("subject_token_type", "", "invalid_request"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token", "invalid_request"),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:refresh_token", "invalid_request"),
        ("requested_token_type", "urn:ietf:params:oauth:token-type:saml2", "invalid_request"),
        ("actor_token", "x", "invalid_request"),
        ("actor_token_type", ACCESS_TOKEN, "invalid_request"),
        ("audience", "https://elsewhere.example", "invalid_target"),
        ("resource", "https://elsewhere.example/fhir", "invalid_target"),
        ("scope", "write", "invalid_scope"),
        ("scope", "openid", "invalid_scope"),
        ("scope", "read everything", "invalid_scope"),
    ] {
        refused(&exchange(&hospital, &subject, &[(name, value)]).await, error, name);
    }
    refused(&exchange(&stranger, &subject, &[]).await, "invalid_request", "another organisation's token");
    refused(&exchange(&app, &subject, &[]).await, "unauthorized_client", "it may not ask so");
    let ours = [("audience", ward.url.as_str()), ("requested_token_type", ACCESS_TOKEN)];
    let once = exchange(&hospital, &subject, &ours).await.ok();
    let again = exchange(&hospital, once["access_token"].as_str().unwrap(), &[]).await;
    refused(&again, "invalid_request", "exchanged before");
    let own = [
        ("grant_type", "client_credentials"),
        ("client_id", hospital.client_id.as_str()),
        ("client_secret", &hospital.secret),
    ];
    let program = hospital.redeem(&fields(&own)).await.ok();
    let of_program = exchange(&hospital, program["access_token"].as_str().unwrap(), &[]).await;
    refused(&of_program, "invalid_request", "nobody signed in for it");
    ward.clock.pass(SignedDuration::from_secs(SANDBOX_S));
    refused(&exchange(&hospital, &subject, &[]).await, "invalid_request", "it has ended");
}
