//! What applications are told of tokens (RFC 7662).

use identity::{By, persons};
use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::bedside_test;

use super::app::{App, PASSWORD, fields};
use super::refresh::{SANDBOX_S, own};
use crate::cast::{Answer, Ward};

async fn ask(app: &App, token: &str) -> Answer {
    let form = [("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", token)];
    app.post("/oauth/introspect", &fields(&form), None).await
}

fn inactive() -> Value {
    json!({ "active": false })
}

#[bedside_test]
async fn an_application_is_told_what_stands_and_of_all_else_nothing(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let (app, colleague) = (App::of(&linde, own).await, App::of(&linde, own).await);
    let eik = ward.organisation("eik").await;
    let stranger = App::of(&eik, own).await;
    let given = app.redeem(&app.token_form(&app.code(&anna, &[]).await, &[])).await.ok();
    let (access, refresh) =
        (given["access_token"].as_str().unwrap(), given["refresh_token"].as_str().unwrap());
    let now = ward.clock.now_ms() / 1_000;
    let told = json!({
        "active": true,
        "scope": "read",
        "client_id": app.client_id,
        "token_type": "Bearer",
        "exp": now + SANDBOX_S,
        "iat": now,
        "sub": anna.uuid(),
        "aud": ward.url,
        "iss": ward.url,
    });
    let answer = ask(&colleague, access).await;
    assert_eq!((answer.header("cache-control"), &answer.json), ("no-store", &told));
    let mut of_refresh = told.clone();
    of_refresh.as_object_mut().unwrap().remove("token_type");
    of_refresh["exp"] = json!(now + 30 * 24 * 3_600);
    assert_eq!(ask(&app, refresh).await.ok(), of_refresh);
    for token in [access, refresh, "none of ours", "\u{0}"] {
        assert_eq!(ask(&stranger, token).await.ok(), inactive(), "an application of another organisation");
    }
    assert_eq!(ask(&app, "none of ours").await.ok(), inactive());
    let input = (linde.id, anna.id);
    let disabled = ward.house.db.write(input, |tx, (organisation, person)| {
        Box::pin(persons::disable(tx, By::Operator, *organisation, *person))
    });
    disabled.await.expect("disabled");
    for token in [access, refresh] {
        assert_eq!(ask(&app, token).await.ok(), inactive());
    }
}

#[bedside_test]
async fn who_asks_is_told_the_subject_that_it_calls_her_by_and_no_others(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let pairwise = async |host: &str| {
        let uri = format!("https://{host}/cb");
        App::of(&linde, |new| {
            own(new);
            new.pairwise = true;
            new.redirect_uris.push(uri.clone());
            new.redirect_uris.retain(|one| *one == uri);
        })
        .await
    };
    let (portal, insurer) = (pairwise("portal.example").await, pairwise("insurer.example").await);
    let (open, other) = (App::of(&linde, own).await, App::of(&linde, own).await);
    let subject =
        async |asker: &App, token: &str| ask(asker, token).await.ok()["sub"].as_str().unwrap().to_owned();
    let of_open = open.token(&open.code(&anna, &[]).await).await;
    let at_portal = [("redirect_uri", "https://portal.example/cb")];
    let outward = portal.allowed(&anna, &mut super::app::browser(&ward), &at_portal).await;
    let code = reqwest::Url::parse(outward.location().unwrap()).unwrap();
    let code = code.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
    let given = portal.redeem(&portal.token_form(&code, &at_portal)).await.ok();
    let of_portal = given["access_token"].as_str().unwrap();
    assert_eq!(subject(&other, &of_open).await, anna.uuid(), "both call everybody what the house does");
    let hers = subject(&portal, of_portal).await;
    assert_eq!(hers.len(), 43);
    assert_eq!(subject(&portal, &of_open).await, hers, "the portal knows her by this one");
    let elsewhere = subject(&insurer, of_portal).await;
    assert_ne!(elsewhere, hers, "and tells nobody so");
    assert_eq!(subject(&insurer, &of_open).await, elsewhere);
    let told = subject(&other, of_portal).await;
    assert!(
        told != hers && told != anna.uuid(),
        "nor is it told who stands behind a subject of the portal's"
    );
}

#[bedside_test]
async fn a_token_that_ended_and_a_refresh_token_that_was_used_are_not_active(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, own).await;
    let given = app.redeem(&app.token_form(&app.code(&anna, &[]).await, &[])).await.ok();
    let (access, refresh) =
        (given["access_token"].as_str().unwrap(), given["refresh_token"].as_str().unwrap());
    let form = [
        ("client_id", app.client_id.as_str()),
        ("client_secret", &app.secret),
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
    ];
    app.redeem(&fields(&form)).await.ok();
    assert_eq!(ask(&app, refresh).await.ok(), inactive());
    assert_eq!(ask(&app, access).await.json["active"], true);
    ward.clock.pass(SignedDuration::from_secs(SANDBOX_S));
    assert_eq!(ask(&app, access).await.ok(), inactive());
}

#[bedside_test]
async fn rfc_7662_4_only_who_proves_itself_may_look_tokens_up(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, own).await;
    let public = App::of(&linde, |new| {
        own(new);
        new.public = true;
    })
    .await;
    let pending = App::of(&linde, |new| {
        own(new);
        new.pending = true;
    })
    .await;
    let token = app.token(&app.code(&anna, &[]).await).await;
    let wrong = app.with_secret("wrong");
    for other in [&public, &pending, &wrong, &app.with_secret("")] {
        let refused = ask(other, &token).await;
        assert_eq!((refused.status, &refused.json["error"]), (401, &"invalid_client".into()));
        assert!(!refused.header("www-authenticate").is_empty());
    }
    let bearer = ward.http.post(format!("{}/oauth/introspect", ward.url)).bearer_auth(&token);
    let bearer = Answer::of(bearer.form(&[("token", &token)]).send().await.unwrap()).await;
    assert_eq!(bearer.status, 401, "a token proves no application");
    let mut twice =
        fields(&[("client_id", app.client_id.as_str()), ("client_secret", &app.secret), ("token", &token)]);
    twice.push(("token".to_owned(), token.clone()));
    let twice = app.post("/oauth/introspect", &twice, None).await;
    assert_eq!((twice.status, &twice.json["error"]), (400, &"invalid_request".into()));
    let none = fields(&[("client_id", app.client_id.as_str()), ("client_secret", &app.secret)]);
    assert_eq!(app.post("/oauth/introspect", &none, None).await.json["error"], "invalid_request");
}
