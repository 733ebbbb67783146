//! The public keys that an application registers (RFC 7517): what may stand in them, and what must not.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, EcdsaVerificationAlgorithm, ParsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Error, Result};
use serde_json::{Map, Value, json};

use crate::protocol::jwks::KEYS_MAX;

/// Bytes of a set.
const BYTES_MAX: usize = 16 << 10;
const KID_BYTES_MAX: usize = 200;
/// Bits of an RSA modulus (RFC 7518 section 3.3); a longer one only costs time.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;
/// How a point begins of which both coordinates follow (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;
/// Members of private and symmetric keys (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1).
const SECRET_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The set as it is kept: public keys of RSA from 2048 bits on, of P-256, P-384 and Ed25519, and nothing but what they
/// are made of. A key of another kind, or for another use, is left out (RFC 7517 section 5).
///
/// # Errors
/// [`Error::Invalid`] with a sentence that says what is wrong with which key, and not what stands there.
pub fn check(text: &str) -> Result<String> {
    if text.len() > BYTES_MAX {
        return Err(Error::too_large("jwks_bytes", BYTES_MAX as u64));
    }
    let set: Value =
        serde_json::from_str(text).map_err(|_| unfit("A set of keys is JSON (RFC 7517).".to_owned()))?;
    let keys = set.get("keys").and_then(Value::as_array);
    let keys = keys.ok_or_else(|| unfit("A set of keys is an object with the list \"keys\".".to_owned()))?;
    if keys.is_empty() || keys.len() > KEYS_MAX {
        return Err(unfit(format!("A set has 1 to {KEYS_MAX} keys.")));
    }
    let mut kept = Vec::new();
    for (number, key) in (1..).zip(keys) {
        kept.extend(public_part(key).map_err(|why| unfit(format!("Key {number}: {why}")))?);
    }
    if kept.is_empty() {
        return Err(unfit("None of the keys is one that signs, of RSA, P-256, P-384 or Ed25519.".to_owned()));
    }
    let mut names: Vec<&str> = kept.iter().filter_map(|key| key.get("kid")?.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(unfit("Two keys have the same \"kid\".".to_owned()));
    }
    Ok(json!({ "keys": kept }).to_string())
}

fn unfit(sentence: String) -> Error {
    Error::invalid("jwks", "jwks_unfit", sentence)
}

type Checked<T> = std::result::Result<T, &'static str>;

/// What is kept of a key; nothing of one that is of no use here.
fn public_part(key: &Value) -> Checked<Option<Map<String, Value>>> {
    let key = key.as_object().ok_or("it is no object.")?;
    if SECRET_MEMBERS.iter().any(|member| key.contains_key(*member)) {
        return Err("it holds a private or a symmetric key; hand in the public half alone.");
    }
    if key.get("use").is_some_and(|named| named != "sig") {
        return Ok(None);
    }
    let mut kept = match key.get("kty").and_then(Value::as_str) {
        Some("RSA") => rsa(key)?,
        Some("EC") => elliptic(key)?,
        Some("OKP") => edwards(key)?,
        Some(_) => return Ok(None),
        None => return Err("its \"kty\" is missing."),
    };
    if let Some(kid) = key.get("kid") {
        let fits = kid.as_str().is_some_and(|kid| !kid.is_empty() && kid.len() <= KID_BYTES_MAX);
        if !fits {
            return Err("its \"kid\" is no text of 1 to 200 bytes.");
        }
        kept.insert("kid".to_owned(), kid.clone());
    }
    kept.insert("use".to_owned(), "sig".into());
    Ok(Some(kept))
}

fn rsa(key: &Map<String, Value>) -> Checked<Map<String, Value>> {
    let modulus = bytes(key, "n").ok_or("its \"n\" is missing or no base64url.")?;
    let exponent = bytes(key, "e").ok_or("its \"e\" is missing or no base64url.")?;
    let leading = modulus.iter().take_while(|byte| **byte == 0).count();
    let empty = modulus.get(leading).map_or(0, |byte| byte.leading_zeros() as usize);
    let bits = (modulus.len() - leading) * 8 - empty;
    if !RSA_BITS.contains(&bits) {
        return Err("its modulus is shorter than 2048 bits or longer than 8192.");
    }
    let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    let is_one = exponent.iter().rev().skip(1).all(|byte| *byte == 0) && exponent.last() == Some(&1);
    if !is_odd(&modulus) || !is_odd(&exponent) || is_one || exponent.len() > 8 {
        return Err("its modulus or its exponent is none of RSA.");
    }
    keep(key, &["kty", "n", "e"], &["RS256", "RS384"])
}

fn elliptic(key: &Map<String, Value>) -> Checked<Map<String, Value>> {
    type Curve = (usize, &'static str, &'static EcdsaVerificationAlgorithm);
    let (length, algorithm, verification): Curve = match key.get("crv").and_then(Value::as_str) {
        Some("P-256") => (32, "ES256", &ECDSA_P256_SHA256_FIXED),
        Some("P-384") => (48, "ES384", &ECDSA_P384_SHA384_FIXED),
        _ => return Err("its \"crv\" is neither P-256 nor P-384."),
    };
    let part = |name| bytes(key, name).filter(|bytes| bytes.len() == length);
    let point = part("x").zip(part("y")).map(|(x, y)| [vec![UNCOMPRESSED], x, y].concat());
    if point.is_none_or(|point| ParsedPublicKey::new(verification, point).is_err()) {
        return Err("its \"x\" and \"y\" are no point of its curve.");
    }
    keep(key, &["kty", "crv", "x", "y"], &[algorithm])
}

fn edwards(key: &Map<String, Value>) -> Checked<Map<String, Value>> {
    if key.get("crv").and_then(Value::as_str) != Some("Ed25519") {
        return Err("its \"crv\" is not Ed25519.");
    }
    if bytes(key, "x").is_none_or(|bytes| bytes.len() != 32) {
        return Err("its \"x\" is no key of its curve.");
    }
    // RFC 9864 calls it by its curve.
    keep(key, &["kty", "crv", "x"], &["EdDSA", "Ed25519"])
}

fn bytes(key: &Map<String, Value>, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(key.get(name)?.as_str()?).ok().filter(|bytes| !bytes.is_empty())
}

/// These members, and the algorithm when one is named that this key can be used with.
fn keep(key: &Map<String, Value>, members: &[&str], algorithms: &[&str]) -> Checked<Map<String, Value>> {
    let all = members.iter().filter_map(|name| Some(((*name).to_owned(), key.get(*name)?.clone())));
    let mut kept: Map<String, Value> = all.collect();
    if let Some(named) = key.get("alg") {
        if !named.as_str().is_some_and(|named| algorithms.contains(&named)) {
            return Err("its \"alg\" does not go with it, or is not taken here.");
        }
        kept.insert("alg".to_owned(), named.clone());
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    };
    use proptest::prelude::*;

    use super::*;

    fn rsa_of(bits: usize) -> Value {
        let mut modulus = vec![0xff; bits / 8];
        modulus[0] = 0x80;
        json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB", "kid": format!("r{bits}") })
    }

    fn point(curve: &str) -> Value {
        let algorithm = if curve == "P-256" {
            &ECDSA_P256_SHA256_FIXED_SIGNING
        } else {
            &ECDSA_P384_SHA384_FIXED_SIGNING
        };
        let pair = EcdsaKeyPair::generate(algorithm).expect("a key");
        let (x, y) = pair.public_key().as_ref()[1..].split_at(pair.public_key().as_ref().len() / 2);
        let [x, y] = [x, y].map(|part| URL_SAFE_NO_PAD.encode(part));
        json!({ "kty": "EC", "crv": curve, "x": x, "y": y, "kid": curve })
    }

    fn edwards_key() -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode([7; 32]), "kid": "e" })
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key[name] = value;
        key
    }

    fn sentence(keys: Value) -> String {
        match check(&json!({ "keys": keys }).to_string()) {
            Err(Error::Invalid { why, .. }) => why.sentence.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn public_keys_of_each_kind_are_kept_and_nothing_beside_them() {
        let extra = with(rsa_of(2_048), "x5c", json!(["a certificate"]));
        let keys = json!([extra, point("P-256"), point("P-384"), with(edwards_key(), "alg", "EdDSA".into())]);
        let kept: Value = check(&json!({ "keys": keys, "note": "x" }).to_string()).unwrap().parse().unwrap();
        assert_eq!(kept["keys"].as_array().unwrap().len(), 4);
        assert_eq!(kept["keys"][0]["use"], "sig");
        assert!(kept["note"].is_null() && kept["keys"][0]["x5c"].is_null());
        assert_eq!(kept["keys"][3]["alg"], "EdDSA");
        assert_eq!(check(&kept.to_string()).unwrap(), kept.to_string(), "what is kept is fit");
    }

    #[test]
    fn a_key_of_no_use_here_is_left_out_and_names_may_be_missing() {
        let enc = with(edwards_key(), "use", "enc".into());
        let mut nameless = point("P-256");
        nameless.as_object_mut().unwrap().remove("kid");
        let keys = json!([enc, { "kty": "unheard of" }, nameless, edwards_key()]);
        let kept: Value = check(&json!({ "keys": keys }).to_string()).unwrap().parse().unwrap();
        assert_eq!(kept["keys"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn a_private_or_symmetric_key_is_refused_whatever_it_says_it_is() {
        for member in SECRET_MEMBERS {
            let said = sentence(json!([with(edwards_key(), member, "AAAA".into())]));
            assert!(said.starts_with("Key 1: it holds a private"), "{member}: {said}");
        }
        assert!(sentence(json!([{ "kty": "oct", "k": "AAAA" }])).contains("symmetric"));
    }

    #[test]
    fn weak_and_foreign_keys_are_refused_by_their_number() {
        let many = json!(vec![edwards_key(); 11]);
        for (keys, says) in [
            (json!([rsa_of(2_048), with(rsa_of(1_024), "kid", "b".into())]), "Key 2: its modulus"),
            (json!([rsa_of(16_384)]), "Key 1: its modulus"),
            (json!([with(rsa_of(2_048), "e", "AQ".into())]), "none of RSA"),
            (json!([with(rsa_of(2_048), "n", "!".into())]), "\"n\""),
            (json!([with(point("P-384"), "crv", "P-521".into())]), "P-384"),
            (json!([with(point("P-384"), "crv", "P-256".into())]), "no point"),
            (json!([with(point("P-256"), "x", URL_SAFE_NO_PAD.encode([7; 32]).into())]), "no point"),
            (json!([with(edwards_key(), "crv", "X25519".into())]), "Ed25519"),
            (json!([with(edwards_key(), "alg", "none".into())]), "alg"),
            (json!([with(point("P-256"), "alg", "RS256".into())]), "alg"),
            (json!([with(edwards_key(), "use", "enc".into())]), "None of the keys"),
            (json!([{ "kty": "unheard of" }]), "None of the keys"),
            (json!([{ "crv": "P-256" }]), "kty"),
            (json!([with(edwards_key(), "kid", "".into())]), "kid"),
            (json!([edwards_key(), edwards_key()]), "kid"),
            (json!(["x"]), "no object"),
            (json!([]), "1 to 10"),
            (many, "1 to 10"),
            (json!({}), "list"),
        ] {
            let said = sentence(keys.clone());
            assert!(said.contains(says), "{keys}: {said}");
        }
        assert!(matches!(check(&" ".repeat(BYTES_MAX + 1)), Err(Error::TooLarge { .. })));
        assert!(check("{").is_err() && check("[]").is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_no_secret_member_gets_through(text in ".{0,200}", member in 0..8_usize) {
            drop(check(&text));
            let name = SECRET_MEMBERS[member];
            let set = json!({ "keys": [with(edwards_key(), name, text.into())] }).to_string();
            prop_assert!(check(&set).is_err());
        }
    }
}
