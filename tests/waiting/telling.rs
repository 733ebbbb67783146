use flows::mail::inbox::Shown;
use store::{Place, args};
use testkit::bedside_test;

use super::{
    Author, NewInstitution, NewResource, Practice, ResourceId, ResourceKind, ZONE, institutions, resources,
};
use crate::cast::{Somebody, Ward};

/// What letters say that the reader could have, by the time alone.
fn times(letters: &[Shown]) -> Vec<&str> {
    let lead = "You can come earlier:\n";
    let time = |letter: &Shown| letter.text.find(lead).expect("a time") + lead.len();
    letters.iter().map(|letter| letter.text[time(letter)..].lines().next().expect("a line")).collect()
}

#[bedside_test]
async fn everybody_who_could_come_earlier_is_told_and_nobody_else(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-05T10:00").await;
    // Who comes before that anyway, who never asked, and whose address is not known to be theirs.
    let (daan, _) = practice.waits("Daan", "2026-03-03T09:00").await;
    let (eva, _) = practice.patient("Eva", "2026-03-04T11:00").await;
    let (femke, other) = practice.patient("Femke", "2026-03-04T12:00").await;
    practice.joins(&femke, other, "elders@example.test").await.expect("to be confirmed");
    practice.cancels(&chris, freed).await;
    practice.pass(2).await;
    assert!(practice.offers_to(&anna.email).await.is_empty(), "what follows is awaited first");
    practice.pass(2).await;
    for told in [&anna, &bram] {
        let letters = practice.offers_to(&told.email).await;
        assert_eq!(times(&letters), ["Tuesday 3 March 2026 at 10:00 (Amsterdam time)"]);
    }
    for email in [&chris.email, &daan.email, &eva.email, &femke.email, "elders@example.test"] {
        assert!(practice.offers_to(email).await.is_empty(), "{email}");
    }
    practice.pass(60).await;
    assert_eq!(practice.offers_to(&anna.email).await.len(), 1, "once");
    practice.closes().await;
}

#[bedside_test]
async fn nobody_is_told_of_a_time_at_which_they_are_elsewhere_or_that_they_may_not_have(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-04T10:30").await;
    practice.cancels(&chris, freed).await;
    // Bram has something else then by now, and the practice has blocked Anna.
    let second = practice.books(&bram, "2026-03-03T10:00").await;
    practice.blocks(&anna).await;
    practice.cancels(&chris, freed).await;
    practice.pass(10).await;
    assert!(practice.offers_to(&anna.email).await.is_empty());
    assert!(practice.offers_to(&bram.email).await.is_empty());
    practice.cancels(&bram, second).await;
    practice.pass(10).await;
    assert!(practice.offers_to(&anna.email).await.is_empty(), "blocked");
    assert_eq!(practice.offers_to(&bram.email).await.len(), 1);
    practice.closes().await;
}

#[bedside_test]
async fn a_place_whose_time_zone_is_unknown_keeps_no_other_place_waiting(ward: Ward) {
    const FREED_THERE_TOO: &str =
        "INSERT INTO freed_times (organisation, id, resource, from_ms, until_ms, made_ms, due_ms)
         SELECT organisation, $2, $3, from_ms, until_ms, made_ms, due_ms FROM freed_times WHERE organisation = $1";
    const LOSE: &str = "UPDATE institutions SET time_zone = 'Mars/Phobos' WHERE id = $1";
    const LEFT: &str = "SELECT COUNT(*) FROM freed_times WHERE organisation = $1";
    let practice = Practice::open(&ward).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    practice.cancels(&chris, freed).await;
    let id = ResourceId::new(&ward.clock, &ward.site.rng);
    let lost = ward.house.db.write((practice.linde.id, id), |tx, (here, id)| {
        Box::pin(async move {
            let place = NewInstitution::named("De Eik", ZONE);
            let place = institutions::add(tx, Author::Operator, *here, &place).await?;
            let (kind, name) = (ResourceKind::Practitioner, "Dr. Eik".to_owned());
            let new = NewResource { institution: place, kind, name, person: None };
            let doctor = resources::add(tx, Author::Operator, *here, &new).await?;
            tx.run(FREED_THERE_TOO, &args![here, id, &doctor]).await?;
            tx.run(LOSE, &args![&place]).await
        })
    });
    lost.await.expect("a place without a zone");
    practice.pass(10).await;
    assert_eq!(practice.offers_to(&anna.email).await.len(), 1);
    let left = ward.house.db.read(practice.linde.id, |tx, here| {
        Box::pin(async move { tx.one(LEFT, &args![here], |row| row.get::<i64>(0)).await })
    });
    assert_eq!(left.await.expect("a number"), Some(1), "that of the other place is looked at again");
    practice.closes().await;
}

#[bedside_test]
async fn a_chain_of_moves_writes_one_letter(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (chris, first) = practice.patient("Chris", "2026-03-03T09:00").await;
    let (daan, second) = practice.patient("Daan", "2026-03-03T10:00").await;
    let (eva, third) = practice.patient("Eva", "2026-03-03T11:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    practice.cancels(&chris, first).await;
    practice.moves(&daan, second, "2026-03-03T09:00").await;
    practice.moves(&eva, third, "2026-03-03T10:00").await;
    practice.pass(30).await;
    let letters = practice.offers_to(&anna.email).await;
    assert_eq!(times(&letters), ["Tuesday 3 March 2026 at 11:00 (Amsterdam time)"]);
    practice.closes().await;
}

#[bedside_test]
async fn what_becomes_free_at_night_is_told_in_the_morning(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-04T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-05T10:00").await;
    // From ten past nine to ten in the evening.
    practice.pass(12 * 60 + 50).await;
    practice.cancels(&chris, freed).await;
    practice.pass(8 * 60).await;
    assert!(practice.offers_to(&anna.email).await.is_empty(), "six in the morning");
    practice.pass(60).await;
    assert_eq!(practice.offers_to(&anna.email).await.len(), 1);
    practice.closes().await;
}

#[bedside_test]
async fn nobody_gets_more_letters_in_a_day_than_the_practice_chose(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (anna, _) = practice.waits("Anna", "2026-03-06T10:00").await;
    for hour in ["09", "10", "11", "12", "13"] {
        let (who, freed) = practice.patient(&format!("P{hour}"), &format!("2026-03-05T{hour}:00")).await;
        practice.cancels(&who, freed).await;
        practice.pass(5).await;
    }
    assert_eq!(practice.offers_to(&anna.email).await.len(), 3);
    practice.closes().await;
}

#[bedside_test]
async fn longer_hours_are_news_too(ward: Ward) {
    use booking::Weekly;
    use booking::setup::{Author, resources};
    let practice = Practice::open(&ward).await;
    let (anna, _) = practice.waits("Anna", "2026-03-03T10:00").await;
    let devries = practice.calendars.devries;
    let day = |weekday| Weekly { weekday, from: 540, until: 1_080, first_day: None, last_day: None };
    let hours: Vec<Weekly> = (1..=5).map(day).collect();
    let longer = ward.house.db.write((practice.linde.id, devries, hours), |tx, (here, id, hours)| {
        Box::pin(resources::set_hours(tx, Author::Operator, *here, *id, hours))
    });
    longer.await.expect("longer hours");
    practice.pass(10).await;
    assert!(!practice.offers_to(&anna.email).await.is_empty());
    practice.closes().await;
}

#[bedside_test]
async fn while_the_practice_works_on_paper_nobody_is_told(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    practice.cancels(&chris, freed).await;
    practice.works_on_paper(true).await;
    practice.pass(30).await;
    assert!(practice.offers_to(&anna.email).await.is_empty());
    practice.works_on_paper(false).await;
    practice.pass(30).await;
    assert_eq!(practice.offers_to(&anna.email).await.len(), 1);
    practice.closes().await;
}

#[bedside_test]
async fn who_was_not_told_yet_when_the_practice_went_to_paper_is_told_afterwards(ward: Ward) {
    // The first who is told is told just before.
    const GOES_DOWN: &str = "CREATE TRIGGER goes_down AFTER INSERT ON asap_offers
        BEGIN UPDATE booking_settings SET downtime_since_ms = 1; END";
    const STAYS_UP: &str = "DROP TRIGGER goes_down";
    if matches!(ward.site.place, Place::Url(_)) {
        return; // It writes triggers otherwise.
    }
    let practice = Practice::open(&ward).await;
    let run = async |sql: &'static str| {
        let run = ward.house.db.write(sql, |tx, sql| Box::pin(async move { tx.run(sql, &[]).await }));
        run.await.expect("a trigger");
    };
    for is_down in [true, false] {
        practice.works_on_paper(is_down).await;
    }
    let (chris, freed) = practice.patient("Chris", "2026-03-03T10:00").await;
    let (anna, _) = practice.waits("Anna", "2026-03-04T10:00").await;
    let (bram, _) = practice.waits("Bram", "2026-03-05T10:00").await;
    run(GOES_DOWN).await;
    practice.cancels(&chris, freed).await;
    practice.pass(30).await;
    let told = async |who: &Somebody| practice.offers_to(&who.email).await.len();
    assert_eq!((told(&anna).await, told(&bram).await), (1, 0));
    run(STAYS_UP).await;
    practice.works_on_paper(false).await;
    practice.pass(30).await;
    assert_eq!((told(&anna).await, told(&bram).await), (1, 1));
    practice.closes().await;
}
