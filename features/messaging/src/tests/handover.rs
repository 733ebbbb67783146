//! Anna comes, and it turns out that she is the one who waited under another name.

use std::sync::Arc;

use jiff::SignedDuration;
use kernel::{Actor, ChatChange, ChatId, Event, Page, PersonId, Role};
use parking_lot::Mutex;
use store::{Arg, Place};
use testkit::{Ground, bedside_test};

use super::clinic::Clinic;
use super::endings::settle;
use crate::{ChatKind, Right, Standing, Window, remove_members, set_owner};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A patient who waits, of the same practice.
fn somebody_who_waits(clinic: &Clinic) -> Actor {
    Actor { person: clinic.another(Role::Patient).person, ..clinic.bram.clone() }
}

async fn hand_over(clinic: &Clinic, came: &Actor, waited: &Actor) {
    let input = (came.clone(), waited.person);
    let handing =
        clinic.ground.db.write(input, |tx, (came, from)| Box::pin(crate::hand_over(tx, came, *from)));
    handing.await.expect("handed over");
}

async fn change(clinic: &Clinic, sql: &'static str, chat: ChatId) {
    let changing = clinic
        .ground
        .db
        .write(chat, move |tx, chat| Box::pin(async move { tx.run(sql, &store::args![chat]).await }));
    assert_eq!(changing.await.expect("changed"), 1);
}

/// What is told of chats from now on.
fn listen(clinic: &Clinic) -> Arc<Mutex<Vec<(ChatId, ChatChange)>>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let ears = told.clone();
    clinic.ground.db.observe(move |events| {
        ears.lock().extend(events.iter().filter_map(|event| match event {
            Event::ChatChanged { chat, change, .. } => Some((*chat, change.clone())),
            _ => None,
        }));
    });
    told
}

async fn standing(clinic: &Clinic, who: &Actor, chat: ChatId) -> Option<Standing> {
    clinic.details(who, chat).await.standing
}

async fn leave(clinic: &Clinic, by: &Actor, chat: ChatId, who: PersonId) {
    let leaving = clinic.inside(by, chat, Right::Receive, move |tx, chat| {
        Box::pin(async move { remove_members(tx, chat, &[who], &[]).await })
    });
    leaving.await.expect("left");
}

async fn own(clinic: &Clinic, chat: ChatId, who: PersonId) {
    let owning = clinic
        .inside(&clinic.devries, chat, Right::Manage, move |tx, chat| Box::pin(set_owner(tx, chat, who)));
    owning.await.expect("the owner");
}

#[bedside_test]
async fn who_comes_is_in_each_group_what_both_were_and_nothing_is_left_of_the_other(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, waits) = (clinic.anna.clone(), somebody_who_waits(&clinic));
    let contact = Actor { role: Role::Guest, ..anna.clone() };
    let new = clinic.group(&clinic.devries, &[&waits]).await;
    let left = clinic.group(&clinic.devries, &[&contact, &waits]).await;
    leave(&clinic, &contact, left, anna.person).await;
    let both = clinic.group(&clinic.devries, &[&contact, &waits]).await;
    let was_taken_out = clinic.group(&clinic.devries, &[&waits]).await;
    leave(&clinic, &clinic.devries, was_taken_out, waits.person).await;
    let elsewhere = clinic.group(&clinic.devries, &[&anna]).await;
    for chat in [left, both] {
        own(&clinic, chat, waits.person).await;
    }
    let told = listen(&clinic);
    hand_over(&clinic, &anna, &waits).await;
    let mut told = told.lock().clone();
    told.sort_by_key(|(chat, _)| *chat);
    let came = ChatChange::Came(vec![anna.person]);
    let went = ChatChange::Went(vec![waits.person]);
    let mut expected = vec![(new, came.clone()), (left, came), (both, went)];
    expected.sort_by_key(|(chat, _)| *chat);
    assert_eq!(told, expected, "of {elsewhere} nothing is told, since she was in it anyway");
    assert_eq!(standing(&clinic, &anna, new).await, Some(Standing::Member));
    for chat in [left, both] {
        assert_eq!(standing(&clinic, &anna, chat).await, Some(Standing::Owner));
    }
    clinic.flush().await;
    for chat in [new, left, both, was_taken_out] {
        let named = clinic.only_patient(&clinic.devries, chat).await;
        assert_eq!(named, Some(anna.person), "what was said with a patient is about them");
    }
    let input = waits.person;
    let rows = clinic.ground.db.read(input, |tx, waits| {
        Box::pin(async move {
            let left = "SELECT COUNT(*) FROM chat_members WHERE person = $1";
            tx.one(left, &store::args![waits], |row| row.get::<i64>(0)).await
        })
    });
    assert_eq!(rows.await.expect("a count"), Some(0));
    let lines = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'members_changed' AND reason = 'handed over'";
    assert_eq!(clinic.numbers(lines).await, [3]);
}

#[bedside_test]
async fn a_line_is_left_about_each_patient_of_a_group(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let waits = somebody_who_waits(&clinic);
    clinic.group(&clinic.devries, &[&clinic.bram, &waits]).await;
    hand_over(&clinic, &clinic.anna.clone(), &waits).await;
    let of = async |person: PersonId| {
        let read = clinic.ground.db.read(person, |tx, person| {
            Box::pin(async move {
                let sql = "SELECT COUNT(*) FROM audit_lines WHERE reason = 'handed over' AND patient = $1";
                tx.one(sql, &store::args![person], |row| row.get::<i64>(0)).await
            })
        });
        read.await.expect("a count").expect("a count")
    };
    assert_eq!([of(clinic.bram.person).await, of(clinic.anna.person).await], [1, 1]);
    assert_eq!(of(waits.person).await, 0);
}

#[bedside_test]
async fn what_waited_stands_behind_what_was_said_with_its_hold_and_its_words(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, waits) = (clinic.anna.clone(), somebody_who_waits(&clinic));
    let contact = Actor { role: Role::Guest, ..anna.clone() };
    let had = clinic.direct(&clinic.devries, &contact).await;
    clinic.say(&clinic.devries, had, "before").await.expect("posted");
    assert_eq!(clinic.only_patient(&clinic.devries, had).await, None);
    clinic.ground.clock.pass(MINUTE);
    let waited = clinic.direct(&clinic.devries, &waits).await;
    let held = clinic.say(&clinic.devries, waited, "Wound care").await.expect("posted").id;
    change(&clinic, "UPDATE chats SET legal_hold = TRUE WHERE id = $1", waited).await;
    super::finding::write_all(&clinic, waited).await;
    change(&clinic, "UPDATE chats SET closed_ms = 1 WHERE id = $1", had).await;
    let told = listen(&clinic);
    hand_over(&clinic, &anna, &waits).await;
    assert_eq!(*told.lock(), [(had, ChatChange::Began)]);
    assert_eq!(clinic.texts(&anna, had).await, ["Wound care", "before"]);
    assert_eq!(clinic.only_patient(&clinic.devries, had).await, Some(anna.person));
    let refused = clinic.delete(&clinic.devries, had, held).await;
    assert!(refused.is_err(), "what held the chat that waited holds it here: {refused:?}");
    assert_eq!(clinic.say(&anna, had, "open again").await.expect("posted").seq, 3);

    super::finding::write_all(&clinic, had).await;
    assert_eq!(super::finding::ids(&clinic, "wound care").await, [held], "found once, where it is");
    settle(&clinic).await;
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM chats").await, [1], "the emptied one is gone");
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM search_progress").await, [1]);
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM search_tokens").await, [5], "each word in one place");
}

#[bedside_test]
async fn a_closed_chat_stays_closed_when_nothing_waited_or_a_patient_wrote_it(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, silent, written) =
        (clinic.anna.clone(), somebody_who_waits(&clinic), somebody_who_waits(&clinic));
    let had = clinic.direct(&clinic.devries, &anna).await;
    let with_bram = clinic.direct(&clinic.bram, &anna).await;
    clinic.direct(&clinic.devries, &silent).await;
    let waited = clinic.direct(&clinic.bram, &written).await;
    clinic.say(&clinic.bram, waited, "Let me in").await.expect("posted");
    for chat in [had, with_bram] {
        change(&clinic, "UPDATE chats SET closed_ms = 1, active_ms = 9000000000000 WHERE id = $1", chat)
            .await;
    }
    for waits in [&silent, &written] {
        hand_over(&clinic, &anna, waits).await;
    }
    for chat in [had, with_bram] {
        let details = clinic.details(&anna, chat).await;
        assert_eq!((details.closed_ms, details.active_ms), (Some(1), 9_000_000_000_000));
    }
    assert_eq!(clinic.texts(&anna, with_bram).await, ["Let me in"]);
    settle(&clinic).await;
}

#[bedside_test]
async fn a_chat_that_mixes_times_is_cut_by_the_instants(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, waits) = (clinic.anna.clone(), somebody_who_waits(&clinic));
    let had = clinic.direct(&clinic.devries, &anna).await;
    let waited = clinic.direct(&clinic.devries, &waits).await;
    let began = clinic.ground.clock.now_ms();
    for (chat, text) in [(had, "at 0"), (waited, "at 1"), (had, "at 2"), (waited, "at 3"), (had, "at 4")] {
        clinic.say(&clinic.devries, chat, text).await.expect("posted");
        clinic.ground.clock.pass(MINUTE);
    }
    hand_over(&clinic, &anna, &waits).await;
    assert_eq!(clinic.texts(&anna, had).await, ["at 3", "at 1", "at 4", "at 2", "at 0"]);
    let at = move |minute: i64| began + minute * 60_000;
    let between = async |from: i64, until: i64, page: Page| {
        let window = Window::Between { from_ms: at(from), until_ms: at(until), before: None, page };
        let found = clinic.window(&anna, had, window).await.expect("messages");
        found.into_iter().map(|message| message.text).collect::<Vec<_>>()
    };
    let whole = Page { size: 10, skip: 0 };
    assert_eq!(between(1, 2, whole).await, ["at 1", "at 2"]);
    assert_eq!(between(3, 9, whole).await, ["at 3", "at 4"]);
    assert_eq!(between(1, 4, Page { size: 2, skip: 2 }).await, ["at 4", "at 2"]);
    assert_eq!(between(8, 9, whole).await, Vec::<String>::new());
    let taken = clinic.inside(&anna, had, Right::Export, move |tx, chat| {
        Box::pin(async move {
            let export = crate::Export::begin(tx, chat, (at(1), at(2))).await?;
            let mut seqs = Vec::new();
            for first in export.stretches() {
                seqs.extend(export.stretch(tx, first).await?.iter().map(crate::Entry::seq));
            }
            Ok(seqs)
        })
    });
    assert_eq!(taken.await.expect("taken along"), [2, 4]);
    settle(&clinic).await;
}

#[bedside_test]
async fn what_somebody_wrote_to_themselves_under_another_name_stays_theirs_to_read(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let waits = somebody_who_waits(&clinic);
    let chat = clinic.direct(&clinic.devries, &waits).await;
    clinic.say(&clinic.devries, chat, "Is this me?").await.expect("posted");
    hand_over(&clinic, &clinic.devries.clone(), &waits).await;
    let details = clinic.details(&clinic.devries, chat).await;
    assert_eq!((details.kind, details.peer, details.closed_ms.is_some()), (ChatKind::Group, None, true));
    assert_eq!(clinic.texts(&clinic.devries, chat).await, ["Is this me?"]);
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM chat_members").await, [1]);
}

#[bedside_test]
async fn a_message_that_is_on_its_way_while_its_chat_is_handed_over_is_not_lost(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, waits) = (clinic.anna.clone(), somebody_who_waits(&clinic));
    let had = clinic.direct(&clinic.devries, &anna).await;
    clinic.say(&clinic.devries, had, "one").await.expect("posted");
    let waited = clinic.direct(&clinic.devries, &waits).await;
    clinic.say(&clinic.devries, waited, "two").await.expect("posted");
    let draft = crate::Draft::text("three").seal(&clinic.ring, &clinic.ground.clock, &clinic.ground.rng);
    let draft = Arc::new(draft.expect("sealed"));
    let posting = clinic.slowly(&clinic.devries, waited, Right::Post, move |tx, chat| {
        let draft = draft.clone();
        Box::pin(async move { crate::post(tx, chat, &draft).await })
    });
    let posting = posting.await;
    hand_over(&clinic, &anna, &waits).await;
    posting.await.expect("a task").expect("posted");
    assert_eq!(clinic.texts(&anna, had).await, ["three", "two", "one"]);
    assert_eq!(clinic.say(&clinic.devries, had, "four").await.expect("posted").seq, 4);
    let late = clinic.say(&clinic.devries, waited, "too late").await;
    assert!(late.is_err(), "nobody posts to a chat that is no more: {late:?}");
    settle(&clinic).await;
}

#[bedside_test]
async fn who_was_written_to_twice_by_many_comes_all_the_same(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let (anna, waits) = (clinic.anna.clone(), somebody_who_waits(&clinic));
    let nurse = |_| Actor { person: clinic.another(Role::Nurse).person, ..clinic.jansen.clone() };
    let nurses: Vec<Actor> = (0..70).map(nurse).collect();
    let mut chats = Vec::new();
    for nurse in &nurses {
        let had = clinic.direct(nurse, &anna).await;
        clinic.say(nurse, had, "one").await.expect("posted");
        let waited = clinic.direct(nurse, &waits).await;
        clinic.say(nurse, waited, "two").await.expect("posted");
        chats.push(had);
    }
    hand_over(&clinic, &anna, &waits).await;
    for (nurse, had) in nurses.iter().zip(&chats) {
        assert_eq!(clinic.texts(nurse, *had).await, ["two", "one"]);
    }
    let lines = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'members_changed' AND reason = 'handed over'";
    assert_eq!(clinic.numbers(lines).await, [70]);
    settle(&clinic).await;
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM chats").await, [70], "nothing is left of the others");
}

#[bedside_test]
async fn a_handover_goes_through_no_table_and_no_organisation(ground: Ground) {
    let Place::File(_) = &ground.place else { return };
    for sql in crate::rows::handover::ALL_SQL {
        let most = sql.split('$').skip(1).filter_map(|rest| {
            rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|number| number.parse::<usize>().ok())
        });
        let (count, explain): (usize, &'static str) =
            (most.max().unwrap_or_default(), format!("EXPLAIN QUERY PLAN {sql}").leak());
        let id = PersonId::from_bytes([7; 12]);
        let plan = ground.db.read(id, move |tx, id| {
            Box::pin(async move {
                let values: Vec<Arg<'_>> = std::iter::repeat_n(Arg::from(id), count).collect();
                tx.all(explain, &values, |row| row.get::<String>(3)).await
            })
        });
        let plan = plan.await.expect("a plan").join("\n");
        assert!(!plan.contains("SCAN") && !plan.contains("(organisation=?)"), "{sql}\n{plan}");
    }
}
