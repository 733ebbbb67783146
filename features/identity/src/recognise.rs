//! Who a token or a session is: one statement, and one more for their teams.

use std::sync::Arc;

use kernel::{
    Actor, ClientId, Error, OrganisationId, Origin, PersonId, Result, Role, Scope, Scopes, SessionId, TeamId,
    TokenId,
};
use store::{Row, Tx, args};

use crate::rows::{grants as grant_rows, memberships::role, sessions as session_rows};
use crate::{memberships, scopes, sessions, teams};

/// Somebody whose token or session stands.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// Who.
    pub person: PersonId,
    /// Where.
    pub organisation: OrganisationId,
    /// As what: the leading one of `roles`.
    pub role: Role,
    /// Everything that they are there.
    pub roles: Vec<Role>,
    /// What they may do: what the token was granted, as far as their roles still allow it today.
    /// [`Scope::Admin`] is among them only for an administrator.
    pub scopes: Scopes,
    /// The teams that they are on.
    pub teams: Arc<[TeamId]>,
    /// By what they were recognised.
    pub by: RecognisedBy,
    /// Until when it stands unless it is ended, in milliseconds since 1970.
    pub ends_ms: i64,
}

/// By what somebody was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecognisedBy {
    /// An application's access token.
    Token {
        /// Which.
        token: TokenId,
        /// Whose.
        client: ClientId,
    },
    /// A browser's session.
    Session {
        /// Which.
        session: SessionId,
        /// Since when.
        signed_in_ms: i64,
        /// When it was last marked as seen.
        seen_ms: i64,
    },
}

impl Recognised {
    /// The application that they use; `None` in our own pages.
    #[must_use]
    pub const fn client(&self) -> Option<ClientId> {
        match self.by {
            RecognisedBy::Token { client, .. } => Some(client),
            RecognisedBy::Session { .. } => None,
        }
    }

    /// The token that they were recognised by.
    #[must_use]
    pub const fn token(&self) -> Option<TokenId> {
        match self.by {
            RecognisedBy::Token { token, .. } => Some(token),
            RecognisedBy::Session { .. } => None,
        }
    }

    /// The session that they were recognised by.
    #[must_use]
    pub const fn session(&self) -> Option<SessionId> {
        match self.by {
            RecognisedBy::Session { session, .. } => Some(session),
            RecognisedBy::Token { .. } => None,
        }
    }

    /// Whether their session should be marked as seen ([`sessions::touch`]).
    #[must_use]
    pub const fn is_due_for_touch(&self, now_ms: i64) -> bool {
        match self.by {
            RecognisedBy::Session { seen_ms, .. } => now_ms - seen_ms >= sessions::TOUCH_MS,
            RecognisedBy::Token { .. } => false,
        }
    }

    /// Them as the actor of a request.
    #[must_use]
    pub fn actor(&self, origin: Origin) -> Actor {
        Actor {
            person: self.person,
            acting_for: None,
            role: self.role,
            organisation: self.organisation,
            client: self.client(),
            scopes: self.scopes,
            teams: self.teams.clone(),
            origin,
        }
    }
}

/// Who holds the token of this hash ([`vault::token_hash`]). Nobody, once the token, its grant, client,
/// organisation, person or their last membership there has ended.
pub async fn recognise(tx: &Tx, token_hash: &[u8; 32]) -> Result<Option<Recognised>> {
    let map = |row: &Row<'_>| {
        let by = RecognisedBy::Token { token: row.get(4)?, client: row.get(3)? };
        one_role(row, by, grant_rows::scopes(row, 5)?, row.get(6)?)
    };
    let found = tx.all(grant_rows::RECOGNISE, &args![token_hash, tx.now_ms()], map).await?;
    with_teams(tx, found).await
}

/// Who signed in with the session secret of this hash ([`vault::token_hash`]), unless it was idle for too long
/// or anything that it rests on has ended.
pub async fn recognise_session(tx: &Tx, secret_hash: &[u8; 32]) -> Result<Option<Recognised>> {
    let map = |row: &Row<'_>| {
        let by =
            RecognisedBy::Session { session: row.get(3)?, signed_in_ms: row.get(4)?, seen_ms: row.get(5)? };
        one_role(row, by, Scope::ALL.into_iter().collect(), row.get(6)?)
    };
    let found = tx.all(session_rows::RECOGNISE, &args![secret_hash, tx.now_ms()], map).await?;
    with_teams(tx, found).await
}

fn one_role(row: &Row<'_>, by: RecognisedBy, scopes: Scopes, ends_ms: i64) -> Result<Recognised> {
    let role = role(&row.get::<String>(2)?)?;
    let (person, organisation) = (row.get(0)?, row.get(1)?);
    Ok(Recognised { person, organisation, role, roles: vec![role], scopes, teams: Arc::new([]), by, ends_ms })
}

async fn with_teams(tx: &Tx, mut found: Vec<Recognised>) -> Result<Option<Recognised>> {
    let roles: Vec<Role> = found.iter().map(|one| one.role).collect();
    let Some(mut who) = found.pop() else { return Ok(None) };
    who.role = memberships::leading(&roles).ok_or_else(|| Error::bug("a role with a rank"))?;
    who.scopes = who.scopes.and(scopes::grantable(&roles));
    who.roles = roles;
    who.teams = teams::of_person(tx, who.organisation, who.person).await?.into();
    Ok(Some(who))
}
