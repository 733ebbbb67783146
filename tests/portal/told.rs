//! What is told of a patient and of a practice, where the API is served, and its documents.

use booking::setup::{Author, categories, institutions, types};
use serde_json::json;
use testkit::bedside_test;

use super::practice::{ALL, Practice, like};
use super::refusals::known;
use crate::cast::{Answer, Ward};

#[bedside_test]
async fn the_profile_and_userinfo_tell_what_the_practice_knows(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (somebody, anne) = practice.patient("Anne").await;
    let bare = anne.get("/profile").await.ok();
    like("profile", &bare);
    assert_eq!(
        (&bare["data"]["gender"], &bare["data"]["full_name"]),
        (&json!(null), &json!("de Boer, Anne"))
    );
    practice.describe(&somebody, known()).await;
    let told = anne.get("/profile").await.ok();
    like("profile", &told);
    let expected = [
        ("gender", "female"),
        ("born_on", "1980-02-03"),
        ("zip", "10115"),
        ("insurance_number", "A123456780"),
    ];
    for (name, value) in expected {
        assert_eq!(told["data"][name], value, "{name}");
    }
    let chosen = format!("/profile?relative_id={}", somebody.uuid());
    assert_eq!(anne.get(&chosen).await.ok(), told, "who names themselves acts for themselves");
    assert_eq!(
        (&told["data"]["insurance_company_id"], &told["data"]["id"]),
        (&json!(136), &json!(somebody.uuid()))
    );
    like("institutions", &anne.get("/institutions").await.ok());

    let userinfo = async |scopes: &str| {
        let code = practice.app.code(&somebody, &[("scope", scopes)]).await;
        let token = practice.app.token(&code).await;
        let request = ward.http.get(format!("{}/oauth/userinfo", ward.url)).bearer_auth(token);
        Answer::of(request.send().await.expect("an answer")).await.ok()
    };
    let told = userinfo(ALL).await;
    assert_eq!(
        told["address"],
        json!({ "street_address": "Hauptstraße 1", "postal_code": "10115", "locality": "Berlin", "country": "DE" })
    );
    let expected = [
        ("name", json!("Anne de Boer")),
        ("email", json!(somebody.email)),
        ("gender", json!("female")),
        ("birthdate", json!("1980-02-03")),
        ("phone_number", json!("+49 30 123")),
        ("insurance_company_id", json!(136)),
        ("insurance_number", json!("A123456780")),
    ];
    for (name, value) in expected {
        assert_eq!(told[name], value, "{name}");
    }
    assert!(
        told.get("mobile_phone_number").is_none() && told.get("locale").is_none(),
        "nulls are dropped: {told}"
    );
    assert_ne!(told["sub"], somebody.uuid(), "a subject of its own");
    let alone = userinfo("openid address").await;
    assert_eq!((alone.as_object().unwrap().len(), &alone["address"]), (2, &told["address"]));
    assert_eq!(userinfo("openid").await.as_object().unwrap().len(), 1);
}

/// Adds pictures and descriptions, and has the category be for who is of age.
async fn describe(practice: &Practice) {
    let input = (practice.organisation.id, practice.institution);
    let described = practice.ward().house.db.write(input, |tx, (here, place)| {
        Box::pin(async move {
            let by = Author::Operator;
            let named = institutions::NewInstitution::named("Praxis Green", "Europe/Berlin");
            let photo_url = Some("https://green.example/house.jpg".to_owned());
            institutions::change(tx, by, *here, *place, &institutions::NewInstitution { photo_url, ..named })
                .await?;
            let known = categories::find_numbered(tx, *here, 53).await?.expect("the category");
            let new = categories::NewCategory {
                description: Some("Pictures of the inside.".to_owned()),
                photo_url: Some("https://green.example/dr.jpg".to_owned()),
                ages: (Some(18), None),
                insurances: known.insurances,
                ..categories::NewCategory::named(*place, &known.name)
            };
            categories::change(tx, by, *here, known.id, &new).await?;
            let known = types::find_numbered(tx, *here, 198).await?.expect("the type");
            let named = types::NewType::named(known.category, &known.name, 20, known.parts.concat());
            let new = types::NewType { description: Some("Bring your card.".to_owned()), ..named };
            types::change(tx, by, *here, known.id, &new).await
        })
    });
    described.await.expect("described");
}

#[bedside_test]
async fn what_a_practice_says_of_itself_is_shown_and_a_category_to_whom_it_is_for(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    describe(&practice).await;
    let (house, doctor) = ("https://green.example/house.jpg", "https://green.example/dr.jpg");
    for path in ["/institutions", "/institutions/1"] {
        let told = anne.get(path).await.ok();
        let one = told["data"].get(0).unwrap_or(&told["data"]);
        assert_eq!(one["photo_url"], house, "{path}: {told}");
    }
    let grown = anne.get("/appointment_categories?born_on=2008-03-02").await.ok();
    let one = &grown["data"][0];
    assert_eq!((&one["photo_url"], &one["description"]), (&json!(doctor), &json!("Pictures of the inside.")));
    let child = anne.get("/appointment_categories?born_on=2008-03-03").await.ok();
    assert_eq!(child, json!({ "scope": "limited", "data": [] }), "of age tomorrow");
    let types = anne.get("/appointment_types?appointment_category_id=53").await.ok();
    assert_eq!(types["data"][0]["description"], "Bring your card.");
    assert_eq!(types["data"][0]["asap_notifications_enabled"], false, "as the practice set it last");
}

#[bedside_test]
async fn the_api_is_served_under_both_paths_and_its_document_where_clients_look(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let alias = anne.at(&format!("{}/api/portal/v1", ward.url));
    assert_eq!(alias.get("/insurances").await.ok(), anne.get("/insurances").await.ok());
    let get = async |path: &str| {
        Answer::of(ward.http.get(format!("{}{path}", ward.url)).send().await.unwrap()).await
    };
    let document = get("/api-docs/v1/swagger.json").await;
    assert_eq!(document.header("content-type"), "application/json");
    assert_eq!(document.json["info"]["title"], "Patient portal");
    assert_eq!(document.json["servers"][0]["url"], "/api/v1");
    let yaml = get("/api-docs/v1/swagger.yaml").await;
    assert_eq!((yaml.status, yaml.header("content-type")), (200, "application/yaml"));
    assert!(yaml.text.contains("\"/booking\":\n    \"post\":"), "{:.400}", yaml.text);
    assert_eq!(get("/api-docs/v1/other.json").await.status, 404);
    let elsewhere = ward.restarted_with(|settings| settings.portal_paths = vec!["/termine".to_owned()]).await;
    let there = anne.at(&format!("{}/termine", elsewhere.url));
    there.get("/insurances").await.ok();
    assert_eq!(anne.at(&format!("{}/api/v1", elsewhere.url)).get("/insurances").await.status, 404);
    elsewhere.close().await;
}
