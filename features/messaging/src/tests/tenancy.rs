//! A proof in the hands of another organisation: every statement names the organisation, so it finds and changes
//! nothing, whatever ids it holds.

use futures_util::future::BoxFuture;
use kernel::{Actor, ChatId, Error, MessageId, Page, PersonId, Result};
use store::Tx;
use testkit::{Ground, bedside_test};

use super::clinic::{Clinic, party};
use super::uploads::upload;
use crate::{
    Draft, OpenChat, Right, SealedDraft, SealedSubject, SettingsChange, Window, add_members, assign_to_team,
    change_settings, close, delete, details, file, mark_delivered, mark_read, members, members_of_chats,
    message, messages, messages_after, place_of, post, receipts, remove_members, rename, reopen, set_admins,
    set_owner,
};

/// What the thief knows.
struct Loot {
    owner: Actor,
    thief: Actor,
    chat: ChatId,
    message: MessageId,
    file: kernel::FileId,
    other: PersonId,
    draft: SealedDraft,
    subject: SealedSubject,
}

/// What is tried with a stolen proof; says how many things it gave away.
type Theft = for<'c> fn(&'c Tx, &'c OpenChat, &'c Loot) -> BoxFuture<'c, Result<usize>>;

const THEFTS: &[(&str, Right, Theft)] = &[
    ("messages", Right::Read, |tx, chat, _| {
        Box::pin(async move { Ok(messages(tx, chat, Window::newest(10)).await?.len()) })
    }),
    ("numbered messages", Right::Read, |tx, chat, _| {
        Box::pin(async move { Ok(messages(tx, chat, Window::page(Page::numbered(1, 1))).await?.len()) })
    }),
    ("messages of a time", Right::Read, |tx, chat, _| {
        Box::pin(async move {
            let window =
                Window::Between { from_ms: 0, until_ms: i64::MAX, before: None, page: Page::numbered(0, 10) };
            Ok(messages(tx, chat, window).await?.len())
        })
    }),
    ("later messages", Right::Read, |tx, chat, _| {
        Box::pin(async move { Ok(messages_after(tx, chat, 0, 10).await?.len()) })
    }),
    ("details", Right::Read, |tx, chat, _| Box::pin(async move { details(tx, chat).await.map(|_| 1) })),
    ("a file", Right::Read, |tx, chat, loot| {
        Box::pin(async move { file(tx, chat, loot.file).await.map(|_| 1) })
    }),
    ("a message", Right::ReadOne, |tx, chat, loot| {
        Box::pin(async move { message(tx, chat, loot.message).await.map(|_| 1) })
    }),
    ("a place", Right::Receive, |tx, chat, loot| {
        Box::pin(async move { place_of(tx, chat, loot.message).await.map(|_| 1) })
    }),
    ("members", Right::Receive, |tx, chat, _| Box::pin(async move { Ok(members(tx, chat).await?.len()) })),
    ("members of chats", Right::Receive, |tx, _, loot| {
        Box::pin(async move { Ok(members_of_chats(tx, &loot.thief, &[loot.chat]).await?.len()) })
    }),
    ("receipts", Right::Receive, |tx, chat, _| Box::pin(async move { Ok(receipts(tx, chat).await?.len()) })),
    ("delivery", Right::Receive, |tx, chat, _| {
        Box::pin(async move { mark_delivered(tx, chat, 2).await.map(|()| 0) })
    }),
    ("reading", Right::Receive, |tx, chat, _| {
        Box::pin(async move { mark_read(tx, chat, 2).await.map(|()| 0) })
    }),
    ("posting", Right::Post, |tx, chat, loot| {
        Box::pin(async move { post(tx, chat, &loot.draft).await.map(|_| 1) })
    }),
    ("deleting", Right::Receive, |tx, chat, loot| {
        Box::pin(async move { delete(tx, chat, loot.message).await.map(|()| 1) })
    }),
    ("renaming", Right::Manage, |tx, chat, loot| {
        Box::pin(async move { rename(tx, chat, &loot.subject).await.map(|()| 0) })
    }),
    ("settings", Right::Manage, |tx, chat, _| {
        Box::pin(async move {
            let change = SettingsChange { auto_close_days: Some(3), ..SettingsChange::default() };
            change_settings(tx, chat, change).await.map(|_| 1)
        })
    }),
    ("a team", Right::Manage, |tx, chat, _| {
        Box::pin(async move { assign_to_team(tx, chat, Some(tx.new_id())).await.map(|()| 0) })
    }),
    ("closing", Right::Manage, |tx, chat, _| Box::pin(async move { close(tx, chat).await.map(|()| 1) })),
    ("reopening", Right::Receive, |tx, chat, _| Box::pin(async move { reopen(tx, chat).await.map(|()| 0) })),
    ("adding", Right::Receive, |tx, chat, loot| {
        Box::pin(
            async move { Ok(add_members(tx, chat, &[party(&loot.thief), party(&loot.owner)]).await?.len()) },
        )
    }),
    ("removing", Right::Receive, |tx, chat, loot| {
        Box::pin(
            async move { Ok(remove_members(tx, chat, &[loot.other, loot.owner.person], &[]).await?.len()) },
        )
    }),
    ("a new owner", Right::Manage, |tx, chat, loot| {
        Box::pin(async move { set_owner(tx, chat, loot.other).await.map(|()| 1) })
    }),
    ("admins", Right::Manage, |tx, chat, loot| {
        Box::pin(async move { set_admins(tx, chat, &[loot.other], true).await.map(|()| 0) })
    }),
];

/// Every row of the chat's tables, as numbers that change when a row does.
async fn everything(clinic: &Clinic) -> Vec<Vec<i64>> {
    let mut all = Vec::new();
    for sql in [
        "SELECT last_seq + active_ms + auto_close_days + LENGTH(subject) + COALESCE(closed_ms, 0) + COALESCE(LENGTH(team), 0)
         FROM chats ORDER BY id",
        "SELECT delivered_seq + read_seq * 100 + COALESCE(left_ms, 0) + LENGTH(standing) * 1000 + joined_ms
         FROM chat_members ORDER BY chat, person",
        "SELECT LENGTH(body) + COALESCE(deleted_ms, 0) FROM messages ORDER BY id",
        "SELECT size_bytes FROM files ORDER BY id",
        "SELECT COUNT(*) FROM jobs",
    ] {
        all.push(clinic.numbers(sql).await);
    }
    all
}

#[bedside_test]
async fn a_stolen_proof_gives_nothing_and_changes_nothing(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let note = upload(&clinic, "note.txt", None, vec![Ok("at noon".into())]).await.expect("a note");
    let file = note.id();
    let draft = Draft { text: "Between us.".to_owned(), files: vec![note], ..Draft::default() };
    let message = clinic.send(&clinic.anna, chat, draft).await.expect("posted").id;
    clinic.say(&clinic.anna, chat, "And more.").await.expect("posted");
    let (clock, rng) = (&clinic.ground.clock, &clinic.ground.rng);
    // The thief is even a person of the chat, who acts for another organisation.
    let thief = Actor { person: clinic.devries.person, ..clinic.stranger.clone() };
    let before = everything(&clinic).await;
    for (what, right, theft) in THEFTS {
        let loot = Loot {
            owner: clinic.devries.clone(),
            thief: thief.clone(),
            chat,
            message,
            file,
            other: clinic.anna.person,
            draft: Draft::text("Mine.").seal(&clinic.ring, clock, rng).expect("a draft"),
            subject: SealedSubject::seal(&clinic.ring, chat, "Mine").expect("a subject"),
        };
        let stealing = clinic.ground.db.write((loot, *right, *theft), |tx, (loot, right, theft)| {
            Box::pin(async move {
                let stolen = crate::open(tx, &loot.owner, loot.chat, *right).await?.stolen_by(&loot.thief);
                theft(tx, &stolen, loot).await
            })
        });
        let stolen = stealing.await;
        // What is found and cannot be unsealed would be a bug, too: it must not be found.
        assert!(!matches!(stolen, Err(Error::Bug { .. })), "{what} was found: {stolen:?}");
        assert_eq!(stolen.unwrap_or_default(), 0, "{what} was given away");
        assert_eq!(everything(&clinic).await, before, "{what} changed something");
    }
}
