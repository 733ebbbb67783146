//! Assertions that clients prove themselves by (RFC 7523), each of which counts once: after a restart, and for all
//! servers on one database.

use kernel::Result;
use secrecy::ExposeSecret as _;
use store::{Tx, args};

use crate::Client;
use crate::protocol::assertion::{self, Signed};
use crate::protocol::credentials::{Credentials, Proof};
use crate::rows::refresh as rows;

/// How long a used one is remembered after its end, for servers whose clocks differ: a minute.
const KEPT_MS: i64 = 60_000;

/// Holds an assertion against the keys of the client that it names, before the transaction that needs it. One that does
/// not fit stays what it was, and proves nothing there.
#[must_use]
pub fn verified(who: Credentials, client: Option<&Client>, addresses: &[&str], now_ms: i64) -> Credentials {
    let Credentials { client_id, proof } = who;
    let signed = match (&proof, client) {
        (Proof::Assertion(text), Some(client)) if client.client_id() == client_id => {
            assertion::verify(text.expose_secret(), client, addresses, now_ms)
        }
        _ => None,
    };
    Credentials { client_id, proof: signed.map_or(proof, Proof::Signed) }
}

/// Marks an assertion as used. Says no when it was before, and when the client has other keys by now.
pub(crate) async fn spend(tx: &Tx, client: &Client, signed: &Signed) -> Result<bool> {
    if client.jwks.as_deref() != Some(signed.jwks.as_str()) || signed.ends_ms <= tx.now_ms() {
        return Ok(false);
    }
    let values = args![&signed.jti_hash, &client.id, signed.ends_ms + KEPT_MS];
    Ok(tx.run(rows::USE_ASSERTION, &values).await? == 1)
}

/// Removes assertions that are too old to count; some at a time, and says how many.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    tx.run(rows::SWEEP_ASSERTIONS, &args![tx.now_ms(), most]).await
}
