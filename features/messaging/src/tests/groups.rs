//! Coming, leaving, standing, and taking messages out.

use kernel::{Actor, ChatId, Error, Kind, PersonId, Result};
use testkit::{Ground, bedside_test};

use super::clinic::{Clinic, party};
use crate::{
    GroupDraft, Party, Right, SealedSubject, Settings, SettingsChange, Standing, add_members, assign_to_team,
    change_settings, members, members_of_chats, remove_members, rename, set_admins, set_owner,
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
        Box::pin(async move { remove_members(tx, chat, &[gone], &[]).await })
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
    hand_over(clinic.jansen.person).await.expect("it is done, however often one asks");
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
    assert_eq!(clinic.only_patient(&clinic.devries, chat).await, None);
    add(&clinic, &clinic.devries, chat, &clinic.anna).await.expect("added");
    assert_eq!(clinic.only_patient(&clinic.devries, chat).await, Some(clinic.anna.person));
    remove(&clinic, &clinic.devries, chat, &clinic.anna).await.expect("removed");
    assert_eq!(clinic.only_patient(&clinic.devries, chat).await, Some(clinic.anna.person), "it was with her");
    add(&clinic, &clinic.devries, chat, &clinic.bram).await.expect("added");
    assert_eq!(clinic.only_patient(&clinic.devries, chat).await, None);
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
async fn one_call_brings_a_whole_ward_and_no_more_than_500_people(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[]).await;
    let bring = async |parties: Vec<Party>| {
        let input = (clinic.devries.clone(), chat, parties);
        let bringing = clinic.ground.db.write(input, |tx, (who, chat, new)| {
            Box::pin(async move {
                let chat = crate::open(tx, who, *chat, Right::Receive).await?;
                add_members(tx, &chat, new).await
            })
        });
        bringing.await.map(|added| added.len())
    };
    let some = |count: usize| (0..count).map(|_| clinic.another(kernel::Role::Nurse)).collect::<Vec<_>>();
    let ward = some(500);
    assert_eq!(bring(ward.clone()).await.expect("added"), 500);
    assert_eq!(bring([&ward[..130], &some(3)].concat()).await.expect("added"), 3, "the others are there");
    assert!(matches!(bring(some(501)).await, Err(Error::TooLarge { .. })));
    assert!(matches!(bring(some(497)).await, Err(Error::TooLarge { .. })), "1,001 with its owner");
    assert_eq!(standings(&clinic, &clinic.devries, chat).await.len(), 504);

    let persons: Vec<PersonId> = ward.iter().map(|party| party.person).collect();
    let changing =
        clinic.ground.db.write((clinic.devries.clone(), chat, persons), |tx, (who, chat, persons)| {
            Box::pin(async move {
                let managed = crate::open(tx, who, *chat, Right::Manage).await?;
                set_admins(tx, &managed, &persons[..100], true).await?;
                remove_members(tx, &managed, &persons[50..], &[]).await
            })
        });
    assert_eq!(changing.await.expect("removed").len(), 450);
    let left = standings(&clinic, &clinic.devries, chat).await;
    let admins = left.iter().filter(|(_, standing)| *standing == Standing::Admin);
    assert_eq!((admins.count(), left.len()), (50, 54));
}

#[bedside_test]
async fn a_group_of_200_begins_in_one_call(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let parties = (0..200).map(|_| clinic.another(kernel::Role::Nurse)).collect();
    let draft = GroupDraft { parties, ..GroupDraft::default() };
    let chat = clinic.begin(&clinic.devries, draft).await.expect("a ward");
    assert_eq!(standings(&clinic, &clinic.devries, chat).await.len(), 201);
}

#[bedside_test]
async fn the_members_of_a_page_of_chats_are_those_of_chats_one_is_in(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let mut chats = Vec::new();
    for _ in 0..70 {
        chats.push(clinic.group(&clinic.devries, &[&clinic.anna]).await);
    }
    let left = chats[3];
    remove(&clinic, &clinic.devries, left, &clinic.devries).await.expect("left");
    let foreign = clinic.direct(&clinic.jansen, &clinic.bram).await;
    chats.push(foreign);
    let input = (clinic.devries.clone(), chats);
    let reading = clinic.ground.db.read(input, |tx, (who, chats)| Box::pin(members_of_chats(tx, who, chats)));
    let members = reading.await.expect("members");
    assert_eq!(members.len(), 69);
    assert!(!members.contains_key(&left) && !members.contains_key(&foreign));
    for there in members.values() {
        let mut there: Vec<PersonId> = there.iter().map(|member| member.person).collect();
        let mut expected = [clinic.devries.person, clinic.anna.person];
        there.sort_unstable();
        expected.sort_unstable();
        assert_eq!(there, expected);
    }
}

async fn assign(clinic: &Clinic, who: &Actor, chat: ChatId, team: Option<kernel::TeamId>) -> Result<()> {
    clinic.inside(who, chat, Right::Manage, move |tx, chat| Box::pin(assign_to_team(tx, chat, team))).await
}

#[bedside_test]
async fn a_group_comes_to_a_team_and_goes_from_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna, &clinic.jansen]).await;
    clinic.say(&clinic.anna, chat, "It itches.").await.expect("posted");
    let colleague = Actor {
        teams: [clinic.ward].into(),
        person: clinic.another(kernel::Role::Nurse).person,
        ..clinic.jansen.clone()
    };
    assert!(clinic.read(&colleague, chat).await.is_err());
    let before = clinic.numbers("SELECT COUNT(*) FROM audit_lines WHERE kind = 'chat_changed'").await[0];
    assign(&clinic, &clinic.devries, chat, Some(clinic.ward)).await.expect("assigned");
    assert_eq!(clinic.texts(&colleague, chat).await, ["It itches."]);
    assign(&clinic, &clinic.devries, chat, None).await.expect("taken away");
    assert!(clinic.read(&colleague, chat).await.is_err());
    let after = clinic.numbers("SELECT COUNT(*) FROM audit_lines WHERE kind = 'chat_changed'").await[0];
    assert_eq!(after - before, 2);

    let refused = assign(&clinic, &clinic.jansen, chat, Some(clinic.ward)).await;
    assert!(matches!(refused, Err(Error::NotAllowed { .. })), "no admin: {refused:?}");
    let patients_own = clinic.group(&clinic.anna, &[&clinic.devries]).await;
    let refused = assign(&clinic, &clinic.anna, patients_own, Some(clinic.ward)).await;
    assert!(matches!(refused, Err(Error::NotAllowed { .. })), "no staff: {refused:?}");
    let direct = clinic.direct(&clinic.devries, &clinic.anna).await;
    let refused = assign(&clinic, &clinic.devries, direct, Some(clinic.ward)).await;
    assert!(matches!(refused, Err(Error::Precondition { .. })), "between two: {refused:?}");
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
    let read = clinic.one(&clinic.anna, chat, id).await;
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
    let read = clinic.one(&clinic.bram, other, posted.id).await;
    assert!(matches!(read, Err(Error::NotFound { .. })), "a message is read in its own chat only");
}
