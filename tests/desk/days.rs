use booking::setup::{Author, absences};
use kernel::Role;
use serde_json::{Value, json};
use testkit::bedside_test;

use super::practice::{Desk, Practice, problem, visit};
use crate::cast::Ward;

const DAY: &str = "/days/2026-03-03?institution=1";

#[bedside_test]
async fn a_day_lists_what_counts_by_start_and_can_be_printed(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (desk, linde) = (&practice.desk, &practice.linde);
    let (anna, bram) = (linde.patient("Anna").await, linde.patient("Bram").await);
    practice.booked(&bram, "2026-03-03T11:00:00+01:00").await;
    practice.booked(&anna, "2026-03-03T10:00:00+01:00").await;
    practice.booked(&anna, "2026-03-04T10:00:00+01:00").await;
    let gone = practice.booked(&bram, "2026-03-03T12:00:00+01:00").await;
    let place = format!("/appointments/{}/cancel", gone["id"].as_str().unwrap());
    assert_eq!(desk.post(&place, json!({})).await.status, 200);
    let day = desk.get(DAY).await.json;
    let all = day["appointments"].as_array().unwrap();
    let names: Vec<_> = all.iter().map(|one| one["patient"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Anna de Boer", "Bram de Boer"]);
    assert_eq!((&day["institution"]["number"], &day["date"]), (&json!(1), &json!("2026-03-03")));
    assert_eq!((&day["time_zone"], &day["downtime_since"]), (&json!("Europe/Amsterdam"), &json!(null)));
    let (headers, pdf) = desk.download("/days/2026-03-03/list.pdf?institution=1").await;
    assert!(pdf.starts_with(b"%PDF-") && headers["content-type"] == "application/pdf");
    assert_eq!(headers["content-disposition"], "attachment; filename=\"2026-03-03.pdf\"");
    let (headers, html) = desk.download("/days/2026-03-03/list.html?institution=1").await;
    let html = String::from_utf8(html).expect("text");
    assert!(html.contains("Appointments on Tuesday 03/03/2026") && html.contains("Anna de Boer"), "{html}");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert_eq!(headers["cache-control"], "no-store");
    for (path, code) in [
        ("/days/2026-03-03?institution=9", (404, "institution_not_found")),
        ("/days/2026-03-03", (422, "institution_missing")),
        ("/days/2026-02-30?institution=1", (422, "day_unfit")),
        ("/days/today/list.pdf?institution=1", (422, "day_unfit")),
        ("/days/9999-12-31?institution=1", (422, "date_out_of_range")),
    ] {
        assert_eq!(problem(&desk.get(path).await), code, "{path}");
    }
    practice.closes().await;
}

#[bedside_test]
async fn on_paper_everything_is_read_and_nothing_changed(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (desk, anna) = (&practice.desk, practice.linde.patient("Anna").await);
    let booked = practice.booked(&anna, "2026-03-03T10:00:00+01:00").await;
    practice.closes().await;
    practice.works_on_paper(true).await;
    let place = format!("/appointments/{}", booked["id"].as_str().unwrap());
    let later = "2026-03-03T11:00:00+01:00";
    for (path, body) in [
        ("/appointments".to_owned(), visit(&anna, later)),
        ("/holds".to_owned(), visit(&anna, later)),
        (format!("{place}/move"), json!({ "start": later })),
        (format!("{place}/cancel"), json!({})),
    ] {
        assert_eq!(problem(&desk.post(&path, body).await).1, "downtime", "{path}");
    }
    assert_eq!(desk.get(&place).await.json, booked);
    let day = desk.get(DAY).await.json;
    assert!(day["downtime_since"].is_string(), "{day}");
    let (_, html) = desk.download("/days/2026-03-03/list.html?institution=1").await;
    assert!(String::from_utf8(html).unwrap().contains("The practice works on paper."));
    practice.works_on_paper(false).await;
    assert_eq!(desk.post(&format!("{place}/cancel"), json!({})).await.status, 200);
    practice.closes().await;
}

#[bedside_test]
async fn what_falls_into_an_absence_comes_with_times_that_can_be_had(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (desk, anna) = (&practice.desk, practice.linde.patient("Anna").await);
    let booked = practice.booked(&anna, "2026-03-03T10:00:00+01:00").await;
    practice.booked(&anna, "2026-03-04T10:00:00+01:00").await;
    let away = ("2026-03-03T00:00".parse().unwrap(), "2026-03-04T00:00".parse().unwrap());
    let input = (practice.linde.id, practice.doctor, away);
    let added = ward.house.db.write(input, |tx, (here, doctor, (from, until))| {
        Box::pin(absences::add(tx, Author::Operator, *here, *doctor, *from, *until))
    });
    let path = format!("/absences/{}/appointments", added.await.expect("an absence").uuid());
    let listed = desk.get(&path).await.json;
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(listed[0]["appointment"]["id"], booked["id"]);
    let times = listed[0]["next_times"].as_array().unwrap();
    assert_eq!(times.len(), 3, "{listed}");
    for time in times {
        assert!(!time["starts_at"].as_str().unwrap().starts_with("2026-03-03"), "{time}");
    }
    let place = format!("/appointments/{}/move", booked["id"].as_str().unwrap());
    let moved = desk.post(&place, json!({ "start": times[2]["starts_at"] })).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    assert_eq!(desk.get(&path).await.json, json!([]));
    let nowhere = format!("/absences/{}/appointments", anna.uuid());
    assert_eq!(problem(&desk.get(&nowhere).await), (404, "absence_not_found"));
    practice.closes().await;
}

#[bedside_test]
async fn who_plans_again_what_fell_into_an_absence_misses_nothing_of_a_long_list(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (desk, anna) = (&practice.desk, practice.linde.patient("Anna").await);
    let starts = (0..21).map(|number| {
        let (day, half_hour) = (3 + number / 16, 18 + number % 16);
        format!("2026-03-0{day}T{:02}:{:02}:00+01:00", half_hour / 2, half_hour % 2 * 30)
    });
    let starts: Vec<String> = starts.collect();
    for start in &starts {
        practice.booked(&anna, start).await;
    }
    let away = ("2026-03-03T00:00".parse().unwrap(), "2026-03-05T00:00".parse().unwrap());
    let input = (practice.linde.id, practice.doctor, away);
    let added = ward.house.db.write(input, |tx, (here, doctor, (from, until))| {
        Box::pin(absences::add(tx, Author::Operator, *here, *doctor, *from, *until))
    });
    let path = format!("/absences/{}/appointments", added.await.expect("an absence").uuid());
    let listed = async |after: &str| -> Vec<Value> {
        let some = desk.get(&format!("{path}{after}")).await.ok();
        some.as_array().expect("a list").clone()
    };
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let at = |one: &Value| text(&one["appointment"]["starts_at"]);
    let first = listed("").await;
    assert_eq!(first.iter().map(at).collect::<Vec<_>>(), starts[..20]);
    for (which, to) in [(0, 0), (1, 1), (19, 2)] {
        let place = format!("/appointments/{}/move", text(&first[which]["appointment"]["id"]));
        desk.post(&place, json!({ "start": first[which]["next_times"][to]["starts_at"] })).await.ok();
    }
    let rest = listed(&format!("?after={}", text(&first[19]["cursor"]))).await;
    assert_eq!(
        rest.iter().map(at).collect::<Vec<_>>(),
        starts[20..],
        "behind the last, which is elsewhere now"
    );
    assert_eq!(listed(&format!("?after={}", text(&rest[0]["cursor"]))).await, [] as [Value; 0]);
    assert_eq!(listed("").await.iter().map(at).collect::<Vec<_>>(), [&starts[2..19], &starts[20..]].concat());
    for odd in ["20", "1.2", ".", "soon.018f", ""] {
        assert_eq!(problem(&desk.get(&format!("{path}?after={odd}")).await), (422, "cursor_unfit"), "{odd}");
    }
    practice.closes().await;
}

#[bedside_test]
async fn the_waiting_list_is_counted_for_whoever_keeps_the_calendars(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let boss = practice.linde.somebody("Femke", "Beheer", Role::Administrator).await;
    let boss = Desk::of(&boss).await;
    let path = |from: &str, to: &str| format!("/waiting-list/figures?from={from}&to={to}");
    let figures = boss.get(&path("2026-03-01", "2026-03-31")).await.json;
    assert_eq!((&figures["freed"], &figures["fill_rate"]), (&json!(0), &json!(null)), "{figures}");
    let edge = boss.get(&path("9999-12-30", "9999-12-30")).await;
    assert_eq!((edge.status, &edge.json["freed"]), (200, &json!(0)), "{}", edge.text);
    for (from, to, code) in [
        ("2026-03-31", "2026-03-01", "range_reversed"),
        ("2026-03-01", "2027-03-03", "range_too_long"),
        ("2026-03-01", "", "day_unfit"),
        ("9999-12-31", "9999-12-31", "day_unfit"),
    ] {
        assert_eq!(problem(&boss.get(&path(from, to)).await), (422, code), "{from} {to}");
    }
    practice.closes().await;
}
