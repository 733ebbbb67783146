//! The keys that sign ID tokens: one at work for each algorithm, and those before it, by which what they signed is
//! still verified. The work with keys takes a while, so that it is done outside transactions.

use std::fmt;

use audit::INSTALLATION;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use jsonwebtoken as jwt;
use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, PublicKeyUse};
use kernel::{Actor, Clock, Error, Result, Rng, SigningKeyId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Tx, args};
use vault::{KeyRing, Place};
use zeroize::Zeroizing;

use crate::Algorithm;
use crate::applications::must_administer;
use crate::log::{self, By};
use crate::rows::signing_keys as rows;

/// How long an ID token is good.
pub const ID_TOKEN_LIFE_MS: i64 = 60 * 60 * 1_000;
/// A key is published for longer than the last token that it signed is good, by as much as clocks may differ and by
/// what a server may take to sign with a key that it has read.
const OVERLAP_MS: i64 = ID_TOKEN_LIFE_MS + 60_000;
/// What PKCS #8 puts before the PKCS #1 of an RSA key of 2048 bits: two lengths, a version and the algorithm's name. The
/// public part is read from what follows, so that a key which this did not fit would never be kept.
const RSA_HEAD_BYTES: usize = 26;
/// What lets one transaction at a time decide which key signs.
const LOCK: &str = "identity.signing_keys";

/// A key that signs, as it is kept.
#[derive(Clone, Debug)]
pub struct AtWork {
    pub(crate) id: SigningKeyId,
    pub(crate) algorithm: Algorithm,
    pub(crate) sealed: Vec<u8>,
}

/// What everybody may have of a key.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// Which; a token's `kid` is its hex face.
    pub id: SigningKeyId,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// The key as a JWK (RFC 7517).
    pub jwk: String,
}

/// What is told of a key to who runs the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Which.
    pub id: SigningKeyId,
    /// What it signs with.
    pub algorithm: Algorithm,
    /// When it was made.
    pub made_ms: i64,
    /// When another took over.
    pub retired_ms: Option<i64>,
    /// Until when it is published, once it has retired.
    pub ends_ms: Option<i64>,
}

/// A key that was made and is not kept yet.
#[derive(Clone, Debug)]
pub struct NewKey {
    id: SigningKeyId,
    algorithm: Algorithm,
    jwk: String,
    sealed: Vec<u8>,
}

impl NewKey {
    /// Makes a key. For RSA that is a good part of a second's work, and a thread's that may be kept from others. What
    /// the libraries make keys of is their own chance, which they take from the system.
    ///
    /// # Errors
    /// [`Error::Bug`] when the libraries refuse.
    pub fn make(algorithm: Algorithm, ring: &KeyRing, clock: &Clock, rng: &Rng) -> Result<Self> {
        let id = SigningKeyId::new(clock, rng);
        let private = Zeroizing::new(private_key(algorithm)?);
        let mut jwk = Jwk::from_encoding_key(&encoding_key(algorithm, &private), jwt_name(algorithm))
            .map_err(|_| Error::bug("a key without a public part"))?;
        jwk.common.key_id = Some(id.hex());
        jwk.common.key_algorithm = Some(match algorithm {
            Algorithm::Rs256 => KeyAlgorithm::RS256,
            Algorithm::Es256 => KeyAlgorithm::ES256,
            Algorithm::EdDsa => KeyAlgorithm::EdDSA,
        });
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let jwk = serde_json::to_string(&jwk).map_err(Error::bug)?;
        Ok(Self { id, algorithm, jwk, sealed: ring.seal(place(&id), &private) })
    }
}

/// A new key as [`jsonwebtoken`] wants it: PKCS #1 for RSA, else PKCS #8 (RFC 5208).
fn private_key(algorithm: Algorithm) -> Result<Vec<u8>> {
    let made = match algorithm {
        Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048)
            .and_then(|pair| AsDer::<Pkcs8V1Der<'static>>::as_der(&pair))
            .ok()
            .and_then(|der| Some(der.as_ref().get(RSA_HEAD_BYTES..)?.to_vec())),
        Algorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .and_then(|pair| pair.to_pkcs8v1())
            .map(|der| der.as_ref().to_vec())
            .ok(),
        Algorithm::EdDsa => Ed25519KeyPair::generate()
            .and_then(|pair| pair.to_pkcs8v1())
            .map(|der| der.as_ref().to_vec())
            .ok(),
    };
    made.ok_or_else(|| Error::bug("a key could not be made"))
}

fn encoding_key(algorithm: Algorithm, private: &[u8]) -> jwt::EncodingKey {
    match algorithm {
        Algorithm::Rs256 => jwt::EncodingKey::from_rsa_der(private),
        Algorithm::Es256 => jwt::EncodingKey::from_ec_der(private),
        Algorithm::EdDsa => jwt::EncodingKey::from_ed_der(private),
    }
}

const fn jwt_name(algorithm: Algorithm) -> jwt::Algorithm {
    match algorithm {
        Algorithm::Rs256 => jwt::Algorithm::RS256,
        Algorithm::Es256 => jwt::Algorithm::ES256,
        Algorithm::EdDsa => jwt::Algorithm::EdDSA,
    }
}

impl AtWork {
    /// The key, ready to sign.
    ///
    /// # Errors
    /// As [`KeyRing::open`].
    pub fn open(&self, ring: &KeyRing) -> Result<Signer> {
        let private = Zeroizing::new(ring.open(place(&self.id), &self.sealed)?);
        Ok(Signer { id: self.id, algorithm: self.algorithm, key: encoding_key(self.algorithm, &private) })
    }
}

/// A key that is ready to sign.
pub struct Signer {
    id: SigningKeyId,
    algorithm: Algorithm,
    key: jwt::EncodingKey,
}

impl Signer {
    /// The claims as a signed token (RFC 7519). With RSA that is a millisecond's work.
    ///
    /// # Errors
    /// [`Error::Bug`] when the library refuses.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String> {
        let header = jwt::Header { kid: Some(self.id.hex()), ..jwt::Header::new(jwt_name(self.algorithm)) };
        jwt::encode(&header, claims, &self.key).map_err(|_| Error::bug("a token could not be signed"))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("id", &self.id).finish_non_exhaustive()
    }
}

impl PublicKey {
    /// What a token says that this key signed, however long ago; `None` for any other token.
    #[must_use]
    pub fn read<T: DeserializeOwned + Clone>(&self, token: &str) -> Option<T> {
        let jwk: Jwk = serde_json::from_str(&self.jwk).ok()?;
        let key = jwt::DecodingKey::from_jwk(&jwk).ok()?;
        let mut rules = jwt::Validation::new(jwt_name(self.algorithm));
        rules.validate_exp = false;
        rules.validate_aud = false;
        rules.required_spec_claims.clear();
        jwt::decode::<T>(token, &key, &rules).ok().map(|read| read.claims)
    }
}

/// The key that a token says it was signed with.
#[must_use]
pub fn key_named(token: &str) -> Option<SigningKeyId> {
    SigningKeyId::from_hex(&jwt::decode_header(token).ok()?.kid?)
}

pub(crate) fn place(id: &SigningKeyId) -> Place<'_> {
    Place { table: "signing_keys", column: "private_key", row: id.as_bytes() }
}

/// The key that signs with this algorithm now; `None` as long as none was made.
///
/// # Errors
/// The store's.
pub async fn at_work(tx: &Tx, algorithm: Algorithm) -> Result<Option<AtWork>> {
    tx.one(rows::AT_WORK, &args![algorithm.name()], rows::at_work).await
}

/// Keeps the first key of an algorithm, unless there is one by now.
///
/// # Errors
/// The store's.
pub async fn add(tx: &Tx, new: &NewKey) -> Result<()> {
    tx.lock(LOCK).await?;
    if insert(tx, new).await? > 0 {
        log::administration(tx, By::Operator, INSTALLATION, new.id.as_bytes(), "signing key made").await?;
    }
    Ok(())
}

/// Has these keys sign from now on, one for each algorithm. Those before them sign no more, and stay published until
/// what they signed has expired.
///
/// # Errors
/// The store's.
pub async fn rotate(tx: &Tx, by: By<'_>, new: &[NewKey]) -> Result<()> {
    tx.lock(LOCK).await?;
    let now = tx.now_ms();
    tx.run(rows::RETIRE, &args![now, now + OVERLAP_MS]).await?;
    for key in new {
        insert(tx, key).await?;
        log::administration(tx, by, INSTALLATION, key.id.as_bytes(), "signing key rotated").await?;
    }
    Ok(())
}

async fn insert(tx: &Tx, new: &NewKey) -> Result<u64> {
    let values = args![&new.id, new.algorithm.name(), &new.jwk, &new.sealed, tx.now_ms()];
    tx.run(rows::INSERT, &values).await
}

/// Every key that something may have been signed with which is still good, the newest first.
///
/// # Errors
/// The store's.
pub async fn published(tx: &Tx) -> Result<Vec<PublicKey>> {
    tx.all(rows::PUBLISHED, &args![tx.now_ms()], rows::public).await
}

/// A key by which a token is verified, however old it is.
///
/// # Errors
/// The store's.
pub async fn find_public(tx: &Tx, id: SigningKeyId) -> Result<Option<PublicKey>> {
    tx.one(rows::PUBLIC, &args![&id], rows::public).await
}

/// Every key, the oldest first.
///
/// # Errors
/// The store's.
pub async fn list(tx: &Tx) -> Result<Vec<Note>> {
    tx.all(rows::LIST, &[], rows::note).await
}

/// As [`list`], for an administrator of whichever organisation: the keys are those of all.
///
/// # Errors
/// As [`must_administer`].
pub async fn list_for(tx: &Tx, actor: &Actor) -> Result<Vec<Note>> {
    must_administer(tx, actor).await?;
    let (by, organisation) = (By::Actor(actor), actor.organisation);
    log::administration(tx, by, organisation, organisation.as_bytes(), "signing keys listed").await?;
    list(tx).await
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn what_a_key_of_each_kind_signs_its_public_part_verifies_and_no_other_does() {
        let claims = json!({ "sub": "somebody", "exp": 1 });
        let id = SigningKeyId::from_bytes([7; 12]);
        for algorithm in Algorithm::ALL {
            let private = private_key(algorithm).expect("a key");
            let key = encoding_key(algorithm, &private);
            let jwk = Jwk::from_encoding_key(&key, jwt_name(algorithm)).expect("a public part");
            let jwk = serde_json::to_string(&jwk).expect("JSON");
            let token = Signer { id, algorithm, key }.sign(&claims).expect("a token");
            assert_eq!(key_named(&token), Some(id));
            let public = PublicKey { id, algorithm, jwk };
            assert_eq!(public.read::<Value>(&token), Some(claims.clone()), "however old it is");
            let (signed, _) = token.rsplit_once('.').expect("three parts");
            assert_eq!(public.read::<Value>(&format!("{signed}.AAAA")), None);
            let plain = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzb21lYm9keSJ9.";
            assert_eq!((public.read::<Value>(plain), key_named(plain)), (None, None));
        }
    }
}
