//! Assertions by which a program proves who it is (RFC 7523), signed with ES256 before anything is measured.

use std::time::{Duration, Instant};

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Clock;
use serde_json::{Value, json};

use super::browser::form_of;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How long they stand: nearly as long as they may.
const LIFE_S: i64 = 280;
/// How long one core checks signatures, to know how many it can.
const CHECKING: Duration = Duration::from_secs(1);

/// Who signs.
pub struct Signer {
    key: EcdsaKeyPair,
    client_id: String,
    port: u16,
}

impl Signer {
    /// A program with this key, in PKCS#8 and base64url, that speaks to the server at this port.
    pub fn new(key: &str, client_id: &str, port: u16) -> Result<Self> {
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &URL_SAFE_NO_PAD.decode(key)?)?;
        Ok(Self { key, client_id: client_id.to_owned(), port })
    }

    /// Token requests with an assertion each, shared out among connections; and how many signatures one core makes and
    /// checks in a second.
    pub fn sign(&self, count: usize, connections: usize) -> Result<(Vec<Vec<String>>, Value)> {
        let mut shares = vec![Vec::new(); connections];
        let random = SystemRandom::new();
        let began = Instant::now();
        for number in 0..count {
            let assertion = self.assertion(number, &random)?;
            shares[number % connections].push(self.request(&assertion));
        }
        let made = count as f64 / began.elapsed().as_secs_f64();
        let checked = self.checked_per_second(&random)?;
        Ok((shares, json!({ "signatures_per_second": made, "checks_per_second": checked })))
    }

    fn assertion(&self, number: usize, random: &SystemRandom) -> Result<String> {
        let now_ms = Clock::system().now_ms();
        let issuer = format!("http://localhost:{}", self.port);
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": issuer,
            "iat": now_ms / 1_000, "exp": now_ms / 1_000 + LIFE_S,
            "jti": format!("{now_ms}-{number}"),
        });
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let head = json!({ "alg": "ES256", "typ": "JWT", "kid": "bench" });
        let signed = format!("{}.{}", part(&head), part(&claims));
        let signature = self.key.sign(random, signed.as_bytes())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
    }

    fn request(&self, assertion: &str) -> String {
        let body = form_of(&[
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion),
        ]);
        format!(
            "POST /oauth/token HTTP/1.1\r\nHost: localhost:{}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        )
    }

    fn checked_per_second(&self, random: &SystemRandom) -> std::result::Result<f64, Unspecified> {
        let signature = self.key.sign(random, b"a yardstick")?;
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.key.public_key().as_ref());
        let (began, mut count) = (Instant::now(), 0_u64);
        while began.elapsed() < CHECKING {
            key.verify(b"a yardstick", signature.as_ref())?;
            count += 1;
        }
        Ok(count as f64 / began.elapsed().as_secs_f64())
    }
}
