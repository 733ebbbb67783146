//! How long what a client is given lasts.

use kernel::{ClientId, Error, Kind, Result};
use store::{Tx, args};

use super::{GrantType, NewClient};
use crate::log::{self, By};
use crate::rows::clients as rows;
use crate::{applications, organisations};

const HOUR_MS: i64 = 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Shorter, a slow line would not bring it in time.
const CODE_MIN_MS: i64 = 10_000;
/// Who cannot keep a secret proves itself by PKCE, and fetches at once.
const CODE_MAX_PUBLIC_MS: i64 = 60_000;
/// RFC 6749 section 4.1.2.
const CODE_MAX_MS: i64 = 600_000;
const TOKEN_MIN_MS: i64 = 60_000;
/// In a sandbox, and where nothing but signing in anew follows an access token.
const TOKEN_MAX_ALONE_MS: i64 = 30 * DAY_MS;
const TOKEN_MAX_MS: i64 = DAY_MS;
const REFRESH_MIN_MS: i64 = HOUR_MS;
const REFRESH_MAX_MS: i64 = 90 * DAY_MS;

/// What of them is to be otherwise; what is left out stays as it is. What was given already lasts as long as it was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lives {
    /// An access token's.
    pub token_ms: Option<i64>,
    /// A refresh token's, anew with each use.
    pub refresh_ms: Option<i64>,
    /// A code's; of a client that uses PKCE a minute at most, whatever is set.
    pub code_ms: Option<i64>,
}

/// What the bounds go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bounds {
    is_public: bool,
    is_sandbox: bool,
    /// Whether a person has to sign in anew for another access token.
    signs_in_anew: bool,
}

impl Bounds {
    fn of(grant_types: &[GrantType], is_public: bool, is_sandbox: bool) -> Self {
        let may = |one| grant_types.contains(&one);
        let signs_in_anew = may(GrantType::AuthorizationCode) && !may(GrantType::RefreshToken);
        Self { is_public, is_sandbox, signs_in_anew }
    }

    const fn token_max_ms(self) -> i64 {
        if self.is_sandbox || self.signs_in_anew { TOKEN_MAX_ALONE_MS } else { TOKEN_MAX_MS }
    }

    const fn code_max_ms(self) -> i64 {
        if self.is_public { CODE_MAX_PUBLIC_MS } else { CODE_MAX_MS }
    }

    /// Whether each of these is within its bounds.
    fn check(self, lives: &Lives) -> Result<()> {
        within(lives.token_ms, (TOKEN_MIN_MS, self.token_max_ms()), TOKEN)?;
        within(lives.refresh_ms, (REFRESH_MIN_MS, REFRESH_MAX_MS), REFRESH)?;
        within(lives.code_ms, (CODE_MIN_MS, self.code_max_ms()), CODE)
    }
}

/// Field, code of the refusal, and the word for it.
type Which = (&'static str, &'static str, &'static str);

const TOKEN: Which = ("token_life_s", "token_life_out_of_range", "An access token");
const REFRESH: Which = ("refresh_life_s", "refresh_life_out_of_range", "A refresh token");
const CODE: Which = ("code_life_s", "code_life_out_of_range", "A code");

fn within(life_ms: Option<i64>, (least, most): (i64, i64), (field, code, what): Which) -> Result<()> {
    if life_ms.is_none_or(|life_ms| (least..=most).contains(&life_ms)) {
        return Ok(());
    }
    let why = format!("{what} of this application lives {} to {} seconds.", least / 1_000, most / 1_000);
    Err(Error::invalid(field, code, why))
}

/// Whether what is asked for a new client is within its bounds. What nobody asked for is what its dialect is used to.
pub(super) async fn check_new(tx: &Tx, new: &NewClient) -> Result<()> {
    if new.token_life_ms.is_none() {
        return Ok(());
    }
    let organisation = organisations::find(tx, new.organisation).await?;
    let is_sandbox = organisation.ok_or(Error::not_found(Kind::Organisation))?.sandbox;
    let lives = Lives { token_ms: new.token_life_ms, ..Lives::default() };
    Bounds::of(&new.grant_types, new.public, is_sandbox).check(&lives)
}

/// Changes how long what a client is given from now on lasts.
///
/// # Errors
/// [`Error::Invalid`] beyond the bounds, and for a refresh token that would end before the access token beside it; as
/// [`applications::open_to_change`].
pub async fn set_lives(tx: &Tx, by: By<'_>, id: ClientId, lives: &Lives) -> Result<()> {
    let client = applications::open_to_change(tx, by, id).await?;
    Bounds::of(&client.grant_types, client.public, client.sandbox).check(lives)?;
    let token_ms = lives.token_ms.unwrap_or(client.token_life_ms);
    let refresh_ms = lives.refresh_ms.unwrap_or(client.refresh_life_ms);
    let code_ms = lives.code_ms.unwrap_or(client.code_life_ms);
    if client.may(GrantType::RefreshToken) && refresh_ms < token_ms {
        let why = "A refresh token lives no shorter than the access token beside it.";
        return Err(Error::invalid("refresh_life_s", "refresh_life_too_short", why));
    }
    let values = args![&client.organisation, &id, token_ms, refresh_ms, code_ms];
    tx.run(rows::SET_LIVES, &values).await?;
    log::administration(tx, by, client.organisation, id.as_bytes(), "client lives changed").await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bounds: Bounds, lives: Lives) -> Option<&'static str> {
        match bounds.check(&lives) {
            Err(Error::Invalid { why, .. }) => Some(why.code),
            Err(other) => panic!("{other:?}"),
            Ok(()) => None,
        }
    }

    const REFRESHES: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::RefreshToken];

    #[test]
    fn an_access_token_lives_a_day_unless_a_person_would_have_to_sign_in_anew_or_nobody_is_real() {
        for (grant_types, is_sandbox, most_s) in [
            (&REFRESHES[..], false, 86_400),
            (&REFRESHES[..1], false, 2_592_000),
            (&[GrantType::ClientCredentials][..], false, 86_400),
            (&REFRESHES[..], true, 2_592_000),
        ] {
            let bounds = Bounds::of(grant_types, false, is_sandbox);
            let of = |seconds: i64| Lives { token_ms: Some(seconds * 1_000), ..Lives::default() };
            for (seconds, fits) in [(59, false), (60, true), (most_s, true), (most_s + 1, false), (-1, false)]
            {
                let expected = (!fits).then_some("token_life_out_of_range");
                assert_eq!(refused(bounds, of(seconds)), expected, "{grant_types:?} {is_sandbox} {seconds}");
            }
        }
    }

    #[test]
    fn a_code_lives_a_minute_where_no_secret_is_kept_and_ten_elsewhere() {
        for (is_public, most_s) in [(true, 60), (false, 600)] {
            let bounds = Bounds::of(&REFRESHES, is_public, true);
            let of = |seconds: i64| Lives { code_ms: Some(seconds * 1_000), ..Lives::default() };
            for (seconds, fits) in [(9, false), (10, true), (most_s, true), (most_s + 1, false)] {
                let expected = (!fits).then_some("code_life_out_of_range");
                assert_eq!(refused(bounds, of(seconds)), expected, "{is_public} {seconds}");
            }
        }
    }

    #[test]
    fn a_refresh_token_lives_an_hour_to_ninety_days() {
        let bounds = Bounds::of(&REFRESHES, false, false);
        let of = |seconds: i64| Lives { refresh_ms: Some(seconds * 1_000), ..Lives::default() };
        for (seconds, fits) in [(3_599, false), (3_600, true), (7_776_000, true), (7_776_001, false)] {
            let expected = (!fits).then_some("refresh_life_out_of_range");
            assert_eq!(refused(bounds, of(seconds)), expected, "{seconds}");
        }
    }
}
