//! An operator sets calendars up.

use clap::Subcommand as _;

use super::*;

fn of(kind: &str, act: &str, more: Value) -> Value {
    let mut command = json!({ "on": "booking", "of": kind, "act": act, "organisation": "linde" });
    command.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    command
}

async fn practice(house: &House) {
    done(house, organisation("linde", true)).await;
    let place =
        done(house, of("institution", "add", json!({ "name": "De Linde", "time_zone": "Europe/Amsterdam" })));
    assert_eq!(place.await["number"], 1);
    done(house, of("resource", "add", json!({ "name": "Dr. Smit", "kind": "practitioner" }))).await;
    done(house, of("resource", "add", json!({ "name": "Room 1", "kind": "room" }))).await;
    done(house, of("insurance", "add", json!({ "name": "By law", "kind": "statutory", "number": 136 })))
        .await;
    let category = json!({ "name": "Dr. Smit", "number": 53, "is_person": true, "insurances": [136] });
    done(house, of("category", "add", category)).await;
    let kind = json!({ "name": "Consultation", "category": 53, "number": 198, "minutes": 20,
        "needs": ["Dr. Smit", "Room 1"], "asap": true });
    done(house, of("type", "add", kind)).await;
}

#[tokio::test]
async fn an_operator_sets_up_what_can_be_booked_and_each_command_leaves_a_line() {
    let trial = Trial::open().await;
    let house = &trial.house;
    practice(house).await;
    let doctor = json!({ "resource": "Dr. Smit" });
    let with = |more: Value| {
        let mut all = doctor.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    for (kind, act, more, is) in [
        ("hours", "set", with(json!({ "at": ["1-5=09:00-12:30", "6=09:00-12:00"] })), json!({ "set": true })),
        (
            "hours",
            "day",
            with(json!({ "day": "2026-03-05", "at": [], "as_usual": false })),
            json!({ "set": true }),
        ),
        ("holiday", "add", json!({ "day": "2026-04-27", "name": "Koningsdag" }), json!({ "set": true })),
        ("holiday", "list", json!({}), json!([{ "day": "2026-04-27", "name": "Koningsdag" }])),
        ("holiday", "end", json!({ "day": "2026-04-27" }), json!({ "set": true })),
        ("holiday", "list", json!({}), json!([])),
    ] {
        let before = lines(house).await;
        assert_eq!(done(house, of(kind, act, more)).await, is, "{kind} {act}");
        assert!(lines(house).await > before, "{kind} {act} left no line");
    }
    let hours = done(house, of("hours", "show", doctor.clone())).await;
    assert_eq!(hours["weekly"].as_array().unwrap().len(), 6);
    assert_eq!(hours["days"], json!([{ "day": "2026-03-05", "open": [] }]));
    let changed = json!({ "number": 198, "minutes": 30, "needs": [], "buffer_after": 5 });
    let changed = done(house, of("type", "change", changed)).await;
    assert_eq!(
        (&changed["minutes"], &changed["buffer_after"], &changed["asap"]),
        (&json!(30), &json!(5), &json!(true))
    );
    assert_eq!(changed["needs"].as_array().unwrap().len(), 2, "what is left out stays");
    for (more, windows, times) in [
        (
            json!({ "windows": ["1-2=08:00-12:00"], "reschedules_max": "2" }),
            json!(["1=08:00-12:00", "2=08:00-12:00"]),
            json!(2),
        ),
        (json!({}), json!(["1=08:00-12:00", "2=08:00-12:00"]), json!(2)),
        (json!({ "windows": ["0"], "reschedules_max": "any" }), json!([]), json!(null)),
    ] {
        let mut change = json!({ "number": 198, "needs": [] });
        change.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let changed = done(house, of("type", "change", change)).await;
        assert_eq!((&changed["windows"], &changed["reschedules_max"]), (&windows, &times), "{more}");
    }
    let odd = json!({ "number": 198, "needs": [], "reschedules_max": "often" });
    assert_eq!(refused(house, of("type", "change", odd)).await, "out_of_range");
    let overlap =
        json!({ "on": "booking", "of": "patients_may_overlap", "organisation": "linde", "allowed": true });
    assert_eq!(done(house, overlap).await, json!({ "patients_may_overlap": true }));
    done(house, of("institution", "change", json!({ "number": 1, "name": "De Eik", "quiet_from": "22:00" })))
        .await;
    let places = done(house, of("institution", "list", json!({}))).await;
    assert_eq!((&places[0]["name"], &places[0]["quiet"]), (&json!("De Eik"), &json!(["22:00", "07:00"])));
    done(house, of("resource", "change", with(json!({ "name": "Dr. Smit-Bos" })))).await;
    done(house, of("category", "change", json!({ "number": 53, "subtitle": "Huisarts", "insurances": [0] })))
        .await;
    let categories = done(house, of("category", "list", json!({}))).await;
    assert_eq!((&categories[0]["subtitle"], &categories[0]["insurances"]), (&json!("Huisarts"), &json!([])));
    trial.close().await;
}

#[tokio::test]
async fn each_thing_that_is_said_of_a_type_is_shown_of_it() {
    let trial = Trial::open().await;
    let house = &trial.house;
    practice(house).await;
    let form = r#"[{"name":"Why?","required":false,"type":"text"}]"#;
    let said = json!({ "name": "Course", "minutes": 45, "description": "Bring your card.", "buffer_before": 10,
        "buffer_after": 15, "grid": 15, "notice": 30, "horizon": 90, "cancel": 60, "reschedule": 90,
        "reschedules_max": "2", "capacity": 2, "video": true, "needs_confirmation": true, "requires_account": false,
        "needs_attendant": false, "windows": ["1=08:00-12:00"], "comment_form": form, "insurances": [136],
        "asap": false, "asap_strategy": "broadcast", "asap_hold": 30, "asap_debounce": 7, "asap_stays": false });
    let commands = BookingCommand::augment_subcommands(clap::Command::new("booking"));
    let change = commands.find_subcommand("type").and_then(|kind| kind.find_subcommand("change")).unwrap();
    let flags: Vec<_> = change.get_arguments().map(|flag| flag.get_id().as_str()).collect();
    let is_tried =
        |flag: &str| said.get(flag).is_some() || ["number", "organisation", "needs"].contains(&flag);
    assert!(flags.iter().all(|flag| is_tried(flag)), "{flags:?}");
    let mut change = said.clone();
    change["number"] = json!(198);
    change["needs"] = json!(["Room 1"]);
    let before = done(house, of("type", "list", json!({ "category": 53 }))).await[0].clone();
    let changed = done(house, of("type", "change", change)).await;
    assert_eq!(done(house, of("type", "list", json!({ "category": 53 }))).await, json!([changed]));
    assert_ne!(changed["needs"], before["needs"]);
    for (name, value) in said.as_object().unwrap() {
        let shown = match name.as_str() {
            "comment_form" | "reschedules_max" => json!(changed[name].to_string()),
            _ => changed[name].clone(),
        };
        assert_eq!(shown, *value, "{name}");
        assert!(name == "asap_strategy" || changed[name] != before[name], "{name} was so before");
    }
    let one = json!({ "number": 198, "needs": [], "capacity": 1, "asap_strategy": "sequential" });
    assert_eq!(done(house, of("type", "change", one)).await["asap_strategy"], "sequential", "not for groups");
    trial.close().await;
}

#[tokio::test]
async fn what_ends_is_no_longer_listed_and_what_is_not_there_is_refused() {
    let trial = Trial::open().await;
    let house = &trial.house;
    practice(house).await;
    for (kind, act, more, code) in [
        ("institution", "add", json!({ "name": "X", "time_zone": "Europe/Nowhere" }), "time_zone_unknown"),
        ("resource", "add", json!({ "name": "X", "kind": "ghost" }), "kind_unknown"),
        ("insurance", "add", json!({ "name": "X", "kind": "other", "number": 136 }), "number_taken"),
        ("hours", "set", json!({ "resource": "Dr. Smit", "at": ["1=9-10"] }), "time_unfit"),
        ("hours", "show", json!({ "resource": "Dr. Who" }), "not_found"),
        ("type", "end", json!({ "number": 5 }), "not_found"),
        ("type", "change", json!({ "number": 198, "needs": ["Room 9"] }), "not_found"),
    ] {
        assert_eq!(refused(house, of(kind, act, more.clone())).await, code, "{kind} {act} {more}");
    }
    for (kind, which) in [
        ("type", json!({ "number": 198 })),
        ("category", json!({ "number": 53 })),
        ("insurance", json!({ "number": 136 })),
        ("resource", json!({ "resource": "Room 1" })),
        ("institution", json!({ "number": 1 })),
    ] {
        assert_eq!(done(house, of(kind, "end", which)).await, json!({ "ended": true }), "{kind}");
    }
    for kind in ["category", "insurance", "resource", "institution"] {
        assert_eq!(done(house, of(kind, "list", json!({}))).await, json!([]), "{kind}");
    }
    assert_eq!(refused(house, of("type", "list", json!({ "category": 53 }))).await, "not_found");
    trial.close().await;
}

#[tokio::test]
async fn an_operator_books_plans_again_prints_and_works_on_paper() {
    let trial = Trial::open().await;
    let house = &trial.house;
    practice(house).await;
    for resource in ["Dr. Smit", "Room 1"] {
        done(house, of("hours", "set", json!({ "resource": resource, "at": ["1-5=09:00-17:00"] }))).await;
    }
    let anna = done(house, person("anna@example.nl", "patient")).await["id"].clone();
    let before = lines(house).await;
    let new = json!({ "patient": anna, "type": 198, "start": "2026-03-03T10:00:00+01:00", "insurance": 136 });
    let booked = done(house, of("appointment", "create", new)).await;
    let theirs = json!({ "patient": "anna@example.nl" });
    assert_eq!(done(house, of("appointment", "list", theirs.clone())).await, json!([booked]));
    let pending = json!({ "pending": true });
    assert_eq!(done(house, of("appointment", "list", pending.clone())).await, json!([]));
    for odd in [json!({}), json!({ "pending": true, "patient": "anna@example.nl" })] {
        assert_eq!(refused(house, of("appointment", "list", odd)).await, "list_unsaid");
    }
    let mut with = booked["with"].as_array().unwrap().clone();
    with.sort_by_key(Value::to_string);
    assert_eq!((&booked["status"], with), (&json!("booked"), vec![json!("Dr. Smit"), json!("Room 1")]));
    assert!(lines(house).await > before, "it left a line");
    let id = json!({ "id": booked["id"] });
    let away =
        json!({ "resource": "Dr. Smit", "from": "2026-03-03T00:00:00", "until": "2026-03-04T00:00:00" });
    let absence = done(house, of("absence", "add", away)).await;
    let again = &absence["to_plan_again"][0];
    assert_eq!((&again["id"], again["next_times"].as_array().unwrap().len()), (&booked["id"], 3));
    let which = json!({ "id": absence["id"] });
    assert_eq!(done(house, of("absence", "appointments", which.clone())).await[0], *again);
    assert_eq!(done(house, of("absence", "list", json!({}))).await[0]["name"], "Dr. Smit");
    let mut to = id.clone();
    to["start"] = again["next_times"][0].clone();
    let moved = done(house, of("appointment", "move", to)).await;
    assert_eq!((&moved["id"], &moved["starts_at"]), (&booked["id"], &again["next_times"][0]));
    done(house, of("absence", "remove", which)).await;
    assert!(done(house, of("downtime", "begin", json!({}))).await["since"].is_string());
    assert_eq!(refused(house, of("appointment", "cancel", id.clone())).await, "downtime");
    let date = moved["starts_at"].as_str().unwrap()[..10].to_owned();
    let day = json!({ "on": "booking", "of": "day", "organisation": "linde", "date": date, "all_days": 3 });
    assert_eq!(done(house, day.clone()).await[0]["id"], booked["id"]);
    let mut printed = day;
    printed["printed"] = json!(true);
    let lists = done(house, printed).await;
    assert_eq!(lists.as_array().map(Vec::len), Some(3));
    assert!(lists[0]["pdf"].as_str().is_some_and(|pdf| pdf.starts_with("JVBERi0xLjc")), "a PDF");
    assert!(done(house, of("downtime", "end", json!({}))).await["since"].is_null());
    assert!(done(house, of("downtime", "show", json!({}))).await["since"].is_null());
    assert_eq!(done(house, of("appointment", "cancel", id.clone())).await["status"], "cancelled");
    assert_eq!(done(house, of("appointment", "show", id.clone())).await["status"], "cancelled");
    assert_eq!(refused(house, of("appointment", "confirm", id)).await, "not_pending");
    let list = json!({ "on": "booking", "of": "waiting_list", "organisation": "linde",
        "from": "2026-03-01", "to": "2026-03-31" });
    assert_eq!(done(house, list).await["offered"], 0);
    trial.close().await;
}
