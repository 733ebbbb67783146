//! Who a token or a session is: one statement, and one more for their teams.

use std::sync::Arc;

use kernel::{
    Actor, ClientId, Error, OrganisationId, Origin, PersonId, Result, Role, Scope, Scopes, SessionId, TeamId,
    TokenId,
};
use store::{Row, Tx, args};

use crate::rows::{grants as grant_rows, memberships::role, sessions as session_rows};
use crate::{Methods, memberships, policies, scopes, sessions, teams};

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
    /// The application that they use; `None` in our own pages.
    pub client: Option<ClientId>,
    /// The token that they were recognised by.
    pub token: Option<TokenId>,
    /// The session that they were recognised by.
    pub session: Option<SessionId>,
    /// When they signed in, when it is a session.
    pub signed_in_ms: Option<i64>,
    /// How they proved who they are, when it is a session.
    pub methods: Methods,
    /// When their session was last marked as seen.
    pub seen_ms: Option<i64>,
    /// Until when it stands unless it is ended, in milliseconds since 1970.
    pub ends_ms: i64,
}

impl Recognised {
    /// Whether their session should be marked as seen ([`sessions::touch`]).
    #[must_use]
    pub fn is_due_for_touch(&self, now_ms: i64) -> bool {
        self.seen_ms.is_some_and(|seen_ms| now_ms - seen_ms >= sessions::TOUCH_MS)
    }

    /// Them as the actor of a request.
    #[must_use]
    pub fn actor(&self, origin: Origin) -> Actor {
        Actor {
            person: self.person,
            acting_for: None,
            role: self.role,
            organisation: self.organisation,
            client: self.client,
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
        let who = one_role(row, grant_rows::scopes(row, 5)?, row.get(6)?)?;
        Ok(Recognised { client: Some(row.get(3)?), token: Some(row.get(4)?), ..who })
    };
    let found = tx.all(grant_rows::RECOGNISE, &args![token_hash, tx.now_ms()], map).await?;
    with_teams(tx, found).await
}

/// Who signed in with the session secret of this hash ([`vault::token_hash`]), unless it was idle for too long
/// or anything that it rests on has ended. One that was proven by one factor counts no longer from the moment when any
/// of their organisations asks them for two: by a new role or a stricter policy, however many people it is for.
pub async fn recognise_session(tx: &Tx, secret_hash: &[u8; 32]) -> Result<Option<Recognised>> {
    let map = |row: &Row<'_>| {
        let who = one_role(row, Scope::ALL.into_iter().collect(), row.get(6)?)?;
        let (session, signed_in_ms, seen_ms) = (Some(row.get(3)?), Some(row.get(4)?), Some(row.get(5)?));
        let methods = Methods::parse(&row.get::<String>(7)?);
        let is_short = !methods.are_two() && policies::asks(row, who.role, 9)?;
        let is_here = row.get::<OrganisationId>(8)? == who.organisation;
        Ok((Recognised { session, signed_in_ms, methods, seen_ms, ..who }, is_here, is_short))
    };
    let found = tx.all(session_rows::RECOGNISE, &args![secret_hash, tx.now_ms()], map).await?;
    if found.iter().any(|(_, _, is_short)| *is_short) {
        return Ok(None);
    }
    with_teams(tx, found.into_iter().filter_map(|(who, is_here, _)| is_here.then_some(who)).collect()).await
}

fn one_role(row: &Row<'_>, scopes: Scopes, ends_ms: i64) -> Result<Recognised> {
    let role = role(&row.get::<String>(2)?)?;
    Ok(Recognised {
        person: row.get(0)?,
        organisation: row.get(1)?,
        role,
        roles: vec![role],
        scopes,
        teams: Arc::new([]),
        client: None,
        token: None,
        session: None,
        signed_in_ms: None,
        methods: Methods::default(),
        seen_ms: None,
        ends_ms,
    })
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
