//! The access log names each patient whom a chat is with or about.

use std::collections::BTreeSet;

use kernel::{Actor, ChatId, Error, PersonId, Role};
use testkit::{Ground, bedside_test};

use super::clinic::{Clinic, party};
use super::uploads::{settle, upload};
use crate::{Draft, GroupDraft, Right, add_members, close, file, remove_members};

/// Whom the lines of a kind are about, each line once.
async fn patients_of(clinic: &Clinic, kind: &'static str) -> Vec<Option<PersonId>> {
    clinic.flush().await;
    let reading = clinic.ground.db.read((), move |tx, ()| {
        Box::pin(async move {
            let sql = "SELECT patient FROM audit_lines WHERE kind = $1 ORDER BY patient";
            tx.all(sql, &store::args![kind], |row| row.get(0)).await
        })
    });
    reading.await.expect("lines")
}

fn each(people: &[&Actor]) -> Vec<Option<PersonId>> {
    people.iter().map(|one| one.person).collect::<BTreeSet<_>>().into_iter().map(Some).collect()
}

async fn reads(clinic: &Clinic, who: &Actor, chat: ChatId) {
    clinic.read(who, chat).await.expect("messages");
}

#[bedside_test]
async fn every_deed_in_a_chat_of_two_patients_is_a_line_about_each(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let both = each(&[&clinic.anna, &clinic.bram]);
    let chat = clinic.group(&clinic.devries, &[&clinic.anna, &clinic.bram]).await;
    assert_eq!(patients_of(&clinic, "chat_started").await, both);
    let note = upload(&clinic, "note.txt", None, vec![Ok("at noon".into())]).await.expect("a note");
    let id = note.id();
    let draft = Draft { text: "See.".to_owned(), files: vec![note], ..Draft::default() };
    let posted = clinic.send(&clinic.anna, chat, draft).await.expect("posted");
    assert_eq!(patients_of(&clinic, "message_posted").await, both);
    assert_eq!(patients_of(&clinic, "file_posted").await, both);

    clinic.read(&clinic.jansen, chat).await.expect_err("not hers");
    assert_eq!(patients_of(&clinic, "chat_opened").await, both, "somebody tried");
    clinic.one(&clinic.devries, chat, posted.id).await.expect("a message");
    assert_eq!(patients_of(&clinic, "message_read").await, both);
    assert_eq!(patients_of(&clinic, "chat_opened").await, both, "one message is not the chat");
    reads(&clinic, &clinic.devries, chat).await;
    assert_eq!(patients_of(&clinic, "chat_opened").await.len(), 4);
    clinic
        .looking(&clinic.devries, chat, move |tx, chat| Box::pin(file(tx, chat, id)))
        .await
        .expect("a file");
    assert_eq!(patients_of(&clinic, "file_read").await, both);

    let bram = clinic.bram.person;
    let leaving = clinic.inside(&clinic.devries, chat, Right::Receive, move |tx, chat| {
        Box::pin(async move { remove_members(tx, chat, &[bram], &[]).await })
    });
    leaving.await.expect("removed");
    assert_eq!(patients_of(&clinic, "members_changed").await, both);
    clinic.delete(&clinic.devries, chat, posted.id).await.expect("deleted");
    assert_eq!(patients_of(&clinic, "message_deleted").await, both, "it was with him, too");
    clinic
        .inside(&clinic.devries, chat, Right::Manage, |tx, chat| Box::pin(close(tx, chat)))
        .await
        .expect("closed");
    assert_eq!(patients_of(&clinic, "chat_closed").await, both);
    settle(&clinic).await;
}

#[bedside_test]
async fn a_patient_who_comes_is_named_from_their_coming_on(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let new = party(&clinic.bram);
    let adding = clinic.inside(&clinic.devries, chat, Right::Receive, move |tx, chat| {
        Box::pin(async move { add_members(tx, chat, &[new]).await })
    });
    adding.await.expect("added");
    assert_eq!(patients_of(&clinic, "chat_started").await, each(&[&clinic.anna]));
    assert_eq!(patients_of(&clinic, "members_changed").await, each(&[&clinic.anna, &clinic.bram]));
    assert_eq!(clinic.only_patient(&clinic.devries, chat).await, None);
}

#[bedside_test]
async fn a_group_of_colleagues_names_the_patient_it_is_about_who_may_not_read_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let about = |who: &Actor, others: &[&Actor]| GroupDraft {
        parties: others.iter().map(|other| party(other)).collect(),
        about: Some(who.person),
        ..GroupDraft::default()
    };
    let chat = clinic.begin(&clinic.devries, about(&clinic.anna, &[&clinic.jansen])).await.expect("a group");
    clinic.say(&clinic.jansen, chat, "Her wound.").await.expect("posted");
    assert_eq!(patients_of(&clinic, "message_posted").await, each(&[&clinic.anna]));
    assert_eq!(clinic.only_patient(&clinic.jansen, chat).await, Some(clinic.anna.person));
    let refused = clinic.read(&clinic.anna, chat).await;
    assert!(matches!(refused, Err(Error::NotFound { .. })), "{refused:?}");
    let part = audit::Part { whose: audit::Whose::Others, edge: audit::Edge::Newest, most: 50 };
    let seen = clinic
        .ground
        .db
        .read(clinic.anna.clone(), move |tx, anna| Box::pin(audit::lines_about(tx, anna, anna.person, part)));
    let seen = seen.await.expect("her lines");
    let posted = |line: &audit::Entry| {
        line.deed == Some(audit::Deed::MessagePosted) && line.person == Some(clinic.jansen.person)
    };
    assert!(seen.iter().any(posted), "she sees who wrote about her");

    let new = party(&clinic.bram);
    let adding = clinic.inside(&clinic.devries, chat, Right::Receive, move |tx, chat| {
        Box::pin(async move { add_members(tx, chat, &[new]).await })
    });
    adding.await.expect("added");
    assert_eq!(patients_of(&clinic, "members_changed").await, each(&[&clinic.anna, &clinic.bram]));
    let refused = clinic.begin(&clinic.bram, about(&clinic.anna, &[&clinic.jansen])).await;
    assert!(matches!(refused, Err(Error::NotAllowed { .. })), "only staff talk about a patient: {refused:?}");
}

#[bedside_test]
async fn a_full_message_to_a_hundred_patients_leaves_all_its_lines_and_one_more_is_refused(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let crowd = |count: usize| (0..count).map(|_| clinic.another(Role::Patient)).collect::<Vec<_>>();
    let draft = GroupDraft { parties: crowd(100), ..GroupDraft::default() };
    let chat = clinic.begin(&clinic.devries, draft).await.expect("a group");
    let mut files = Vec::new();
    for _ in 0..kernel::limits::FILES_PER_MESSAGE_MAX {
        files.push(upload(&clinic, "note.txt", None, vec![Ok("at noon".into())]).await.expect("a note"));
    }
    let draft = Draft { text: "For everybody.".to_owned(), files, ..Draft::default() };
    clinic.send(&clinic.devries, chat, draft).await.expect("posted");
    assert_eq!(patients_of(&clinic, "message_posted").await.len(), 100);
    assert_eq!(patients_of(&clinic, "file_posted").await.len(), 2_000);

    let one_more = clinic.another(Role::Patient);
    let refused = clinic.inside(&clinic.devries, chat, Right::Receive, move |tx, chat| {
        Box::pin(async move { add_members(tx, chat, &[one_more]).await })
    });
    assert!(matches!(refused.await, Err(Error::TooLarge { .. })));
    let draft = GroupDraft { parties: crowd(101), ..GroupDraft::default() };
    assert!(matches!(clinic.begin(&clinic.devries, draft).await, Err(Error::TooLarge { .. })));
}
