//! Links in letters: each is for one purpose, for one person, and made by nobody but us.

use kernel::id::hex;
use kernel::{OrganisationId, PersonId};
use vault::Vault;

/// Hex digits of an id.
const ID_DIGITS: usize = 24;
/// Hex digits of an instant.
const TIME_DIGITS: usize = 12;
/// Hex digits of what proves that a link is ours.
const PROOF_DIGITS: usize = 32;
/// How long a link proves an address: a day.
const PROOF_LIFE_MS: i64 = 24 * 3_600 * 1_000;

/// Whom a link is for, and in whose name its letter went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// In whose name.
    pub organisation: OrganisationId,
    /// For whom.
    pub person: PersonId,
}

impl Reader {
    fn digits(self) -> String {
        format!("{}{}", self.organisation.hex(), self.person.hex())
    }

    fn of(digits: &str) -> Option<Self> {
        let (organisation, person) = digits.split_at_checked(ID_DIGITS)?;
        let organisation = OrganisationId::from_hex(organisation)?;
        Some(Self { organisation, person: PersonId::from_hex(person)? })
    }
}

/// The keyed hash folds case, so that what goes in is hexadecimal.
fn proof(vault: &Vault, purpose: &str, what: &str) -> String {
    let mut digits = hex(&vault.blind(purpose, what));
    digits.truncate(PROOF_DIGITS);
    digits
}

fn is_proof(vault: &Vault, purpose: &str, what: &str, given: &str) -> bool {
    vault::same(proof(vault, purpose, what).as_bytes(), given.as_bytes())
}

const ENDING: &str = "bedside:unsubscribe";

/// The token of the link that ends the notices of somebody. It stays good, since people open old letters.
#[must_use]
pub fn ending(vault: &Vault, reader: Reader) -> String {
    let digits = reader.digits();
    format!("{digits}{}", proof(vault, ENDING, &digits))
}

/// Whose notices such a token ends.
#[must_use]
pub fn read_ending(vault: &Vault, token: &str) -> Option<Reader> {
    let (digits, given) = token.split_at_checked(2 * ID_DIGITS)?;
    is_proof(vault, ENDING, digits, given).then(|| Reader::of(digits)).flatten()
}

const PROVING: &str = "bedside:prove-address";

/// The token of the link that proves that somebody reads what is sent to the address of this keyed hash.
#[must_use]
pub fn proving(vault: &Vault, reader: Reader, address: &[u8; 32], now_ms: i64) -> String {
    let digits = format!("{}{:012x}", reader.digits(), now_ms + PROOF_LIFE_MS);
    format!("{digits}{}", proof(vault, PROVING, &format!("{digits}{}", hex(address))))
}

/// Who may come by such a token now, if their address is still the one that it was sent to.
#[must_use]
pub fn reader_of_proving(token: &str, now_ms: i64) -> Option<Reader> {
    let (digits, rest) = token.split_at_checked(2 * ID_DIGITS)?;
    let ends_ms = i64::from_str_radix(rest.get(..TIME_DIGITS)?, 16).ok()?;
    (now_ms < ends_ms).then(|| Reader::of(digits)).flatten()
}

/// Whether a token proves the address of this keyed hash.
#[must_use]
pub fn proves(vault: &Vault, token: &str, address: &[u8; 32]) -> bool {
    token
        .split_at_checked(2 * ID_DIGITS + TIME_DIGITS)
        .is_some_and(|(digits, given)| is_proof(vault, PROVING, &format!("{digits}{}", hex(address)), given))
}
