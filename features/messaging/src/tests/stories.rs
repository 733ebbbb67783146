//! Two people talk, and who else may not listen.

use std::collections::BTreeSet;

use kernel::{Error, Kind, Page};
use testkit::{Ground, bedside_test};

use super::clinic::{Clinic, party};
use crate::{ChatKind, Ground as Why, Right, Standing, Window, close, list, open_direct, reopen};

#[bedside_test]
async fn two_people_talk_and_each_reads_what_the_other_wrote(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let said = "How is the wound? 👩‍⚕️\n\t  שלום \u{202e}abc ";
    clinic.say(&clinic.devries, chat, said).await.expect("posted");
    let answer = clinic.say(&clinic.anna, chat, "Dry.").await.expect("posted");
    assert_eq!(answer.seq, 2);
    let seen = clinic.read(&clinic.anna, chat).await.expect("messages");
    assert_eq!(seen.iter().map(|m| m.text.as_str()).collect::<Vec<_>>(), ["Dry.", said]);
    assert_eq!((seen[0].author, seen[1].author), (clinic.anna.person, clinic.devries.person));
    let shown = clinic.details(&clinic.anna, chat).await;
    assert_eq!(shown.peer, Some(clinic.devries.person));
    assert_eq!((shown.unread, shown.last_seq, shown.subject), (1, 2, None));
    assert_eq!(clinic.only_patient(&clinic.anna, chat).await, Some(clinic.anna.person));
}

#[bedside_test]
async fn whoever_begins_first_there_is_one_chat_between_two(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let begin = |turn: u32| match turn % 2 {
        0 => clinic.direct(&clinic.devries, &clinic.anna),
        _ => clinic.direct(&clinic.anna, &clinic.devries),
    };
    let begun = futures_util::future::join_all((0..16).map(begin)).await;
    assert_eq!(begun.iter().collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM chats").await, [1]);
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM chat_members").await, [2]);
}

#[bedside_test]
async fn nobody_writes_to_themselves(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let input = (clinic.anna.clone(), party(&clinic.anna));
    let refused =
        clinic.ground.db.write(input, |tx, (anna, me)| Box::pin(crate::start_direct(tx, anna, me, me))).await;
    assert!(matches!(refused, Err(Error::Invalid { field: "user_id", .. })), "{refused:?}");
}

#[bedside_test]
async fn a_chat_that_is_not_yours_looks_like_one_that_is_not_there(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    clinic.say(&clinic.anna, chat, "Between us.").await.expect("posted");
    let nowhere = kernel::ChatId::new(&clinic.ground.clock, &clinic.ground.rng);
    let with_a_team = clinic.on_the_ward(&clinic.jansen);
    for who in [&clinic.jansen, &with_a_team, &clinic.bram, &clinic.beheer, &clinic.stranger] {
        for chat in [chat, nowhere] {
            for right in [Right::Read, Right::ReadOne, Right::Post, Right::Manage, Right::Receive] {
                let refused = clinic.inside(who, chat, right, |_, _| Box::pin(async { Ok(()) })).await;
                assert!(matches!(refused, Err(Error::NotFound { what: Kind::GroupChat })), "{refused:?}");
            }
        }
    }
    let moved = kernel::Actor { organisation: clinic.stranger.organisation, ..clinic.anna.clone() };
    let refused = clinic.read(&moved, chat).await;
    assert!(
        matches!(refused, Err(Error::NotFound { .. })),
        "a member acts for another organisation: {refused:?}"
    );
}

#[bedside_test]
async fn a_direct_chat_is_found_by_the_other_person_only(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let find = async |who: &kernel::Actor, peer: &kernel::Actor| {
        let input = (who.clone(), peer.person);
        let found = clinic.ground.db.read(input, |tx, (who, peer)| {
            Box::pin(async move { open_direct(tx, who, *peer, Right::Read).await })
        });
        found.await.expect("an answer").map(|found| found.id())
    };
    assert_eq!(find(&clinic.anna, &clinic.devries).await, Some(chat));
    assert_eq!(find(&clinic.devries, &clinic.anna).await, Some(chat));
    assert_eq!(find(&clinic.jansen, &clinic.anna).await, None);
    assert_eq!(find(&clinic.stranger, &clinic.anna).await, None);
}

#[bedside_test]
async fn a_clinician_of_the_team_may_read_and_must_join_to_write(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.ward_group(&clinic.devries, &[&clinic.anna]).await;
    clinic.say(&clinic.anna, chat, "It itches.").await.expect("posted");
    let jansen = clinic.on_the_ward(&clinic.jansen);
    assert_eq!(clinic.texts(&jansen, chat).await, ["It itches."]);
    let refused = clinic.say(&jansen, chat, "Coming.").await;
    assert!(matches!(refused, Err(Error::NotAllowed { .. })), "{refused:?}");
    let patient_on_the_ward = clinic.on_the_ward(&clinic.bram);
    assert!(clinic.read(&patient_on_the_ward, chat).await.is_err(), "a team's patients are no clinicians");

    let input = (jansen.clone(), chat);
    let joined =
        clinic.ground.db.write(input, |tx, (who, chat)| Box::pin(crate::join_as_team(tx, who, *chat))).await;
    let joined = joined.expect("the door of the team");
    assert_eq!((joined.ground(), joined.standing()), (Why::Member, Some(Standing::Member)));
    clinic.say(&jansen, chat, "Coming.").await.expect("a member writes");
    let there = clinic
        .looking(&clinic.anna, chat, |tx, chat| Box::pin(crate::members(tx, chat)))
        .await
        .expect("members");
    assert!(there.iter().any(|member| member.person == jansen.person), "joining is visible");
    let off_duty = kernel::Actor { teams: [].into(), ..jansen };
    assert_eq!(clinic.texts(&off_duty, chat).await.len(), 2, "a member stays one without the team");
}

#[bedside_test]
async fn the_chats_of_a_team_are_listed_to_its_clinicians(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.ward_group(&clinic.devries, &[&clinic.anna]).await;
    let listed = async |who: kernel::Actor| {
        let body = clinic.ground.db.read((who, clinic.ward), |tx, (who, ward)| {
            Box::pin(crate::list_of_team(tx, who, *ward, Page::numbered(0, 20)))
        });
        body.await.map(|chats| {
            chats.into_iter().map(|chat| (chat.id, chat.standing, chat.unread)).collect::<Vec<_>>()
        })
    };
    assert_eq!(listed(clinic.on_the_ward(&clinic.jansen)).await.expect("a list"), [(chat, None, 0)]);
    assert!(matches!(listed(clinic.jansen.clone()).await, Err(Error::NotFound { what: Kind::Team })));
    assert!(matches!(
        listed(clinic.on_the_ward(&clinic.beheer)).await,
        Err(Error::NotFound { what: Kind::Team })
    ));
}

#[bedside_test]
async fn posts_that_come_at_once_get_places_without_gaps(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let posts = (0..64).map(|turn| {
        let who = if turn % 2 == 0 { &clinic.devries } else { &clinic.anna };
        let clinic = &clinic;
        async move { clinic.say(who, chat, &format!("message {turn}")).await.expect("posted").seq }
    });
    let mut places = futures_util::future::join_all(posts).await;
    places.sort_unstable();
    assert_eq!(places, (1..=64).collect::<Vec<_>>());
    let seen: Vec<i64> =
        clinic.read(&clinic.anna, chat).await.expect("messages").iter().map(|m| m.seq).collect();
    assert_eq!(seen, (1..=64).rev().collect::<Vec<_>>());
}

#[bedside_test]
async fn a_closed_chat_is_read_and_not_written(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let group = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    let direct = clinic.direct(&clinic.devries, &clinic.anna).await;
    for (chat, code) in [(group, "groupchat_is_closed"), (direct, "conversation_is_closed")] {
        clinic.say(&clinic.anna, chat, "Before.").await.expect("posted");
        clinic
            .inside(&clinic.devries, chat, Right::Manage, |tx, chat| Box::pin(close(tx, chat)))
            .await
            .expect("closed");
        let refused = clinic.say(&clinic.anna, chat, "After.").await;
        assert!(matches!(&refused, Err(Error::Precondition { why }) if why.code == code), "{refused:?}");
        assert_eq!(clinic.texts(&clinic.anna, chat).await, ["Before."]);
        assert!(clinic.details(&clinic.anna, chat).await.closed_ms.is_some());
        let again =
            clinic.inside(&clinic.devries, chat, Right::Manage, |tx, chat| Box::pin(close(tx, chat))).await;
        assert!(matches!(again, Err(Error::Precondition { .. })), "{again:?}");
        let by_the_patient =
            clinic.inside(&clinic.anna, chat, Right::Receive, |tx, chat| Box::pin(reopen(tx, chat))).await;
        assert!(matches!(by_the_patient, Err(Error::NotAllowed { .. })), "{by_the_patient:?}");
        clinic
            .inside(&clinic.devries, chat, Right::Receive, |tx, chat| Box::pin(reopen(tx, chat)))
            .await
            .expect("open");
        clinic.say(&clinic.anna, chat, "Again.").await.expect("posted");
    }
}

#[bedside_test]
async fn a_list_shows_the_last_active_chat_first(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let pass = || clinic.ground.clock.pass(jiff::SignedDuration::from_secs(60));
    let first = clinic.direct(&clinic.devries, &clinic.anna).await;
    pass();
    let second = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    pass();
    clinic.say(&clinic.anna, first, "Still here?").await.expect("posted");
    let listed = async |kind: Option<ChatKind>, page: Page| {
        let input = (clinic.devries.clone(), kind, page);
        let body =
            clinic.ground.db.read(input, |tx, (who, kind, page)| Box::pin(list(tx, who, *kind, *page)));
        body.await.expect("a list").into_iter().map(|chat| (chat.id, chat.unread)).collect::<Vec<_>>()
    };
    let all = Page::numbered(0, 20);
    assert_eq!(listed(None, all).await, [(first, 1), (second, 0)]);
    assert_eq!(listed(None, Page::numbered(1, 1)).await, [(second, 0)]);
    assert_eq!(listed(Some(ChatKind::Direct), all).await, [(first, 1)]);
    assert_eq!(listed(Some(ChatKind::Group), all).await, [(second, 0)]);
    assert_eq!(clinic.details(&clinic.anna, second).await.subject.as_deref(), Some("Dressing change"));
}

#[bedside_test]
async fn pages_by_place_and_by_number_show_every_message_once(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let mut left = Vec::new();
    for turn in 1..=23 {
        let posted = clinic.say(&clinic.anna, chat, "One of many.").await.expect("posted");
        // Gaps at the newest end, in the middle, and at the oldest end.
        match turn {
            1 | 7 | 8 | 9 | 15 | 23 => clinic.delete(&clinic.anna, chat, posted.id).await.expect("deleted"),
            _ => left.insert(0, posted.seq),
        }
    }
    let seqs = async |window| {
        let found = clinic.window(&clinic.devries, chat, window).await.expect("messages");
        found.into_iter().map(|message| message.seq).collect::<Vec<_>>()
    };
    let mut by_number = Vec::new();
    for number in 0..8 {
        by_number.extend(seqs(Window::page(Page::numbered(number, 3))).await);
    }
    assert_eq!(by_number, left);
    let mut by_place = seqs(Window::newest(5)).await;
    while let (false, Some(last)) = (by_place.len() >= left.len(), by_place.last().copied()) {
        by_place.extend(seqs(Window::before(last, 5)).await);
    }
    assert_eq!(by_place, left);
    assert_eq!(seqs(Window::page(Page { skip: i64::MAX, size: 5 })).await, Vec::<i64>::new());
    assert_eq!(seqs(Window::newest(-1)).await, Vec::<i64>::new());
    let after = clinic
        .looking(&clinic.devries, chat, |tx, chat| Box::pin(crate::messages_after(tx, chat, 20, 10)))
        .await;
    assert_eq!(after.expect("messages").iter().map(|m| m.seq).collect::<Vec<_>>(), [21, 22]);
}

#[bedside_test]
async fn a_posted_message_leaves_one_line_that_names_it_and_its_patient(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let before = clinic.numbers("SELECT COUNT(*) FROM audit_lines").await[0];
    clinic.say(&clinic.devries, chat, "Good morning.").await.expect("posted");
    assert_eq!(clinic.numbers("SELECT COUNT(*) FROM audit_lines").await[0] - before, 1);
    let about_anna = "SELECT COUNT(*) FROM audit_lines l JOIN messages m ON l.object = m.id JOIN chats c ON c.patient = l.patient";
    assert_eq!(clinic.numbers(about_anna).await, [1], "the line names the message and its patient");
}

#[bedside_test]
async fn what_is_written_lies_sealed(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.group(&clinic.devries, &[&clinic.anna]).await;
    clinic.say(&clinic.devries, chat, "Penicillin allergy").await.expect("posted");
    let stored = clinic.ground.db.read((), |tx, ()| {
        Box::pin(async move {
            let mut all = tx.all("SELECT body FROM messages", &[], |row| row.get::<Vec<u8>>(0)).await?;
            all.extend(tx.all("SELECT subject FROM chats", &[], |row| row.get::<Vec<u8>>(0)).await?);
            Ok(all)
        })
    });
    for sealed in stored.await.expect("rows") {
        let text = String::from_utf8_lossy(&sealed);
        assert!(!text.contains("Penicillin") && !text.contains("Dressing"), "{text}");
    }
}

#[bedside_test]
async fn who_reads_and_who_may_not_both_leave_a_line_about_the_patient(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    clinic.read(&clinic.devries, chat).await.expect("messages");
    clinic.read(&clinic.devries, chat).await.expect("messages");
    clinic.read(&clinic.jansen, chat).await.expect_err("not hers");
    clinic.say(&clinic.jansen, chat, "Let me in.").await.expect_err("not hers");
    clinic.flush().await;
    let opened =
        "SELECT COUNT(*) FROM audit_lines l JOIN chats c ON c.id = l.object AND c.patient = l.patient
        WHERE l.kind = 'chat_opened' GROUP BY l.outcome, l.reason, l.person ORDER BY l.outcome";
    assert_eq!(clinic.numbers(opened).await, [1, 1], "one line a request, done and refused");
}

#[bedside_test]
async fn a_closed_chat_refuses_at_its_door_and_at_the_place_of_a_message(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let draft = crate::Draft::text("Too late.").seal(&clinic.ring, &clinic.ground.clock, &clinic.ground.rng);
    let input = (clinic.devries.clone(), chat, draft.expect("a fitting draft"));
    let posting = clinic.ground.db.write(input, |tx, (who, chat, draft)| {
        Box::pin(async move {
            let door = crate::open(tx, who, *chat, Right::Post).await?;
            close(tx, &crate::open(tx, who, *chat, Right::Manage).await?).await?;
            crate::post(tx, &door, draft).await
        })
    });
    let refused = posting.await;
    assert!(matches!(refused, Err(Error::Precondition { .. })), "closed after its door opened: {refused:?}");
    clinic
        .inside(&clinic.devries, chat, Right::Manage, |tx, chat| Box::pin(close(tx, chat)))
        .await
        .expect("closed");
    for right in [Right::Post, Right::Manage] {
        let refused = clinic.inside(&clinic.devries, chat, right, |_, _| Box::pin(async { Ok(()) })).await;
        assert!(matches!(refused, Err(Error::Precondition { .. })), "{refused:?}");
    }
}

#[bedside_test]
async fn a_proof_of_one_right_is_not_spent_on_another(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let window = Window::newest(1);
    let read = clinic
        .inside(&clinic.anna, chat, Right::Post, move |tx, chat| Box::pin(crate::messages(tx, chat, window)));
    assert!(matches!(read.await, Err(Error::Bug { .. })), "reading leaves its own line");
    let closed =
        clinic.inside(&clinic.anna, chat, Right::Receive, |tx, chat| Box::pin(close(tx, chat))).await;
    assert!(matches!(closed, Err(Error::Bug { .. })));
}

#[bedside_test]
async fn messages_of_a_stretch_of_time_are_found(ground: Ground) {
    let clinic = Clinic::open(ground).await;
    let chat = clinic.direct(&clinic.devries, &clinic.anna).await;
    let mut times = Vec::new();
    for text in ["one", "two", "three", "four"] {
        times.push(clinic.ground.clock.now_ms());
        clinic.say(&clinic.devries, chat, text).await.expect("posted");
        clinic.ground.clock.pass(jiff::SignedDuration::from_mins(1));
    }
    let window =
        Window::Between { from_ms: times[1], until_ms: times[2], before: None, page: Page::numbered(0, 10) };
    let seen = clinic
        .inside(&clinic.anna, chat, Right::Read, move |tx, chat| Box::pin(crate::messages(tx, chat, window)))
        .await
        .expect("messages");
    assert_eq!(seen.iter().map(|m| m.text.as_str()).collect::<Vec<_>>(), ["three", "two"]);
}
