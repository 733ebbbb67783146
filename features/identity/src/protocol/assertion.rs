//! A client that proves itself by a JWT which its private key signed (RFC 7523 sections 2.2 and 3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::jwks;
use crate::Client;

/// Bytes of an assertion at most.
const BYTES_MAX: usize = 16 << 10;
/// How long an assertion may live: five minutes.
const LIFE_S: f64 = 300.0;
/// How far the clock of a client may be ahead of ours.
const AHEAD_S: f64 = 30.0;
/// Characters of a `jti` at most.
const JTI_CHARS_MAX: usize = 512;

/// An assertion that one of the client's keys signed for this server. Whether it was used before shows where it is
/// marked as used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The hash of the client and the assertion's own name, which is used once.
    pub jti_hash: [u8; 32],
    /// Until when it would be good.
    pub ends_ms: i64,
    /// The keys that it was held against.
    pub jwks: String,
}

/// What the header says (RFC 7515 section 4.1).
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// What one would have to understand, and we understand nothing of the kind.
    crit: Option<serde_json::Value>,
}

/// What is claimed (RFC 7523 section 3).
#[derive(Deserialize)]
struct Claims {
    iss: Option<String>,
    sub: Option<String>,
    aud: Option<Audience>,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
    jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn has(&self, address: &str) -> bool {
        match self {
            Self::One(one) => one == address,
            Self::Several(all) => all.iter().any(|one| one == address),
        }
    }
}

/// Whom an assertion is about, as it says itself.
#[must_use]
pub fn subject(assertion: &str) -> Option<String> {
    let (_, claims, _) = parts(assertion)?;
    part::<Claims>(claims)?.sub.filter(|sub| !sub.is_empty())
}

/// The assertion, when the client signed it, for one of these addresses of this server, and for now.
#[must_use]
pub fn verify(assertion: &str, client: &Client, addresses: &[&str], now_ms: i64) -> Option<Signed> {
    let set = client.jwks.as_deref()?;
    let (head, claims, signature) = parts(assertion)?;
    let header = part::<Header>(head).filter(|header| header.crit.is_none())?;
    let claims = part::<Claims>(claims)?;
    if !is_meant(&claims, &client.client_id(), addresses) {
        return None;
    }
    let ends_ms = ends_ms(&claims, now_ms)?;
    let jti = claims.jti.filter(|jti| !jti.is_empty() && jti.chars().count() <= JTI_CHARS_MAX)?;
    let algorithm = jwks::algorithm(&header.alg)?;
    let signed = assertion.rsplit_once('.')?.0.as_bytes();
    let keys = jwks::fitting(set, header.kid.as_deref(), algorithm);
    let fits = |key| crypto::verify(signature, signed, key, algorithm).unwrap_or(false);
    keys.iter().any(fits).then(|| Signed {
        jti_hash: vault::token_hash(&format!("{}.{jti}", client.client_id())),
        ends_ms,
        jwks: set.to_owned(),
    })
}

/// Whether it is by the client, about the client, and for us.
fn is_meant(claims: &Claims, client_id: &str, addresses: &[&str]) -> bool {
    let is_client = |who: &Option<String>| who.as_deref() == Some(client_id);
    let is_for_us = |aud: &Audience| addresses.iter().any(|address| aud.has(address));
    is_client(&claims.iss) && is_client(&claims.sub) && claims.aud.as_ref().is_some_and(is_for_us)
}

/// When it ends, when it is good now: it lives for five minutes at most, by the clock of a client that may be ahead.
fn ends_ms(claims: &Claims, now_ms: i64) -> Option<i64> {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 have less than 52 bits")]
    let now = now_ms as f64 / 1_000.0;
    let begun = |at: Option<f64>| at.is_none_or(|at| at <= now + AHEAD_S);
    let exp = claims.exp.filter(|exp| *exp > now)?;
    let latest = claims.iat.unwrap_or(now).max(now) + LIFE_S;
    if !begun(claims.nbf) || !begun(claims.iat) || exp > latest {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is at most some minutes behind an instant in i64"
    )]
    Some((exp * 1_000.0).ceil() as i64)
}

/// Header, claims and signature, still encoded.
fn parts(assertion: &str) -> Option<(&str, &str, &str)> {
    let mut parts = assertion.split('.');
    let found = (parts.next()?, parts.next()?, parts.next()?);
    (parts.next().is_none() && assertion.len() <= BYTES_MAX).then_some(found)
}

fn part<T: DeserializeOwned>(encoded: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()
}
