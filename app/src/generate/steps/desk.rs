//! The desk: a place from its beginning to what can be booked there, and back to its end.

use super::{Folder, Step, step};

const INSTITUTION: &[(&str, &str)] = &[("institution_id", "institution_id")];
const RESOURCE: &[(&str, &str)] = &[("resource_id", "resource_id")];
const DAY: &[(&str, &str)] = &[("resource_id", "resource_id"), ("day", "day")];
const CATEGORY: &[(&str, &str)] = &[("category_id", "category_id")];
const TYPE: &[(&str, &str)] = &[("type_id", "type_id")];

/// Every operation on calendars.
pub const DESK: &[Folder] =
    &[("Places and people", PLACES), ("What can be booked", OFFERS), ("The end of it", ENDS)];

const PLACES: &[Step] = &[
    step("addInstitution")
        .body(r#"{"name": "Annex", "time_zone": "Europe/Amsterdam", "address": "Beukenlaan 2\n3511 CD Utrecht"}"#)
        .keeps(&[("institution_id", "body.id")]),
    step("listInstitutions"),
    step("getInstitution").at(INSTITUTION),
    step("changeInstitution").at(INSTITUTION).body(r#"{"name": "The annex", "time_zone": "Europe/Amsterdam"}"#),
    step("setHolidays")
        .at(INSTITUTION)
        .body(r#"{"from": "2027-01-01", "holidays": [{"day": "2027-04-27", "name": "Koningsdag"}]}"#),
    step("listHolidays").at(INSTITUTION).keeps(&[("day", "body[0].day")]),
    step("addResource")
        .body(r#"{"institution": "{{institution_id}}", "kind": "practitioner", "name": "Dr. Mulder"}"#)
        .keeps(&[("resource_id", "body.id")]),
    step("listResources"),
    step("getResource").at(RESOURCE),
    step("changeResource").at(RESOURCE).body(r#"{"name": "Dr. Mulder-Visser"}"#),
    step("setHours")
        .at(RESOURCE)
        .body(r#"{"hours": [{"weekday": 1, "from": "09:00", "until": "12:30"}]}"#),
    step("setDay")
        .at(DAY)
        .body(r#"{"open": [{"from": "10:00", "until": "12:00"}]}"#),
    step("getHours").at(RESOURCE),
    step("unsetDay").at(DAY),
    step("addAbsence")
        .body(r#"{"resource": "{{resource_id}}", "from": "2027-05-03T00:00", "until": "2027-05-10T00:00"}"#)
        .keeps(&[("absence_id", "body.id")]),
    step("listAbsences"),
    step("removeAbsence").at(&[("absence_id", "absence_id")]),
];

const OFFERS: &[Step] = &[
    step("addInsurance")
        .body(r#"{"name": "Menzis", "kind": "statutory"}"#)
        .keeps(&[("insurance_id", "body.id")]),
    step("listInsurances"),
    step("addCategory")
        .body(r#"{"institution": "{{institution_id}}", "name": "Dr. Mulder", "is_person": true, "insurances": ["{{insurance_id}}"]}"#)
        .keeps(&[("category_id", "body.id")]),
    step("listCategories"),
    step("getCategory").at(CATEGORY),
    step("changeCategory")
        .at(CATEGORY)
        .body(r#"{"institution": "{{institution_id}}", "name": "Dr. Mulder", "subtitle": "General practice"}"#),
    step("addType")
        .at(CATEGORY)
        .body(r#"{"name": "Consultation", "duration_minutes": 20, "resources": [["{{resource_id}}"]], "asap_notifications_enabled": true}"#)
        .keeps(&[("type_id", "body.id")]),
    step("listTypes").at(CATEGORY),
    step("getType").at(TYPE),
    step("changeType")
        .at(TYPE)
        .body(r#"{"name": "Consultation", "duration_minutes": 15, "resources": [["{{resource_id}}"]]}"#),
    step("getSettings"),
    step("changeSettings"),
];

const ENDS: &[Step] = &[
    step("endType").at(TYPE),
    step("endCategory").at(CATEGORY),
    step("endInsurance").at(&[("insurance_id", "insurance_id")]),
    step("endResource").at(RESOURCE),
    step("endInstitution").at(INSTITUTION),
    step("setDowntime"),
];
