//! Sign-ins that wait for a second factor: known by a secret that one browser holds, for ten minutes, and good for
//! nothing else.
//!
//! One that ends without the second factor leaves a line in the access log: somebody knew the password. One that is
//! gone on with leaves none, so that nobody is alarmed by how they sign in themselves.

use kernel::{OrganisationId, Origin, PersonId, RequestId, Result};
use secrecy::SecretString;
use store::{Row, Tx, args};

use crate::rows::factors as rows;
use crate::{Methods, log, secret};

/// How long somebody has for the second half.
pub const LIFE_MS: i64 = 10 * 60_000;

/// Somebody who has proven themselves once.
#[derive(Clone, Copy, Debug)]
pub struct Half {
    /// Who.
    pub person: PersonId,
    /// How, so far.
    pub methods: Methods,
    /// Where they want to go.
    pub towards: Option<OrganisationId>,
}

pub(crate) async fn begin(tx: &Tx, half: &Half, origin: Origin) -> Result<SecretString> {
    let secret = vault::secret(tx.rng());
    let (hash, methods) = (secret::hash(&secret), half.methods.names());
    let (towards, ends_ms) = (half.towards.as_ref(), tx.now_ms() + LIFE_MS);
    let address = origin.address.map(|address| address.to_string());
    let values = args![&hash, &half.person, &methods, towards, ends_ms, &origin.request, address.as_deref()];
    tx.run(rows::INSERT_HALF, &values).await?;
    Ok(secret)
}

/// The half-done sign-in whose secret has this hash, while it waits.
pub async fn find(tx: &Tx, hash: &[u8; 32]) -> Result<Option<Half>> {
    tx.one(rows::FIND_HALF, &args![hash, tx.now_ms()], |row| {
        let methods = Methods::parse(&row.get::<String>(1)?);
        Ok(Half { person: row.get(0)?, methods, towards: row.get(2)? })
    })
    .await
}

pub(crate) async fn end(tx: &Tx, hash: &[u8; 32]) -> Result<bool> {
    Ok(tx.run(rows::END_HALF, &args![hash]).await? > 0)
}

/// Ends the one that a browser held, whose owner came in by it or in another way, or begins anew there: it was theirs.
pub async fn end_of(tx: &Tx, person: PersonId, hash: &[u8; 32]) -> Result<()> {
    tx.run(rows::END_HALF_OF, &args![hash, &person]).await.map(drop)
}

/// Ends those of a person whose password is another now, or who may come in no more.
pub(crate) async fn end_all(tx: &Tx, person: PersonId) -> Result<()> {
    let left = tx.all(rows::END_HALVES, &args![&person], Left::of).await?;
    note(tx, &left).await
}

/// Removes those that are over; some at a time, and says how many.
pub async fn sweep(tx: &Tx, most: i64) -> Result<u64> {
    let left = tx.all(rows::SWEEP_HALVES, &args![tx.now_ms(), most], Left::of).await?;
    note(tx, &left).await?;
    Ok(left.len() as u64)
}

/// One that was left without its second factor.
struct Left {
    person: PersonId,
    /// From where they gave the first one; not known of those that began before it was kept.
    origin: Option<Origin>,
}

impl Left {
    fn of(row: &Row<'_>) -> Result<Self> {
        let (request, address) = (row.get::<Option<RequestId>>(1)?, row.get::<Option<String>>(2)?);
        let address = address.and_then(|address| address.parse().ok());
        let origin = request.map(|request| Origin { request, address, once: None });
        Ok(Self { person: row.get(0)?, origin })
    }
}

/// The line names the request in which the first factor was given, by which its instant is known, too.
async fn note(tx: &Tx, left: &[Left]) -> Result<()> {
    for one in left {
        log::half_sign_in(tx, one.person, one.origin).await?;
    }
    Ok(())
}
