use kernel::{PersonId, Role};
use testkit::{Ground, bedside_test};

use super::house::{House, read, write};
use crate::details::{self, Details, Gender};
use crate::{By, merges, reseal};

fn details() -> Details {
    Details {
        gender: Some(Gender::Other),
        born_on: Some("1980-02-03".parse().expect("a day")),
        city: Some("Utrecht".to_owned()),
        ..Details::default()
    }
}

async fn note(house: &House, person: PersonId, known: &Details) -> kernel::Result<()> {
    let today = "2026-03-02".parse().expect("a day");
    let sealed = known.seal(&house.vault.house(), today, person)?;
    let linde = house.linde;
    write!(house, |tx, linde, sealed| details::set(tx, By::Operator, *linde, sealed))
}

async fn known(house: &House, person: PersonId) -> Details {
    read!(house, |tx, person| details::of(tx, *person)).expect("an answer")
}

#[bedside_test]
async fn what_is_known_of_somebody_is_noted_whole_and_of_nobody_from_elsewhere(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let stranger = house.person(house.hospital, "Chris", Role::Patient).await;
    assert_eq!(known(&house, anna).await, Details::default());
    note(&house, anna, &details()).await.expect("noted");
    assert_eq!(known(&house, anna).await, details());
    let blank =
        Details { zip: Some("  ".to_owned()), country: Some(" nl ".to_owned()), ..Details::default() };
    note(&house, anna, &blank).await.expect("noted");
    let country = Details { country: Some("NL".to_owned()), ..Details::default() };
    assert_eq!(known(&house, anna).await, country, "in place of what was there");
    note(&house, stranger, &details()).await.expect_err("of another organisation");
    assert_eq!(known(&house, stranger).await, Details::default());
    let both = [anna, stranger];
    let all = read!(house, |tx, both| details::of_all(tx, both)).expect("an answer");
    assert_eq!((all.len(), &all[&anna]), (1, &country));
}

#[bedside_test]
async fn who_is_kept_takes_the_details_of_who_is_gone_when_they_have_none(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    let ann = house.person(house.linde, "Ann", Role::Patient).await;
    note(&house, ann, &details()).await.expect("noted");
    let two = read!(house, |tx, anna, ann| merges::prepare(tx, *anna, *ann)).expect("two people");
    write!(house, |tx, two| merges::merge(tx, By::Operator, two)).expect("one person");
    assert_eq!(known(&house, anna).await, details());
    let two = read!(house, |tx, anna, ann| merges::prepare_undo(tx, *anna, *ann)).expect("one person");
    write!(house, |tx, two| merges::undo(tx, By::Operator, two)).expect("two people");
    assert_eq!((known(&house, anna).await, known(&house, ann).await), (Details::default(), details()));
    // What was noted since is hers.
    let two = read!(house, |tx, anna, ann| merges::prepare(tx, *anna, *ann)).expect("two people");
    write!(house, |tx, two| merges::merge(tx, By::Operator, two)).expect("one person");
    let own = Details { city: Some("Delft".to_owned()), ..Details::default() };
    note(&house, anna, &own).await.expect("noted");
    let two = read!(house, |tx, anna, ann| merges::prepare_undo(tx, *anna, *ann)).expect("one person");
    write!(house, |tx, two| merges::undo(tx, By::Operator, two)).expect("two people");
    assert_eq!(known(&house, anna).await, own);
    // And what she has of her own is kept.
    let two = read!(house, |tx, anna, ann| merges::prepare(tx, *anna, *ann)).expect("two people");
    write!(house, |tx, two| merges::merge(tx, By::Operator, two)).expect("one person");
    assert_eq!(known(&house, anna).await, own);
}

#[bedside_test]
async fn details_are_sealed_anew_after_a_rotation(ground: Ground) {
    let house = House::open(ground).await;
    let anna = house.person(house.linde, "Anna", Role::Patient).await;
    note(&house, anna, &details()).await.expect("noted");
    let old = house.vault.house().current_key();
    let vault = house.vault.clone();
    write!(house, |tx, vault| vault.rotate(tx, None)).expect("another key");
    let ring = house.vault.reload(&house.ground.db, None).await.expect("the keys");
    let nobody = PersonId::from_bytes([0; 12]);
    let before = read!(house, |tx, old| reseal::count_sealed_by(tx, *old)).expect("a count");
    let found = house.ground.db.read((ring, nobody), |tx, (ring, nobody)| {
        Box::pin(async move { Ok(reseal::reseal_some(tx, ring, *nobody).await?.0.finish()) })
    });
    let (updates, _) = found.await.expect("what was sealed");
    let written = house.ground.db.write(updates, |tx, updates| {
        Box::pin(async move {
            for update in updates {
                tx.run_made(update).await?;
            }
            Ok(())
        })
    });
    written.await.expect("sealed anew");
    let after = read!(house, |tx, old| reseal::count_sealed_by(tx, *old)).expect("a count");
    assert!(before > after && after == 0, "{before} {after}");
    assert_eq!(known(&house, anna).await, details());
}
