//! The words around guests of a group chat.

use kernel::limits::{GUEST_LINK_DAYS_MAX, GUEST_LINK_HOURS};
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::taken::instant;

const HOUR_MS: i64 = 3_600 * 1_000;

/// How long guests may come; 24 hours when nothing is said.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct NewGuestAccess {
    /// Until when, 30 days from now at most; this or `hours`.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub expires: Option<String>,
    /// For how many hours, 720 at most; this or `expires`.
    #[serde(default)]
    #[schema(example = 24)]
    pub hours: Option<i64>,
}

/// The link by which guests come.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GuestAccess {
    /// Whoever has it may come.
    pub link: String,
    /// Until when it opens and its guests may stay, RFC 3339.
    pub expires: String,
}

impl NewGuestAccess {
    /// The instant that is meant.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no instant, for both at once, and for hours out of range.
    pub fn ends_ms(&self, now_ms: i64) -> Result<i64> {
        match (&self.expires, self.hours) {
            (Some(_), Some(_)) => {
                Err(Error::invalid("hours", "expires_twice", "either expires or hours, not both"))
            }
            (Some(expires), None) => Ok(instant("expires", expires)?.as_millisecond()),
            (None, hours) => {
                let hours = hours.unwrap_or(GUEST_LINK_HOURS);
                if !(1..=GUEST_LINK_DAYS_MAX * 24).contains(&hours) {
                    return Err(Error::invalid("hours", "hours_unfit", "from 1 to 720 hours"));
                }
                Ok(now_ms + hours * HOUR_MS)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_nothing_means_a_day_and_nobody_says_it_twice() {
        let said = |expires: Option<&str>, hours| {
            NewGuestAccess { expires: expires.map(str::to_owned), hours }.ends_ms(1_000).ok()
        };
        assert_eq!(said(None, None), Some(24 * HOUR_MS + 1_000));
        assert_eq!(said(None, Some(720)), Some(720 * HOUR_MS + 1_000));
        assert_eq!(said(Some("1970-01-01T00:01:00Z"), None), Some(60_000));
        for unfit in
            [said(None, Some(0)), said(None, Some(721)), said(None, Some(i64::MAX)), said(None, Some(-1))]
        {
            assert_eq!(unfit, None);
        }
        assert_eq!(said(Some("tomorrow"), None), None);
        assert_eq!(said(Some("1970-01-01T00:01:00Z"), Some(1)), None);
    }
}
