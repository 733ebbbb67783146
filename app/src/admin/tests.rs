mod applications;
mod booking;
mod every;
mod merging;

use std::os::unix::fs::PermissionsExt as _;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use door::Door;
use kernel::{Origin, RequestId};
use serde_json::json;
use tower::ServiceExt as _;

use super::socket::{Counter, ask};
use super::*;
use crate::house::trial::Trial;
use crate::serve::Stop;

fn command(of: Value) -> AdminCommand {
    serde_json::from_value(of).unwrap()
}

async fn done(house: &House, of: Value) -> Value {
    let shown = of.to_string();
    run(house, command(of)).await.unwrap_or_else(|error| panic!("{shown}: {error:?}"))
}

async fn refused(house: &House, of: Value) -> String {
    in_words(&run(house, command(of)).await.unwrap_err()).code
}

fn organisation(slug: &str, sandbox: bool) -> Value {
    json!({ "on": "organisation", "act": "add", "slug": slug, "name": "De Linde", "time_zone": "Europe/Amsterdam",
        "languages": ["nl"], "sandbox": sandbox, "identifiers": ["http://example.nl/?agb=01000001"] })
}

fn person(email: &str, role: &str) -> Value {
    json!({ "on": "person", "act": "add", "organisation": "linde", "role": role, "first_name": "Eva", "last_name": "Smit",
        "email": email, "language": "nl", "position": "", "identifiers": [] })
}

fn client() -> Value {
    json!({ "on": "client", "act": "add", "name": "Test", "organisation": "linde", "dialect": "kpn", "public": false,
        "redirect_uris": ["https://x.example.nl/cb"], "scopes": "read write", "token_life_s": null, "trusted": false })
}

fn token(client: &Value) -> Value {
    json!({ "on": "token", "person": "Eva@x.example.nl", "client": client["client_id"], "scope": "read" })
}

fn redirects(client: &Value, to: &[&str]) -> Value {
    json!({ "on": "client", "act": "set_redirects", "client_id": client["client_id"], "redirect_uris": to })
}

async fn lines(house: &House) -> u64 {
    house.log.flush().await.unwrap();
    audit::verify(&house.db, None, &[]).await.unwrap().lines
}

#[tokio::test]
async fn an_operator_sets_up_a_practice_and_each_act_leaves_a_line() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", true)).await;
    done(house, organisation_list()).await;
    let made = done(house, person("eva@x.example.nl", "doctor")).await;
    let client = done(house, client()).await;
    let eva = |on: &str, act: &str, more: Value| {
        let mut of = json!({ "on": on, "act": act, "person": made["id"], "organisation": "linde" });
        of.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        of
    };
    let acts = [
        json!({ "on": "organisation", "act": "second_factor", "slug": "linde", "roles": ["doctor", "nurse"] }),
        json!({ "on": "team", "act": "add", "name": "Desk", "organisation": "linde" }),
        eva("team", "join", json!({ "team": "Desk" })),
        json!({ "on": "team", "act": "list", "organisation": "linde" }),
        eva("team", "leave", json!({ "team": "Desk" })),
        eva("membership", "add", json!({ "role": "administrator", "position": "" })),
        eva("membership", "end", json!({ "role": "administrator" })),
        eva("person", "disable", json!({})),
        eva("person", "enable", json!({})),
        eva("person", "reset", json!({})),
        json!({ "on": "person", "act": "list", "organisation": "linde" }),
        json!({ "on": "client", "act": "list", "organisation": "linde" }),
        redirects(&client, &["https://x.example.nl/new"]),
        json!({ "on": "client", "act": "rotate_secret", "client_id": client["client_id"], "overlap_hours": 1 }),
        token(&client),
        json!({ "on": "client", "act": "remove", "client_id": client["client_id"] }),
        json!({ "on": "key", "act": "rotate", "organisation": "linde", "master": false }),
        json!({ "on": "key", "act": "rotate", "organisation": null, "master": false }),
        json!({ "on": "key", "act": "rotate", "organisation": null, "master": true }),
        json!({ "on": "key", "act": "list" }),
        json!({ "on": "key", "act": "rotate_signing" }),
        json!({ "on": "key", "act": "signing" }),
        json!({ "on": "job", "act": "list", "all": false }),
        json!({ "on": "audit", "act": "head", "organisation": "linde" }),
    ];
    for act in acts {
        let before = lines(house).await;
        done(house, act.clone()).await;
        assert!(lines(house).await > before, "{act} left no line");
    }
    let verified =
        done(house, json!({ "on": "audit", "act": "verify", "organisation": null, "heads": [] })).await;
    assert_eq!(verified["clean"], true, "{verified}");
    trial.close().await;
}

fn organisation_list() -> Value {
    json!({ "on": "organisation", "act": "list" })
}

#[tokio::test]
async fn a_secret_is_told_once_and_people_sign_in_with_what_they_were_told() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", true)).await;
    let made = done(house, person("eva@x.example.nl", "doctor")).await;
    let password = made["password"].as_str().unwrap().to_owned();
    assert!(password.len() > 20, "90 bits of chance take their room");
    let client = done(house, client()).await;
    let secret = client["client_secret"].as_str().unwrap().to_owned();
    let listed = done(house, json!({ "on": "client", "act": "list", "organisation": "linde" })).await;
    let people = done(house, json!({ "on": "person", "act": "list", "organisation": "linde" })).await;
    assert_eq!(people[0]["email"], "eva@x.example.nl");
    assert!(![listed, people].iter().any(|shown| {
        let shown = shown.to_string();
        shown.contains(&secret) || shown.contains(&password)
    }));
    trial.close().await;
}

/// Whether a browser that comes from the application with this address is led on, and not shown a fault.
async fn is_led_on(router: &Router, client: &Value, redirect_uri: &str) -> bool {
    let client_id = client["client_id"].as_str().unwrap();
    let query = format!("response_type=code&client_id={client_id}&redirect_uri={redirect_uri}&state=s");
    let request = Request::get(format!("/oauth/authorize?{query}")).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    assert!(response.status().is_redirection() || response.status() == 400, "{}", response.status());
    response.status().is_redirection()
}

#[tokio::test]
async fn changed_addresses_of_an_application_hold_at_once_and_those_before_no_longer() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", false)).await;
    let client = done(house, client()).await;
    let router = crate::house::router(house);
    let (old, new, other) = ("https://x.example.nl/cb", "https://y.example.nl/cb", "nl.example.app:/cb");
    assert!(is_led_on(&router, &client, old).await);
    assert!(!is_led_on(&router, &client, new).await);
    let changed = done(house, redirects(&client, &[new, other])).await;
    assert_eq!(changed["redirect_uris"], json!([new, other]));
    let listed = done(house, json!({ "on": "client", "act": "list", "organisation": "linde" })).await;
    assert_eq!(listed[0]["redirect_uris"], json!([new, other]));
    assert!(is_led_on(&router, &client, new).await);
    assert!(is_led_on(&router, &client, other).await);
    assert!(!is_led_on(&router, &client, old).await);
    for unfit in ["http://y.example.nl/cb", "https://y.example.nl/#x", "javascript:alert(1)"] {
        assert_eq!(refused(house, redirects(&client, &[new, unfit])).await, "redirect_uri_unfit", "{unfit}");
    }
    assert_eq!(refused(house, redirects(&json!({ "client_id": "x" }), &[new])).await, "not_found");
    assert!(is_led_on(&router, &client, other).await, "what is refused changes nothing");
    drop(router);
    trial.close().await;
}

#[tokio::test]
async fn who_is_taken_off_a_team_is_off_it_at_once_and_on_no_other() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", true)).await;
    let eva = done(house, person("eva@x.example.nl", "doctor")).await;
    let noor = done(house, person("noor@x.example.nl", "nurse")).await;
    let team = |act: &str, of: Value| {
        let mut what = json!({ "on": "team", "act": act, "organisation": "linde" });
        what.as_object_mut().unwrap().extend(of.as_object().unwrap().clone());
        what
    };
    let (desk, ward) = (json!("Desk"), json!("Ward"));
    for name in [&ward, &desk] {
        done(house, team("add", json!({ "name": name }))).await;
        done(house, team("join", json!({ "team": name, "person": eva["id"] }))).await;
    }
    done(house, team("join", json!({ "team": desk, "person": noor["id"] }))).await;
    let on = async || {
        let all = done(house, team("list", json!({}))).await;
        let people = |name: &Value| {
            let team = all.as_array().unwrap().iter().find(|team| team["name"] == *name).unwrap();
            team["people"].as_array().unwrap().clone()
        };
        assert_eq!(all[0]["name"], desk, "by name");
        (people(&desk), people(&ward))
    };
    let (at_desk, at_ward) = on().await;
    assert!(at_desk.contains(&eva["id"]) && at_desk.contains(&noor["id"]) && at_desk.len() == 2);
    assert_eq!(at_ward, [eva["id"].clone()]);
    let client = done(house, client()).await;
    let granted = done(house, token(&client)).await;
    let door = Door::new(house.clone());
    let teams = async || {
        let origin = Origin { request: RequestId::new(&house.clock, &house.rng), address: None, once: None };
        let token = granted["access_token"].as_str().unwrap();
        door.recognise(token, origin).await.unwrap().actor.teams.len()
    };
    assert_eq!(teams().await, 2);
    let leave = team("leave", json!({ "team": desk, "person": "EVA@x.example.nl" }));
    done(house, leave.clone()).await;
    assert_eq!(on().await, (vec![noor["id"].clone()], vec![eva["id"].clone()]));
    assert_eq!(teams().await, 1, "what was remembered of her holds no longer");
    assert_eq!(refused(house, leave).await, "not_found");
    let nowhere = team("leave", json!({ "team": "Nowhere", "person": eva["id"] }));
    assert_eq!(refused(house, nowhere).await, "not_found");
    trial.close().await;
}

#[tokio::test]
async fn a_token_without_a_browser_is_for_sandboxes_alone() {
    for sandbox in [true, false] {
        let trial = Trial::open().await;
        done(&trial.house, organisation("linde", sandbox)).await;
        done(&trial.house, person("eva@x.example.nl", "doctor")).await;
        let client = done(&trial.house, client()).await;
        if sandbox {
            assert!(done(&trial.house, token(&client)).await["access_token"].as_str().unwrap().len() > 40);
        } else {
            assert_eq!(refused(&trial.house, token(&client)).await, "not_a_sandbox");
        }
        trial.close().await;
    }
}

#[tokio::test]
async fn a_replaced_key_is_listed_until_it_is_destroyed_and_no_other_can_be() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", false)).await;
    done(house, json!({ "on": "key", "act": "rotate", "organisation": "linde", "master": false })).await;
    let keys = async || done(house, json!({ "on": "key", "act": "list" })).await.as_array().unwrap().clone();
    let destroy = |id: &Value| json!({ "on": "key", "act": "destroy", "id": id });
    let all = keys().await;
    assert_eq!(all.len(), 6, "four of the installation and two of the practice: {all:?}");
    for key in &all {
        assert_eq!(refused(house, destroy(&key["id"])).await, "key_in_use", "{key}");
    }
    assert_eq!(refused(house, destroy(&json!("x"))).await, "key_unfit");
    assert_eq!(refused(house, destroy(&json!("0".repeat(24)))).await, "key_unknown");
    let worker = flows::duties::worker(house);
    for _ in 0..2 {
        while worker.do_due().await.unwrap() > 0 {}
        house.clock.pass(jiff::SignedDuration::from_hours(25));
    }
    let old = keys().await.into_iter().find(|key| key["done"].is_string()).expect("a key that is done with");
    assert_eq!(
        (&old["organisation"], &old["purpose"], &old["left"]),
        (&json!("linde"), &json!("seal"), &Value::Null),
        "no longer counted"
    );
    let before = lines(house).await;
    done(house, destroy(&old["id"])).await;
    assert!(lines(house).await > before, "it left a line");
    assert!(keys().await.iter().all(|key| key["id"] != old["id"]));
    assert_eq!(refused(house, destroy(&old["id"])).await, "key_unknown");
    trial.close().await;
}

#[tokio::test]
async fn who_is_disabled_is_listed_as_such() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", false)).await;
    done(house, person("eva@x.example.nl", "nurse")).await;
    done(house, person("noor@x.example.nl", "doctor")).await;
    let listed = async || {
        let all = done(house, json!({ "on": "person", "act": "list", "organisation": "linde" })).await;
        let one = |one: &Value| (one["email"].as_str().unwrap().to_owned(), one["active"] == true);
        let mut all: Vec<_> = all.as_array().unwrap().iter().map(one).collect();
        all.sort();
        all
    };
    let (eva, noor) = ("eva@x.example.nl".to_owned(), "noor@x.example.nl".to_owned());
    assert_eq!(listed().await, [(eva.clone(), true), (noor.clone(), true)]);
    let act = |act: &str| json!({ "on": "person", "act": act, "person": eva, "organisation": "linde" });
    done(house, act("disable")).await;
    assert_eq!(listed().await, [(eva.clone(), false), (noor.clone(), true)]);
    done(house, act("enable")).await;
    assert_eq!(listed().await, [(eva.clone(), true), (noor, true)]);
    let end =
        json!({ "on": "membership", "act": "end", "person": eva, "organisation": "linde", "role": "doctor" });
    assert_eq!(refused(house, end).await, "no_such_membership", "she is a nurse");
    trial.close().await;
}

#[tokio::test]
async fn a_team_takes_clinicians_of_its_organisation_and_says_whom_it_does_not_take() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", false)).await;
    let mut other = organisation("other", false);
    other["identifiers"] = json!([]);
    done(house, other).await;
    done(house, json!({ "on": "team", "act": "add", "name": "Desk", "organisation": "linde" })).await;
    let mut stranger = person("stranger@x.example.nl", "doctor");
    stranger["organisation"] = "other".into();
    let stranger = done(house, stranger).await;
    let join = |of: &Value, team: &str| {
        let (person, team) = (of["id"].clone(), team);
        json!({ "on": "team", "act": "join", "person": person, "team": team, "organisation": "linde" })
    };
    for role in kernel::Role::ALL.map(kernel::Role::name) {
        let who = done(house, person(&format!("{role}@x.example.nl"), role)).await;
        if ["doctor", "nurse", "therapist"].contains(&role) {
            done(house, join(&who, "Desk")).await;
        } else {
            assert_eq!(refused(house, join(&who, "Desk")).await, "not_a_clinician", "{role}");
        }
    }
    for (of, team, kind) in [(&stranger, "Desk", "user"), (&stranger, "Nowhere", "team")] {
        let refusal = in_words(&run(house, command(join(of, team))).await.unwrap_err());
        assert_eq!(refusal.sentence, format!("There is no such {kind}."));
    }
    let listed = done(house, json!({ "on": "team", "act": "list", "organisation": "linde" })).await;
    assert_eq!(listed[0]["people"].as_array().unwrap().len(), 3);
    trial.close().await;
}

#[tokio::test]
async fn an_application_that_nobody_could_use_is_not_registered() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", false)).await;
    let with = |name: &str, value: Value| {
        let mut client = client();
        client[name] = value;
        client
    };
    assert_eq!(refused(house, with("redirect_uris", json!([]))).await, "redirect_uri_missing");
    for life in [0, 59, 2_592_001, u32::MAX] {
        assert_eq!(
            refused(house, with("token_life_s", life.into())).await,
            "token_life_out_of_range",
            "{life}"
        );
    }
    for life in [60, 2_592_000] {
        done(house, with("token_life_s", life.into())).await;
    }
    let client = done(house, client()).await;
    let rotate = |hours: u32| json!({ "on": "client", "act": "rotate_secret", "client_id": client["client_id"], "overlap_hours": hours });
    for hours in [169, 1_000, u32::MAX] {
        assert_eq!(refused(house, rotate(hours)).await, "overlap_too_long", "{hours}");
    }
    done(house, rotate(168)).await;
    trial.close().await;
}

#[tokio::test]
async fn a_verified_log_names_the_organisation_of_each_head() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", false)).await;
    let head = done(house, json!({ "on": "audit", "act": "head", "organisation": "linde" })).await;
    let verify =
        |heads: Value| json!({ "on": "audit", "act": "verify", "organisation": null, "heads": heads });
    let report = done(house, verify(json!([head["head"]]))).await;
    let heads = report["heads"].as_array().unwrap();
    let of_linde = heads.iter().find(|one| one["organisation"] == "linde").expect("its head");
    let id = head["head"].as_str().unwrap().split(' ').next().unwrap();
    assert!(of_linde["head"].as_str().unwrap().starts_with(id), "{of_linde}");
    assert_eq!(report["clean"], true, "{report}");
    trial.close().await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_code() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", false)).await;
    assert_eq!(refused(house, organisation("linde", false)).await, "slug_taken");
    assert_eq!(refused(house, person("eva@x.example.nl", "king")).await, "role_unknown");
    let mut odd = person("odd@x.example.nl", "nurse");
    odd["identifiers"] = json!(["http://fhir.nl/fhir/NamingSystem/bsn=123"]);
    assert_eq!(refused(house, odd).await, "bsn_unfit");
    let mut odd = person("odd@x.example.nl", "nurse");
    odd["last_name"] = "Smit\u{202e}".into();
    assert_eq!(refused(house, odd).await, "name_unfit");
    done(house, person("eva@x.example.nl", "nurse")).await;
    assert_eq!(refused(house, person("EVA@x.example.nl", "nurse")).await, "identifier_taken");
    let nobody =
        json!({ "on": "person", "act": "disable", "person": "nobody@x.example.nl", "organisation": "linde" });
    assert_eq!(refused(house, nobody).await, "not_found");
    let mut elsewhere = organisation("two", false);
    elsewhere["time_zone"] = "Europe/Nowhere".into();
    assert_eq!(refused(house, elsewhere).await, "time_zone_unknown");
    trial.close().await;
}

#[tokio::test]
async fn the_socket_is_its_owners_and_takes_commands_also_in_a_folder_of_a_long_name() {
    let trial = Trial::open().await;
    let deep = trial.folder.path().join("d".repeat(120));
    std::fs::create_dir(&deep).unwrap();
    for data in [trial.folder.path(), &deep] {
        assert!(
            ask(data, &AdminCommand::Organisation(OrganisationCommand::List)).await.unwrap().is_none(),
            "nobody is there yet"
        );
        let counter = Counter::open(data).unwrap();
        let mode = std::fs::metadata(data.join("admin.sock")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let (stop, stopped) = Stop::new();
        let serving = tokio::spawn(counter.serve(trial.house.clone(), stopped));
        assert_eq!(
            ask(data, &AdminCommand::Organisation(OrganisationCommand::List)).await.unwrap(),
            Some(json!([]))
        );
        let refusal = ask(data, &command(json!({ "on": "client", "act": "remove", "client_id": "x" })))
            .await
            .unwrap_err();
        assert_eq!(refusal.to_string(), "There is no such client.");
        stop.now();
        serving.await.unwrap();
        assert!(!data.join("admin.sock").exists());
    }
    trial.close().await;
}
