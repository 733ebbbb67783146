//! Every command there is, each of which leaves a line.

use std::collections::BTreeSet;

use clap::{Command, Subcommand as _};
use identity::sign_in::{self, Arrival};
use identity::{Device, Method, Methods};
use kernel::PersonId;

use super::*;

const KEY: &str =
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
/// What the tests of keys try: a key can be destroyed a day after it was replaced.
const ELSEWHERE: [(&str, &str); 1] = [("key", "destroy")];

/// The commands as clap knows them.
fn nouns() -> Command {
    let noun = |name, augment: fn(Command) -> Command| augment(Command::new(name));
    Command::new("bedside").subcommands([
        noun("organisation", OrganisationCommand::augment_subcommands),
        noun("person", PersonCommand::augment_subcommands),
        noun("membership", MembershipCommand::augment_subcommands),
        noun("team", TeamCommand::augment_subcommands),
        noun("client", ClientCommand::augment_subcommands),
        noun("key", KeyCommand::augment_subcommands),
    ])
}

/// Noun and verb of each, as the socket names them.
fn all() -> BTreeSet<(String, String)> {
    let verbs = |noun: &Command| {
        let name = noun.get_name().to_owned();
        let one = |verb: &Command| (name.clone(), verb.get_name().replace('-', "_"));
        noun.get_subcommands().map(one).collect::<Vec<_>>()
    };
    nouns().get_subcommands().flat_map(verbs).collect()
}

/// A practice in which each command is tried.
struct Story<'a> {
    house: &'a House,
    tried: BTreeSet<(String, String)>,
}

impl Story<'_> {
    /// Runs a command, which leaves a line.
    async fn tries(&mut self, on: &str, act: &str, more: Value) -> Value {
        let mut of = json!({ "on": on, "act": act });
        of.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let before = lines(self.house).await;
        let answer = done(self.house, of).await;
        assert!(lines(self.house).await > before, "{on} {act} left no line");
        self.tried.insert((on.to_owned(), act.to_owned()));
        answer
    }

    async fn person(&mut self, email: &str, role: &str) -> Value {
        let of = person(email, role);
        self.tries("person", "add", of).await["id"].clone()
    }

    async fn client(&mut self, more: Value) -> Value {
        let mut of = client();
        of.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.tries("client", "add", of).await["client_id"].clone()
    }
}

async fn signs_in(house: &House, person: &Value) {
    let arrival = Arrival {
        person: PersonId::from_uuid(person.as_str().unwrap()).unwrap(),
        towards: None,
        instead_of: None,
        device: Device::default(),
        methods: Methods::of(Method::Password),
        origin: Origin { request: RequestId::new(&house.clock, &house.rng), address: None, once: None },
    };
    house.db.write(arrival, |tx, arrival| Box::pin(sign_in::begin(tx, arrival))).await.unwrap();
}

async fn of_organisations(story: &mut Story<'_>) {
    story.tries("organisation", "add", organisation("linde", true)).await;
    let mut real = organisation("eik", false);
    real["identifiers"] = json!([]);
    story.tries("organisation", "add", real).await;
    let changed = json!({ "slug": "linde", "name": "Linde", "languages": ["fr"], "session_idle_minutes": 5 });
    let changed = story.tries("organisation", "change", changed).await;
    assert_eq!((&changed["name"], &changed["languages"]), (&json!("Linde"), &json!(["fr"])));
    let roles = json!({ "slug": "linde", "roles": ["auditor"] });
    story.tries("organisation", "second_factor", roles).await;
    let shown = story.tries("organisation", "show", json!({ "slug": "linde" })).await;
    assert_eq!((&shown["session_idle_minutes"], &shown["session_life_hours"]), (&json!(5), &json!(12)));
    assert_eq!(shown["second_factor_roles"], json!(["auditor"]));
    story.tries("organisation", "list", json!({})).await;
    for (more, code) in [
        (json!({ "session_life_hours": 721 }), "session_life_unfit"),
        (json!({ "languages": ["xx"] }), "language_unknown"),
        (json!({ "time_zone": "Europe/Nowhere" }), "time_zone_unknown"),
    ] {
        let mut of = json!({ "on": "organisation", "act": "change", "slug": "linde", "name": "Other" });
        of.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(refused(story.house, of).await, code);
    }
    let shown = story.tries("organisation", "show", json!({ "slug": "linde" })).await;
    assert_eq!(shown["name"], "Linde", "what is refused changes nothing");
}

async fn of_applications(story: &mut Story<'_>) {
    let id = |id: &Value| json!({ "client_id": id });
    let with = |id: &Value, more: Value| {
        let mut of = json!({ "client_id": id });
        of.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        of
    };
    let tried = story.client(json!({})).await;
    story.tries("client", "list", json!({ "organisation": "linde" })).await;
    story
        .tries("client", "set_redirects", with(&tried, json!({ "redirect_uris": ["https://y.example.nl/"] })))
        .await;
    let lives = json!({ "token_life_s": 600, "code_life_s": 30 });
    let set = story.tries("client", "set_lives", with(&tried, lives)).await;
    assert_eq!((&set["token_life_s"], &set["code_life_s"]), (&json!(600), &json!(30)));
    story.tries("client", "rotate_secret", with(&tried, json!({ "overlap_hours": 1 }))).await;
    story
        .tries("client", "promote", with(&tried, json!({ "organisation": "eik", "token_life_s": 600 })))
        .await;
    story.tries("client", "set_keys", with(&tried, json!({ "jwks": KEY }))).await;
    let waiting = story.client(json!({ "pending": true })).await;
    story.tries("client", "waiting", json!({})).await;
    story.tries("client", "decline", with(&waiting, json!({ "reason": "Not yet." }))).await;
    let shown = story.tries("client", "show", id(&waiting)).await;
    assert_eq!((&shown["status"], &shown["declined_because"]), (&json!("declined"), &json!("Not yet.")));
    let again = json!({ "on": "client", "act": "decline", "client_id": waiting, "reason": "Again." });
    assert_eq!(refused(story.house, again).await, "not_pending");
    assert_eq!(story.tries("client", "waiting", json!({})).await, json!([]));
    story.tries("client", "approve", id(&waiting)).await;
    story.tries("client", "remove", id(&waiting)).await;
}

async fn of_people(story: &mut Story<'_>) {
    let eva = story.person("eva@x.example.nl", "doctor").await;
    let twin = story.person("twin@x.example.nl", "nurse").await;
    let with = |more: Value| {
        let mut of = json!({ "person": eva, "organisation": "linde" });
        of.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        of
    };
    let client = story.client(json!({})).await;
    signs_in(story.house, &eva).await;
    signs_in(story.house, &eva).await;
    let sessions = story.tries("person", "sessions", with(json!({}))).await;
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    story.tries("person", "end_session", with(json!({ "id": sessions[0]["id"] }))).await;
    story.tries("person", "end_sessions", with(json!({}))).await;
    assert_eq!(story.tries("person", "sessions", with(json!({}))).await, json!([]));
    let get = json!({ "on": "token", "person": "eva@x.example.nl", "client": client, "scope": "read" });
    done(story.house, get.clone()).await;
    let tokens = story.tries("person", "tokens", with(json!({}))).await;
    assert_eq!((&tokens[0]["kind"], &tokens[0]["client_id"]), (&json!("access"), &client));
    story.tries("person", "end_token", with(json!({ "id": tokens[0]["id"] }))).await;
    assert_eq!(story.tries("person", "tokens", with(json!({}))).await, json!([]));
    done(story.house, get).await;
    let grants = story.tries("person", "grants", with(json!({}))).await;
    story.tries("person", "end_grant", with(json!({ "id": grants[0]["id"] }))).await;
    assert_eq!(story.tries("person", "tokens", with(json!({}))).await, json!([]));
    for act in ["end_session", "end_token", "end_grant"] {
        let mut of = with(json!({ "on": "person", "act": act, "id": "0".repeat(24) }));
        assert_eq!(refused(story.house, of.clone()).await, "not_found", "{act}");
        of["id"] = json!("x");
        assert_eq!(refused(story.house, of).await, "not_found", "{act}");
    }
    story.tries("person", "details", with(json!({ "gender": "female" }))).await;
    for act in ["factors", "remove_factors", "disable", "enable", "reset"] {
        story.tries("person", act, with(json!({}))).await;
    }
    let invited = json!({ "address": "noor@x.example.nl", "organisation": "linde", "by": eva, "role": "patient",
        "first_name": "", "last_name": "" });
    story.tries("person", "invite", invited).await;
    story.tries("person", "list", json!({ "organisation": "linde" })).await;
    for act in ["merge", "unmerge"] {
        story.tries("person", act, json!({ "keep": eva, "gone": twin })).await;
    }
    story.tries("membership", "add", with(json!({ "role": "auditor", "position": "" }))).await;
    story.tries("membership", "end", with(json!({ "role": "auditor" }))).await;
    story.tries("team", "add", json!({ "name": "Desk", "organisation": "linde" })).await;
    story.tries("team", "list", json!({ "organisation": "linde" })).await;
    for act in ["join", "leave"] {
        story.tries("team", act, with(json!({ "team": "Desk" }))).await;
    }
}

#[tokio::test]
async fn every_command_leaves_a_line() {
    let trial = Trial::open().await;
    let mut story = Story { house: &trial.house, tried: BTreeSet::new() };
    of_organisations(&mut story).await;
    of_applications(&mut story).await;
    of_people(&mut story).await;
    for (act, more) in [
        ("rotate", json!({ "organisation": null, "master": false })),
        ("list", json!({})),
        ("rotate_signing", json!({})),
        ("signing", json!({})),
    ] {
        story.tries("key", act, more).await;
    }
    let elsewhere = ELSEWHERE.map(|(on, act)| (on.to_owned(), act.to_owned()));
    story.tried.extend(elsewhere);
    assert_eq!(story.tried, all(), "each command is tried here");
    let worker = flows::duties::worker(&trial.house);
    while worker.do_due().await.unwrap() > 0 {}
    trial.close().await;
}

#[test]
fn a_change_that_changes_nothing_is_no_command() {
    for words in [
        &["bedside", "organisation", "change", "linde"][..],
        &["bedside", "client", "set-lives", "abc"],
        &["bedside", "client", "decline", "abc"],
    ] {
        assert!(nouns().try_get_matches_from(words).is_err(), "{words:?}");
    }
    for words in [
        &["bedside", "organisation", "change", "linde", "--language", "nl"][..],
        &["bedside", "client", "set-lives", "abc", "--code-life-s", "30"],
        &["bedside", "client", "decline", "abc", "--reason", "No."],
        &["bedside", "person", "end-token", "eva@x.nl", "--organisation", "linde", "--id", "abc"],
    ] {
        assert!(nouns().try_get_matches_from(words).is_ok(), "{words:?}");
    }
}
