//! What ends by itself, stretch by stretch.

use jiff::SignedDuration;
use kernel::limits::WORDS_PER_MESSAGE_MAX;
use kernel::{ChatId, Clock, Error, Event, MessageId, Rng};
use parking_lot::Mutex;
use std::sync::Arc;
use store::jobs::Worker;
use testkit::{Ground, bedside_test};

use super::asking::{answer, ask, question};
use super::clinic::Clinic;
use crate::endings::{LOOK_AFTER, Seen, Stretch, look_after};
use crate::removal::{REMOVE_CHAT, remove_some};
use crate::rows::words::INSERT_OF_MESSAGE;
use crate::{Right, SettingsChange, change_settings};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn seen(places: &[(i64, i64, bool, bool)]) -> Vec<Seen> {
    let (clock, rng) = (Clock::system(), Rng::seeded(1));
    let one = |(seq, posted_ms, is_gone, is_held): &(i64, i64, bool, bool)| Seen {
        seq: *seq,
        id: MessageId::new(&clock, &rng),
        posted_ms: *posted_ms,
        is_gone: *is_gone,
        is_held: *is_held,
    };
    places.iter().map(one).collect()
}

#[test]
fn a_stretch_ends_at_the_first_message_whose_time_is_to_come() {
    let places = seen(&[
        (1, 10, true, false),
        (2, 20, false, true),
        (3, 20, false, false),
        (4, 30, false, true),
        (5, 31, false, false),
        (6, 32, true, false),
    ]);
    let stretch = Stretch::of(&places, 30);
    assert_eq!(stretch.expired, [(places[2].id, 3)]);
    assert_eq!((stretch.reached, stretch.held, stretch.next_posted_ms), (Some(4), Some(2), Some(31)));
    let whole = Stretch::of(&places, 1_000);
    assert_eq!((whole.reached, whole.next_posted_ms), (Some(6), None));
    assert_eq!(Stretch::of(&[], 1_000), Stretch::default());
}

/// Does the jobs of this crate that are due, and says how many transactions they were.
pub async fn settle(clinic: &Clinic) -> usize {
    let day = SignedDuration::from_hours(24);
    let worker = Worker::new(clinic.ground.db.clone(), clinic.ground.db.clone())
        .on(LOOK_AFTER, day, |db, payload| {
            Box::pin(async move {
                let job = serde_json::from_value(payload).expect("a job");
                db.write(job, |tx, job| Box::pin(look_after(tx, job))).await
            })
        })
        .on(REMOVE_CHAT, day, |db, payload| {
            Box::pin(async move {
                let job = serde_json::from_value(payload).expect("a job");
                db.write(job, |tx, job| Box::pin(remove_some(tx, job))).await
            })
        });
    let mut done = 0;
    loop {
        match worker.do_due().await.expect("jobs") {
            0 => return done,
            some => done += some,
        }
    }
}

async fn expire_after(clinic: &Clinic, chat: ChatId, seconds: i64) {
    let change = SettingsChange { auto_expire_seconds: Some(seconds), ..SettingsChange::default() };
    let changing = clinic.inside(&clinic.devries, chat, Right::Manage, move |tx, chat| {
        Box::pin(change_settings(tx, chat, change))
    });
    changing.await.expect("changed");
}

async fn hold(clinic: &Clinic, sql: &'static str, id: MessageId) {
    let setting = clinic
        .ground
        .db
        .write(id, move |tx, id| Box::pin(async move { tx.run(sql, &store::args![id]).await }));
    assert_eq!(setting.await.expect("set"), 1);
}

#[bedside_test]
async fn a_long_chat_expires_in_many_transactions_and_tells_each_message_once(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let mut posted = Vec::new();
    for n in 1..=120 {
        posted.push(clinic.say(&clinic.anna, chat, &format!("line {n}")).await.expect("posted"));
    }
    clinic.delete(&clinic.anna, chat, posted[7].id).await.expect("deleted");
    hold(&clinic, "UPDATE messages SET legal_hold = TRUE WHERE id = $1", posted[60].id).await;
    clinic.ground.clock.pass(MINUTE);
    clinic.say(&clinic.devries, chat, "still young").await.expect("posted");
    let told = Arc::new(Mutex::new(Vec::new()));
    let ears = told.clone();
    clinic.ground.db.observe(move |events| {
        ears.lock().extend(events.iter().filter_map(|event| match event {
            Event::MessageDeleted { message, by: None, .. } => Some(*message),
            _ => None,
        }));
    });
    expire_after(&clinic, chat, 60).await;
    assert!(settle(&clinic).await >= 3, "at most fifty in a transaction");
    assert_eq!(clinic.texts(&clinic.anna, chat).await, ["still young", "line 61"]);
    let expected: Vec<MessageId> =
        posted.iter().map(|one| one.id).filter(|id| *id != posted[7].id && *id != posted[60].id).collect();
    assert_eq!(*told.lock(), expected, "each once, in their order");
    let empty = "SELECT COUNT(*) FROM messages WHERE deleted_ms IS NOT NULL AND LENGTH(body) = 0";
    assert_eq!(clinic.numbers(empty).await, [119]);
    let lines = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'message_deleted' AND person IS NULL";
    assert_eq!(clinic.numbers(lines).await, [3], "one about the patient for each transaction");

    hold(&clinic, "UPDATE messages SET legal_hold = FALSE WHERE id = $1", posted[60].id).await;
    clinic.ground.clock.pass(SignedDuration::from_hours(24));
    settle(&clinic).await;
    assert!(clinic.texts(&clinic.anna, chat).await.is_empty(), "asked again once the hold is gone");
    let next = clinic.say(&clinic.anna, chat, "and on").await.expect("posted");
    assert_eq!(next.seq, 122, "places have no gaps");
    expire_after(&clinic, chat, 0).await;
    clinic.ground.clock.pass(SignedDuration::from_hours(48));
    settle(&clinic).await;
    assert_eq!(clinic.texts(&clinic.anna, chat).await, ["and on"], "switched off");
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM jobs").await, [0], "and nobody looks any more");
}

#[bedside_test]
async fn a_hold_that_comes_while_a_chat_is_removed_keeps_what_is_left(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let posted = clinic.say(&clinic.anna, chat, "as agreed").await.expect("posted");
    let removing =
        clinic.inside(&clinic.devries, chat, Right::Receive, |tx, chat| Box::pin(crate::remove(tx, chat)));
    removing.await.expect("removed");
    hold(&clinic, "UPDATE messages SET legal_hold = TRUE WHERE id = $1", posted.id).await;
    settle(&clinic).await;
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM messages").await, [1]);
    hold(&clinic, "UPDATE messages SET legal_hold = FALSE WHERE id = $1", posted.id).await;
    clinic.ground.clock.pass(SignedDuration::from_hours(24));
    settle(&clinic).await;
    for rows in
        ["SELECT COUNT(*) FROM messages", "SELECT COUNT(*) FROM chats", "SELECT COUNT(*) FROM chat_members"]
    {
        assert_eq!(clinic.numbers(rows).await, [0], "{rows}");
    }
}

#[bedside_test]
async fn an_answer_that_is_held_keeps_its_message_and_its_chat(ground: Ground) {
    const OF: &str = "(SELECT seq FROM messages WHERE id = $1)";
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let asked = ask(&clinic, chat, question(&["fine", "bad"], &[clinic.anna.person])).await;
    answer(&clinic, &clinic.anna, chat, asked, &["bad"]).await.expect("answered");
    let set = |held: &str| format!("UPDATE answers SET legal_hold = {held} WHERE seq = {OF}").leak();
    hold(&clinic, set("TRUE"), asked).await;
    expire_after(&clinic, chat, 60).await;
    clinic.ground.clock.pass(MINUTE * 2);
    settle(&clinic).await;
    let kept = clinic.one(&clinic.anna, chat, asked).await.expect("a message");
    assert_eq!((kept.text.as_str(), kept.answers.len()), ("How are you?", 1));
    let refused =
        clinic.inside(&clinic.devries, chat, Right::Receive, |tx, chat| Box::pin(crate::remove(tx, chat)));
    let refused = refused.await;
    assert!(matches!(&refused, Err(Error::Conflict { why }) if why.code == "legal_hold"), "{refused:?}");
    hold(&clinic, set("FALSE"), asked).await;
    clinic.ground.clock.pass(SignedDuration::from_hours(24));
    settle(&clinic).await;
    assert!(clinic.texts(&clinic.anna, chat).await.is_empty());
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM answers").await, [0]);
    expire_after(&clinic, chat, 0).await;
    clinic.ground.clock.pass(SignedDuration::from_hours(24));
    settle(&clinic).await;
}

/// Gives messages as many words as one may have.
async fn fill_with_words(clinic: &Clinic, messages: &[MessageId]) {
    for message in messages {
        let new = || search::Token::new(&clinic.ground.clock, &clinic.ground.rng);
        let tokens: Vec<search::Token> = (0..WORDS_PER_MESSAGE_MAX).map(|_| new()).collect();
        let input = (clinic.anna.organisation, *message, tokens);
        let filling = clinic.ground.db.write(input, |tx, (organisation, message, tokens)| {
            Box::pin(async move {
                tx.run_of(INSERT_OF_MESSAGE, tokens, &store::args![organisation, message]).await
            })
        });
        filling.await.expect("words");
    }
}

#[bedside_test]
async fn however_many_words_there_are_messages_expire_and_their_chat_can_be_removed(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    for is_removed in [false, true] {
        let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
        let mut messages = Vec::new();
        for n in 0..20 {
            messages.push(clinic.say(&clinic.anna, chat, &format!("line {n}")).await.expect("posted").id);
        }
        // What one transaction could not take away on SQLite, and one without words among them.
        messages.remove(10);
        fill_with_words(&clinic, &messages[..16]).await;
        if is_removed {
            let removing = clinic
                .inside(&clinic.devries, chat, Right::Receive, |tx, chat| Box::pin(crate::remove(tx, chat)));
            removing.await.expect("removed");
        } else {
            expire_after(&clinic, chat, 60).await;
            clinic.ground.clock.pass(MINUTE * 2);
        }
        assert!(settle(&clinic).await >= 16, "a few at a time");
        assert_eq!(clinic.numbers("SELECT COUNT(*) FROM search_tokens").await, [0]);
        let texts = "SELECT COUNT(*) FROM messages WHERE LENGTH(body) > 0";
        assert_eq!(clinic.numbers(texts).await, [0]);
        if !is_removed {
            expire_after(&clinic, chat, 0).await;
            clinic.ground.clock.pass(MINUTE);
            settle(&clinic).await;
        }
    }
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM chats").await, [1], "the one that was not removed");
}

#[bedside_test]
async fn a_closed_chat_in_which_nothing_is_left_is_looked_at_no_more(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    clinic.say(&clinic.anna, chat, "for a while").await.expect("posted");
    expire_after(&clinic, chat, 60).await;
    settle(&clinic).await;
    let closing =
        clinic.inside(&clinic.devries, chat, Right::Manage, |tx, chat| Box::pin(crate::close(tx, chat)));
    closing.await.expect("closed");
    for _ in 0..3 {
        clinic.ground.clock.pass(MINUTE);
        settle(&clinic).await;
    }
    assert!(clinic.texts(&clinic.anna, chat).await.is_empty());
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM jobs").await, [0]);
    let opening =
        clinic.inside(&clinic.devries, chat, Right::Receive, |tx, chat| Box::pin(crate::reopen(tx, chat)));
    opening.await.expect("open again");
    clinic.say(&clinic.anna, chat, "for another").await.expect("posted");
    for _ in 0..3 {
        clinic.ground.clock.pass(MINUTE);
        settle(&clinic).await;
    }
    assert!(clinic.texts(&clinic.anna, chat).await.is_empty(), "who opened it left the job");
}

#[bedside_test]
async fn the_words_of_a_subject_go_with_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    clinic.say(&clinic.anna, chat, "as agreed").await.expect("posted");
    super::finding::write_all(&clinic, chat).await;
    let words = "SELECT COUNT(*) FROM search_tokens WHERE kind = 'subject'";
    assert_eq!(clinic.numbers(words).await, [2]);
    let last = clinic.say(&clinic.anna, chat, "as never written").await.expect("posted").id;
    let removing =
        clinic.inside(&clinic.devries, chat, Right::Receive, |tx, chat| Box::pin(crate::remove(tx, chat)));
    removing.await.expect("removed");
    hold(&clinic, "UPDATE messages SET legal_hold = TRUE WHERE id = $1", last).await;
    assert_eq!(clinic.numbers(words).await, [0], "at once, though a message is kept");
    super::finding::write_all(&clinic, chat).await;
    let written = "SELECT COUNT(*) FROM search_tokens";
    assert_eq!(clinic.numbers(written).await, [2], "nothing more of what is gone is written");
    settle(&clinic).await;
}
