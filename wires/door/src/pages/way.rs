//! Where somebody is on their way to while they wait for a letter: sealed in the browser that asked for it, so that neither
//! the letter nor its link tells anything of the way.

use axum::http::{HeaderMap, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vault::{Place, Vault};

use super::cookies::{Cookies, read};

const PLACE: Place<'_> = Place { table: "cookies", column: "way", row: &[] };
/// Browsers keep some 4,096 bytes of a cookie, its name and its attributes included.
const SEALED_CHARS_MAX: usize = 3_900;

impl Cookies {
    /// Hands the browser a way to keep for a quarter of an hour; says whether it can. A browser that cannot keeps none.
    ///
    /// # Errors
    /// [`Error::Bug`] for what cannot be written down.
    pub fn keep_way<B>(
        self,
        response: &mut Response<B>,
        vault: &Vault,
        way: &impl Serialize,
    ) -> Result<bool> {
        let plain = serde_json::to_vec(way).map_err(Error::bug)?;
        let sealed = URL_SAFE_NO_PAD.encode(vault.house().seal(PLACE, &plain));
        if sealed.len() > SEALED_CHARS_MAX {
            self.clear_way(response);
            return Ok(false);
        }
        self.set(response, self.way_name(), &sealed, "; Max-Age=900");
        Ok(true)
    }

    /// The way that the browser kept. What cannot be opened is none.
    #[must_use]
    pub fn way<T: DeserializeOwned>(self, headers: &HeaderMap, vault: &Vault) -> Option<T> {
        let sealed = URL_SAFE_NO_PAD.decode(read(headers, self.way_name())?).ok()?;
        let plain = vault.house().open(PLACE, &sealed).ok()?;
        serde_json::from_slice(&plain).ok()
    }

    /// Takes it from the browser, which has gone it.
    pub fn clear_way<B>(self, response: &mut Response<B>) {
        self.set(response, self.way_name(), "", "; Max-Age=0");
    }

    const fn way_name(self) -> &'static str {
        if self.secure { "__Host-bedside-way" } else { "bedside-way" }
    }
}
