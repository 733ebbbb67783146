//! An administrator and the applications of the practice.

use jiff::SignedDuration;
use serde_json::{Value, json};
use testkit::bedside_test;

use super::desk::{Desk, femke, problem};
use crate::cast::Ward;
use crate::oauth::app::{App, PASSWORD};
use crate::secrecy::access_log::lines;

fn board() -> Value {
    json!({ "name": "Ward board", "dialect": "own", "scopes": "openid read",
        "redirect_uris": ["https://board.example.test/callback"] })
}

fn with(name: &str, value: Value) -> Value {
    let mut body = board();
    body[name] = value;
    body
}

#[bedside_test]
async fn femke_registers_an_application_and_is_told_its_secret_once(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let boss = femke(&linde).await;
    let desk = Desk::of(&boss).await;
    let added = desk.post("/clients", board()).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let (id, secret) =
        (added.json["client_id"].as_str().unwrap(), added.json["client_secret"].as_str().unwrap());
    assert!(secret.len() > 40);
    let path = format!("/clients/{id}");
    let shown = desk.get(&path).await.ok();
    assert_eq!((&shown["name"], &shown["status"]), (&json!("Ward board"), &json!("approved")));
    assert_eq!(shown["registered_by"], boss.uuid(), "nobody else has looked at it");
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 1);
    let all = desk.get("/clients").await;
    assert!(!all.text.contains(secret) && !shown.to_string().contains(secret), "never again");

    let rotated = desk.post(&format!("{path}/rotate-secret"), json!({ "overlap_hours": 2 })).await.ok();
    assert_ne!(rotated["client_secret"], secret);
    let ages = desk.get(&path).await.ok()["secrets"].clone();
    assert!(ages[0]["ends"].is_string() && ages[1]["ends"].is_null(), "{ages}");
    assert_eq!(
        problem(&desk.post(&format!("{path}/rotate-secret"), json!({ "overlap_hours": 169 })).await),
        (422, "overlap_too_long")
    );

    let changed = json!({ "name": "Board", "redirect_uris": ["https://new.example.test/cb"],
        "post_logout_uris": ["https://new.example.test/bye"] });
    let changed = desk.put(&path, changed).await.ok();
    assert_eq!(changed["redirect_uris"], json!(["https://new.example.test/cb"]));
    assert_eq!(changed["post_logout_uris"], json!(["https://new.example.test/bye"]));
    let unfit = json!({ "name": "Other", "redirect_uris": ["http://elsewhere.example.test/"] });
    assert_eq!(problem(&desk.put(&path, unfit).await), (422, "redirect_uri_unfit"));
    assert_eq!(desk.get(&path).await.ok()["name"], "Board", "all of it or nothing");

    assert_eq!(desk.delete(&path).await.status, 204);
    assert_eq!(problem(&desk.get(&path).await), (404, "client_not_found"));
}

#[bedside_test]
async fn an_administrator_gives_nothing_that_only_operators_give(ward: Ward) {
    let desk = Desk::of(&femke(&ward.organisation("linde").await).await).await;
    let before = desk.get("/clients").await.ok();
    for (name, value) in [
        ("scopes", json!("read system/Patient.rs")),
        ("grant_types", json!(["authorization_code", "client_credentials"])),
        ("grant_types", json!(["authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"])),
        ("dialect", json!("fhir")),
    ] {
        ward.pass_a_second();
        let answer = desk.post("/clients", with(name, value.clone())).await;
        assert_eq!(problem(&answer), (403, "operator_needed"), "{name} {value}");
    }
    for (name, value, code) in [
        ("scopes", json!("read everything"), "unknown_name"),
        ("dialect", json!("morse"), "unknown_name"),
        ("grant_types", json!([]), "grant_types_missing"),
        ("grant_types", json!(["refresh_token"]), "grant_types_unfit"),
        ("redirect_uris", json!([]), "redirect_uri_missing"),
        ("token_life_s", json!(59), "token_life_out_of_range"),
        ("name", json!("x\u{202e}y"), "name_unfit"),
    ] {
        ward.pass_a_second();
        assert_eq!(problem(&desk.post("/clients", with(name, value.clone())).await), (422, code), "{value}");
    }
    assert_eq!(desk.get("/clients").await.ok(), before);
}

#[bedside_test]
async fn keys_take_the_place_of_a_secret_and_private_ones_are_refused(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let desk = Desk::of(&femke(&linde).await).await;
    let id = desk.post("/clients", board()).await.json["client_id"].as_str().unwrap().to_owned();
    let path = format!("/clients/{id}");
    let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let private = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "d": "AAAA",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] });
    let refused = desk.put(&path, json!({ "jwks": private })).await;
    assert_eq!(problem(&refused), (422, "jwks_unfit"));
    assert!(refused.json["detail"].as_str().unwrap().starts_with("Key 1: it holds a private"));
    let changed = desk.put(&path, json!({ "jwks": { "keys": [key] } })).await.ok();
    assert_eq!(changed["jwks"]["keys"][0]["crv"], "Ed25519");
    assert_eq!(changed["secrets"], json!([]), "its secret has ended");
    let rotate = desk.post(&format!("{path}/rotate-secret"), json!({})).await;
    assert_eq!(problem(&rotate), (409, "client_of_keys"));
}

#[bedside_test]
async fn whoever_approves_has_seen_the_addresses_as_they_are(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let desk = Desk::of(&femke(&linde).await).await;
    let app = App::of(&linde, |new| new.pending = true).await;
    let path = format!("/clients/{}", app.client_id);
    let shown = desk.get(&path).await.ok();
    assert_eq!(shown["status"], "pending");
    let others = json!({ "redirect_uris": ["https://other.example.test/"] });
    assert_eq!(problem(&desk.post(&format!("{path}/approve"), others).await), (409, "addresses_changed"));
    let seen = json!({ "redirect_uris": shown["redirect_uris"] });
    assert_eq!(desk.post(&format!("{path}/approve"), seen.clone()).await.ok()["status"], "approved");
    assert_eq!(problem(&desk.post(&format!("{path}/approve"), seen).await), (409, "not_pending"));
}

#[bedside_test]
async fn what_an_operator_gave_an_administrator_does_not_make_their_own(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let desk = Desk::of(&femke(&linde).await).await;
    let trusted = App::of(&linde, |new| new.trusted = true).await;
    let path = format!("/clients/{}", trusted.client_id);
    let before = desk.get(&path).await.ok();
    for change in [json!({ "redirect_uris": ["https://femke.example.test/cb"] }), json!({ "name": "Mine" })] {
        assert_eq!(problem(&desk.put(&path, change).await), (403, "operator_needed"));
    }
    let rotate = desk.post(&format!("{path}/rotate-secret"), json!({})).await;
    assert_eq!(problem(&rotate), (403, "operator_needed"));
    assert_eq!(desk.get(&path).await.ok(), before);
    assert_eq!(desk.delete(&path).await.status, 204, "but they may do without it");
}

#[bedside_test]
async fn femke_says_how_long_tokens_and_codes_of_an_application_live(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let desk = Desk::of(&femke(&linde).await).await;
    let bram = linde.patient("Bram").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |_| {}).await;
    let path = format!("/clients/{}", app.client_id);
    let before = desk.get(&path).await.ok();
    for (name, value, code) in [
        ("token_life_s", 59, "token_life_out_of_range"),
        ("token_life_s", 2_592_001, "token_life_out_of_range"),
        ("refresh_life_s", 3_599, "refresh_life_out_of_range"),
        ("refresh_life_s", 7_776_001, "refresh_life_out_of_range"),
        ("code_life_s", 9, "code_life_out_of_range"),
        ("code_life_s", 601, "code_life_out_of_range"),
    ] {
        ward.pass_a_second();
        assert_eq!(
            problem(&desk.put(&path, json!({ "name": "X", name: value })).await),
            (422, code),
            "{value}"
        );
    }
    assert_eq!(desk.get(&path).await.ok(), before, "all of it or nothing");
    let lives = json!({ "token_life_s": 600, "code_life_s": 20, "refresh_life_s": 86_400 });
    let changed = desk.put(&path, lives).await.ok();
    assert_eq!(
        (&changed["token_life_s"], &changed["code_life_s"], &changed["refresh_life_s"]),
        (&json!(600), &json!(20), &json!(86_400))
    );
    let late = app.code(&bram, &[]).await;
    ward.clock.pass(SignedDuration::from_secs(21));
    assert_eq!(app.redeem(&app.token_form(&late, &[])).await.json["error"], "invalid_grant");
    let answer = app.redeem(&app.token_form(&app.code(&bram, &[]).await, &[])).await.ok();
    let token = answer["access_token"].as_str().unwrap();
    ward.clock.pass(SignedDuration::from_secs(599));
    assert_eq!(app.try_token(token).await, 200);
    ward.clock.pass(SignedDuration::from_secs(2));
    assert_eq!(app.try_token(token).await, 401);
    let told = lines(&ward).await;
    assert_eq!(told.iter().filter(|line| line.reason.as_deref() == Some("client lives changed")).count(), 1);
}

#[bedside_test]
async fn a_refresh_token_does_not_end_before_its_access_token_and_a_phone_has_a_code_for_a_minute(
    ward: Ward,
) {
    let desk = Desk::of(&femke(&ward.organisation("linde").await).await).await;
    let own = desk.post("/clients", board()).await.json["client_id"].as_str().unwrap().to_owned();
    let short = json!({ "token_life_s": 7_200, "refresh_life_s": 3_600 });
    assert_eq!(problem(&desk.put(&format!("/clients/{own}"), short).await), (422, "refresh_life_too_short"));
    let public = desk.post("/clients", with("public", json!(true))).await.json["client_id"].clone();
    let path = format!("/clients/{}", public.as_str().unwrap());
    assert_eq!(
        problem(&desk.put(&path, json!({ "code_life_s": 61 })).await),
        (422, "code_life_out_of_range")
    );
    assert_eq!(desk.put(&path, json!({ "code_life_s": 60 })).await.ok()["code_life_s"], 60);
}

#[bedside_test]
async fn the_lives_of_what_an_operator_gave_are_the_operators(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let desk = Desk::of(&femke(&linde).await).await;
    let trusted = App::of(&linde, |new| new.trusted = true).await;
    let path = format!("/clients/{}", trusted.client_id);
    assert_eq!(problem(&desk.put(&path, json!({ "token_life_s": 600 })).await), (403, "operator_needed"));
}
