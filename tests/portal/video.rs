//! The way into a video visit: a link for one browser.

use flows::desk::Place;
use identity::mandates::{self, MandateKind, NewMandate};
use identity::{By, Language};
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, AppointmentId};
use serde_json::json;
use store::args;
use testkit::bedside_test;

use super::practice::{ALL, CHOSEN, Portal, Practice, like, refused};
use crate::cast::{Browser, Page, Somebody, Ward};

const NEVER: &str = "/video/none";
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Somebody's video visit, and when it begins: where its links are made.
async fn booked(anne: &Portal) -> (String, Timestamp) {
    let id = anne.books(&CHOSEN.replace("198", "199"), "2026-03-02").await;
    let here = format!("/appointments/{id}/video_consultation");
    assert_eq!(refused(&anne.post(&here, json!({})).await), (422, "video_not_open"));
    let shown = anne.get(&format!("/appointments/{id}")).await.ok();
    (here, shown["data"]["starts_at"].as_str().unwrap().parse().unwrap())
}

/// It is so long before this instant.
fn wait_until(ward: &Ward, before: SignedDuration, instant: Timestamp) {
    ward.clock.pass(instant.duration_since(ward.clock.now()) - before);
}

/// Somebody's video visit, which begins now.
async fn begun(ward: &Ward, anne: &Portal) -> String {
    let (here, start) = booked(anne).await;
    wait_until(ward, SignedDuration::ZERO, start);
    here
}

/// Somebody's video visit, which begins in ten minutes.
async fn soon(ward: &Ward, anne: &Portal) -> (String, Timestamp) {
    let (here, start) = booked(anne).await;
    wait_until(ward, MINUTE * 10, start);
    (here, start)
}

impl Practice {
    /// The appointment that was made last.
    async fn newest(&self) -> AppointmentId {
        const NEWEST: &str =
            "SELECT id FROM appointments WHERE organisation = $1 ORDER BY made_ms DESC LIMIT 1";
        let found = self.ward().house.db.read(self.organisation.id, |tx, here| {
            Box::pin(async move { tx.one(NEWEST, &args![here], |row| row.get(0)).await })
        });
        found.await.expect("an answer").expect("an appointment")
    }

    /// Who looked at a visit by a link, as the access log names them.
    async fn who_looked(&self) -> Vec<Option<kernel::PersonId>> {
        const LOOKED: &str = "SELECT person FROM audit_lines
            WHERE organisation = $1 AND reason = 'by a link to a video visit'";
        self.ward().house.log.flush().await.expect("the log is written");
        let found = self.ward().house.db.read(self.organisation.id, |tx, here| {
            Box::pin(async move { tx.all(LOOKED, &args![here], |row| row.get(0)).await })
        });
        let mut lines = found.await.expect("lines");
        lines.sort_unstable();
        lines
    }

    fn in_stead(&self, proxy: &Somebody, patient: &Somebody) -> Actor {
        Actor { acting_for: Some(patient.id), ..self.actor(proxy) }
    }
}

/// A link that was open on this page leads nowhere, and says what to do without a word of the visit.
async fn leads_nowhere(browser: &mut Browser, path: &str, open: &Page) {
    for answer in [browser.open(path).await, browser.submit(open, &[]).await] {
        assert_eq!(answer.status, 404, "{}", answer.text);
        assert!(answer.text.contains("Please open your appointment again"), "{}", answer.text);
        for told in ["Green", "Today"] {
            assert!(!answer.text.contains(told), "{told}: {}", answer.text);
        }
    }
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
async fn a_link_is_made_for_video_visits_alone_and_no_form_of_elsewhere_uses_it(ward: Ward) {
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
async fn a_visit_that_is_cancelled_is_joined_by_no_link_used_or_not(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (_, anne) = practice.patient("Anne").await;
    let (here, _) = soon(&ward, &anne).await;
    let path = link(&ward, &anne, &here).await;
    let [mut hers, mut other] = [(); 2].map(|()| Browser::at(&ward.http, &ward.url));
    let (open, page) = (other.open(&path).await, hers.open(&path).await);
    assert_eq!(hers.submit(&page, &[]).await.status, 200);
    let desk = flows::desk::operator(&ward.house, practice.organisation.id);
    let visit = practice.newest().await;
    flows::desk::cancel(&ward.house, &desk, visit, None).await.expect("cancelled");
    leads_nowhere(&mut hers, &path, &page).await;
    leads_nowhere(&mut other, &path, &open).await;
    assert_eq!(refused(&anne.post(&here, json!({})).await), (422, "not_upcoming"));
    ward.settle().await;
}

#[bedside_test]
async fn a_visit_that_is_moved_is_joined_by_a_new_link_alone(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (somebody, anne) = practice.patient("Anne").await;
    let (here, start) = soon(&ward, &anne).await;
    let path = link(&ward, &anne, &here).await;
    let mut hers = Browser::at(&ward.http, &ward.url);
    let open = hers.open(&path).await;
    let desk = flows::desk::operator(&ward.house, practice.organisation.id);
    let later = start + MINUTE * 60;
    let to = Place { start_ms: later.as_millisecond(), resources: Vec::new(), overbook: false, hold: None };
    flows::desk::move_to(&ward.house, &desk, practice.newest().await, to).await.expect("moved");
    leads_nowhere(&mut hers, &path, &open).await;
    assert_eq!(refused(&anne.post(&here, json!({})).await), (422, "video_not_open"));
    wait_until(&ward, MINUTE * 5, later);
    leads_nowhere(&mut hers, &path, &open).await;
    let anew = practice.portal_of(&somebody, ALL).await;
    let newer = link(&ward, &anew, &here).await;
    assert_eq!(hers.open(&newer).await.status, 200);
    ward.settle().await;
}

#[bedside_test]
async fn a_link_that_was_made_in_somebodys_stead_ends_with_the_mandate(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (tim, tims) = practice.patient("Tim").await;
    let (anne, _) = practice.patient("Anne").await;
    soon(&ward, &tims).await;
    let new = NewMandate {
        organisation: practice.organisation.id,
        patient: tim.id,
        proxy: anne.id,
        kind: MandateKind::Parent,
        may_write: true,
        may_book: false,
        given_by: tim.id,
        end_ms: None,
    };
    let db = &ward.house.db;
    let given = db.write(new, |tx, new| Box::pin(mandates::give(tx, By::Operator, new)));
    let mandate = given.await.expect("a mandate");
    let actor = practice.in_stead(&anne, &tim);
    let made = flows::video::open(&ward.house, &actor, practice.newest().await);
    let made = made.await.expect("a link");
    let url = secrecy::ExposeSecret::expose_secret(&made.url).to_owned();
    let path = url.strip_prefix(&ward.url).expect("an address of ours");
    let [mut hers, mut other] = [(); 2].map(|()| Browser::at(&ward.http, &ward.url));
    let (open, page) = (other.open(path).await, hers.open(path).await);
    assert_eq!(hers.submit(&page, &[]).await.status, 200);
    let ended = db.write((practice.organisation.id, mandate), |tx, (here, mandate)| {
        Box::pin(mandates::end(tx, By::Operator, *here, *mandate))
    });
    ended.await.expect("an end");
    leads_nowhere(&mut hers, path, &page).await;
    leads_nowhere(&mut other, path, &open).await;
    ward.settle().await;
}

#[bedside_test]
async fn the_visit_of_who_turned_out_to_be_somebody_else_is_joined_by_a_link_of_that_one_alone(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (gone, anne) = practice.patient("Anne").await;
    let (kept, _) = practice.patient("Annegret").await;
    let (here, _) = soon(&ward, &anne).await;
    let path = link(&ward, &anne, &here).await;
    let [mut hers, mut other] = [(); 2].map(|()| Browser::at(&ward.http, &ward.url));
    let (open, page) = (other.open(&path).await, hers.open(&path).await);
    assert_eq!(hers.submit(&page, &[]).await.status, 200);
    let pair = flows::merging::Pair { keep: kept.id, gone: gone.id };
    flows::merging::merge(&ward.house, None, pair).await.expect("one and the same");
    leads_nowhere(&mut hers, &path, &page).await;
    leads_nowhere(&mut other, &path, &open).await;
    assert_eq!(anne.post(&here, json!({})).await.status, 401, "nobody asks in her name");
    let annegret = practice.portal_of(&kept, ALL).await;
    let path = link(&ward, &annegret, &here).await;
    let page = hers.open(&path).await;
    let joined = hers.submit(&page, &[]).await;
    assert!(joined.status == 200 && joined.text.contains("Praxis Green"), "{}", joined.text);
    assert!(practice.who_looked().await.contains(&Some(kept.id)));
    ward.settle().await;
}

#[bedside_test]
async fn a_visit_is_joined_from_so_long_before_it_until_so_long_after_it(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (somebody, anne) = practice.patient("Anne").await;
    let (here, start) = booked(&anne).await;
    // Each request is a second after the one before.
    let second = SignedDuration::from_secs(1);
    wait_until(&ward, MINUTE * 15 + second * 2, start);
    assert_eq!(refused(&anne.post(&here, json!({})).await), (422, "video_not_open"));
    let answer = anne.post(&here, json!({})).await.ok();
    let said = |name: &str| answer["data"][name].as_str().unwrap().parse::<Timestamp>().unwrap();
    let until = start + MINUTE * (20 + 60);
    assert_eq!((said("valid_from"), said("valid_until")), (start - MINUTE * 15, until));
    let anew = practice.portal_of(&somebody, ALL).await;
    wait_until(&ward, second * 2, until);
    anew.post(&here, json!({})).await.ok();
    assert_eq!(refused(&anew.post(&here, json!({})).await), (422, "video_not_open"));
    ward.settle().await;
}

#[bedside_test]
async fn the_page_speaks_as_its_patient_does_and_names_nobody_who_only_looks(ward: Ward) {
    let practice = Practice::open(&ward, "green").await;
    let (somebody, anne) = practice.patient("Anne").await;
    practice.speaks(&somebody, Language::De).await;
    let (here, _) = soon(&ward, &anne).await;
    let path = link(&ward, &anne, &here).await;
    let mut hers = Browser::at(&ward.http, &ward.url);
    let page = hers.open(&path).await;
    assert!(page.text.contains("Videosprechstunde"), "{}", page.text);
    assert_eq!(practice.who_looked().await, [None], "nobody knows who that was");
    let joined = hers.submit(&page, &[]).await;
    assert!(joined.text.contains("Ihre Videosprechstunde ist uns bekannt"), "{}", joined.text);
    assert_eq!(practice.who_looked().await, [None, Some(somebody.id)]);
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
