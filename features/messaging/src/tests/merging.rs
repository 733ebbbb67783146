//! Anna turns out to be who is there under another name, too.

use kernel::{Actor, Error, Result, Role};
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;
use crate::Right;
use crate::merging::{self, Pair};

/// A patient of the same practice.
fn the_other(clinic: &Clinic) -> Actor {
    Actor { person: clinic.another(Role::Patient).person, ..clinic.bram.clone() }
}

async fn merge(clinic: &Clinic, keep: &Actor, gone: &Actor) -> Result<()> {
    let input = (keep.organisation, Pair { keep: keep.person, gone: gone.person });
    let merging = clinic.ground.db.write(input, |tx, (organisation, pair)| {
        Box::pin(merging::merge(tx, None, std::slice::from_ref(organisation), *pair))
    });
    merging.await
}

async fn undo(clinic: &Clinic, keep: &Actor, gone: &Actor) {
    let input = (keep.organisation, Pair { keep: keep.person, gone: gone.person });
    let undoing = clinic.ground.db.write(input, |tx, (organisation, pair)| {
        Box::pin(merging::undo(tx, None, std::slice::from_ref(organisation), *pair))
    });
    undoing.await.expect("two again");
}

/// What tells places and chats apart, in a few numbers.
async fn numbers(clinic: &Clinic) -> Vec<Vec<i64>> {
    let mut all = Vec::new();
    for sql in [
        "SELECT read_seq * 100 + delivered_seq FROM chat_members ORDER BY chat, person",
        "SELECT CASE standing WHEN 'owner' THEN 2 WHEN 'admin' THEN 1 ELSE 0 END + joined_ms FROM chat_members ORDER BY chat, person",
        "SELECT joined_ms + COALESCE(left_ms, 0) FROM chat_members ORDER BY chat, person",
        "SELECT CASE kind WHEN 'direct' THEN 1 ELSE 0 END + COALESCE(closed_ms, 0) FROM chats ORDER BY id",
        "SELECT COUNT(*) FROM merge_places UNION ALL SELECT COUNT(*) FROM merge_chats",
    ] {
        all.push(clinic.numbers(sql).await);
    }
    all
}

#[bedside_test]
async fn in_a_group_of_both_who_is_kept_has_the_higher_standing_until_it_is_undone(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, other) = (clinic.anna.clone(), the_other(&clinic));
    let group = clinic.group(&clinic.devries, &[&anna, &other]).await;
    let who = other.person;
    let owning = clinic.inside(&clinic.devries, group, Right::Manage, move |tx, chat| {
        Box::pin(crate::set_owner(tx, chat, who))
    });
    owning.await.expect("the owner");
    clinic.direct(&clinic.devries, &anna).await;
    let closed = clinic.direct(&clinic.devries, &other).await;
    clinic.say(&clinic.devries, closed, "Tegen de ander").await.expect("said");
    let before = numbers(&clinic).await;
    merge(&clinic, &anna, &other).await.expect("merged");
    assert_eq!(clinic.details(&anna, group).await.standing, Some(crate::Standing::Owner));
    assert_eq!(clinic.texts(&anna, closed).await, ["Tegen de ander"]);
    assert!(
        clinic.say(&clinic.devries, closed, "Nog iets").await.is_err(),
        "it is closed, and goes on in the other"
    );
    undo(&clinic, &anna, &other).await;
    assert_eq!(numbers(&clinic).await, before);
    clinic.say(&clinic.devries, closed, "Nog iets").await.expect("open again");
}

#[bedside_test]
async fn more_chats_than_one_transaction_takes_are_refused_and_stay(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, other) = (clinic.anna.clone(), the_other(&clinic));
    for _ in 0..4 {
        clinic.group(&clinic.devries, &[&other]).await;
    }
    let before = numbers(&clinic).await;
    let refused = merge(&clinic, &anna, &other).await;
    assert!(matches!(refused, Err(Error::TooLarge { .. })), "{refused:?}");
    assert_eq!(numbers(&clinic).await, before);
}
