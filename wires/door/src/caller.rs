//! Who is calling: a bearer token becomes an actor, and from there on nobody looks at a header again.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use flows::House;
use futures_util::future::BoxFuture;
use identity::Recognised;
use kernel::{Actor, Error, Origin, RequestId, Result, Scope};
use store::Tx;

use crate::{Door, Unproven};

/// Somebody whose token stands.
#[derive(Clone)]
pub struct Caller {
    /// Where they came in.
    pub house: House,
    /// Who they are, and what they may do through this client.
    pub actor: Actor,
    /// Under which path they called, of a wire that is served under several; else empty.
    pub base: Arc<str>,
}

impl Caller {
    /// A caller of a wire that is served under one path.
    #[must_use]
    pub fn new(house: House, actor: Actor) -> Self {
        Self { house, actor, base: Arc::default() }
    }

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

/// For whom a peer asks: each proxy that we trust is believed about the one before it, and nobody else is. What
/// cannot be read is as far as that goes.
fn forwarded_for(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let mut hops = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    let mut nearest = peer;
    while proxies.contains(&nearest) {
        match hops.next().and_then(hop) {
            Some(address) => nearest = address,
            None => break,
        }
    }
    nearest
}

/// The address of one hop, which proxies write bare, in brackets, with a port or in quotes.
fn hop(bytes: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(bytes).ok()?.trim_matches([' ', '\t']);
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let address = text.parse().ok().or_else(with_port).or_else(in_brackets)?;
    Some(address.to_canonical())
}

impl Door {
    /// The actor that a token stands for.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when it stands for nobody.
    pub async fn recognise(&self, token: &str, origin: Origin) -> Result<Caller> {
        let who = self.holder_of(&vault::token_hash(token), origin).await?;
        self.caller(&who, origin).await
    }

    /// Who holds the token of this hash, which somebody brings for the first time.
    ///
    /// # Errors
    /// As [`Door::recognise`].
    pub async fn holder_of(&self, hash: &[u8; 32], origin: Origin) -> Result<Arc<Recognised>> {
        if let Some(who) = self.remembered.find(hash) {
            return Ok(who);
        }
        self.strangers.may_try(origin.address)?;
        let found = self.ask(hash).await?;
        found.ok_or_else(|| {
            self.strangers.note_failure(origin.address);
            Unproven::Token.note(origin.request);
            Error::Unauthenticated
        })
    }

    /// Who holds it still. That a token which stood when it was brought has ended is nobody's failure.
    ///
    /// # Errors
    /// As [`Door::recognise`].
    pub async fn still_holder_of(&self, hash: &[u8; 32]) -> Result<Arc<Recognised>> {
        match self.remembered.find(hash) {
            Some(who) => Ok(who),
            None => self.ask(hash).await?.ok_or(Error::Unauthenticated),
        }
    }

    /// Them as the caller of one request.
    ///
    /// # Errors
    /// The vault's, when the keys of their organisation cannot be had.
    pub async fn caller(&self, who: &Recognised, origin: Origin) -> Result<Caller> {
        let actor = who.actor(origin);
        self.house.vault.ring_of(&self.house.db, actor.organisation).await?;
        Ok(Caller::new(self.house.clone(), actor))
    }

    async fn ask(&self, hash: &[u8; 32]) -> Result<Option<Arc<Recognised>>> {
        let asked = (self.house.clock.now_ms(), self.remembered.changes());
        let found = self.house.db.read(*hash, |tx, hash| Box::pin(identity::recognise(tx, hash))).await?;
        let who = found.map(Arc::new);
        if let Some(who) = &who {
            self.remembered.keep(*hash, asked, who.clone());
        }
        Ok(who)
    }

    /// What the access log says of where this request came from.
    #[must_use]
    pub fn origin(&self, parts: &Parts) -> Origin {
        let request = parts.extensions.get::<RequestId>().copied();
        let request = request.unwrap_or_else(|| RequestId::new(&self.house.clock, &self.house.rng));
        Origin { request, address: self.address(parts), once: None }
    }

    /// The caller's address: the connection's, or the last one that a trusted proxy names.
    #[must_use]
    pub fn address(&self, parts: &Parts) -> Option<IpAddr> {
        let peer =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_canonical())?;
        Some(forwarded_for(peer, &parts.headers, &self.house.settings.trusted_proxies))
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

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const PROXIES: [&str; 2] = ["10.0.0.1", "10.0.0.2"];

    /// Whom a request is for that came from the first proxy with these lines.
    fn of(lines: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line).expect("a value"));
        }
        let [peer, other] = PROXIES.map(|proxy| proxy.parse().expect("an address"));
        forwarded_for(peer, &headers, &[peer, other]).to_string()
    }

    #[test]
    fn the_last_hop_that_is_no_proxy_of_ours_asks_however_it_is_written() {
        let written: [(&[u8], &str); 8] = [
            (b"192.0.2.1", "192.0.2.1"),
            (b"192.0.2.1:4711", "192.0.2.1"),
            (b"2001:db8::1", "2001:db8::1"),
            (b"[2001:db8::1]", "2001:db8::1"),
            (b"[2001:db8::1]:4711", "2001:db8::1"),
            (b"\"[2001:db8::1]:4711\"", "2001:db8::1"),
            (b"::ffff:192.0.2.1", "192.0.2.1"),
            (b"198.51.100.9,\t192.0.2.1 , [::ffff:10.0.0.2]:443", "192.0.2.1"),
        ];
        for (line, address) in written {
            assert_eq!(of(&[line]), address, "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn a_header_of_several_lines_is_one_list_and_its_end_is_nearest() {
        assert_eq!(of(&[b"198.51.100.9", b"192.0.2.1"]), "192.0.2.1");
        assert_eq!(of(&[b"198.51.100.9, 192.0.2.1", b"10.0.0.2"]), "192.0.2.1");
    }

    #[test]
    fn nothing_is_believed_beyond_a_hop_that_cannot_be_read() {
        let unreadable: [&[u8]; 6] =
            [b"unknown", b"", b"192.0.2.300", b"192.0.2.1:99999", b"[192.0.2.1]", b"192.0.2.\xe9"];
        for hop in unreadable {
            let name = String::from_utf8_lossy(hop);
            assert_eq!(of(&[b"198.51.100.9", hop]), "10.0.0.1", "{name}");
            assert_eq!(of(&[b"198.51.100.9", hop, b"10.0.0.2"]), "10.0.0.2", "{name}: the nearest believed");
        }
        assert_eq!(of(&[b"198.51.100.\xe9, 192.0.2.1"]), "192.0.2.1", "what is odd further out hides nobody");
        assert_eq!(of(&[]), "10.0.0.1");
    }
}
