//! The buffer alone, without a task that empties it.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use kernel::{Actor, Clock, Error, Rng};

use super::{id, nurse, organisation, patient};
use crate::buffer::{Buffer, LINES_MAX};
use crate::{Deed, Line, Outcome};

struct Desk {
    buffer: Arc<Buffer>,
    clock: Clock,
    rng: Rng,
}

impl Desk {
    fn new() -> Self {
        let clock = Clock::set_to("2026-01-01T00:00:00Z".parse().expect("an instant"));
        Self { buffer: Arc::default(), clock, rng: Rng::seeded(1) }
    }

    fn note(&self, line: Line) {
        self.buffer.note(line, &self.clock, &self.rng).unwrap();
    }

    fn has_room(&self) -> bool {
        let room = std::pin::pin!(self.buffer.room());
        room.poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
    }
}

#[test]
fn one_line_stands_for_an_actor_a_patient_a_deed_and_a_request() {
    let desk = Desk::new();
    let line = || Line::of(&nurse(1), Deed::MessageRead).about(Some(patient(30)));
    for object in 0..50 {
        desk.note(line().object(&[object; 12]));
    }
    let others = [
        line().about(Some(patient(31))),
        line().about(None),
        line().outcome(Outcome::Refused),
        Line::of(&nurse(1), Deed::ChatOpened).about(Some(patient(30))),
        Line::of(&nurse(2), Deed::MessageRead).about(Some(patient(30))),
        Line::of(&Actor { person: id(9), ..nurse(1) }, Deed::MessageRead).about(Some(patient(30))),
        Line::of(&Actor { acting_for: None, ..nurse(1) }, Deed::MessageRead).about(Some(patient(30))),
        Line::of(&Actor { organisation: organisation(2), ..nurse(1) }, Deed::MessageRead)
            .about(Some(patient(30))),
        Line::without_actor(organisation(1), Deed::SignInRefused),
        Line::without_actor(organisation(1), Deed::SignInRefused),
    ];
    let expected = 1 + others.len();
    others.into_iter().for_each(|line| desk.note(line));
    let (_, lines) = desk.buffer.take(&desk.clock);
    assert_eq!(lines.len(), expected);
    assert_eq!(lines[0].line.object, Some([0; 12]), "the first is kept");
}

#[test]
fn a_full_buffer_stops_readers_until_its_lines_are_on_disk() {
    let desk = Desk::new();
    for _ in 0..LINES_MAX {
        assert!(desk.has_room());
        desk.note(Line::without_actor(organisation(1), Deed::ChatOpened));
    }
    assert!(!desk.has_room());
    desk.note(Line::without_actor(organisation(1), Deed::ChatOpened));
    let (_, lines) = desk.buffer.take(&desk.clock);
    assert_eq!(lines.len(), LINES_MAX + 1, "who had begun to read is not lost");
    assert!(!desk.has_room(), "taken is not yet on disk");
    desk.buffer.landed(0, lines);
    assert!(!desk.has_room(), "the disk refused them");
    let (_, lines) = desk.buffer.take(&desk.clock);
    desk.buffer.landed(lines.len(), Vec::new());
    assert!(desk.has_room());
}

#[tokio::test]
async fn a_reader_who_waits_is_woken() {
    let desk = Desk::new();
    for _ in 0..LINES_MAX {
        desk.note(Line::without_actor(organisation(1), Deed::ChatOpened));
    }
    let buffer = desk.buffer.clone();
    let reader = tokio::spawn(async move { buffer.room().await });
    tokio::task::yield_now().await;
    let (_, lines) = desk.buffer.take(&desk.clock);
    desk.buffer.landed(lines.len(), Vec::new());
    reader.await.unwrap();
}

#[test]
fn lines_that_come_back_keep_their_order_and_their_time() {
    let desk = Desk::new();
    desk.note(Line::of(&nurse(1), Deed::ChatOpened));
    let (_, lines) = desk.buffer.take(&desk.clock);
    let noted_us = lines[0].at_us;
    desk.clock.pass(jiff::SignedDuration::from_secs(5));
    desk.note(Line::of(&nurse(2), Deed::ChatOpened));
    assert_eq!(desk.buffer.all_flushed_at(&desk.clock), None);
    desk.buffer.landed(0, lines);
    let (upto_us, lines) = desk.buffer.take(&desk.clock);
    assert_eq!(lines.iter().map(|line| line.line.request).collect::<Vec<_>>(), [Some(id(1)), Some(id(2))]);
    assert_eq!((lines[0].at_us, lines[1].at_us), (noted_us, upto_us));
}

#[test]
fn a_closed_buffer_refuses_rather_than_forgets() {
    let desk = Desk::new();
    desk.note(Line::of(&nurse(1), Deed::ChatOpened));
    desk.buffer.close();
    let refusal = desk.buffer.note(Line::of(&nurse(2), Deed::ChatOpened), &desk.clock, &desk.rng);
    assert!(matches!(refusal, Err(Error::Unavailable { .. })));
    assert!(desk.has_room(), "nobody waits for a log that will not come back");
    assert_eq!(desk.buffer.take(&desk.clock).1.len(), 1);
}
