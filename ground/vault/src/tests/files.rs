//! Files: what was sealed in frames comes back whole, or not at all.

use std::sync::Arc;

use kernel::Result;
use proptest::prelude::*;

use super::ring;
use crate::KeyRing;
use crate::files::{FRAME_BYTES, Opener, Sealer, sealed_bytes};

const KEY: &str = "00112233445566778899aabb";

fn seal(ring: &Arc<KeyRing>, key: &str, plain: &[u8], chunk: usize) -> Vec<Vec<u8>> {
    let mut sealer = Sealer::new(ring.clone(), key);
    let mut frames: Vec<_> = plain.chunks(chunk).flat_map(|chunk| sealer.push(chunk)).collect();
    frames.push(sealer.finish());
    frames
}

fn open(ring: &Arc<KeyRing>, key: &str, sealed: &[u8], chunk: usize) -> Result<Vec<u8>> {
    let mut opener = Opener::new(ring.clone(), key);
    let mut plain = Vec::new();
    for chunk in sealed.chunks(chunk) {
        plain.extend(opener.push(chunk)?.concat());
    }
    plain.extend(opener.finish()?);
    Ok(plain)
}

fn a_file(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_file_in_any_chunks_comes_back(
        length in 0..3 * FRAME_BYTES,
        sealing_chunk in 1_000..100_000_usize,
        opening_chunk in 1_000..100_000_usize,
    ) {
        let ring = Arc::new(ring(1));
        let plain = a_file(length);
        let sealed = seal(&ring, KEY, &plain, sealing_chunk).concat();
        prop_assert_eq!(sealed.len() as u64, sealed_bytes(length as u64));
        prop_assert!(open(&ring, KEY, &sealed, opening_chunk).unwrap() == plain);
    }
}

#[test]
fn files_at_the_edge_of_a_frame_come_back() {
    let ring = Arc::new(ring(1));
    for length in [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES] {
        let sealed = seal(&ring, KEY, &a_file(length), FRAME_BYTES).concat();
        assert_eq!(sealed.len() as u64, sealed_bytes(length as u64));
        assert_eq!(open(&ring, KEY, &sealed, FRAME_BYTES).unwrap(), a_file(length), "{length} bytes");
    }
}

#[test]
fn a_file_that_was_cut_short_is_refused() {
    let ring = Arc::new(ring(1));
    let frames = seal(&ring, KEY, &a_file(3 * FRAME_BYTES), 5_000);
    assert_eq!(frames.len(), 3);
    for kept in 0..3 {
        assert!(open(&ring, KEY, &frames[..kept].concat(), 5_000).is_err(), "{kept} frames");
    }
    let whole = frames.concat();
    for lost in [1, 16, 41, 1_000] {
        assert!(open(&ring, KEY, &whole[..whole.len() - lost], 5_000).is_err(), "without {lost} bytes");
    }
}

#[test]
fn frames_in_another_order_are_refused() {
    let ring = Arc::new(ring(1));
    let frames = seal(&ring, KEY, &a_file(3 * FRAME_BYTES), 5_000);
    let orders: [&[usize]; 5] = [&[1, 0, 2], &[0, 2, 1], &[0, 0, 1, 2], &[1, 2], &[0, 1, 2, 2]];
    for order in orders {
        let sealed: Vec<u8> = order.iter().flat_map(|at| frames[*at].clone()).collect();
        assert!(open(&ring, KEY, &sealed, 5_000).is_err(), "{order:?}");
    }
}

#[test]
fn a_frame_of_another_file_is_refused() {
    let ring = Arc::new(ring(1));
    let (mine, theirs) = (a_file(2 * FRAME_BYTES), a_file(2 * FRAME_BYTES));
    let mut mine = seal(&ring, KEY, &mine, 5_000);
    let theirs = seal(&ring, "ffeeddccbbaa998877665544", &theirs, 5_000);
    assert!(open(&ring, KEY, &theirs.concat(), 5_000).is_err(), "the whole file");
    mine[1].clone_from(&theirs[1]);
    assert!(open(&ring, KEY, &mine.concat(), 5_000).is_err(), "one frame");
}

#[test]
fn a_flipped_bit_anywhere_is_refused() {
    let ring = Arc::new(ring(1));
    let sealed = seal(&ring, KEY, &a_file(FRAME_BYTES + 10), 5_000).concat();
    for at in [0, 5, 20, 1_000, FRAME_BYTES + 40, FRAME_BYTES + 41, sealed.len() - 1] {
        let mut changed = sealed.clone();
        changed[at] ^= 0x10;
        assert!(open(&ring, KEY, &changed, 5_000).is_err(), "byte {at}");
    }
}

#[test]
fn a_row_does_not_pass_for_a_file() {
    let ring = Arc::new(ring(1));
    let row = ring.seal(super::place(KEY.as_bytes()), b"words");
    assert!(open(&ring, KEY, &row, 5_000).is_err());
}
