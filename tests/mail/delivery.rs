use std::time::Duration;

use jiff::SignedDuration;
use kernel::OrganisationId;
use outbound::letters::{self, Address, Content, Letter};
use testkit::bedside_test;
use tokio::sync::Notify;
use tokio::task::yield_now;

use super::{MINUTE, Practice};
use crate::cast::Ward;

/// Leaves a letter as a cause of it does.
async fn leave(ward: &Ward, organisation: OrganisationId, to: &str) {
    let letter = Letter {
        organisation,
        kind: "invitation",
        person: None,
        content: Content::new(
            Address::Mail(to.to_owned()),
            "Ça va\u{a0}? Größe".to_owned(),
            "Regel één\n.\nhttps://zorg.example.test/een/lang/adres?met=token\n".to_owned(),
        ),
    };
    let letter = letter.seal(&ward.house.vault, &ward.clock, &ward.house.rng).expect("sealed");
    let left = ward.house.db.write(letter, |tx, letter| Box::pin(letters::leave(tx, letter)));
    left.await.expect("left");
}

/// How many letters are in each state.
async fn states(ward: &Ward) -> Vec<(String, i64)> {
    const STATES: &str = "SELECT state, COUNT(*) FROM letters GROUP BY state ORDER BY state";
    let states = ward.house.db.read((), |tx, ()| {
        Box::pin(tx.all(STATES, &[], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?))))
    });
    states.await.expect("states")
}

fn one(state: &str) -> Vec<(String, i64)> {
    vec![(state.to_owned(), 1)]
}

#[bedside_test]
async fn a_letter_goes_as_it_was_written(ward: Ward) {
    let practice = Practice::open(&ward).await;
    leave(&ward, practice.linde.id, "iemand@elders.test").await;
    practice.ward.settle().await;
    let mail = practice.server.take().remove(0);
    assert_eq!((&*mail.to, &*mail.header("To")), ("iemand@elders.test", "iemand@elders.test"));
    assert_eq!(mail.header("From"), "Zorg <post@zorg.example.test>");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.header("Date"), "Mon, 02 Mar 2026 08:00:00 +0000");
    assert!(mail.header("Subject").starts_with("=?utf-8?"), "{}", mail.header("Subject"));
    assert!(mail.text().contains("Regel één\n.\nhttps://zorg.example.test/een/lang/adres?met=token\n"));
    assert!(mail.from.starts_with("bounce+") && mail.from.ends_with("@zorg.example.test"), "{}", mail.from);
    assert_eq!(states(&ward).await, one("sent"));
    practice.ward.settle().await;
    assert!(practice.server.take().is_empty(), "once");
}

#[bedside_test]
async fn what_is_not_taken_now_is_tried_again(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.server.answer("vol@elders.test", Some("452 4.2.2 full"));
    leave(&ward, practice.linde.id, "vol@elders.test").await;
    practice.ward.settle().await;
    assert_eq!((practice.server.take().len(), states(&ward).await), (0, one("waiting")));
    practice.server.answer("vol@elders.test", None);
    ward.clock.pass(MINUTE);
    practice.ward.settle().await;
    assert_eq!((practice.server.take().len(), states(&ward).await), (1, one("sent")));
}

#[bedside_test]
async fn a_server_that_refuses_us_is_left_alone_for_a_while(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let half_a_minute = MINUTE / 2;
    practice.server.answer_all(Some("550 5.7.1 who are you"));
    for to in ["een@elders.test", "twee@elders.test", "drie@elders.test"] {
        leave(&ward, practice.linde.id, to).await;
    }
    practice.ward.settle().await;
    assert_eq!(practice.server.visits(), 1, "the next would fare no better");
    ward.clock.pass(half_a_minute - SignedDuration::from_millis(1));
    practice.ward.settle().await;
    assert_eq!((practice.server.visits(), states(&ward).await), (0, vec![("waiting".to_owned(), 3)]));
    practice.server.answer_all(None);
    ward.clock.pass(MINUTE * 3);
    practice.ward.settle().await;
    assert_eq!((practice.server.take().len(), states(&ward).await), (3, vec![("sent".to_owned(), 3)]));
}

#[bedside_test]
async fn what_the_server_took_without_saying_so_goes_twice_under_one_id(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.server.forget_to_say(true);
    leave(&ward, practice.linde.id, "iemand@elders.test").await;
    practice.ward.settle().await;
    practice.server.forget_to_say(false);
    ward.clock.pass(MINUTE);
    practice.ward.settle().await;
    let ids: Vec<String> = practice.server.take().iter().map(|mail| mail.header("Message-ID")).collect();
    assert!(ids.len() == 2 && ids[0] == ids[1], "{ids:?}");
    assert_eq!(states(&ward).await, one("sent"));
}

#[bedside_test]
async fn a_letter_waits_for_a_mail_server_and_then_goes(ward: Ward) {
    let practice = Practice::open(&ward).await;
    leave(&ward, practice.linde.id, "iemand@elders.test").await;
    // This house has none, however often it tries.
    for _ in 0..8 {
        ward.settle().await;
        ward.clock.pass(MINUTE * 60);
    }
    assert_eq!(states(&ward).await, one("waiting"));
    ward.settle().await;
    practice.ward.settle().await;
    assert!(practice.server.take().is_empty(), "it was tried a moment ago");
    assert_eq!(flows::mail::hasten(&ward.house).await.expect("nothing"), 0);
    assert_eq!(flows::mail::hasten(&practice.ward.house).await.expect("hastened"), 1);
    practice.ward.settle().await;
    assert_eq!((practice.server.take().len(), states(&ward).await), (1, one("sent")));
}

#[bedside_test]
async fn a_letter_that_a_house_without_a_mail_server_took_goes_by_one_that_has_one_within_the_hour(
    ward: Ward,
) {
    let practice = Practice::open(&ward).await;
    leave(&ward, practice.linde.id, "iemand@elders.test").await;
    ward.settle().await;
    ward.clock.pass(MINUTE * 60);
    practice.ward.settle().await;
    assert_eq!((practice.server.take().len(), states(&ward).await), (1, one("sent")));
}

/// How many jobs send letters.
async fn jobs(ward: &Ward) -> Option<i64> {
    const JOBS: &str = "SELECT COUNT(*) FROM jobs WHERE name = 'outbound.send'";
    let jobs = ward.house.db.read((), |tx, ()| Box::pin(tx.one(JOBS, &[], |row| row.get::<i64>(0))));
    jobs.await.expect("jobs")
}

#[bedside_test]
async fn a_letter_that_waits_has_one_job_however_often_others_tidy_up(ward: Ward) {
    let practice = Practice::open(&ward).await;
    practice.server.answer("vol@elders.test", Some("452 4.2.2 full"));
    leave(&ward, practice.linde.id, "vol@elders.test").await;
    practice.ward.settle().await;
    for _ in 0..2 {
        bedside::house::tidy_up(&practice.ward.house).await.expect("tidied up");
        flows::mail::hasten(&practice.ward.house).await.expect("hastened");
        assert_eq!(jobs(&ward).await, Some(1));
        practice.ward.settle().await;
    }
    practice.server.answer("vol@elders.test", None);
    ward.clock.pass(MINUTE * 60);
    practice.ward.settle().await;
    assert_eq!((practice.server.take().len(), jobs(&ward).await), (1, Some(0)));
}

#[bedside_test]
async fn a_letter_that_one_server_is_handing_over_is_not_sent_by_another(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let other = ward.with_mailer(practice.server.mailer());
    let hold = practice.server.hold();
    leave(&ward, practice.linde.id, "iemand@elders.test").await;
    let meanwhile = async {
        hold.reached().await;
        bedside::house::tidy_up(&other.house).await.expect("tidied up");
        flows::mail::hasten(&other.house).await.expect("hastened");
        assert_eq!(flows::duties::worker(&other.house).do_due().await.expect("claimed"), 0);
        hold.let_go();
    };
    tokio::join!(practice.ward.settle(), meanwhile);
    assert_eq!((practice.server.take().len(), states(&ward).await), (1, one("sent")));
}

#[bedside_test]
async fn a_stop_waits_for_the_letter_that_is_on_its_way(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let hold = practice.server.hold();
    leave(&ward, practice.linde.id, "iemand@elders.test").await;
    let worker = flows::duties::worker(&practice.ward.house);
    let stop = Notify::new();
    let outside = async {
        hold.reached().await;
        stop.notify_one();
        // Who would end at once has ended after these.
        for _ in 0..10_000 {
            yield_now().await;
        }
        hold.let_go();
    };
    tokio::join!(worker.work(stop.notified(), Duration::ZERO), outside);
    practice.ward.settle().await;
    assert_eq!((practice.server.take().len(), states(&ward).await), (1, one("sent")));
}

#[bedside_test]
async fn a_letter_that_found_no_mail_server_for_days_is_given_up(ward: Ward) {
    let practice = Practice::open(&ward).await;
    leave(&ward, practice.linde.id, "iemand@elders.test").await;
    ward.settle().await;
    ward.clock.pass(MINUTE * (3 * 24 * 60));
    bedside::house::tidy_up(&ward.house).await.expect("tidied up");
    assert_eq!(states(&ward).await, one("waiting"), "just in time");
    ward.clock.pass(MINUTE);
    bedside::house::tidy_up(&ward.house).await.expect("tidied up");
    assert_eq!(states(&ward).await, one("refused"));
    ward.settle().await;
    assert_eq!(jobs(&ward).await, Some(0));
}

#[bedside_test]
async fn a_letter_that_could_not_go_for_days_is_given_up(ward: Ward) {
    let practice = Practice::open(&ward).await;
    leave(&ward, practice.linde.id, "iemand@elders.test").await;
    ward.clock.pass(MINUTE * (3 * 24 * 60 + 1));
    practice.ward.settle().await;
    assert_eq!((practice.server.take().len(), states(&ward).await), (0, one("refused")));
}

#[bedside_test]
async fn what_cannot_be_tidied_up_keeps_nothing_else_from_it(ward: Ward) {
    const BREAK: &str = "ALTER TABLE sign_in_failures RENAME TO sign_in_failures_elsewhere";
    const MEND: &str = "ALTER TABLE sign_in_failures_elsewhere RENAME TO sign_in_failures";
    let practice = Practice::open(&ward).await;
    leave(&ward, practice.linde.id, "iemand@elders.test").await;
    practice.ward.settle().await;
    ward.clock.pass(MINUTE * (400 * 24 * 60));
    let run = |sql| ward.house.db.write((), move |tx, ()| Box::pin(tx.run(sql, &[])));
    run(BREAK).await.expect("broken");
    bedside::house::tidy_up(&ward.house).await.expect_err("a table is missing");
    run(MEND).await.expect("mended");
    assert_eq!(states(&ward).await, []);
    bedside::house::tidy_up(&ward.house).await.expect("tidied up");
    practice.server.take();
}

#[bedside_test]
async fn the_words_of_a_letter_are_gone_after_a_month_and_its_row_after_a_year(ward: Ward) {
    const BYTES: &str = "SELECT COALESCE(SUM(LENGTH(content)), 0) FROM letters";
    let practice = Practice::open(&ward).await;
    leave(&ward, practice.linde.id, "iemand@elders.test").await;
    practice.ward.settle().await;
    let bytes = async || {
        let bytes = ward.house.db.read((), |tx, ()| Box::pin(tx.one(BYTES, &[], |row| row.get::<i64>(0))));
        bytes.await.expect("bytes").unwrap()
    };
    assert!(bytes().await > 100);
    ward.clock.pass(MINUTE * (31 * 24 * 60));
    bedside::house::tidy_up(&ward.house).await.expect("tidied up");
    assert_eq!((bytes().await, states(&ward).await), (0, one("sent")));
    ward.clock.pass(MINUTE * (365 * 24 * 60));
    bedside::house::tidy_up(&ward.house).await.expect("tidied up");
    assert_eq!(states(&ward).await, []);
    practice.server.take();
}
