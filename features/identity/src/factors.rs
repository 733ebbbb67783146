//! What somebody proves themselves by besides a password: an authenticator application, a code that comes by SMS, and
//! codes that were written down for when all else is lost.
//!
//! Always true:
//! - A code counts once. An authenticator's counts near its time, an SMS for five minutes and five tries.
//! - The key of an authenticator is sealed; of the other codes a keyed hash is kept.
//! - What somebody typed is worked out before the transaction ([`offer`]), which only takes it ([`take`]).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Error, OrganisationId, Origin, PersonId, Result, Rng};
use store::{Tx, args};
use vault::{Place, Vault};

use crate::halves::LIFE_MS;
use crate::log::{self, By, FactorChange};
use crate::protocol::totp::Key;
use crate::rows::{factors as rows, passkeys};
use crate::{Method, memberships, sms, standing};

/// Recovery codes that somebody gets at once.
pub const CODES: usize = 10;
/// Letters and digits of one: 50 bits, which are tried as slowly as passwords.
const CODE_CHARS: usize = 10;
/// Letters and digits that nobody takes for others.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const DIGITS: usize = 6;

/// What somebody has set up.
#[derive(Clone, Debug)]
pub struct Enrolled {
    person: PersonId,
    app: Option<App>,
    /// Whether codes come to them by SMS.
    pub has_sms: bool,
    /// Recovery codes that they have not used.
    pub codes_left: i64,
    /// How many passkeys they have, each of which is two factors by itself.
    pub passkeys: i64,
}

#[derive(Clone, Debug)]
struct App {
    secret: Vec<u8>,
    last_step: i64,
    made_ms: i64,
}

impl Enrolled {
    /// Whether they have an authenticator application.
    #[must_use]
    pub const fn has_app(&self) -> bool {
        self.app.is_some()
    }

    /// Whether they have a second factor beside their password.
    #[must_use]
    pub const fn is_any(&self) -> bool {
        self.has_app() || self.has_sms
    }

    /// Whether they have anything by which they show that they are more than somebody who knows their password.
    #[must_use]
    pub const fn can_prove(&self) -> bool {
        self.is_any() || self.passkeys > 0
    }
}

/// What somebody typed, worked out against what they have.
#[derive(Clone, Debug)]
pub struct Offer {
    person: PersonId,
    holder: [u8; 32],
    /// The step whose code it is, and of which authenticator.
    step: Option<(i64, i64)>,
    sms: Option<[u8; 32]>,
    recovery: Option<[u8; 32]>,
}

impl Offer {
    /// Whether it may be a recovery code, of whose use its owner hears.
    #[must_use]
    pub const fn is_recovery(&self) -> bool {
        self.recovery.is_some()
    }
}

/// An authenticator application to add, sealed.
#[derive(Clone, Debug)]
pub struct SealedKey {
    person: PersonId,
    secret: Vec<u8>,
    step: i64,
}

pub(crate) fn key_place(person: &PersonId) -> Place<'_> {
    Place { table: "authenticators", column: "secret", row: person.as_bytes() }
}

/// Seals a key whose application showed this code, before the transaction that adds it; `None` for another code.
#[must_use]
pub fn seal_key(vault: &Vault, person: PersonId, key: &Key, code: &str, now_ms: i64) -> Option<SealedKey> {
    let step = key.step_of(&plain(code), 0, now_ms)?;
    Some(SealedKey { person, secret: vault.house().seal(key_place(&person), key.bytes()), step })
}

/// A key on its way through a page, sealed for the person who sets it up, and good for as long as a sign-in waits.
#[must_use]
pub fn carry(vault: &Vault, person: PersonId, key: &Key, now_ms: i64) -> String {
    let plain = [now_ms.to_be_bytes().as_slice(), key.bytes()].concat();
    URL_SAFE_NO_PAD.encode(vault.house().seal(page_place(&person), &plain))
}

/// The key that a page brought back; `None` for what is too old, or is not ours and theirs.
#[must_use]
pub fn carried(vault: &Vault, person: PersonId, text: &str, now_ms: i64) -> Option<Key> {
    let plain = vault.house().open(page_place(&person), &URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (made_ms, key) = plain.split_first_chunk::<8>()?;
    let age_ms = now_ms - i64::from_be_bytes(*made_ms);
    Key::of(key).filter(|_| (0..LIFE_MS).contains(&age_ms))
}

fn page_place(person: &PersonId) -> Place<'_> {
    Place { table: "pages", column: "authenticator", row: person.as_bytes() }
}

/// Recovery codes to show once, and what is kept of them.
#[must_use]
pub fn new_codes(vault: &Vault, rng: &Rng, person: PersonId) -> (Vec<String>, Vec<[u8; 32]>) {
    let code = || {
        let bytes = rng.bytes::<CODE_CHARS>();
        bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect::<String>()
    };
    let codes: Vec<String> = (0..CODES).map(|_| code()).collect();
    let hashes = codes.iter().map(|code| recovery_hash(vault, person, code)).collect();
    (codes.iter().map(|code| format!("{}-{}", &code[..5], &code[5..])).collect(), hashes)
}

fn recovery_hash(vault: &Vault, person: PersonId, code: &str) -> [u8; 32] {
    vault.blind("recovery_code", &format!("{}{code}", person.hex()))
}

/// Only what counts of what somebody typed.
fn plain(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).take(CODE_CHARS + 1).collect::<String>().to_uppercase()
}

/// What somebody has set up.
pub async fn enrolled(tx: &Tx, person: PersonId) -> Result<Enrolled> {
    let asked = args![&person];
    let app =
        |row: &store::Row<'_>| Ok(App { secret: row.get(0)?, last_step: row.get(1)?, made_ms: row.get(2)? });
    Ok(Enrolled {
        person,
        app: tx.one(rows::FIND_APP, &asked, app).await?,
        has_sms: tx.one(rows::HAS_SMS, &asked, |row| row.get::<PersonId>(0)).await?.is_some(),
        codes_left: tx.one(rows::COUNT_CODES, &asked, |row| row.get(0)).await?.unwrap_or_default(),
        passkeys: tx.one(passkeys::COUNT, &asked, |row| row.get(0)).await?.unwrap_or_default(),
    })
}

/// Works out what somebody typed. `holder` is the hash of the half-done sign-in or session that they come by.
///
/// # Errors
/// What the vault refuses.
pub fn offer(
    vault: &Vault,
    enrolled: &Enrolled,
    holder: [u8; 32],
    typed: &str,
    now_ms: i64,
) -> Result<Offer> {
    let (person, typed) = (enrolled.person, plain(typed));
    let mut offer = Offer { person, holder, step: None, sms: None, recovery: None };
    if typed.len() == DIGITS && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        if let Some(app) = &enrolled.app {
            let bytes = vault.house().open(key_place(&person), &app.secret)?;
            let key = Key::of(&bytes).ok_or_else(|| Error::bug("a key of another length"))?;
            offer.step = key.step_of(&typed, app.last_step, now_ms).map(|step| (step, app.made_ms));
        }
        offer.sms = enrolled.has_sms.then(|| sms::hash_of(vault, &holder, &typed));
    }
    if typed.len() == CODE_CHARS {
        offer.recovery = Some(recovery_hash(vault, person, &typed));
    }
    Ok(offer)
}

/// The same of a code by SMS alone, of somebody who has not chosen those yet.
#[must_use]
pub fn offer_sms(vault: &Vault, person: PersonId, holder: [u8; 32], typed: &str) -> Offer {
    let sms = Some(sms::hash_of(vault, &holder, &plain(typed)));
    Offer { person, holder, step: None, sms, recovery: None }
}

/// Takes what somebody typed: how it proves them, once; `None` when it proves nothing.
pub async fn take(tx: &Tx, offer: &Offer) -> Result<Option<Method>> {
    let person = &offer.person;
    if let Some((step, made_ms)) = offer.step
        && tx.run(rows::USE_STEP, &args![person, step, made_ms]).await? > 0
    {
        return Ok(Some(Method::Totp));
    }
    if let Some(hash) = &offer.sms
        && sms::take(tx, person, &offer.holder, hash).await?
    {
        return Ok(Some(Method::Sms));
    }
    if let Some(hash) = &offer.recovery
        && tx.run(rows::USE_CODE, &args![person, hash, tx.now_ms()]).await? > 0
    {
        return Ok(Some(Method::Recovery));
    }
    Ok(None)
}

/// Adds an authenticator application, in the place of another.
pub async fn add_app(tx: &Tx, key: &SealedKey, origin: Origin) -> Result<()> {
    let values = args![&key.person, &key.secret, key.step, tx.now_ms()];
    tx.run(rows::SET_APP, &values).await?;
    log::second_factor(tx, key.person, FactorChange::Added, origin).await
}

/// From now on codes come by SMS, too.
pub async fn add_sms(tx: &Tx, person: PersonId, origin: Origin) -> Result<()> {
    tx.run(rows::SET_SMS, &args![&person, tx.now_ms()]).await?;
    log::second_factor(tx, person, FactorChange::Added, origin).await
}

/// Which of them goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The authenticator application.
    App,
    /// Codes by SMS.
    Sms,
}

/// Takes one away; with the last one the recovery codes go, too.
pub async fn remove(tx: &Tx, person: PersonId, which: Which, origin: Origin) -> Result<()> {
    let sql = match which {
        Which::App => rows::REMOVE_APP,
        Which::Sms => rows::REMOVE_SMS,
    };
    tx.run(sql, &args![&person]).await?;
    if !enrolled(tx, person).await?.is_any() {
        tx.run(rows::REMOVE_CODES, &args![&person]).await?;
    }
    log::second_factor(tx, person, FactorChange::Removed, origin).await
}

/// Takes away everything that somebody proves themselves by besides a password, when they have lost it: authenticator,
/// codes and passkeys. What acts in their name ends, since whoever found it may be in.
pub async fn take_away(tx: &Tx, by: By<'_>, organisation: OrganisationId, person: PersonId) -> Result<()> {
    standing::hold(tx, person).await?;
    let patient = memberships::patient(tx, organisation, person).await?;
    for sql in [rows::REMOVE_APP, rows::REMOVE_SMS, rows::REMOVE_CODES, passkeys::REMOVE_ALL] {
        tx.run(sql, &args![&person]).await?;
    }
    standing::end_everywhere(tx, person).await?;
    log::named(tx, by, organisation, (person, patient), "second factors taken away").await
}

/// Gives somebody recovery codes; those from before count no longer.
pub async fn set_codes(tx: &Tx, person: PersonId, hashes: &[[u8; 32]], origin: Origin) -> Result<()> {
    tx.run(rows::REMOVE_CODES, &args![&person]).await?;
    for hash in hashes {
        tx.run(rows::ADD_CODE, &args![&person, hash]).await?;
    }
    log::second_factor(tx, person, FactorChange::CodesMade, origin).await
}

/// Writes that somebody proved themselves a second time, or failed to.
pub async fn note(tx: &Tx, person: PersonId, method: Option<Method>, origin: Origin) -> Result<()> {
    let change = match method {
        Some(Method::Recovery) => FactorChange::RecoveryUsed,
        Some(_) => FactorChange::Used,
        None => FactorChange::Refused,
    };
    log::second_factor(tx, person, change, origin).await
}
