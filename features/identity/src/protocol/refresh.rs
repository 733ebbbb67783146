//! Whether a refresh token is good, was used before, or comes again because its answer was lost (RFC 6749 section 6,
//! RFC 9700 section 4.14).

use kernel::Scopes;

use super::grant::at_most;
use super::token::Refusal;

/// How long the client that used a refresh token may ask for the same answer again: a lost reply must not sign a
/// patient out.
pub const GRACE_MS: i64 = 10_000;

/// A refresh token as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What the person allowed.
    pub scopes: Scopes,
    /// Until when it is good.
    pub ends_ms: i64,
    /// Whether what it came of has ended.
    pub has_ended: bool,
    /// What was made of it.
    pub used: Option<Used>,
}

/// The one use of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// When.
    pub at_ms: i64,
    /// What the tokens of the answer were derived with.
    pub salt: [u8; 32],
    /// What the access token was good for.
    pub scopes: Scopes,
}

/// What becomes of a refresh token that its client brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is used, for an access token with these scopes.
    Renew(Scopes),
    /// It is answered as it was.
    Repeat(Used),
    /// It is in two hands: all that came of it ends.
    EndFamily,
    /// It is no good, and nothing changes.
    Refuse(Refusal),
}

/// The same answer for a refresh token that never was, that ended, and for one of somebody else.
pub const UNKNOWN: Refusal = Refusal::InvalidGrant("The refresh token is not known, or has ended.");
/// The answer for a refresh token that was used before.
pub const USED: Refusal =
    Refusal::InvalidGrant("The refresh token was used before; what it gave has been revoked.");

/// Decides on a refresh token of the client that brings it.
#[must_use]
pub fn decide(kept: &Kept, asked: Option<Scopes>, now_ms: i64) -> Decision {
    if kept.has_ended {
        return Decision::Refuse(UNKNOWN);
    }
    match kept.used {
        Some(used) if now_ms - used.at_ms <= GRACE_MS => Decision::Repeat(used),
        Some(_) => Decision::EndFamily,
        None if now_ms >= kept.ends_ms => Decision::Refuse(UNKNOWN),
        None => {
            at_most(asked.unwrap_or(kept.scopes), kept.scopes).map_or_else(Decision::Refuse, Decision::Renew)
        }
    }
}
