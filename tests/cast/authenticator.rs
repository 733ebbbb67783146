//! As much of a device with passkeys as the tests need (Web Authentication Level 3): keys on P-256, without attestation.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const HAS_KEY: u8 = 0x40;

/// A device with one passkey.
pub struct Authenticator {
    pair: EcdsaKeyPair,
    id: Vec<u8>,
    handle: Option<String>,
    /// How often it has answered.
    pub counter: u32,
    /// Whether it knows that its owner is there, and not only somebody.
    pub verifies: bool,
    /// The page that the browser says it is at.
    pub origin: String,
}

impl Authenticator {
    /// A new device, in a browser at this origin.
    pub fn at(origin: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let mut id = vec![0; 16];
        SystemRandom::new().fill(&mut id).expect("chance");
        Self { pair, id, handle: None, counter: 0, verifies: true, origin: origin.to_owned() }
    }

    /// Makes a passkey as it is asked to.
    pub fn make(&mut self, options: &Value) -> String {
        let asked = &options["publicKey"];
        self.handle = asked["user"]["id"].as_str().map(str::to_owned);
        let mut data = self.data(asked["rp"]["id"].as_str().expect("a host"), HAS_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).expect("short").to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).expect("short"));
        object.extend(&data);
        let response = json!({
            "attestationObject": text(&object),
            "clientDataJSON": text(&self.client_data("webauthn.create", asked)),
        });
        self.answer(&response)
    }

    /// Signs what it is asked.
    pub fn sign(&mut self, options: &Value) -> String {
        let asked = &options["publicKey"];
        self.counter += 1;
        let data = self.data(asked["rpId"].as_str().expect("a host"), 0);
        let client_data = self.client_data("webauthn.get", asked);
        let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).expect("a signature");
        let response = json!({
            "authenticatorData": text(&data),
            "clientDataJSON": text(&client_data),
            "signature": text(signature.as_ref()),
            "userHandle": self.handle,
        });
        self.answer(&response)
    }

    /// Another device that says that it has the same passkey, and does not have its key.
    pub fn forged(&self) -> Self {
        Self {
            id: self.id.clone(),
            handle: self.handle.clone(),
            counter: self.counter,
            ..Self::at(&self.origin)
        }
    }

    fn answer(&self, response: &Value) -> String {
        let id = text(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "extensions": {}, "response": response })
            .to_string()
    }

    fn data(&self, host: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = digest(&SHA256, host.as_bytes()).as_ref().to_vec();
        data.push(PRESENT | verified | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, asked: &Value) -> Vec<u8> {
        let data = json!({ "type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }

    /// As a COSE key (RFC 9053): {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
    fn public_key(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(&point[1..33]);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(&point[33..65]);
        key
    }
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
