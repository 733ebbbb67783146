//! Two who change the same at once.

use kernel::{MessageId, Role};
use testkit::{Ground, bedside_test};

use super::asking::{question, sealed_answer};
use super::clinic::Clinic;
use crate::{Draft, Request, Right, SettingsChange, change_settings, delete, like, set_admins};

/// What hangs on messages that are there no more.
const LEFT_OVER: &str = "SELECT COUNT(*) FROM messages m WHERE m.deleted_ms IS NOT NULL AND (
    EXISTS (SELECT 1 FROM likes l WHERE l.chat = m.chat AND l.seq = m.seq)
    OR EXISTS (SELECT 1 FROM answers a WHERE a.chat = m.chat AND a.seq = m.seq))";

async fn ask(clinic: &Clinic, chat: kernel::ChatId) -> MessageId {
    let question = question(&["yes", "no"], &[]);
    let draft = Draft { request: Some(Request::Question(question)), ..Draft::text("Better?") };
    clinic.send(&clinic.devries, chat, draft).await.expect("asked").id
}

#[bedside_test]
async fn neither_a_like_nor_an_answer_outlives_its_message(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let id = ask(&clinic, chat).await;
    let liking = clinic.slowly(&clinic.anna, chat, Right::Post, move |tx, chat| Box::pin(like(tx, chat, id)));
    let liking = liking.await;
    clinic.delete(&clinic.devries, chat, id).await.expect("deleted");
    liking.await.expect("a task").expect("liked before it was deleted");
    assert_eq!(clinic.numbers(LEFT_OVER).await, [0]);

    let id = ask(&clinic, chat).await;
    let sealed = sealed_answer(&clinic, &clinic.anna, chat, id, &["yes"]).await.expect("an answer");
    let deleting =
        clinic.slowly(&clinic.devries, chat, Right::Receive, move |tx, chat| Box::pin(delete(tx, chat, id)));
    let deleting = deleting.await;
    let late = super::asking::keep(&clinic, &clinic.anna, chat, sealed).await;
    assert!(late.is_err(), "nobody answers what is gone: {late:?}");
    deleting.await.expect("a task").expect("deleted");
    assert_eq!(clinic.numbers(LEFT_OVER).await, [0]);
}

#[bedside_test]
async fn who_changes_one_setting_leaves_what_another_changes_at_once(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let anna = clinic.anna.person;
    let made = clinic.inside(&clinic.devries, chat, Right::Manage, move |tx, chat| {
        Box::pin(async move { set_admins(tx, chat, &[anna], true).await })
    });
    made.await.expect("an admin");
    assert_eq!(clinic.anna.role, Role::Patient);
    let change = |seconds| {
        let change = SettingsChange { auto_expire_seconds: Some(seconds), ..SettingsChange::default() };
        clinic.slowly(&clinic.devries, chat, Right::Manage, move |tx, chat| {
            Box::pin(change_settings(tx, chat, change))
        })
    };
    change(60).await.await.expect("a task").expect("messages expire");
    let switching_off = change(0).await;
    let other = SettingsChange { members_can_invite: Some(false), ..SettingsChange::default() };
    let changing = clinic.inside(&clinic.anna, chat, Right::Manage, move |tx, chat| {
        Box::pin(change_settings(tx, chat, other))
    });
    let settings = changing.await.expect("changed");
    switching_off.await.expect("a task").expect("switched off");
    assert_eq!((settings.auto_expire_seconds, settings.members_can_invite), (0, false));
    assert_eq!(clinic.details(&clinic.anna, chat).await.settings, settings);
}
