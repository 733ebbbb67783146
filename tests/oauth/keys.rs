//! Key pairs of applications, and what they sign with them.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

/// A key pair, of which the application registers the public half.
#[derive(Clone)]
pub struct Keys {
    /// The name of the algorithm that it signs with.
    pub alg: &'static str,
    algorithm: Algorithm,
    private: EncodingKey,
}

impl Keys {
    /// A new pair for an algorithm of this name.
    pub fn new(alg: &'static str) -> Self {
        let rng = SystemRandom::new();
        let (algorithm, private) = match alg {
            "RS256" | "RS384" => {
                let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
                let der = pair.as_der().expect("its bytes");
                let algorithm = if alg == "RS256" { Algorithm::RS256 } else { Algorithm::RS384 };
                // An RSA key of 2,048 bits stands behind these bytes of PKCS #8.
                (algorithm, EncodingKey::from_rsa_der(&der.as_ref()[26..]))
            }
            "ES256" => {
                let pair =
                    EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).expect("a key");
                (Algorithm::ES256, EncodingKey::from_ec_der(pair.as_ref()))
            }
            "ES384" => {
                let pair =
                    EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &rng).expect("a key");
                (Algorithm::ES384, EncodingKey::from_ec_der(pair.as_ref()))
            }
            _ => {
                let pair = Ed25519KeyPair::generate_pkcs8v1(&rng).expect("a key");
                (Algorithm::EdDSA, EncodingKey::from_ed_der(pair.as_ref()))
            }
        };
        Self { alg, algorithm, private }
    }

    /// The public key as a JWK.
    pub fn jwk(&self) -> Value {
        let mut jwk =
            serde_json::to_value(Jwk::from_encoding_key(&self.private, self.algorithm).expect("a JWK"))
                .expect("JSON");
        jwk.as_object_mut().expect("an object").remove("alg");
        jwk
    }

    /// A set of this key alone.
    pub fn set(&self) -> String {
        json!({ "keys": [self.jwk()] }).to_string()
    }

    /// A JWT that this key signed, whatever it says.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let signature = crypto::sign(message.as_bytes(), &self.private, self.algorithm).expect("a signature");
        format!("{message}.{signature}")
    }

    /// The same with an ordinary header.
    pub fn assert(&self, claims: &Value) -> String {
        self.sign(&json!({ "alg": self.alg, "typ": "JWT" }), claims)
    }
}

/// Header and claims, encoded.
pub fn message(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// A JWT that a shared secret signed.
pub fn by_secret(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let message = message(header, claims);
    let key = EncodingKey::from_secret(secret);
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("a signature");
    format!("{message}.{signature}")
}
