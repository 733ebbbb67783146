//! Femke sets the calendars of her practice up, and who may not does not.

use kernel::Role;
use serde_json::{Value, json};
use testkit::bedside_test;

use super::program::Program;
use crate::admin::desk::{femke, problem};
use crate::cast::Ward;

/// Her practice has a place with a doctor and something to book.
struct Calendars {
    institution: String,
    doctor: String,
    insurance: String,
    category: String,
    kind: String,
}

/// Ends a story: what was freed is looked at once a few minutes have passed.
async fn done(ward: &Ward) {
    ward.clock.pass(jiff::SignedDuration::from_mins(10));
    ward.settle().await;
}

async fn set_up(femke: &Program) -> Calendars {
    let place = json!({ "name": "De Linde", "time_zone": "Europe/Amsterdam", "required_details": ["phone"] });
    let institution = femke.adds("/institutions", place).await;
    let doctor = json!({ "institution": institution, "kind": "practitioner", "name": "Dr. de Vries" });
    let doctor = femke.adds("/resources", doctor).await;
    let hours = json!({ "hours": [
        { "weekday": 1, "from": "09:00", "until": "12:30" },
        { "weekday": 2, "from": "22:00", "until": "26:00", "first_day": "2026-04-01" },
    ] });
    assert_eq!(femke.put(&format!("/resources/{doctor}/hours"), hours).await.status, 204);
    let insurance = json!({ "number": 136, "name": "By law", "kind": "statutory" });
    let insurance = femke.adds("/insurances", insurance).await;
    let category = json!({ "institution": institution, "number": 53, "name": "Dr. de Vries", "is_person": true,
        "age_from": 18, "insurances": [insurance] });
    let category = femke.adds("/categories", category).await;
    let kind = json!({ "number": 198, "name": "First consultation", "duration_minutes": 20,
        "buffer_after_minutes": 5, "resources": [[doctor]], "asap_notifications_enabled": true,
        "windows": [{ "weekday": 1, "from": "09:00", "until": "11:00" }],
        "comment_form": [{ "name": "Since when?", "required": true, "type": "text" }] });
    let kind = femke.adds(&format!("/categories/{category}/types"), kind).await;
    Calendars { institution, doctor, insurance, category, kind }
}

#[bedside_test]
async fn femke_sets_up_what_patients_can_book_and_reads_it_back(ward: Ward) {
    let program = Program::of(&femke(&ward.organisation("linde").await).await).await;
    let of = set_up(&program).await;
    let place = program.get(&format!("/institutions/{}", of.institution)).await.ok();
    assert_eq!((&place["number"], &place["quiet_from"]), (&json!(1), &json!("21:00")));
    assert_eq!(place["required_details"], json!(["phone"]));
    let hours = program.get(&format!("/resources/{}/hours", of.doctor)).await.ok();
    assert_eq!(hours["weekly"][1]["until"], "26:00");
    assert_eq!(hours["weekly"][1]["first_day"], "2026-04-01");
    let category = program.get("/categories").await.ok()[0].clone();
    assert_eq!((&category["age_from"], &category["insurances"]), (&json!(18), &json!([of.insurance])));
    let types = program.get(&format!("/categories/{}/types", of.category)).await.ok();
    let kind = &types[0];
    assert_eq!(
        (&kind["number"], &kind["grid_minutes"], &kind["capacity"]),
        (&json!(198), &json!(20), &json!(1))
    );
    assert_eq!((&kind["resources"], &kind["windows"][0]["until"]), (&json!([[of.doctor]]), &json!("11:00")));
    assert_eq!(kind["comment_form"][0]["name"], "Since when?");
    assert_eq!(kind["asap_notifications_enabled"], true);
    // What is read can be sent back as it is.
    let mut same = kind.clone();
    same.as_object_mut().unwrap().retain(|name, _| !["id", "category"].contains(&name.as_str()));
    assert_eq!(&program.put(&format!("/types/{}", of.kind), same).await.ok(), kind);
    let unusual = json!({ "number": 198, "name": "Consultation", "description": "Bring your card.",
        "duration_minutes": 30, "buffer_before_minutes": 5, "buffer_after_minutes": 10, "grid_minutes": 15,
        "notice_minutes": 45, "horizon_days": 90, "cancel_minutes": 60, "reschedule_minutes": 90, "reschedules_max": 2,
        "capacity": 1, "is_video": true, "needs_confirmation": true, "requires_account": false,
        "needs_attendant": false, "comment_form": [{ "name": "Why?", "required": false, "type": "text" }],
        "windows": [{ "weekday": 2, "from": "22:30", "until": "24:00" }], "insurances": [of.insurance],
        "resources": [[of.doctor]], "asap_notifications_enabled": false, "asap_strategy": "sequential",
        "asap_hold_minutes": 30, "asap_debounce_minutes": 7, "asap_stays": false });
    let mut set = program.put(&format!("/types/{}", of.kind), unusual.clone()).await.ok();
    set.as_object_mut().unwrap().retain(|name, _| !["id", "category"].contains(&name.as_str()));
    for (name, value) in set.as_object().unwrap() {
        assert_eq!(*value, unusual[name], "{name}");
    }
    assert!(program.get("/settings").await.ok()["revision"].as_i64().unwrap() > 5);
    done(&ward).await;
}

#[bedside_test]
async fn days_holidays_and_absences_come_and_go(ward: Ward) {
    let program = Program::of(&femke(&ward.organisation("linde").await).await).await;
    let of = set_up(&program).await;
    let (day, hours) =
        (format!("/resources/{}/days/2026-12-24", of.doctor), format!("/resources/{}/hours", of.doctor));
    let open = json!({ "open": [{ "from": "10:00", "until": "12:00" }] });
    assert_eq!(program.put(&day, open).await.status, 204);
    assert_eq!(program.get(&hours).await.ok()["days"][0]["open"][0]["from"], "10:00");
    assert_eq!(program.delete(&day).await.status, 204);
    assert_eq!(program.get(&hours).await.ok()["days"], json!([]));
    let holidays = format!("/institutions/{}/holidays", of.institution);
    let king = json!({ "day": "2026-04-27", "name": "Koningsdag" });
    let all = json!({ "from": "2026-01-01", "holidays": [king] });
    assert_eq!(program.put(&holidays, all).await.status, 204);
    assert_eq!(program.get(&holidays).await.ok(), json!([king]));
    assert_eq!(program.get(&format!("{holidays}?from=2026-05-01")).await.ok(), json!([]));
    let away = json!({ "resource": of.doctor, "from": "2026-05-04T00:00", "until": "2026-05-11T00:00" });
    let away = program.adds("/absences", away).await;
    assert_eq!(program.get("/absences").await.ok()[0]["until"], "2026-05-11T00:00");
    assert_eq!(program.delete(&format!("/absences/{away}")).await.status, 204);
    assert_eq!(problem(&program.delete(&format!("/absences/{away}")).await), (404, "absence_not_found"));
    done(&ward).await;
}

#[bedside_test]
async fn what_does_not_fit_says_which_field_it_is_and_changes_nothing(ward: Ward) {
    let program = Program::of(&femke(&ward.organisation("linde").await).await).await;
    let of = set_up(&program).await;
    let before = program.get("/settings").await.ok();
    let kind = |name: &str, value: Value| {
        let mut all = json!({ "name": "Other", "duration_minutes": 20, "resources": [[of.doctor]] });
        all[name] = value;
        all
    };
    let types = format!("/categories/{}/types", of.category);
    for (name, value, status, code) in [
        ("duration_minutes", json!(0), 422, "number_unfit"),
        ("capacity", json!(501), 422, "number_unfit"),
        ("horizon_days", json!(731), 422, "number_unfit"),
        ("resources", json!([]), 422, "parts_missing"),
        ("resources", json!([["x"]]), 422, "id_unfit"),
        ("resources", json!([[of.category]]), 422, "resource_unknown"),
        ("windows", json!([{ "weekday": 1, "from": "9", "until": "10:00" }]), 422, "time_unfit"),
        ("asap_strategy", json!("loudest"), 422, "strategy_unknown"),
        ("insurances", json!([of.doctor]), 422, "insurance_unknown"),
    ] {
        let answer = program.post(&types, kind(name, value.clone())).await;
        assert_eq!(problem(&answer), (status, code), "{name} {value}: {}", answer.text);
        assert_eq!(answer.json["field"], name, "{}", answer.text);
    }
    assert_eq!(problem(&program.post(&types, kind("number", json!(198))).await), (409, "number_taken"));
    let overlapping = json!({ "hours": [
        { "weekday": 1, "from": "09:00", "until": "12:00" }, { "weekday": 1, "from": "11:59", "until": "13:00" },
    ] });
    let hours = program.put(&format!("/resources/{}/hours", of.doctor), overlapping).await;
    assert_eq!(problem(&hours), (422, "hours_overlap"));
    let nowhere = json!({ "name": "X", "time_zone": "Europe/Nowhere" });
    assert_eq!(problem(&program.post("/institutions", nowhere).await), (422, "time_zone_unknown"));
    assert_eq!(program.get("/settings").await.ok(), before, "nothing was changed");
    done(&ward).await;
}

#[bedside_test]
async fn a_nurse_reads_the_calendars_and_notes_absences_and_changes_nothing_else(ward: Ward) {
    let practice = ward.organisation("linde").await;
    let of = set_up(&Program::of(&femke(&practice).await).await).await;
    let nurse = Program::of(&practice.somebody("Jo", "Jansen", Role::Nurse).await).await;
    assert_eq!(nurse.get("/institutions").await.ok().as_array().unwrap().len(), 1);
    let insurance = json!({ "name": "Another", "kind": "other" });
    assert_eq!(problem(&nurse.post("/insurances", insurance).await), (403, "not_an_administrator"));
    assert_eq!(problem(&nurse.delete(&format!("/types/{}", of.kind)).await), (403, "not_an_administrator"));
    assert_eq!(
        problem(&nurse.put("/downtime", json!({ "on_paper": true })).await),
        (403, "not_an_administrator")
    );
    let ill = json!({ "resource": of.doctor, "from": "2026-03-03T00:00", "until": "2026-03-04T00:00" });
    nurse.adds("/absences", ill).await;
    done(&ward).await;
}

#[bedside_test]
async fn what_is_another_practices_does_not_exist(ward: Ward) {
    let of = set_up(&Program::of(&femke(&ward.organisation("linde").await).await).await).await;
    let other = Program::of(&femke(&ward.organisation("eik").await).await).await;
    for path in [
        format!("/institutions/{}", of.institution),
        format!("/institutions/{}/holidays", of.institution),
        format!("/resources/{}", of.doctor),
        format!("/resources/{}/hours", of.doctor),
        format!("/categories/{}", of.category),
        format!("/categories/{}/types", of.category),
        format!("/types/{}", of.kind),
    ] {
        assert_eq!(problem(&other.get(&path).await).0, 404, "{path}");
    }
    for path in ["institutions", "resources", "categories", "insurances", "absences"] {
        assert_eq!(other.get(&format!("/{path}")).await.ok(), json!([]), "{path}");
    }
    for path in [
        format!("/institutions/{}", of.institution),
        format!("/resources/{}", of.doctor),
        format!("/categories/{}", of.category),
        format!("/types/{}", of.kind),
        format!("/insurances/{}", of.insurance),
    ] {
        assert_eq!(problem(&other.delete(&path).await).0, 404, "{path}");
    }
    let theirs = json!({ "institution": of.institution, "kind": "room", "name": "Room 1" });
    assert_eq!(problem(&other.post("/resources", theirs).await), (404, "institution_not_found"));
    done(&ward).await;
}

#[bedside_test]
async fn while_the_practice_works_on_paper_everything_is_read_and_nothing_changed(ward: Ward) {
    let program = Program::of(&femke(&ward.organisation("linde").await).await).await;
    let of = set_up(&program).await;
    let down = program.put("/downtime", json!({ "on_paper": true })).await.ok();
    assert!(down["downtime_since"].is_string(), "{down}");
    assert_eq!(program.get("/resources").await.ok().as_array().unwrap().len(), 1);
    assert_eq!(problem(&program.delete(&format!("/resources/{}", of.doctor)).await), (409, "downtime"));
    assert_eq!(
        program.put("/downtime", json!({ "on_paper": false })).await.ok()["downtime_since"],
        Value::Null
    );
    assert_eq!(program.delete(&format!("/resources/{}", of.doctor)).await.status, 204);
    done(&ward).await;
}
