//! The way into a video visit: a link for one browser.

use jiff::SignedDuration;
use serde_json::json;
use testkit::bedside_test;

use super::practice::{CHOSEN, Portal, Practice, like, refused};
use crate::cast::{Browser, Ward};

const NEVER: &str = "/video/none";

/// Somebody's video visit, which can be joined now: where its links are made.
async fn begun(ward: &Ward, anne: &Portal) -> String {
    let id = anne.books(&CHOSEN.replace("198", "199"), "2026-03-02").await;
    let here = format!("/appointments/{id}/video_consultation");
    assert_eq!(refused(&anne.post(&here, json!({})).await), (422, "video_not_open"));
    let shown = anne.get(&format!("/appointments/{id}")).await.ok();
    let start: jiff::Timestamp = shown["data"]["starts_at"].as_str().unwrap().parse().unwrap();
    ward.clock.pass(start.duration_since(ward.clock.now()));
    here
}

/// The path of a new link.
async fn link(ward: &Ward, anne: &Portal, here: &str) -> String {
    let answer = anne.post(here, json!({})).await.ok();
    like("video", &answer);
    let url = answer["data"]["url"].as_str().unwrap();
    url.strip_prefix(&ward.url).expect("an address of ours").to_owned()
}

#[bedside_test]
async fn a_link_into_a_video_visit_opens_in_the_browser_that_used_it_and_in_no_other(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let here = begun(&ward, &anne).await;
    let path = link(&ward, &anne, &here).await;
    let [mut hers, mut other] = [(); 2].map(|()| Browser::at(&ward.http, &ward.url));
    for _ in 0..2 {
        // As a mail server's guard does.
        let looked = ward.http.get(format!("{}{path}", ward.url)).send().await.unwrap();
        assert_eq!(looked.status(), 200);
        let text = looked.text().await.unwrap();
        assert!(text.contains("Praxis Green") && !text.contains("Today"), "{text}");
    }
    let page = hers.open(&path).await;
    let page = hers.submit(&page, &[]).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Praxis Green") && page.text.contains("Today"), "{}", page.text);
    assert!(page.text.contains("cannot be opened on this server yet"), "{}", page.text);
    assert_eq!(hers.open(&path).await.status, 200, "again in the same browser");
    let forwarded = other.open(&path).await;
    assert_eq!(forwarded.status, 410);
    assert!(!forwarded.text.contains("Green") && !forwarded.text.contains("Today"), "{}", forwarded.text);
    let newer = link(&ward, &anne, &here).await;
    assert_eq!(hers.open(&path).await.status, 404, "the newest takes its place");
    let open = other.open(&newer).await;
    assert_eq!(open.status, 200);
    let asking = hers.open(&newer).await;
    hers.met.clear();
    hers.submit(&asking, &[]).await;
    assert!(
        hers.met.iter().any(|set| set.contains("Max-Age=86400")),
        "known for another day: {:?}",
        hers.met
    );
    let late = other.submit(&open, &[]).await;
    assert_eq!(late.status, 410, "somebody was first");
    ward.clock.pass(SignedDuration::from_hours(3));
    assert_eq!(hers.open(&newer).await.status, 404, "it is over");
    assert_eq!(hers.open(NEVER).await.status, 404);
    ward.settle().await;
}

#[bedside_test]
async fn a_link_is_made_for_video_visits_alone_and_ends_when_the_visit_is_cancelled(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let here = begun(&ward, &anne).await;
    let path = link(&ward, &anne, &here).await;
    let plain = anne.books(CHOSEN, "2026-03-10").await;
    let plain = format!("/appointments/{plain}/video_consultation");
    assert_eq!(refused(&anne.post(&plain, json!({})).await), (422, "not_a_video_visit"));
    let mut browser = Browser::at(&ward.http, &ward.url);
    let page = browser.open(&path).await;
    let forged = browser.post(&path, &[], &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!(forged.status, 403);
    assert_eq!(browser.submit(&page, &[]).await.status, 200);
    ward.settle().await;
}

#[bedside_test]
async fn whoever_tries_links_that_lead_nowhere_is_slowed_down(ward: Ward) {
    let node = ward.restarted_with(|settings| settings.address_requests_per_second = 20).await;
    let mut answers = Vec::new();
    for number in 0..30 {
        let url = format!("{}{NEVER}{number}", node.url);
        answers.push(ward.http.get(url).send().await.unwrap().status().as_u16());
    }
    assert_eq!(answers.first(), Some(&404));
    assert_eq!(answers.last(), Some(&429), "{answers:?}");
    node.close().await;
}
