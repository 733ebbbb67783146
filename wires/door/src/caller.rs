//! Who is calling: a bearer token becomes an actor, and from there on nobody looks at a header again.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use flows::House;
use futures_util::future::BoxFuture;
use identity::Recognised;
use kernel::{Actor, Error, Origin, RequestId, Result, Scope};
use store::Tx;

use crate::Door;

/// Somebody whose token stands.
#[derive(Clone)]
pub struct Caller {
    /// Where they came in.
    pub house: House,
    /// Who they are, and what they may do through this client.
    pub actor: Actor,
}

impl Caller {
    /// Passes when the token was granted the scope.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] with the code `insufficient_scope` (RFC 6750 section 3.1).
    pub fn must_have(&self, scope: Scope) -> Result<()> {
        if self.actor.scopes.has(scope) {
            return Ok(());
        }
        Err(Error::not_allowed("insufficient_scope", format!("the token lacks the scope {}", scope.name())))
    }

    /// Runs a writing body as this caller.
    ///
    /// # Errors
    /// As [`store::Db::write`].
    pub async fn write<I, T>(
        &self,
        input: I,
        body: impl for<'c> Fn(&'c Tx, &'c Actor, &'c I) -> BoxFuture<'c, Result<T>> + Send + Sync + 'static,
    ) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let input = (self.actor.clone(), input);
        self.house.db.write(input, move |tx, (actor, input)| body(tx, actor, input)).await
    }

    /// Runs a short reading body as this caller, once the access log has room for its lines.
    ///
    /// # Errors
    /// As [`store::Db::read`].
    pub async fn read<I, T>(
        &self,
        input: I,
        body: impl for<'c> Fn(&'c Tx, &'c Actor, &'c I) -> BoxFuture<'c, Result<T>> + Send + Sync + 'static,
    ) -> Result<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let input = (self.actor.clone(), input);
        self.house.read(input, move |tx, (actor, input)| body(tx, actor, input)).await
    }
}

/// The bearer token of a request (RFC 6750 section 2.1): the scheme in any case, one token.
#[must_use]
pub fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

impl Door {
    /// The actor that a token stands for.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when it stands for nobody.
    pub async fn recognise(&self, token: &str, origin: Origin) -> Result<Caller> {
        let hash = vault::token_hash(token);
        let who = match self.remembered.find(&hash) {
            Some(who) => who,
            None => self.ask(hash, origin).await?,
        };
        let actor = who.actor(origin);
        self.house.vault.ring_of(&self.house.db, actor.organisation).await?;
        Ok(Caller { house: self.house.clone(), actor })
    }

    async fn ask(&self, hash: [u8; 32], origin: Origin) -> Result<Arc<Recognised>> {
        self.strangers.may_try(origin.address)?;
        let asked = (self.house.clock.now_ms(), self.remembered.changes());
        let found = self.house.db.read(hash, |tx, hash| Box::pin(identity::recognise(tx, hash))).await?;
        let Some(who) = found.map(Arc::new) else {
            self.strangers.note_failure(origin.address);
            return Err(Error::Unauthenticated);
        };
        self.remembered.keep(hash, asked, who.clone());
        Ok(who)
    }

    /// What the access log says of where this request came from.
    #[must_use]
    pub fn origin(&self, parts: &Parts) -> Origin {
        let request = parts.extensions.get::<RequestId>().copied();
        let request = request.unwrap_or_else(|| RequestId::new(&self.house.clock, &self.house.rng));
        Origin { request, address: self.address(parts) }
    }

    /// The caller's address: the connection's, or the last one that a trusted proxy names.
    #[must_use]
    pub fn address(&self, parts: &Parts) -> Option<IpAddr> {
        let peer =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical())?;
        let proxies = &self.house.settings.trusted_proxies;
        if !proxies.contains(&peer) {
            return Some(peer);
        }
        let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
        let hops = forwarded.unwrap_or_default().rsplit(',').filter_map(|hop| hop.trim().parse().ok());
        Some(hops.into_iter().find(|hop| !proxies.contains(hop)).unwrap_or(peer))
    }
}

/// The error of [`Caller`]'s extraction; each wire turns it into its own refusal.
pub struct NotRecognised(pub Error);

impl<S> FromRequestParts<S> for Caller
where
    Door: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = NotRecognised;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> std::result::Result<Self, NotRecognised> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let door = Door::from_ref(state);
        let origin = door.origin(parts);
        let token = bearer(parts).ok_or(NotRecognised(Error::Unauthenticated))?;
        door.recognise(token, origin).await.map_err(NotRecognised)
    }
}

impl axum::response::IntoResponse for NotRecognised {
    fn into_response(self) -> axum::response::Response {
        crate::neutral(axum::http::StatusCode::UNAUTHORIZED, "unauthorized")
    }
}
