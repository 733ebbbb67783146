//! A test that this machine cannot run says so where whoever started the tests reads it.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::panic::Location;
use std::path::Path;

/// Names the file to which each reason is added as a line, for whoever runs all the tests to repeat them at the end.
const LIST: &str = "BEDSIDE_NOT_RUN";

/// Says why a test, or a part of one, cannot run on this machine.
///
/// # Panics
/// On the build server, where everything must run.
#[track_caller]
pub fn not_run(reason: &str) {
    let (file, line) = (Location::caller().file(), Location::caller().line());
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    let list = std::env::var_os(LIST);
    note(&format!("{reason} ({file}:{line})"), list.as_deref().map(Path::new), in_ci);
}

fn note(reason: &str, list: Option<&Path>, in_ci: bool) {
    eprintln!("NOT RUN: {reason}");
    if let Some(list) = list {
        // Tests are processes of their own; a short line that is appended at once stays whole.
        let mut file =
            OpenOptions::new().create(true).append(true).open(list).expect("the list of what did not run");
        file.write_all(format!("{reason}\n").as_bytes()).expect("a line in it");
    }
    assert!(!in_ci, "on the build server everything must run: {reason}");
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn what_did_not_run_is_on_the_list_and_fails_on_the_build_server_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let list = folder.path().join("list");
        note("no server", Some(&list), false);
        assert!(catch_unwind(|| note("no disk", Some(&list), true)).is_err());
        assert_eq!(std::fs::read_to_string(&list).expect("a list"), "no server\nno disk\n");
    }
}
