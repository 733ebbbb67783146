//! How many letters and SMS about their own account somebody is sent.
//!
//! Always true:
//! - What strangers ask for and what is asked for in a browser that the account knows are counted apart, so that nobody
//!   uses up what its owner may ask for.
//! - However many were asked for, one an hour goes out to its owner: nobody shuts them out by asking in their name.

use kernel::{PersonId, Result};
use store::{Tx, args};

/// After so long without one, one more is sent in any case.
pub(crate) const HOUR_MS: i64 = 60 * 60 * 1_000;
/// What is counted at most of a day.
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;
/// Rows that are looked at: a day's worth of any cap, and one an hour beside it.
const LOOKED_AT: i64 = 64;

/// So many within so many milliseconds.
pub(crate) type Caps = [(i64, usize)];

/// How long until one more may be sent, and 0 for now. `sent_ms` is when the others were, the newest first.
pub(crate) fn wait_ms(caps: &Caps, sent_ms: &[i64], now_ms: i64) -> i64 {
    let left_of = |sent: &i64, span_ms: i64| (sent.saturating_add(span_ms) - now_ms).max(0);
    let wait = |(span_ms, most): &(i64, usize)| match most.checked_sub(1) {
        Some(last) => sent_ms.get(last).map_or(0, |sent| left_of(sent, *span_ms)),
        None => i64::MAX,
    };
    let by_caps = caps.iter().map(wait).max().unwrap_or_default();
    let by_the_hour = sent_ms.first().map_or(0, |newest| left_of(newest, HOUR_MS));
    by_caps.min(by_the_hour)
}

/// The same of what a statement finds of a person: `sql` asks for who, whether a known browser asked, since when, and
/// how many.
pub(crate) async fn wait_of(
    tx: &Tx,
    sql: &'static str,
    caps: &Caps,
    (person, by_known): (PersonId, bool),
) -> Result<i64> {
    let now_ms = tx.now_ms();
    let asked = args![&person, by_known, now_ms - DAY_MS, LOOKED_AT];
    let sent_ms = tx.all(sql, &asked, |row| row.get::<i64>(0)).await?;
    Ok(wait_ms(caps, &sent_ms, now_ms))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE_MS: i64 = 60 * 1_000;
    const CAPS: &Caps = &[(15 * MINUTE_MS, 3), (DAY_MS, 10)];

    /// Asks at these instants, and says at which of them one was sent, the newest first.
    fn sent(asked_ms: &[i64]) -> Vec<i64> {
        let mut sent = Vec::new();
        for now_ms in asked_ms {
            if wait_ms(CAPS, &sent, *now_ms) == 0 {
                sent.insert(0, *now_ms);
            }
        }
        sent
    }

    #[test]
    fn a_stranger_who_asks_each_minute_is_sent_ten_and_then_one_an_hour() {
        let asked: Vec<i64> = (0..24 * 60).map(|minute| minute * MINUTE_MS).collect();
        let mut sent = sent(&asked);
        sent.reverse();
        let gaps: Vec<i64> = sent.windows(2).map(|two| (two[1] - two[0]) / MINUTE_MS).collect();
        assert_eq!(&gaps[..9], [1, 1, 13, 1, 1, 13, 1, 1, 13]);
        assert!(gaps[9..].iter().all(|gap| *gap == 60), "{gaps:?}");
        assert_eq!(sent.len(), 10 + 23);
        assert_eq!(wait_ms(CAPS, &[], 0), 0, "who asks somewhere else is counted apart");
        assert_eq!(wait_ms(CAPS, &[3, 2, 1], 10), 15 * MINUTE_MS - 9);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_no_cap_is_passed_but_by_the_one_an_hour(
            steps in prop::collection::vec(0_i64..40 * MINUTE_MS, 0..120),
        ) {
            let asked: Vec<i64> = steps.iter().scan(0, |now, step| { *now += step; Some(*now) }).collect();
            let sent = sent(&asked);
            for (index, now) in sent.iter().enumerate() {
                let before = &sent[index + 1..];
                let is_first_in_an_hour = before.first().is_none_or(|newest| now - newest >= HOUR_MS);
                let fits = CAPS.iter().all(|(span, most)| before.iter().filter(|one| now - **one < *span).count() < *most);
                prop_assert!(fits || is_first_in_an_hour);
            }
        }

        #[test]
        fn nobody_waits_longer_than_an_hour_and_who_waits_as_told_is_sent_one(
            mut sent_ms in prop::collection::vec(0_i64..2 * DAY_MS, 0..64), now in 2 * DAY_MS..3 * DAY_MS,
        ) {
            sent_ms.sort_unstable_by(|one, next| next.cmp(one));
            let wait = wait_ms(CAPS, &sent_ms, now);
            prop_assert!((0..=HOUR_MS).contains(&wait));
            prop_assert_eq!(wait_ms(CAPS, &sent_ms, now + wait), 0);
        }
    }
}
