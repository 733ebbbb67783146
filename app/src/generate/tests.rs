use serde_json::{Value, json};

use super::postman::{collection, environment};
use super::steps::{Folder, KPN, PORTAL, Step};
use super::*;

fn document() -> Value {
    json!({
        "info": { "title": "Doves", "description": "Letters." },
        "servers": [{ "url": "/v1" }],
        "paths": {
            "/doves": { "post": {
                "operationId": "sendDove", "summary": "Sends a dove.",
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Dove" } } } },
                "responses": { "201": {}, "4XX": {} },
            } },
            "/doves/{id}": { "get": {
                "operationId": "getDove",
                "parameters": [
                    { "name": "id", "in": "path", "example": "1" },
                    { "name": "page", "in": "query", "example": 0 },
                    { "name": "before", "in": "query" },
                ],
                "responses": { "200": {}, "302": {}, "4XX": {} },
            } },
        },
        "components": { "schemas": { "Dove": {
            "type": "object", "required": ["to"],
            "properties": { "to": { "type": "string" }, "text": { "type": "string", "example": "Hello" }, "seal": { "type": "string" } },
        } } },
    })
}

fn every_item(collection: &Value) -> Vec<&Value> {
    let folders = collection["item"].as_array().expect("folders");
    folders.iter().flat_map(|folder| folder["item"].as_array().expect("requests")).collect()
}

#[test]
fn an_operation_becomes_a_request_with_its_example_and_a_test_of_its_status() {
    const STEPS: &[Folder] = &[(
        "Doves",
        &[
            Step {
                operation: "sendDove",
                name: None,
                at: &[],
                body: None,
                keeps: &[("dove", "body.id")],
                also: None,
            },
            Step {
                operation: "getDove",
                name: Some("Asks"),
                at: &[("id", "dove")],
                body: None,
                keeps: &[],
                also: Some(410),
            },
        ],
    )];
    let collection = collection(&document(), STEPS);
    let items = every_item(&collection);
    let body: Value = items[0]["request"]["body"]["raw"].as_str().expect("a body").parse().expect("JSON");
    assert_eq!(body, json!({ "text": "Hello", "to": "" }));
    let test = items[0]["event"][0]["script"]["exec"].to_string();
    assert!(
        test.contains("oneOf([201])") && test.contains("collectionVariables.set(\\\"dove\\\", body.id)"),
        "{test}"
    );
    assert_eq!(items[0]["name"], "Sends a dove.");
    assert_eq!(items[1]["request"]["url"]["raw"], "{{base_url}}/v1/doves/{{dove}}?page=0");
    assert!(items[1]["event"][0]["script"]["exec"].to_string().contains("oneOf([200, 302, 410])"));
    assert_eq!(collection["variable"], json!([{ "key": "dove", "value": "" }]));
}

#[test]
fn every_operation_of_the_messenger_is_in_its_collection_with_every_placeholder_filled() {
    let document = serde_json::to_value(kpn::document()).expect("JSON");
    let named: Vec<_> = KPN.iter().flat_map(|(_, steps)| *steps).map(|step| step.operation).collect();
    let mut ids = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let id = operation["operationId"].as_str().expect("an id");
            // What can be done with a chat is done by an auxiliary id just so.
            let is_shown = named.contains(&id) || (path.starts_with("/aux/") && path.contains("{id}"));
            assert!(is_shown, "{method} {path} ({id}) is missing in steps.rs");
            ids.push(id);
        }
    }
    assert!(named.iter().all(|name| ids.contains(name)), "steps.rs names an operation that is gone");
    let collection = collection(&document, KPN);
    assert_eq!(every_item(&collection).len(), named.len());
    for item in every_item(&collection) {
        let url = item["request"]["url"]["raw"].as_str().expect("a URL");
        let rest = url.replace("{{", "").replace("}}", "");
        assert!(!rest.contains('{'), "{url}");
    }
}

#[test]
fn every_operation_of_the_portal_is_in_its_collection() {
    let document = serde_json::to_value(portal::document()).expect("JSON");
    let items = document["paths"].as_object().expect("paths").values().flat_map(|item| item.as_object());
    let mut ids: Vec<_> =
        items.flat_map(|item| item.values()).filter_map(|one| one["operationId"].as_str()).collect();
    let mut named: Vec<_> = PORTAL.iter().flat_map(|(_, steps)| *steps).map(|step| step.operation).collect();
    ids.sort_unstable();
    named.sort_unstable();
    assert_eq!(named, ids);
}

#[test]
fn a_variable_is_kept_before_it_is_used() {
    let kpn = serde_json::to_value(kpn::document()).expect("JSON");
    let portal = serde_json::to_value(portal::document()).expect("JSON");
    [collection(&kpn, KPN), collection(&portal, PORTAL)].iter().for_each(keeps_before_it_uses);
}

fn keeps_before_it_uses(collection: &Value) {
    let mut known = vec!["base_url".to_owned(), "access_token".to_owned()];
    for item in every_item(collection) {
        let request = item["request"].to_string();
        for name in request.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()) {
            assert!(
                known.iter().any(|one| one == name),
                "{name} is used by {} before it is known",
                item["name"]
            );
        }
        let script = item["event"][0]["script"]["exec"].to_string();
        known.extend(
            script
                .split("Variables.set(\\\"")
                .skip(1)
                .filter_map(|rest| Some(rest.split('\\').next()?.to_owned())),
        );
    }
    let environment = environment("x");
    let keys: Vec<_> =
        environment["values"].as_array().expect("values").iter().map(|one| &one["key"]).collect();
    assert_eq!(keys, ["base_url", "access_token"]);
}

#[test]
fn the_page_on_commands_names_every_command_and_none_that_is_hidden() {
    let page = commands::guide();
    for name in
        ["serve", "demo", "organisation add", "person reset", "client rotate-secret", "audit verify", "token"]
    {
        assert!(page.contains(&format!("\n## bedside {name}\n")), "{name}");
    }
    assert!(!page.contains("generate") && page.contains("--redirect-uri"));
}
