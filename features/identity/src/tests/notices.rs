//! Whether mail reaches somebody.

use kernel::Role;
use testkit::{Ground, bedside_test};

use super::house::{House, read, write};
use crate::notices;

#[bedside_test]
async fn a_letter_that_a_sandbox_shows_does_not_prove_that_mail_arrives(ground: Ground) {
    let house = House::open(ground).await;
    let (sandbox, hospital, origin) = (house.linde, house.hospital, house.origin);
    let anna = house.person(hospital, "Anna", Role::Patient).await;
    house.member(sandbox, anna, Role::Patient).await.expect("a member of both");
    write!(house, |tx, hospital| notices::mark_undeliverable(tx, *hospital, "anna@demo.test"))
        .expect("it came back");
    let address =
        async || read!(house, |tx, anna| notices::address(tx, *anna)).expect("an answer").expect("one");
    for (place, is_undeliverable) in [(sandbox, true), (hospital, false)] {
        let hash = address().await.hash;
        let proven = write!(house, |tx, place, anna, hash, origin| {
            notices::prove(tx, (*place, *anna), hash, *origin)
        });
        assert!(proven.expect("proven"), "it is theirs");
        let known = address().await;
        assert_eq!((known.is_verified, known.is_undeliverable), (true, is_undeliverable));
    }
}
