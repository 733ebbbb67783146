use serde_json::json;

use super::*;
use crate::admin::{AdminCommand, run};
use crate::house::trial::Trial;

fn place<'a>(data: &'a Path, url: &'a str) -> Place<'a> {
    Place { url, metrics_url: "http://127.0.0.1:2/metrics", data }
}

async fn furnished(trial: &Trial, url: &str) -> Value {
    furnish(&trial.house, place(trial.folder.path(), url)).await.unwrap()
}

fn keys(told: &Value, kind: &str) -> Vec<String> {
    told[kind].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_clinic_is_told_in_full_and_again_the_same_after_a_restart() {
    let trial = Trial::open().await;
    let told = furnished(&trial, "http://localhost:1").await;
    assert_eq!(keys(&told, "organisations"), ["linde", "hospital", "gp", "hcw"]);
    let people = ["anna", "bram", "chris", "devries", "bakker", "jansen", "beheer", "scheduler"];
    assert_eq!(keys(&told, "people"), people);
    assert_eq!(keys(&told, "clients"), ["messenger", "docs", "portal", "spa"]);
    let anna = &told["people"][0];
    let fields = ["key", "role", "name", "id", "email", "password", "memberships", "identifiers"];
    for person in told["people"].as_array().unwrap() {
        assert!(fields.iter().all(|field| person.get(field).is_some()), "{person}");
    }
    assert_eq!(
        (&anna["role"], &anna["name"], &anna["email"]),
        (&json!("patient"), &json!("Anna de Boer"), &json!("anna@demo.test"))
    );
    assert_eq!(told["people"][6]["role"], "admin");
    assert_eq!(told["people"][3]["memberships"], json!(["linde", "gp", "hcw"]));
    assert_eq!(told["clients"][0]["redirect_uris"][1], "https://www.getpostman.com/oauth2/callback");
    assert_eq!(told["clients"][0]["scopes"], json!(["read", "write", "admin"]));
    assert_eq!(told["clients"][2]["redirect_uris"][1], "http://127.0.0.1:8090/callback");
    let portal =
        "openid profile email address phone offline_access profile_read appointment_read appointment_write";
    assert_eq!(told["clients"][2]["scopes"], portal.split(' ').collect::<Value>());
    assert_eq!(
        (&told["clients"][3]["public"], &told["clients"][3]["client_secret"]),
        (&json!(true), &Value::Null)
    );
    let folder = trial.close().await;
    let again = Trial::open_in(folder).await;
    assert_eq!(furnished(&again, "http://localhost:1").await, told);
    let moved = furnished(&again, "http://localhost:9").await;
    assert_eq!(moved["people"], told["people"]);
    let docs = &moved["clients"][1];
    assert_eq!((&docs["public"], &docs["client_secret"]), (&json!(true), &Value::Null));
    assert_eq!(docs["redirect_uris"][0], "http://localhost:9/api-docs/oauth2-redirect.html");
    again.close().await;
}

#[tokio::test]
async fn there_is_something_to_book_and_everybody_is_known() {
    use booking::setup::{categories, institutions, insurances, resources, types};
    let trial = Trial::open().await;
    furnished(&trial, "http://localhost:1").await;
    furnished(&trial, "http://localhost:1").await;
    let read = trial.house.db.read((), |tx, ()| {
        Box::pin(async move {
            let here = organisations::find_by_slug(tx, "linde").await?.unwrap().id;
            let counts = [institutions::list(tx, here).await?.len(), resources::list(tx, here).await?.len()];
            let first = types::find_numbered(tx, here, 198).await?.unwrap();
            let category = categories::find(tx, here, first.category).await?.unwrap();
            let insurance = insurances::find_numbered(tx, here, 136).await?;
            let nursing = categories::find_numbered(tx, here, 54).await?.unwrap();
            Ok((counts, first, category, insurance, types::list(tx, here, nursing.id).await?))
        })
    });
    let (counts, first, category, insurance, nursing) = read.await.unwrap();
    assert_eq!(counts, [1, 5], "made once");
    assert!(first.asap.enabled && category.is_person && category.number == 53 && insurance.is_some());
    assert_eq!((first.cancel, first.reschedule, first.notice, first.capacity), (0, 0, 0, 1));
    assert_eq!(nursing.iter().map(|one| one.capacity).collect::<Vec<_>>(), [1, 1, 1, 6]);
    trial.close().await;
}

#[tokio::test]
async fn passwords_that_were_lost_are_made_anew_and_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let trial = Trial::open().await;
    let told = furnished(&trial, "http://localhost:1").await;
    let kept = trial.folder.path().join("demo.json");
    assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::remove_file(&kept).unwrap();
    let anew = furnished(&trial, "http://localhost:1").await;
    assert_eq!(anew["people"][0]["id"], told["people"][0]["id"]);
    assert_ne!(anew["people"][0]["password"], told["people"][0]["password"]);
    assert_ne!(anew["clients"][0]["client_secret"], told["clients"][0]["client_secret"]);
    trial.close().await;
}

#[tokio::test]
async fn an_installation_that_is_no_demo_is_left_alone() {
    let trial = Trial::open().await;
    let add = json!({ "on": "organisation", "act": "add", "slug": "linde", "name": "Echt", "time_zone": "Europe/Amsterdam",
        "languages": ["nl"], "sandbox": false, "identifiers": [] });
    run(&trial.house, serde_json::from_value::<AdminCommand>(add).unwrap()).await.unwrap();
    let refused = furnish(&trial.house, place(trial.folder.path(), "http://localhost:1")).await;
    assert!(matches!(refused, Err(Error::Precondition { why }) if why.code == "not_a_demo"));
    trial.close().await;
}

#[tokio::test]
async fn the_table_has_everybody_and_quotes_what_the_shell_would_split() {
    let trial = Trial::open().await;
    let told = furnished(&trial, "https://localhost:1").await;
    let page = table(&told, Path::new("/tmp/my demo"), Path::new("/opt/bedside"));
    for person in told["people"].as_array().unwrap() {
        assert!(page.contains(person["password"].as_str().unwrap()));
    }
    assert!(page.contains("/opt/bedside token --data '/tmp/my demo' --url https://localhost:1 --person"));
    assert!(page.contains("curl -k -H") && page.contains("private window"));
    trial.close().await;
}
