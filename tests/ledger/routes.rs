//! All wires behind one door: what is documented is there, and what is not belongs to nobody.

use std::collections::BTreeSet;

use testkit::bedside_test;

use super::operation::operations;
use crate::cast::Ward;

#[bedside_test]
async fn every_documented_path_is_served_under_every_base_path(ward: Ward) {
    let neutral = ward.http.get(format!("{}/nowhere", ward.url)).send().await.expect("an answer");
    assert_eq!(neutral.status(), 404);
    let neutral = neutral.text().await.expect("a body");
    assert_eq!(neutral, r#"{"error":"not_found"}"#);
    for operation in operations() {
        let path = operation.path_with(|_| "nobody".to_owned());
        for base in ::kpn::BASE_PATHS {
            let request =
                ward.http.request(operation.method.parse().unwrap(), format!("{}{base}{path}", ward.url));
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), 401, "{} {base}{path}", operation.method);
            assert_ne!(answer.text().await.expect("a body"), neutral, "{} {base}{path}", operation.method);
        }
    }
}

#[test]
fn operations_have_ids_of_their_own() {
    let all = operations();
    let ids: BTreeSet<&str> = all.iter().map(|operation| operation.id.as_str()).collect();
    assert_eq!(ids.len(), all.len());
    assert!(all.len() >= 34, "the document is not empty");
}

#[bedside_test]
async fn the_environment_to_download_names_the_server_that_it_came_from(ward: Ward) {
    let path = format!("{}/api-docs/kpn.postman_environment.json", ward.url);
    let text = ward.http.get(path).send().await.expect("an answer").text().await.expect("a body");
    let environment: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(environment["values"][0]["key"], "base_url");
    assert_eq!(environment["values"][0]["value"], ward.url.as_str());
}
