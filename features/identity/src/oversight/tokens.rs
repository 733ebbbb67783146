//! What applications hold of somebody in the organisation.

use kernel::{ClientId, Error, Event, Kind, Result, Scopes, TokenId};
use store::{Tx, args};

use super::Overseen;
use crate::log::By;
use crate::refresh;
use crate::rows::oversight as rows;

/// Tokens of each kind that are listed.
const LISTED_MAX: i64 = 500;

/// A token as it is listed; never what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenView {
    /// Which.
    pub id: TokenId,
    /// Whose.
    pub client: ClientId,
    /// What that is called.
    pub client_name: String,
    /// What it is good for.
    pub scopes: Scopes,
    /// Since when; of a refresh token, when the first of those that followed one another was given.
    pub made_ms: i64,
    /// Until when.
    pub ends_ms: i64,
    /// Whether it is one by which access tokens are got.
    pub is_refresh: bool,
}

/// The tokens of somebody that stand in the organisation: the newest access tokens, and then the newest refresh tokens.
pub async fn tokens(tx: &Tx, by: By<'_>, of: Overseen) -> Result<Vec<TokenView>> {
    of.note(tx, by, "tokens listed").await?;
    let values = args![&of.organisation, &of.person, tx.now_ms(), LISTED_MAX];
    let mut all = tx.all(rows::TOKENS, &values, |row| rows::token(row, false)).await?;
    all.extend(tx.all(rows::FAMILIES, &values, |row| rows::token(row, true)).await?);
    Ok(all)
}

/// Ends one of these tokens. What was got by the same refresh tokens ends with it, or else the application would get
/// another at once; what the person allowed it stands.
///
/// # Errors
/// [`Error::NotFound`] for any other, and for one that ended.
pub async fn end_token(tx: &Tx, by: By<'_>, of: Overseen, id: TokenId) -> Result<()> {
    let values = args![&of.organisation, &of.person, &id, tx.now_ms()];
    let family = match tx.one(rows::FIND_TOKEN, &values, |row| row.get::<Option<TokenId>>(0)).await? {
        Some(family) => family,
        None => {
            let found = tx.one(rows::FIND_FAMILY, &values, |row| row.get::<TokenId>(0)).await?;
            Some(found.ok_or(Error::not_found(Kind::Page))?)
        }
    };
    if let Some(family) = family {
        refresh::end(tx, family).await?;
    }
    let ended = tx.all(rows::END_TOKEN, &values, |row| row.get(0)).await?;
    ended.into_iter().for_each(|token| tx.emit(Event::TokenRevoked { token }));
    of.note(tx, by, "token ended").await
}
