//! Links by which patients sign in. Whoever asks is answered before it is looked up whose address it is: one job is left
//! for any, so that neither the answer nor its time tells who has an account.

use identity::sign_in::{self, Memo};
use identity::sign_in_links::{self, Asker, Way};
use kernel::id::hex;
use kernel::{ClientId, Error, JobId, Result};
use outbound::letters;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::jobs::{self, NewJob};

use crate::House;
use crate::mail::account::{self, About};

/// The job that writes the letter.
pub(crate) const SEND: &str = "letters.sign_in_link";
/// The page that the link leads to, and the name of its code there.
pub const PATH: &str = "/login/by-link";
/// The parameter that carries the code.
pub const CODE: &str = "code";

/// Who asked. It carries a keyed hash, never an address.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Send {
    /// What the letter is about: done twice, the job leaves one.
    cause: JobId,
    address_hash: Vec<u8>,
    /// Whether the account that has the address, if there is one, knows the browser in which it was asked for.
    #[serde(default)]
    by_known: bool,
    /// The two parts of [`Way`].
    #[serde(default)]
    browser_hash: Option<Vec<u8>>,
    #[serde(default)]
    client: Option<String>,
}

impl Send {
    fn way(&self) -> Option<Way> {
        let browser_hash = <[u8; 32]>::try_from(self.browser_hash.clone()?).ok()?;
        Some(Way { browser_hash, client: self.client.as_deref().and_then(ClientId::from_hex) })
    }
}

/// Who asks for a link, and where.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// The blind hash of the address.
    pub address_hash: [u8; 32],
    /// Whether they asked in a browser that the account knows, whose wishes are counted apart.
    pub by_known: bool,
    /// Where they were on their way to.
    pub way: Option<Way>,
}

/// Promises a link to whoever has an address, if anybody has; it knows the way again.
///
/// # Errors
/// The store's.
pub async fn ask(house: &House, wish: Wish, memo: Memo) -> Result<()> {
    let promised = house.db.write((wish, memo), |tx, (wish, memo)| {
        Box::pin(async move {
            let (cause, address_hash) = (tx.new_id(), wish.address_hash.to_vec());
            let browser_hash = wish.way.map(|way| way.browser_hash.to_vec());
            let client = wish.way.and_then(|way| way.client).map(|client| client.hex());
            let send = Send { cause, address_hash, by_known: wish.by_known, browser_hash, client };
            let dedupe = Some(hex(send.cause.as_bytes()));
            let payload = serde_json::to_value(send).map_err(Error::bug)?;
            jobs::enqueue(tx, &NewJob { name: SEND, dedupe, payload, due_ms: tx.now_ms() }).await?;
            sign_in::remember(tx, memo).await
        })
    });
    promised.await
}

/// Does the job: writes the letter, unless nobody has the address or they got too many.
pub(crate) async fn send(house: &House, payload: Value) -> Result<()> {
    let send: Send = serde_json::from_value(payload).map_err(Error::bug)?;
    let way = send.way();
    let hash = <[u8; 32]>::try_from(send.address_hash).map_err(|_| Error::bug("a hash of another length"))?;
    let asker = house.db.read(hash, |tx, hash| Box::pin(sign_in_links::asker(tx, hash))).await?;
    let Some(asker) = asker else { return Ok(()) };
    // This has the installation's keys loaded anew, too, when they are out of date.
    house.vault.ring_of(&house.db, asker.organisation.id).await?;
    let code: SecretString = vault::secret(&house.rng);
    let link = format!("{PATH}?{CODE}={}", code.expose_secret());
    let (about, onward) =
        if asker.is_staff { (About::UsePassword, "/login") } else { (About::Link, link.as_str()) };
    let id = letters::id_about(&house.vault, send.cause, asker.person);
    let letter = account::write(house, &asker, about, onward).seal_as(id, &house.vault)?;
    let input = (asker, code, way, id, letter, send.by_known);
    let written =
        house.db.write(input, |tx, (asker, code, way, id, letter, by_known): &(Asker, _, _, _, _, _)| {
            Box::pin(async move {
                let is_done = letters::find(tx, asker.organisation.id, *id).await?.is_some();
                if is_done || !sign_in_links::may_write(tx, asker.person, *by_known).await? {
                    return Ok(());
                }
                sign_in_links::keep(tx, asker, code, way.as_ref(), *by_known).await?;
                letters::leave(tx, letter).await.map(drop)
            })
        });
    written.await
}
