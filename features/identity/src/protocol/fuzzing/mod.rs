//! What is read from strangers, tried with whatever bytes there are, by the tests and by libFuzzer (`cargo xtask fuzz`).
//!
//! Each target asserts what must hold of its answer, and not only that there is one. It returns where the bytes led, so
//! that each file in `fuzz/seeds/NAME` can be held against its own name. A new target stands in [`ALL`], with a folder
//! of seeds of its name.

mod assertion;
mod authorize;
mod form;
mod jwks;
mod jwt;
#[cfg(test)]
mod tests;
mod token;

use kernel::{ClientId, OrganisationId, Scopes};

use crate::{Algorithm, Client, Dialect, GrantType};

/// Takes any bytes, panics when a promise is broken, and says where they led.
pub type Target = fn(&[u8]) -> &'static str;

/// Every target by its name.
pub const ALL: [(&str, Target); 6] = [
    ("assertion", assertion::target),
    ("authorize", authorize::target),
    ("form", form::target),
    ("jwks", jwks::target),
    ("jwt", jwt::target),
    ("token", token::target),
];

/// The target of this name.
#[must_use]
pub fn named(name: &str) -> Option<Target> {
    ALL.into_iter().find(|(known, _)| *known == name).map(|(_, target)| target)
}

/// Where bytes lead that are no text, or no form: they are refused before anybody looks at what they say.
const UNREAD: &str = "unread";
const ISSUER: &str = "https://zorg.example.nl";
const REDIRECT_URIS: [&str; 2] = ["https://app.example/callback", "nl.linde.app:/cb?keep=1"];
const NOW_MS: i64 = 1_000_000;

/// A client whose `client_id` is twelve times `07`.
fn client() -> Client {
    Client {
        id: ClientId::from_bytes([7; 12]),
        organisation: OrganisationId::from_bytes([1; 12]),
        organisation_name: "De Linde".to_owned(),
        sandbox: false,
        name: "An application".to_owned(),
        dialect: Dialect::Own,
        public: false,
        redirect_uris: REDIRECT_URIS.map(str::to_owned).to_vec(),
        scopes: Scopes::ALL,
        token_life_ms: 1,
        code_life_ms: 1,
        trusted: false,
        jwks: None,
        grant_types: GrantType::ALL.to_vec(),
        refresh_life_ms: 1,
        pairwise: false,
        id_token_alg: Algorithm::Rs256,
        post_logout_uris: Vec::new(),
        account: None,
        pending: false,
        vetted: true,
    }
}
