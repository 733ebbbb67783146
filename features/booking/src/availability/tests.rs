//! What was offered opens as it was, for whom it was sealed, until it has expired; nothing else does.

use kernel::{
    AppointmentId, AppointmentTypeId, CategoryId, ClientId, Error, InsuranceId, Kind, OrganisationId,
    PersonId, ResourceId,
};
use proptest::prelude::*;
use secrecy::SecretString;
use testkit::{Ground, bedside_test};
use vault::{KeyRing, MasterKeys, Place, Vault};

use super::{Availability, MINUTES, layout, open, seal};

const LINDE: OrganisationId = OrganisationId::from_bytes([1; 12]);
const HOSPITAL: OrganisationId = OrganisationId::from_bytes([2; 12]);
const NOW: i64 = 1_795_000_000_123;

async fn ring(ground: &Ground) -> std::sync::Arc<KeyRing> {
    let key = SecretString::from("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let vault = Vault::open(&ground.db, MasterKeys::from_text(&key).unwrap()).await.unwrap();
    vault.house()
}

/// Tomorrow with Dr. Green, as Anne was offered it.
fn offered() -> Availability {
    Availability {
        issued_ms: NOW,
        expires_ms: NOW + MINUTES * 60_000,
        start_ms: 1_795_080_600_000,
        minutes: (20, 5, 10),
        kind: AppointmentTypeId::from_bytes([3; 12]),
        category: CategoryId::from_bytes([4; 12]),
        insurance: InsuranceId::from_bytes([5; 12]),
        resources: vec![ResourceId::from_bytes([6; 12])],
        revision: 17,
        moves: None,
        patient: PersonId::from_bytes([7; 12]),
        client: Some(ClientId::from_bytes([8; 12])),
        jti: [9; 8],
    }
}

fn to_move() -> Availability {
    Availability { moves: Some(AppointmentId::from_bytes([10; 12])), ..offered() }
}

fn is_invalid(answer: kernel::Result<Availability>) -> bool {
    matches!(answer, Err(Error::Invalid { field: "availability_id", why }) if why.code == "availability_invalid")
}

#[bedside_test]
async fn what_was_offered_opens_as_it_was(ground: Ground) {
    let ring = ring(&ground).await;
    let bare = Availability { client: None, resources: Vec::new(), ..offered() };
    for availability in [offered(), to_move(), bare] {
        let sealed = seal(&ring, LINDE, &availability);
        assert_eq!(open(&ring, LINDE, &sealed).unwrap(), availability);
        assert_ne!(sealed, seal(&ring, LINDE, &availability), "no two look alike");
    }
}

#[bedside_test]
async fn it_expires_after_half_an_hour(ground: Ground) {
    let ring = ring(&ground).await;
    let sealed = seal(&ring, LINDE, &offered());
    let opened = open(&ring, LINDE, &sealed).unwrap();
    assert!(opened.must_be_good(NOW + MINUTES * 60_000 - 1).is_ok());
    let late = opened.must_be_good(NOW + MINUTES * 60_000);
    assert!(matches!(late, Err(Error::Gone { what: Kind::Availability })), "{late:?}");
}

#[bedside_test]
async fn no_bit_of_it_can_be_changed_and_no_byte_left_out_or_added(ground: Ground) {
    let ring = ring(&ground).await;
    for availability in [offered(), to_move()] {
        let sealed = seal(&ring, LINDE, &availability);
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(is_invalid(open(&ring, LINDE, &changed)), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(is_invalid(open(&ring, LINDE, &sealed[..length])), "{length} bytes");
        }
        assert!(is_invalid(open(&ring, LINDE, &[&sealed[..], &[0]].concat())));
        assert!(is_invalid(open(&ring, LINDE, &vec![1; 100_000])));
    }
}

#[bedside_test]
async fn it_opens_in_no_other_organisation_and_for_no_other_purpose(ground: Ground) {
    let ring = ring(&ground).await;
    let sealed = seal(&ring, LINDE, &offered());
    assert!(is_invalid(open(&ring, HOSPITAL, &sealed)));
    // Even by who has the key: a move without its appointment, a booking with one, and what was sealed as something else.
    for (column, plain) in [
        ("v1-move", layout::write(&offered())),
        ("v1-book", layout::write(&to_move())),
        ("v1-offer", layout::write(&offered())),
        ("v1-book", Vec::new()),
        ("v1-book", [layout::write(&offered()), vec![0]].concat()),
    ] {
        let place = Place { table: "availability", column, row: LINDE.as_bytes() };
        assert!(is_invalid(open(&ring, LINDE, &ring.seal(place, &plain))), "{column}");
    }
}

#[test]
fn it_is_small() {
    for availability in [offered(), to_move()] {
        let bytes = layout::write(&availability).len();
        assert!((60..=140).contains(&bytes), "{bytes}");
    }
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_back(
        (issued_ms, expires_ms, start_ms, revision) in any::<(i64, i64, i64, i64)>(),
        minutes in (0_i64..1_441, 0_i64..241, 0_i64..241),
        ids in any::<[[u8; 12]; 4]>(),
        (moves, client, jti) in any::<(Option<[u8; 12]>, Option<[u8; 12]>, [u8; 8])>(),
        resources in prop::collection::vec(any::<[u8; 12]>(), 0..11),
    ) {
        let availability = Availability {
            issued_ms,
            expires_ms,
            start_ms,
            minutes,
            kind: AppointmentTypeId::from_bytes(ids[0]),
            category: CategoryId::from_bytes(ids[1]),
            insurance: InsuranceId::from_bytes(ids[2]),
            resources: resources.into_iter().map(ResourceId::from_bytes).collect(),
            revision,
            moves: moves.map(AppointmentId::from_bytes),
            patient: PersonId::from_bytes(ids[3]),
            client: client.map(ClientId::from_bytes),
            jti,
        };
        prop_assert_eq!(layout::read(&layout::write(&availability)), Some(availability));
    }

    #[test]
    fn whatever_is_read_is_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let read = layout::read(&bytes);
        prop_assert!(read.is_none_or(|availability| layout::write(&availability) == bytes));
    }
}
