//! A legal hold keeps what was written.

use kernel::{ChatId, Error};
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;
use super::uploads::{objects, settle, upload};
use crate::Draft;

async fn set(clinic: &Clinic, sql: &'static str, chat: ChatId) {
    let setting = clinic
        .ground
        .db
        .write(chat, move |tx, chat| Box::pin(async move { tx.run(sql, &store::args![chat]).await }));
    assert_eq!(setting.await.expect("set"), 1);
}

#[bedside_test]
async fn what_is_held_is_not_deleted_until_the_hold_ends(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let file = upload(&clinic, "note.txt", None, vec![Ok("at noon".into())]).await.expect("a note");
    let draft = Draft { text: "As agreed.".to_owned(), files: vec![file], ..Draft::default() };
    let posted = clinic.send(&clinic.anna, chat, draft).await.expect("posted");
    for (hold, release) in [
        (
            "UPDATE messages SET legal_hold = TRUE WHERE chat = $1",
            "UPDATE messages SET legal_hold = FALSE WHERE chat = $1",
        ),
        (
            "UPDATE files SET legal_hold = TRUE WHERE chat = $1",
            "UPDATE files SET legal_hold = FALSE WHERE chat = $1",
        ),
        (
            "UPDATE chats SET legal_hold = TRUE WHERE id = $1",
            "UPDATE chats SET legal_hold = FALSE WHERE id = $1",
        ),
    ] {
        set(&clinic, hold, chat).await;
        for who in [&clinic.anna, &clinic.devries] {
            let refused = clinic.delete(who, chat, posted.id).await;
            let is_hold = matches!(&refused, Err(Error::Conflict { why }) if why.code == "legal_hold");
            assert!(is_hold, "{hold}: {refused:?}");
        }
        set(&clinic, release, chat).await;
    }
    let kept = clinic.read(&clinic.devries, chat).await.expect("messages").remove(0);
    assert_eq!((kept.text.as_str(), kept.files.len()), ("As agreed.", 1));
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM audit_lines WHERE kind = 'message_deleted'").await, [0]);
    clinic.delete(&clinic.anna, chat, posted.id).await.expect("deleted once nothing holds it");
    settle(&clinic).await;
    assert_eq!(objects(&clinic).await, Vec::<String>::new());
}
