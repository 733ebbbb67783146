//! Whatever people do one after the other, and whenever the house falls over: what is always true stays so. Of each run
//! most stories are new; `BEDSIDE_TEST_STORIES` says how many, and `BEDSIDE_TEST_SEED` has the first of them begin with the
//! one that failed.

mod desk;
mod earlier;
mod story;

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::{Just, Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest::{prop_oneof, sample};
use store::Place;
use testkit::{Engine, Keeper as _, Setting as _, Site, bedside_test};
use tokio::time::Instant;

use super::practice::{Kind, Practice};
use story::Story;

/// New stories of a run: on a file, and on a server, where each takes longer.
const NEW_STORIES: (u64, u64) = (120, 30);

/// What somebody does. Numbers are taken around: who, which appointment, which of the times.
#[derive(Clone, Copy, Debug)]
pub enum Verb {
    Book(usize, Kind, usize),
    /// The last request comes once more.
    Again,
    Move(usize, usize),
    /// Somebody else is quicker with the time that it was to go to.
    MoveTooLate(usize, usize),
    Cancel(usize),
    Hold(usize, usize),
    Desk(usize, Kind, usize, bool),
    DeskMove(usize, usize, bool),
    /// The desk says yes.
    Confirm(usize),
    Pass(i64),
    Sweep,
    /// Somebody would come earlier.
    Join(usize),
    /// A little later what is due is done: letters are written.
    Post,
    Accept(usize),
    AcceptAll,
    Keep(usize),
    /// Somebody leaves the list by the link of a letter.
    Leave(usize),
    /// Somebody or something is away, from this hour and for so many.
    Away(usize, i8, i8),
    Back(usize),
    Hours(usize, i16, i16),
    /// The house falls over while some of them book.
    FallOver(usize),
}

fn verb() -> impl Strategy<Value = Verb> {
    let number = || 0_usize..40;
    let kind = || sample::select(&Kind::ALL[..]);
    prop_oneof![
        6 => (number(), kind(), number()).prop_map(|(who, kind, time)| Verb::Book(who, kind, time)),
        1 => Just(Verb::Again),
        4 => (number(), number()).prop_map(|(which, time)| Verb::Move(which, time)),
        2 => (number(), number()).prop_map(|(which, time)| Verb::MoveTooLate(which, time)),
        4 => number().prop_map(Verb::Cancel),
        2 => (number(), number()).prop_map(|(who, time)| Verb::Hold(who, time)),
        2 => (number(), kind(), number(), any::<bool>())
            .prop_map(|(who, kind, time, beside)| Verb::Desk(who, kind, time, beside)),
        2 => (number(), number(), any::<bool>())
            .prop_map(|(which, time, beside)| Verb::DeskMove(which, time, beside)),
        1 => number().prop_map(Verb::Confirm),
        3 => (1_i64..90).prop_map(Verb::Pass),
        1 => Just(Verb::Sweep),
        6 => number().prop_map(Verb::Join),
        5 => Just(Verb::Post),
        3 => number().prop_map(Verb::Accept),
        1 => Just(Verb::AcceptAll),
        1 => number().prop_map(Verb::Keep),
        1 => number().prop_map(Verb::Leave),
        1 => (number(), 8_i8..18, 1_i8..6).prop_map(|(which, from, hours)| Verb::Away(which, from, hours)),
        1 => number().prop_map(Verb::Back),
        1 => (number(), 8_i16..12, 15_i16..21).prop_map(|(which, from, until)| Verb::Hours(which, from, until)),
        1 => (1_usize..6).prop_map(Verb::FallOver),
    ]
}

/// Stories in which everything comes about, however the others go.
const BOOKINGS: &[Verb] = &[
    Verb::Book(0, Kind::Consultation, 5),
    Verb::Again,
    Verb::Book(1, Kind::Consultation, 20),
    Verb::Move(0, 3),
    Verb::MoveTooLate(0, 30),
    Verb::Hold(2, 1),
    Verb::Desk(3, Kind::Consultation, 9, false),
    Verb::Desk(2, Kind::Consultation, 1, true),
    Verb::DeskMove(1, 4, false),
    Verb::Cancel(0),
    Verb::Pass(30),
    Verb::Sweep,
    Verb::FallOver(3),
];
const EARLIER: &[Verb] = &[
    Verb::Book(0, Kind::Consultation, 3),
    Verb::Book(1, Kind::Consultation, 50),
    Verb::Book(2, Kind::Consultation, 55),
    Verb::Book(3, Kind::Asked, 4),
    Verb::Confirm(3),
    Verb::Join(1),
    Verb::Join(2),
    Verb::Cancel(0),
    Verb::Post,
    Verb::Accept(0),
    Verb::Accept(1),
    // The other is told of the next.
    Verb::Book(0, Kind::Consultation, 6),
    Verb::Cancel(4),
    Verb::Post,
    Verb::Keep(2),
    Verb::Leave(2),
    Verb::Join(2),
    Verb::Book(0, Kind::Consultation, 8),
    Verb::Cancel(5),
    Verb::Post,
    Verb::AcceptAll,
    Verb::Away(1, 12, 4),
    Verb::Back(0),
    Verb::Hours(0, 9, 18),
];
const DEEDS: usize = 20;

/// A number that somebody set in the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect(name))
}

/// The story of a seed is the same each time.
fn made_of(seed: u64) -> Vec<Verb> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let chance = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), chance);
    vec(verb(), 10..60).new_tree(&mut runner).expect("a story").current()
}

/// Tells a story in a practice of its own, so that it is the same whatever was told before.
async fn told(engine: Engine, seed: Option<u64>, verbs: Vec<Verb>) -> BTreeMap<&'static str, usize> {
    let (site, keeper) = Site::open(engine).await;
    let practice = Practice::open(site).await;
    let mut story = Story::begin(&practice, seed, verbs).await;
    let practice = story.tell(practice).await;
    story.ends(&practice).await;
    practice.close().await;
    keeper.close().await;
    std::mem::take(&mut story.deeds)
}

#[bedside_test]
async fn nothing_is_ever_taken_twice_nor_lost_whatever_happens(site: Site) {
    let (engine, new) = match site.place {
        Place::File(_) => (Engine::Sqlite, NEW_STORIES.0),
        Place::Url(_) => (Engine::Postgres, NEW_STORIES.1),
    };
    let first = number("BEDSIDE_TEST_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    let new = number("BEDSIDE_TEST_STORIES").unwrap_or(new);
    eprintln!("{new} stories, the first of BEDSIDE_TEST_SEED={first}");
    let began = Instant::now();
    let known = [BOOKINGS, EARLIER].map(|verbs| (None, verbs.to_vec()));
    let seeds = (0..new).map(|number| first.wrapping_add(number));
    let mut deeds = BTreeMap::<_, usize>::new();
    for (seed, verbs) in known.into_iter().chain(seeds.map(|seed| (Some(seed), made_of(seed)))) {
        let is_new = seed.is_some();
        for (what, times) in told(engine, seed, verbs).await {
            *deeds.entry(what).or_default() += times;
        }
        assert!(!is_new || deeds.len() == DEEDS, "something did not come about: {deeds:?}");
    }
    eprintln!("{new} stories in {:?}: {deeds:?}", began.elapsed());
}
