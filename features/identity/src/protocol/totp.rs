//! Codes of authenticator applications (RFC 6238), as every such application makes them: SHA-1, six digits, a new one
//! each half minute.

use kernel::Rng;
use secrecy::{ExposeSecret as _, SecretSlice};
use totp_rs::{Builder, Totp};

/// Bytes of a key (RFC 4226 section 4 recommends 160 bits).
pub const KEY_BYTES: usize = 20;
const STEP_S: i64 = 30;
/// Steps before and after the present one whose codes count, since clocks differ (RFC 6238 section 5.2).
const SKEW: i64 = 1;

/// What an authenticator application and we both know.
#[derive(Clone, Debug)]
pub struct Key(SecretSlice<u8>);

impl Key {
    /// A new key.
    #[must_use]
    pub fn new(rng: &Rng) -> Self {
        Self(SecretSlice::from(rng.bytes::<KEY_BYTES>().to_vec()))
    }

    /// The key of these bytes; of any others than 20 there is none.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == KEY_BYTES).then(|| Self(SecretSlice::from(bytes.to_vec())))
    }

    /// Its bytes, to be sealed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// It as people type it: base 32 in groups of four.
    #[must_use]
    pub fn written(&self) -> String {
        let plain: Vec<char> = self.totp().secret().to_base32().chars().collect();
        plain.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// It as a QR code carries it to an application, under these names.
    #[must_use]
    pub fn address(&self, issuer: &str, account: &str) -> Option<String> {
        let plain = |text: &str| text.replace(':', " ");
        let builder = Builder::new().with_secret(self.bytes().to_vec());
        let named =
            builder.with_issuer(Some(plain(issuer))).with_account_name(plain(account)).build().ok()?;
        named.to_url().ok()
    }

    /// The step whose code this is: one near now, and newer than the last that was used, so that none counts twice.
    #[must_use]
    pub fn step_of(&self, code: &str, last_step: i64, now_ms: i64) -> Option<i64> {
        let (totp, now) = (self.totp(), now_ms.div_euclid(STEP_S * 1_000));
        let fits = |step: &i64| vault::same(code_at(&totp, *step).as_bytes(), code.as_bytes());
        (now - SKEW..=now + SKEW).filter(fits).find(|step| *step > last_step)
    }

    /// The code that an application shows at this instant.
    #[must_use]
    pub fn code(&self, now_ms: i64) -> String {
        code_at(&self.totp(), now_ms.div_euclid(STEP_S * 1_000))
    }

    fn totp(&self) -> Totp {
        Builder::new().with_secret(self.bytes().to_vec()).build_noncompliant()
    }
}

fn code_at(totp: &Totp, step: i64) -> String {
    totp.generate(u64::try_from(step * STEP_S).unwrap_or_default()).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238 appendix B, the last six of its eight digits.
        let key = Key::of(b"12345678901234567890").expect("a key");
        for (s, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(key.code(s * 1_000), code);
            assert_eq!(key.step_of(code, 0, s * 1_000), Some(s / 30));
        }
        assert_eq!(key.written(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let address = key.address("De: Linde", "Anna").expect("an address");
        assert!(address.starts_with("otpauth://totp/De%20%20Linde:Anna?secret=GEZDGNBV"), "{address}");
        assert!(Key::of(b"too short").is_none());
    }

    proptest! {
        #[test]
        fn a_code_counts_near_its_time_and_only_once(
            bytes in any::<[u8; KEY_BYTES]>(), now in 100_000_000_000_i64..4_000_000_000_000, away in -4_i64..=4,
        ) {
            let key = Key::of(&bytes).expect("a key");
            let step = now / 30_000 + away;
            let code = key.code(step * 30_000);
            match key.step_of(&code, 0, now) {
                Some(found) => {
                    // Two steps share a code once in a million times.
                    prop_assert!(found == step && away.abs() <= 1 || key.code(found * 30_000) == code);
                    prop_assert_eq!(key.step_of(&code, found.max(step), now).filter(|other| *other <= step), None);
                }
                None => prop_assert!(away.abs() > 1),
            }
        }

        #[test]
        fn nothing_that_somebody_types_is_a_defect(typed in ".*") {
            let key = Key::of(&[7; KEY_BYTES]).expect("a key");
            let _ = key.step_of(&typed, i64::MAX, i64::MAX / 2);
        }
    }
}
