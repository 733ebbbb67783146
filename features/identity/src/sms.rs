//! Codes that come by SMS: to whom, how many, and for how long they count.

use kernel::{Error, Limit, OrganisationId, PersonId, Result, Rng};
use secrecy::SecretString;
use store::{Tx, args};
use vault::Vault;

use crate::caps::{self, Caps, DAY_MS, HOUR_MS};
use crate::rows::factors as rows;
use crate::{sign_in, standing};

/// How long a code that came by SMS counts.
const LIFE_MS: i64 = 5 * 60_000;
const TRIES: i64 = 5;
/// Codes that somebody gets in a quarter of an hour, and in a day: as many as they ask for in a browser that their account
/// knows, and as many that others ask for who know their password.
const MAX: &Caps = &[(15 * 60_000, 5), (DAY_MS, 20)];
/// Codes that go out in the name of one organisation in a day: they cost it money.
const OF_ORGANISATION_MAX: i64 = 10_000;
/// What is reached when an organisation has sent them.
pub const OF_ORGANISATION: &str = "sms_codes_of_organisation";

/// Where somebody gets SMS.
#[derive(Clone, Debug)]
pub struct Mobile {
    /// In whose name.
    pub organisation: OrganisationId,
    /// Whether that is a sandbox.
    pub sandbox: bool,
    /// The number.
    pub number: SecretString,
}

/// A code to send by SMS, and what is kept of it. The hash is bound to who holds it.
#[must_use]
pub fn new_code(vault: &Vault, rng: &Rng, holder: &[u8; 32]) -> (SecretString, [u8; 32]) {
    // The remainder favours no code by more than one part in four thousand.
    let code = format!("{:06}", u32::from_be_bytes(rng.bytes()) % 1_000_000);
    let hash = hash_of(vault, holder, &code);
    (SecretString::from(code), hash)
}

/// What is kept of a code for whoever holds this.
pub(crate) fn hash_of(vault: &Vault, holder: &[u8; 32], code: &str) -> [u8; 32] {
    vault.blind_bytes("sms_code", &[holder.as_slice(), code.as_bytes()].concat())
}

/// A code that is to go out by SMS.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// To whom.
    pub person: PersonId,
    /// In whose name.
    pub organisation: OrganisationId,
    /// The hash of the half-done sign-in or session that it is good for.
    pub holder: [u8; 32],
    /// The hash of the browser that asked for it.
    pub browser: Option<[u8; 32]>,
    /// The hash of the code.
    pub hash: [u8; 32],
}

/// Keeps the hash of a code that goes out by SMS in this transaction, and counts the SMS.
///
/// # Errors
/// [`Error::LimitReached`] when they got too many, or their organisation sent too many.
pub async fn keep(tx: &Tx, code: &Code) -> Result<()> {
    let Code { person, organisation, holder, browser, hash } = code;
    // However many ask at once, each is counted before the next.
    standing::hold(tx, *person).await?;
    let now = tx.now_ms();
    let by_known = sign_in::knows_browser(tx, *person, browser.as_ref()).await?;
    let wait_ms = caps::wait_of(tx, rows::SMS_TO, MAX, (*person, by_known)).await?;
    if wait_ms > 0 {
        return Err(too_many("sms_codes", MAX[0].1.try_into().unwrap_or(u64::MAX), wait_ms));
    }
    let of_a_day = args![organisation, now - DAY_MS];
    let sent = tx.one(rows::COUNT_SMS_OF, &of_a_day, |row| row.get::<i64>(0)).await?.unwrap_or_default();
    if sent >= OF_ORGANISATION_MAX {
        return Err(too_many(OF_ORGANISATION, OF_ORGANISATION_MAX.unsigned_abs(), HOUR_MS));
    }
    let id = tx.new_id::<()>();
    tx.run(rows::NOTE_SMS, &args![&id, organisation, person, by_known, now]).await?;
    tx.run(rows::SET_SMS_CODE, &args![holder, person, hash, now, now + LIFE_MS]).await.map(drop)
}

fn too_many(name: &'static str, most: u64, wait_ms: i64) -> Error {
    let retry_after = u64::try_from(wait_ms).ok().map(std::time::Duration::from_millis);
    Error::LimitReached { limit: Limit::new(name, most), retry_after }
}

/// Whether this is the code that was sent to who holds this; it counts once, and so many may be tried.
pub(crate) async fn take(tx: &Tx, person: &PersonId, holder: &[u8; 32], hash: &[u8; 32]) -> Result<bool> {
    let tried = args![holder, person, tx.now_ms(), TRIES];
    let kept = tx.one(rows::TRY_SMS_CODE, &tried, |row| row.get::<[u8; 32]>(0)).await?;
    if !kept.is_some_and(|kept| vault::same(&kept, hash)) {
        return Ok(false);
    }
    tx.run(rows::USE_SMS_CODE, &args![holder]).await?;
    Ok(true)
}

/// How an SMS about their own account reaches somebody: in whose name, and whether that is a sandbox, whose staff read
/// it, so that only who belongs nowhere else gets it there; and at which verified number.
pub async fn mobile(tx: &Tx, person: PersonId) -> Result<Option<Mobile>> {
    let asked = args![&person, tx.now_ms()];
    let places = tx.all(rows::PLACES, &asked, |row| Ok((row.get::<OrganisationId>(0)?, row.get::<bool>(1)?)));
    let Some((organisation, sandbox)) = places.await?.first().copied() else { return Ok(None) };
    let number = number(tx, organisation, person).await?;
    Ok(number.map(|number| Mobile { organisation, sandbox, number }))
}

async fn number(tx: &Tx, organisation: OrganisationId, person: PersonId) -> Result<Option<SecretString>> {
    let ring = tx.tool::<Vault>()?.house();
    let asked = args![&organisation, &person];
    let found = tx.one(rows::MOBILE, &asked, |row| {
        let place = crate::persons::identifier_row(person, &row.get::<[u8; 32]>(0)?);
        ring.open_text(crate::persons::identifier_place(&place), &row.get::<Vec<u8>>(1)?)
            .map(SecretString::from)
    });
    found.await
}

/// Removes codes that were sent by SMS a day ago, and what was counted of them; some of each at a time, and says how
/// many.
pub async fn sweep(tx: &Tx, most: i64) -> Result<[u64; 2]> {
    let before_ms = tx.now_ms() - DAY_MS;
    let codes = tx.run(rows::SWEEP_SMS_CODES, &args![before_ms, most]).await?;
    Ok([codes, tx.run(rows::SWEEP_SMS, &args![before_ms, most]).await?])
}
