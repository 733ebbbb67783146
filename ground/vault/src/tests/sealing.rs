//! One value, in its place or in another.

use kernel::{Error, Rng};
use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::{place, ring};
use crate::associated::{Binds, associated};
use crate::{Place, same, secret, token_hash};

proptest! {
    #[test]
    fn any_text_comes_back(plain in prop::collection::vec(any::<u8>(), 0..2_000), row in any::<[u8; 12]>()) {
        let ring = ring(1);
        let sealed = ring.seal(place(&row), &plain);
        prop_assert_eq!(sealed.len(), plain.len() + 41);
        prop_assert_eq!(ring.open(place(&row), &sealed).unwrap(), plain);
    }

    #[test]
    fn anything_at_all_is_refused_without_a_panic(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(ring(1).open(place(b"row"), &noise).is_err());
    }

    /// Few letters, so that parts often begin or end like their neighbours.
    #[test]
    fn no_two_places_are_bound_by_the_same_bytes(
        one in prop::array::uniform3("[ab]{0,3}"),
        other in prop::array::uniform3("[ab]{0,3}"),
    ) {
        let bytes = |place: &[String; 3]| {
            associated(1, Binds::Row, [place[0].as_bytes(), place[1].as_bytes(), place[2].as_bytes()])
        };
        prop_assert_eq!(bytes(&one) == bytes(&other), one == other);
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let ring = ring(1);
    let sealed = ring.seal(place(b"row"), b"Her blood pressure is 140 over 90.");
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(ring.open(place(b"row"), &changed).is_err(), "bit {bit}");
    }
}

#[test]
fn a_value_that_lost_its_end_is_refused() {
    let ring = ring(1);
    let sealed = ring.seal(place(b"row"), b"words");
    for length in 0..sealed.len() {
        assert!(ring.open(place(b"row"), &sealed[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn a_value_opens_in_no_other_place() {
    let ring = ring(1);
    let sealed = ring.seal(place(b"row"), b"words");
    let elsewhere = [
        place(b"rov"),
        place(b""),
        Place { column: "subject", ..place(b"row") },
        Place { table: "chats", ..place(b"row") },
        Place { table: "messagesbody", column: "", row: b"row" },
        Place { table: "message", column: "sbody", row: b"row" },
        Place { table: "messages", column: "bodyrow", row: b"" },
    ];
    for place in elsewhere {
        assert!(matches!(ring.open(place, &sealed), Err(Error::Bug { .. })), "{place:?}");
    }
}

#[test]
fn another_owners_key_opens_nothing_and_is_worth_another_try() {
    let sealed = ring(1).seal(place(b"row"), b"words");
    let stranger = ring(2);
    assert!(matches!(stranger.open(place(b"row"), &sealed), Err(Error::Unavailable { .. })));
    assert!(stranger.is_stale(), "the key may be newer than the ring");
}

#[test]
fn the_same_text_never_looks_the_same() {
    let ring = ring(1);
    assert_ne!(ring.seal(place(b"row"), b"yes"), ring.seal(place(b"row"), b"yes"));
}

#[test]
fn what_is_no_text_does_not_open_as_text() {
    let ring = ring(1);
    let sealed = ring.seal(place(b"row"), &[0xff, 0xfe]);
    let refusal = ring.open_text(place(b"row"), &sealed).unwrap_err();
    assert!(matches!(refusal, Error::Bug { .. }));
    assert!(!format!("{refusal:?}").contains("255"), "the bytes stay out of the error");
    let sealed = ring.seal(place(b"row"), "één".as_bytes());
    assert_eq!(ring.open_text(place(b"row"), &sealed).unwrap(), "één");
}

#[test]
fn a_secret_has_256_bits_and_fits_a_url() {
    let rng = Rng::system();
    let (one, other) = (secret(&rng), secret(&rng));
    assert_eq!(one.expose_secret().len(), 43);
    assert!(one.expose_secret().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    assert_ne!(one.expose_secret(), other.expose_secret());
    assert!(!format!("{one:?}").contains(one.expose_secret()));
}

#[test]
fn a_token_is_known_by_its_sha_256() {
    // FIPS 180-2, appendix B.1.
    let hash = token_hash("abc");
    assert_eq!(kernel::id::hex(&hash), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert!(same(&hash, &token_hash("abc")));
    assert!(!same(&hash, &token_hash("abd")));
    assert!(!same(&hash, &hash[..31]));
}
