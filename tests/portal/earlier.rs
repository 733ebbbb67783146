//! The whole of it by HTTP: two patients, their tokens by the pages of OAuth, one time that becomes free, a letter, its link,
//! and at the end exactly one appointment.

use serde_json::{Value, json};
use testkit::bedside_test;

use super::practice::{CHOSEN, Portal, Practice, made, refused};
use crate::cast::{Browser, Page, Somebody, Ward};

/// Past the time for which letters wait, so that a chain of changes does not write ten.
const SOON: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// The paths that somebody's letters lead to, the newest letter first.
async fn letters(ward: &Ward, demo: &str, who: &Somebody) -> Vec<String> {
    let inbox = format!("{demo}/sandbox/inbox?format=json&to={}", who.email);
    let answer = ward.http.get(inbox).send().await.unwrap();
    let all: Value = answer.json().await.expect("JSON");
    let links = all.as_array().unwrap().iter().flat_map(|letter| letter["links"].as_array().unwrap());
    let path = |link: &Value| link.as_str().unwrap().strip_prefix(&ward.url).map(str::to_owned);
    links.filter_map(path).filter(|path| path.starts_with("/earlier/") && !path.contains('#')).collect()
}

/// What somebody has ahead, as the API tells it.
async fn upcoming(portal: &Portal) -> Value {
    portal.get("/appointments?status=upcoming").await.ok()
}

/// As the browser of somebody whom nobody knows.
async fn open(ward: &Ward, path: &str) -> (Browser, Page) {
    let mut browser = Browser::at(&ward.http, &ward.url);
    let page = browser.open(path).await;
    (browser, page)
}

#[bedside_test]
async fn a_time_that_one_gives_up_is_had_by_another_who_has_one_appointment_as_before(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let demo = ward.restarted_with(|settings| settings.is_demo = true).await;
    let ((anna, annas), (_, brams)) = (practice.patient("Anna").await, practice.patient("Bram").await);
    let freed = brams.books(CHOSEN, "2026-03-05").await;
    let id = annas.books(CHOSEN, "2026-03-10").await;
    let here = format!("/appointments/{id}");
    let (offer, start) = annas.offered(CHOSEN, "2026-03-11").await.swap_remove(3);
    let moved = annas.post(&format!("{here}/reschedule"), json!({ "availability_id": offer })).await.ok();
    assert_eq!(made(&moved), id);
    // Whatever has become free so far is no news to who joins the list after it.
    ward.clock.pass(SOON);
    ward.settle().await;
    let listed = annas.put(&format!("{here}/asap_list"), json!({ "email": anna.email })).await.ok();
    assert_eq!(made(&listed), id);
    ward.clock.pass(SOON);
    ward.settle().await;
    assert_eq!(letters(&ward, &demo.url, &anna).await, [""; 0], "nothing has become free");

    let gone = brams.post(&format!("/appointments/{freed}/cancel"), json!({})).await.ok();
    assert_eq!(made(&gone), freed);
    ward.clock.pass(SOON);
    ward.settle().await;
    let links = letters(&ward, &demo.url, &anna).await;
    let [link, way_out] = &links[..] else { panic!("one letter: {links:?}") };
    assert!(way_out.starts_with("/earlier/stop/"), "{way_out}");

    let before = upcoming(&annas).await;
    assert_eq!((&before["total"], &before["data"][0]["starts_at"]), (&json!(1), &json!(start)));
    // A guard of a mail program looks at every link, and more than once.
    for path in [link, way_out, link] {
        assert_eq!(open(&ward, path).await.1.status, 200, "{path}");
    }
    ward.settle().await;
    assert_eq!(upcoming(&annas).await, before, "to look changes nothing");

    let (mut browser, page) = open(&ward, link).await;
    let accepted = browser.submit(&page, &[("answer", "accept")]).await;
    assert!(accepted.text.contains("You come earlier"), "{}", accepted.text);
    let after = upcoming(&annas).await;
    assert_eq!((&after["total"], &after["data"][0]["id"]), (&json!(1), &json!(id)), "{after}");
    assert_eq!(after["data"][0]["starts_at"], "2026-03-05T09:00:00+01:00", "the time that Bram had");
    assert_eq!(after["data"][0]["status"], "booked");
    assert_eq!(annas.get("/appointments?status=cancelled").await.ok()["total"], 0, "moved, not cancelled");
    assert_eq!(upcoming(&brams).await["total"], 0);

    let (_, again) = open(&ward, link).await;
    assert!(again.forms().is_empty(), "the link is used up: {}", again.text);
    let others = brams.get(&here).await;
    assert_eq!(refused(&others), (404, "not_found"));
    let (offer, _) = brams.offered(CHOSEN, "2026-03-05").await.swap_remove(0);
    let back = brams.post("/booking", json!({ "availability_id": offer })).await.ok();
    assert_ne!(made(&back), id);
    assert_ne!(upcoming(&brams).await["data"][0]["starts_at"], after["data"][0]["starts_at"]);
    demo.close().await;
    ward.settle().await;
    // Whoever had to be told is told by then.
    ward.clock.pass(jiff::SignedDuration::from_hours(24 * 21));
    ward.settle().await;
}
