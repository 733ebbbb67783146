//! Applications, and the people who act through them.

use serde_json::{Value, json};

use super::*;

const KEY: &str =
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

fn with(more: Value) -> Value {
    let mut client = client();
    client.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    client
}

fn on(client: &Value, act: &str, more: Value) -> Value {
    let mut of = json!({ "on": "client", "act": act, "client_id": client["client_id"] });
    of.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    of
}

#[tokio::test]
async fn an_application_is_what_it_was_asked_to_be() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", false)).await;
    let asked = json!({ "dialect": "own", "grant_types": ["authorization_code"], "pairwise": true,
        "id_token_alg": "EdDSA", "post_logout_uris": ["https://x.example.nl/bye"], "pending": true });
    let made = done(house, with(asked)).await;
    let shown = done(house, on(&made, "show", json!({}))).await;
    assert_eq!(
        (&shown["status"], &shown["grant_types"], &shown["id_token_alg"], &shown["pairwise"]),
        (&json!("pending"), &json!(["authorization_code"]), &json!("EdDSA"), &json!(true))
    );
    assert_eq!(shown["post_logout_uris"], json!(["https://x.example.nl/bye"]));
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 1);
    let waiting = json!({ "on": "client", "act": "waiting" });
    assert_eq!(done(house, waiting.clone()).await[0]["client_id"], made["client_id"]);
    let before = lines(house).await;
    done(house, on(&made, "approve", json!({}))).await;
    assert!(lines(house).await > before, "it left a line");
    assert_eq!(refused(house, on(&made, "approve", json!({}))).await, "not_pending");
    assert_eq!(done(house, waiting).await, json!([]));
    for (more, code) in [
        (json!({ "grant_types": ["password"] }), "grant_type_unknown"),
        (json!({ "id_token_alg": "none" }), "algorithm_unknown"),
        (json!({ "grant_types": ["refresh_token"] }), "grant_types_unfit"),
        (json!({ "grant_types": ["client_credentials"], "public": true }), "public_client_credentials"),
        (json!({ "jwks": KEY, "public": true }), "public_client_keys"),
        (json!({ "jwks": "{}" }), "jwks_unfit"),
        (json!({ "post_logout_uris": ["http://x.example.nl/"] }), "redirect_uri_unfit"),
    ] {
        assert_eq!(refused(house, with(more.clone())).await, code, "{more}");
    }
    trial.close().await;
}

#[tokio::test]
async fn keys_end_a_secret_and_who_has_keys_is_told_none() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", false)).await;
    let by_keys = done(house, with(json!({ "jwks": KEY }))).await;
    assert_eq!(by_keys["client_secret"], Value::Null);
    let by_secret = done(house, client()).await;
    let changed = done(house, on(&by_secret, "set_keys", json!({ "jwks": KEY }))).await;
    assert_eq!((&changed["keys"], &changed["secrets"]), (&json!(true), &json!([])));
    let rotate = on(&by_secret, "rotate_secret", json!({ "overlap_hours": 1 }));
    assert_eq!(refused(house, rotate).await, "client_of_keys");
    let secret = r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#;
    assert_eq!(refused(house, on(&by_secret, "set_keys", json!({ "jwks": secret }))).await, "jwks_unfit");
    trial.close().await;
}

#[tokio::test]
async fn an_application_is_promoted_from_a_sandbox_to_production_and_nowhere_else() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", true)).await;
    let mut real = organisation("eik", false);
    real["identifiers"] = json!([]);
    done(house, real).await;
    let tried = done(house, client()).await;
    let to = |slug: &str, life: u32| json!({ "organisation": slug, "token_life_s": life });
    for (slug, life, code) in [
        ("linde", 3_600, "not_a_promotion"),
        ("nowhere", 3_600, "not_found"),
        ("eik", 59, "token_life_out_of_range"),
        ("eik", 2_592_001, "token_life_out_of_range"),
    ] {
        assert_eq!(refused(house, on(&tried, "promote", to(slug, life))).await, code);
    }
    let before = lines(house).await;
    let promoted = done(house, on(&tried, "promote", to("eik", 7_200))).await;
    assert!(lines(house).await > before, "it left lines");
    assert_ne!(promoted["client_id"], tried["client_id"]);
    assert_ne!(promoted["client_secret"], tried["client_secret"]);
    let shown = done(house, on(&promoted, "show", json!({}))).await;
    assert_eq!(
        (&shown["token_life_s"], &shown["redirect_uris"]),
        (&json!(7_200), &json!(["https://x.example.nl/cb"]))
    );
    assert_eq!(refused(house, on(&promoted, "promote", to("eik", 7_200))).await, "not_a_promotion");
    trial.close().await;
}

#[tokio::test]
async fn people_are_asked_in_by_somebody_and_signed_out_by_the_operator() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", true)).await;
    done(house, person("femke@x.example.nl", "administrator")).await;
    let invite = |role: &str, by: &str| {
        json!({ "on": "person", "act": "invite", "address": "noor@x.example.nl", "organisation": "linde",
            "by": by, "role": role, "first_name": "Noor", "last_name": "" })
    };
    let before = lines(house).await;
    done(house, invite("assistant", "femke@x.example.nl")).await;
    assert!(lines(house).await > before);
    assert_eq!(refused(house, invite("doctor", "femke@x.example.nl")).await, "role_not_invited");
    assert_eq!(refused(house, invite("patient", "nobody@x.example.nl")).await, "not_found");
    let of = |act: &str| json!({ "on": "person", "act": act, "person": "femke@x.example.nl", "organisation": "linde" });
    assert_eq!(done(house, of("sessions")).await, json!([]));
    let before = lines(house).await;
    done(house, of("end_sessions")).await;
    assert!(lines(house).await > before);
    let worker = flows::duties::worker(house);
    while worker.do_due().await.unwrap() > 0 {}
    trial.close().await;
}

#[tokio::test]
async fn a_wish_for_production_is_declined_and_can_be_wished_again() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", true)).await;
    let mut real = organisation("eik", false);
    real["identifiers"] = json!([]);
    done(house, real).await;
    let eva = done(house, person("eva@x.example.nl", "doctor")).await;
    let there = json!({ "on": "membership", "act": "add", "person": eva["id"], "organisation": "eik",
        "role": "doctor", "position": "" });
    done(house, there).await;
    let id = wished(house, "linde", "eik", &eva).await;
    let tried = json!({ "client_id": id });
    let waiting = json!({ "on": "client", "act": "waiting" });
    assert!(done(house, waiting.clone()).await[0]["wishes_production"].is_string());
    for (reason, code) in [("", "reason_unfit"), ("a\u{202e}b", "reason_unfit")] {
        assert_eq!(refused(house, on(&tried, "decline", json!({ "reason": reason }))).await, code);
    }
    let before = lines(house).await;
    done(house, on(&tried, "decline", json!({ "reason": "Its addresses are not yours." }))).await;
    assert!(lines(house).await > before, "it left a line");
    assert_eq!(done(house, waiting.clone()).await, json!([]));
    let shown = done(house, on(&tried, "show", json!({}))).await;
    assert_eq!(
        (&shown["status"], &shown["declined_because"]),
        (&json!("approved"), &json!("Its addresses are not yours."))
    );
    assert_eq!(refused(house, on(&tried, "decline", json!({ "reason": "Again." }))).await, "not_pending");
    let promoted = json!({ "organisation": "eik", "token_life_s": 600 });
    done(house, on(&tried, "promote", promoted)).await;
    let shown = done(house, on(&tried, "show", json!({}))).await;
    assert_eq!(shown["declined_because"], Value::Null, "a yes after all");
    trial.close().await;
}

/// Has somebody register an application in one organisation and wish for production in another.
async fn wished(house: &House, at: &str, to: &str, developer: &Value) -> String {
    let input = (at.to_owned(), to.to_owned(), developer["id"].as_str().unwrap().to_owned());
    let origin = Origin { request: RequestId::new(&house.clock, &house.rng), address: None, once: None };
    let wished = house.db.write((input, origin), |tx, ((at, to, developer), origin)| {
        Box::pin(async move {
            let at = super::super::answers::organisation(tx, at).await?.id;
            let to = super::super::answers::organisation(tx, to).await?.id;
            let actor = kernel::Actor {
                person: kernel::PersonId::from_uuid(developer).unwrap(),
                acting_for: None,
                role: kernel::Role::Doctor,
                organisation: to,
                client: None,
                scopes: kernel::Scopes::ALL,
                teams: [].into(),
                origin: *origin,
            };
            let new = identity::clients::NewClient {
                redirect_uris: vec!["https://x.example.nl/cb".to_owned()],
                scopes: kernel::Scopes::parse("read").0,
                ..identity::clients::NewClient::of(at, "Board", identity::Dialect::Kpn)
            };
            let (id, _) = identity::applications::register(tx, &actor, &new).await?;
            identity::applications::wish(tx, &actor, id).await?;
            Ok(id.hex())
        })
    });
    wished.await.unwrap()
}
