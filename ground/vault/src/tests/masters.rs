//! Master keys: where they come from, and what they wrap.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use kernel::{Error, Rng};
use secrecy::SecretString;

use super::{clock, master_text, masters, organisation};
use crate::MasterKeys;
use crate::datakey::{DataKey, Purpose};

#[test]
fn the_first_start_makes_a_file_that_only_its_owner_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let first = MasterKeys::from_file_or_new(&path, &Rng::seeded(1)).unwrap();
    let second = MasterKeys::from_file_or_new(&path, &Rng::seeded(2)).unwrap();
    assert_eq!(first.current_id(), second.current_id(), "the second start reads what the first made");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left behind");
}

#[test]
fn a_file_that_holds_no_key_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    for text in ["", "# none\n", "c2hvcnQ=", "not base64 at all!", &"A".repeat(44)] {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let refusal = MasterKeys::from_file_or_new(&path, &Rng::seeded(1)).unwrap_err();
        assert!(matches!(refusal, Error::Invalid { field: "master_key", .. }), "{text:?}");
        assert!(!format!("{refusal:?}").contains("c2hvcnQ"), "what was given stays out of the error");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_file_that_others_may_read_is_refused_with_what_to_type() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    MasterKeys::from_file_or_new(&path, &Rng::seeded(1)).unwrap();
    for (mode, is_taken) in [(0o644, false), (0o640, false), (0o602, false), (0o600, true), (0o400, true)] {
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        match MasterKeys::from_file(&path) {
            Ok(keys) => assert!(is_taken && keys.is_some(), "{mode:o}"),
            Err(Error::Precondition { why }) => {
                assert!(!is_taken && why.code == "master_key_open_to_others", "{mode:o}");
                assert!(why.sentence.ends_with(&format!("chmod 600 {}", path.display())), "{}", why.sentence);
                assert!(why.sentence.contains(&format!("{mode:o}")), "{}", why.sentence);
            }
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[test]
fn several_keys_are_read_in_their_order() {
    let (one, other) = (master_text(1), master_text(2));
    let unpadded = one.trim_end_matches('=');
    for text in
        [format!("{one}\n{other}\n"), format!("# now\n{unpadded}\r\n\n{other}"), format!("{one},{other}")]
    {
        let keys = MasterKeys::from_text(&SecretString::from(text)).unwrap();
        assert_eq!(keys.current_id(), masters(&[&one]).current_id());
        assert_eq!(keys.current_id().len(), 16);
        let shown = format!("{keys:?}");
        assert!(shown.contains(masters(&[&other]).current_id()) && !shown.contains(unpadded));
    }
}

#[test]
fn an_older_master_key_still_unwraps() {
    let (old, new) = (master_text(1), master_text(2));
    let key = DataKey::new(None, Purpose::Seal, &masters(&[&old]), &clock(), &Rng::seeded(5));
    let both = masters(&[&new, &old]);
    assert!(key.sealing(&both).is_ok());
    let anew = key.wrapped_anew(&both, &Rng::seeded(6)).unwrap();
    assert!(anew.sealing(&masters(&[&new])).is_ok());
    let refusal = key.sealing(&masters(&[&new])).unwrap_err();
    let Error::Precondition { why } = refusal else { panic!("{refusal:?}") };
    assert_eq!(why.code, "master_key_missing");
    assert!(why.sentence.contains(masters(&[&old]).current_id()), "it says which is wanted");
}

#[test]
fn a_wrapped_key_serves_only_its_owner_and_purpose() {
    let masters = masters(&[&master_text(1)]);
    let key = DataKey::new(Some(organisation(1)), Purpose::Seal, &masters, &clock(), &Rng::seeded(5));
    let other = DataKey::new(None, Purpose::Seal, &masters, &clock(), &Rng::seeded(6));
    let moved = [
        DataKey { organisation: Some(organisation(2)), ..key.clone() },
        DataKey { organisation: None, ..key.clone() },
        DataKey { purpose: Purpose::Audit, ..key.clone() },
        DataKey { id: other.id, ..key.clone() },
        DataKey { wrapped: other.wrapped, ..key.clone() },
        DataKey { wrapped: key.wrapped[..20].to_vec(), ..key.clone() },
        DataKey { wrapped: Vec::new(), ..key.clone() },
    ];
    assert!(key.sealing(&masters).is_ok());
    for key in moved {
        assert!(matches!(key.sealing(&masters), Err(Error::Precondition { .. })));
    }
}
