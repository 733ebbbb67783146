//! Booking as applications ask for it: what is listed, what must be known, and requests that come twice.

use booking::appointments::Details;
use booking::setup::institutions::{self, NewInstitution};
use booking::setup::types::{self, NewType};
use booking::setup::{Author, categories};
use booking::{Detail, appointments};
use flows::booking::{Days, Request, Wanted};
use futures_util::future::join_all;
use identity::By;
use identity::mandates::{self, MandateKind, NewMandate};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan as _};
use kernel::{Actor, Error, Once, Origin, Result, Role};
use testkit::{Site, bedside_test};

use super::practice::{Kind, Practice, request};
use crate::cast::Ward;

const MONDAY: Date = date(2026, 3, 9);

/// The code of a refusal.
fn code<T: std::fmt::Debug>(outcome: Result<T>) -> &'static str {
    match outcome.expect_err("a refusal") {
        Error::NotFound { what } | Error::Gone { what } => what.code(),
        Error::NotAllowed { why }
        | Error::Invalid { why, .. }
        | Error::Conflict { why }
        | Error::Precondition { why } => why.code,
        other => panic!("{other:?}"),
    }
}

fn once(who: &Actor, key: u8, request: u8) -> Actor {
    let once = Some(Once { key: [key; 32], request: [request; 32] });
    Actor { origin: Origin { once, ..who.origin }, ..who.clone() }
}

#[bedside_test]
async fn a_request_that_its_client_named_is_done_once_however_close_it_comes_to_itself(site: Site) {
    let practice = Practice::open(site).await;
    let anna = practice.patient().await;
    let times = practice.listed(&anna, Kind::Consultation, (MONDAY, MONDAY)).await;
    let named = once(&anna, 1, 1);
    let tries = (0..8).map(|_| {
        let (house, who, request) = (practice.house.clone(), named.clone(), request(times[0].proof.clone()));
        tokio::spawn(async move { flows::booking::book(&house, &who, request).await })
    });
    let answers: Vec<_> =
        join_all(tries).await.into_iter().map(|one| one.unwrap().expect("booked")).collect();
    assert!(answers.iter().all(|id| *id == answers[0]), "{answers:?}");
    assert_eq!(practice.number("SELECT COUNT(*) FROM appointments").await, 1);
    // Hours later the offer is over, and the answer is not.
    practice.site.clock.pass(SignedDuration::from_hours(2));
    let before = practice.lines("own").await;
    let late = flows::booking::book(&practice.house, &named, request(times[0].proof.clone())).await;
    assert_eq!(late.expect("the first answer"), answers[0]);
    assert_eq!(practice.lines("own").await, before + 1, "who is told again has read it");
    let other = once(&anna, 1, 2);
    let other = flows::booking::book(&practice.house, &other, request(times[1].proof.clone())).await;
    assert_eq!(code(other), "idempotency_key_reused");
    let late = flows::booking::book(&practice.house, &anna, request(times[1].proof.clone())).await;
    assert_eq!(code(late), "availability");
    practice.site.clock.pass(SignedDuration::from_hours(24));
    bedside::house::tidy_up(&practice.house).await.expect("tidy");
    assert_eq!(practice.number("SELECT COUNT(*) FROM done_requests").await, 0);
    practice.close().await;
}

#[bedside_test]
async fn who_looks_for_times_for_somebody_else_leaves_a_line(site: Site) {
    let practice = Practice::open(site).await;
    let (anna, bram) = (practice.patient().await, practice.patient().await);
    practice.listed(&anna, Kind::Consultation, (MONDAY, MONDAY)).await;
    assert_eq!(practice.lines("times that are free for them").await, 0, "her own");
    let for_bram = Actor { acting_for: Some(bram.person), ..anna };
    practice.listed(&for_bram, Kind::Consultation, (MONDAY, MONDAY)).await;
    assert_eq!(practice.lines("times that are free for them").await, 1);
    practice.close().await;
}

#[bedside_test]
async fn what_is_listed_has_an_end_and_says_when_there_is_more(site: Site) {
    let practice = Practice::open(site).await;
    let anna = practice.patient().await;
    let known = practice.known(Kind::Consultation);
    let wanted = |days: Option<_>, limit| {
        let days = days.map(Days::from).unwrap_or_default();
        Wanted { category: known.category, kind: known.number, insurance: 136, days, limit }
    };
    let ask = async |wanted: Wanted| flows::booking::availabilities(&practice.house, &anna, &wanted).await;
    let some = ask(wanted(None, 50)).await.expect("times");
    assert_eq!((some.times.len(), some.next_on, &*some.time_zone), (50, None, "Europe/Amsterdam"));
    assert!(some.times.is_sorted_by_key(|offered| offered.slot.start_ms));
    let past = date(2026, 2, 1)..=date(2026, 2, 3);
    let none = ask(wanted(Some(past), 50)).await.expect("nothing");
    assert_eq!((none.times.len(), none.next_on), (0, Some(date(2026, 3, 2))));
    let far = date(2027, 2, 1)..=date(2027, 2, 3);
    assert_eq!(ask(wanted(Some(far), 50)).await.expect("nothing").next_on, None, "behind the horizon");
    assert_eq!(code(ask(wanted(Some(MONDAY..=date(2026, 3, 8)), 1)).await), "range_reversed");
    assert_eq!(code(ask(wanted(Some(MONDAY..=date(2036, 3, 8)), 1)).await), "range_too_long");
    assert_eq!(ask(wanted(Some(MONDAY..=date(2027, 3, 9)), 1)).await.expect("366 days").times.len(), 1);
    for (odd, what) in [
        (Wanted { category: 9_999, ..wanted(None, 1) }, "appointment_category"),
        (Wanted { kind: 9_999, ..wanted(None, 1) }, "appointment_type"),
        (Wanted { insurance: 9_999, ..wanted(None, 1) }, "insurance"),
    ] {
        assert_eq!(code(ask(odd).await), what);
    }
    let week = wanted(Some(MONDAY..=MONDAY.saturating_add(6.days())), 1);
    let days = flows::booking::days(&practice.house, &anna, &week).await.expect("days");
    assert_eq!(days.len(), 7);
    assert!(days.iter().all(|(_, is_open)| *is_open));
    practice.close().await;
}

#[bedside_test]
async fn who_did_not_tell_what_the_practice_asks_for_books_nothing(site: Site) {
    let practice = Practice::open(site).await;
    let anna = practice.patient().await;
    let (here, known) = (practice.id, practice.known(Kind::Consultation));
    let changing = practice.house.db.write(known, move |tx, known| {
        Box::pin(async move {
            let kind = types::find(tx, here, known.id).await?.expect("a type");
            let category = categories::find(tx, here, kind.category).await?.expect("a category");
            let by = Author::Operator;
            let place = NewInstitution {
                required_details: vec![Detail::BornOn, Detail::Address],
                ..NewInstitution::named("De Linde", "Europe/Amsterdam")
            };
            institutions::change(tx, by, here, category.institution, &place).await?;
            let form = r#"[{"name": "Where does it hurt?", "required": true, "type": "text"}]"#;
            let new = NewType {
                notice: 0,
                comment_form: Some(form.to_owned()),
                ..NewType::named(kind.category, "Asked", 20, kind.parts[0].clone())
            };
            types::change(tx, by, here, known.id, &new).await
        })
    });
    changing.await.expect("changed");
    let times = practice.listed(&anna, Kind::Consultation, (MONDAY, MONDAY)).await;
    let book = async |details: Details| {
        let request = Request { proof: times[0].proof.clone(), details, asap: false };
        flows::booking::book(&practice.house, &anna, request).await
    };
    let answered = Details {
        structured_comment: vec![("Where does it hurt?".to_owned(), "Here.".to_owned())],
        ..Details::default()
    };
    let refused = book(answered.clone()).await;
    assert!(format!("{refused:?}").contains("born_on, address"), "{refused:?}");
    assert_eq!(code(refused), "required_profile_fields_missing");
    let dropping = practice.house.db.write((here, known), |tx, (here, known)| {
        Box::pin(async move {
            let kind = types::find(tx, *here, known.id).await?.expect("a type");
            let category = categories::find(tx, *here, kind.category).await?.expect("a category");
            let place = NewInstitution::named("De Linde", "Europe/Amsterdam");
            institutions::change(tx, Author::Operator, *here, category.institution, &place).await
        })
    });
    dropping.await.expect("asked no more");
    assert_eq!(code(book(Details::default()).await), "comment_form_invalid");
    let odd =
        Details { structured_comment: vec![("Shoe size".to_owned(), "42".to_owned())], ..answered.clone() };
    let refused = book(odd).await;
    assert!(!format!("{refused:?}").contains("Shoe size"), "nothing of theirs is in a refusal");
    assert_eq!(code(refused), "comment_form_invalid");
    let waiting = Request { asap: true, ..request(times[0].proof.clone()) };
    let waiting = Request { details: answered.clone(), ..waiting };
    let refused = flows::booking::book(&practice.house, &anna, waiting).await;
    assert_eq!(code(refused), "asap_not_enabled");
    assert_eq!(practice.number("SELECT COUNT(*) FROM appointments").await, 0);
    let id = book(answered.clone()).await.expect("booked");
    let shown = flows::booking::appointment(&practice.house, &anna, id).await.expect("hers");
    assert_eq!((shown.details, shown.kind.name.as_str()), (answered, "Asked"));
    let other = practice.patient().await;
    assert_eq!(code(flows::booking::appointment(&practice.house, &other, id).await), "appointment");
    let listing = flows::booking::appointments(&practice.house, &anna, appointments::Filter::Upcoming, 1, 20);
    let (listed, count) = listing.await.expect("a list");
    assert_eq!((listed.len(), count), (1, 1));
    assert_eq!(
        code(flows::booking::earlier(&practice.house, &anna, id).await.map(drop)),
        "asap_not_subscribed"
    );
    practice.close().await;
}

#[bedside_test]
async fn a_mother_acts_for_her_child_as_far_as_her_mandate_goes(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (mother, child) = (linde.patient("Anna").await, linde.patient("Kind").await);
    let actor = mother.actor(Role::Patient, &[]);
    let nobody = flows::booking::in_stead_of(&ward.house, &actor, child.id, false).await;
    assert_eq!(code(nobody), "user");
    let new = NewMandate {
        organisation: linde.id,
        patient: child.id,
        proxy: mother.id,
        kind: MandateKind::Parent,
        may_write: false,
        may_book: false,
        given_by: child.id,
        end_ms: None,
    };
    let give =
        |new: NewMandate| ward.house.db.write(new, |tx, new| Box::pin(mandates::give(tx, By::Operator, new)));
    let seeing = give(new.clone()).await.expect("a mandate");
    let reads = flows::booking::in_stead_of(&ward.house, &actor, child.id, false).await.expect("she sees");
    assert_eq!(reads.acting_for, Some(child.id));
    let books = flows::booking::in_stead_of(&ward.house, &actor, child.id, true).await;
    assert_eq!(code(books), "mandate_without_booking");
    let ending = ward.house.db.write((linde.id, seeing), |tx, (linde, seeing)| {
        Box::pin(mandates::end(tx, By::Operator, *linde, *seeing))
    });
    ending.await.expect("ended");
    give(NewMandate { may_book: true, ..new }).await.expect("another");
    flows::booking::in_stead_of(&ward.house, &actor, child.id, true).await.expect("she books");
    ward.settle().await;
}
