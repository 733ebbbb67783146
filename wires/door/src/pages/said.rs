//! What is said of a form, on its way from the request that sent it to the page that says so: sealed in a cookie, for one
//! look within a minute. So nobody can have a page say what is not so by its address, nor by coming back to it.

use axum::http::{HeaderMap, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vault::{Place, Vault};

use super::cookies::{Cookies, read};

/// It opens for the page of this name alone.
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
        page: &str,
        said: &impl Serialize,
    ) -> Result<()> {
        let plain = serde_json::to_vec(said).map_err(Error::bug)?;
        let sealed = vault.house().seal(place(&vault::token_hash(page)), &plain);
        self.set(response, self.said_name(), &URL_SAFE_NO_PAD.encode(sealed), "; Max-Age=60");
        Ok(())
    }

    /// What the browser brings to the page of this name. What cannot be opened is nothing.
    #[must_use]
    pub fn said<T: DeserializeOwned>(self, headers: &HeaderMap, vault: &Vault, page: &str) -> Option<T> {
        let sealed = URL_SAFE_NO_PAD.decode(read(headers, self.said_name())?).ok()?;
        let plain = vault.house().open(place(&vault::token_hash(page)), &sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    /// Takes it from the browser, which has shown it.
    pub fn clear_said<B>(self, response: &mut Response<B>) {
        self.set(response, self.said_name(), "", "; Max-Age=0");
    }

    const fn said_name(self) -> &'static str {
        if self.secure { "__Host-bedside-said" } else { "bedside-said" }
    }
}
