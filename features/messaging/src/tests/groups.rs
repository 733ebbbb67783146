//! Coming, leaving, standing, and taking messages out.

use kernel::{Actor, ChatId, Error, Kind, PersonId, Result};
use testkit::{Ground, bedside_test};

use super::clinic::{Clinic, party};
use crate::{
    Party, Right, SealedSubject, Settings, SettingsChange, Standing, add_members, change_settings, members,
    remove_members, rename, set_admins, set_owner,
};

async fn add(clinic: &Clinic, who: &Actor, chat: ChatId, new: &Actor) -> Result<Vec<PersonId>> {
    let new = party(new);
    clinic
        .inside(who, chat, Right::Receive, move |tx, chat| {
            Box::pin(async move { add_members(tx, chat, &[new]).await })
        })
        .await
}

async fn remove(clinic: &Clinic, who: &Actor, chat: ChatId, gone: &Actor) -> Result<Vec<PersonId>> {
    let gone = gone.person;
    let leaving = clinic.inside(who, chat, Right::Receive, move |tx, chat| {
        Box::pin(async move { remove_members(tx, chat, &[gone]).await })
    });
    leaving.await
}

async fn standings(clinic: &Clinic, who: &Actor, chat: ChatId) -> Vec<(PersonId, Standing)> {
    let there = clinic.looking(who, chat, |tx, chat| Box::pin(members(tx, chat))).await.expect("members");
    there.into_iter().map(|member| (member.person, member.standing)).collect()
}

#[bedside_test]
async fn who_comes_later_reads_from_the_beginning_and_who_left_reads_no_more(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    clinic.say(&clinic.anna, chat, "Before you came.").await.expect("posted");
    assert_eq!(
        add(&clinic, &clinic.anna, chat, &clinic.jansen).await.expect("added"),
        [clinic.jansen.person]
    );
    assert_eq!(
        add(&clinic, &clinic.anna, chat, &clinic.jansen).await.expect("again"),
        [],
        "nobody comes twice"
    );
    assert_eq!(clinic.texts(&clinic.jansen, chat).await, ["Before you came."]);
    assert_eq!(clinic.details(&clinic.jansen, chat).await.unread, 1, "nobody has read what they never saw");
    remove(&clinic, &clinic.jansen, chat, &clinic.jansen).await.expect("left");
    let refused = clinic.read(&clinic.jansen, chat).await;
    assert!(matches!(refused, Err(Error::NotFound { what: Kind::GroupChat })), "{refused:?}");
    add(&clinic, &clinic.devries, chat, &clinic.jansen).await.expect("back again");
    assert_eq!(clinic.texts(&clinic.jansen, chat).await.len(), 1);
}

#[bedside_test]
async fn only_owner_and_admins_remove_others_and_nobody_removes_the_owner(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.ward_group(&clinic.devries, &[&clinic.anna, &clinic.jansen]).await;
    for refused in [
        remove(&clinic, &clinic.anna, chat, &clinic.jansen).await,
        remove(&clinic, &clinic.anna, chat, &clinic.devries).await,
        add(&clinic, &clinic.anna, chat, &clinic.bram).await,
    ] {
        assert!(matches!(refused, Err(Error::NotAllowed { .. })), "{refused:?}");
    }
    let jansen = clinic.jansen.person;
    let promoting = clinic.inside(&clinic.devries, chat, Right::Manage, move |tx, chat| {
        Box::pin(async move { set_admins(tx, chat, &[jansen], true).await })
    });
    promoting.await.expect("an admin");
    let refused = remove(&clinic, &clinic.jansen, chat, &clinic.devries).await;
    assert!(matches!(refused, Err(Error::NotAllowed { .. })), "{refused:?}");
    assert_eq!(
        remove(&clinic, &clinic.jansen, chat, &clinic.anna).await.expect("removed"),
        [clinic.anna.person]
    );
    assert_eq!(remove(&clinic, &clinic.jansen, chat, &clinic.bram).await.expect("not there"), []);
}

#[bedside_test]
async fn an_owner_who_leaves_hands_the_group_on_and_the_last_one_closes_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    clinic.ground.clock.pass(jiff::SignedDuration::from_secs(1));
    add(&clinic, &clinic.devries, chat, &clinic.jansen).await.expect("added");
    let jansen = clinic.jansen.person;
    let promoting = clinic.inside(&clinic.devries, chat, Right::Manage, move |tx, chat| {
        Box::pin(async move { set_admins(tx, chat, &[jansen], true).await })
    });
    promoting.await.expect("an admin");
    remove(&clinic, &clinic.devries, chat, &clinic.devries).await.expect("left");
    let expected = [(clinic.anna.person, Standing::Member), (jansen, Standing::Owner)];
    assert_eq!(
        standings(&clinic, &clinic.anna, chat).await,
        expected,
        "an admin goes before who came earlier"
    );
    remove(&clinic, &clinic.jansen, chat, &clinic.jansen).await.expect("left");
    assert_eq!(standings(&clinic, &clinic.anna, chat).await, [(clinic.anna.person, Standing::Owner)]);
    remove(&clinic, &clinic.anna, chat, &clinic.anna).await.expect("left");
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM chats WHERE closed_ms IS NOT NULL").await, [1]);
}

#[bedside_test]
async fn the_owner_hands_over_to_a_member_only(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.jansen]).await;
    let hand_over = async |to: PersonId| {
        let handing = clinic.inside(&clinic.devries, chat, Right::Manage, move |tx, chat| {
            Box::pin(async move { set_owner(tx, chat, to).await })
        });
        handing.await
    };
    assert!(matches!(hand_over(clinic.anna.person).await, Err(Error::Invalid { .. })));
    hand_over(clinic.jansen.person).await.expect("handed over");
    let mut expected = [(clinic.devries.person, Standing::Admin), (clinic.jansen.person, Standing::Owner)];
    expected.sort_by_key(|(person, _)| *person);
    assert_eq!(standings(&clinic, &clinic.devries, chat).await, expected);
    assert!(
        matches!(hand_over(clinic.devries.person).await, Err(Error::NotAllowed { .. })),
        "no longer the owner"
    );
}

#[bedside_test]
async fn a_chat_names_its_patient_while_it_has_exactly_one(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.jansen]).await;
    assert_eq!(clinic.details(&clinic.devries, chat).await.patient, None);
    add(&clinic, &clinic.devries, chat, &clinic.anna).await.expect("added");
    assert_eq!(clinic.details(&clinic.devries, chat).await.patient, Some(clinic.anna.person));
    remove(&clinic, &clinic.devries, chat, &clinic.anna).await.expect("removed");
    assert_eq!(
        clinic.details(&clinic.devries, chat).await.patient,
        Some(clinic.anna.person),
        "it was with her"
    );
    add(&clinic, &clinic.devries, chat, &clinic.bram).await.expect("added");
    assert_eq!(clinic.details(&clinic.devries, chat).await.patient, None);
}

#[bedside_test]
async fn subject_and_settings_are_changed_by_owner_and_admins(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let sealed = SealedSubject::seal(&clinic.ring, chat, "Stitches out").expect("a subject");
    let renaming =
        clinic.ground.db.write((clinic.devries.clone(), chat, sealed), |tx, (who, chat, subject)| {
            Box::pin(async move {
                let chat = crate::open(tx, who, *chat, Right::Manage).await?;
                rename(tx, &chat, subject).await
            })
        });
    renaming.await.expect("renamed");
    let change = SettingsChange { auto_close_days: Some(14), ..SettingsChange::default() };
    let changing = async |who: &Actor| {
        clinic
            .inside(who, chat, Right::Manage, move |tx, chat| Box::pin(change_settings(tx, chat, change)))
            .await
    };
    changing(&clinic.devries).await.expect("changed");
    assert!(matches!(changing(&clinic.anna).await, Err(Error::NotAllowed { .. })));
    let shown = clinic.details(&clinic.anna, chat).await;
    assert_eq!(shown.subject.as_deref(), Some("Stitches out"));
    assert_eq!(shown.settings, Settings { auto_close_days: 14, ..Settings::default() });
    let absurd = SettingsChange { auto_close_days: Some(-1), ..SettingsChange::default() };
    assert!(matches!(absurd.applied_to(shown.settings), Err(Error::Invalid { .. })));
}

#[bedside_test]
async fn a_chat_of_two_has_no_members_to_change(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    for refused in [
        add(&clinic, &clinic.devries, chat, &clinic.jansen).await,
        remove(&clinic, &clinic.anna, chat, &clinic.anna).await,
    ] {
        assert!(matches!(refused, Err(Error::Precondition { .. })), "{refused:?}");
    }
}

#[bedside_test]
async fn one_call_brings_a_bounded_number_of_people(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[]).await;
    let role = kernel::Role::Nurse;
    let bring = async |count: usize| {
        let new = |_| Party { person: PersonId::new(&clinic.ground.clock, &clinic.ground.rng), role };
        let input = (clinic.devries.clone(), chat, (0..count).map(new).collect::<Vec<_>>());
        let bringing = clinic.ground.db.write(input, |tx, (who, chat, new)| {
            Box::pin(async move {
                let chat = crate::open(tx, who, *chat, Right::Receive).await?;
                add_members(tx, &chat, new).await
            })
        });
        bringing.await.map(|added| added.len())
    };
    assert_eq!(bring(64).await.expect("added"), 64);
    assert!(matches!(bring(65).await, Err(Error::TooLarge { .. })));
}

#[bedside_test]
async fn a_deleted_message_is_gone_for_everybody_and_its_place_stays_empty(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna, &clinic.jansen]).await;
    let wrong = clinic.say(&clinic.anna, chat, "Wrong chat.").await.expect("posted");
    let kept = clinic.say(&clinic.anna, chat, "Right chat.").await.expect("posted");
    let refused = clinic.delete(&clinic.jansen, chat, wrong.id).await;
    assert!(matches!(refused, Err(Error::NotAllowed { .. })), "{refused:?}");
    clinic.delete(&clinic.anna, chat, wrong.id).await.expect("deleted by its author");
    assert_eq!(clinic.texts(&clinic.jansen, chat).await, ["Right chat."]);
    assert_eq!(clinic.details(&clinic.jansen, chat).await.unread, 1);
    let id = wrong.id;
    let read =
        clinic.looking(&clinic.anna, chat, move |tx, chat| Box::pin(crate::message(tx, chat, id))).await;
    assert!(matches!(read, Err(Error::NotFound { what: Kind::Message })), "{read:?}");
    assert!(matches!(clinic.delete(&clinic.anna, chat, id).await, Err(Error::NotFound { .. })));
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM messages WHERE LENGTH(body) = 0").await, [1]);
    clinic.delete(&clinic.devries, chat, kept.id).await.expect("deleted by the owner of the group");
    assert_eq!(clinic.say(&clinic.anna, chat, "Third.").await.expect("posted").seq, 3);
}

#[bedside_test]
async fn nobody_deletes_what_the_other_of_a_direct_chat_wrote(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let other = clinic.direct(&clinic.devries, &clinic.bram).await;
    let posted = clinic.say(&clinic.anna, chat, "Mine.").await.expect("posted");
    assert!(matches!(clinic.delete(&clinic.devries, chat, posted.id).await, Err(Error::NotAllowed { .. })));
    assert!(matches!(clinic.delete(&clinic.devries, other, posted.id).await, Err(Error::NotFound { .. })));
    let id = posted.id;
    let read =
        clinic.looking(&clinic.bram, other, move |tx, chat| Box::pin(crate::message(tx, chat, id))).await;
    assert!(matches!(read, Err(Error::NotFound { .. })), "a message is read in its own chat only");
}
