//! Numbers that pass their tests and are never given to anybody.

use identity::persons::{is_bsn, systems};

/// A number of somebody in the demo, counted from 1.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A Dutch citizen service number.
    Bsn(u32),
    /// A number of the English health service.
    Nhs(u32),
    /// A mobile number, of those that are kept for films.
    Mobile(u32),
}

impl Number {
    /// The system that it belongs to.
    pub const fn system(self) -> &'static str {
        match self {
            Self::Bsn(_) => systems::BSN,
            Self::Nhs(_) => systems::NHS,
            Self::Mobile(_) => systems::MOBILE,
        }
    }

    /// The number itself.
    pub fn value(self) -> String {
        match self {
            Self::Bsn(nth) => bsn(nth),
            Self::Nhs(nth) => nhs(nth),
            Self::Mobile(nth) => format!("+447700900{nth:03}"),
        }
    }
}

/// The nth number from 999000000 on that passes the test of elevens. None of them is issued.
fn bsn(nth: u32) -> String {
    numbers(999_000_000, nth, is_bsn)
}

/// The nth number from 9990000000 on that passes the test of elevens. The range is kept for trying things out.
fn nhs(nth: u32) -> String {
    numbers(9_990_000_000, nth, is_nhs)
}

fn numbers(from: u64, nth: u32, fits: fn(&str) -> bool) -> String {
    let skip = usize::try_from(nth.saturating_sub(1)).unwrap_or_default();
    let all = (from..).map(|number| number.to_string()).filter(|number| fits(number));
    all.skip(skip).take(1).collect()
}

/// Ten digits, the last of which is 11 less the sum of the others, weighed by 10 down to 2, modulo 11. With that
/// digit weighed by 1 the whole is a multiple of 11, and a digit that would have to be 10 does not exist.
fn is_nhs(number: &str) -> bool {
    let weights = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    number.len() == weights.len() && weighed(number, &weights) % 11 == 0
}

fn weighed(number: &str, weights: &[i64]) -> i64 {
    let digits = number.chars().filter_map(|sign| sign.to_digit(10)).map(i64::from);
    digits.zip(weights).map(|(digit, weight)| digit * weight).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tests_of_elevens_take_known_numbers_and_no_slip() {
        assert!(is_bsn("111222333") && is_bsn("123456782"));
        assert!(!is_bsn("111222334") && !is_bsn("123456789") && !is_bsn("12345678"));
        assert!(is_nhs("9434765919") && is_nhs("4505577104"));
        assert!(!is_nhs("9434765918") && !is_nhs("943476591"));
    }

    #[test]
    fn the_numbers_of_the_demo_are_in_the_ranges_that_nobody_has_and_all_differ() {
        let bsns: Vec<_> = (1..=20).map(bsn).collect();
        let nhs: Vec<_> = (1..=20).map(nhs).collect();
        assert!(bsns.iter().all(|number| is_bsn(number) && number.starts_with("999")));
        assert!(nhs.iter().all(|number| is_nhs(number) && number.starts_with("999") && number.len() == 10));
        for all in [bsns, nhs] {
            assert!(all.is_sorted_by(|one, next| one < next));
        }
    }
}
