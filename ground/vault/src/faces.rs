//! Ids that do not tell when they were made: 28 letters and digits that only we can make, and that only we can read.

use aws_lc_rs::cipher::{AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::hmac;
use kernel::{AppointmentId, Error, Id, Result};

use crate::secrets::same;
use crate::vault::Vault;

/// Characters of a face.
pub const FACE_CHARS: usize = 28;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits of one block of AES, and of the MAC behind it.
const BLOCK_CHARS: usize = 22;
const MAC_CHARS: usize = FACE_CHARS - BLOCK_CHARS;
const BLOCK_BYTES: usize = 16;
/// What stands before an id in its block: it tells faces of appointments from those of anything that may follow.
const OF_APPOINTMENT: [u8; 4] = *b"appt";

/// The keys of faces, derived from the installation's key for ids, which is never rotated: partners keep faces for years.
pub(crate) struct FaceKeys {
    encrypt: EncryptingKey,
    decrypt: DecryptingKey,
    mac: hmac::Key,
}

impl FaceKeys {
    pub fn derived(id: &hmac::Key) -> Result<Self> {
        let key = |label: &[u8]| hmac::sign(id, label);
        let block = key(b"\0face\0block");
        let unbound = || UnboundCipherKey::new(&AES_256, block.as_ref()).map_err(Error::bug);
        Ok(Self {
            encrypt: EncryptingKey::ecb(unbound()?).map_err(Error::bug)?,
            decrypt: DecryptingKey::ecb(unbound()?).map_err(Error::bug)?,
            mac: hmac::Key::new(hmac::HMAC_SHA256, key(b"\0face\0mac").as_ref()),
        })
    }

    fn face(&self, kind: [u8; 4], id: &[u8; 12]) -> String {
        let mut block = [0; BLOCK_BYTES];
        block[..4].copy_from_slice(&kind);
        block[4..].copy_from_slice(id);
        // One block whose plain text no two ids share: there is nothing that a mode with a nonce would hide.
        self.encrypt.encrypt(&mut block).expect("one whole block is encrypted");
        let mut face = digits(u128::from_be_bytes(block), BLOCK_CHARS);
        face.push_str(&self.mac_of(&block));
        face
    }

    fn read(&self, kind: [u8; 4], face: &str) -> Option<[u8; 12]> {
        let (block, mac) = face.split_at_checked(BLOCK_CHARS)?;
        let mut block = number(block)?.to_be_bytes();
        if !same(self.mac_of(&block).as_bytes(), mac.as_bytes()) {
            return None;
        }
        let plain = self.decrypt.decrypt(&mut block, DecryptionContext::None).ok()?;
        let (found, id) = plain.split_at_checked(4)?;
        if found == kind { id.try_into().ok() } else { None }
    }

    fn mac_of(&self, block: &[u8; BLOCK_BYTES]) -> String {
        let tag = hmac::sign(&self.mac, block);
        let mut number = [0; BLOCK_BYTES];
        number.copy_from_slice(&tag.as_ref()[..BLOCK_BYTES]);
        digits(u128::from_be_bytes(number), MAC_CHARS)
    }
}

/// The lowest so many digits of a number, the highest first.
fn digits(mut number: u128, count: usize) -> String {
    let base = DIGITS.len() as u128;
    let mut text = vec![b'0'; count];
    for place in text.iter_mut().rev() {
        *place = DIGITS[usize::try_from(number % base).unwrap_or_default()];
        number /= base;
    }
    text.into_iter().map(char::from).collect()
}

/// The number that these digits are; `None` for one that has more bits than a block, and for what is no digit.
fn number(text: &str) -> Option<u128> {
    text.bytes().try_fold(0_u128, |number, byte| {
        let digit = DIGITS.iter().position(|one| *one == byte)?;
        number.checked_mul(DIGITS.len() as u128)?.checked_add(digit as u128)
    })
}

impl Vault {
    /// What an appointment is called by towards portals: always the same 28 letters and digits.
    #[must_use]
    pub fn face_of(&self, id: AppointmentId) -> String {
        self.faces().face(OF_APPOINTMENT, id.as_bytes())
    }

    /// The appointment that is called so; `None` for whatever we did not call one.
    #[must_use]
    pub fn appointment_of(&self, face: &str) -> Option<AppointmentId> {
        self.faces().read(OF_APPOINTMENT, face).map(Id::from_bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(seed: u8) -> FaceKeys {
        FaceKeys::derived(&hmac::Key::new(hmac::HMAC_SHA256, &[seed; 32])).expect("keys")
    }

    proptest! {
        #[test]
        fn a_face_leads_back_to_its_id_alone_and_shows_nothing_of_it(id: [u8; 12], other: [u8; 12]) {
            let keys = keys(1);
            let face = keys.face(OF_APPOINTMENT, &id);
            prop_assert_eq!(face.len(), FACE_CHARS);
            prop_assert!(face.bytes().all(|byte| byte.is_ascii_alphanumeric()));
            prop_assert_eq!(keys.read(OF_APPOINTMENT, &face), Some(id));
            prop_assert_eq!(keys.face(OF_APPOINTMENT, &id), face.clone(), "always the same");
            prop_assert_eq!(keys.read(*b"else", &face), None, "of another kind");
            prop_assert_eq!(super::tests::keys(2).read(OF_APPOINTMENT, &face), None, "of another house");
            prop_assert_eq!(keys.face(OF_APPOINTMENT, &other) == face, id == other);
        }

        #[test]
        fn one_changed_character_is_no_face_of_ours(id: [u8; 12], at in 0..FACE_CHARS, digit in 0..62_usize) {
            let keys = keys(1);
            let mut face = keys.face(OF_APPOINTMENT, &id).into_bytes();
            prop_assume!(face[at] != DIGITS[digit]);
            face[at] = DIGITS[digit];
            prop_assert_eq!(keys.read(OF_APPOINTMENT, std::str::from_utf8(&face).expect("ASCII")), None);
        }

        #[test]
        fn whatever_else_comes_is_none(text: String) {
            prop_assert_eq!(keys(1).read(OF_APPOINTMENT, &text), None);
        }
    }

    #[test]
    fn ids_made_one_after_the_other_have_faces_that_have_nothing_in_common() {
        let keys = keys(1);
        let faces: Vec<String> = (0..100)
            .map(|last| keys.face(OF_APPOINTMENT, &[7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, last]))
            .collect();
        for pair in faces.windows(2) {
            let shared = pair[0].bytes().zip(pair[1].bytes()).take_while(|(one, other)| one == other).count();
            assert!(shared < 6, "{pair:?}");
        }
    }

    #[test]
    fn odd_lengths_and_numbers_that_fit_no_block_are_no_faces() {
        let keys = keys(1);
        let face = keys.face(OF_APPOINTMENT, &[9; 12]);
        for odd in
            ["", "0", &face[1..], &format!("{face}0"), &"z".repeat(28), &"é".repeat(14), &format!(" {face}")]
        {
            assert_eq!(keys.read(OF_APPOINTMENT, odd), None, "{odd}");
        }
    }
}
