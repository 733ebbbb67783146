//! What each wire's applications were promised of their tokens, row by row.

use identity::clients::NewClient;
use identity::organisations::NewOrganisation;
use identity::{By, Dialect, Language};
use jiff::SignedDuration;
use kernel::{OrganisationId, Scopes};
use serde_json::{Value, json};
use testkit::bedside_test;

use super::app::{App, CALLBACK, PASSWORD, answer_of, browser, fields};
use crate::cast::{Organisation, Ward};

/// A practice that is no sandbox.
async fn in_production(ward: &Ward) -> Organisation {
    let new = NewOrganisation {
        slug: "eik".to_owned(),
        name: "Praktijk eik".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
        languages: vec![Language::Nl],
        sandbox: false,
        patients_see_patients: false,
        staff_invite_coworkers: false,
        identifiers: Vec::new(),
    };
    let added =
        ward.house.db.write(new, |tx, new| Box::pin(identity::organisations::add(tx, By::Operator, new)));
    let (id, sandbox) = (added.await.expect("a practice"), ward.organisation("linde").await);
    Organisation { id, ..sandbox }
}

fn members(answer: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = answer.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[bedside_test]
async fn a_token_lives_as_long_as_its_wire_says_and_three_days_in_a_sandbox(ward: Ward) {
    let eik = in_production(&ward).await;
    let linde = ward.organisation("olm").await;
    let life_s = async |organisation: OrganisationId, dialect, said_ms| {
        let mut new = NewClient::of(organisation, "Application", dialect);
        new.token_life_ms = said_ms;
        let added = ward.house.db.write(new, |tx, new| {
            Box::pin(async move {
                let (id, _) = identity::clients::add(tx, By::Operator, new).await?;
                identity::clients::find(tx, id).await
            })
        });
        added.await.expect("a client").expect("it").token_life_ms / 1_000
    };
    for (dialect, production_s) in
        [(Dialect::Kpn, 259_200), (Dialect::Portal, 7_200), (Dialect::Fhir, 300), (Dialect::Own, 3_600)]
    {
        assert_eq!(life_s(eik.id, dialect, None).await, production_s, "{dialect:?}");
        assert_eq!(life_s(linde.id, dialect, None).await, 259_200, "{dialect:?} in a sandbox");
        for organisation in [eik.id, linde.id] {
            assert_eq!(
                life_s(organisation, dialect, Some(61_000)).await,
                61,
                "what the operator says counts"
            );
        }
    }
}

#[bedside_test]
async fn the_portals_answers_are_those_of_its_contract(ward: Ward) {
    let eik = in_production(&ward).await;
    let anna = eik.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&eik, |new| {
        *new = NewClient::of(eik.id, "Portaal", Dialect::Portal);
        new.redirect_uris = vec![CALLBACK.to_owned()];
        new.scopes = Scopes::parse("openid profile_read appointment_read").0;
    })
    .await;
    let asked = ("scope", "openid profile_read appointment_read");
    let mut visit = browser(&ward);
    let page = visit.open(&app.request(&[asked])).await;
    let consent = super::app::sign_in(&mut visit, &page, &anna).await;
    let denied = visit.submit(&consent, &[("answer", "deny")]).await;
    let sentence = "error=access_denied&error_description=\
                    The+resource+owner+or+authorization+server+denied+the+request.";
    assert!(denied.location().unwrap().contains(sentence), "{denied:?}");

    let code = answer_of(&app.allowed(&anna, &mut visit, &[asked]).await)["code"].clone();
    ward.clock.pass(SignedDuration::from_secs(599));
    let now_s = ward.clock.now_ms() / 1_000;
    let given = app.redeem(&app.token_form(&code, &[])).await;
    assert_eq!(given.header("cache-control"), "no-store");
    let given = given.ok();
    let contract =
        ["access_token", "created_at", "expires_in", "id_token", "refresh_token", "scope", "token_type"];
    assert_eq!(members(&given), contract);
    assert_eq!((&given["token_type"], &given["expires_in"]), (&json!("Bearer"), &json!(7_200)));
    assert_eq!((&given["scope"], &given["created_at"]), (&json!(asked.1), &json!(now_s)));
    let own = [("client_id", app.client_id.as_str()), ("client_secret", app.secret.as_str())];
    let refresh =
        [("grant_type", "refresh_token"), ("refresh_token", given["refresh_token"].as_str().unwrap())];
    let next = app.redeem(&fields(&[own, refresh].concat())).await.ok();
    assert_eq!(members(&next), contract, "a refresh has the same format");
    let late = answer_of(&app.allowed(&anna, &mut visit, &[asked]).await)["code"].clone();
    ward.clock.pass(SignedDuration::from_secs(600));
    assert_eq!(app.redeem(&app.token_form(&late, &[])).await.json["error"], "invalid_grant");
}

#[bedside_test]
async fn a_hospitals_system_gets_five_minutes_and_nothing_to_refresh(ward: Ward) {
    let eik = in_production(&ward).await;
    let app = App::of(&eik, |new| {
        *new = NewClient::of(eik.id, "XIS", Dialect::Fhir);
        new.scopes = Scopes::parse("system/Communication.cu system/Encounter.u").0;
    })
    .await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.secret.as_str()),
    ];
    let given = app.redeem(&fields(&form)).await.ok();
    assert_eq!(members(&given), ["access_token", "expires_in", "scope", "token_type"]);
    assert_eq!((&given["token_type"], &given["expires_in"]), (&json!("Bearer"), &json!(300)));
    let token = given["access_token"].as_str().unwrap();
    assert_eq!(app.try_token(token).await, 403, "it stands");
    ward.clock.pass(SignedDuration::from_secs(300));
    assert_eq!(app.try_token(token).await, 401);
}
