//! What is said of a form, on its way from the request that sent it to the page that says so: sealed in a cookie, for one
//! look within a minute. So nobody can have a page say what is not so by its address, nor by coming back to it. Some of it is
//! secret, as recovery codes are: a copy of the cookie is worth nothing a minute later, nor in another session.

use axum::http::{HeaderMap, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::id::hex;
use kernel::{Error, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vault::{Place, Vault};

use super::cookies::{Cookies, read};

/// How long a page may say it; the browser forgets it then, too.
const LIFE_MS: i64 = 60_000;

/// Which page says it, to whom, and what time it is.
#[derive(Clone, Copy, Debug)]
pub struct Hearing<'a> {
    /// The name of the page.
    pub page: &'a str,
    /// A hash by which the session of whoever hears it is told from all others; `None` when nobody has signed in.
    pub session: Option<[u8; 32]>,
    /// Milliseconds since 1970.
    pub now_ms: i64,
}

impl Hearing<'_> {
    fn row(&self) -> [u8; 32] {
        let session = self.session.map_or_else(|| "nobody".to_owned(), |hash| hex(&hash));
        vault::token_hash(&format!("{session} {}", self.page))
    }
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed<T> {
    at_ms: i64,
    said: T,
}

/// It opens for the page of this name alone, and in this session.
fn place(row: &[u8; 32]) -> Place<'_> {
    Place { table: "cookies", column: "said", row }
}

impl Cookies {
    /// Hands the browser what the page of this name is to say.
    ///
    /// # Errors
    /// [`Error::Bug`] for what cannot be written down.
    pub fn say<B>(
        self,
        response: &mut Response<B>,
        vault: &Vault,
        hearing: Hearing<'_>,
        said: &impl Serialize,
    ) -> Result<()> {
        let plain = serde_json::to_vec(&Sealed { at_ms: hearing.now_ms, said }).map_err(Error::bug)?;
        let sealed = vault.house().seal(place(&hearing.row()), &plain);
        self.set(response, self.said_name(), &URL_SAFE_NO_PAD.encode(sealed), "; Max-Age=60");
        Ok(())
    }

    /// What the browser brings to the page of this name. What cannot be opened, or is too old, is nothing.
    #[must_use]
    pub fn said<T: DeserializeOwned>(
        self,
        headers: &HeaderMap,
        vault: &Vault,
        hearing: Hearing<'_>,
    ) -> Option<T> {
        let sealed = URL_SAFE_NO_PAD.decode(read(headers, self.said_name())?).ok()?;
        let plain = vault.house().open(place(&hearing.row()), &sealed).ok()?;
        let Sealed { at_ms, said } = serde_json::from_slice(&plain).ok()?;
        (hearing.now_ms.saturating_sub(at_ms) <= LIFE_MS).then_some(said)
    }

    /// Takes it from the browser, which has shown it.
    pub fn clear_said<B>(self, response: &mut Response<B>) {
        self.set(response, self.said_name(), "", "; Max-Age=0");
    }

    const fn said_name(self) -> &'static str {
        if self.secure { "__Host-bedside-said" } else { "bedside-said" }
    }
}
