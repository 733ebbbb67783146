//! What people do, and what is true of it at once.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use booking::Appointment;
use booking::access;
use booking::calendar;
use booking::desk;
use booking::facts::Question;
use booking::holds;
use flows::booking::Offered;
use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan as _};
use kernel::{AbsenceId, Actor, AppointmentId, Error};

use super::Verb;
use super::earlier::Post;
use crate::booking::practice::{Kind, Practice, request};
use crate::booking::rush::order;

const PEOPLE: usize = 4;

/// A story as far as it has come. It tells itself when it ends badly.
pub struct Story {
    /// With which chance it was made, when it was.
    seed: Option<u64>,
    verbs: Vec<Verb>,
    told: usize,
    pub(super) people: Vec<Actor>,
    /// Each appointment with its patient and the sequence that it was last seen with.
    pub(super) made: Vec<(AppointmentId, usize)>,
    seen: BTreeMap<AppointmentId, Appointment>,
    last: Option<(usize, Vec<u8>, AppointmentId)>,
    pub(super) post: Post,
    pub(super) away: Vec<AbsenceId>,
    /// How often each thing came about.
    pub deeds: BTreeMap<&'static str, usize>,
}

impl Drop for Story {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.seed.map(|seed| format!("BEDSIDE_TEST_SEED={seed}"));
            let told = &self.verbs[..=self.told.min(self.verbs.len() - 1)];
            eprintln!("the story: {} {told:?}", seed.unwrap_or_default());
        }
    }
}

pub fn days(practice: &Practice) -> RangeInclusive<Date> {
    let zone = calendar::zone("Europe/Amsterdam").expect("a zone");
    let today = calendar::local(&zone, practice.site.clock.now_ms()).date();
    today..=today.saturating_add(1.day())
}

pub fn nth<T: Clone>(all: &[T], number: usize) -> Option<T> {
    (!all.is_empty()).then(|| all[number % all.len()].clone())
}

impl Story {
    pub async fn begin(practice: &Practice, seed: Option<u64>, verbs: Vec<Verb>) -> Self {
        let mut people = Vec::new();
        for _ in 0..PEOPLE {
            people.push(practice.patient().await);
        }
        Self {
            seed,
            verbs,
            told: 0,
            people,
            made: Vec::new(),
            seen: BTreeMap::new(),
            last: None,
            post: Post::default(),
            away: Vec::new(),
            deeds: BTreeMap::new(),
        }
    }

    pub(super) fn did(&mut self, what: &'static str) {
        *self.deeds.entry(what).or_default() += 1;
    }

    pub async fn tell(&mut self, mut practice: Practice) -> Practice {
        for (at, verb) in self.verbs.clone().into_iter().enumerate() {
            self.told = at;
            if let Verb::FallOver(some) = verb {
                practice = self.falls_over(practice, some).await;
                self.did("fell over");
                // What was written meanwhile may have been overtaken since.
                drop(self.unread(&practice).await);
            } else {
                self.does(&practice, verb).await;
            }
            practice.is_sound().await;
            self.look(&practice).await;
        }
        practice
    }

    async fn does(&mut self, practice: &Practice, verb: Verb) {
        match verb {
            Verb::Book(who, kind, time) => self.book(practice, who % PEOPLE, kind, time).await,
            Verb::Again => self.again(practice).await,
            Verb::Move(which, time) => self.moves(practice, which, time).await,
            Verb::MoveTooLate(which, time) => self.moves_too_late(practice, which, time).await,
            Verb::Cancel(which) => self.cancel(practice, which).await,
            Verb::Hold(who, time) => self.hold(practice, who % PEOPLE, time).await,
            Verb::Desk(who, kind, time, beside) => {
                self.at_the_desk(practice, who % PEOPLE, (kind, time, beside)).await;
            }
            Verb::DeskMove(which, time, beside) => self.desk_moves(practice, which, (time, beside)).await,
            Verb::Confirm(which) => self.confirms(practice, which).await,
            Verb::Pass(minutes) => practice.site.clock.pass(SignedDuration::from_mins(minutes)),
            Verb::Sweep => {
                flows::booking::release_expired(&practice.house).await.expect("holds end");
            }
            Verb::Join(which) => self.joins(practice, which).await,
            Verb::Post => self.posts(practice).await,
            Verb::Accept(which) => self.accepts(practice, which).await,
            Verb::AcceptAll => self.accept_all(practice).await,
            Verb::Keep(which) => self.keeps(practice, which).await,
            Verb::Leave(which) => self.leaves(practice, which).await,
            Verb::Away(which, from, hours) => self.goes_away(practice, which, (from, hours)).await,
            Verb::Back(which) => self.comes_back(practice, which).await,
            Verb::Hours(which, from, until) => self.keeps_hours(practice, which, (from, until)).await,
            Verb::FallOver(_) => {}
        }
    }

    pub(super) async fn listed(&self, practice: &Practice, who: usize, kind: Kind) -> Vec<Offered> {
        let days = days(practice);
        practice.listed(&self.people[who], kind, (*days.start(), *days.end())).await
    }

    /// What is listed can be booked, as long as nobody else does anything.
    async fn book(&mut self, practice: &Practice, who: usize, kind: Kind, time: usize) {
        let Some(offered) = nth(&self.listed(practice, who, kind).await, time) else { return };
        let booking =
            flows::booking::book(&practice.house, &self.people[who], request(offered.proof.clone()));
        let id = booking.await.expect("what is listed can be booked");
        self.made.push((id, who));
        self.last = Some((who, offered.proof, id));
        self.did("booked");
    }

    async fn again(&mut self, practice: &Practice) {
        let Some((who, proof, id)) = &self.last else { return };
        let before = practice.number("SELECT COUNT(*) FROM appointments").await;
        match flows::booking::book(&practice.house, &self.people[*who], request(proof.clone())).await {
            Ok(same) => {
                assert_eq!(same, *id, "the first answer");
                *self.deeds.entry("repeated").or_default() += 1;
            }
            Err(Error::Conflict { .. }) => {
                let seen = &self.seen[id];
                assert!(
                    seen.sequence > 0,
                    "only what was moved or cancelled is not answered again: {seen:?}"
                );
            }
            Err(other) => panic!("{other:?}"),
        }
        assert_eq!(practice.number("SELECT COUNT(*) FROM appointments").await, before);
    }

    /// To which times the patient of one of the appointments may move it.
    async fn times(
        &self,
        practice: &Practice,
        which: usize,
        time: usize,
    ) -> Option<(AppointmentId, usize, Offered)> {
        let (id, who) = nth(&self.made, which)?;
        let (days, person) = (days(practice).into(), &self.people[who]);
        match flows::booking::times_to_move(&practice.house, person, id, days, usize::MAX).await {
            Ok(offering) => nth(&offering.times, time).map(|offered| (id, who, offered)),
            Err(Error::Precondition { .. }) => None,
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn moves(&mut self, practice: &Practice, which: usize, time: usize) {
        let Some((id, who, offered)) = self.times(practice, which, time).await else { return };
        let person = &self.people[who];
        flows::booking::reschedule(&practice.house, person, id, offered.proof).await.expect("moved");
        let new = self.find(practice, id).await;
        assert_eq!(new.start_ms, offered.slot.start_ms);
        self.did("moved");
    }

    /// What is refused changes nothing, byte for byte.
    async fn moves_too_late(&mut self, practice: &Practice, which: usize, time: usize) {
        let Some((id, who, offered)) = self.times(practice, which, time).await else { return };
        let start_ms = offered.slot.start_ms;
        for _ in 0..3 {
            let stranger = practice.patient().await;
            let long = order(practice, &stranger, (Kind::Long, start_ms, false)).await;
            let course = order(practice, &stranger, (Kind::Course, start_ms, false)).await;
            for order in [long, course] {
                let input = (practice.desk.clone(), order);
                let made = practice
                    .house
                    .db
                    .write(input, |tx, (desk, order)| Box::pin(desk::create(tx, desk, order)));
                drop(made.await);
            }
        }
        let before = (self.find(practice, id).await, practice.taken().await);
        let moved = flows::booking::reschedule(&practice.house, &self.people[who], id, offered.proof).await;
        match moved {
            Err(Error::Conflict { why }) => {
                assert_eq!(why.code, "availability_taken");
                assert_eq!((self.find(practice, id).await, practice.taken().await), before);
                self.did("moved too late");
            }
            // Some of it was free all the same: a seat, or who is as good.
            Ok(()) => assert_eq!(self.find(practice, id).await.start_ms, start_ms),
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn cancel(&mut self, practice: &Practice, which: usize) {
        let Some((id, who)) = nth(&self.made, which) else { return };
        match flows::booking::cancel(&practice.house, &self.people[who], id, None).await {
            Ok(()) => {
                assert!(self.find(practice, id).await.cancelled_ms.is_some());
                self.did("cancelled");
            }
            Err(Error::Precondition { why }) => assert_eq!(why.code, "cancellation_window_passed"),
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn hold(&mut self, practice: &Practice, who: usize, time: usize) {
        let Some(offered) = nth(&self.listed(practice, who, Kind::Consultation).await, time) else { return };
        let person = self.people[who].clone();
        let question = Question {
            kind: practice.known(Kind::Consultation).id,
            patient: person.person,
            insurance: None,
            born_on: None,
            days: days(practice),
            moves: None,
            hold: None,
        };
        let input = (person, question, offered.slot.start_ms);
        let held = practice.house.db.write(input, |tx, (who, question, start_ms)| {
            Box::pin(holds::hold(tx, who, question, *start_ms))
        });
        match held.await {
            Ok(_) => self.did("held"),
            // A second hold of the same time by the same person is somebody's taken time.
            Err(Error::LimitReached { .. } | Error::Conflict { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn falls_over(&self, practice: Practice, some: usize) -> Practice {
        let mut under_way = Vec::new();
        for at in 0..some {
            let who = practice.patient().await;
            let day = days(&practice);
            let kind = Kind::ALL[at % 4];
            let listed = practice.listed(&who, kind, (*day.start(), *day.end())).await;
            let Some(offered) = nth(&listed, at / 2) else { continue };
            let house = practice.house.clone();
            under_way.push(tokio::spawn(async move {
                drop(flows::booking::book(&house, &who, request(offered.proof)).await);
            }));
        }
        let house = practice.house.clone();
        under_way.push(tokio::spawn(async move { drop(flows::duties::worker(&house).do_due().await) }));
        for _ in 0..some {
            tokio::task::yield_now().await;
        }
        practice.fall_over(under_way).await
    }

    pub(super) async fn find(&self, practice: &Practice, id: AppointmentId) -> Appointment {
        let finding = practice
            .house
            .db
            .read((practice.id, id), |tx, (organisation, id)| Box::pin(access::find(tx, *organisation, *id)));
        finding.await.expect("an answer").expect("an appointment")
    }

    /// No appointment is lost, each stays whose it is, and its sequence rises with each change and only then.
    async fn look(&mut self, practice: &Practice) {
        for (id, who) in &self.made {
            let now = self.find(practice, *id).await;
            assert_eq!(now.patient, self.people[*who].person);
            if let Some(before) = self.seen.insert(*id, now.clone()) {
                let is_same = before == now;
                assert!(is_same || before.sequence < now.sequence, "{before:?} became {now:?}");
            }
        }
        const CHANGES: &str = "SELECT COUNT(*) FROM appointments a WHERE a.sequence + 1 <> (
            SELECT COUNT(*) FROM appointment_changes c WHERE c.appointment = a.id)";
        assert_eq!(practice.number(CHANGES).await, 0, "each change is kept");
        const LATER: &str =
            "SELECT COUNT(*) FROM asap_offers o JOIN asap_subscriptions s ON s.id = o.subscription
            WHERE s.ended_ms IS NOT NULL AND o.made_ms > s.ended_ms";
        assert_eq!(practice.number(LATER).await, 0, "who has left is told of nothing more");
    }
}
