//! The targets on stable Rust: any bytes, and valid requests with something changed.

use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;

use super::{ALL, Target};

/// Bytes of a request at most, as it is changed.
const BYTES_MAX: usize = 2_000;
/// What says something to the targets.
const WORDS: [&str; 25] = [
    "&",
    "=",
    "%",
    "%00",
    "%0d%0a",
    "+",
    "\n",
    "#",
    "é",
    "\"",
    ".",
    "&state=x%26code%3Dy",
    "&redirect_uri=https%3A%2F%2Fevil.example%2F",
    "&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback",
    "&client_id=070707070707070707070707",
    "&client_secret=x",
    "&scope=read%20admin",
    "&prompt=none",
    "&prompt=consent%20login",
    "&max_age=0",
    "&code_challenge_method=plain",
    "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "&grant_type=refresh_token",
    "&response_type=token",
    "&request=x",
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(name)
}

/// The seeds of a target, with the name of each file.
fn seeds(name: &str) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder(name)).expect("a folder of seeds");
    let mut seeds: Vec<_> = files
        .map(|file| file.expect("a file").path())
        .map(|path| {
            let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (stem, std::fs::read(&path).expect("its bytes"))
        })
        .collect();
    seeds.sort();
    seeds
}

/// A change of a request; places are parts of its length.
#[derive(Clone, Debug)]
enum Change {
    Replace(f64, u8),
    Remove(f64, usize),
    Repeat(f64, usize),
    Insert(f64, &'static str),
    /// From here on it is another request.
    Cross(f64, usize),
}

fn any_change() -> impl Strategy<Value = Change> {
    let place = 0.0..1.0;
    prop_oneof![
        (place.clone(), any::<u8>()).prop_map(|(at, byte)| Change::Replace(at, byte)),
        (place.clone(), 1_usize..40).prop_map(|(at, length)| Change::Remove(at, length)),
        (place.clone(), 1_usize..80).prop_map(|(at, length)| Change::Repeat(at, length)),
        (place.clone(), prop::sample::select(&WORDS[..])).prop_map(|(at, word)| Change::Insert(at, word)),
        (place, any::<usize>()).prop_map(|(at, other)| Change::Cross(at, other)),
    ]
}

fn change(bytes: &mut Vec<u8>, change: &Change, others: &[Vec<u8>]) {
    let at = |part: &f64| ((bytes.len() as f64 * part) as usize).min(bytes.len());
    match change {
        Change::Replace(part, byte) => {
            let at = at(part);
            bytes.splice(at..(at + 1).min(bytes.len()), [*byte]);
        }
        Change::Remove(part, length) => {
            let at = at(part);
            bytes.drain(at..(at + length).min(bytes.len()));
        }
        Change::Repeat(part, length) => {
            let at = at(part);
            let piece = bytes[at..(at + length).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
        Change::Insert(part, word) => {
            let at = at(part);
            bytes.splice(at..at, word.bytes());
        }
        Change::Cross(part, other) => {
            let other = &others[other % others.len()];
            let at = at(part);
            bytes.truncate(at);
            bytes.extend(&other[((other.len() as f64 * part) as usize).min(other.len())..]);
        }
    }
    bytes.truncate(BYTES_MAX);
}

/// Requests that are nearly as they should be.
fn nearly_valid(name: &str) -> impl Strategy<Value = Vec<u8>> {
    let seeds: Vec<Vec<u8>> = seeds(name).into_iter().map(|(_, bytes)| bytes).collect();
    let begin = prop::sample::select(seeds.clone());
    (begin, any::<u8>(), any::<bool>(), vec(any_change(), 0..6)).prop_map(
        move |(mut bytes, bits, keep, changes)| {
            if let Some(first) = bytes.first_mut().filter(|_| !keep) {
                *first = bits;
            }
            changes.iter().for_each(|one| change(&mut bytes, one, &seeds));
            bytes
        },
    )
}

fn try_all(name: &str, target: Target) {
    let config = |cases| ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config(20_000));
    let tried = runner.run(&nearly_valid(name), |bytes| {
        target(&bytes);
        Ok(())
    });
    tried.unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut runner = proptest::test_runner::TestRunner::new(config(5_000));
    let tried = runner.run(&vec(any::<u8>(), 0..300), |bytes| {
        target(&bytes);
        Ok(())
    });
    tried.unwrap_or_else(|error| panic!("{name}: {error}"));
}

#[test]
fn whatever_is_sent_to_an_endpoint_breaks_no_promise() {
    ALL.into_iter().for_each(|(name, target)| try_all(name, target));
}

#[test]
fn each_seed_leads_where_its_name_says() {
    for (name, target) in ALL {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for (stem, bytes) in seeds {
            let expected = stem.split('-').next().unwrap_or_default();
            assert_eq!(target(&bytes), expected, "fuzz/seeds/{name}/{stem}");
        }
    }
}

#[test]
fn each_folder_of_seeds_has_a_target() {
    let folders = std::fs::read_dir(folder("")).expect("the seeds");
    let mut names: Vec<_> =
        folders.map(|one| one.expect("a folder").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, ALL.map(|(name, _)| name), "in the order of their names");
}
