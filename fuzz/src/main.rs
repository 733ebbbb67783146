//! libFuzzer on one of `identity::protocol::fuzzing::ALL`, the one that `BEDSIDE_FUZZ_TARGET` names.

#![no_main]

use std::sync::OnceLock;

use identity::protocol::fuzzing::{ALL, Target, named};
use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<Target> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    TARGET.get_or_init(chosen)(data);
});

fn chosen() -> Target {
    let name = std::env::var("BEDSIDE_FUZZ_TARGET").unwrap_or_default();
    named(&name).unwrap_or_else(|| panic!("{name:?} is none of {:?}", ALL.map(|(known, _)| known)))
}
